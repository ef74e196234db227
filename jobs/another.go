package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

const (
	offered    = 3               // times on the card
	lookWithin = 3 * time.Second // for somebody waits for the card
)

// another offers other times, from the calendars as they are now. It changes nothing.
func (d Desk) another(ctx context.Context, p *Programme, m roster.Member, x session.Session) (prompt.Message, error) {
	say := prompt.In(m.Speaks())
	scene, _, err := d.scene(ctx, p, x, m.Person.ID)
	if err != nil {
		return prompt.Message{}, err
	}
	if !x.MayAsk(d.now()) {
		return say.NoOtherTime(scene), nil
	}
	members, err := d.people(ctx, p, x.People)
	if err != nil {
		return prompt.Message{}, err
	}
	look, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	busy, err := p.busy(look, members, x.Within)
	if err != nil {
		d.Log.Warn("calendars could not be read for somebody who wants another time", "session", x.ID, "error", err)
		return say.NotNow(m.Person.ID), nil
	}
	times := others(x, slots.Find(d.request(p, x, members, busy)).Ranked)
	if len(times) == 0 {
		return say.NoOtherTime(scene), nil
	}
	return say.Times(scene, times, d.clockOf(p, m.Person)), nil
}

// others are the best times that were not tried yet, in order of time.
func others(x session.Session, ranked []slots.Slot) []slots.Window {
	var times []slots.Window
	for _, s := range ranked {
		tried := slices.ContainsFunc(x.Tried, s.Start.Equal)
		if len(times) < offered && !tried && !s.Start.Equal(x.Slot.Start) {
			times = append(times, s.Window)
		}
	}
	slices.SortFunc(times, func(a, b slots.Window) int { return a.Start.Compare(b.Start) })
	return times
}

// take lets the session move to a time somebody chose. The job looks once more whether it is
// still free. The version of the card says which time was to be left, so that a press
// delivered twice moves once.
func (d Desk) take(ctx context.Context, p *Programme, m roster.Member, x session.Session, a prompt.Answer) (prompt.Message, error) {
	say, zone := prompt.In(m.Speaks()), d.clockOf(p, m.Person)
	start, err := prompt.ReadTime(a)
	if err != nil {
		return prompt.Message{}, err
	}
	asked := false
	x, err = d.changeSession(ctx, p, x.ID, func(x session.Session) (session.Session, bool, error) {
		if asked = x.State == session.Moving && x.Wanted != nil && x.Wanted.Start.Equal(start); asked {
			return x, false, nil // the same press again
		}
		if x.Slot == nil || int64(x.Moves) != a.Version || !d.now().Before(start) {
			return x, false, nil
		}
		next, ok := x.Ask(slots.Window{Start: start, End: start.Add(x.Slot.End.Sub(x.Slot.Start))}, d.now())
		asked = ok
		return next, ok, nil
	})
	if err != nil {
		return prompt.Message{}, err
	}
	scene, _, err := d.scene(ctx, p, x, m.Person.ID)
	if err != nil {
		return prompt.Message{}, err
	}
	if !asked {
		return say.Kept(scene), nil // how it stands now
	}
	return say.Retiming(scene, start, zone), nil
}

// keep leaves the time as it is.
func (d Desk) keep(ctx context.Context, p *Programme, m roster.Member, x session.Session) (prompt.Message, error) {
	scene, _, err := d.scene(ctx, p, x, m.Person.ID)
	return prompt.In(m.Speaks()).Kept(scene), err
}
