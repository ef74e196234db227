package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
)

// conductor leads a stepped clock from one moment at which something happens to the next:
// nothing that is due is ever late, however fast the weeks go by.
type conductor struct {
	clock  *jobs.Stepped
	tenant *m365sim.Tenant
	store  jobs.Store
	sweep  func(context.Context) error
	speed  float64 // virtual seconds a wall second, 0 = as fast as it goes

	mu      sync.Mutex
	running bool
	target  time.Time     // when not running: how far it was told to go
	turned  chan struct{} // somebody turned the clock
}

// patienceAtAMoment is how long the conductor waits on the wall for a moment to become
// quiet. Beyond that something keeps failing, and time goes on as it does for people.
const patienceAtAMoment = 10 * time.Second

func newConductor(clock *jobs.Stepped, tenant *m365sim.Tenant, store jobs.Store, sweep func(context.Context) error, speed float64) *conductor {
	return &conductor{clock: clock, tenant: tenant, store: store, sweep: sweep, speed: speed, running: true, turned: make(chan struct{}, 1)}
}

// lead plays the story until the clock stands at end; every is called after each moment.
func (c *conductor) lead(ctx context.Context, end time.Time, every func() error) error {
	mark, began := c.clock.Now(), time.Now()
	for {
		if err := c.quiet(ctx); err != nil {
			return err
		}
		if err := every(); err != nil {
			return err
		}
		if !c.clock.Now().Before(end) {
			return nil
		}
		limit := end
		if to, paused := c.pausedUntil(); paused {
			mark, began = c.clock.Now(), time.Now()
			if !to.After(c.clock.Now()) {
				if err := c.wait(ctx, time.Second); err != nil {
					return err
				}
				continue
			}
			limit = to
		}
		next, err := c.next(ctx, limit)
		if err != nil {
			return err
		}
		if c.speed > 0 {
			due := began.Add(time.Duration(float64(next.Sub(mark)) / c.speed))
			if err := c.wait(ctx, time.Until(due)); err != nil {
				return err
			}
		}
		c.clock.Set(next)
	}
}

// quiet lets people act and steps run until nothing is left to do at this moment.
func (c *conductor) quiet(ctx context.Context) error {
	deadline := time.Now().Add(patienceAtAMoment)
	for {
		acted, err := c.tenant.Step(ctx)
		if err != nil {
			return err
		}
		if err := c.sweep(ctx); err != nil {
			return err
		}
		due, err := c.store.Due(ctx, c.clock.Now(), 1)
		if err != nil {
			return err
		}
		if len(due) == 0 && acted == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			c.clock.Set(c.clock.Now().Add(time.Minute))
			return nil
		}
		if len(due) > 0 {
			if err := c.wait(ctx, 2*time.Millisecond); err != nil {
				return err
			}
		}
	}
}

// next is the earliest moment after now at which somebody acts or something is due.
func (c *conductor) next(ctx context.Context, limit time.Time) (time.Time, error) {
	next := limit
	due, err := c.store.Due(ctx, limit, 1)
	if err != nil {
		return next, err
	}
	if len(due) > 0 && due[0].At.Before(next) {
		next = due[0].At
	}
	if at, any := c.tenant.Next(); any && at.Before(next) {
		next = at
	}
	if !next.After(c.clock.Now()) {
		next = c.clock.Now().Add(time.Millisecond)
	}
	return next, nil
}

func (c *conductor) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.turned:
	case <-timer.C:
	}
	return nil
}

func (c *conductor) pausedUntil() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.target, !c.running
}

// turn is the clock of the page where one sits down as an employee.
func (c *conductor) turn(cmd m365sim.Command) (m365sim.ClockState, error) {
	c.mu.Lock()
	switch {
	case cmd.Running != nil:
		c.running, c.target = *cmd.Running, c.clock.Now()
	case cmd.Step > 0:
		c.running, c.target = false, c.clock.Now().Add(cmd.Step)
	case !cmd.To.IsZero() && cmd.To.Before(c.clock.Now()):
		c.mu.Unlock()
		return m365sim.ClockState{}, fmt.Errorf("the clock does not run backwards: it is %s already", c.clock.Now().Format(time.RFC3339))
	case !cmd.To.IsZero():
		c.running, c.target = false, cmd.To.UTC()
	}
	state := m365sim.ClockState{Now: c.clock.Now(), Running: c.running, Speed: c.speed, Control: true}
	c.mu.Unlock()
	select {
	case c.turned <- struct{}{}:
	default:
	}
	return state, nil
}
