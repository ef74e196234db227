package match

import (
	"fmt"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// play runs rounds in a row, remembering meetings and who sat out, and calls each with
// every plan.
func play(people []Person, rounds int, each func(round int, p Plan)) {
	var history History
	for round := 1; round <= rounds; round++ {
		plan := Pairs(people, history, round, Standard(), uint64(round))
		each(round, plan)
		missed := map[roster.ID]bool{}
		for _, g := range plan.Groups {
			history = append(history, Meeting{round, g.People})
			if len(g.People) == 3 {
				missed[g.People[2]] = true
			}
		}
		for _, l := range plan.Out {
			missed[l.ID] = true
		}
		for i := range people {
			people[i].SatOutLast = missed[people[i].ID]
			if missed[people[i].ID] {
				people[i].SatOut++
			}
		}
	}
}

func TestTwoPeopleMeetAgainAndAgain(t *testing.T) {
	play(crowd(2), 30, func(round int, p Plan) {
		if len(p.Groups) != 1 || len(p.Out) != 0 {
			t.Errorf("round %d: %+v", round, p)
		}
	})
}

func TestNobodyIsRepeatedWhileSomebodyNewIsLeft(t *testing.T) {
	met := map[string]int{}
	play(crowd(4), 9, func(round int, p Plan) {
		for _, g := range p.Groups {
			met[fmt.Sprint(g.People)]++
		}
		if round%3 != 0 {
			return
		}
		for pair, times := range met {
			if times != round/3 {
				t.Errorf("after round %d %s met %d times", round, pair, times)
			}
		}
	})
}

func TestABigGroupMeetsNewPeopleEveryRound(t *testing.T) {
	met := map[string]bool{}
	play(crowd(24), 8, func(round int, p Plan) {
		for _, g := range p.Groups {
			if key := fmt.Sprint(g.People); met[key] {
				t.Errorf("round %d repeats %s", round, key)
			} else {
				met[key] = true
			}
		}
	})
}

func TestAPairThatFellApartIsNotPutTogetherAgain(t *testing.T) {
	people, w := crowd(4), Standard()
	w.Repeat = 1 // the score alone would choose them again
	first := Pairs(people, nil, 1, w, 1)
	var history History
	for _, g := range first.Groups {
		history = append(history, Meeting{1, g.People})
	}
	for _, g := range Pairs(people, history, 1, w, 1).Groups {
		for _, old := range first.Groups {
			if fmt.Sprint(g.People) == fmt.Sprint(old.People) {
				t.Errorf("%v again", g.People)
			}
		}
	}
}

func TestBeingTheThirdGoesRound(t *testing.T) {
	for _, n := range []int{3, 5, 9, 15} {
		thirds, last := map[roster.ID]int{}, roster.ID("")
		const turns = 4
		play(crowd(n), turns*n, func(round int, p Plan) {
			for _, g := range p.Groups {
				if len(g.People) < 3 {
					continue
				}
				third := g.People[2]
				thirds[third]++
				if third == last {
					t.Errorf("%d people: %s is the third twice running", n, third)
				}
				last = third
			}
		})
		for id, times := range thirds {
			if times < turns-1 || times > turns+1 {
				t.Errorf("%d people, %d rounds: %s was the third %d times", n, turns*n, id, times)
			}
		}
	}
}

func TestWhoeverIsOwedLeastIsTheThird(t *testing.T) {
	var people []Person
	for i := range 7 {
		people = append(people, Person{ID: roster.ID(fmt.Sprint("q", i)), Work: []Span{{480, 480}}, SatOut: 1})
	}
	people[4].SatOut = 0
	for seed := range uint64(8) {
		for _, g := range Pairs(people, nil, 1, Standard(), seed).Groups {
			if len(g.People) == 3 && g.People[2] != "q4" {
				t.Errorf("seed %d: the third of %v", seed, g.People)
			}
		}
	}
}

func TestWhoeverMissedOutComesFirst(t *testing.T) {
	people := crowd(3) // only the first can meet the others
	people[1].Manager = people[2].ID
	out := map[roster.ID]int{}
	play(people, 10, func(round int, p Plan) {
		if len(p.Out) != 1 {
			t.Fatalf("round %d: %+v", round, p)
		}
		out[p.Out[0].ID]++
	})
	if out["p001"] != 5 || out["p002"] != 5 {
		t.Errorf("sat out: %v", out)
	}
}

func TestTwoIslandsWithOddNumbersMakeTwoTrios(t *testing.T) {
	people := crowd(6)
	for i := range people {
		people[i].Work = []Span{{720 * (i % 2), 240}}
	}
	plan := Pairs(people, nil, 1, Standard(), 1)
	if len(plan.Groups) != 2 || len(plan.Out) != 0 || len(plan.Groups[0].People) != 3 {
		t.Errorf("%+v", plan)
	}
}

func TestSeedsSettleTiesAndNothingElse(t *testing.T) {
	var people []Person
	for i := range 12 {
		people = append(people, Person{ID: roster.ID(fmt.Sprint("q", i)), Work: []Span{{480, 480}}})
	}
	plans := map[string]bool{}
	for seed := range uint64(8) {
		plan := Pairs(people, nil, 1, Standard(), seed)
		if plan.Total != 6*750 {
			t.Errorf("seed %d: total %d", seed, plan.Total)
		}
		plans[fmt.Sprint(plan.Groups)] = true
	}
	if len(plans) < 2 {
		t.Error("the seed changes nothing")
	}
}
