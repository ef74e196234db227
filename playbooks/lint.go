package playbooks

import (
	"cmp"
	"slices"
	"strings"
)

// File is a playbook somebody wrote, not yet part of a library.
type File struct {
	Name string // ID.md or ID.LANGUAGE.md; folders in front of it do not matter
	Data []byte
}

// Lint reads files as if they were to join a library and answers everything an editor would
// say, sorted by file and line: first whether they can be used at all, and if so, whether
// two busy people will enjoy using them. A file with an id of the library replaces that
// playbook. Nil means that there is nothing to say.
func Lint(into Library, files ...File) Problems {
	var sheets []sheet
	var out Problems
	for _, f := range files {
		r := &reader{file: f.Name}
		s := sheet{r, r.playbook(f.Data)}
		if len(r.problems) > 0 {
			out = append(out, r.problems...)
			continue
		}
		for _, rule := range rules {
			rule.check(s)
		}
		sheets = append(sheets, s)
	}
	together(into, sheets)
	for _, s := range sheets {
		out = append(out, s.problems...)
	}
	slices.SortStableFunc(out, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line) })
	return out
}

// together checks what only shows between files: ids and versions, behaviours, translations.
func together(into Library, sheets []sheet) {
	first := map[string]sheet{}
	var originals []sheet
	for _, s := range sheets {
		id, translation := language(s.file)
		key := id + "." + translation
		if other, twice := first[key]; twice {
			s.refuse(s.where["id"], "the id %s is taken by %s: choose another", s.ID, other.file)
			continue
		}
		first[key] = s
		if translation == "" {
			originals = append(originals, s)
			s.replaces(into)
		}
	}
	all, _ := into.With(shelve(originals))
	for _, s := range sheets {
		if _, translation := language(s.file); translation != "" {
			s.inStep(all)
		}
	}
	for _, s := range originals {
		s.meaning(all)
	}
}

// replaces checks that other words come with another version.
func (s sheet) replaces(into Library) {
	was, ok := into.Find(s.ID)
	if ok && was.Version == s.Version && string(was.Markdown()) != string(s.Markdown()) {
		s.refuse(s.where["version"], "version %d of %s is in the library already, with other words: raise the version", s.Version, s.ID)
	}
}

// meaning checks that no behaviour of this playbook means something else in another one.
func (s sheet) meaning(all Library) {
	for _, p := range all.books {
		if p.ID == s.ID || p.Language != s.Language {
			continue
		}
		for _, m := range p.Micro {
			if mine, ok := s.Behaviour(m.ID); ok && mine != m {
				s.refuse(s.lineOf("Commitment", "`"+m.ID+"`"), "the behaviour %s has other words in %s: use the same words or another id", m.ID, p.ID)
			}
		}
	}
}

// lineOf answers the line of the first block of a section that holds some text; without such
// a block, or without a text, the line of the section.
func (s sheet) lineOf(section, text string) int {
	line := 1
	for _, part := range s.parts {
		if part.name != section {
			continue
		}
		line = part.line
		for _, b := range part.blocks {
			if text != "" && strings.Contains(b.text, text) {
				return b.line
			}
		}
	}
	return line
}
