// Package slots finds humane times.
//
// From a pair's working hours, zones and busy times it makes ranked Slots, or the honest
// reason why there is none. It never sees subjects or places of meetings, never reads a
// clock and never guesses a zone. The chosen Slot goes to session.
package slots

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Calendar is what one mailbox answered to a free/busy read.
type Calendar struct {
	Events  []Event       `json:"events,omitempty"`
	Hours   *roster.Hours `json:"hours,omitempty"`   // working hours as the schedule states them
	Problem string        `json:"problem,omitempty"` // the mailbox's own error code, "" when it answered
}

// Event is one busy interval, half-open, UTC. Subjects are dropped before they get here.
type Event struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Status string    `json:"status"`        // free, tentative, busy, oof, workingElsewhere, unknown; anything else blocks
	Ref    string    `json:"ref,omitempty"` // our own key when the event is one of ours, else ""
}

// Window is a half-open stretch of time, UTC.
type Window struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}
