package insight

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Voice is one invited person's side of a pulse: when they are shown the question and the
// result. Whether they answered, and what, is not in it. Each is a document of its own, so
// that a large group's pulse is not one large document that everybody waits for.
type Voice struct {
	Pulse string    `json:"pulse"` // its id
	Who   roster.ID `json:"who"`
	Ask   time.Time `json:"ask"` // when the question is due, in the person's working time, UTC
	Asked bool      `json:"asked,omitempty"`
	Tell  time.Time `json:"tell"` // when the result is due, UTC; zero until the pulse closed
	Told  bool      `json:"told,omitempty"`
}

// VoiceID names a person's side of a pulse.
func VoiceID(pulse string, who roster.ID) string { return pulse + "." + string(who) }

// Voice makes the side of one invited person; false when they are not at work before the
// pulse closes, and so cannot be asked.
func (p Pulse) Voice(who roster.ID, office cadence.Office) (Voice, bool) {
	at := office.Into(p.Opened)
	return Voice{Pulse: ID(p.Programme, p.Month), Who: who, Ask: at}, at.Before(p.Closes)
}

// Hear makes the result due for somebody who was asked.
func (v Voice) Hear(closed time.Time, office cadence.Office) Voice {
	if v.Asked && v.Tell.IsZero() {
		v.Tell = office.Into(closed)
	}
	return v
}

// Steps lists what is due for the person.
func (v Voice) Steps() []cadence.Step {
	step := func(kind string, at time.Time) []cadence.Step {
		return []cadence.Step{{Kind: kind, Noun: VoiceNoun, ID: VoiceID(v.Pulse, v.Who), Who: v.Who, At: at}}
	}
	switch {
	case !v.Asked && v.Tell.IsZero():
		return step(KindAsk, v.Ask)
	case !v.Tell.IsZero() && !v.Told:
		return step(KindTell, v.Tell)
	}
	return nil
}
