package jobs

import (
	"context"
	"slices"

	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// arrange gives every group of a round its time, before anybody hears of it. Groups that have
// no time in common go back to pairing once, which then keeps the others as far as it can;
// what is better is taken.
func (c *Crew) arrange(ctx context.Context, p *Programme, x pairing) (pairing, []session.Session, error) {
	r := x.round
	if len(r.Groups) == 0 {
		return x, nil, nil
	}
	k, err := c.calendars(ctx, p, r, inRound(r))
	if err != nil {
		return x, nil, err
	}
	planned, err := k.plan(r.Groups)
	if err != nil {
		return x, nil, err
	}
	second := match.Wishes{Forbids: k.hopeless(planned, r)}
	if len(second.Forbids) == 0 {
		return x, planned, nil
	}
	for _, g := range r.Groups {
		second.Announced = append(second.Announced, g.People)
	}
	plan := c.pairs(x, r.Number, p, second)
	again, err := k.plan(plan.Groups)
	if err != nil || !better(again, planned) {
		return x, planned, err
	}
	return x.as(plan), again, nil
}

// afresh is a round as it would be paired now, if other people may be paired than when it
// was: nobody was told yet.
func (c *Crew) afresh(ctx context.Context, p *Programme, r session.Round) (pairing, error) {
	x := pairing{round: r}
	var err error
	if x.people, x.history, err = c.candidates(ctx, p, r.Number, r.At); err != nil {
		return x, err
	}
	if x.wishes, err = c.wishes(ctx, p, r.Number); err != nil {
		return x, err
	}
	now := make([]roster.ID, 0, len(x.people))
	for _, one := range x.people {
		now = append(now, one.ID)
	}
	slices.Sort(now)
	if slices.Equal(now, inRound(r)) {
		return x, nil
	}
	return x.as(c.pairs(x, r.Number, p)), nil
}

// inRound lists everybody in a round, with a partner or without, sorted.
func inRound(r session.Round) (ids []roster.ID) {
	for _, g := range r.Groups {
		ids = append(ids, g.People...)
	}
	for _, l := range r.Left {
		ids = append(ids, l.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// mostTried is how many pairs of people are looked at in search of a time; it takes a second
// or two. Of a larger group only those who have none are tried with each other.
const mostTried = 50_000

// hopeless lists the pairs that pairing should not make again: of the people in groups
// without a time in common, everybody with whom they have none either; of three who have one
// only at hours that ask something of somebody, those with the third. A calendar that cannot
// be read is no reason: it cannot be read for anybody else either.
func (k *calendars) hopeless(planned []session.Session, r session.Round) (pairs [][2]roster.ID) {
	var stuck []roster.ID
	for _, g := range r.Groups {
		x := planned[slices.IndexFunc(planned, func(x session.Session) bool { return x.ID == session.ID(k.p.ID, k.round, g.People) })]
		timeless := x.Why == session.NoTime || x.Why == session.NoHours
		if timeless {
			stuck = append(stuck, g.People...)
		}
		if len(g.People) == 3 && (x.Time.Tier == slots.Stretch || timeless && k.eachTwoSuit(g.People)) {
			pairs = append(pairs, [2]roster.ID{g.People[0], g.People[2]}, [2]roster.ID{g.People[1], g.People[2]})
		}
	}
	others := inRound(r)
	if len(stuck)*len(others) > mostTried {
		others = stuck[:min(len(stuck), mostTried/len(stuck))]
	}
	for _, a := range stuck {
		for _, b := range others {
			if a != b && !k.suits(a, b) {
				pairs = append(pairs, [2]roster.ID{a, b})
			}
		}
	}
	return pairs
}

// eachTwoSuit says whether every two of three have a time in common, though not all three.
func (k *calendars) eachTwoSuit(three []roster.ID) bool {
	return k.suits(three[0], three[1]) && k.suits(three[0], three[2]) && k.suits(three[1], three[2])
}

// better says whether more people have a time, or as many and fewer of them at hours that
// ask something of them.
func better(a, b []session.Session) bool {
	timedA, burdenedA := timed(a)
	timedB, burdenedB := timed(b)
	return timedA > timedB || timedA == timedB && burdenedA < burdenedB
}

func timed(planned []session.Session) (people, burdened int) {
	for _, x := range planned {
		if x.Slot != nil {
			people += len(x.People)
			burdened += len(x.Time.Outside)
		}
	}
	return people, burdened
}
