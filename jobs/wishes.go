package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// WishNoun is what a champion's wishes are stored under, by programme.
const WishNoun = "wish"

// Wishes are what a champion asks of pairing. Pins count for one round only, the next one
// when they were made; forbidden pairs stay forbidden until that is taken back.
type Wishes struct {
	Round   int            `json:"round"` // the pins are for
	Pins    [][2]roster.ID `json:"pins,omitempty"`
	Forbids [][2]roster.ID `json:"forbids,omitempty"`
}

// What a champion can ask of two people.
const (
	Pin    = "pin"    // meet in the next round, unless a rule forbids it
	Forbid = "forbid" // never meet
	Clear  = "clear"  // neither
)

// Wish notes what a champion asks of two members of a programme, each named by Entra id or
// mail address. Asking again changes nothing; the latest wish about two people counts.
func (c *Crew) Wish(ctx context.Context, programme, what, one, other string) error {
	p, err := c.programme(programme)
	if err != nil {
		return err
	}
	if what != Pin && what != Forbid && what != Clear {
		return fmt.Errorf("jobs: %q is no wish; say pin, forbid or clear", what)
	}
	two, err := c.two(ctx, p, one, other)
	if err != nil {
		return err
	}
	newest, err := c.latestRound(ctx, p)
	if err != nil {
		return err
	}
	_, err = change(ctx, c, WishNoun, p.ID, nothingDue, func(w Wishes, _ int64) (Wishes, bool, error) {
		return w.with(what, two, newest+1), true, nil
	})
	return err
}

func (w Wishes) with(what string, two [2]roster.ID, next int) Wishes {
	if w.Round != next {
		w.Round, w.Pins = next, nil
	}
	same := func(x [2]roster.ID) bool { return x == two }
	w.Pins, w.Forbids = slices.DeleteFunc(slices.Clone(w.Pins), same), slices.DeleteFunc(slices.Clone(w.Forbids), same)
	switch what {
	case Pin:
		w.Pins = append(w.Pins, two)
	case Forbid:
		w.Forbids = append(w.Forbids, two)
	}
	return w
}

// two finds the members that a champion named, in order of id.
func (c *Crew) two(ctx context.Context, p *Programme, one, other string) ([2]roster.ID, error) {
	var two [2]roster.ID
	members, err := c.members(ctx, p)
	if err != nil {
		return two, err
	}
	for i, name := range []string{one, other} {
		at := slices.IndexFunc(members, func(m roster.Member) bool {
			return string(m.Person.ID) == name || m.Person.Mail != "" && strings.EqualFold(m.Person.Mail, name)
		})
		if at < 0 {
			return two, fmt.Errorf("jobs: the %s person is no member of programme %s; name them by mail address or Entra id", []string{"first", "second"}[i], p.ID)
		}
		two[i] = members[at].Person.ID
	}
	if two[0] == two[1] {
		return two, errors.New("jobs: both names mean the same person")
	}
	slices.Sort(two[:])
	return two, nil
}

// wishes are what counts for a round.
func (c *Crew) wishes(ctx context.Context, p *Programme, round int) (match.Wishes, error) {
	var w Wishes
	if _, err := c.Store.Load(ctx, WishNoun, p.ID, &w); err != nil {
		return match.Wishes{}, err
	}
	asked := match.Wishes{Forbids: w.Forbids}
	if w.Round == round {
		asked.Pins = w.Pins
	}
	return asked, nil
}
