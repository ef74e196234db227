package prompt

import (
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The kinds of messages that are not tied to a session or a pulse.
const (
	KindInvite Kind = "invite"
	KindNotice Kind = "notice"
	KindData   Kind = "data"
)

// The verbs of a member's own buttons.
const (
	Yes       = "consent:yes"
	No        = "consent:no"
	Pause     = "member:pause"
	Resume    = "member:resume"
	Leave     = "member:leave"
	Forget    = "member:forget"
	ForgetYes = "member:forget-yes"
	Data      = "member:data"
	Join      = "member:join"
	Help      = "member:help"
)

// Programme is what messages say about the programme they belong to.
type Programme struct {
	ID      string
	Name    string
	Consent string // version of the consent text
	Text    string // the agreement in the programme's own words, "" for ours
}

// Ref is how buttons name the programme.
func (p Programme) Ref() string { return "programme/" + p.ID }

// OfProgramme is the programme id a button names, "" when it names something else.
func OfProgramme(ref string) string {
	rest, ok := strings.CutPrefix(ref, "programme/")
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return id
}

// asking is how the buttons of an invitation name the programme and the text they show: a
// yes counts for the text that was read, and for no other.
func (p Programme) asking() string { return p.Ref() + "/" + p.Consent }

// Asked says whether an answer was given to the programme's present text.
func (p Programme) Asked(a Answer) bool { return a.Ref == p.asking() }

// agreements are what everybody agrees to.
func (s Speaker) agreements(p Programme) Block {
	if p.Text != "" {
		return Block{Text: p.Text}
	}
	return Block{List: s.all("invite.agreement.confidential", "invite.agreement.voluntary", "invite.agreement.pause", "invite.agreement.curiosity")}
}

// Invite asks a person to join: what everybody agrees to, what is read, what is kept for how
// long, and two buttons of the same size.
func (s Speaker) Invite(p Programme, to roster.Person) Message {
	return Message{
		Key: "invite/" + p.ID + "/" + p.Consent + "/" + string(to.ID), To: to.ID, Kind: KindInvite, Lang: s.Lang,
		Title:   s.say("invite.title", "programme", p.Name),
		Summary: s.say("invite.summary", "programme", p.Name),
		Blocks: []Block{
			{Text: s.say("invite.text")},
			{Head: s.say("invite.agreements")},
			s.agreements(p),
			{Head: s.say("invite.reads")},
			{List: s.all("invite.reads.busy", "invite.reads.hours", "invite.reads.manager")},
			{Head: s.say("invite.keeps")},
			{List: s.all("invite.keeps.meetings", "invite.keeps.answers", "invite.keeps.pulse")},
			{Input: &Input{ID: "strengths", Label: s.say("invite.strengths"), Form: ChooseMany, Choices: s.skills()}},
			{Input: &Input{ID: "stretch", Label: s.say("invite.stretch"), Form: ChooseMany, Choices: s.skills()}},
			{Input: &Input{ID: "energy", Label: s.say("invite.energy"), Form: Choose, Value: "any", Choices: s.choices("energy", "morning", "afternoon", "any")}},
			{Note: s.say("invite.note")},
		},
		Actions: []Action{
			{Verb: Yes, Title: s.say("invite.yes"), Ref: p.asking()},
			{Verb: No, Title: s.say("invite.no"), Ref: p.asking(), Skip: true},
		},
	}
}

// Accepted answers a yes.
func (s Speaker) Accepted(p Programme, to roster.ID) Message {
	return s.note(to, "invite.accepted", "programme", p.Name)
}

// Refused answers a no.
func (s Speaker) Refused(p Programme, to roster.ID) Message { return s.note(to, "invite.declined") }

// ReadProfile takes a profile out of an invitation's answer; unknown skills are left out.
func ReadProfile(a Answer) roster.Profile {
	p := roster.Profile{Strengths: skillsIn(a.Fields["strengths"]), Stretch: skillsIn(a.Fields["stretch"])}
	switch e := a.Fields["energy"]; e {
	case "morning", "afternoon", "any":
		p.Energy = e
	}
	return p
}

func skillsIn(list string) []string {
	var ids []string
	for _, id := range strings.Split(list, ",") {
		id = strings.TrimSpace(id)
		if _, known := playbooks.SkillLabel(id); known && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// note is a small message: a title and a sentence.
func (s Speaker) note(to roster.ID, key string, args ...string) Message {
	title := s.say(key, args...)
	return Message{To: to, Kind: KindNotice, Lang: s.Lang, Title: title, Summary: title,
		Blocks: []Block{{Text: s.say(key+".text", args...)}}}
}

func (s Speaker) all(keys ...string) []string {
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = s.say(k)
	}
	return texts
}

func (s Speaker) choices(key string, values ...string) []Choice {
	c := make([]Choice, len(values))
	for i, v := range values {
		c[i] = Choice{Value: v, Label: s.say(key + "." + v)}
	}
	return c
}

// Skill is the name of a skill in the reader's language, "" when there is no such skill.
func (s Speaker) Skill(id string) string {
	if _, known := playbooks.SkillLabel(id); !known {
		return ""
	}
	return s.say("skill." + id)
}

func (s Speaker) skills() []Choice {
	var c []Choice
	for _, k := range playbooks.Skills {
		c = append(c, Choice{Value: k.ID, Label: s.Skill(k.ID)})
	}
	return c
}
