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
	if err := c.foresee(ctx, p, newest+1, &o); err != nil {
		return o, err
	}
	o.Sessions, err = c.planSessions(ctx, p, o.Round, o.Round.Groups)
	return o, err
}

// foresee pairs the people of the next round and weighs the result.
func (c *Crew) foresee(ctx context.Context, p *Programme, number int, o *Outlook) error {
	at := p.Rounds.Next(c.now())
	people, history, err := c.candidates(ctx, p, number, at)
	if err != nil {
		return err
	}
	plan := match.Pairs(people, history, number, match.Weights{}, seedOf(p.ID))
	o.People, o.Totals = people, plan.Against(people, history, number, match.Weights{}, seedOf(p.ID))
	o.Round = session.Round{Programme: p.ID, Number: number, At: at, Until: p.Rounds.Next(at), Groups: plan.Groups, Left: plan.Out, Since: c.now()}
	return nil
}
