package prompt

import (
	"strings"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// KindSwap is the kind of messages about another playbook.
const KindSwap Kind = "swap"

// The verbs of another playbook. Their version is how often the session's playbook was swapped:
// a card from before the latest swap does nothing.
const (
	Swap   = "session:swap"   // show other playbooks
	Switch = "session:switch" // the one chosen
	Stay   = "session:stay"   // the present one stays
)

// chooseAnother is the button for another playbook, while the conversation lies ahead.
func (s Speaker) chooseAnother(c Scene) []Action {
	x := c.Session
	if x.State != session.Booked || x.Slot == nil || x.Swaps >= session.MostSwaps {
		return nil
	}
	return []Action{{Verb: Swap, Title: s.say("swap.find"), Ref: x.Ref(), Version: int64(x.Swaps), Skip: true}}
}

// Alternatives offers other playbooks, each with its length, what it is for, and why it is
// offered: reasons[i] belongs to books[i].
func (s Speaker) Alternatives(c Scene, books []playbooks.Playbook, reasons []playbooks.Reason) Message {
	m := s.swapping(c, "swap.title", "swap.text")
	var choices []Choice
	for i, p := range books {
		label := s.say("swap.option", "playbook", p.Title, "span", s.span(p.Minutes))
		c.Session.Because = reasons[i]
		m.Blocks = append(append(m.Blocks, Block{Head: label}, Block{Text: opening(p.Purpose)}), s.because(c)...)
		choices = append(choices, Choice{Value: p.ID, Label: label})
	}
	m.Blocks = append(m.Blocks,
		Block{Input: &Input{ID: "playbook", Label: s.say("swap.choose"), Form: Choose, Required: true, Error: s.say("swap.playbook.error"), Choices: choices}},
		Block{Note: s.say("swap.note")})
	ref, version := c.Session.Ref(), int64(c.Session.Swaps)
	m.Actions = []Action{
		{Verb: Switch, Title: s.say("swap.take"), Ref: ref, Version: version},
		{Verb: Stay, Title: s.say("swap.keep"), Ref: ref, Version: version, Skip: true},
	}
	return m
}

// NoAlternative says that the playbook stays, as there is no other for this time or it is too
// late for one.
func (s Speaker) NoAlternative(c Scene) Message { return s.swapping(c, "swap.none", "swap.none.text") }

// Swapped says which playbook the session has now, what to bring to it and when it is, to the
// person who chose it; also to somebody whose partner was faster.
func (s Speaker) Swapped(c Scene) Message {
	m := s.swapped(c)
	m.To, m.Lang, m.Kind = c.Me.ID, s.Lang, KindSwap
	return m
}

// swapped tells of the session's new playbook. It never says who chose it.
func (s Speaker) swapped(c Scene) Message {
	p := c.Playbook
	m := s.swapping(c, "swap.now", "swap.now.text")
	m.Kind = KindSwapped
	m.Blocks = append(append(m.Blocks, Block{Text: p.Purpose}), s.because(c)...)
	m.Blocks = append(m.Blocks, Block{Head: s.say("prepare.bring")}, Block{List: p.Bring})
	m.Blocks = append(m.Blocks, s.present(c)...)
	m.Actions = append(s.findAnother(c), s.chooseAnother(c)...)
	return m
}

// swapping is a message about the playbook of a session: a title and a sentence.
func (s Speaker) swapping(c Scene, title, text string) Message {
	args := []string{"playbook", c.Playbook.Title, "partners", s.names(c.Partners), "span", s.span(c.Playbook.Minutes)}
	t := s.say(title, args...)
	return Message{To: c.Me.ID, Kind: KindSwap, Lang: s.Lang, Title: t, Summary: t, Blocks: []Block{{Text: s.say(text, args...)}}}
}

// because says why a playbook is offered, in a paragraph of its own: the playbook may be in a
// language that is written the other way round.
func (s Speaker) because(c Scene) []Block {
	why := s.whyGuide(c)
	if why == "" {
		return nil
	}
	return []Block{{Text: why}}
}

// opening is the first sentence of a text.
func opening(text string) string {
	end := len(text)
	for _, stop := range []string{". ", "? ", "! ", "。", "\n"} {
		if i := strings.Index(text, stop); i >= 0 {
			end = min(end, i+len(strings.TrimSpace(stop)))
		}
	}
	return strings.TrimSpace(text[:end])
}

// ReadSwap is the id of the chosen playbook; Invalid("playbook") when there is none. Whether it
// was among those offered is for the caller to check.
func ReadSwap(a Answer) (string, error) {
	id := a.Fields["playbook"]
	if id == "" {
		return "", Invalid("playbook")
	}
	return id, nil
}
