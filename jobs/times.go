package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// Times is how a programme treats people's time.
type Times struct {
	Policy       slots.Policy
	Protected    []slots.Range           // of everybody's day: lunch
	Buffer       time.Duration           // free time before and after a conversation
	MostMeetings int                     // a person's meetings a day, the conversation included; 0: no limit
	DaysOff      map[string][]slots.Date // by ISO country, "" for everybody
}

// calendars is what is needed to find times for the groups of a round, read once.
type calendars struct {
	crew    *Crew
	p       *Programme
	round   int
	guides  *guides
	within  slots.Window
	members map[roster.ID]roster.Member
	busy    map[string]slots.Calendar
}

// calendars reads the calendars of everybody in one batch.
func (c *Crew) calendars(ctx context.Context, p *Programme, r session.Round, everybody []roster.ID) (*calendars, error) {
	guides, err := c.guides(ctx, p, r)
	if err != nil {
		return nil, err
	}
	members, err := c.people(ctx, p, everybody)
	if err != nil {
		return nil, err
	}
	k := &calendars{crew: c, p: p, round: r.Number, guides: guides, within: c.within(p, r), members: map[roster.ID]roster.Member{}}
	for _, m := range members {
		k.members[m.Person.ID] = m
	}
	k.busy, err = p.busy(ctx, members, k.within)
	return k, err
}

// plan gives each group a session, with its time or the reason why there is none; those with
// the fewest possible times come first, for they are the first to lose them.
func (k *calendars) plan(groups []match.Group) ([]session.Session, error) {
	var planned []session.Session
	for _, g := range groups {
		x, err := k.guides.session(g, k.who(g.People), k.within, k.crew.now())
		if err != nil {
			return nil, err
		}
		if x, err = k.crew.giveTime(k.p, x, k.who(x.People), k.busy); err != nil {
			return nil, err
		}
		planned = append(planned, x)
	}
	slices.SortStableFunc(planned, func(a, b session.Session) int { return freedom(a) - freedom(b) })
	return planned, nil
}

// freedom is how many starts a planned session had to choose from; one without a time has
// nothing to lose.
func freedom(x session.Session) int {
	if x.Slot == nil {
		return 1 << 30
	}
	return x.Time.Counts.Limits
}

func (k *calendars) who(ids []roster.ID) (members []roster.Member) {
	for _, id := range ids {
		members = append(members, k.members[id])
	}
	return members
}

// suits says whether the people have any time in common.
func (k *calendars) suits(ids ...roster.ID) bool {
	x, err := k.guides.session(match.Group{People: ids}, k.who(ids), k.within, k.crew.now())
	return err == nil && slots.Find(k.crew.request(k.p, x, k.who(x.People), k.busy)).Status == slots.OK
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
	if slices.ContainsFunc(members, func(m roster.Member) bool { return m.Profile.Form == "writing" }) {
		return x.WithoutTime(session.Chose, c.now())
	}
	answer := slots.Find(c.request(p, x, members, busy))
	x.Time = answer.Why()
	if s, ok := freshest(x, answer.Ranked); ok {
		x.Time = slots.Answer{Status: answer.Status, Tier: answer.Tier, Counts: answer.Counts, Pick: s, Zones: answer.Zones}.Why()
		return x.Choose(s.Window), nil
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

// request asks the slot engine about the people of a session. The session's own event is in
// their calendars and does not count.
func (c *Crew) request(p *Programme, x session.Session, members []roster.Member, busy map[string]slots.Calendar) slots.Request {
	now := latest(c.now(), x.Within.Start)
	r := slots.Request{Now: now, Window: x.Within, Duration: time.Duration(x.Minutes) * time.Minute,
		Notice: p.Notice, Best: session.MostMoves + 4, Policy: p.Times.Policy}
	r.Window.Start = now
	for _, m := range members {
		calendar := busy[m.Person.Mail]
		calendar.Events = without(calendar.Events, x)
		who := slots.For(m.Person, calendar).Suit(m.Profile.Energy, m.Profile.Flex)
		if who.Zone.Name == "" && who.Zone.Custom == nil {
			who.Zone.Name = p.Zone.String() // the programme states a zone; nobody guesses UTC
		}
		who.Protected, who.MaxPerDay = p.Times.Protected, p.Times.MostMeetings
		who.BufferBefore, who.BufferAfter = p.Times.Buffer, p.Times.Buffer
		who.DaysOff = slices.Concat(p.Times.DaysOff[""], p.Times.DaysOff[m.Person.Country])
		who.Debt = session.Carried(m.Burdens, now)
		r.People = append(r.People, who)
	}
	return r
}

// without leaves out the session's own event: a calendar names no event, but the one that
// begins and ends with the session is it. Another one at the very same time still counts.
func without(events []slots.Event, x session.Session) []slots.Event {
	if x.Event == "" || x.Slot == nil {
		return events
	}
	i := slices.IndexFunc(events, func(e slots.Event) bool { return e.Start.Equal(x.Slot.Start) && e.End.Equal(x.Slot.End) })
	if i < 0 {
		return events
	}
	return slices.Delete(slices.Clone(events), i, i+1)
}

// freshest is the best time that nobody declined, on another day than those declined if
// there is one: whoever cannot at ten can rarely at half past ten.
func freshest(x session.Session, ranked []slots.Slot) (slots.Slot, bool) {
	var second *slots.Slot
	for _, s := range ranked {
		sameTime, sameDay := false, false
		for _, t := range x.Tried {
			sameTime = sameTime || t.Equal(s.Start)
			sameDay = sameDay || t.Sub(s.Start).Abs() < 12*time.Hour
		}
		switch {
		case sameTime:
		case !sameDay:
			return s, true
		case second == nil:
			second = &s
		}
	}
	if second == nil {
		return slots.Slot{}, false
	}
	return *second, true
}
