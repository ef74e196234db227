package jobs

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// watchAhead is how far the watched window reaches. The service freezes a window in its
// cursor, so a new chain begins when half of it is used up.
const watchAhead = 56 * 24 * time.Hour

// watchCalendar reads what changed in the service mailbox and lets every session concerned
// react. A change is only a hint: the session reacts to the event as it is read afterwards,
// so that an old answer can never undo a newer move.
func (c *Crew) watchCalendar(ctx context.Context, s cadence.Step) error {
	p, b, due, err := c.beat(ctx, s)
	if err != nil || !due {
		return err
	}
	now := c.now()
	if b.Until.Sub(now) < watchAhead/2 {
		b.Cursor, b.Until = "", now.Add(watchAhead)
	}
	booked, underWay, err := c.bookedSessions(ctx, p)
	if err != nil {
		return err
	}
	next := now.Add(p.WatchEvery)
	if len(booked) == 0 {
		return c.advance(ctx, b, next, func(x *Beat) { x.Cursor, x.Until = "", time.Time{} })
	}
	changes, cursor, err := p.Watcher.Changes(ctx, b.Cursor, slots.Window{Start: b.Until.Add(-watchAhead), End: b.Until})
	if err != nil {
		return err
	}
	for _, e := range changes {
		if id, ours := booked[e.ID]; ours {
			if err := c.react(ctx, p, id, e.Gone); err != nil {
				return err
			}
		}
	}
	if underWay {
		cursor = b.Cursor // who answered an event that nobody has written down yet is heard next time
	}
	return c.advance(ctx, b, next, func(x *Beat) { x.Cursor, x.Until = cursor, b.Until })
}

// bookedSessions maps events to the sessions that still wait for their time, and says whether
// others are getting theirs just now.
func (c *Crew) bookedSessions(ctx context.Context, p *Programme) (booked map[string]string, underWay bool, err error) {
	latest, err := c.latestRound(ctx, p)
	if err != nil {
		return nil, false, err
	}
	open, err := c.sessions(ctx, p, recent(latest), func(x session.Session) bool {
		underWay = underWay || x.State == session.Planned || x.State == session.Moving
		return x.State == session.Booked
	})
	if err != nil {
		return nil, false, err
	}
	booked = map[string]string{}
	for _, x := range open {
		booked[x.Event] = x.ID
	}
	return booked, underWay, nil
}

// react reads a session's event as it is now and lets the session decide.
func (c *Crew) react(ctx context.Context, p *Programme, id string, gone bool) error {
	var x session.Session
	if _, err := c.Store.Load(ctx, session.Noun, id, &x); err != nil {
		return err
	}
	who, err := c.addresses(ctx, p, x.People)
	if err != nil {
		return err
	}
	_, err = c.changeSession(ctx, p, id, func(x session.Session) (session.Session, bool, error) {
		if x.State != session.Booked {
			return x, false, nil
		}
		event, found, err := p.Calendar.Find(ctx, bookingKey(x))
		if err != nil {
			return x, false, err
		}
		event.Gone = event.Gone || !found && gone
		if !found && !gone {
			return x, false, nil
		}
		next, err := x.React(event, who, c.now())
		if err == nil && next.State == session.Asynchronous {
			next, err = c.orSomebodyElse(ctx, p, next)
		}
		return next, err == nil && !reflect.DeepEqual(next, x), err
	})
	return err
}

// orSomebodyElse dissolves a session whose times were declined too often if its people can
// all meet somebody else in this round; otherwise they keep each other, in writing.
func (c *Crew) orSomebodyElse(ctx context.Context, p *Programme, x session.Session) (session.Session, error) {
	var r session.Round
	if _, err := c.Store.Load(ctx, session.RoundNoun, session.RoundID(p.ID, x.Round), &r); err != nil {
		return x, err
	}
	groups, _, err := c.rematch(ctx, p, r.Free(x.Present(), c.now()), x)
	if err != nil {
		return x, err
	}
	placed := inRound(session.Round{Groups: groups})
	for _, id := range x.Present() {
		if !slices.Contains(placed, id) {
			return x, nil
		}
	}
	return x.Dissolve(c.now())
}

// addresses names the people of a session by their mail address in lower case.
func (c *Crew) addresses(ctx context.Context, p *Programme, ids []roster.ID) (map[string]roster.ID, error) {
	members, err := c.people(ctx, p, ids)
	if err != nil {
		return nil, err
	}
	who := map[string]roster.ID{}
	for _, m := range members {
		who[strings.ToLower(m.Person.Mail)] = m.Person.ID
	}
	return who, nil
}
