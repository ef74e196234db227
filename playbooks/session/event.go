// Package session is a pair's conversation from the first idea to what came of it.
//
// From a pair, a slot and a playbook it makes a Session and moves it along one transition
// table. It never acts and never reads a clock: it says what is due, and jobs do it. Its
// states are told to people by prompt.
package session

import (
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// Booking is a meeting to be created.
type Booking struct {
	Key       string // the promise; becomes transactionId and our extended property
	Title     string
	Agenda    string // plain text, paragraphs separated by blank lines
	When      slots.Window
	Attendees []roster.Person
}

// Event is one of our meetings as the service mailbox shows it.
type Event struct {
	ID      string
	Join    string       // Teams link, "" when there is none
	When    slots.Window // UTC
	Gone    bool         // deleted or cancelled by hand
	Replies []Reply
}

// Reply is what one attendee answered to the invite.
type Reply struct {
	Mail     string
	Response string        // none, tentative, accepted, declined
	Proposed *slots.Window // a new time the attendee proposed, UTC
}
