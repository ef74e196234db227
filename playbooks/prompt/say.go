package prompt

import (
	"slices"
	"strings"
	"unicode"

	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// commands are the words people may type, in English, each with its verb.
var commands = []struct{ words, verb string }{
	{"what do you know about me", Data},
	{"what do you know", Data},
	{"what do you have on me", Data},
	{"show me my data", Data},
	{"my data", Data},
	{"forget me", Forget},
	{"delete me", Forget},
	{"erase me", Forget},
	{"resume", Resume},
	{"come back", Resume},
	{"continue", Resume},
	{"pause", Pause},
	{"take a break", Pause},
	{"leave", Leave},
	{"quit", Leave},
	{"stop", Leave},
	{"unsubscribe", Leave},
	{"join", Join},
	{"help", Help},
}

// padding are the words around a command that do not change it. Anything else does: "leave
// Ben out of it" is no wish to leave, and pausing somebody by mistake costs a partner.
var padding = strings.Fields("a an the this my me i i'd id would like want need to please kindly you now today thanks thank hi hello hey programme program rapport round again for while bit it all everything about")

// Command is the verb of a typed text; anything we do not understand is a call for help.
func Command(text string) string {
	said := essence(text)
	for _, c := range commands {
		if said == essence(c.words) {
			return c.verb
		}
	}
	return Help
}

// essence is a text in lower case without punctuation and padding.
func essence(text string) string {
	words := strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool {
		return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return slices.Contains(padding, w) }), " ")
}

// Helped lists what one can say.
func (s Speaker) Helped(to roster.ID) Message {
	return Message{To: to, Kind: KindNotice, Lang: s.Lang, Title: s.say("say.help"), Summary: s.say("say.help.summary"),
		Blocks: []Block{{List: s.all("say.help.pause", "say.help.resume", "say.help.leave", "say.help.join", "say.help.forget", "say.help.data")}}}
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
