package playbooks

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed library
var ours embed.FS

// Core is the tag of the playbooks a programme begins with, which also exist in the most
// languages.
const Core = "core"

// Library is a set of playbooks, each id once, with their translations. It does not change
// after it was loaded, so many may read it at the same time. The zero Library is empty.
type Library struct {
	books []Playbook // the originals, in the order of All
	text  []string   // what Search looks at, beside books
	at    map[string]int
	other map[string]map[string]Playbook // translations by id and language
	gone  map[string]Playbook            // retired, by id
}

// Ours answers the folder that comes with rapport: the playbooks, their licence, and the
// starter kit in the folder kit.
func Ours() fs.FS {
	folder, err := fs.Sub(ours, "library")
	if err != nil {
		panic(err) // only a name that is no path could fail
	}
	return folder
}

// Embedded answers the library that comes with rapport. It is read once.
func Embedded() (Library, error) { return embeddedOnce() }

var embeddedOnce = sync.OnceValues(func() (Library, error) { return Load(Ours()) })

// Files reads every *.md file directly in fsys except README.md, for Lint or LintKit.
func Files(fsys fs.FS) ([]File, error) {
	names, err := fs.Glob(fsys, "*.md")
	if err != nil {
		return nil, err
	}
	var files []File
	for _, name := range names {
		if name == "README.md" {
			continue
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{name, data})
	}
	return files, nil
}

// Load reads every *.md file directly in fsys except README.md: ID.md is a playbook,
// ID.LANGUAGE.md a translation of it. Its error is Problems, those of all files at once; the
// Library then holds the playbooks that have none.
func Load(fsys fs.FS) (Library, error) {
	names, err := fs.Glob(fsys, "*.md")
	if err != nil {
		return Library{}, err
	}
	var sheets []sheet
	for _, name := range names {
		if name != "README.md" {
			sheets = append(sheets, load(fsys, name))
		}
	}
	l, problems := Library{}.join(sheets)
	if len(l.books) == 0 && len(problems) == 0 {
		problems = Problems{{File: ".", Line: 1, Text: "there is no playbook in this folder: put *.md files into it"}}
	}
	return l, problems.orNil()
}

// sheet is a playbook still together with the lines of its file.
type sheet struct {
	*reader
	Playbook
}

// load reads one file, never more of it than a playbook may have.
func load(fsys fs.FS, name string) sheet {
	r := &reader{file: name}
	info, err := fs.Stat(fsys, name)
	if err == nil && info.Size() > maxFile {
		r.refuse(1, "the file is too large for a playbook: cut it down")
		return sheet{reader: r}
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		r.refuse(1, "the file cannot be read: check that it is a file and its permissions")
		return sheet{reader: r}
	}
	return sheet{r, r.playbook(data)}
}

// shelve puts the originals in order. Ids are unique because a file is named for its id.
func shelve(sheets []sheet) Library {
	books := make([]Playbook, len(sheets))
	for i, s := range sheets {
		books[i] = s.Playbook
	}
	slices.SortFunc(books, inOrder)
	l := Library{books: books, text: make([]string, len(books)), at: make(map[string]int, len(books)), other: map[string]map[string]Playbook{}}
	for i, p := range books {
		l.at[p.ID], l.text[i] = i, searchable(p)
	}
	return l
}

// inOrder is the order of All.
func inOrder(a, b Playbook) int {
	return cmp.Or(slices.Index(kinds, a.Kind())-slices.Index(kinds, b.Kind()), core(a)-core(b), strings.Compare(a.ID, b.ID))
}

// core is 0 for a playbook tagged Core, which sorts it first, else 1.
func core(p Playbook) int {
	if slices.Contains(p.Tags, Core) {
		return 0
	}
	return 1
}

func (l Library) translate(p Playbook) {
	if l.other[p.ID] == nil {
		l.other[p.ID] = map[string]Playbook{}
	}
	l.other[p.ID][p.Language] = p
}

// meanings finds behaviours that share an id but not a meaning: they would be counted as one.
func (l Library) meanings() Problems {
	type use struct{ label, file, language string }
	var out Problems
	first := map[string]use{}
	byID := slices.Clone(l.books)
	slices.SortFunc(byID, func(a, b Playbook) int { return strings.Compare(a.ID, b.ID) })
	for _, p := range byID {
		for _, m := range p.Micro {
			was, ok := first[m.ID]
			if !ok {
				first[m.ID] = use{m.Label, p.ID + ".md", p.Language}
			} else if was.label != m.Label && was.language == p.Language {
				out = append(out, Problem{p.ID + ".md", 1, "the behaviour id " + m.ID + " has other words in " + was.file + ": use the same words or another id"})
			}
		}
	}
	return out
}

// With answers both libraries as one: where an id is in both, other's playbook counts, with
// other's translations, so that an organisation can replace ours. Its error is Problems:
// behaviours that would be counted as one though they mean two things; the Library can be
// used all the same.
func (l Library) With(other Library) (Library, error) {
	var sheets []sheet
	for _, p := range l.books {
		if _, replaced := other.at[p.ID]; !replaced {
			sheets = append(sheets, sheet{Playbook: p})
		}
	}
	for _, p := range other.books {
		sheets = append(sheets, sheet{Playbook: p})
	}
	both := shelve(sheets)
	both.gone = map[string]Playbook{}
	maps.Copy(both.gone, l.gone)
	maps.Copy(both.gone, other.gone)
	for id := range both.at {
		from := l
		if _, theirs := other.at[id]; theirs {
			from = other
		}
		if from.other[id] != nil {
			both.other[id] = maps.Clone(from.other[id])
		}
	}
	return both, both.meanings().orNil()
}

// Join answers the library with files added: an original takes the place of the playbook with
// its id and of that one's translations, a translation joins the original it is in step with.
// What cannot be used is left out; its error is Problems, those of all files.
func (l Library) Join(files ...File) (Library, error) {
	sheets := make([]sheet, len(files))
	for i, f := range files {
		r := &reader{file: f.Name}
		sheets[i] = sheet{r, r.playbook(f.Data)}
	}
	both, problems := l.join(sheets)
	return both, problems.orNil()
}

func (l Library) join(sheets []sheet) (Library, Problems) {
	var books, translations []sheet
	var problems Problems
	for _, s := range sheets {
		_, translation := language(s.file)
		switch {
		case len(s.problems) > 0:
			problems = append(problems, s.problems...)
		case translation != "":
			translations = append(translations, s)
		default:
			books = append(books, s)
		}
	}
	both, err := l.With(shelve(books))
	var meanings Problems
	if errors.As(err, &meanings) {
		problems = append(problems, meanings...)
	}
	for _, s := range translations {
		if s.inStep(both); len(s.problems) > 0 {
			problems = append(problems, s.problems...)
			continue
		}
		both.translate(s.Playbook)
	}
	return both, problems
}

// Without retires playbooks: nobody is offered them any more, but who already has one in hand
// still finds it by its id.
func (l Library) Without(ids ...string) Library {
	var stay []sheet
	gone := map[string]Playbook{}
	maps.Copy(gone, l.gone)
	for _, p := range l.books {
		if slices.Contains(ids, p.ID) {
			gone[p.ID] = p
			continue
		}
		stay = append(stay, sheet{Playbook: p})
	}
	out := shelve(stay)
	out.other, out.gone = l.other, gone
	return out
}

// All answers every playbook in the order in which one would try them: deep dives, drills,
// then wins; of each kind those tagged Core first, then by id.
func (l Library) All() []Playbook { return slices.Clone(l.books) }

// DeepDives answers the playbooks a round is booked for, in the order of All.
func (l Library) DeepDives() []Playbook { return l.Search(Query{Kind: DeepDive}) }

// Find answers the original of the playbook with that id, a retired one too.
func (l Library) Find(id string) (Playbook, bool) {
	i, ok := l.at[id]
	if !ok {
		p, retired := l.gone[id]
		return p, retired
	}
	return l.books[i], true
}

// In answers the playbook with that id in that language. Where there is no such translation
// it answers the original and false, so that the reader can be told; without the playbook,
// nothing and false.
func (l Library) In(id, language string) (Playbook, bool) {
	if p, ok := l.other[id][language]; ok {
		return p, true
	}
	p, ok := l.Find(id)
	return p, ok && p.Language == language
}

// Languages answers in which languages there is a playbook: the original's first, then in
// alphabetical order.
func (l Library) Languages(id string) []string {
	p, ok := l.Find(id)
	if !ok {
		return nil
	}
	return append([]string{p.Language}, slices.Sorted(maps.Keys(l.other[id]))...)
}

// For answers the playbooks that practise a skill, fit into so many minutes and can be done
// in that format: the longest first, then in the order of All. An empty skill or format and 0
// minutes mean "any".
func (l Library) For(skill string, minutes int, format Format) []Playbook {
	out := l.Search(Query{Skill: skill, Minutes: minutes, Format: format})
	slices.SortStableFunc(out, func(a, b Playbook) int { return b.Minutes - a.Minutes })
	return out
}
