package playbooks

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxAgenda is the longest agenda in characters: an invite is read on a phone, between two
// meetings.
const maxAgenda = 4000

// Agenda answers the plain text for a calendar invite: paragraphs separated by blank lines,
// lists one line an item, at most 4,000 characters. It names nobody.
func (p Playbook) Agenda() string {
	steps := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		steps[i] = fmt.Sprintf("%d min: %s", s.Minutes, s.Title)
	}
	paragraphs := []string{
		fmt.Sprintf("%s (%d minutes)", p.Title, p.Minutes),
		p.Purpose,
		"How it goes:\n" + strings.Join(steps, "\n"),
		"Who starts: " + p.Starts,
		"Please bring:\n" + strings.Join(p.Bring, "\n"),
		"What we agree on:\n" + strings.Join(p.Agreements, "\n"),
		"Nobody leads this meeting, and rapport records nothing. The words to say come with the card at the start.",
	}
	return fit(paragraphs, maxAgenda)
}

// fit joins the paragraphs that there is room for and leaves out the others whole.
func fit(paragraphs []string, room int) string {
	out := ""
	for _, p := range paragraphs {
		next := strings.TrimPrefix(out+"\n\n"+p, "\n\n")
		if utf8.RuneCountInString(next) > room {
			continue
		}
		out = next
	}
	return out
}
