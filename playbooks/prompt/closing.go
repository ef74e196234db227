package prompt

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// The verbs of a session's buttons.
const (
	Agree    = "session:agree"
	Close    = "closing:answer"
	FollowUp = "followup:answer"
	Snooze   = "followup:snooze"
	Drop     = "followup:drop"
)

// The longest texts people may write, in characters: a paragraph, not a letter.
const (
	longestLine = 300
	longestText = 2000
)

// No playbook has longer ids of behaviours, or offers more of them to choose from.
const (
	longestID = 40
	mostMicro = 12
)

// Counted are the micro-behaviours a follow-up counts, in the order they are asked.
var Counted = []string{"practised", "attempts", "paraphrases"}

const mostCounted = 600 // ten hours of minutes in two days: beyond that it is a typing slip

func (s Speaker) closing(c Scene, title string) Message {
	var micro []Choice
	for _, m := range c.Playbook.Micro {
		micro = append(micro, Choice{Value: m.ID, Label: m.Label})
	}
	met, summary := "closing.met", "closing.summary"
	if c.Session.Slot == nil {
		met = "closing.met.async"
	}
	if len(c.Partners) == 0 {
		title, summary = title+".alone", summary+".alone"
	}
	m := Message{Kind: KindClosing,
		Title:   s.say(title, "partners", s.names(c.Partners)),
		Summary: s.say(summary, "partners", s.names(c.Partners)),
		Blocks: []Block{
			{Input: &Input{ID: "met", Label: s.say(met), Form: Choose, Required: true, Error: s.say("closing.met.error"), Choices: s.choices("closing.met", "yes", "no")}},
			{Input: &Input{ID: "understood", Label: s.say("closing.understood"), Form: Choose, Choices: s.choices("closing.understood", "1", "2", "3", "4", "5")}},
			{Head: s.say("closing.commitment")},
			{Text: c.Playbook.Conversation},
			{Input: &Input{ID: "conversation", Label: s.say("closing.conversation"), Form: Line, Max: longestLine, Hint: s.say("closing.conversation.hint")}},
		},
		Actions: []Action{{Verb: Close, Title: s.say("closing.send"), Ref: c.Session.Ref()}},
	}
	if len(micro) > 0 {
		m.Blocks = append(m.Blocks, Block{Input: &Input{ID: "micro", Label: s.say("closing.micro"), Form: ChooseMany, Choices: micro}})
	}
	m.Blocks = append(m.Blocks, Block{Note: s.say("closing.note")})
	return m
}

// ReadClosing checks and takes over what a person said at the end. The error names the field.
func ReadClosing(a Answer, at time.Time) (session.Closing, error) {
	c := session.Closing{At: at}
	switch a.Fields["met"] {
	case "yes":
		c.Met = true
	case "no":
	default:
		return c, Invalid("met")
	}
	var err error
	if c.Understood, err = whole(a, "understood", 1, 5); err != nil {
		return c, err
	}
	if c.Conversation, err = text(a, "conversation", longestLine); err != nil {
		return c, err
	}
	for _, id := range strings.Split(a.Fields["micro"], ",") {
		id = strings.TrimSpace(id)
		if utf8.ValidString(id) && id != "" && len(id) <= longestID && len(c.Micro) < mostMicro && !slices.Contains(c.Micro, id) {
			c.Micro = append(c.Micro, id)
		}
	}
	return c, nil
}

// Closed answers a closing: when the follow-up comes, or that nothing more is to do.
func (s Speaker) Closed(to roster.ID, due time.Time, zone *time.Location) Message {
	text := s.say("closing.thanks.plain")
	if !due.IsZero() {
		text = s.say("closing.thanks.commitment", "day", s.Day(due, zone))
	}
	return Message{To: to, Kind: KindClosing, Lang: s.Lang, Title: s.say("closing.thanks"), Summary: s.say("closing.thanks"), Blocks: []Block{{Text: text}}}
}

// Agreed answers the confirmation of the agreements: the preparation without its button.
func (s Speaker) Agreed(c Scene) Message {
	m := s.prepare(c)
	m.Actions = slices.DeleteFunc(m.Actions, func(a Action) bool { return a.Verb == Agree })
	m.Blocks = append(m.Blocks, Block{Note: s.say("prepare.agreed")})
	m.To, m.Lang = c.Me.ID, s.Lang
	return m
}

func (s Speaker) followUp(c Scene, title string, kind Kind) Message {
	m := Message{Kind: kind, Title: s.say(title), Summary: s.say("followup.summary")}
	part := c.Session.Parts[c.Me.ID]
	if part == nil {
		part = &session.Part{}
	}
	if said := chosen(c, part.Closing); len(said) > 0 {
		m.Blocks = append(m.Blocks, Block{Head: s.say("followup.you")}, Block{List: said})
	}
	m.Blocks = append(m.Blocks,
		Block{Input: &Input{ID: "happened", Label: s.say("followup.happened"), Form: Choose, Required: true, Error: s.say("followup.happened.error"), Choices: s.choices("followup.happened", "yes", "partly", "no")}},
		Block{Input: &Input{ID: "reflection", Label: s.say("followup.reflection"), Form: Lines, Max: longestText, Hint: s.say("followup.reflection.hint")}})
	for _, id := range Counted {
		m.Blocks = append(m.Blocks, Block{Input: &Input{ID: id, Label: s.say("followup." + id), Form: Number, Max: mostCounted}})
	}
	m.Blocks = append(m.Blocks, Block{Note: s.say("followup.note")})
	ref := c.Session.Ref()
	m.Actions = []Action{{Verb: FollowUp, Title: s.say("followup.send"), Ref: ref}}
	if f := part.FollowUp; f != nil && f.Snoozed < session.MostSnoozes {
		m.Actions = append(m.Actions, Action{Verb: Snooze, Title: s.say("followup.snooze"), Ref: ref, Version: int64(f.Snoozed), Skip: true})
	}
	m.Actions = append(m.Actions, Action{Verb: Drop, Title: s.say("followup.drop"), Ref: ref, Skip: true})
	return m
}

// chosen lists what a person committed to.
func chosen(c Scene, cl *session.Closing) []string {
	if cl == nil {
		return nil
	}
	var l []string
	if cl.Conversation != "" {
		l = append(l, cl.Conversation)
	}
	for _, id := range cl.Micro {
		if m, ok := c.Playbook.Behaviour(id); ok {
			l = append(l, m.Label)
		}
	}
	return l
}

// ReadFollowUp checks and takes over what came of a commitment. The error names the field.
func ReadFollowUp(a Answer, at time.Time) (session.FollowUp, error) {
	f := session.FollowUp{Answered: at, Happened: a.Fields["happened"]}
	if f.Happened != "yes" && f.Happened != "partly" && f.Happened != "no" {
		return f, Invalid("happened")
	}
	var err error
	if f.Reflection, err = text(a, "reflection", longestText); err != nil {
		return f, err
	}
	for _, id := range Counted {
		n, err := whole(a, id, 0, mostCounted)
		if err != nil {
			return f, err
		}
		if n > 0 {
			if f.Counts == nil {
				f.Counts = map[string]int{}
			}
			f.Counts[id] = n
		}
	}
	return f, nil
}

// Followed answers a follow-up; when it went badly it offers the way back.
func (s Speaker) Followed(to roster.ID, happened string) Message {
	return Message{To: to, Kind: KindFollowUp, Lang: s.Lang, Title: s.say("followup.thanks"), Summary: s.say("followup.thanks"),
		Blocks: []Block{{Text: s.say("followup.thanks." + happened)}}}
}

// Snoozed answers "ask me tomorrow".
func (s Speaker) Snoozed(to roster.ID, due time.Time, zone *time.Location) Message {
	t := s.say("followup.snoozed", "day", s.Day(due, zone))
	return Message{To: to, Kind: KindFollowUp, Lang: s.Lang, Title: t, Summary: t}
}

// Enough shows the follow-up again to somebody who would put it off once too often.
func (s Speaker) Enough(c Scene) Message {
	m := s.followUp(c, "followup.again.title", KindFollowUp)
	m.Blocks = append([]Block{{Text: s.say("followup.enough")}}, m.Blocks...)
	m.To, m.Lang = c.Me.ID, s.Lang
	return m
}

// Dropped answers "not any more".
func (s Speaker) Dropped(to roster.ID) Message {
	t := s.say("followup.dropped")
	return Message{To: to, Kind: KindFollowUp, Lang: s.Lang, Title: t, Summary: t}
}

// Invalid names the field of an answer that cannot be used.
type Invalid string

func (i Invalid) Error() string {
	return "prompt: the answer to " + string(i) + " is missing or out of range"
}

// whole reads an optional whole number; an empty field is 0.
func whole(a Answer, id string, low, high int) (int, error) {
	v := strings.TrimSpace(a.Fields[id])
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		return 0, Invalid(id)
	}
	return n, nil
}

func text(a Answer, id string, longest int) (string, error) {
	v := strings.TrimSpace(a.Fields[id])
	if !utf8.ValidString(v) || utf8.RuneCountInString(v) > longest {
		return "", Invalid(id)
	}
	return v, nil
}
