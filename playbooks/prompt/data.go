package prompt

import (
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Known is everything kept about one person, for that person alone.
type Known struct {
	Member   roster.Member
	Zone     *time.Location
	Sessions []Scene       // oldest first
	Carried  time.Duration // inconvenience carried so far, told to nobody else
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
		m.Blocks = append(m.Blocks, Block{Text: s.count("data.more", left)})
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
			days = append(days, s.weekday(d))
		}
		hours = s.say("data.hours.value", "days", s.list(days), "start", short(p.Hours.Start), "end", short(p.Hours.End))
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
		return s.say("data.mark", "day", s.Day(m.At, k.Zone), "version", m.Version)
	}
	avoid, beyond, carried := "", "", ""
	if n := len(p.Profile.Avoid); n > 0 {
		avoid = s.number(n)
	}
	if p.Beyond {
		beyond = s.say("data.beyond.value")
	}
	if k.Carried > 0 {
		carried = s.span(minutes(k.Carried))
	}
	return filled([]Fact{
		{s.say("data.standing"), s.say("standing." + string(p.Standing))}, {s.say("data.asked"), mark(p.Asked)}, {s.say("data.consent"), mark(p.Consent)},
		{s.say("data.strengths"), s.skillList(p.Profile.Strengths)}, {s.say("data.stretch"), s.skillList(p.Profile.Stretch)},
		{s.say("data.energy"), s.picked("energy", p.Profile.Energy)}, {s.say("data.flex"), s.picked("flex", p.Profile.Flex)},
		{s.say("data.spoken"), s.spoken(p.Profile.Language)}, {s.say("data.channel"), s.picked("channel", p.Profile.Channel)}, {s.say("data.form"), s.picked("form", p.Profile.Form)},
		{s.say("data.avoid"), avoid}, {s.say("data.carried"), carried}, {s.say("data.beyond"), beyond},
	})
}

// picked is the choice of a group as its card words it, "" for none.
func (s Speaker) picked(group, value string) string {
	if value == "" {
		return ""
	}
	return s.say(group + "." + value)
}

// spoken is the name of a chosen language in that language, "" when none was chosen.
func (s Speaker) spoken(lang string) string {
	if lang == "" {
		return ""
	}
	return In(lang).say("language.name")
}

// told names one session and lists what the person said in it, in full.
func (s Speaker) told(c Scene, zone *time.Location) []string {
	x := c.Session
	state := s.say("state." + string(x.State))
	head := s.say("data.session", "round", s.number(x.Round), "playbook", c.Playbook.Title, "state", state)
	if len(c.Partners) > 0 {
		head = s.say("data.session.with", "round", s.number(x.Round), "playbook", c.Playbook.Title, "partners", s.names(c.Partners), "state", state)
	}
	l := []string{head}
	add := func(key, value string) {
		if value != "" {
			l = append(l, s.say(key, "value", value))
		}
	}
	if x.Slot != nil {
		add("data.when", s.Day(x.Slot.Start, zone))
	}
	if len(c.Partners) > 0 {
		add("data.why", s.join("list.sentences", s.Reasons(c)))
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
		l = append(l, s.counts(part.FollowUp)...)
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
		add("data.understood", s.number(cl.Understood))
	}
	add("data.conversation", cl.Conversation)
	add("data.micro", s.join("list.then", chosen(c, &session.Closing{Micro: cl.Micro})))
}

func (s Speaker) followed(f *session.FollowUp, add func(key, value string)) {
	if f == nil {
		return
	}
	if f.Happened != "" {
		add("data.happened", s.say("followup.happened."+f.Happened))
	}
	add("data.reflection", f.Reflection)
}

// counts lists the micro-behaviours somebody counted.
func (s Speaker) counts(f *session.FollowUp) []string {
	var l []string
	for _, id := range Counted {
		if f != nil && f.Counts[id] > 0 {
			l = append(l, s.say("data.counted", "what", s.say("followup."+id), "count", s.number(f.Counts[id])))
		}
	}
	return l
}

func (s Speaker) skillList(ids []string) string {
	var l []string
	for _, id := range ids {
		if t := s.Skill(id); t != "" {
			l = append(l, t)
		}
	}
	return s.list(l)
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
