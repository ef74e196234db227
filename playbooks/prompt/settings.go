package prompt

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The verbs of a member's settings.
const (
	Settings   = "member:settings" // show them
	SetProfile = "member:set"      // keep what the card says
)

// asDirectory stands for the language that Microsoft 365 has for the person.
const asDirectory = "auto"

// The choices of the settings, the usual one first.
var (
	flexes   = []string{"none", "early", "late", "both"}
	channels = []string{"teams", "mail"}
	forms    = []string{"meet", "writing"}
)

// SettingsCard shows what a member chose and lets them change it. People they would rather
// not meet are not on it: a card may be seen over a shoulder.
func (s Speaker) SettingsCard(p Programme, m roster.Member) Message {
	own := m.Profile
	return Message{
		To: m.Person.ID, Kind: KindNotice, Lang: s.Lang,
		Title: s.say("settings.title", "programme", p.Name), Summary: s.say("settings.summary"),
		Blocks: []Block{
			{Input: &Input{ID: "strengths", Label: s.say("invite.strengths"), Form: ChooseMany, Choices: s.skills(), Value: strings.Join(own.Strengths, ",")}},
			{Input: &Input{ID: "stretch", Label: s.say("invite.stretch"), Form: ChooseMany, Choices: s.skills(), Value: strings.Join(own.Stretch, ",")}},
			s.pick("energy", "invite.energy", cmp.Or(own.Energy, "any"), "morning", "afternoon", "any"),
			s.pick("flex", "settings.flex", cmp.Or(own.Flex, flexes[0]), flexes...),
			{Input: &Input{ID: "language", Label: s.say("settings.language"), Form: Choose, Value: cmp.Or(own.Language, asDirectory), Choices: s.languages()}},
			s.pick("channel", "settings.channel", cmp.Or(own.Channel, channels[0]), channels...),
			s.pick("form", "settings.form", cmp.Or(own.Form, forms[0]), forms...),
			{Note: s.say("settings.note")},
		},
		Actions: []Action{{Verb: SetProfile, Title: s.say("settings.save"), Ref: p.Ref()}},
	}
}

// pick is a choice whose options are worded under id.value.
func (s Speaker) pick(id, label, value string, values ...string) Block {
	return Block{Input: &Input{ID: id, Label: s.say(label), Form: Choose, Value: value, Choices: s.choices(id, values...)}}
}

// languages are the choices of a language, each in its own name.
func (s Speaker) languages() []Choice {
	c := []Choice{{Value: asDirectory, Label: s.say("language.auto")}}
	for _, lang := range Languages() {
		c = append(c, Choice{Value: lang, Label: In(lang).say("language.name")})
	}
	return c
}

// Settled says that the settings are kept and from when they count.
func (s Speaker) Settled(_ Programme, to roster.ID) Message { return s.note(to, "settings.saved") }

// ReadSettings is the old profile with what the settings card says now. Skills that are not
// ticked are taken away; any other answer that is missing or unknown changes nothing.
func ReadSettings(a Answer, old roster.Profile) roster.Profile {
	said := ReadProfile(a)
	old.Strengths, old.Stretch, old.Energy = said.Strengths, said.Stretch, cmp.Or(said.Energy, old.Energy)
	old.Flex = among(a.Fields["flex"], flexes, old.Flex)
	old.Channel = among(a.Fields["channel"], channels, old.Channel)
	old.Form = among(a.Fields["form"], forms, old.Form)
	if a.Fields["language"] == asDirectory {
		old.Language = ""
	} else {
		old.Language = among(a.Fields["language"], Languages(), old.Language)
	}
	return old
}

// among is the value if it is one of the known ones, else the one from before.
func among(value string, known []string, before string) string {
	if slices.Contains(known, value) {
		return value
	}
	return before
}
