package playbooks

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed library/*.md
var ours embed.FS

// Library is a set of playbooks, each id once. It does not change after it was loaded, so
// many may read it at the same time. The zero Library is empty.
type Library struct {
	books []Playbook // by id
	at    map[string]int
}

// Embedded answers the library that comes with rapport.
func Embedded() (Library, error) {
	folder, err := fs.Sub(ours, "library")
	if err != nil {
		return Library{}, err
	}
	return Load(folder)
}

// Load reads every *.md file directly in fsys except README.md. Its error is Problems, those
// of all files at once; the Library then holds the playbooks that have none.
func Load(fsys fs.FS) (Library, error) {
	names, err := fs.Glob(fsys, "*.md")
	if err != nil {
		return Library{}, err
	}
	var books []Playbook
	var problems Problems
	for _, name := range names {
		if name == "README.md" {
			continue
		}
		p, wrong := load(fsys, name)
		if problems = append(problems, wrong...); len(wrong) == 0 {
			books = append(books, p)
		}
	}
	if len(books) == 0 && len(problems) == 0 {
		problems = Problems{{File: ".", Line: 1, Text: "there is no playbook in this folder: put *.md files into it"}}
	}
	l := shelve(books)
	problems = append(problems, l.meanings()...)
	return l, problems.orNil()
}

// load reads one file, never more of it than a playbook may have.
func load(fsys fs.FS, name string) (Playbook, Problems) {
	info, err := fs.Stat(fsys, name)
	if err == nil && info.Size() > maxFile {
		return Playbook{}, Problems{{name, 1, "the file is too large for a playbook: cut it down"}}
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return Playbook{}, Problems{{name, 1, "the file cannot be read: check that it is a file and its permissions"}}
	}
	r := &reader{file: name}
	p := r.playbook(data)
	return p, r.problems
}

// shelve sorts by id. Ids are unique because a file is named for its id.
func shelve(books []Playbook) Library {
	slices.SortFunc(books, func(a, b Playbook) int { return strings.Compare(a.ID, b.ID) })
	l := Library{books: books, at: make(map[string]int, len(books))}
	for i, p := range books {
		l.at[p.ID] = i
	}
	return l
}

// meanings finds behaviours that share an id but not a meaning: they would be counted as one.
func (l Library) meanings() Problems {
	type use struct{ label, file string }
	var out Problems
	first := map[string]use{}
	for _, p := range l.books {
		for _, m := range p.Micro {
			was, ok := first[m.ID]
			if !ok {
				first[m.ID] = use{m.Label, p.ID + ".md"}
			} else if was.label != m.Label {
				out = append(out, Problem{p.ID + ".md", 1, "the behaviour id " + m.ID + " has other words in " + was.file + ": use the same words or another id"})
			}
		}
	}
	return out
}

// All answers every playbook, by id.
func (l Library) All() []Playbook { return slices.Clone(l.books) }

// Find answers the playbook with that id.
func (l Library) Find(id string) (Playbook, bool) {
	i, ok := l.at[id]
	if !ok {
		return Playbook{}, false
	}
	return l.books[i], true
}

// For answers the playbooks that practise a skill, fit into so many minutes and can be done
// in that format: the longest first, then by id. An empty skill or format and 0 minutes mean
// "any".
func (l Library) For(skill string, minutes int, format Format) []Playbook {
	var out []Playbook
	for _, p := range l.books {
		if (skill == "" || p.Skill == skill) && (minutes == 0 || p.Minutes <= minutes) && (format == "" || p.Offers(format)) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Playbook) int { return b.Minutes - a.Minutes })
	return out
}
