package teams

import (
	"fmt"
	"time"
)

// Error says what went wrong with Teams and what to do about it. Its text names the
// operation, the status and the service's own code; never a person, an address, a token or
// anything that was said.
type Error struct {
	op     string // "send a card"
	status int    // HTTP status, 0 when there was no answer
	code   string // the service's code, "" when it gave none we know how to read
	advice string // what to do

	after       time.Duration
	permanent   bool
	inDoubt     bool
	unreachable bool
}

// Error is one sentence for an administrator.
func (e *Error) Error() string {
	s := "teams: " + e.op
	if e.status != 0 {
		s += fmt.Sprintf(": status %d", e.status)
	}
	if e.code != "" {
		s += " " + e.code
	}
	return s + ": " + e.advice
}

// RetryAfter is how long to wait before trying again; 0 when the service did not say.
func (e *Error) RetryAfter() time.Duration { return e.after }

// Permanent tells that trying again is useless.
func (e *Error) Permanent() bool { return e.permanent }

// InDoubt tells that the card may have been shown although we never heard so.
func (e *Error) InDoubt() bool { return e.inDoubt }

// Unreachable tells that this person has no chat with the bot, or closed it: nothing gets
// through until they install it or write to it.
func (e *Error) Unreachable() bool { return e.unreachable }

// broken is a message that can never be sent as it is.
func broken(advice string) *Error {
	return &Error{op: "draw a card", advice: advice, permanent: true}
}

// stopped says that the caller gave up, which says nothing about the service.
func stopped(op string) *Error { return &Error{op: op, advice: "the caller stopped waiting"} }
