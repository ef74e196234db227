package prompt

import (
	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

func (s Speaker) guide(c Scene) Message {
	p := c.Playbook
	m := Message{Kind: KindGuide,
		Title:   s.say("guide.title", "playbook", p.Title),
		Summary: s.say("guide.summary", "partners", s.names(c.Partners)),
		Blocks:  []Block{{Text: s.say("guide.first", "name", s.order(c)[0])}}, // the playbook's own rule is for pairs without a card
	}
	if len(c.Partners) > 1 && p.Trio != "" {
		m.Blocks = append(m.Blocks, Block{Text: p.Trio})
	}
	m.Blocks = append(m.Blocks, Block{Steps: s.steps(c, p.Steps)},
		Block{Head: s.say("guide.stuck")}, Block{List: p.Prompts},
		Block{Head: s.say("guide.debrief")}, Block{List: p.Debrief},
		Block{Head: s.say("guide.pitfalls")}, Block{List: s.pitfalls(p)})
	if c.Session.Join != "" {
		m.Actions = []Action{{Title: s.say("guide.join"), URL: c.Session.Join}}
	}
	return m
}

// order names the people of a scene in the order of their turns. It changes with the round,
// so that it is not always the same person who starts.
func (s Speaker) order(c Scene) []string {
	known := map[roster.ID]string{}
	for _, p := range append([]roster.Person{c.Me}, c.Partners...) {
		known[p.ID] = s.called(p)
	}
	var l []string
	for i, n := 0, len(c.Session.People); i < n; i++ {
		if name := known[c.Session.People[(c.Session.Round+i)%n]]; name != "" {
			l = append(l, name)
		}
	}
	if len(l) == 0 {
		return []string{s.called(c.Me)}
	}
	return l
}

// who says whose turn a step is; "" when there is nobody to take turns with.
func (s Speaker) who(c Scene, st playbooks.Step) string {
	people := s.order(c)
	if len(people) < 2 {
		return ""
	}
	var t string
	switch {
	case st.Turn == playbooks.First:
		t = s.say("who.turn", "name", people[0])
	case st.Turn == playbooks.Second && len(people) > 2:
		t = s.say("who.turn.later", "name", people[1], "next", people[2])
	case st.Turn == playbooks.Second:
		t = s.say("who.turn", "name", people[1])
	case st.Day > 0:
		t = s.say("who.each")
	case len(people) > 2:
		t = s.say("who.all")
	default:
		t = s.say("who.both")
	}
	if st.Silent {
		t = s.say("who.silent", "who", t)
	}
	return t
}

func (s Speaker) steps(c Scene, from []playbooks.Step) []Step {
	var l []Step
	for _, f := range from {
		l = append(l, Step{Minutes: f.Minutes, Title: f.Title, Who: s.who(c, f), Silent: f.Silent, Swap: f.Swap, Text: f.Text, Say: f.Say})
	}
	return l
}

func (s Speaker) pitfalls(p playbooks.Playbook) []string {
	var l []string
	for _, f := range p.Pitfalls {
		l = append(l, s.say("guide.pitfall", "sign", f.Sign, "rescue", f.Rescue))
	}
	return l
}
