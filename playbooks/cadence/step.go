// Package cadence says when things are due.
//
// From a programme's rhythm and a moment it makes the moments of rounds, follow-ups and
// pulses, in the zone of the programme or of the person. It never reads a clock and never
// moves anything into somebody's quiet hours. The moments go to session and to jobs.
package cadence

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Step is something that is due: which job, about which document, when.
type Step struct {
	Kind string    // the job's kind, "session:book"
	Noun string    // of the document it is about
	ID   string    // of the document
	Who  roster.ID // the person it concerns, "" for the whole document
	At   time.Time // UTC, millisecond resolution
}
