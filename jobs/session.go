package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// recent says whether sessions of a round may still lie ahead when the given one is the latest.
func recent(latest int) func(int) bool { return func(round int) bool { return round >= latest-1 } }

func every(int) bool { return true }

// sessions lists the programme's sessions of the wanted rounds that match, by id.
func (c *Crew) sessions(ctx context.Context, p *Programme, rounds func(int) bool, want func(session.Session) bool) ([]session.Session, error) {
	ids, err := c.Store.IDs(ctx, session.Noun)
	if err != nil {
		return nil, err
	}
	var all []session.Session
	for _, id := range ids {
		if programme, round := session.RoundOf(id); programme != p.ID || !rounds(round) {
			continue
		}
		var x session.Session
		v, err := c.Store.Load(ctx, session.Noun, id, &x)
		if err != nil {
			return nil, err
		}
		if v > 0 && want(x) {
			all = append(all, x)
		}
	}
	return all, nil
}

// latestRound is the number of the programme's newest round, 0 before the first.
func (c *Crew) latestRound(ctx context.Context, p *Programme) (int, error) {
	var b Beat
	_, err := c.Store.Load(ctx, BeatNoun, beatID(p.ID, KindRound), &b)
	return b.Count, err
}

func (c *Crew) changeSession(ctx context.Context, p *Programme, id string, decide func(session.Session) (session.Session, bool, error)) (session.Session, error) {
	office := c.offices(ctx, p)
	steps := func(x session.Session) []cadence.Step { return x.Steps(office) }
	return change(ctx, c, session.Noun, id, steps, func(x session.Session, v int64) (session.Session, bool, error) {
		if v == 0 {
			return x, false, nil
		}
		return decide(x)
	})
}

// createSession writes a session down unless it exists already.
func (c *Crew) createSession(ctx context.Context, p *Programme, x session.Session) error {
	_, err := c.save(ctx, session.Noun, x.ID, 0, x, x.Steps(c.offices(ctx, p)))
	return err
}

// sessionOf loads the session a step is about, with its programme.
func (c *Crew) sessionOf(ctx context.Context, s cadence.Step) (*Programme, session.Session, error) {
	var x session.Session
	v, err := c.Store.Load(ctx, session.Noun, s.ID, &x)
	if err != nil || v == 0 {
		return nil, x, err
	}
	p, err := c.programme(x.Programme)
	return p, x, err
}

// people loads the persons of a session, in its order.
func (c *Crew) people(ctx context.Context, p *Programme, ids []roster.ID) ([]roster.Member, error) {
	var all []roster.Member
	for _, id := range ids {
		m, _, err := c.member(ctx, p.ID, id)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// planSessions gives each group a time from one batched free/busy read.
func (c *Crew) planSessions(ctx context.Context, p *Programme, r session.Round, groups []match.Group) ([]session.Session, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	book, err := c.playbookOf(p, r.Number)
	if err != nil {
		return nil, err
	}
	within := c.within(p, r)
	var everybody []roster.Member
	for _, g := range groups {
		m, err := c.people(ctx, p, g.People)
		if err != nil {
			return nil, err
		}
		everybody = append(everybody, m...)
	}
	busy, err := p.busy(ctx, everybody, within)
	if err != nil {
		return nil, err
	}
	var planned []session.Session
	for _, g := range groups {
		x := session.Plan(p.ID, r.Number, g, book.ID, book.Minutes, within, c.now())
		members, err := c.people(ctx, p, x.People)
		if err != nil {
			return nil, err
		}
		if x, err = c.giveTime(p, x, members, busy); err != nil {
			return nil, err
		}
		planned = append(planned, x)
	}
	return planned, nil
}

// busy reads the calendars of members. A window that is over already, after a long outage,
// holds no time for anybody, and nothing needs to be read.
func (p *Programme) busy(ctx context.Context, members []roster.Member, w slots.Window) (map[string]slots.Calendar, error) {
	if !w.Start.Before(w.End) {
		return nil, nil
	}
	return p.FreeBusy.Busy(ctx, mailboxes(members), w)
}

// within is where the sessions of a round may lie: from its beat on, not beyond the next one.
func (c *Crew) within(p *Programme, r session.Round) slots.Window {
	end := r.At.Add(p.Within)
	if r.Until.Before(end) {
		end = r.Until
	}
	return slots.Window{Start: latest(c.now(), r.At), End: end}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (c *Crew) planAlone(p *Programme, r session.Round, id roster.ID) (session.Session, error) {
	book, err := c.playbookOf(p, r.Number)
	if err != nil {
		return session.Session{}, err
	}
	x := session.Plan(p.ID, r.Number, match.Group{People: []roster.ID{id}}, book.ID, book.Minutes, c.within(p, r), c.now())
	return x.WithoutTime(session.Alone, c.now())
}

func mailboxes(members []roster.Member) []string {
	var all []string
	for _, m := range members {
		if m.Person.Mail != "" {
			all = append(all, m.Person.Mail)
		}
	}
	return all
}

// giveTime chooses the next best time for a session that has none, or makes it asynchronous.
func (c *Crew) giveTime(p *Programme, x session.Session, members []roster.Member, busy map[string]slots.Calendar) (session.Session, error) {
	answer := slots.Find(c.request(p, x, members, busy))
	x.Time = answer.Why()
	if s, ok := freshest(x, answer.Ranked); ok {
		return x.Choose(s), nil
	}
	why := session.NoTime
	switch {
	case answer.Status == slots.NoCalendar, answer.Status == slots.InvalidZone:
		why = session.Unseen
		c.Log.Warn("a calendar or time zone could not be read, so its pair gets the form without a time; check these mailboxes",
			"session", x.ID, "members", answer.Who, "reason", string(answer.Status))
	case answer.Reason == slots.InHours:
		why = session.NoHours
	}
	return x.WithoutTime(why, c.now())
}

// request asks the slot engine about the people of a session.
func (c *Crew) request(p *Programme, x session.Session, members []roster.Member, busy map[string]slots.Calendar) slots.Request {
	now := latest(c.now(), x.Within.Start)
	r := slots.Request{Now: now, Window: x.Within, Duration: time.Duration(x.Minutes) * time.Minute,
		Notice: p.Notice, Best: session.MostMoves + 2}
	r.Window.Start = now
	for _, m := range members {
		who := slots.For(m.Person, busy[m.Person.Mail])
		if who.Zone.Name == "" && who.Zone.Custom == nil {
			who.Zone.Name = p.Zone.String() // the programme states a zone; nobody guesses UTC
		}
		r.People = append(r.People, who)
	}
	return r
}

// freshest is the best time that nobody declined, on another day than those declined if
// there is one: whoever cannot at ten can rarely at half past ten.
func freshest(x session.Session, ranked []slots.Slot) (slots.Window, bool) {
	var second *slots.Window
	for _, s := range ranked {
		sameTime, sameDay := false, false
		for _, t := range x.Tried {
			sameTime = sameTime || t.Equal(s.Start)
			sameDay = sameDay || t.Sub(s.Start).Abs() < 12*time.Hour
		}
		switch {
		case sameTime:
		case !sameDay:
			return s.Window, true
		case second == nil:
			second = &s.Window
		}
	}
	if second == nil {
		return slots.Window{}, false
	}
	return *second, true
}

// bookSession creates the event of a planned session.
func (c *Crew) bookSession(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil || x.State != session.Planned || x.Slot == nil {
		return err
	}
	booking, err := c.booking(ctx, p, x)
	if err != nil {
		return err
	}
	find := func(ctx context.Context) (string, bool, error) { return findEvent(ctx, p, booking.Key) }
	event, err := c.Ledger.Once(ctx, booking.Key, Effect{
		Do: func(ctx context.Context) (string, error) {
			e, err := p.Calendar.Book(ctx, booking)
			return eventRef(e), err
		},
		Find: find,
	})
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
	_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if x.State != session.Planned {
			return x, false, nil // called off meanwhile: session:cancel finds the event in the ledger
		}
		next, err := x.BookedAs(id, join, c.now())
		return next, true, err
	})
	return err
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
	book, ok := c.Library.Find(x.Playbook)
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
