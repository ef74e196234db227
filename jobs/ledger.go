package jobs

import "time"

// Row is one promise in the ledger: a document of noun "promise" whose version is the fence.
type Row struct {
	State  State     `json:"state"`
	Result string    `json:"result,omitempty"` // external id: event, activity, draft
	Owner  string    `json:"owner,omitempty"`  // process that acts
	At     time.Time `json:"at"`               // when the state was entered, this clock, UTC
}

// State is how far a promise is kept.
type State string

// The states of a promise.
const (
	Intent  State = "intent"  // written down, perhaps being acted on
	Sent    State = "sent"    // the outside answered
	Unknown State = "unknown" // the outside may have acted; only its own word settles it
	Failed  State = "failed"  // the outside refused for good
)
