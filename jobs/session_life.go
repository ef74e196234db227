package jobs

import (
	"context"
	"fmt"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// endSession notes that a session's time is over.
func (c *Crew) endSession(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil {
		return err
	}
	if x.State == session.Booked && x.Over(c.now()) {
		if err := c.carry(ctx, p, x); err != nil {
			return err
		}
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

// carry notes what the session's time asked of each of its people, so that the next time is
// somebody else's turn.
func (c *Crew) carry(ctx context.Context, p *Programme, x session.Session) error {
	for _, id := range x.Present() {
		b := x.Burden(id)
		if b.Minutes == 0 {
			continue
		}
		if _, err := c.changeMember(ctx, p, id, func(m roster.Member, v int64) (roster.Member, bool) {
			m.Burdens = session.Carry(m.Burdens, b, c.now())
			return m, v > 0 && m.Standing != roster.Forgotten
		}); err != nil {
			return err
		}
	}
	return nil
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
	if x.State == session.Cancelled && (x.Why == session.Withdrew || x.Why == session.TooOften) {
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
	if pending && next.Kind == s.Kind && next.At.After(c.now()) {
		return c.reschedule(ctx, p, x.ID)
	}
	if !pending || next.Kind != s.Kind {
		return nil
	}
	scene, me, err := c.scene(ctx, p, x, s.Who)
	if err != nil {
		return err
	}
	msg, shown := prompt.In(me.Speaks()).Prompt(scene, next.Tag), false
	if c.now().Before(next.Until) {
		shown, err = c.tell(ctx, p, me, msg)
	}
	if err == nil && !shown { // whoever showed it may have died before they could write that down
		shown, err = c.Ledger.Kept(ctx, "card/"+msg.Key, c.finder)
	}
	if err != nil {
		return err
	}
	told, learnt := x.Moves, x.Swaps // what the card says; it may have changed since
	_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if shown {
			return x.Tell(s.Who, next.Tag, c.now()).Hear(s.Who, told).Learn(s.Who, next.Tag, learnt), true, nil
		}
		return x.PassOver(s.Who, next.Tag, c.now()), true, nil
	})
	return err
}

// reschedule writes a session's steps down anew: since they were, somebody's working hours
// have changed, and what was due is not any more.
func (c *Crew) reschedule(ctx context.Context, p *Programme, id string) error {
	_, err := c.changeSession(ctx, p, id, func(x session.Session) (session.Session, bool, error) { return x, true, nil })
	return err
}

// Scene is a session as somebody sees it who is none of its people: for whoever runs rapport.
func (c *Crew) Scene(ctx context.Context, id string) (prompt.Scene, error) {
	programme, _ := session.RoundOf(id)
	p, err := c.programme(programme)
	if err != nil {
		return prompt.Scene{}, fmt.Errorf("jobs: %q names no session of a configured programme; an id is the programme, the round and a hash", id)
	}
	var x session.Session
	v, err := c.Store.Load(ctx, session.Noun, id, &x)
	if err != nil {
		return prompt.Scene{}, err
	}
	if v == 0 {
		return prompt.Scene{}, fmt.Errorf("jobs: there is no session %q; its records may have ended", id)
	}
	scene, _, err := c.scene(ctx, p, x, "")
	return scene, err
}

// scene is a session as one of its people sees it.
func (c *Crew) scene(ctx context.Context, p *Programme, x session.Session, who roster.ID) (prompt.Scene, roster.Member, error) {
	book, ok := c.Library().Find(x.Playbook)
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
			scene.Me, me, scene.Zone, scene.Stretch = m.Person, m, c.clockOf(p, m.Person), m.Profile.Stretch
			scene.Playbook, _ = c.Library().In(x.Playbook, prompt.In(m.Speaks()).Lang)
		} else if m.Person.Name != "" {
			scene.Partners = append(scene.Partners, m.Person)
		}
	}
	return scene, me, nil
}
