package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// openRound pairs the people of a programme at its beat. After a long silence only the
// newest missed beat is made up for.
func (c *Crew) openRound(ctx context.Context, s cadence.Step) error {
	p, b, due, err := c.beat(ctx, s)
	if err != nil || !due {
		return err
	}
	at := p.Rounds.Latest(b.Next, c.now())
	if err := c.restSilent(ctx, p, b.Count+1); err != nil {
		return err
	}
	round, err := c.pairUp(ctx, p, b.Count+1, at)
	if err != nil {
		return err
	}
	if _, err := c.save(ctx, session.RoundNoun, session.RoundID(p.ID, round.Number), 0, round, round.Steps()); err != nil {
		return err
	}
	return c.advance(ctx, b, p.Rounds.Next(at), nil)
}

// pairUp decides who meets whom in a round that begins at the given beat.
func (c *Crew) pairUp(ctx context.Context, p *Programme, number int, at time.Time) (session.Round, error) {
	pairing, err := c.pairing(ctx, p, number, at)
	if err != nil {
		return session.Round{}, err
	}
	for _, u := range pairing.plan.Unkept {
		c.Log.Warn("a pin could not be kept", "programme", p.ID, "round", number, "why", string(u.Reason.Code))
	}
	return pairing.round, nil
}

// roundOf loads the round a step is about, with its programme.
func (c *Crew) roundOf(ctx context.Context, s cadence.Step) (*Programme, session.Round, error) {
	var r session.Round
	v, err := c.Store.Load(ctx, session.RoundNoun, s.ID, &r)
	if err != nil || v == 0 {
		return nil, r, err
	}
	p, err := c.programme(r.Programme)
	return p, r, err
}

// bookRound reads everybody's calendar once and gives each pair a session, with its time or
// with the reason why there is none. Who meets whom is settled and written down before the
// first session exists.
func (c *Crew) bookRound(ctx context.Context, s cadence.Step) error {
	p, r, err := c.roundOf(ctx, s)
	if err != nil || p == nil || r.Open {
		return err
	}
	planned, err := c.settleRound(ctx, p, &r)
	if err != nil {
		return err
	}
	for _, x := range planned {
		if err := c.createSession(ctx, p, x); err != nil {
			return err
		}
	}
	if err := c.tellUnpaired(ctx, p, r); err != nil {
		return err
	}
	_, err = c.changeRound(ctx, p, r.Number, func(r session.Round) (session.Round, bool) {
		r.Open = true
		return r, true
	})
	return err
}

// settleRound arranges a round, or plans again what was arranged before this was interrupted.
func (c *Crew) settleRound(ctx context.Context, p *Programme, r *session.Round) ([]session.Session, error) {
	if r.Arranged {
		return c.planSessions(ctx, p, *r, r.Groups)
	}
	x, err := c.afresh(ctx, p, *r)
	if err != nil {
		return nil, err
	}
	x, planned, err := c.arrange(ctx, p, x)
	if err != nil {
		return nil, err
	}
	mine := false
	*r, err = c.changeRound(ctx, p, r.Number, func(r session.Round) (session.Round, bool) {
		if mine = !r.Arranged; mine {
			r.Groups, r.Left, r.Arranged = x.round.Groups, x.round.Left, true
		}
		return r, mine
	})
	if err != nil || mine {
		return planned, err
	}
	return c.planSessions(ctx, p, *r, r.Groups) // somebody else was faster, and theirs counts
}

// planSessions gives groups their times as they are.
func (c *Crew) planSessions(ctx context.Context, p *Programme, r session.Round, groups []match.Group) ([]session.Session, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	k, err := c.calendars(ctx, p, r, inRound(session.Round{Groups: groups}))
	if err != nil {
		return nil, err
	}
	return k.plan(groups)
}

// tellUnpaired lets nobody wait for a partner who will not come.
func (c *Crew) tellUnpaired(ctx context.Context, p *Programme, r session.Round) error {
	office := c.offices(ctx, p)
	for _, l := range r.Left {
		m, _, err := c.member(ctx, p.ID, l.ID)
		if err != nil {
			return err
		}
		key := "unpaired/" + session.RoundID(p.ID, r.Number) + "/" + string(l.ID)
		if err := c.oweAt(ctx, p, key, prompt.In(m.Speaks()).Unpaired(l.ID, l.Reason.Code), office(l.ID).Into(c.now())); err != nil {
			return err
		}
	}
	return nil
}

func (c *Crew) changeRound(ctx context.Context, p *Programme, number int, decide func(session.Round) (session.Round, bool)) (session.Round, error) {
	return change(ctx, c, session.RoundNoun, session.RoundID(p.ID, number), session.Round.Steps, func(r session.Round, v int64) (session.Round, bool, error) {
		if v == 0 {
			return r, false, nil
		}
		next, changed := decide(r)
		return next, changed, nil
	})
}

// eraseReasons removes from every round why somebody was paired: it rests on what they told us.
func (c *Crew) eraseReasons(ctx context.Context, p *Programme, id roster.ID) error {
	newest, err := c.latestRound(ctx, p)
	if err != nil {
		return err
	}
	for n := 1; n <= newest; n++ {
		if _, err := c.changeRound(ctx, p, n, func(r session.Round) (session.Round, bool) {
			r.Groups = slices.Clone(r.Groups)
			for i, g := range r.Groups {
				if slices.Contains(g.People, id) {
					r.Groups[i].Reasons = nil
				}
			}
			return r, true
		}); err != nil {
			return err
		}
	}
	return nil
}
