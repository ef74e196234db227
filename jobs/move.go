package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// moveSession gives a session another time after somebody declined, proposed or chose one, or
// cannot keep it. The new time is written down first, so that a repeat does not choose another.
func (c *Crew) moveSession(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil || x.State != session.Moving {
		return err
	}
	letGo, err := c.hold(ctx, x.People)
	if err != nil {
		return err
	}
	defer letGo()
	if !x.Chosen {
		if x, err = c.chooseAgain(ctx, p, x); err != nil || x.State != session.Moving {
			return err
		}
	}
	key := fmt.Sprintf("move/%s/%d", x.ID, x.Moves+1)
	_, err = c.Ledger.Once(ctx, key, Effect{
		Do: func(ctx context.Context) (string, error) { return x.Event, p.Calendar.Move(ctx, x.Event, *x.Slot) },
	})
	if refused(err) {
		_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
			next, err := x.Clone(), error(nil)
			if x.State == session.Moving {
				next, err = x.WithoutTime(session.NoTime, c.now())
			}
			return next, true, err
		})
		return err
	}
	if err != nil {
		return err
	}
	if _, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if x.State != session.Moving {
			return x, false, nil
		}
		next, err := x.MovedAs(c.now())
		return next, true, err
	}); err != nil {
		return err
	}
	return c.react(ctx, p, x.ID, false)
}

// chooseAgain re-reads the calendars of the session's people and chooses: the wanted time if
// it suits everybody, else the next best one that nobody declined.
func (c *Crew) chooseAgain(ctx context.Context, p *Programme, x session.Session) (session.Session, error) {
	members, err := c.people(ctx, p, x.People)
	if err != nil {
		return x, err
	}
	busy, err := p.busy(ctx, members, x.Within)
	if err != nil {
		return x, err
	}
	return c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if x.State != session.Moving || x.Chosen {
			return x, false, nil
		}
		ask := c.request(p, x, members, busy)
		if x.Wanted != nil {
			if why, ok := suits(ask, x.Wanted.Start); ok {
				x.Time = why
				return x.Choose(slots.Window{Start: x.Wanted.Start, End: x.Wanted.Start.Add(x.Slot.End.Sub(x.Slot.Start))}), true, nil
			}
		}
		next, err := c.giveTime(p, x, members, busy)
		if x.Wanted != nil && x.Cause == session.CauseProposed {
			next.Cause = session.CauseUnfit
		}
		return next, true, err
	})
}

// suits says whether a time that somebody wants suits everybody, and how. People want any
// minute they like, and need no notice for what they ask themselves.
func suits(ask slots.Request, start time.Time) (slots.Why, bool) {
	if start.Before(ask.Now) || start.Before(ask.Window.Start) || start.Add(ask.Duration).After(ask.Window.End) {
		return slots.Why{}, false
	}
	counts := slots.Find(ask).Counts
	ask.Step, ask.Notice = time.Minute, 0
	ask.Window = slots.Window{Start: start, End: start.Add(ask.Duration)}
	found := slots.Find(ask)
	why := found.Why()
	why.Counts = counts // of all times there were
	return why, found.Status == slots.OK
}
