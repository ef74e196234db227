package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Gauge is how much there is to do and how people stand, at one moment. It names nobody.
type Gauge struct {
	InDoubt       int           // promises begun of which nobody has written down what became of them
	OldestPromise time.Duration // how long ago the oldest of these was begun, the clock's time
	Due           int           // steps whose time has come, at most MostCounted
	OldestDue     time.Duration // how long ago the oldest of these was due, the clock's time
	People        []Standings   // by programme, in the order of their ids
}

// Standings is how many people of one programme stand where.
type Standings struct {
	Programme   string
	People      map[roster.Standing]int
	Unreachable int // of those who take part or were asked: Teams cannot reach them
}

// MostCounted bounds what Gauge counts; far more than this is due only when nobody works.
const MostCounted = 10_000

// Gauge reads the store and changes nothing. It takes one look at what is due and one at
// every member.
func (c *Crew) Gauge(ctx context.Context) (Gauge, error) {
	g, err := c.gaugeDue(ctx)
	if err != nil {
		return g, err
	}
	g.People, err = c.standings(ctx)
	return g, err
}

// gaugeDue counts what is due. Every promise that is begun carries the step that will ask
// about it, a little later than now: so these steps are the promises in doubt.
func (c *Crew) gaugeDue(ctx context.Context) (Gauge, error) {
	var g Gauge
	now := c.now()
	after := max(c.Ledger.grace(), c.Ledger.Limit+c.Ledger.Limit/2) // as Ledger.doubts has it
	steps, err := c.Store.Due(ctx, now.Add(after), MostCounted)
	if err != nil {
		return g, err
	}
	for _, s := range steps {
		if s.Kind == KindSettle {
			g.InDoubt++
			g.OldestPromise = max(g.OldestPromise, now.Sub(s.At.Add(-after)))
		}
		if !s.At.After(now) {
			g.Due++
			g.OldestDue = max(g.OldestDue, now.Sub(s.At))
		}
	}
	return g, nil
}

// standings counts the members of the programmes that are in the configuration.
func (c *Crew) standings(ctx context.Context) ([]Standings, error) {
	ids, err := c.Store.IDs(ctx, MemberNoun)
	if err != nil {
		return nil, err
	}
	people, beyond := map[string]map[roster.Standing]int{}, map[string]int{}
	for _, id := range ids {
		var m roster.Member
		if _, err := c.Store.Load(ctx, MemberNoun, id, &m); err != nil {
			return nil, err
		}
		if people[m.Programme] == nil {
			people[m.Programme] = map[roster.Standing]int{}
		}
		people[m.Programme][m.Standing]++
		if m.Beyond && (m.Standing == roster.In || m.Standing == roster.Invited) {
			beyond[m.Programme]++
		}
	}
	var all []Standings
	for _, p := range c.ordered() {
		all = append(all, Standings{p.ID, people[p.ID], beyond[p.ID]})
	}
	return all, nil
}

// GivenUp counts the promises that may or may not have been kept and that nobody lets us ask
// about. It reads the whole ledger: for an administrator, not for every scrape.
func (c *Crew) GivenUp(ctx context.Context) (int, error) {
	ids, err := c.Store.IDs(ctx, PromiseNoun)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, id := range ids {
		var row Row
		if _, err := c.Store.Load(ctx, PromiseNoun, id, &row); err != nil {
			return 0, err
		}
		if row.State == Unknown && c.now().Sub(row.At) > 2*c.Ledger.grace() {
			n++
		}
	}
	return n, nil
}

// Outcomes are the ways in which a step can end, for metrics.
var Outcomes = []string{"done", "later", "in_doubt", "refused", "unreachable", "failed"}

// outcome names the end of a step in one word.
func outcome(err error) string {
	switch {
	case err == nil:
		return "done"
	case unreachable(err):
		return "unreachable"
	case inDoubt(err), errors.Is(err, ErrInDoubt):
		return "in_doubt"
	case permanent(err), errors.Is(err, ErrRefused):
		return "refused"
	case waitOf(err) > 0, errors.Is(err, ErrSendingOff):
		return "later"
	}
	return "failed"
}
