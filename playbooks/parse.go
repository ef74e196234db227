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

// Parse reads one playbook from a file called file: ID.md, or ID.LANGUAGE.md for a
// translation; folders in front of it do not matter. Its error is Problems, all of them; the
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
	defer r.sort()
	end := r.open(data, frontKeys, p.field)
	if end == 0 {
		return p
	}
	r.facts(&p, r.where)
	r.chapters(&p, r.parts, r.where, end)
	r.timing(&p, r.where["minutes"])
	return p
}

// open takes a file apart into front matter and sections. It answers the line at which the
// front matter ends, or 0 for a file that cannot be taken apart.
func (r *reader) open(data []byte, keys []string, into func(key string) (any, bool)) (end int) {
	if len(data) > maxFile {
		r.refuse(1, "the file has %d bytes, more than %d: a playbook fits on a few pages", len(data), maxFile)
		return 0
	}
	if !utf8.Valid(data) {
		r.refuse(1+bytes.Count(data[:firstInvalid(data)], []byte("\n")), "this line is not UTF-8: save the file as UTF-8")
		return 0
	}
	lines := strings.Split(ends.Replace(strings.TrimPrefix(string(data), "\ufeff")), "\n")
	last := closing(lines)
	if last < 0 {
		r.refuse(1, "the file must begin with front matter between two lines of ---")
		return 0
	}
	r.where = r.front(strings.Join(lines[1:last], "\n"), 2, keys, into)
	r.parts = r.sections(lines[last+1:], last+2)
	return last + 1
}

func (r *reader) sort() {
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
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
