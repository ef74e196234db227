package jobs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// PromiseNoun is what the ledger's rows are stored under.
const PromiseNoun = "promise"

// Row is one promise in the ledger; the version it is stored with is its fence: only who
// holds the latest version may say what became of it.
type Row struct {
	Key    string    `json:"key"` // "card/prepare-0/<session>/<person>": ids only
	State  State     `json:"state"`
	Result string    `json:"result,omitempty"` // external id: event, card, mail
	Owner  string    `json:"owner,omitempty"`  // the process that acts
	At     time.Time `json:"at"`               // when the state was entered, the ledger's clock, UTC
	Tries  int       `json:"tries"`
}

// State is how far a promise is kept.
type State string

// The states of a promise.
const (
	Open    State = "open"    // not kept yet; the last try was cleanly refused
	Intent  State = "intent"  // written down, perhaps being acted on at this moment
	Sent    State = "sent"    // the outside answered
	Unknown State = "unknown" // the outside may have acted; only its own word settles it
	Failed  State = "failed"  // the outside refused for good
)

// Effect is an act on the outside that must happen once.
type Effect struct {
	// Do acts and answers the external id.
	Do func(ctx context.Context) (string, error)
	// Find asks the outside whether the act was done. A permanent error means that nobody
	// lets us look. A nil Find says that Do may be repeated without harm.
	Find func(ctx context.Context) (id string, found bool, err error)
}

// Ledger makes every outward effect happen once, over crashes, retries and replicas.
// It writes the promise down before acting and the result after; when a process dies in
// between, or an answer is lost, it asks the outside and never guesses.
type Ledger struct {
	Store Store
	Clock Clock
	Owner string        // this process
	Limit time.Duration // the longest an act may take on the wall, with the writing down of its promise
	Send  bool          // whether anything may leave at all; an administrator's Stop holds beside it
	// Restored says that what the Store remembers came out of a backup: an act of which nothing
	// is written down may have been done all the same.
	Restored bool
}

// Once keeps the promise of this key and answers its external id; a repeat answers the first
// result. While another process may still be acting it asks to come back later.
func (l *Ledger) Once(ctx context.Context, key string, e Effect) (string, error) {
	if on, err := l.sends(ctx); err != nil || !on {
		return "", cmp.Or(err, ErrSendingOff)
	}
	id := promiseID(key)
	for {
		var row Row
		version, err := l.Store.Load(ctx, PromiseNoun, id, &row)
		if err != nil {
			return "", ours{err}
		}
		switch row.State {
		case "":
			found, known, err := l.forgotten(ctx, id, key, e)
			if err != nil || known {
				return found, err
			}
		case Sent:
			return row.Result, nil
		case Failed:
			return "", ErrRefused
		case Intent, Unknown:
			if wait := l.grace() - l.Clock.Now().Sub(row.At); wait > 0 {
				return "", later{l.Clock.Real(wait), "somebody may still be acting on this promise"}
			}
			found, known, err := l.settle(ctx, id, version, row, e)
			if err != nil || known {
				return found, err
			}
		}
		row = Row{Key: key, State: Intent, Owner: l.Owner, At: l.Clock.Now(), Tries: row.Tries + 1}
		// The time to act runs from before the promise is seen by others.
		limited, cancel := context.WithTimeout(ctx, l.Limit)
		mine, err := l.Store.Save(ctx, PromiseNoun, id, version, row, l.doubts(id, row))
		if err == nil && mine {
			defer cancel()
			return l.act(limited, id, version+1, row, e)
		}
		cancel()
		if err != nil {
			return "", ours{err}
		}
	}
}

// Result ends a promise without keeping it: it answers the external id if it was kept, and ""
// if it was not and, from now on, never will be.
func (l *Ledger) Result(ctx context.Context, key string, find func(context.Context) (string, bool, error)) (string, error) {
	id := promiseID(key)
	for {
		var row Row
		version, err := l.Store.Load(ctx, PromiseNoun, id, &row)
		if err != nil {
			return "", ours{err}
		}
		switch row.State {
		case Sent, Failed:
			return row.Result, nil
		case Intent, Unknown:
			if wait := l.grace() - l.Clock.Now().Sub(row.At); wait > 0 {
				return "", later{l.Clock.Real(wait), "somebody may still be acting on this promise"}
			}
			found, known, err := l.settle(ctx, id, version, row, Effect{Find: find})
			if err != nil || known {
				return found, err
			}
		}
		row = Row{Key: key, State: Failed, Owner: l.Owner, At: l.Clock.Now(), Tries: row.Tries}
		ended, err := l.Store.Save(ctx, PromiseNoun, id, version, row, nil)
		if err != nil {
			return "", ours{err}
		}
		if ended {
			return "", nil
		}
	}
}

// Begun says whether anybody may have acted on a promise already, or it was given up for good.
func (l *Ledger) Begun(ctx context.Context, key string) (bool, error) {
	var row Row
	if _, err := l.Store.Load(ctx, PromiseNoun, promiseID(key), &row); err != nil {
		return false, ours{err}
	}
	return row.State != "" && row.State != Open, nil
}

// Kept says whether a promise was kept, without keeping it; what is in doubt it settles first.
// Where nobody lets us look, it may have been kept, and counts as kept.
func (l *Ledger) Kept(ctx context.Context, key string, find func(key string) func(context.Context) (string, bool, error)) (bool, error) {
	id := promiseID(key)
	if err := l.Settle(ctx, id, find); err != nil {
		return false, err
	}
	var row Row
	if _, err := l.Store.Load(ctx, PromiseNoun, id, &row); err != nil {
		return false, ours{err}
	}
	return row.State == Sent || row.State == Unknown, nil
}

// Settle finds out about a promise that was left in doubt, whether or not anybody still has
// occasion to keep it. find says how to ask the outside about a key, nil for what may be
// repeated without harm.
func (l *Ledger) Settle(ctx context.Context, id string, find func(key string) func(context.Context) (string, bool, error)) error {
	var row Row
	version, err := l.Store.Load(ctx, PromiseNoun, id, &row)
	if err != nil {
		return ours{err}
	}
	if row.State != Intent && row.State != Unknown {
		return nil
	}
	if wait := l.grace() - l.Clock.Now().Sub(row.At); wait > 0 {
		return later{l.Clock.Real(wait), "somebody may still be acting on this promise"}
	}
	_, known, err := l.settle(ctx, id, version, row, Effect{Find: find(row.Key)})
	if err != nil || known {
		if errors.Is(err, ErrInDoubt) {
			return nil
		}
		return err
	}
	row.State, row.At = Open, l.Clock.Now()
	if _, err := l.Store.Save(ctx, PromiseNoun, id, version, row, nil); err != nil {
		return ours{err}
	}
	return nil
}

// KindSettle is the job that calls Settle.
const KindSettle = "promise:settle"

// doubts is when somebody has to ask about a promise if nobody writes down what became of it.
func (l *Ledger) doubts(id string, row Row) []cadence.Step {
	if row.State != Intent && row.State != Unknown {
		return nil
	}
	after := max(l.grace(), l.Limit+l.Limit/2) // a stepped clock knows no grace
	return []cadence.Step{{Kind: KindSettle, Noun: PromiseNoun, ID: id, At: row.At.Add(after)}}
}

// settle asks the outside about a promise in doubt. known is false when it was not kept.
func (l *Ledger) settle(ctx context.Context, id string, version int64, row Row, e Effect) (result string, known bool, err error) {
	if e.Find == nil {
		return "", false, nil
	}
	result, known, err = e.Find(ctx)
	if permanent(err) {
		row.State = Unknown // and nobody needs to ask again
		if _, err := l.Store.Save(ctx, PromiseNoun, id, version, row, nil); err != nil {
			return "", false, ours{err}
		}
		return "", false, ErrInDoubt
	}
	if err != nil || !known {
		return "", false, err
	}
	row.State, row.Result, row.At = Sent, result, l.Clock.Now()
	if _, err := l.Store.Save(ctx, PromiseNoun, id, version, row, nil); err != nil {
		return "", false, ours{err}
	}
	return result, true, nil
}

// act does it and writes down what became of it. Losing the fence meanwhile is no error:
// whoever took over has asked the outside and says the same.
func (l *Ledger) act(ctx context.Context, id string, fence int64, row Row, e Effect) (string, error) {
	result, doing := e.Do(ctx)
	row.At = l.Clock.Now()
	switch {
	case doing == nil:
		row.State, row.Result = Sent, result
	case permanent(doing) && !inDoubt(doing) && !unreachable(doing):
		row.State = Failed
	case inDoubt(doing), errors.Is(doing, context.DeadlineExceeded), errors.Is(doing, context.Canceled):
		row.State = Unknown
	default:
		row.State = Open
	}
	// The act is done: its record must not be lost to a deadline that has just passed.
	record, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := l.Store.Save(record, PromiseNoun, id, fence, row, l.doubts(id, row)); err != nil && doing == nil {
		return "", ours{fmt.Errorf("jobs: the result of a promise could not be written down: %w", err)}
	}
	return result, doing
}

// grace is how long a promise is left to whoever may be acting on it, in the clock's time.
func (l *Ledger) grace() time.Duration { return l.Clock.Virtual(l.Limit + l.Limit/2) }

func promiseID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}
