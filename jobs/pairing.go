package jobs

import (
	"context"
	"hash/fnv"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// rememberRounds is how far back pairing looks at least: after twenty-four rounds a repeat
// costs nothing in the score.
const rememberRounds = 24

// pairing is a round together with what it was made from.
type pairing struct {
	people  []match.Person
	history match.History
	wishes  match.Wishes
	plan    match.Plan
	round   session.Round
}

func (c *Crew) pairing(ctx context.Context, p *Programme, number int, at time.Time) (x pairing, err error) {
	if x.people, x.history, err = c.candidates(ctx, p, number, at); err != nil {
		return x, err
	}
	if x.wishes, err = c.wishes(ctx, p, number); err != nil {
		return x, err
	}
	x.round = session.Round{Programme: p.ID, Number: number, At: at, Until: p.Rounds.Next(at), Since: c.now()}
	return x.as(c.pairs(x, number, p)), nil
}

// pairs asks pairing, tells whoever watches how far it is, and raises an alarm when it had to
// make do.
func (c *Crew) pairs(x pairing, number int, p *Programme, more ...match.Wishes) match.Plan {
	watch := func(at match.Progress) {
		if c.Watch != nil {
			c.Watch(at)
			return
		}
		c.Log.Info("comparing all pairs", "programme", p.ID, "round", number, "sweep", at.Sweep, "pairs", at.Pairs, "missing", at.Missing)
	}
	plan := match.PairsWatched(x.people, x.history, number, p.Weights, seedOf(p.ID), watch, append(more, x.wishes)...)
	if plan.Alarm != "" {
		c.Log.Error("ALARM: the search for the best pairs cannot be trusted; simpler ones were taken. Please report this",
			"programme", p.ID, "round", number, "why", plan.Alarm, "gap", plan.Gap)
	}
	return plan
}

// as is the pairing with another plan.
func (x pairing) as(plan match.Plan) pairing {
	x.plan = plan
	x.round.Groups, x.round.Left = plan.Groups, plan.Out
	return x
}

// candidates are the members who may be paired, and whom they met before.
func (c *Crew) candidates(ctx context.Context, p *Programme, number int, at time.Time) ([]match.Person, match.History, error) {
	members, err := c.members(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	past, err := c.pastRounds(ctx, p, number, len(members))
	if err != nil {
		return nil, nil, err
	}
	var people []match.Person
	for _, m := range members {
		if c.awayCode(p, m) == "" {
			people = append(people, c.candidate(p, m, past, number, at))
		}
	}
	return people, session.Meetings(past), nil
}

// awayCode is why a member takes no part at the moment, "" when they do.
func (c *Crew) awayCode(p *Programme, m roster.Member) match.Code {
	switch {
	case m.Standing == roster.Paused:
		return "paused"
	case !m.Eligible(p.Consent):
		return "no-consent"
	case m.Beyond && !c.Letters:
		return "unreachable"
	}
	return ""
}

// candidate is a member as pairing sees them.
func (c *Crew) candidate(p *Programme, m roster.Member, past []session.Round, number int, at time.Time) match.Person {
	zone := c.clockOf(p, m.Person)
	hours := m.Person.Hours
	if len(hours.Days) == 0 {
		office := cadence.Of(hours, zone)
		hours = roster.Hours{Days: office.Days, Start: "09:00", End: "17:00"}
	}
	work := match.Spans(hours, zone, at)
	x := match.Person{ID: m.Person.ID, Manager: m.Person.Manager, Team: m.Person.Team, Department: m.Person.Department,
		Stretch: m.Profile.Stretch, Strengths: map[string]int{}, Work: work, Peak: peak(work, m.Profile.Energy), Avoid: m.Profile.Avoid}
	for _, skill := range m.Profile.Strengths {
		x.Strengths[skill] = 3 // said by the person, who was not asked for a level
	}
	rounds := 0
	for _, r := range past {
		sat := slices.ContainsFunc(r.Left, func(l match.Left) bool { return l.ID == x.ID })
		for _, g := range r.Groups {
			if i := slices.Index(g.People, x.ID); i >= 0 {
				rounds++
				sat = sat || i == 2
			}
		}
		if sat {
			x.SatOutIn = append(x.SatOutIn, r.Number)
			x.SatOut++
			x.SatOutLast = x.SatOutLast || r.Number == number-1
		}
	}
	x.Newcomer, x.Veteran = rounds == 0 && len(past) > 0, rounds >= 3
	return x
}

// peak is the half of the working hours in which a person has most energy; none for somebody
// who did not say.
func peak(work []match.Span, energy string) []match.Span {
	var half []match.Span
	for _, w := range work {
		switch energy {
		case "morning":
			half = append(half, match.Span{Start: w.Start, Minutes: w.Minutes / 2})
		case "afternoon":
			half = append(half, match.Span{Start: (w.Start + w.Minutes/2) % (24 * 60), Minutes: w.Minutes - w.Minutes/2})
		}
	}
	return half
}

func seedOf(programme string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(programme))
	return h.Sum64()
}

// pastRounds loads the rounds before number that pairing still remembers, oldest first: as
// many as it takes a group of this size to meet everybody, and never fewer than rememberRounds.
func (c *Crew) pastRounds(ctx context.Context, p *Programme, number, group int) ([]session.Round, error) {
	var past []session.Round
	for n := max(1, number-max(rememberRounds, group)); n < number; n++ {
		var r session.Round
		v, err := c.Store.Load(ctx, session.RoundNoun, session.RoundID(p.ID, n), &r)
		if err != nil {
			return nil, err
		}
		if v > 0 {
			past = append(past, r)
		}
	}
	return past, nil
}
