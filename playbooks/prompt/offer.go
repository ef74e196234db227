package prompt

import (
	"cmp"

	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Decided tells the author of an offer what a curator decided last: published with thanks, a
// question, or no with the curator's reason. Title is the playbook's, "" for one that is not in
// the library. It names no curator.
func (s Speaker) Decided(o curation.Contribution, title string, to roster.Person) Message {
	if len(o.Notes) == 0 {
		return Message{}
	}
	last := o.Notes[len(o.Notes)-1]
	words, told := map[curation.Act][2]string{
		curation.Accept:  {"offer.accept.title", "offer.accept.text"},
		curation.Ask:     {"offer.ask.title", "offer.ask.text"},
		curation.Decline: {"offer.decline.title", "offer.decline.text"},
	}[last.Act]
	if !told {
		return Message{}
	}
	title = cmp.Or(title, o.Draft.Playbook)
	said := s.say(words[0], "playbook", title)
	m := Message{Key: "offer-" + number(len(o.Notes)) + "/" + o.ID + "/" + string(to.ID), To: to.ID, Kind: KindNotice, Lang: s.Lang,
		Title: said, Summary: said, Blocks: []Block{{Text: s.say(words[1], "playbook", title)}}}
	if last.Text != "" {
		m.Blocks = append(m.Blocks, Block{Text: last.Text})
	}
	return m
}
