package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// StopNoun is what the stop that every copy obeys is stored under.
const StopNoun = "stop"

const stopID = "send"

// Stop is an administrator's word that nothing may leave, whatever the configuration says.
type Stop struct {
	On     bool      `json:"on"` // nothing leaves
	Reason string    `json:"reason"`
	Who    roster.ID `json:"who"`
	At     time.Time `json:"at"` // UTC
}

// What administrators can do.
const (
	DeedStop   = "send:stop"
	DeedAllow  = "send:allow"
	DeedCancel = "work:cancel"
)

// ErrNoReason says that stopping or allowing needs a reason that others can read.
var ErrNoReason = errors.New("jobs: say why, so that others understand it later")

const mostReason = 300 // characters of a reason

// sends says whether anything may leave at this moment. The stop is read each time, so that
// it holds in every copy at once; where it cannot be read nothing leaves.
func (l *Ledger) sends(ctx context.Context) (bool, error) {
	if !l.Send {
		return false, nil
	}
	var s Stop
	_, err := l.Store.Load(ctx, StopNoun, stopID, &s)
	if err != nil {
		return false, ours{err}
	}
	return !s.On, nil
}

// Stopped answers the stop as it stands; the zero Stop when there never was one.
func (c *Crew) Stopped(ctx context.Context) (Stop, error) {
	var s Stop
	_, err := c.Store.Load(ctx, StopNoun, stopID, &s)
	return s, err
}

// Halt stops all sending, or allows it again as far as the configuration does. What is due
// meanwhile stays due. The deed is written down first; ErrNoReason without a reason.
func (c *Crew) Halt(ctx context.Context, who roster.ID, on bool, reason string) error {
	what := DeedAllow
	if on {
		what = DeedStop
	}
	if err := c.Did(ctx, who, what, reason); err != nil {
		return err
	}
	_, err := change(ctx, c, StopNoun, stopID, nothingDue, func(Stop, int64) (Stop, bool, error) {
		return Stop{On: on, Reason: short(reason), Who: who, At: c.now()}, true, nil
	})
	return err
}

func short(reason string) string {
	r := []rune(strings.TrimSpace(reason))
	return string(r[:min(len(r), mostReason)])
}

// Owed is how much of one kind of work is due.
type Owed struct {
	Kind string
	Now  int // due at this moment, or late
	Soon int // within a day
	More bool
}

// mostOwed bounds how many steps are counted.
const mostOwed = 5000

// Owed counts what is due within a day, by kind; ids and people stay out of it.
func (c *Crew) Owed(ctx context.Context) ([]Owed, error) {
	now := c.now()
	due, err := c.Store.Due(ctx, now.Add(24*time.Hour), mostOwed)
	if err != nil {
		return nil, err
	}
	by := map[string]*Owed{}
	for _, s := range due {
		if by[s.Kind] == nil {
			by[s.Kind] = &Owed{Kind: s.Kind, More: len(due) == mostOwed}
		}
		if s.At.After(now) {
			by[s.Kind].Soon++
		} else {
			by[s.Kind].Now++
		}
	}
	var all []Owed
	for _, o := range by {
		all = append(all, *o)
	}
	slices.SortFunc(all, func(a, b Owed) int { return strings.Compare(a.Kind, b.Kind) })
	return all, nil
}

// Doubt is an effect of which nobody knows whether it happened.
type Doubt struct {
	ID    string // the promise's hash: it names nobody
	Kind  string // card, event, mail, draft, app
	State State
	At    time.Time // UTC
	Tries int
}

// Doubts lists the effects in doubt that are going to be settled, oldest first, at most so
// many; those being acted on at this moment are among them.
func (c *Crew) Doubts(ctx context.Context, most int) ([]Doubt, error) {
	due, err := c.Store.Due(ctx, c.now().Add(24*time.Hour), mostOwed)
	if err != nil {
		return nil, err
	}
	var all []Doubt
	for _, s := range due {
		if s.Kind != KindSettle || len(all) == most {
			continue
		}
		var row Row
		v, err := c.Store.Load(ctx, PromiseNoun, s.ID, &row)
		if err != nil {
			return nil, err
		}
		if v > 0 && (row.State == Intent || row.State == Unknown) {
			kind, _, _ := strings.Cut(row.Key, "/")
			all = append(all, Doubt{ID: s.ID, Kind: kind, State: row.State, At: row.At, Tries: row.Tries})
		}
	}
	return all, nil
}

// Ahead is when a programme does something next.
type Ahead struct {
	Programme, Name string
	Round           int       // the number of the next one
	RoundAt         time.Time // UTC
	PulseAt         time.Time // UTC
}

// Ahead lists what comes next in every programme, by id.
func (c *Crew) Ahead(ctx context.Context) ([]Ahead, error) {
	var all []Ahead
	for _, p := range c.ordered() {
		newest, err := c.latestRound(ctx, p)
		if err != nil {
			return nil, err
		}
		all = append(all, Ahead{p.ID, p.Name, newest + 1, p.Rounds.Next(c.now()).UTC(), p.Pulse.Next(c.now()).UTC()})
	}
	return all, nil
}

// CancelRunning breaks off every step that is being worked on, in every copy, and answers how
// many. An effect that was under way is in doubt from then on, and the outside is asked about
// it before anybody acts again. What was broken off stays due; stop sending first, if it
// shall not begin again.
func (q *Queue) CancelRunning(context.Context) (int, error) {
	running, err := q.inspect.ListActiveTasks(queueName)
	if err != nil {
		if strings.Contains(err.Error(), "not found") {
			return 0, nil // nobody has worked yet
		}
		return 0, err
	}
	for _, t := range running {
		if err := q.inspect.CancelProcessing(t.ID); err != nil {
			return 0, err
		}
	}
	return len(running), nil
}
