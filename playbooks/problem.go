package playbooks

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with a file, told to its author.
type Problem struct {
	File string
	Line int // counted from 1
	Text string
}

// String reads "file:line: what is wrong and what to do".
func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Problems is everything wrong at once; the error of Load and Parse.
type Problems []Problem

// Error lists one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// orNil keeps an empty list from becoming an error that is not nil.
func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// reader goes through one file and collects what is wrong with it.
type reader struct {
	file     string
	problems Problems
	where    map[string]int // line of each readable key of the front matter
	parts    []section
	lead     bool // text before the first section is fine
}

// maxProblems is how many problems of one file anybody reads; a hostile file has thousands.
const maxProblems = 100

// refuse notes a problem. After a hundred it stops, and says so.
func (r *reader) refuse(line int, format string, args ...any) {
	if len(r.problems) == maxProblems {
		format, args = "there are more problems than anybody reads: put these right and ask again", nil
	}
	if len(r.problems) > maxProblems {
		return
	}
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// short quotes an author's own words back, but not a whole page of them.
func short(s string) string {
	const enough = 40
	if runes := []rune(s); len(runes) > enough {
		s = string(runes[:enough]) + "..."
	}
	return fmt.Sprintf("%q", s)
}
