package jobs

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// theirs loads the session that a button names if the person takes part in it, and otherwise
// answers what to say instead.
func (d Desk) theirs(ctx context.Context, p *Programme, m roster.Member, a prompt.Answer) (x session.Session, instead *prompt.Message, err error) {
	v, err := d.Store.Load(ctx, session.Noun, session.OfRef(a.Ref), &x)
	if err != nil {
		return x, nil, err
	}
	say := prompt.In(m.Speaks())
	stale, notYours := say.Stale(a.From), say.NotYours(a.From)
	switch {
	case v == 0 || x.Programme != p.ID:
		return x, &stale, nil
	case x.Parts[a.From] == nil:
		return x, &notYours, nil
	case !x.Involves(a.From):
		return x, &stale, nil
	}
	return x, nil, nil
}

// session takes what a person says about their session. A session that has moved on answers
// with how it stands; a session of other people answers that.
func (d Desk) session(ctx context.Context, p *Programme, m roster.Member, a prompt.Answer) (prompt.Message, error) {
	x, instead, err := d.theirs(ctx, p, m, a)
	if err != nil {
		return prompt.Message{}, err
	}
	if instead != nil {
		return *instead, nil
	}
	switch a.Verb {
	case prompt.Agree:
		return d.agree(ctx, p, m, x)
	case prompt.Close:
		return d.close(ctx, p, m, x, a)
	case prompt.FollowUp, prompt.Snooze, prompt.Drop:
		return d.followUp(ctx, p, m, x, a)
	case prompt.Another:
		return d.another(ctx, p, m, x)
	case prompt.Take:
		return d.take(ctx, p, m, x, a)
	case prompt.Keep:
		return d.keep(ctx, p, m, x)
	case prompt.Swap:
		return d.alternatives(ctx, p, m, x)
	case prompt.Switch:
		return d.swap(ctx, p, m, x, a)
	case prompt.Stay:
		return d.stay(ctx, p, m, x)
	}
	return prompt.In(m.Speaks()).Stale(a.From), nil
}

func (d Desk) agree(ctx context.Context, p *Programme, m roster.Member, x session.Session) (prompt.Message, error) {
	x, err := d.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		return x.Agree(m.Person.ID), true, nil
	})
	if err != nil {
		return prompt.Message{}, err
	}
	scene, _, err := d.scene(ctx, p, x, m.Person.ID)
	return prompt.In(m.Speaks()).Agreed(scene), err
}

// close records how a session went and what the person will try.
func (d Desk) close(ctx context.Context, p *Programme, m roster.Member, x session.Session, a prompt.Answer) (prompt.Message, error) {
	said, err := prompt.ReadClosing(a, d.now())
	if err != nil {
		return prompt.Message{}, err
	}
	zone := d.clockOf(p, m.Person)
	due := cadence.Of(m.Person.Hours, zone).FollowUpAt(said.At)
	x, err = d.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		return x.Close(a.From, said, due), true, nil
	})
	if err != nil {
		return prompt.Message{}, err
	}
	asked := time.Time{}
	if f := x.Parts[a.From].FollowUp; f != nil {
		asked = f.Due
	}
	return prompt.In(m.Speaks()).Closed(a.From, asked, zone), nil
}

// followUp records what came of a commitment, puts the question off, or ends it.
func (d Desk) followUp(ctx context.Context, p *Programme, m roster.Member, x session.Session, a prompt.Answer) (prompt.Message, error) {
	say := prompt.In(m.Speaks())
	if x.Parts[a.From].FollowUp == nil {
		return say.Stale(a.From), nil
	}
	switch a.Verb {
	case prompt.Snooze:
		return d.snooze(ctx, p, m, x, a)
	case prompt.Drop:
		_, err := d.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) { return x.Drop(a.From), true, nil })
		return say.Dropped(a.From), err
	}
	said, err := prompt.ReadFollowUp(a, d.now())
	if err != nil {
		return prompt.Message{}, err
	}
	_, err = d.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) { return x.Answer(a.From, said), true, nil })
	return say.Followed(a.From, said.Happened), err
}

// snooze asks again tomorrow. The version of the pressed card says which question was put
// off, so that a press delivered twice does not put off twice.
func (d Desk) snooze(ctx context.Context, p *Programme, m roster.Member, x session.Session, a prompt.Answer) (prompt.Message, error) {
	say, zone := prompt.In(m.Speaks()), d.clockOf(p, m.Person)
	office := cadence.Of(m.Person.Hours, zone)
	due, done := office.Into(d.now().Add(cadence.SnoozeFor)), false
	x, err := d.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if f := x.Parts[a.From].FollowUp; f != nil && int64(f.Snoozed) != a.Version {
			due, done = f.Due, true
			return x, false, nil
		}
		next, ok := x.Snooze(a.From, due)
		done = ok
		return next, ok, nil
	})
	if err != nil {
		return prompt.Message{}, err
	}
	if done {
		return say.Snoozed(a.From, due, zone), nil
	}
	scene, _, err := d.scene(ctx, p, x, a.From)
	return say.Enough(scene), err
}

// ordered lists the programmes by id, so that the same text typed twice means the same one.
func (c *Crew) ordered() []*Programme {
	var all []*Programme
	for _, id := range slices.Sorted(maps.Keys(c.Programmes)) {
		all = append(all, c.Programmes[id])
	}
	return all
}
