package jobs

import (
	"context"
	"hash/fnv"
	"slices"
	"time"

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
