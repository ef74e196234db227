package jobs

import (
	"context"

	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Outlook is the next round of a programme as it would be now.
type Outlook struct {
	Round    session.Round
	Sessions []session.Session
	Members  map[roster.ID]roster.Member
	Joiners  []roster.Person // in the group, not asked yet
	Beyond   []roster.Person // in the group, but Teams does not let us reach them
	Skipped  []roster.Skip
	Totals   match.Totals   // of the round, beside chance and the highest possible
	People   []match.Person // who may be paired, as pairing sees them
	Unkept   []match.Unkept // pins that cannot be kept
}

// Outlook works out the next round from what is known at this moment. It reads the group and
// calendars; it writes nothing and nothing leaves.
func (c *Crew) Outlook(ctx context.Context, programme string) (Outlook, error) {
	o := Outlook{Members: map[roster.ID]roster.Member{}}
	p, err := c.programme(programme)
	if err != nil {
		return o, err
	}
	members, err := c.members(ctx, p)
	if err != nil {
		return o, err
	}
	for _, m := range members {
		o.Members[m.Person.ID] = m
	}
	entries, err := c.Directory.Members(ctx, p.Group)
	if err != nil {
		return o, err
	}
	people, skipped := roster.Admit(entries, p.Mailbox)
	o.Skipped = skipped
	for _, person := range people {
		switch m, known := o.Members[person.ID]; {
		case m.Beyond:
			o.Beyond = append(o.Beyond, person)
		case !known || m.Unasked(p.Consent):
			o.Joiners = append(o.Joiners, person)
		}
	}
	newest, err := c.latestRound(ctx, p)
	if err != nil {
		return o, err
	}
	x, err := c.pairing(ctx, p, newest+1, p.Rounds.Next(c.now()))
	if err != nil {
		return o, err
	}
	if x, o.Sessions, err = c.arrange(ctx, p, x); err != nil {
		return o, err
	}
	o.Round, o.People, o.Unkept = x.round, x.people, x.plan.Unkept
	o.Totals = x.plan.Against(x.people, x.history, x.round.Number, p.Weights, seedOf(p.ID))
	return o, nil
}

// Running lists the sessions of a programme's newest round, by id.
func (c *Crew) Running(ctx context.Context, programme string) ([]session.Session, error) {
	p, err := c.programme(programme)
	if err != nil {
		return nil, err
	}
	newest, err := c.latestRound(ctx, p)
	if err != nil {
		return nil, err
	}
	return c.sessions(ctx, p, func(n int) bool { return n == newest }, func(session.Session) bool { return true })
}
