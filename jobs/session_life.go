package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// moveSession gives a session another time after somebody declined or proposed one. The new
// time is written down first, so that a repeat does not choose another.
func (c *Crew) moveSession(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil || x.State != session.Moving {
		return err
	}
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
	_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if x.State != session.Moving {
			return x, false, nil
		}
		next, err := x.MovedAs(c.now())
		return next, true, err
	})
	return err
}

// chooseAgain re-reads the calendars of the session's people and chooses: the proposed time
// if it suits everybody, else the next best one that nobody declined.
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
		ask.Step = time.Minute // people propose any minute they like
		if x.Wanted != nil && slots.Recheck(ask, slots.Booking{Start: x.Wanted.Start}).Valid {
			return x.Choose(slots.Window{Start: x.Wanted.Start, End: x.Wanted.Start.Add(x.Slot.End.Sub(x.Slot.Start))}), true, nil
		}
		next, err := c.giveTime(p, x, members, busy)
		return next, true, err
	})
}

// endSession notes that a session's time is over.
func (c *Crew) endSession(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil {
		return err
	}
	_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if x.State != session.Booked && x.State != session.Asynchronous || !x.Over(c.now()) {
			return x, false, nil
		}
		next, err := x.Ends(c.now())
		return next, true, err
	})
	return err
}

// cancelSession takes a called-off session out of everybody's calendar and lets the people
// it leaves behind be paired again. The event may exist although nobody wrote it down: then
// the ledger knows.
func (c *Crew) cancelSession(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil || x.State != session.Cancelled && x.State != session.Asynchronous || x.Cleared {
		return err
	}
	event := x.Event
	if event == "" {
		ref, err := c.Ledger.Result(ctx, bookingKey(x), func(ctx context.Context) (string, bool, error) { return findEvent(ctx, p, bookingKey(x)) })
		if err != nil {
			return err
		}
		event, _ = splitRef(ref)
	}
	if event != "" {
		comment := prompt.In(prompt.Fallback).Cancellation()
		_, err := c.Ledger.Once(ctx, "cancel/"+x.ID, Effect{
			Do: func(ctx context.Context) (string, error) { return event, p.Calendar.Cancel(ctx, event, comment) },
		})
		if err != nil && !refused(err) {
			return err
		}
	}
	if x.State == session.Cancelled && x.Why == session.Withdrew {
		if _, err := c.changeRound(ctx, p, x.Round, func(r session.Round) (session.Round, bool) {
			return r.Free(x.Present(), c.now()), true
		}); err != nil {
			return err
		}
	}
	_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) { return x.Clear(), true, nil })
	return err
}

// promptPerson shows a person the next thing a session has to say to them; what came too
// late to help is passed over.
func (c *Crew) promptPerson(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil {
		return err
	}
	next, pending := x.Next(s.Who, c.offices(ctx, p)(s.Who))
	if !pending || next.Kind != s.Kind || next.At.After(c.now()) {
		return nil
	}
	scene, me, err := c.scene(ctx, p, x, s.Who)
	if err != nil {
		return err
	}
	msg, shown := prompt.In(me.Person.Language).Prompt(scene, next.Tag), false
	if c.now().Before(next.Until) {
		shown, err = c.tell(ctx, p, me, msg)
	}
	if err == nil && !shown { // whoever showed it may have died before they could write that down
		shown, err = c.Ledger.Kept(ctx, "card/"+msg.Key, c.finder)
	}
	if err != nil {
		return err
	}
	_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if shown {
			return x.Tell(s.Who, next.Tag, c.now()), true, nil
		}
		return x.PassOver(s.Who, next.Tag, c.now()), true, nil
	})
	return err
}

// scene is a session as one of its people sees it.
func (c *Crew) scene(ctx context.Context, p *Programme, x session.Session, who roster.ID) (prompt.Scene, roster.Member, error) {
	book, ok := c.Library.Find(x.Playbook)
	if !ok {
		return prompt.Scene{}, roster.Member{}, fmt.Errorf("jobs: playbook %q is no longer in the library; put it back", x.Playbook)
	}
	scene := prompt.Scene{Session: x, Playbook: book}
	var me roster.Member
	members, err := c.people(ctx, p, x.People)
	if err != nil {
		return scene, me, err
	}
	for _, m := range members {
		if m.Person.ID == who {
			scene.Me, me = m.Person, m
		} else if m.Person.Name != "" {
			scene.Partners = append(scene.Partners, m.Person)
		}
	}
	return scene, me, nil
}
