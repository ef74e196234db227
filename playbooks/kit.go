package playbooks

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"
)

// Page is one text of the starter kit, ready for a card, a mail or the web.
type Page struct {
	ID       string // stable for ever, also the name of its file
	Version  int
	Title    string
	Language string
	For      Reader
	When     Moment
	Parts    []Part
}

// Part is one piece of a page. Exactly one of its fields is set. All texts are plain words.
type Part struct {
	Head string
	Text string
	List []string
	Say  string // words one can say aloud
}

// Reader is whom a page is written for.
type Reader string

// The readers.
const (
	Everyone Reader = "everyone"
	Member   Reader = "member"
	Manager  Reader = "manager"
)

// Moment is when a page is sent.
type Moment string

// The moments.
const (
	Joined       Moment = "joined"        // right after somebody's yes
	FirstSession Moment = "first-session" // the day before a person's first session
	Told         Moment = "told"          // when the managers are told of a programme
	Anytime      Moment = "anytime"       // only read, never sent
)

// kitOrder is the order in which one would read the pages.
var kitOrder = []string{"welcome", "first-two-weeks", "agreements", "questions", "managers"}

// Kit answers the starter kit in a language, in reading order. A page that has no translation
// comes in English; its Language says so. The error is Problems and means a broken build.
func Kit(language string) ([]Page, error) {
	folder, err := fs.Sub(Ours(), "kit")
	if err != nil {
		return nil, err
	}
	pages, err := kit(folder)
	var out []Page
	for _, p := range pages {
		if p.Language == language || p.Language == English && !slices.ContainsFunc(pages, func(q Page) bool { return q.ID == p.ID && q.Language == language }) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Page) int { return slices.Index(kitOrder, a.ID) - slices.Index(kitOrder, b.ID) })
	return out, err
}

// Poster answers the one-page poster as an SVG picture of the size A4.
func Poster() ([]byte, error) { return fs.ReadFile(Ours(), "kit/poster.svg") }

// kit reads all pages of a folder and checks that translations are in step.
func kit(folder fs.FS) ([]Page, error) {
	files, err := Files(folder)
	if err != nil {
		return nil, err
	}
	pages, readers := bind(files)
	var problems Problems
	for _, r := range readers {
		problems = append(problems, r.problems...)
	}
	return pages, problems.orNil()
}

// bind reads files into pages, beside the readers that know the problems of each.
func bind(files []File) (pages []Page, readers []*reader) {
	originals := map[string]Page{}
	for _, f := range files {
		r := &reader{file: f.Name, lead: true}
		p := r.page(f.Data)
		pages, readers = append(pages, p), append(readers, r)
		if _, translation := language(f.Name); translation == "" {
			originals[p.ID] = p
		}
	}
	for i, p := range pages {
		if _, translation := language(files[i].Name); translation != "" && len(readers[i].problems) == 0 {
			readers[i].pageInStep(p, originals)
		}
	}
	return pages, readers
}

// pageKeys are the keys of a page's front matter that must be there.
var pageKeys = []string{"id", "version", "title", "for", "when"}

// page reads one file of the kit and leaves its problems sorted by line.
func (r *reader) page(data []byte) (p Page) {
	defer r.sort()
	p.Language = English
	end := r.open(data, pageKeys, func(key string) (any, bool) {
		into, ok := map[string]any{"id": &p.ID, "version": &p.Version, "title": &p.Title, "for": &p.For, "when": &p.When, languageKey: &p.Language}[key]
		return into, ok
	})
	if end == 0 {
		return p
	}
	rule := func(key string, ok bool, advice string, args ...any) {
		if line := r.where[key]; line > 0 && !ok {
			r.refuse(line, advice, args...)
		}
	}
	id, translation := language(r.file)
	rule("id", slug(p.ID) && p.ID == id, "the id must be the name of the file, in small letters, digits and hyphens")
	rule("version", p.Version >= 1 && p.Version < 10000, "the version counts 1, 2, 3: write a whole number")
	rule("for", oneOf(p.For, Everyone, Member, Manager), "for is one of everyone, member, manager")
	rule("when", oneOf(p.When, Joined, FirstSession, Told, Anytime), "when is one of joined, first-session, told, anytime")
	if p.Language != cmp.Or(translation, English) {
		r.refuse(max(r.where[languageKey], 1), "a page is English in NAME.md and German in NAME.de.md: make language and file name agree")
	}
	p.Title = r.plain(max(r.where["title"], 1), p.Title, maxTitle)
	p.Parts = r.leaves()
	return p
}

// leaves reads the sections into parts.
func (r *reader) leaves() []Part {
	var out []Part
	for _, s := range r.parts {
		if head := r.plain(s.line, s.name, maxTitle); head != "" {
			out = append(out, Part{Head: head})
		}
		for _, b := range s.blocks {
			text := r.plain(b.line, b.text, maxParagraph)
			switch {
			case b.kind == heading:
				r.refuse(b.line, "a page has headings of one level: write ## instead of ###")
			case b.kind == quote:
				out = append(out, Part{Say: text})
			case b.kind == item && len(out) > 0 && len(out[len(out)-1].List) > 0:
				out[len(out)-1].List = append(out[len(out)-1].List, text)
			case b.kind == item:
				out = append(out, Part{List: []string{text}})
			default:
				out = append(out, Part{Text: text})
			}
		}
		if len(s.blocks) == 0 {
			r.refuse(s.line, "there is nothing below this heading: write a sentence or two")
		}
	}
	if len(out) == 0 {
		r.refuse(1, "the page is empty: write what its title promises")
	}
	return out
}

// pageInStep checks that a translation says as much as its original, in the same order.
func (r *reader) pageInStep(p Page, originals map[string]Page) {
	was, ok := originals[p.ID]
	if !ok {
		r.refuse(1, "there is no original %s.md beside this translation: add it", p.ID)
		return
	}
	if p.Version != was.Version {
		r.refuse(r.where["version"], "the original has version %d: bring this translation in step", was.Version)
	}
	if p.For != was.For || p.When != was.When {
		r.refuse(r.where["for"], "the original is for %s, when %s: write the same here", was.For, was.When)
	}
	if got, want := shape(p), shape(was); got != want {
		r.refuse(1, "the original has these parts: %s; this translation: %s; bring it in step", want, got)
	}
}

// shape tells the parts of a page apart from their words: heading, text, list of items, quote.
func shape(p Page) string {
	var out strings.Builder
	for _, part := range p.Parts {
		switch {
		case part.Head != "":
			out.WriteByte('#')
		case part.Text != "":
			out.WriteByte('.')
		case part.Say != "":
			out.WriteByte('>')
		}
		out.WriteString(strings.Repeat("-", len(part.List)))
	}
	return out.String()
}

// LintKit answers everything an editor would say about pages of the starter kit, sorted by
// file and line. Nil means that there is nothing to say.
func LintKit(files ...File) Problems {
	var out Problems
	pages, readers := bind(files)
	for i, r := range readers {
		if len(r.problems) == 0 {
			s := sheet{r, Playbook{Title: pages[i].Title, Language: pages[i].Language}}
			for _, check := range []func(sheet){sheet.jargon, sheet.blame, sheet.breath, sheet.easy} {
				check(s)
			}
		}
		out = append(out, r.problems...)
	}
	slices.SortStableFunc(out, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line) })
	return out
}
