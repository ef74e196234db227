package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// attempts bounds how often one call is tried: with the pauses below about 0.7 seconds,
	// which outlives a dropped connection; a longer outage is for the caller to sit out. When
	// failing takes longer than one silence may take, there is no further attempt.
	attempts = 4
	// firstPause grows fourfold with every attempt.
	firstPause = 30 * time.Millisecond
)

// reads and writes tell run whether an answer that was lost leaves something in doubt.
const (
	reads  = false
	writes = true
)

// run calls f until it succeeds or it makes no sense to go on, and turns the last failure into
// an Error. f must be safe to repeat.
func (s *Store) run(ctx context.Context, op string, write bool, f func(context.Context) error) error {
	doubt, start := false, time.Now()
	for n, wait := 1, firstPause; ; n, wait = n+1, wait*4 {
		err := ctx.Err()
		if err == nil {
			err = f(ctx)
			if err == nil || errors.Is(err, redis.Nil) {
				return nil
			}
			doubt = doubt || write && classify(err).lost
		}
		tired := n == attempts || time.Since(start) >= answerWithin
		if tired || !classify(err).again || !pause(ctx, jitter(wait)) {
			return end(ctx, op, err, doubt)
		}
	}
}

// jitter spreads waits over three quarters to five quarters of d, so that many who were
// stopped together do not come back together.
func jitter(d time.Duration) time.Duration { return d*3/4 + rand.N(d/2+1) }

// pause waits for d; false when the context ends before.
func pause(ctx context.Context, d time.Duration) bool {
	if ctx.Err() != nil {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
