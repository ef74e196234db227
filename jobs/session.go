package jobs

import (
	"context"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
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
