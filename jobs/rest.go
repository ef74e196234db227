package jobs

import (
	"context"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// mostSilences is how many sessions running somebody may leave unanswered before rapport
// stops asking.
const mostSilences = 3

// restSilent pauses the members who said nothing after their last three sessions, before a
// new round would ask them again. Nobody is told but they themselves.
func (c *Crew) restSilent(ctx context.Context, p *Programme, number int) error {
	past, err := c.sessions(ctx, p, func(n int) bool { return n >= number-rememberRounds && n < number }, func(x session.Session) bool {
		return x.State == session.Ended
	})
	if err != nil {
		return err
	}
	members, err := c.members(ctx, p)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Standing != roster.In || !silent3(past, m) {
			continue
		}
		if _, err := c.changeMember(ctx, p, m.Person.ID, func(m roster.Member, _ int64) (roster.Member, bool) {
			return m.Rest(number), true
		}); err != nil {
			return err
		}
	}
	return nil
}

// silent3 says whether a member was asked how it was after each of their last three sessions
// since they came back, and answered none.
func silent3(past []session.Session, m roster.Member) bool {
	silences := map[int]bool{} // by round, so that two sessions of a repaired round are one
	newest := 0
	for _, x := range past {
		part := x.Parts[m.Person.ID]
		if part == nil || part.Out || x.Round < m.Back {
			continue
		}
		newest = max(newest, x.Round)
		quiet := part.Closing == nil && part.Shown(session.CloseUp)
		if _, seen := silences[x.Round]; !seen || !quiet {
			silences[x.Round] = quiet
		}
	}
	count := 0
	for n := newest; n > 0 && count < mostSilences; n-- {
		quiet, met := silences[n]
		if met && !quiet {
			return false
		}
		if met {
			count++
		}
	}
	return count == mostSilences
}

// rest shows somebody who was paused for their silence the way back, once.
func (c *Crew) rest(ctx context.Context, s cadence.Step) error {
	p, m, err := c.memberOf(ctx, s)
	if err != nil || p == nil || m.Lull == 0 || m.Standing != roster.Paused {
		return err
	}
	shown, err := c.tell(ctx, p, m, prompt.In(m.Speaks()).Rested(p.says(), m.Person, m.Lull))
	if err != nil || !shown {
		return err
	}
	_, err = c.changeMember(ctx, p, m.Person.ID, func(m roster.Member, _ int64) (roster.Member, bool) {
		m.Lull = 0
		return m, true
	})
	return err
}
