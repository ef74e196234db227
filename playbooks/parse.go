package playbooks

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxFile is the largest file in bytes; ours are below 10,000.
const maxFile = 64 << 10

// ends turns the ends of lines of Windows and of old Macs into ours.
var ends = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Parse reads one playbook from a file called file. Its error is Problems, all of them; the
// Playbook is then of no use.
func Parse(file string, data []byte) (Playbook, error) {
	r := &reader{file: file}
	p := r.playbook(data)
	if len(r.problems) > 0 {
		return Playbook{}, r.problems
	}
	return p, nil
}

// playbook reads the file and leaves its problems sorted by line.
func (r *reader) playbook(data []byte) (p Playbook) {
	defer func() {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	}()
	if len(data) > maxFile {
		r.refuse(1, "the file has %d bytes, more than %d: a playbook fits on a few pages", len(data), maxFile)
		return p
	}
	if !utf8.Valid(data) {
		r.refuse(1+bytes.Count(data[:firstInvalid(data)], []byte("\n")), "this line is not UTF-8: save the file as UTF-8")
		return p
	}
	lines := strings.Split(ends.Replace(strings.TrimPrefix(string(data), "\ufeff")), "\n")
	end := closing(lines)
	if end < 0 {
		r.refuse(1, "the file must begin with front matter between two lines of ---")
		return p
	}
	where := r.front(strings.Join(lines[1:end], "\n"), 2, &p)
	r.facts(&p, where)
	r.chapters(&p, r.sections(lines[end+1:], end+2), where, end+1)
	r.timing(&p, where["minutes"])
	return p
}

// closing answers the index of the --- that ends the front matter, or -1.
func closing(lines []string) int {
	if strings.TrimRight(lines[0], " \t") != "---" {
		return -1
	}
	for i, l := range lines[1:] {
		if strings.TrimRight(l, " \t") == "---" {
			return i + 1
		}
	}
	return -1
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}
