package jobs

import (
	"context"
	"fmt"
	"slices"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// mostAlternatives is how many playbooks a card offers: more is a library, not a choice.
const mostAlternatives = 3

// alternatives offers other playbooks for a session that lies ahead. It changes nothing.
func (d Desk) alternatives(ctx context.Context, p *Programme, m roster.Member, x session.Session) (prompt.Message, error) {
	say := prompt.In(m.Speaks())
	scene, _, err := d.scene(ctx, p, x, m.Person.ID)
	if err != nil {
		return prompt.Message{}, err
	}
	if !x.MaySwap(d.now()) {
		return say.NoAlternative(scene), nil
	}
	books, why, err := d.others(ctx, p, x, scene, mostAlternatives)
	if err != nil {
		return prompt.Message{}, err
	}
	if len(books) == 0 {
		return say.NoAlternative(scene), nil
	}
	for i, b := range books {
		books[i], _ = d.Library().In(b.ID, say.Lang)
	}
	return say.Alternatives(scene, books, why), nil
}

// others are the playbooks that a session could have instead, of the same kind and within its
// time.
func (c *Crew) others(ctx context.Context, p *Programme, x session.Session, scene prompt.Scene, most int) ([]playbooks.Playbook, []playbooks.Reason, error) {
	var r session.Round
	if _, err := c.Store.Load(ctx, session.RoundNoun, session.RoundID(p.ID, x.Round), &r); err != nil {
		return nil, nil, err
	}
	r.Number = x.Round
	done, err := c.had(ctx, p, r)
	if err != nil {
		return nil, nil, err
	}
	members, err := c.people(ctx, p, x.Present())
	if err != nil {
		return nil, nil, err
	}
	g := &guides{library: c.Library(), p: p, round: r, done: done}
	ask := g.ask(members)
	ask.Minutes = int(x.Slot.End.Sub(x.Slot.Start).Minutes())
	books, why := playbooks.Others(g.library, ask, scene.Playbook, most)
	return books, why, nil
}

// swap gives a session the playbook somebody chose, for both. The version of the card says
// which playbook was to be left, so that a press delivered twice swaps once and nobody undoes
// unawares what their partner chose meanwhile.
func (d Desk) swap(ctx context.Context, p *Programme, m roster.Member, x session.Session, a prompt.Answer) (prompt.Message, error) {
	say := prompt.In(m.Speaks())
	id, err := prompt.ReadSwap(a)
	if err != nil {
		return prompt.Message{}, err
	}
	if x.MaySwap(d.now()) && int64(x.Swaps) == a.Version {
		if x, err = d.swapTo(ctx, p, m, x, id, a.Version); err != nil {
			return prompt.Message{}, err
		}
	}
	scene, _, err := d.scene(ctx, p, x, m.Person.ID)
	if err != nil {
		return prompt.Message{}, err
	}
	if x.Playbook != id && !x.MaySwap(d.now()) {
		return say.NoAlternative(scene), nil
	}
	return say.Swapped(scene), nil // how it stands now
}

func (d Desk) swapTo(ctx context.Context, p *Programme, m roster.Member, x session.Session, id string, version int64) (session.Session, error) {
	scene, _, err := d.scene(ctx, p, x, m.Person.ID)
	if err != nil {
		return x, err
	}
	books, why, err := d.others(ctx, p, x, scene, len(d.Library().All()))
	if err != nil {
		return x, err
	}
	i := slices.IndexFunc(books, func(b playbooks.Playbook) bool { return b.ID == id })
	if i < 0 {
		return x, prompt.Invalid("playbook")
	}
	return d.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if int64(x.Swaps) != version {
			return x, false, nil
		}
		next, ok := x.Swap(m.Person.ID, id, why[i], d.now())
		return next, ok, nil
	})
}

// stay leaves the playbook as it is.
func (d Desk) stay(ctx context.Context, p *Programme, m roster.Member, x session.Session) (prompt.Message, error) {
	scene, _, err := d.scene(ctx, p, x, m.Person.ID)
	return prompt.In(m.Speaks()).Swapped(scene), err
}

// rewriteAgenda brings a session's invite in step with the playbook its people chose. While
// they are held nobody else rewrites it, so that a slow one never undoes a later choice. An
// event that is gone needs no agenda.
func (c *Crew) rewriteAgenda(ctx context.Context, s cadence.Step) error {
	p, x, err := c.sessionOf(ctx, s)
	if err != nil || p == nil || x.State != session.Booked || x.Written >= x.Swaps {
		return err
	}
	letGo, err := c.hold(ctx, x.People)
	if err != nil {
		return err
	}
	defer letGo()
	if p, x, err = c.sessionOf(ctx, s); err != nil || x.State != session.Booked || x.Written >= x.Swaps {
		return err
	}
	booking, err := c.booking(ctx, p, x)
	if err != nil {
		return err
	}
	_, err = c.Ledger.Once(ctx, fmt.Sprintf("agenda/%s/%d", x.ID, x.Swaps), Effect{
		Do: func(ctx context.Context) (string, error) {
			return x.Event, p.Agenda.Rewrite(ctx, x.Event, booking.Title, booking.Agenda)
		},
	})
	if refused(err) {
		c.Log.Error("an invite could not be rewritten; its people know their new guide from their cards", "session", x.ID, "error", err)
	} else if err != nil {
		return err
	}
	swaps := x.Swaps
	_, err = c.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) { return x.Write(swaps), true, nil })
	return err
}

// had are the playbooks people had in the rounds before one, the latest first.
func (c *Crew) had(ctx context.Context, p *Programme, r session.Round) (map[roster.ID][]string, error) {
	done := map[roster.ID][]string{}
	had, err := c.sessions(ctx, p, func(n int) bool { return n < r.Number && n >= r.Number-playbooks.RestRounds }, func(x session.Session) bool {
		return x.State != session.Cancelled
	})
	if err != nil {
		return nil, err
	}
	for _, x := range had {
		for _, id := range x.Present() {
			if done[id] == nil {
				done[id] = make([]string, playbooks.RestRounds)
			}
			done[id][r.Number-1-x.Round] = x.Playbook
		}
	}
	return done, nil
}
