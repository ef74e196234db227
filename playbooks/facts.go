package playbooks

import (
	"path"
	"slices"
	"strings"
)

// The shortest and longest session. An hour is the most that two busy people find together.
const (
	minMinutes = 5
	maxMinutes = 60
)

// facts tidies the front matter and checks it. where holds the line of every readable key.
func (r *reader) facts(p *Playbook, where map[string]int) {
	rule := func(key string, ok bool, advice string, args ...any) {
		if line := where[key]; line > 0 && !ok {
			r.refuse(line, advice, args...)
		}
	}
	rule("id", slug(p.ID), "the id %s must be small letters, digits and hyphens, at most 40", short(p.ID))
	name, translation := language(r.file)
	rule("id", !slug(p.ID) || name == p.ID, "the id says %q: rename the file to %s.md or change the id", p.ID, p.ID)
	if p.Language == "" {
		p.Language = English
	}
	rule(languageKey, isLanguage(p.Language), "language is two or three small letters, such as de")
	if translation != "" && translation != p.Language && r.where["id"] > 0 {
		r.refuse(max(r.where[languageKey], 1), "the file name says %s: write language: %s", translation, translation)
	}
	rule("version", p.Version >= 1 && p.Version < 10000, "the version counts 1, 2, 3: write a whole number")
	_, known := SkillLabel(p.Skill)
	rule("skill", known, "there is no skill %s: take one of %s", short(p.Skill), skillIDs())
	rule("minutes", p.Minutes >= minMinutes && p.Minutes <= maxMinutes, "minutes must be %d to %d", minMinutes, maxMinutes)
	rule("difficulty", oneOf(p.Difficulty, Easy, Medium, Demanding), "difficulty is one of easy, medium, demanding")
	rule("energy", oneOf(p.Energy, Calm, Steady, Lively), "energy is one of calm, steady, lively")
	rule("format", some(p.Formats, func(f Format) bool { return oneOf(f, Pair, Trio, Asynchronous) }),
		"format is a list of pair, trio, asynchronous, each once")
	rule("tags", some(p.Tags, slug), "tags are a list of one to ten words in small letters, each once")
	rule("authors", some(p.Authors, func(s string) bool { return squeeze(s) != "" }), "authors is a list of at least one name")
	rule("licence", p.Licence == Licence, "licence must be %s, so that everybody may use and adapt it", Licence)
	r.words(p, where)
}

// words tidies the free texts of the front matter.
func (r *reader) words(p *Playbook, where map[string]int) {
	if line := where["title"]; line > 0 {
		if p.Title = r.plain(line, p.Title, maxTitle); p.Title == "" {
			r.refuse(line, "the title is empty: name the playbook in a few words")
		}
	}
	for i, a := range p.Authors {
		p.Authors[i] = r.plain(max(where["authors"], 1), a, maxTitle)
	}
	if p.BasedOn == nil { // "based-on:" alone is the same as an empty list
		p.BasedOn = []Citation{}
	}
	line := where["based-on"]
	if len(p.BasedOn) > 10 && line > 0 {
		r.refuse(line, "based-on names more than ten works: keep those the playbook really uses")
	}
	for i, c := range p.BasedOn {
		c.Author, c.Title = r.plain(max(line, 1), c.Author, maxLine), r.plain(max(line, 1), c.Title, maxLine)
		if line > 0 && (c.Author == "" || c.Title == "" || c.Year < 1000 || c.Year > 9999) {
			r.refuse(line, "work %d under based-on needs author, year (four digits) and title", i+1)
		}
		p.BasedOn[i] = c
	}
}

// English is the language of a playbook that names none.
const English = "en"

// language takes a file name apart: "folder/tea.de.md" is the playbook tea in German, while
// "tea.md" is the original, whatever its language.
func language(file string) (id, translation string) {
	id = strings.TrimSuffix(path.Base(file), ".md")
	if name, last, ok := strings.Cut(id, "."); ok && isLanguage(last) {
		return name, last
	}
	return id, ""
}

func isLanguage(s string) bool {
	return (len(s) == 2 || len(s) == 3) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func skillIDs() string {
	ids := make([]string, len(Skills))
	for i, s := range Skills {
		ids[i] = s.ID
	}
	return strings.Join(ids, ", ")
}

func oneOf[T comparable](v T, of ...T) bool { return slices.Contains(of, v) }

// some is true for one to ten values that are all fine and all different.
func some[T ~string](list []T, fine func(T) bool) bool {
	seen := map[T]bool{}
	for _, v := range list {
		if seen[v] || !fine(v) {
			return false
		}
		seen[v] = true
	}
	return len(list) >= 1 && len(list) <= 10
}
