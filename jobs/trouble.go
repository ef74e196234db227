package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Troubles remember which kinds of work keep failing, so that readiness can say so. The zero
// value has none.
type Troubles struct {
	mu   sync.Mutex
	kind map[string]trouble
}

type trouble struct {
	inARow int
	err    error
}

// A kind is in trouble when it failed this often in a row, or when the other side asked for
// so much patience that it is no passing throttle.
const (
	inARow      = 3
	longPassing = 30 * time.Second
)

// note takes down how a run of a kind ended. Waiting for a promise that somebody else may be
// keeping is no trouble.
func (t *Troubles) note(kind string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var wait later
	switch {
	case err == nil:
		delete(t.kind, kind)
	case errors.As(err, &wait), errors.Is(err, ErrSendingOff):
	default:
		if t.kind == nil {
			t.kind = map[string]trouble{}
		}
		t.kind[kind] = trouble{t.kind[kind].inARow + 1, err}
	}
}

// Probe answers one sentence when a kind of work keeps failing, nil otherwise.
func (t *Troubles) Probe(context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for kind, x := range t.kind {
		if x.inARow >= inARow || waitOf(x.err) >= longPassing {
			lines = append(lines, fmt.Sprintf("%s keeps failing: %v", kind, x.err))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	slices.Sort(lines)
	return errors.New(lines[0])
}
