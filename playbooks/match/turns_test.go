package match

import (
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"pgregory.net/rapid"
)

// missed lists who sat out or was the third.
func missed(p Plan) (who []roster.ID) {
	for _, g := range p.Groups {
		if len(g.People) == 3 {
			who = append(who, g.People[2])
		}
	}
	for _, l := range p.Out {
		who = append(who, l.ID)
	}
	return who
}

// fairOverAnyRun checks that over every run of rounds any two people's turns differ by at
// most one.
func fairOverAnyRun(t *testing.T, who []roster.ID, rounds [][]roster.ID) {
	t.Helper()
	for from := range rounds {
		times := map[roster.ID]int{}
		for to := from; to < len(rounds); to++ {
			for _, id := range rounds[to] {
				times[id]++
			}
			least, most := len(rounds), 0
			for _, id := range who {
				least, most = min(least, times[id]), max(most, times[id])
			}
			if most-least > 1 {
				t.Fatalf("%d people, rounds %d..%d: turns between %d and %d", len(who), from+1, to+1, least, most)
			}
		}
	}
}

func TestTurnsDifferByAtMostOneOverAnyRunOfRounds(t *testing.T) {
	for n := 5; n <= 25; n += 2 {
		people := strangers(n, uint64(n))
		var ids []roster.ID
		for _, p := range people {
			ids = append(ids, p.ID)
		}
		var rounds [][]roster.ID
		play(people, 40, func(round int, p Plan) {
			rounds = append(rounds, missed(p))
			if len(rounds[round-1]) != 1 || len(p.Out) > 0 {
				t.Fatalf("%d people, round %d: %v missed out", n, round, rounds[round-1])
			}
		})
		fairOverAnyRun(t, ids, rounds)
	}
}

// TestTurnsGoRoundWhereNobodyCanBeTheThird: one person is the only partner of all others.
func TestTurnsGoRoundWhereNobodyCanBeTheThird(t *testing.T) {
	people := crowd(5)
	for i := 1; i < 5; i++ {
		for j := i + 1; j < 5; j++ {
			people[i].Avoid = append(people[i].Avoid, people[j].ID)
		}
	}
	var ids []roster.ID
	for _, p := range people[1:] {
		ids = append(ids, p.ID)
	}
	var rounds [][]roster.ID
	playFully(people, 24, func(round int, p Plan) { rounds = append(rounds, missed(p)) })
	fairOverAnyRun(t, ids, rounds)
}

// TestANewcomerStartsAtTheEndOfTheQueue: whoever joins is not the third at once, and later
// not more often than the others.
func TestANewcomerStartsAtTheEndOfTheQueue(t *testing.T) {
	people := strangers(6, 1)
	var rounds [][]roster.ID
	var history History
	for round := 1; round <= 30; round++ {
		if round == 11 {
			people = append(people, strangers(7, 2)[6])
			people[6].Newcomer = true
		}
		plan := Pairs(people, history, round, Standard(), 1)
		history = noted(people, plan, history, round)
		people[len(people)-1].Newcomer = false
		rounds = append(rounds, missed(plan))
	}
	newcomer := people[6].ID
	for k, who := range rounds[10:16] {
		if slices.Contains(who, newcomer) {
			t.Errorf("the third in round %d", k+11)
		}
	}
	if !slices.Contains(rounds[16], newcomer) {
		t.Errorf("not the third in round 17, when all others have been: %v", rounds[10:])
	}
	var ids []roster.ID
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	fairOverAnyRun(t, ids, rounds[10:])
}

// TestNobodySitsOutTwiceRunningIfItCanBeAvoided compares with every plan of the same number
// of groups and of people placed.
func TestNobodySitsOutTwiceRunningIfItCanBeAvoided(t *testing.T) {
	avoidable := 0
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 8).Draw(t, "people")
		people := strangers(n, rapid.Uint64Range(0, 99).Draw(t, "seed"))
		for i := range people {
			for j := range i {
				if rapid.IntRange(0, 9).Draw(t, "may meet") < 4 {
					people[i].Avoid = append(people[i].Avoid, people[j].ID)
				}
			}
		}
		playFully(people, 6, func(round int, p Plan) {
			tab := newTable(people, nil, round, Standard(), 1)
			ours := outcome{groups: len(p.Groups), twice: 0}
			for _, g := range p.Groups {
				ours.placed += len(g.People)
			}
			for _, id := range missed(p) {
				i, _ := tab.find(id)
				if tab.people[i].SatOutLast {
					ours.twice++
				}
			}
			if best := tab.fewestTwice(0); best.better(ours) {
				t.Fatalf("round %d: %+v, possible is %+v", round, ours, best)
			}
			avoidable++
		})
	})
	if avoidable == 0 {
		t.Error("nothing was compared")
	}
}

// outcome is what a plan is compared by here: groups, people placed, and how many miss out
// twice running.
type outcome struct{ groups, placed, twice int }

func (o outcome) better(p outcome) bool {
	return slices.Compare([]int{o.groups, o.placed, -o.twice}, []int{p.groups, p.placed, -p.twice}) > 0
}

// fewestTwice tries every plan of pairs and trios for the people not used.
func (t *table) fewestTwice(used int) (best outcome) {
	i := 0
	for i < len(t.people) && used>>i&1 == 1 {
		i++
	}
	if i == len(t.people) {
		return outcome{}
	}
	last := func(k int) int {
		if t.people[k].SatOutLast {
			return 1
		}
		return 0
	}
	best = outcome{groups: -1}
	try := func(members []int, o outcome) {
		next := used
		for _, k := range members {
			next |= 1 << k
		}
		rest := t.fewestTwice(next)
		o = outcome{o.groups + rest.groups, o.placed + rest.placed, o.twice + rest.twice}
		if o.better(best) {
			best = o
		}
	}
	try([]int{i}, outcome{0, 0, last(i)})
	for j := i + 1; j < len(t.people); j++ {
		if used>>j&1 == 1 || !t.mayMeet(i, j) {
			continue
		}
		try([]int{i, j}, outcome{1, 2, 0})
		for k := j + 1; k < len(t.people); k++ {
			if used>>k&1 == 0 && t.mayMeet(i, k) && t.mayMeet(j, k) && t.inCommon(i, j, k) {
				try([]int{i, j, k}, outcome{1, 3, min(last(i), last(j), last(k))})
			}
		}
	}
	return best
}

// playFully is play with every round remembered in which somebody missed out.
func playFully(people []Person, rounds int, each func(round int, p Plan)) {
	var history History
	for round := 1; round <= rounds; round++ {
		plan := Pairs(people, history, round, Standard(), uint64(round))
		each(round, plan)
		history = noted(people, plan, history, round)
	}
}
