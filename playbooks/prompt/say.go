package prompt

import (
	"strconv"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// commands are the words people may type, in English; the longest match counts.
var commands = []struct{ words, verb string }{
	{"what do you know about me", Data},
	{"what do you know", Data},
	{"my data", Data},
	{"forget me", Forget},
	{"delete me", Forget},
	{"erase me", Forget},
	{"resume", Resume},
	{"come back", Resume},
	{"pause", Pause},
	{"take a break", Pause},
	{"leave", Leave},
	{"quit", Leave},
	{"stop", Leave},
	{"join", Join},
	{"help", Help},
}

// Command is the verb of a typed text; anything we do not understand is a call for help.
func Command(text string) string {
	plain := strings.Join(strings.Fields(strings.ToLower(strings.Trim(text, " \t\r\n.!?"))), " ")
	for _, c := range commands {
		if plain == c.words || strings.HasPrefix(plain, c.words+" ") {
			return c.verb
		}
	}
	return Help
}

// Helped lists what one can say.
func (s Speaker) Helped(to roster.ID) Message {
	return Message{To: to, Kind: KindNotice, Lang: s.Lang, Title: s.say("say.help"), Summary: s.say("say.help.summary"),
		Blocks: []Block{{List: s.all("say.help.pause", "say.help.resume", "say.help.leave", "say.help.forget", "say.help.data")}}}
}

// Paused answers a pause, with the way back.
func (s Speaker) Paused(p Programme, to roster.ID) Message {
	m := s.note(to, "say.paused")
	m.Actions = []Action{{Verb: Resume, Title: s.say("say.resume"), Ref: p.Ref()}}
	return m
}

// Resumed answers the end of a pause.
func (s Speaker) Resumed(to roster.ID) Message { return s.note(to, "say.resumed") }

// Departed answers somebody who left.
func (s Speaker) Departed(to roster.ID) Message { return s.note(to, "say.left") }

// Unsure asks before anything is erased: it cannot be undone.
func (s Speaker) Unsure(p Programme, to roster.ID) Message {
	m := s.note(to, "say.forget.sure")
	m.Actions = []Action{{Verb: ForgetYes, Title: s.say("say.forget.yes"), Ref: p.Ref()}}
	return m
}

// Forgot answers somebody who was erased.
func (s Speaker) Forgot(to roster.ID) Message { return s.note(to, "say.forgotten") }

// Stranger answers somebody who is in no programme.
func (s Speaker) Stranger(to roster.ID) Message { return s.note(to, "say.unknown") }

// Stale answers a button of a card that is out of date.
func (s Speaker) Stale(to roster.ID) Message { return s.note(to, "say.stale") }

// NotYours answers a button pressed on somebody else's card.
func (s Speaker) NotYours(to roster.ID) Message { return s.aside(to, "say.notyours") }

// Refuse says why an answer could not be taken, naming the field in the person's words.
func (s Speaker) Refuse(to roster.ID, field string) Message {
	for _, key := range []string{"closing." + field + ".error", "followup." + field + ".error", "pulse." + field + ".error"} {
		if _, ok := s.text[key]; ok {
			return s.aside(to, key)
		}
	}
	return s.aside(to, "say.invalid")
}

// aside is a sentence beside a card that stays as it is: a message with a Summary alone.
func (s Speaker) aside(to roster.ID, key string) Message {
	return Message{To: to, Kind: KindNotice, Lang: s.Lang, Summary: s.say(key)}
}

// Beyond is the mail to somebody whom Teams does not let us reach.
func (s Speaker) Beyond(p Programme, to roster.Person) Message {
	return Message{Key: "beyond/" + p.ID + "/" + string(to.ID), To: to.ID, Kind: KindNotice, Lang: s.Lang,
		Title:   s.say("mail.beyond.title", "programme", p.Name),
		Summary: s.say("mail.beyond.summary"),
		Blocks:  []Block{{Text: s.say("mail.beyond.text", "programme", p.Name)}}}
}

// Known is everything kept about one person, for that person alone.
type Known struct {
	Member   roster.Member
	Zone     *time.Location
	Sessions []Scene // oldest first
}

// Knows answers "what do you know about me", completely.
func (s Speaker) Knows(k Known) Message {
	m := Message{To: k.Member.Person.ID, Kind: KindData, Lang: s.Lang, Title: s.say("data.title"), Summary: s.say("data.summary")}
	p := k.Member
	consent := s.say("data.consent.none")
	if !p.Consent.At.IsZero() {
		consent = s.say("data.consent.value", "day", s.day(p.Consent.At, k.Zone), "version", p.Consent.Version)
	}
	facts := []Fact{
		{s.say("data.name"), p.Person.Name}, {s.say("data.mail"), p.Person.Mail}, {s.say("data.zone"), k.Zone.String()},
		{s.say("data.standing"), s.say("standing." + string(p.Standing))}, {s.say("data.consent"), consent},
		{s.say("data.strengths"), skillLabels(p.Profile.Strengths)}, {s.say("data.stretch"), skillLabels(p.Profile.Stretch)},
	}
	if p.Profile.Energy != "" {
		facts = append(facts, Fact{s.say("data.energy"), s.say("energy." + p.Profile.Energy)})
	}
	m.Blocks = []Block{{Head: s.say("data.person")}, {Facts: filled(facts)}, {Head: s.say("data.sessions")}}
	var words []string
	var list []string
	for _, c := range k.Sessions {
		list = append(list, s.say("data.session", "round", number(c.Session.Round), "playbook", c.Playbook.Title, "state", s.say("state."+string(c.Session.State))))
		words = append(words, s.told(c)...)
	}
	if len(list) == 0 {
		list = s.all("data.sessions.none")
	}
	m.Blocks = append(m.Blocks, Block{List: list})
	if len(words) > 0 {
		m.Blocks = append(m.Blocks, Block{Head: s.say("data.words")}, Block{List: words})
	}
	m.Blocks = append(m.Blocks, Block{Note: s.say("data.pulse")}, Block{Note: s.say("data.never")})
	return m
}

// told lists what the person said in one session, in full.
func (s Speaker) told(c Scene) []string {
	part := c.Session.Parts[c.Me.ID]
	if part == nil {
		return nil
	}
	var l []string
	add := func(key, value string) {
		if value != "" && value != "0" {
			l = append(l, s.say(key, "value", value))
		}
	}
	if cl := part.Closing; cl != nil {
		add("data.understood", number(cl.Understood))
		add("data.conversation", cl.Conversation)
		add("data.micro", strings.Join(s.chosen(c, &session.Closing{Micro: cl.Micro}), "; "))
	}
	if f := part.FollowUp; f != nil {
		if f.Happened != "" {
			add("data.happened", s.say("followup.happened."+f.Happened))
		}
		add("data.reflection", f.Reflection)
		for _, id := range Counted {
			if n := f.Counts[id]; n > 0 {
				add("data.counted", s.say("followup."+id)+" "+strconv.Itoa(n))
			}
		}
	}
	return l
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
