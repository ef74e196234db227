package jobs

import (
	"errors"
	"fmt"
	"time"
)

// What an error of the outside says about itself; see the promises in ports.go.

func waitOf(err error) time.Duration {
	var e interface{ RetryAfter() time.Duration }
	if errors.As(err, &e) {
		return e.RetryAfter()
	}
	return 0
}

func permanent(err error) bool {
	var e interface{ Permanent() bool }
	return errors.As(err, &e) && e.Permanent()
}

func inDoubt(err error) bool {
	var e interface{ InDoubt() bool }
	return errors.As(err, &e) && e.InDoubt()
}

func unreachable(err error) bool {
	var e interface{ Unreachable() bool }
	return errors.As(err, &e) && e.Unreachable()
}

// later is "not now, but after this long" on the wall.
type later struct {
	after time.Duration
	why   string
}

func (l later) Error() string             { return fmt.Sprintf("jobs: %s, again in %s", l.why, l.after) }
func (l later) RetryAfter() time.Duration { return l.after }

// ours is trouble with our own memory. Whatever it says about itself, it says nothing about
// the other side: that refused nothing, and did nothing.
type ours struct{ trouble error }

func (o ours) Error() string             { return o.trouble.Error() }
func (o ours) RetryAfter() time.Duration { return waitOf(o.trouble) }

// ErrRefused says that the outside refused a promise for good.
var ErrRefused = errors.New("jobs: the other side refused this for good; see the ledger")

// ErrInDoubt says that a promise may have been kept and nobody lets us look.
var ErrInDoubt = errors.New("jobs: this may have been done already and cannot be looked up; it is not done again")

// ErrSendingOff says that nothing may leave: the configuration does not say "send: on", or an
// administrator stopped it.
var ErrSendingOff = errors.New(`jobs: sending is off; set "send: on" in the configuration, and look on the admin page whether somebody stopped it`)
