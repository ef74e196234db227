package jobs

import (
	"context"
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Reach is what a champion may know of a programme: whom our words reach, which pairs have no
// time yet and why, and how many take part. It never holds what anybody answered, nor who
// said yes, no or nothing.
type Reach struct {
	Programme string
	Name      string
	Reached   []string    // names of those who were asked, sorted; whatever they said
	Unreached []Unreached // by name
	Waiting   []Waiting
	Taking    Share // of the people asked, those who take part
	Met       Share // of the conversations that are over, those somebody told us they had
	Pulses    []insight.Pulse
	Round     int // the newest, 0 before the first
}

// Unreached is somebody our words do not reach.
type Unreached struct {
	Name string
	Why  string // one sentence
}

// Waiting is a pair that has no time.
type Waiting struct {
	Names []string
	Why   string // in words; "" while a time is being looked for
}

// Share is a part of a whole in steps of ten per cent, from as many people as a pulse needs
// before it shows figures. It never says none or all: that would tell of everybody.
type Share struct {
	Shown   bool
	Percent int  // 10 to 90
	Edge    bool // it is that much or further out
}

// shareOf counts coarsely.
func shareOf(part, whole int) Share {
	if whole < insight.FiguresFrom {
		return Share{}
	}
	percent := (part*10 + whole/2) / whole * 10
	inside := min(90, max(10, percent))
	return Share{Shown: true, Percent: inside, Edge: inside != percent || percent == 10 || percent == 90}
}

// Reach answers what a champion may know of a programme. It changes nothing. Whether somebody
// is its champion is for the caller to know.
func (c *Crew) Reach(ctx context.Context, programme string) (Reach, error) {
	p, err := c.programme(programme)
	if err != nil {
		return Reach{}, err
	}
	r := Reach{Programme: p.ID, Name: p.Name}
	members, err := c.members(ctx, p)
	if err != nil {
		return r, err
	}
	c.count(&r, p, members)
	if r.Round, err = c.latestRound(ctx, p); err != nil {
		return r, err
	}
	if r.Waiting, err = c.waiting(ctx, p, r.Round); err != nil {
		return r, err
	}
	if r.Met, err = c.met(ctx, p, r.Round); err != nil {
		return r, err
	}
	r.Pulses, err = c.told(ctx, p)
	return r, err
}

// count sorts members into those our words reach and the others. Somebody who was forgotten,
// or is no longer in the group, is not counted at all.
func (c *Crew) count(r *Reach, p *Programme, members []roster.Member) {
	taking, asked := 0, 0
	for _, m := range members {
		if m.Standing == roster.Gone || m.Standing == roster.Forgotten || m.Person.Name == "" {
			continue
		}
		switch {
		case m.Beyond && !c.Letters:
			r.Unreached = append(r.Unreached, Unreached{m.Person.Name, "Teams cannot reach them: the app is not there."})
		case m.Asked.At.IsZero():
			r.Unreached = append(r.Unreached, Unreached{m.Person.Name, "Not asked yet: the invitation goes out in their working time."})
		default:
			r.Reached = append(r.Reached, m.Person.Name)
		}
		if !m.Asked.At.IsZero() {
			asked++
		}
		if m.Eligible(p.Consent) {
			taking++
		}
	}
	r.Taking = shareOf(taking, asked)
	slices.Sort(r.Reached)
	slices.SortFunc(r.Unreached, func(a, b Unreached) int { return strings.Compare(a.Name, b.Name) })
}

// waiting lists the pairs of a round that have no time, with the reason nobody is blamed by.
// Who chose to meet in writing has all they want and is not on the list.
func (c *Crew) waiting(ctx context.Context, p *Programme, round int) ([]Waiting, error) {
	all, err := c.ofRound(ctx, p, round, func([]roster.ID) bool { return round > 0 })
	if err != nil {
		return nil, err
	}
	var list []Waiting
	for _, x := range all {
		without := x.State == session.Planned || x.State == session.Moving ||
			x.State == session.Asynchronous && (x.Why == session.NoTime || x.Why == session.NoHours || x.Why == session.Unseen)
		if !without {
			continue
		}
		scene, _, err := c.scene(ctx, p, x, "")
		if err != nil {
			return nil, err
		}
		w := Waiting{}
		if x.State == session.Asynchronous {
			w.Why = prompt.In(prompt.Fallback).WhyTime(scene, nil)
		}
		for _, one := range scene.Partners {
			w.Names = append(w.Names, one.Name)
		}
		list = append(list, w)
	}
	return list, nil
}

// lookBack is over how many rounds what became of conversations is counted: enough that no
// single pair stands out.
const lookBack = 6

// met counts the conversations that are over and those of which somebody said that they met.
func (c *Crew) met(ctx context.Context, p *Programme, latest int) (Share, error) {
	over, held := 0, 0
	for n := max(1, latest-lookBack+1); n <= latest; n++ {
		all, err := c.ofRound(ctx, p, n, func([]roster.ID) bool { return true })
		if err != nil {
			return Share{}, err
		}
		for _, x := range all {
			if x.State != session.Ended {
				continue
			}
			over++
			if x.Held() {
				held++
			}
		}
	}
	return shareOf(held, over), nil
}

// told lists the closed pulses of a programme, newest first; their reports were made so that
// nobody can be seen in them.
func (c *Crew) told(ctx context.Context, p *Programme) ([]insight.Pulse, error) {
	ids, err := c.Store.IDs(ctx, insight.PulseNoun)
	if err != nil {
		return nil, err
	}
	var all []insight.Pulse
	for _, id := range slices.Backward(ids) {
		if len(all) == mostPulses || !strings.HasPrefix(id, p.ID+".") {
			continue
		}
		_, x, err := c.pulseOf(ctx, id)
		if err != nil {
			return nil, err
		}
		if x.Programme == p.ID && x.Report != nil {
			x.Invited = nil
			all = append(all, x)
		}
	}
	return all, nil
}

const mostPulses = 12 // a year

// MailOf is the address that Microsoft 365 has for a person, as we read it with the group; ""
// for somebody in no programme. A token's own address is not asked: its holder may be able to
// change that.
func (c *Crew) MailOf(ctx context.Context, who roster.ID) (string, error) {
	for _, p := range c.ordered() {
		m, v, err := c.member(ctx, p.ID, who)
		if err != nil {
			return "", err
		}
		if v > 0 && m.Standing != roster.Gone && m.Person.Mail != "" {
			return m.Person.Mail, nil
		}
	}
	return "", nil
}
