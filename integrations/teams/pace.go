package teams

import (
	"context"
	"sync"
	"time"
)

const (
	tenantRate  = 45               // requests a second; Teams allows a bot 50 in a tenant
	tenantBurst = 5                // at once after a quiet time: never more than 50 in any second
	patience    = 10 * time.Second // a longer wait goes back to the queue instead of blocking here
)

// bucket is the pace of a single process: each turn moves the next one 1/rate further on.
type bucket struct {
	now  func() time.Time
	mu   sync.Mutex
	next map[string]time.Time // when the bucket would be full again
}

func newBucket(now func() time.Time) *bucket {
	return &bucket{now: now, next: map[string]time.Time{}}
}

// Take never fails and never answers a negative wait.
func (b *bucket) Take(_ context.Context, name string, rate float64, burst int) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, step := b.now(), time.Duration(float64(time.Second)/rate)
	full := b.next[name]
	if full.Before(now) {
		full = now
	}
	full = full.Add(step)
	b.next[name] = full
	return max(0, full.Sub(now)-time.Duration(burst)*step), nil
}

// turn waits for a turn of the tenant's bucket.
func (c *Client) turn(ctx context.Context, op string) error {
	wait, err := c.pace.Take(ctx, "teams/"+c.o.Tenant, tenantRate, tenantBurst)
	if err != nil {
		return &Error{op: op, advice: "the shared pace cannot be read; is Redis there?"}
	}
	if wait > patience {
		return &Error{op: op, advice: "too much is being sent at once; this waits its turn", after: wait}
	}
	if wait <= 0 {
		return nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return &Error{op: op, advice: "the caller stopped waiting"}
	}
}

// lanes let one request a conversation through at a time: Teams answers 412 to two at once.
type lanes struct {
	mu   sync.Mutex
	open map[string]*lane
}

type lane struct {
	gate
	users int
}

// enter waits for the lane and answers how to leave it. An empty lane costs nothing.
func (l *lanes) enter(ctx context.Context, name string) (leave func(), err error) {
	l.mu.Lock()
	if l.open == nil {
		l.open = map[string]*lane{}
	}
	ln := l.open[name]
	if ln == nil {
		ln = &lane{gate: newGate()}
		l.open[name] = ln
	}
	ln.users++
	l.mu.Unlock()
	done := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if ln.users--; ln.users == 0 {
			delete(l.open, name)
		}
	}
	if err := ln.gate.enter(ctx); err != nil {
		done()
		return nil, err
	}
	return func() { ln.gate.leave(); done() }, nil
}
