package playbooks

import (
	"slices"
	"strings"
)

// Query is what somebody looks for in the library. Its zero fields mean "any".
type Query struct {
	Text       string // words that must all occur, in any order; "listen" finds "listening"
	Skill      string
	Minutes    int // at most
	Difficulty Difficulty
	Kind       Kind
	Format     Format
}

// maxWords is how many words of a query count: nobody types more, and each costs time.
const maxWords = 12

// Search answers the playbooks that fit. With a text those come first whose title says it,
// then those whose purpose does; else, and among equals, the order is that of All. It looks
// at the originals, not at translations.
func (l Library) Search(q Query) []Playbook {
	words := strings.Fields(strings.ToLower(q.Text))
	words = words[:min(len(words), maxWords)]
	var found [3][]int
	for i := range l.books {
		if q.fits(&l.books[i]) {
			if place, ok := occurs(l.text[i], words); ok {
				found[place] = append(found[place], i)
			}
		}
	}
	out := make([]Playbook, 0, len(found[0])+len(found[1])+len(found[2]))
	for _, i := range slices.Concat(found[:]...) {
		out = append(out, l.books[i])
	}
	return out
}

func (q Query) fits(p *Playbook) bool {
	return (q.Skill == "" || q.Skill == p.Skill) && (q.Minutes == 0 || p.Minutes <= q.Minutes) &&
		(q.Difficulty == "" || q.Difficulty == p.Difficulty) && (q.Kind == "" || q.Kind == p.Kind()) &&
		(q.Format == "" || p.Offers(q.Format))
}

// fence separates the parts of a searchable text: title, purpose and names, all the rest.
// Nobody can type it, since playbooks and queries hold no controls.
const fence = "\x1e"

// searchable is everything a playbook says, in small letters, the most telling part first.
func searchable(p Playbook) string {
	label, _ := SkillLabel(p.Skill)
	parts := []string{p.Title, fence, p.Purpose, label, string(p.Kind()), p.ID}
	parts = append(append(parts, p.Tags...), fence, p.Starts, p.Conversation, p.Trio)
	for _, list := range [][]string{p.Authors, p.Outcomes, p.Bring, p.Agreements, p.Prompts, p.Debrief, p.FollowUp, p.Counted} {
		parts = append(parts, list...)
	}
	for _, c := range p.BasedOn {
		parts = append(parts, c.Author, c.Title)
	}
	for _, s := range append(slices.Clone(p.Steps), p.Asynchronous...) {
		parts = append(append(parts, s.Title, s.Text), s.Say...)
	}
	for _, f := range p.Pitfalls {
		parts = append(parts, f.Sign, f.Rescue)
	}
	for _, m := range p.Micro {
		parts = append(parts, m.Label)
	}
	return strings.ToLower(strings.Join(parts, "\n"))
}

// occurs says whether all words are in a text, and in which of its three parts they are
// complete.
func occurs(text string, words []string) (place int, ok bool) {
	end := 0
	for _, w := range words {
		i := strings.Index(text, w)
		if i < 0 {
			return 0, false
		}
		end = max(end, i)
	}
	return strings.Count(text[:end], fence), true
}
