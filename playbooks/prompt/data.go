package prompt

import (
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Known is everything kept about one person, for that person alone.
type Known struct {
	Member   roster.Member
	Zone     *time.Location
	Sessions []Scene // oldest first
}

// mostKnown bounds what a card can show, in characters; each line costs its drawing, too.
const (
	mostKnown = 20000
	lineCosts = 250
)

// Knows answers "what do you know about me", completely; when it is more than a card holds,
// the oldest sessions are left out and counted.
func (s Speaker) Knows(k Known) Message {
	m := Message{To: k.Member.Person.ID, Kind: KindData, Lang: s.Lang, Title: s.say("data.title"), Summary: s.say("data.summary"),
		Blocks: []Block{{Head: s.say("data.person")}, {Facts: s.person(k)}, {Head: s.say("data.member")}, {Facts: s.membership(k)}, {Head: s.say("data.sessions")}}}
	var told [][]string
	room := mostKnown
	for i := len(k.Sessions) - 1; i >= 0 && room > 0; i-- {
		lines := s.told(k.Sessions[i], k.Zone)
		for _, l := range lines {
			room -= len([]rune(l)) + lineCosts
		}
		if room > 0 {
			told = append(told, lines)
		}
	}
	slices.Reverse(told)
	if left := len(k.Sessions) - len(told); left > 0 {
		m.Blocks = append(m.Blocks, Block{Text: s.say("data.more", "count", number(left))})
	}
	for _, lines := range told {
		m.Blocks = append(m.Blocks, Block{Text: lines[0]})
		if len(lines) > 1 {
			m.Blocks = append(m.Blocks, Block{List: lines[1:]})
		}
	}
	if len(k.Sessions) == 0 {
		m.Blocks = append(m.Blocks, Block{Text: s.say("data.sessions.none")})
	}
	m.Blocks = append(m.Blocks, Block{Note: s.say("data.pulse")}, Block{Note: s.say("data.never")})
	return m
}

// person lists what the organisation's directory and mailbox say.
func (s Speaker) person(k Known) []Fact {
	p := k.Member.Person
	manager := ""
	if p.Manager != "" {
		manager = s.say("data.manager.value")
	}
	hours := ""
	if len(p.Hours.Days) > 0 {
		var days []string
		for _, d := range p.Hours.Days {
			days = append(days, d.String())
		}
		hours = s.say("data.hours.value", "days", strings.Join(days, ", "), "start", short(p.Hours.Start), "end", short(p.Hours.End))
	}
	return filled([]Fact{
		{s.say("data.name"), p.Name}, {s.say("data.mail"), p.Mail}, {s.say("data.department"), p.Department}, {s.say("data.team"), p.Team},
		{s.say("data.manager"), manager}, {s.say("data.country"), p.Country}, {s.say("data.language"), p.Language},
		{s.say("data.zone"), k.Zone.String()}, {s.say("data.hours"), hours},
	})
}

// short is a wall-clock time without its seconds.
func short(clock string) string { return clock[:min(len(clock), len("15:04"))] }

// membership lists what the person said and chose, and what follows from it.
func (s Speaker) membership(k Known) []Fact {
	p := k.Member
	mark := func(m roster.Mark) string {
		if m.At.IsZero() {
			return s.say("data.mark.none")
		}
		return s.say("data.mark", "day", s.day(m.At, k.Zone), "version", m.Version)
	}
	energy, avoid, beyond := "", "", ""
	if p.Profile.Energy != "" {
		energy = s.say("energy." + p.Profile.Energy)
	}
	if n := len(p.Profile.Avoid); n > 0 {
		avoid = number(n)
	}
	if p.Beyond {
		beyond = s.say("data.beyond.value")
	}
	return filled([]Fact{
		{s.say("data.standing"), s.say("standing." + string(p.Standing))}, {s.say("data.asked"), mark(p.Asked)}, {s.say("data.consent"), mark(p.Consent)},
		{s.say("data.strengths"), skillLabels(p.Profile.Strengths)}, {s.say("data.stretch"), skillLabels(p.Profile.Stretch)},
		{s.say("data.energy"), energy}, {s.say("data.avoid"), avoid}, {s.say("data.beyond"), beyond},
	})
}

// told names one session and lists what the person said in it, in full.
func (s Speaker) told(c Scene, zone *time.Location) []string {
	x := c.Session
	state := s.say("state." + string(x.State))
	head := s.say("data.session", "round", number(x.Round), "playbook", c.Playbook.Title, "state", state)
	if len(c.Partners) > 0 {
		head = s.say("data.session.with", "round", number(x.Round), "playbook", c.Playbook.Title, "partners", names(c.Partners), "state", state)
	}
	l := []string{head}
	add := func(key, value string) {
		if value != "" {
			l = append(l, s.say(key, "value", value))
		}
	}
	if x.Slot != nil {
		add("data.when", s.day(x.Slot.Start, zone))
	}
	if len(c.Partners) > 0 {
		add("data.why", strings.Join(s.Reasons(c), " "))
	}
	if r := x.Replies[c.Me.ID]; r != "" {
		add("data.reply", s.say("reply."+r))
	}
	if part := x.Parts[c.Me.ID]; part != nil {
		if part.Agreed {
			l = append(l, s.say("data.agreed"))
		}
		s.closed(c, part.Closing, add)
		s.followed(part.FollowUp, add)
	}
	return l
}

func (s Speaker) closed(c Scene, cl *session.Closing, add func(key, value string)) {
	if cl == nil {
		return
	}
	met := "no"
	if cl.Met {
		met = "yes"
	}
	add("data.met", s.say("closing.met."+met))
	if cl.Understood > 0 {
		add("data.understood", number(cl.Understood))
	}
	add("data.conversation", cl.Conversation)
	add("data.micro", strings.Join(chosen(c, &session.Closing{Micro: cl.Micro}), "; "))
}

func (s Speaker) followed(f *session.FollowUp, add func(key, value string)) {
	if f == nil {
		return
	}
	if f.Happened != "" {
		add("data.happened", s.say("followup.happened."+f.Happened))
	}
	add("data.reflection", f.Reflection)
	for _, id := range Counted {
		if n := f.Counts[id]; n > 0 {
			add("data.counted", s.say("followup."+id)+" "+number(n))
		}
	}
}

func skillLabels(ids []string) string {
	var l []string
	for _, id := range ids {
		if t, ok := playbooks.SkillLabel(id); ok {
			l = append(l, t)
		}
	}
	return strings.Join(l, ", ")
}

func filled(facts []Fact) []Fact {
	var l []Fact
	for _, f := range facts {
		if f.Value != "" {
			l = append(l, f)
		}
	}
	return l
}
