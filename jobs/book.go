package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// bookSession creates the event of a planned session: it holds its people, looks once more
// into their calendars, books, and reads back what now stands there.
func (c *Crew) bookSession(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil || x.State != session.Planned || x.Slot == nil {
		return err
	}
	letGo, err := c.hold(ctx, x.People)
	if err != nil {
		return err
	}
	defer letGo()
	if x, err = c.lookAgain(ctx, p, x); err != nil || x.State != session.Planned {
		return err
	}
	event, err := c.book(ctx, p, x)
	if refused(err) {
		c.Log.Error("an event was refused for good; the pair gets the asynchronous form", "session", x.ID, "error", err)
		_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
			if x.State != session.Planned {
				return x, false, nil
			}
			next, err := x.WithoutTime(session.NoTime, c.now())
			return next, true, err
		})
		return err
	}
	if err != nil {
		return err
	}
	id, join := splitRef(event)
	if _, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if x.State != session.Planned {
			return x, false, nil // called off meanwhile: session:cancel finds the event in the ledger
		}
		next, err := x.BookedAs(id, join, c.now())
		return next, true, err
	}); err != nil {
		return err
	}
	return c.react(ctx, p, x.ID, false)
}

// book creates the event once.
func (c *Crew) book(ctx context.Context, p *Programme, x session.Session) (string, error) {
	booking, err := c.booking(ctx, p, x)
	if err != nil {
		return "", err
	}
	return c.Ledger.Once(ctx, booking.Key, Effect{
		Do: func(ctx context.Context) (string, error) {
			e, err := p.Calendar.Book(ctx, booking)
			return eventRef(e), err
		},
		Find: func(ctx context.Context) (string, bool, error) { return findEvent(ctx, p, booking.Key) },
	})
}

// holdsFor is how much longer than one act people are held for: the reads before and after.
const holdsFor = 3

// hold keeps everybody else from booking for these people, in this programme and in others,
// until letGo is called or the process dies. What an act needs to be done once stands in the
// ledger; this only keeps two bookings from looking at the same free hour.
func (c *Crew) hold(ctx context.Context, people []roster.ID) (letGo func(), err error) {
	me := rand.Text()
	var held []string
	letGo = func() {
		for _, name := range held {
			_ = c.Grips.Release(context.WithoutCancel(ctx), name, me) // else it ends by itself
		}
	}
	sorted := slices.Clone(people)
	slices.Sort(sorted) // everybody takes people in the same order, so that nobody waits in a ring
	for _, id := range sorted {
		name := "booking/" + string(id)
		mine, err := c.Grips.Grip(ctx, name, me, holdsFor*c.Ledger.Limit)
		if err == nil && !mine {
			err = later{time.Second, "somebody else books for one of these people"}
		}
		if err != nil {
			letGo()
			return nil, err
		}
		held = append(held, name)
	}
	return letGo, nil
}

// lookAgain reads the calendars of a session's people right before it is booked and chooses
// the next best time if the chosen one is no longer free. Once the event may exist, its time
// stands.
func (c *Crew) lookAgain(ctx context.Context, p *Programme, x session.Session) (session.Session, error) {
	begun, err := c.Ledger.Begun(ctx, bookingKey(x))
	if err != nil || begun {
		return x, err
	}
	members, err := c.people(ctx, p, x.People)
	if err != nil {
		return x, err
	}
	busy, err := p.busy(ctx, members, x.Within)
	if err != nil {
		return x, err
	}
	return c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if x.State != session.Planned || x.Slot == nil {
			return x, false, nil
		}
		v := slots.Recheck(c.request(p, x, members, busy), slots.Booking{Start: x.Slot.Start})
		if v.Valid && !x.Slot.Start.Before(c.now()) || v.Status == slots.NoCalendar {
			return x, false, nil
		}
		next, err := c.giveTime(p, x, members, busy)
		return next, true, err
	})
}

// refused says whether trying again is useless and nothing was done.
func refused(err error) bool {
	return errors.Is(err, ErrRefused) || permanent(err) && !inDoubt(err)
}

func bookingKey(x session.Session) string { return "event/" + x.ID }

func (c *Crew) booking(ctx context.Context, p *Programme, x session.Session) (session.Booking, error) {
	members, err := c.people(ctx, p, x.People)
	if err != nil {
		return session.Booking{}, err
	}
	book, ok := c.Library().Find(x.Playbook)
	if !ok {
		return session.Booking{}, errors.New("jobs: playbook " + x.Playbook + " is no longer in the library; put it back")
	}
	var people []roster.Person
	for _, m := range members {
		people = append(people, m.Person)
	}
	title, agenda := prompt.In(people[0].Language).Agenda(book, people)
	return session.Booking{Key: bookingKey(x), Title: title, Agenda: agenda, When: *x.Slot, Attendees: people}, nil
}

// An event in the ledger is its id and its join link, separated by a space: neither holds one.
func eventRef(e session.Event) string { return e.ID + " " + e.Join }

func splitRef(ref string) (id, join string) {
	for i := range ref {
		if ref[i] == ' ' {
			return ref[:i], ref[i+1:]
		}
	}
	return ref, ""
}

func findEvent(ctx context.Context, p *Programme, key string) (string, bool, error) {
	e, found, err := p.Calendar.Find(ctx, key)
	return eventRef(e), found, err
}
