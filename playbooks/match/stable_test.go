package match

import (
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"pgregory.net/rapid"
)

// TestNamesAndOrderChangeNoWeight writes a hard graph down in another order, which must not
// change a letter of the answer, and with other names, which must not change what it is worth.
func TestNamesAndOrderChangeNoWeight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := adversary(t, 40)
		seed := rapid.Uint64Range(0, 9).Draw(t, "seed")
		dice := chance(rapid.Uint64().Draw(t, "order"))
		reordered := Graph{N: g.N}
		for _, i := range dice.shuffled(len(g.Edges)) {
			e := g.Edges[i]
			if dice.below(2) == 0 {
				e.U, e.V = e.V, e.U
			}
			reordered.Edges = append(reordered.Edges, e)
		}
		renamed := g.renamed(dice.shuffled(g.N))
		for _, mode := range Modes() {
			text := written(t, g, mode, seed)
			if again := written(t, reordered, mode, seed); again != text {
				t.Fatalf("%s: in another order\n%sinstead of\n%s", mode, again, text)
			}
			pairs, weight, possible := weighText(t, g, text)
			otherPairs, otherWeight, otherPossible := weighText(t, renamed, written(t, renamed, mode, seed))
			if mode != MaxWeight && pairs != otherPairs || weight != otherWeight || possible != otherPossible {
				t.Fatalf("%s: %d pairs worth %d, with other names %d worth %d", mode, pairs, weight, otherPairs, otherWeight)
			}
		}
	})
}

// TestOtherIDsScoreTheSame gives everybody another id: where everybody is in a pair, and it
// is proven that no plan is better, the score is the same whatever people are called.
func TestOtherIDsScoreTheSame(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		people, history, round := anybody(t, 12)
		plan := Pairs(people, history, round, Standard(), 3)
		other := map[roster.ID]roster.ID{}
		dice := chance(rapid.Uint64().Draw(t, "names"))
		for i, k := range dice.shuffled(len(people)) {
			other[people[i].ID] = people[k].ID
		}
		called := slices.Clone(people)
		for i := range called {
			called[i].ID, called[i].Manager = other[called[i].ID], other[called[i].Manager]
			called[i].Avoid = calledOtherwise(called[i].Avoid, other)
		}
		var past History
		for _, m := range history {
			past = append(past, Meeting{m.Round, calledOtherwise(m.People, other)})
		}
		again := Pairs(called, past, round, Standard(), 3)
		if allInPairs(plan) && allInPairs(again) {
			compared++
			if plan.Total != again.Total {
				t.Fatalf("score %d, with other ids %d", plan.Total, again.Total)
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

func calledOtherwise(ids []roster.ID, other map[roster.ID]roster.ID) (list []roster.ID) {
	for _, id := range ids {
		if name, known := other[id]; known {
			id = name
		}
		list = append(list, id)
	}
	return list
}

// allInPairs answers whether a plan is proven, made of pairs alone, and places everybody.
func allInPairs(p Plan) bool {
	return p.Exact && p.Spared == 0 && p.Placed == p.Here && 2*len(p.Groups) == p.Placed
}

// TestALateChangePartsTwoPairsInAHundred lets somebody leave a company, or join it, after its
// pairs were told. What changes beside the leaver's own pair is compared with what would change
// if nobody cared who was told.
func TestALateChangePartsTwoPairsInAHundred(t *testing.T) {
	const n, changes = 241, 8
	var told, caring, careless int
	for seed := range uint64(changes) {
		all, history := company("global", n, seed)
		people, late := all[:n-1:n-1], all // somebody joins
		if seed%2 == 0 {
			people, late = late, people // the last one leaves
		}
		before := Pairs(people, history, companyRound, Standard(), seed)
		noted := slices.Clone(history)
		for _, g := range before.Groups {
			noted = append(noted, Meeting{companyRound, g.People})
		}
		after := Pairs(late, noted, companyRound, Standard(), seed, Wishes{Announced: groupIDs(before.Groups)})
		afresh := Pairs(late, history, companyRound, Standard(), seed)
		told += len(before.Groups)
		caring += parted(after, before, all[n-1].ID)
		careless += parted(afresh, before, all[n-1].ID)
	}
	t.Logf("of %d pairs %d change (%.1f %%), if nobody cares %d (%.1f %%)", told, caring, 100*float64(caring)/float64(told), careless, 100*float64(careless)/float64(told))
	if 100*caring > 2*told || caring >= careless {
		t.Errorf("%d of %d pairs change, if nobody cares %d", caring, told, careless)
	}
}

// parted counts the groups of a plan that another one does not keep, without somebody's own.
func parted(after, before Plan, id roster.ID) (n int) {
	for _, g := range after.Changed(before.Groups) {
		if !slices.Contains(g.People, id) {
			n++
		}
	}
	return n
}

// TestTurnsAreFairInACompany plays a company with managers, exclusions and different hours.
func TestTurnsAreFairInACompany(t *testing.T) {
	for _, n := range []int{17, 31} {
		people, _ := company("single", n, uint64(n))
		var ids []roster.ID
		for i := range people {
			people[i].SatOut, people[i].SatOutLast = 0, false
			ids = append(ids, people[i].ID)
		}
		var rounds [][]roster.ID
		playFully(people, n+9, func(round int, p Plan) {
			rounds = append(rounds, missed(p))
			if len(p.Out) > 0 {
				t.Fatalf("%d people, round %d: %v are out", n, round, p.Out)
			}
		})
		fairOverAnyRun(t, ids, rounds)
	}
}
