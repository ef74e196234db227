package teams

import (
	"context"
	"slices"
	"sync"
	"time"
)

// alone is the pace of a single process.
type alone struct {
	now   func() time.Time
	mu    sync.Mutex
	lines map[string][]time.Time // moments of the latest turns, in order
	swept time.Time              // when lines that are over were last dropped
	lanes lanes
}

func newAlone(now func() time.Time) *alone {
	return &alone{now: now, lines: map[string][]time.Time{}}
}

// Turn never fails.
func (a *alone) Turn(_ context.Context, name string, limits map[time.Duration]int, within time.Duration) (time.Duration, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, line := a.now(), a.lines[name]
	a.sweep(now)
	turn, keep := now, 1
	if n := len(line); n > 0 && line[n-1].After(turn) {
		turn = line[n-1]
	}
	for stretch, most := range limits {
		keep = max(keep, most)
		if n := len(line); n >= most && line[n-most].Add(stretch).After(turn) {
			turn = line[n-most].Add(stretch)
		}
	}
	if turn.Sub(now) <= within && len(limits) > 0 {
		a.lines[name] = append(line[max(0, len(line)+1-keep):], turn)
	}
	return turn.Sub(now), nil
}

// Rest never fails.
func (a *alone) Rest(_ context.Context, name string, d time.Duration) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	line := a.lines[name]
	until := a.now().Add(d)
	if n := len(line); n > 0 && line[n-1].After(until) {
		until = line[n-1]
	}
	a.lines[name] = append(line, until)
	return nil
}

// sweep drops, once in a while, the lines that nobody has used for longer than any limit
// looks back.
func (a *alone) sweep(now time.Time) {
	if now.Sub(a.swept) < time.Hour {
		return
	}
	a.swept = now
	for name, line := range a.lines {
		if now.Sub(slices.MaxFunc(line, time.Time.Compare)) > 2*time.Hour {
			delete(a.lines, name)
		}
	}
}

// Enter fails only when the context ends. A process that crashes takes its lanes along, so
// hold is of no use here; and one place is all that is ever asked for.
func (a *alone) Enter(ctx context.Context, name string, _ int, _ time.Duration) (func(), error) {
	leave, err := a.lanes.enter(ctx, name)
	if err != nil {
		return nil, err
	}
	return sync.OnceFunc(leave), nil
}

// lanes let one caller a name through at a time.
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
