package jobs

import (
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// rememberRounds is how far back pairing looks at least: after twenty-four rounds a repeat
// costs nothing in the score.
const rememberRounds = 24

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

// pairing is a round together with what it was made from.
type pairing struct {
	people  []match.Person
	history match.History
	plan    match.Plan
	round   session.Round
}

func (c *Crew) pairing(ctx context.Context, p *Programme, number int, at time.Time) (x pairing, err error) {
	if x.people, x.history, err = c.candidates(ctx, p, number, at); err != nil {
		return x, err
	}
	wishes, err := c.wishes(ctx, p, number)
	if err != nil {
		return x, err
	}
	x.plan = match.Pairs(x.people, x.history, number, p.Weights, seedOf(p.ID), wishes)
	x.round = session.Round{Programme: p.ID, Number: number, At: at, Until: p.Rounds.Next(at),
		Groups: x.plan.Groups, Left: x.plan.Out, Since: c.now()}
	return x, nil
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
		if awayCode(m, p.Consent) == "" {
			people = append(people, c.candidate(p, m, past, number, at))
		}
	}
	return people, session.Meetings(past), nil
}

func awayCode(m roster.Member, consent string) match.Code {
	switch {
	case m.Standing == roster.Paused:
		return "paused"
	case !m.Eligible(consent):
		return "no-consent"
	case m.Beyond:
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
// with the reason why there is none.
func (c *Crew) bookRound(ctx context.Context, s cadence.Step) error {
	p, r, err := c.roundOf(ctx, s)
	if err != nil || p == nil || r.Open {
		return err
	}
	planned, err := c.planSessions(ctx, p, r, r.Groups)
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

// tellUnpaired lets nobody wait for a partner who will not come.
func (c *Crew) tellUnpaired(ctx context.Context, p *Programme, r session.Round) error {
	office := c.offices(ctx, p)
	for _, l := range r.Left {
		m, _, err := c.member(ctx, p.ID, l.ID)
		if err != nil {
			return err
		}
		key := "unpaired/" + session.RoundID(p.ID, r.Number) + "/" + string(l.ID)
		if err := c.oweAt(ctx, p, key, prompt.In(m.Person.Language).Unpaired(l.ID, l.Reason.Code), office(l.ID).Into(c.now())); err != nil {
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

// repairRound finds new partners for people who lost theirs: first among themselves and
// those who were left over; whoever stays alone gets the asynchronous form.
func (c *Crew) repairRound(ctx context.Context, s cadence.Step) error {
	p, r, err := c.roundOf(ctx, s)
	if err != nil || p == nil || len(r.Freed) == 0 {
		return err
	}
	freed := r.Freed
	groups, alone, err := c.rematch(ctx, p, r)
	if err != nil {
		return err
	}
	planned, err := c.planSessions(ctx, p, r, groups)
	if err != nil {
		return err
	}
	for _, id := range alone {
		x, err := c.planAlone(p, r, id)
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
	_, err = c.changeRound(ctx, p, r.Number, func(r session.Round) (session.Round, bool) {
		for _, id := range alone { // counts as sitting out: they come first next time
			r.Left = append(slices.Clone(r.Left), match.Left{ID: id, Reason: match.Reason{Code: match.NobodyElse}})
		}
		r.Groups = append(slices.Clone(r.Groups), groups...)
		r.Freed = slices.DeleteFunc(slices.Clone(r.Freed), func(id roster.ID) bool { return slices.Contains(freed, id) })
		r.Left = slices.DeleteFunc(slices.Clone(r.Left), func(l match.Left) bool {
			return slices.ContainsFunc(groups, func(g match.Group) bool { return slices.Contains(g.People, l.ID) })
		})
		return r, true
	})
	return err
}

// rematch pairs the freed people, and those left over, who may still take part.
func (c *Crew) rematch(ctx context.Context, p *Programme, r session.Round) (groups []match.Group, alone []roster.ID, err error) {
	members, err := c.members(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	past, err := c.pastRounds(ctx, p, r.Number+1, len(members))
	if err != nil {
		return nil, nil, err
	}
	var people []match.Person
	candidates := slices.Clone(r.Freed)
	for _, l := range r.Left {
		candidates = append(candidates, l.ID)
	}
	slices.Sort(candidates)
	for _, id := range slices.Compact(candidates) {
		m, v, err := c.member(ctx, p.ID, id)
		if err != nil {
			return nil, nil, err
		}
		busy, err := c.busyIn(ctx, p, r.Number, id)
		if err != nil {
			return nil, nil, err
		}
		if v > 0 && !busy && awayCode(m, p.Consent) == "" {
			people = append(people, c.candidate(p, m, past, r.Number, c.now()))
		}
	}
	wishes, err := c.wishes(ctx, p, r.Number)
	if err != nil {
		return nil, nil, err
	}
	plan := match.Pairs(people, session.Meetings(past), r.Number, p.Weights, seedOf(p.ID), match.Wishes{Forbids: wishes.Forbids})
	for _, l := range plan.Out {
		if slices.Contains(r.Freed, l.ID) {
			alone = append(alone, l.ID)
		}
	}
	return plan.Groups, alone, nil
}

// busyIn says whether somebody already has another live session in the round.
func (c *Crew) busyIn(ctx context.Context, p *Programme, round int, id roster.ID) (bool, error) {
	live, err := c.sessions(ctx, p, func(n int) bool { return n == round }, func(x session.Session) bool {
		return x.Involves(id) && x.State != session.Cancelled
	})
	return len(live) > 0, err
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

// playbookOf is the playbook of a round: the programme's, in turn.
func (c *Crew) playbookOf(p *Programme, round int) (playbooks.Playbook, error) {
	if len(p.Playbooks) == 0 {
		return playbooks.Playbook{}, errors.New("jobs: programme " + p.ID + " has no playbooks; name some in the configuration")
	}
	id := p.Playbooks[(round-1)%len(p.Playbooks)]
	b, ok := c.Library.Find(id)
	if !ok {
		return b, errors.New("jobs: there is no playbook " + id + "; the library has " + strings.Join(c.playbookIDs(), ", "))
	}
	return b, nil
}

func (c *Crew) playbookIDs() []string {
	var ids []string
	for _, b := range c.Library.All() {
		ids = append(ids, b.ID)
	}
	return ids
}
