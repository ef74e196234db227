package prompt

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// KindTimes is the kind of messages about another time.
const KindTimes Kind = "times"

// The verbs of another time. Their version is how often the session has moved: a card from
// before the latest move does nothing.
const (
	Another = "session:another" // show other times
	Take    = "session:take"    // the one chosen
	Keep    = "session:keep"    // the present one stays
)

// findAnother is the button for another time, while there is a time to change.
func (s Speaker) findAnother(c Scene) []Action {
	if c.Session.State != session.Booked || c.Session.Slot == nil {
		return nil
	}
	return []Action{{Verb: Another, Title: s.say("another.find"), Ref: c.Session.Ref(), Version: int64(c.Session.Moves), Skip: true}}
}

// Times offers other times, written on the clock of the reader's zone; with a nil zone they
// are marked as UTC.
func (s Speaker) Times(c Scene, times []slots.Window, zone *time.Location) Message {
	var choices []Choice
	for _, w := range times {
		choices = append(choices, Choice{Value: w.Start.UTC().Format(time.RFC3339), Label: s.moment(w.Start, zone)})
	}
	m := s.timing(c, "times.title", "times.text")
	m.Blocks = append(m.Blocks, s.present(c)...)
	m.Blocks = append(m.Blocks,
		Block{Input: &Input{ID: "time", Label: s.say("times.choose"), Form: Choose, Required: true, Error: s.say("times.time.error"), Choices: choices}},
		Block{Note: s.say("times.note")})
	ref, version := c.Session.Ref(), int64(c.Session.Moves)
	m.Actions = []Action{
		{Verb: Take, Title: s.say("times.take"), Ref: ref, Version: version},
		{Verb: Keep, Title: s.say("times.keep"), Ref: ref, Version: version, Skip: true},
	}
	return m
}

// NoOtherTime says that no other time was found and the present one stays.
func (s Speaker) NoOtherTime(c Scene) Message {
	m := s.timing(c, "times.none", "times.none.text")
	m.Blocks = append(m.Blocks, s.present(c)...)
	return m
}

// Retiming says that the session moves to start, UTC, told in the reader's zone.
func (s Speaker) Retiming(c Scene, start time.Time, zone *time.Location) Message {
	return s.timing(c, "times.taken", "times.taken.text", "moment", s.moment(start, zone))
}

// Kept says that the present time stays; another can still be asked for.
func (s Speaker) Kept(c Scene) Message {
	m := s.timing(c, "times.kept", "times.kept.text")
	m.Blocks = append(m.Blocks, s.present(c)...)
	m.Actions = s.findAnother(c)
	return m
}

// NotNow says beside the card that the calendars cannot be read at the moment.
func (s Speaker) NotNow(to roster.ID) Message { return s.aside(to, "times.later") }

// timing is a message about the time of a session: a title and a sentence.
func (s Speaker) timing(c Scene, title, text string, args ...string) Message {
	args = append(args, "partners", s.names(c.Partners))
	t := s.say(title, args...)
	return Message{To: c.Me.ID, Kind: KindTimes, Lang: s.Lang, Title: t, Summary: t, Blocks: []Block{{Text: s.say(text, args...)}}}
}

// present shows the time a session has.
func (s Speaker) present(c Scene) []Block {
	w := c.Session.Slot
	if w == nil {
		return nil
	}
	return []Block{{When: &When{Label: s.say("times.present"), Start: w.Start, End: w.End}}}
}

// ReadTime is the chosen start, UTC; Invalid("time") when there is none that can be read.
// Whether it was among those offered is for the caller to check.
func ReadTime(a Answer) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, a.Fields["time"])
	if err != nil {
		return time.Time{}, Invalid("time")
	}
	return t.UTC(), nil
}

// movedText says why the time changed and never who wanted it; a cause without words of its
// own only says that it did.
func (s Speaker) movedText(cause session.Cause) string {
	key := "moved.text." + string(cause)
	if _, ok := words[Fallback][key]; !ok {
		key = "moved.text"
	}
	return s.say(key)
}
