package jobs

import (
	"context"
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// KindReview looks after booked sessions whose people's days have changed.
const KindReview = "calendar:review"

// reviewCalendars asks of every booked session whether its people can still keep it: somebody
// may be out of office by now, have a day off, work at other hours, live in another zone, or
// the zones' rules themselves may have changed. Such a session looks for another time. An
// ordinary appointment over it is its owner's own choice and stays.
func (c *Crew) reviewCalendars(ctx context.Context, s cadence.Step) error {
	p, b, due, err := c.beat(ctx, s)
	if err != nil || !due {
		return err
	}
	booked, err := c.ahead(ctx, p)
	if err != nil {
		return err
	}
	if err := c.review(ctx, p, booked); err != nil {
		return err
	}
	return c.advance(ctx, b, p.after(KindReview, c.now()), nil)
}

// ahead lists the booked sessions that have not begun.
func (c *Crew) ahead(ctx context.Context, p *Programme) ([]session.Session, error) {
	newest, err := c.latestRound(ctx, p)
	if err != nil {
		return nil, err
	}
	return c.sessions(ctx, p, recent(newest), func(x session.Session) bool {
		return x.State == session.Booked && c.now().Before(x.Slot.Start)
	})
}

func (c *Crew) review(ctx context.Context, p *Programme, booked []session.Session) error {
	if len(booked) == 0 {
		return nil
	}
	members, span := map[roster.ID]roster.Member{}, *booked[0].Slot
	var everybody []roster.Member
	for _, x := range booked {
		who, err := c.people(ctx, p, x.People)
		if err != nil {
			return err
		}
		for _, m := range who {
			members[m.Person.ID] = m
		}
		everybody = append(everybody, who...)
		if x.Slot.Start.Before(span.Start) {
			span.Start = x.Slot.Start
		}
		span.End = latest(span.End, x.Slot.End)
	}
	busy, err := p.busy(ctx, everybody, span)
	if err != nil {
		return err
	}
	for _, x := range booked {
		var who []roster.Member
		for _, id := range x.People {
			who = append(who, members[id])
		}
		if cause := c.unfit(p, x, who, busy); cause != "" {
			if _, err := c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
				next, moved := x.Displace(cause, c.now())
				return next, moved, nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// unfit says why the people of a booked session cannot keep its time, "" when they can.
func (c *Crew) unfit(p *Programme, x session.Session, who []roster.Member, busy map[string]slots.Calendar) session.Cause {
	away := map[string]slots.Calendar{}
	for mail, calendar := range busy {
		calendar.Events = slices.DeleteFunc(slices.Clone(calendar.Events), func(e slots.Event) bool { return !strings.EqualFold(e.Status, "oof") })
		calendar.Problem = "" // not seen today is no reason to move anything
		away[mail] = calendar
	}
	ask := c.request(p, x, who, away)
	for i := range ask.People { // what only makes a time less pleasant was weighed when it was chosen
		ask.People[i].Protected, ask.People[i].MaxPerDay = nil, 0
		ask.People[i].BufferBefore, ask.People[i].BufferAfter = 0, 0
	}
	ask.Window = *x.Slot // it may have been moved out of the round's days
	switch v := slots.Recheck(ask, slots.Booking{Start: x.Slot.Start}); {
	case v.Status != slots.OK || v.Valid:
		return ""
	case v.Reason == slots.InEvents:
		return session.CauseAway
	}
	return session.CauseHours
}
