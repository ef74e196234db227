package prompt

import (
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// The kinds of a session's messages.
const (
	KindPairing  Kind = "pairing"
	KindMoved    Kind = "moved"
	KindSwapped  Kind = "swapped"
	KindPrepare  Kind = "prepare"
	KindGuide    Kind = "guide"
	KindClosing  Kind = "closing"
	KindAsync    Kind = "async"
	KindCancel   Kind = "cancelled"
	KindFollowUp Kind = "followup"
	KindRemind   Kind = "remind"
)

// Scene is a session as one of its people sees it.
type Scene struct {
	Session  session.Session
	Me       roster.Person
	Partners []roster.Person // the others, whether or not they still take part
	Playbook playbooks.Playbook
	Stretch  []string       // skills the reader wants to practise, told to nobody else
	Zone     *time.Location // the reader's; nil when it is not known, and then no local clock is said
}

// Prompt words one of the session's prompts for the person of the scene.
func (s Speaker) Prompt(c Scene, tag string) Message {
	base, _, _ := strings.Cut(tag, "-")
	if tag == session.CloseLate {
		base = tag
	}
	var m Message
	switch base {
	case session.Pairing:
		m = s.pairing(c)
	case session.Moved:
		m = s.moved(c)
	case session.Swapped:
		m = s.swapped(c)
	case session.Prepare:
		m = s.prepare(c)
	case session.Guide:
		m = s.guide(c)
	case session.CloseUp:
		m = s.closing(c, "closing.title")
	case session.CloseLate:
		m = s.closing(c, again(c, session.CloseUp, "closing"))
	case session.ByWriting:
		m = s.byWriting(c)
	case session.CalledOff:
		m = s.calledOff(c)
	case session.Ask:
		m = s.followUp(c, "followup.title", KindFollowUp)
	case session.Remind:
		m = s.followUp(c, again(c, session.Ask+strings.TrimPrefix(tag, session.Remind), "followup"), KindRemind)
	}
	m.Key = tag + "/" + c.Session.ID + "/" + string(c.Me.ID)
	m.To, m.Lang = c.Me.ID, s.Lang
	return m
}

// again is the title of a reminder, which says nothing of a reminder to somebody who never
// saw the question.
func again(c Scene, question, key string) string {
	if part := c.Session.Parts[c.Me.ID]; part != nil && slices.Contains(part.Skipped, question) {
		return key + ".title"
	}
	return key + ".again.title"
}

func (s Speaker) pairing(c Scene) Message {
	text, why := "pairing.text", "pairing.why"
	if len(c.Partners) > 1 {
		text, why = "pairing.text.trio", "pairing.why.trio"
	}
	m := Message{Kind: KindPairing,
		Title:   s.say("pairing.title", "partners", s.names(c.Partners)),
		Summary: s.say("pairing.summary", "partners", s.names(c.Partners)),
		Blocks: []Block{
			{Text: s.say(text, "playbook", c.Playbook.Title)},
			{Text: c.Playbook.Purpose},
		},
	}
	m.Blocks = append(append(m.Blocks, s.because(c)...), Block{Head: s.say(why)}, Block{List: s.Reasons(c)})
	if w := c.Session.Slot; w != nil {
		m.Blocks = append(m.Blocks, Block{When: &When{Label: s.say("pairing.when"), Start: w.Start, End: w.End}})
		m.Blocks = append(append(m.Blocks, s.whyBlocks(c)...), Block{Note: s.say("pairing.note")})
	}
	m.Actions = append(s.findAnother(c), s.chooseAnother(c)...)
	return m
}

func (s Speaker) moved(c Scene) Message {
	m := Message{Kind: KindMoved,
		Title:   s.say("moved.title", "partners", s.names(c.Partners)),
		Summary: s.say("moved.summary", "partners", s.names(c.Partners)),
		Blocks:  []Block{{Text: s.movedText(c.Session.Cause)}},
	}
	if w := c.Session.Slot; w != nil {
		m.Blocks = append(m.Blocks, Block{When: &When{Label: s.say("pairing.when"), Start: w.Start, End: w.End}})
		m.Blocks = append(m.Blocks, s.whyBlocks(c)...)
	}
	m.Actions = s.findAnother(c)
	return m
}

func (s Speaker) prepare(c Scene) Message {
	p := c.Playbook
	m := Message{Kind: KindPrepare,
		Title:   s.say("prepare.title", "playbook", p.Title, "partners", s.names(c.Partners)),
		Summary: s.say("prepare.summary", "partners", s.names(c.Partners)),
		Blocks: []Block{
			{Text: p.Purpose},
			{Head: s.say("prepare.bring")}, {List: p.Bring},
			{Head: s.say("prepare.outcomes")}, {List: p.Outcomes},
			{Head: s.say("prepare.agreements")}, {List: p.Agreements},
		},
	}
	if w := c.Session.Slot; w != nil {
		m.Blocks = append([]Block{{When: &When{Start: w.Start, End: w.End}}}, m.Blocks...)
	}
	if part := c.Session.Parts[c.Me.ID]; part == nil || !part.Agreed {
		m.Actions = []Action{{Verb: Agree, Title: s.say("prepare.agree"), Ref: c.Session.Ref()}}
	}
	m.Actions = append(append(m.Actions, s.findAnother(c)...), s.chooseAnother(c)...)
	return m
}

func (s Speaker) byWriting(c Scene) Message {
	title, why := "async.title", "async.why."+string(c.Session.Why)
	if len(c.Partners) == 0 {
		title = "async.title.alone"
	}
	m := Message{Kind: KindAsync,
		Title:   s.say(title, "partners", s.names(c.Partners)),
		Summary: s.say("async.summary"),
		Blocks:  []Block{{Text: s.say(why)}, {Text: c.Playbook.Purpose}},
	}
	switch len(c.Partners) {
	case 0:
	case 1:
		m.Blocks = append(m.Blocks, Block{Head: s.say("pairing.why")}, Block{List: s.Reasons(c)})
	default:
		m.Blocks = append(m.Blocks, Block{Head: s.say("pairing.why.trio")}, Block{List: s.Reasons(c)})
	}
	var days []playbooks.Step
	for _, st := range c.Playbook.Asynchronous {
		st.Title = s.say("async.day", "day", s.number(st.Day), "title", st.Title)
		days = append(days, st)
	}
	if len(days) > 0 {
		m.Blocks = append(m.Blocks, Block{Steps: s.steps(c, days)})
	}
	m.Blocks = append(m.Blocks, Block{Head: s.say("prepare.agreements")}, Block{List: c.Playbook.Agreements})
	return m
}

func (s Speaker) calledOff(c Scene) Message {
	title := "cancelled.title"
	if len(c.Partners) == 0 {
		title = "cancelled.title.alone"
	}
	return Message{Kind: KindCancel,
		Title:   s.say(title, "partners", s.names(c.Partners)),
		Summary: s.say("cancelled.summary"),
		Blocks:  []Block{{Text: s.say("cancelled.why." + string(c.Session.Why))}},
	}
}

// Agenda is the calendar invite's title and text. Every attendee sees it, so it names them all.
func (s Speaker) Agenda(p playbooks.Playbook, people []roster.Person) (title, text string) {
	return s.say("agenda.title", "playbook", p.Title, "partners", s.names(people)),
		p.Agenda() + "\n\n" + s.say("agenda.foot")
}

// Cancellation is the comment that a cancelled invite carries.
func (s Speaker) Cancellation() string { return s.say("cancelled.comment") }
