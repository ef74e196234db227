package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// guides says which playbook the people of a session follow in one round: the one the
// programme names for it, or the one that fits its focus skill and what they want to practise.
type guides struct {
	library playbooks.Library
	p       *Programme
	round   session.Round
	done    map[roster.ID][]string // playbooks of the latest rounds, the latest first
}

// guides reads what people did in the latest rounds, where that matters.
func (c *Crew) guides(ctx context.Context, p *Programme, r session.Round) (*guides, error) {
	g := &guides{library: c.Library(), p: p, round: r}
	if len(p.Playbooks) > 0 {
		return g, nil
	}
	var err error
	g.done, err = c.had(ctx, p, r)
	return g, err
}

// choose answers the playbook for these people, and why it was chosen; no reason for one that
// the programme names.
func (g *guides) choose(members []roster.Member) (playbooks.Playbook, playbooks.Reason, error) {
	if id := g.p.Playbook(g.round.Number); id != "" {
		b, ok := g.library.Find(id)
		if !ok {
			return b, playbooks.Reason{}, errors.New("jobs: there is no playbook " + id + "; the library has " + strings.Join(g.ids(), ", "))
		}
		return b, playbooks.Reason{}, nil
	}
	ask := g.ask(members)
	b, why := playbooks.Choose(g.library, ask)
	if why.Code == playbooks.WhyNothing {
		return b, why, errors.New("jobs: the library has no playbook for " + string(ask.Format))
	}
	return b, why, nil
}

// ask is what is known of these people when they need a playbook.
func (g *guides) ask(members []roster.Member) playbooks.Ask {
	ask := playbooks.Ask{Focus: cadence.Focus(g.p.Focus, g.p.Zone, g.p.Rounds.First, g.round.At), Format: formats[min(len(members), 3)]}
	var people []roster.ID
	for _, m := range members {
		people = append(people, m.Person.ID)
		ask.Stretch = append(ask.Stretch, m.Profile.Stretch...)
		ask.Done = append(ask.Done, g.done[m.Person.ID])
	}
	slices.Sort(ask.Stretch)
	ask.Stretch = slices.Compact(ask.Stretch)
	ask.Seed = seedOf(session.ID(g.p.ID, g.round.Number, people))
	return ask
}

// Playbook is the id of the playbook that a round uses: they take turns. "" without any.
func (p *Programme) Playbook(round int) string {
	if len(p.Playbooks) == 0 || round < 1 {
		return ""
	}
	return p.Playbooks[(round-1)%len(p.Playbooks)]
}

// formats is how so many people go through a playbook.
var formats = []playbooks.Format{playbooks.Asynchronous, playbooks.Asynchronous, playbooks.Pair, playbooks.Trio}

func (g *guides) ids() []string {
	var ids []string
	for _, b := range g.library.DeepDives() {
		ids = append(ids, b.ID)
	}
	return ids
}

// session plans the session of a group with its playbook.
func (g *guides) session(group match.Group, members []roster.Member, within slots.Window, at time.Time) (session.Session, error) {
	book, why, err := g.choose(members)
	x := session.Plan(g.p.ID, g.round.Number, group, book.ID, book.Minutes, within, at)
	x.Because = why
	return x, err
}
