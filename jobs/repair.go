package jobs

import (
	"context"
	"slices"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// repairRound finds new partners for people who lost theirs, and for somebody who joined while
// others were left over: first among themselves and those left over; whoever lost a partner
// and stays alone gets the asynchronous form. The new groups are written down before their
// first session exists, so that a repair that was interrupted is ended as it was begun.
func (c *Crew) repairRound(ctx context.Context, s cadence.Step) error {
	p, r, err := c.roundOf(ctx, s)
	if err != nil || p == nil || len(r.Freed) == 0 {
		return err
	}
	var alone []roster.ID
	done := r.Freed
	groups, err := c.unmade(ctx, p, r)
	if err != nil {
		return err
	}
	if len(groups) > 0 {
		done = inRound(session.Round{Groups: groups}) // who else was freed is looked after next
	} else if groups, alone, err = c.rematch(ctx, p, r, session.Session{}); err == nil {
		r, err = c.changeRound(ctx, p, r.Number, func(r session.Round) (session.Round, bool) { return r.Regroup(groups, alone), true })
	}
	if err != nil {
		return err
	}
	if err := c.createSessions(ctx, p, r, groups, alone); err != nil {
		return err
	}
	_, err = c.changeRound(ctx, p, r.Number, func(r session.Round) (session.Round, bool) { return r.Settled(done), true })
	return err
}

// unmade lists the groups of a round that have no session yet.
func (c *Crew) unmade(ctx context.Context, p *Programme, r session.Round) (groups []match.Group, err error) {
	for _, g := range r.Groups {
		var x session.Session
		v, err := c.Store.Load(ctx, session.Noun, session.ID(p.ID, r.Number, g.People), &x)
		if err != nil {
			return nil, err
		}
		if v == 0 {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// createSessions gives groups their sessions, and people who stay alone their form.
func (c *Crew) createSessions(ctx context.Context, p *Programme, r session.Round, groups []match.Group, alone []roster.ID) error {
	planned, err := c.planSessions(ctx, p, r, groups)
	if err != nil {
		return err
	}
	for _, id := range alone {
		x, err := c.planAlone(ctx, p, r, id)
		if err != nil {
			return err
		}
		planned = append(planned, x)
	}
	for _, x := range planned {
		if err := c.createSession(ctx, p, x); err != nil {
			return err
		}
	}
	return nil
}

func (c *Crew) planAlone(ctx context.Context, p *Programme, r session.Round, id roster.ID) (session.Session, error) {
	g, err := c.guides(ctx, p, r)
	if err != nil {
		return session.Session{}, err
	}
	m, _, err := c.member(ctx, p.ID, id)
	if err != nil {
		return session.Session{}, err
	}
	x, err := g.session(match.Group{People: []roster.ID{id}}, []roster.Member{m}, c.within(p, r), c.now())
	if err != nil {
		return x, err
	}
	return x.WithoutTime(session.Alone, c.now())
}

// rematch pairs the freed people, and those left over, who may still take part. Nobody gets a
// partner back with whom no time was found; the session that is just being given up counts as
// gone already.
func (c *Crew) rematch(ctx context.Context, p *Programme, r session.Round, givenUp session.Session) (groups []match.Group, alone []roster.ID, err error) {
	inSession, wishes, err := c.taken(ctx, p, r, givenUp)
	if err != nil {
		return nil, nil, err
	}
	members, err := c.members(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	past, err := c.pastRounds(ctx, p, r.Number+1, len(members))
	if err != nil {
		return nil, nil, err
	}
	seeking := slices.Clone(r.Freed)
	for _, l := range r.Left {
		seeking = append(seeking, l.ID)
	}
	x := pairing{history: session.Meetings(past), wishes: wishes}
	for _, m := range members {
		if id := m.Person.ID; slices.Contains(seeking, id) && !slices.Contains(inSession, id) && c.awayCode(p, m) == "" {
			x.people = append(x.people, c.candidate(p, m, past, r.Number, c.now()))
		}
	}
	plan := c.pairs(x, r.Number, p)
	had := inRound(session.Round{Groups: r.Groups})
	for _, l := range plan.Out {
		if slices.Contains(r.Freed, l.ID) && slices.Contains(had, l.ID) {
			alone = append(alone, l.ID)
		}
	}
	return plan.Groups, alone, nil
}

// taken lists who has a session in a round, and what pairing must keep to within it.
func (c *Crew) taken(ctx context.Context, p *Programme, r session.Round, givenUp session.Session) (people []roster.ID, wishes match.Wishes, err error) {
	asked, err := c.wishes(ctx, p, r.Number)
	if err != nil {
		return nil, wishes, err
	}
	wishes.Forbids = slices.Clone(asked.Forbids)
	all, err := c.sessions(ctx, p, func(n int) bool { return n == r.Number }, func(session.Session) bool { return true })
	if err != nil {
		return nil, wishes, err
	}
	for _, x := range all {
		switch {
		case x.ID == givenUp.ID, x.State == session.Cancelled && x.Why == session.TooOften:
			for i, a := range x.People {
				for _, b := range x.People[i+1:] {
					wishes.Forbids = append(wishes.Forbids, [2]roster.ID{a, b})
				}
			}
		case x.State != session.Cancelled:
			people = append(people, x.Present()...)
		}
	}
	return people, wishes, nil
}

// welcome lets somebody who just joined, or came back, meet a person whom the running round
// left without a partner. With nobody waiting, or before the directory has told who they are,
// they take part from the next round on.
func (c *Crew) welcome(ctx context.Context, p *Programme, id roster.ID) error {
	if m, _, err := c.member(ctx, p.ID, id); err != nil || m.Person.Mail == "" {
		return err
	}
	newest, err := c.latestRound(ctx, p)
	if err != nil || newest == 0 {
		return err
	}
	_, err = c.changeRound(ctx, p, newest, func(r session.Round) (session.Round, bool) {
		waiting := slices.ContainsFunc(r.Left, func(l match.Left) bool { return l.ID != id })
		if !r.Open || !waiting || !c.now().Add(p.Notice).Before(c.within(p, r).End) || slices.Contains(r.Freed, id) {
			return r, false
		}
		return r.Free([]roster.ID{id}, c.now()), true
	})
	return err
}
