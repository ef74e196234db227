package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// evidence is what the tenant saw, what people did and what the store holds, at the end.
type evidence struct {
	store   *store.Store
	clock   jobs.Fast
	creds   m365sim.Credentials
	company m365sim.Company
	outages []span

	now      time.Time // when everything was settled
	journal  []m365sim.Entry
	acts     []m365sim.Act
	desks    map[string]m365sim.Desk // by Entra id
	rows     map[string]jobs.Row     // by the promise's key
	members  map[roster.ID]roster.Member
	rounds   []session.Round
	sessions []session.Session
	pulses   []insight.Pulse
	voices   []insight.Voice
	ballots  []insight.Ballot
	replies  []jobs.Reply
	beats    []jobs.Beat
	due      []cadence.Step // everything, also what lies ahead
}

// pending lists what is overdue or in doubt at this moment.
func (e *evidence) pending(ctx context.Context) (all []string, err error) {
	late, err := e.store.Due(ctx, e.late(), 10)
	if err != nil {
		return nil, err
	}
	for _, s := range late {
		all = append(all, fmt.Sprintf("%s %s %s since %s", s.Kind, s.ID, s.Who, s.At.Format("Mon 15:04")))
	}
	return all, each(ctx, e.store, jobs.PromiseNoun, func(r jobs.Row) {
		if r.State == jobs.Unknown || r.State == jobs.Intent && r.At.Before(e.late()) {
			all = append(all, r.Key+" is "+string(r.State))
		}
	})
}

// late is the moment before which everything that was due must have been done.
func (e *evidence) late() time.Time {
	now := e.now
	if now.IsZero() {
		now = e.clock.Now()
	}
	return now.Add(-e.clock.Virtual(overdue))
}

// read collects everything.
func (e *evidence) read(ctx context.Context, o office) (err error) {
	if e.journal, err = o.journal(); err != nil {
		return err
	}
	if err := o.get("/sim/acts", &e.acts); err != nil {
		return err
	}
	var state struct{ Persons []m365sim.Desk }
	if err := o.get("/sim/state?all=1", &state); err != nil {
		return err
	}
	e.desks = map[string]m365sim.Desk{}
	for _, d := range state.Persons {
		e.desks[d.ID] = d
	}
	e.rows, e.members = map[string]jobs.Row{}, map[roster.ID]roster.Member{}
	for _, err := range []error{
		each(ctx, e.store, jobs.PromiseNoun, func(r jobs.Row) { e.rows[r.Key] = r }),
		each(ctx, e.store, jobs.MemberNoun, func(m roster.Member) { e.members[m.Person.ID] = m }),
		each(ctx, e.store, session.RoundNoun, func(r session.Round) { e.rounds = append(e.rounds, r) }),
		each(ctx, e.store, session.Noun, func(x session.Session) { e.sessions = append(e.sessions, x) }),
		each(ctx, e.store, insight.PulseNoun, func(p insight.Pulse) { e.pulses = append(e.pulses, p) }),
		each(ctx, e.store, insight.VoiceNoun, func(v insight.Voice) { e.voices = append(e.voices, v) }),
		each(ctx, e.store, insight.BallotNoun, func(b insight.Ballot) { e.ballots = append(e.ballots, b) }),
		each(ctx, e.store, jobs.ReplyNoun, func(r jobs.Reply) { e.replies = append(e.replies, r) }),
		each(ctx, e.store, jobs.BeatNoun, func(b jobs.Beat) { e.beats = append(e.beats, b) }),
	} {
		if err != nil {
			return err
		}
	}
	e.due, err = e.store.Due(ctx, e.now.AddDate(10, 0, 0), 100_000)
	return err
}

// programme is the id of the only one, as killYAML has it.
const programme = "peers"

// hired finds the person of the company behind an address.
func (e *evidence) hired(mail string) (m365sim.Employee, bool) {
	for _, p := range e.company.People {
		if strings.EqualFold(p.Mail, mail) {
			return p, true
		}
	}
	return m365sim.Employee{}, false
}

// office is somebody's working time as rapport knows it.
func (e *evidence) office(id roster.ID) cadence.Office {
	p := e.members[id].Person
	ref := p.Hours.Zone
	if ref.Name == "" && ref.Custom == nil {
		ref = p.Zone
	}
	loc, err := zone.Load(ref, p.Country)
	if err != nil {
		loc = time.UTC
	}
	return cadence.Of(p.Hours, loc)
}

// session finds one by its id.
func (e *evidence) session(id string) (session.Session, bool) {
	for _, x := range e.sessions {
		if x.ID == id {
			return x, true
		}
	}
	return session.Session{}, false
}

// down is how much of a stretch some worker was dead or had just died.
func (e *evidence) down(from, to time.Time) (down time.Duration) {
	for _, o := range e.outages {
		begin, end := o.from, o.to.Add(e.clock.Virtual(recovery))
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if end.After(begin) {
			down += end.Sub(begin)
		}
	}
	return down
}

// summary is what the round came to, so that one sees that something happened.
func (e *evidence) summary() string {
	what, states := map[string]int{}, map[session.State]int{}
	for _, j := range e.journal {
		what[j.What]++
	}
	for _, x := range e.sessions {
		states[x.State]++
	}
	shown, passed, answered, heard, again := 0, 0, 0, 0, 0
	for _, x := range e.sessions {
		for _, p := range x.Parts {
			shown, passed = shown+len(p.Told)-len(p.Skipped), passed+len(p.Skipped)
			if p.FollowUp != nil && !p.FollowUp.Answered.IsZero() {
				answered++
			}
		}
	}
	for _, a := range e.acts {
		if a.Heard {
			heard++
		}
	}
	for _, r := range e.rows {
		if r.Tries > 1 {
			again++
		}
	}
	return fmt.Sprintf("%v, sessions %v, prompts %d shown %d passed over, %d follow-ups answered, %d acts %d heard, %d promises %d tried again",
		what, states, shown, passed, answered, len(e.acts), heard, len(e.rows), again)
}
