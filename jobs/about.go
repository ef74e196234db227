package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// About is everything one programme keeps about one person, for that person alone.
type About struct {
	Programme prompt.Programme
	Member    roster.Member
	Zone      *time.Location
	Carried   time.Duration  // inconvenience carried so far
	Sessions  []prompt.Scene // all of them, oldest first
	// Votes are the person's answers to a pulse that is still open, by month. Afterwards nobody
	// can say any more which were theirs.
	Votes map[string]prompt.Vote
	// Offers is what they offered for the library, newest first. It belongs to no programme and
	// is the same in each.
	Offers []curation.Contribution
}

// About answers what every programme keeps about a person, by programme id; nothing of
// somebody in none. It changes nothing.
func (d Desk) About(ctx context.Context, who roster.ID) ([]About, error) {
	var all []About
	offers, err := Workshop(d).Mine(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, p := range d.ordered() {
		m, v, err := d.Crew.member(ctx, p.ID, who)
		if err != nil {
			return nil, err
		}
		if v == 0 {
			continue
		}
		m.Person.ID = who // of somebody forgotten nothing else is kept
		known, err := d.known(ctx, p, m)
		if err != nil {
			return nil, err
		}
		a := About{Programme: p.says(), Member: m, Zone: known.Zone, Carried: known.Carried, Sessions: known.Sessions, Offers: offers}
		if a.Votes, err = d.votes(ctx, p, who); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// known gathers what is kept about a member; "what do you know about me" and the member's own
// page say the same because both are made from it.
func (d Desk) known(ctx context.Context, p *Programme, m roster.Member) (prompt.Known, error) {
	known := prompt.Known{Member: m, Zone: d.clockOf(p, m.Person), Carried: session.Carried(m.Burdens, d.now())}
	mine, err := d.mine(ctx, p, m.Person.ID)
	if err != nil {
		return known, err
	}
	for _, x := range mine {
		scene, _, err := d.scene(ctx, p, x, m.Person.ID)
		if err != nil {
			return known, err
		}
		known.Sessions = append(known.Sessions, scene)
	}
	return known, nil
}

// mine lists a person's sessions, oldest round first. Rounds say who met whom, so this reads
// one document a round and not every session of the programme.
func (c *Crew) mine(ctx context.Context, p *Programme, who roster.ID) ([]session.Session, error) {
	latest, err := c.latestRound(ctx, p)
	if err != nil {
		return nil, err
	}
	var all []session.Session
	for n := 1; n <= latest; n++ {
		of, err := c.ofRound(ctx, p, n, func(people []roster.ID) bool { return slices.Contains(people, who) })
		if err != nil {
			return nil, err
		}
		for _, x := range of {
			if x.Parts[who] != nil {
				all = append(all, x)
			}
		}
	}
	return all, nil
}

// ofRound lists the sessions of a round whose people are wanted, in the order of its groups.
func (c *Crew) ofRound(ctx context.Context, p *Programme, number int, want func([]roster.ID) bool) ([]session.Session, error) {
	var r session.Round
	if _, err := c.Store.Load(ctx, session.RoundNoun, session.RoundID(p.ID, number), &r); err != nil {
		return nil, err
	}
	var all []session.Session
	seen := map[string]bool{}
	for _, g := range r.Groups {
		id := session.ID(p.ID, number, g.People)
		if seen[id] || !want(g.People) {
			continue
		}
		seen[id] = true
		var x session.Session
		v, err := c.Store.Load(ctx, session.Noun, id, &x)
		if err != nil {
			return nil, err
		}
		if v > 0 {
			all = append(all, x)
		}
	}
	return all, nil
}

// votes are a person's answers to the programme's pulse while it is open, by month.
func (c *Crew) votes(ctx context.Context, p *Programme, who roster.ID) (map[string]prompt.Vote, error) {
	out := map[string]prompt.Vote{}
	for _, month := range c.openMonths(p) {
		var b insight.Ballot
		v, err := c.Store.Load(ctx, insight.BallotNoun, insight.ID(p.ID, month), &b)
		if err != nil {
			return nil, err
		}
		if vote, cast := b.Votes[b.Token(who)]; v > 0 && cast {
			out[month] = vote
		}
	}
	return out, nil
}

// openMonths are the months whose pulse may be open now: a pulse takes answers for three weeks
// at most, so it opened this month or the one before.
func (c *Crew) openMonths(p *Programme) []string {
	now := c.now().In(p.Zone)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, p.Zone)
	return []string{first.AddDate(0, 0, -1).Format("2006-01"), first.Format("2006-01")}
}

// Record is an About for machines: what a person takes along when they leave. Its names are
// kept as they are once somebody has written a program that reads them.
type Record struct {
	Programme string                  `json:"programme"`
	Name      string                  `json:"name"`
	Member    roster.Member           `json:"member"`
	Zone      string                  `json:"zone"`
	Carried   int                     `json:"carried_minutes,omitempty"`
	Sessions  []RecordedSession       `json:"sessions"`
	Votes     map[string]prompt.Vote  `json:"open_pulse_answers,omitempty"`      // by month
	Offers    []curation.Contribution `json:"offered_for_the_library,omitempty"` // the same in every programme
}

// RecordedSession is one session as one of its people may take it along: their own words, and
// of the others no more than their names.
type RecordedSession struct {
	ID       string        `json:"id"`
	Round    int           `json:"round"`
	With     []string      `json:"with,omitempty"`
	Playbook string        `json:"playbook"`
	Title    string        `json:"title"`
	State    session.State `json:"state"`
	Slot     *slots.Window `json:"slot,omitempty"` // UTC
	Reply    string        `json:"reply,omitempty"`
	Why      []string      `json:"why,omitempty"` // you were paired, in words
	Mine     *session.Part `json:"mine"`
}

// Record is the About for machines.
func (a About) Record() Record {
	r := Record{Programme: a.Programme.ID, Name: a.Programme.Name, Member: a.Member, Zone: a.Zone.String(), Carried: int(a.Carried / time.Minute),
		Sessions: []RecordedSession{}, Votes: a.Votes, Offers: a.Offers}
	say := prompt.In(a.Member.Speaks())
	for _, c := range a.Sessions {
		x := c.Session
		s := RecordedSession{ID: x.ID, Round: x.Round, Playbook: x.Playbook, Title: c.Playbook.Title, State: x.State, Slot: x.Slot,
			Reply: x.Replies[c.Me.ID], Why: say.Reasons(c), Mine: x.Parts[a.Member.Person.ID]}
		for _, p := range c.Partners {
			s.With = append(s.With, p.Name)
		}
		r.Sessions = append(r.Sessions, s)
	}
	return r
}

// Card is the About for people as the card of the same question says it: when there is too
// much for a card, the oldest sessions are left out and counted.
func (a About) Card() prompt.Message {
	return prompt.In(a.Member.Speaks()).Knows(prompt.Known{Member: a.Member, Zone: a.Zone, Carried: a.Carried, Sessions: a.Sessions})
}

// Words is the About for people, complete however long it is: what the card of the same
// question says, with every session in it.
func (a About) Words() prompt.Message {
	say := prompt.In(a.Member.Speaks())
	m := say.Knows(prompt.Known{Member: a.Member, Zone: a.Zone, Carried: a.Carried})
	if len(a.Sessions) == 0 {
		return m
	}
	var told []prompt.Block
	for _, c := range a.Sessions {
		one := say.Knows(prompt.Known{Member: a.Member, Zone: a.Zone, Carried: a.Carried, Sessions: []prompt.Scene{c}})
		told = append(told, ofSessions(one.Blocks)...)
	}
	head, foot := aroundSessions(m.Blocks)
	m.Blocks = append(append(head, told...), foot...)
	return m
}

// ofSessions are the blocks of a card about sessions: behind its last heading, before its notes.
func ofSessions(all []prompt.Block) []prompt.Block {
	from, until := sessionsIn(all)
	return all[from:until]
}

func aroundSessions(all []prompt.Block) (head, foot []prompt.Block) {
	from, until := sessionsIn(all)
	return all[:from:from], all[until:]
}

func sessionsIn(all []prompt.Block) (from, until int) {
	until = len(all)
	for i, b := range all {
		switch {
		case b.Head != "":
			from = i + 1
		case b.Note != "" && until == len(all):
			until = i
		}
	}
	return from, until
}
