package match

import (
	"slices"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Wishes are what a champion asks of a round, and what was promised in it already. The
// zero Wishes ask for nothing. People are named by id, in any order within a group.
//
// Before a round is announced jobs pass Pins and Forbids. When somebody joins or leaves
// after that, jobs call Pairs again for the people as they are now, with the groups who
// said yes as Accepted and the other groups as Announced: then as few of them change as
// the score allows. Meetings of this same round among such groups are not held against
// them, so the history may contain them.
type Wishes struct {
	Pins      [][2]roster.ID // together, unless a rule forbids it; whoever is pinned twice, the first pin counts
	Forbids   [][2]roster.ID // not together; sounds like bad luck to everybody
	Accepted  [][]roster.ID  // said yes: what is left of them stays as it is, and nobody joins them
	Announced [][]roster.ID  // were told: each two who stay together count keepsake points more
}

// Unkept is a pin that could not be kept. It is for the champion, not for the two: a rule
// and a confidential wish carry the same reason.
type Unkept struct {
	Pin    [2]roster.ID `json:"pin"`
	Reason Reason       `json:"reason"`
}

// Why a pin was not kept; beside these the reasons of somebody left.
const (
	NotHere         Code = "not-here"         // one of the two is unknown in this round
	PinnedElsewhere Code = "pinned-elsewhere" // an earlier pin, or a group that said yes, holds one of the two
)

// keepsake is what keeping two announced people together is worth in points of score. With
// it a late change parts one or two in a hundred pairs, without it one in seven.
const keepsake = 100

// join makes one of several wishes.
func join(all []Wishes) (w Wishes) {
	for _, one := range all {
		w.Pins = append(w.Pins, one.Pins...)
		w.Forbids = append(w.Forbids, one.Forbids...)
		w.Accepted = append(w.Accepted, one.Accepted...)
		w.Announced = append(w.Announced, one.Announced...)
	}
	return w
}

// promised lists every two people who were told in this round that they meet.
func (w Wishes) promised() map[[2]roster.ID]bool {
	pairs := map[[2]roster.ID]bool{}
	for _, groups := range [][][]roster.ID{w.Accepted, w.Announced} {
		for _, g := range groups {
			for i, a := range g {
				for _, b := range g[i+1:] {
					pairs[pairOf(a, b)] = true
				}
			}
		}
	}
	return pairs
}

// without answers the history without the promised meetings of this round.
func (h History) without(promised map[[2]roster.ID]bool, round int) History {
	if len(promised) == 0 {
		return h
	}
	var kept History
	for _, m := range h {
		if m.Round < round || len(m.People) < 2 || !promised[pairOf(m.People[0], m.People[1])] {
			kept = append(kept, m)
		}
	}
	return kept
}

// hold takes the groups that are settled by wishes: accepted ones, which nobody joins, and
// pinned pairs, which somebody left over may join.
func (t *table) hold() (accepted, pinned [][]int) {
	t.taken = make([]bool, len(t.people))
	for _, g := range t.wishes.Accepted {
		var members []int
		for _, id := range g {
			if i, ok := t.find(id); ok && !t.taken[i] && !slices.Contains(members, i) {
				members = append(members, i)
			}
		}
		slices.Sort(members)
		if len(members) < 2 || len(members) > 3 || !t.mayAllMeet(members) {
			continue
		}
		accepted = append(accepted, t.take(members))
	}
	for _, pin := range t.wishes.Pins {
		a, okA := t.find(pin[0])
		b, okB := t.find(pin[1])
		if okA && okB && slices.ContainsFunc(slices.Concat(accepted, pinned), func(g []int) bool {
			return slices.Contains(g, a) && slices.Contains(g, b)
		}) {
			continue // kept already
		}
		if why := t.whyUnkept(a, okA, b, okB); why != "" {
			t.unkept = append(t.unkept, Unkept{pin, Reason{Code: why}})
			continue
		}
		pinned = append(pinned, t.take([]int{min(a, b), max(a, b)}))
	}
	return accepted, pinned
}

func (t *table) find(id roster.ID) (int, bool) {
	return slices.BinarySearchFunc(t.people, id, func(p Person, id roster.ID) int {
		switch {
		case p.ID < id:
			return -1
		case p.ID > id:
			return 1
		}
		return 0
	})
}

func (t *table) take(members []int) []int {
	for _, i := range members {
		t.taken[i] = true
	}
	return members
}

// mayAllMeet answers whether the members, ascending, may be one group.
func (t *table) mayAllMeet(members []int) bool {
	for k, i := range members {
		for _, j := range members[:k] {
			if !t.mayMeet(i, j) {
				return false
			}
		}
	}
	return len(members) < 3 || t.inCommon(members[0], members[1], members[2])
}

func (t *table) whyUnkept(a int, okA bool, b int, okB bool) Code {
	switch {
	case !okA || !okB || a == b:
		return NotHere
	case t.people[a].Away != "":
		return t.people[a].Away
	case t.people[b].Away != "":
		return t.people[b].Away
	case t.faces[a].work.common(&t.faces[b].work) < max(t.weights.MinCommon, 1):
		return NoCommonTime
	case !t.mayMeet(a, b):
		return NoPartner
	case t.taken[a] || t.taken[b]:
		return PinnedElsewhere
	}
	return ""
}

// Changed answers the groups of an earlier plan that this one does not have as they were.
func (p Plan) Changed(before []Group) (changed []Group) {
	for _, old := range before {
		if !slices.ContainsFunc(p.Groups, func(g Group) bool { return sameGroup(g.People, old.People) }) {
			changed = append(changed, old)
		}
	}
	return changed
}

func sameGroup(a, b []roster.ID) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
