package prompt

import (
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Helped lists what one can say.
func (s Speaker) Helped(to roster.ID) Message {
	return Message{To: to, Kind: KindNotice, Lang: s.Lang, Title: s.say("say.help"), Summary: s.say("say.help.summary"),
		Blocks: []Block{{List: s.all("say.help.pause", "say.help.resume", "say.help.leave", "say.help.join", "say.help.settings", "say.help.data", "say.help.forget")}}}
}

// AskPause asks somebody who followed a link whether they want a break: a link alone does
// nothing.
func (s Speaker) AskPause(p Programme, to roster.ID) Message {
	m := s.note(to, "say.pause.ask")
	m.Actions = []Action{{Verb: Pause, Title: s.say("say.pause.yes"), Ref: p.Ref()}}
	return m
}

// Paused answers a pause, with the way back.
func (s Speaker) Paused(p Programme, to roster.ID) Message {
	m := s.note(to, "say.paused")
	m.Actions = []Action{{Verb: Resume, Title: s.say("say.resume"), Ref: p.Ref()}}
	return m
}

// Unpaired tells somebody that the round found no partner for them, and as much of the reason
// as says nothing about anybody.
func (s Speaker) Unpaired(to roster.ID, why match.Code) Message {
	m := s.note(to, "say.unpaired")
	if why == match.NoCommonTime {
		m.Blocks = []Block{{Text: s.say("say.unpaired.hours")}}
	}
	return m
}

// Rested says that we stop asking for now, with the way back.
func (s Speaker) Rested(p Programme, to roster.Person, round int) Message {
	m := s.note(to.ID, "say.rested")
	m.Key = "rest/" + p.ID + "/" + number(round) + "/" + string(to.ID)
	m.Actions = []Action{{Verb: Resume, Title: s.say("say.resume"), Ref: p.Ref()}, {Verb: Leave, Title: s.say("say.leave"), Ref: p.Ref()}}
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
	for _, key := range []string{"closing." + field + ".error", "followup." + field + ".error", "pulse." + field + ".error", "times." + field + ".error", "swap." + field + ".error"} {
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
