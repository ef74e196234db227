package jobs

import (
	"context"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// The jobs about one member.
const (
	KindInvite = "member:invite"
	KindCut    = "member:cut"
	KindRest   = "member:rest"
)

// memberSteps lists what a member is due for under the programme's current consent text.
func (c *Crew) memberSteps(ctx context.Context, p *Programme) func(roster.Member) []cadence.Step {
	return func(m roster.Member) []cadence.Step {
		var steps []cadence.Step
		add := func(kind string, step cadence.Step) {
			step.Kind, step.Noun, step.ID = kind, MemberNoun, memberID(p.ID, m.Person.ID)
			steps = append(steps, step)
		}
		if m.Cut {
			add(KindCut, cadence.Step{At: c.now()})
		}
		if m.Lull > 0 && m.Standing == roster.Paused && !m.Beyond {
			office := cadence.Of(m.Person.Hours, c.clockOf(p, m.Person))
			add(KindRest, cadence.Step{At: office.Into(c.now())})
		}
		if m.Unasked(p.Consent) && !m.Beyond {
			office := cadence.Of(m.Person.Hours, c.clockOf(p, m.Person))
			add(KindInvite, cadence.Step{At: office.Into(c.now())})
		}
		return steps
	}
}

func (c *Crew) changeMember(ctx context.Context, p *Programme, id roster.ID, decide func(roster.Member, int64) (roster.Member, bool)) (roster.Member, error) {
	return change(ctx, c, MemberNoun, memberID(p.ID, id), c.memberSteps(ctx, p), func(m roster.Member, v int64) (roster.Member, bool, error) {
		next, changed := decide(m, v)
		return next, changed, nil
	})
}

// members lists the members of a programme, by id.
func (c *Crew) members(ctx context.Context, p *Programme) ([]roster.Member, error) {
	ids, err := c.Store.IDs(ctx, MemberNoun)
	if err != nil {
		return nil, err
	}
	var all []roster.Member
	for _, id := range ids {
		person, ours := strings.CutPrefix(id, p.ID+".")
		if !ours {
			continue
		}
		m, v, err := c.member(ctx, p.ID, roster.ID(person))
		if err != nil {
			return nil, err
		}
		if v > 0 && m.Programme == p.ID {
			all = append(all, m)
		}
	}
	return all, nil
}

// memberOf loads the member a step is about, with the programme.
func (c *Crew) memberOf(ctx context.Context, s cadence.Step) (*Programme, roster.Member, error) {
	var m roster.Member
	v, err := c.Store.Load(ctx, MemberNoun, s.ID, &m)
	if err != nil || v == 0 {
		return nil, m, err
	}
	p, err := c.programme(m.Programme)
	return p, m, err
}

// invite asks a member whether they want to take part. Nothing happens without their yes.
func (c *Crew) invite(ctx context.Context, s cadence.Step) error {
	p, m, err := c.memberOf(ctx, s)
	if err != nil || p == nil || !m.Unasked(p.Consent) {
		return err
	}
	shown, err := c.tell(ctx, p, m, prompt.In(m.Speaks()).Invite(p.says(), m.Person))
	if err != nil || !shown {
		return err
	}
	_, err = c.changeMember(ctx, p, m.Person.ID, func(m roster.Member, _ int64) (roster.Member, bool) {
		if !m.Unasked(p.Consent) {
			return m, false
		}
		m.Asked = roster.Mark{Version: p.Consent, At: c.now()}
		return m, true
	})
	return err
}

// cut takes a member out of every session that still lies ahead, so that partners are told
// and looked after; of a forgotten member it also erases what they told us.
func (c *Crew) cut(ctx context.Context, s cadence.Step) error {
	p, m, err := c.memberOf(ctx, s)
	if err != nil || p == nil || !m.Cut {
		return err
	}
	mine := func(x session.Session) bool { return x.Parts[m.Person.ID] != nil }
	sessions, err := c.sessions(ctx, p, every, mine)
	if err != nil {
		return err
	}
	for _, x := range sessions {
		if _, err := c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
			return cutOut(x, m, c.now()), true, nil
		}); err != nil {
			return err
		}
	}
	if m.Standing == roster.Forgotten {
		if err := c.eraseVotes(ctx, p, m.Person.ID); err != nil {
			return err
		}
		if err := c.eraseReasons(ctx, p, m.Person.ID); err != nil {
			return err
		}
		if err := c.eraseOffers(ctx, m.Person.ID); err != nil {
			return err
		}
	}
	_, err = c.changeMember(ctx, p, m.Person.ID, func(m roster.Member, _ int64) (roster.Member, bool) {
		m.Cut = false
		return m, true
	})
	return err
}

// cutOut is a session without the member: a pause leaves what is over alone but asks nothing
// more, being forgotten erases it.
func cutOut(x session.Session, m roster.Member, at time.Time) session.Session {
	switch {
	case m.Standing == roster.Forgotten:
		return x.Erase(m.Person.ID, at)
	case m.Standing == roster.Paused && !x.Live():
		return x.Drop(m.Person.ID)
	}
	return x.Withdraw(m.Person.ID, at)
}
