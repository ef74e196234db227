package match

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"pgregory.net/rapid"
)

// defects are ways in which the search may go wrong one day.
var defects = map[string]func(f *forest) bool{
	"ends before it begins": func(f *forest) bool { return false },
	"ends halfway": func(f *forest) bool {
		whole := f.roots
		for f.roots > whole/2 {
			e, ok := f.queue.take()
			if !ok {
				return false
			}
			if f.clock = e.at; e.kind == reach {
				f.meet(e.what)
			}
		}
		return true
	},
	"breaks down": func(f *forest) bool { panic("out of range") },
	"a low price": func(f *forest) bool {
		defer func() { f.at[0].price -= 2 }()
		return f.run()
	},
	"a high price": func(f *forest) bool {
		defer func() { f.at[len(f.at)-1].price += 2 }()
		return f.run()
	},
	"others' partners": func(f *forest) bool {
		defer func() { slices.Reverse(f.mate) }()
		return f.run()
	},
	"forgets who is within": func(f *forest) bool {
		defer func() {
			for b := f.n; b < len(f.nodes); b++ {
				f.nodes[b].ring = nil
			}
			f.at[0].price--
		}()
		return f.run()
	},
}

// faulty makes a plan with a search that has a defect.
func faulty(people []Person, history History, round int, seed uint64, defect func(*forest) bool) Plan {
	t := newTable(people, history, round, Standard(), seed)
	t.search = defect
	return t.decide(func(Progress) {})
}

// TestAPlanComesWhateverGoesWrong holds plans made by faulty searches against sound ones:
// everybody is placed or told why not, no rule is broken, there is an alarm, and the gap is
// not understated.
func TestAPlanComesWhateverGoesWrong(t *testing.T) {
	sizes := []int{2, 3, 4, 7, 24, 61, 150, allPairs + 60, allPairs + 61}
	if testing.Short() {
		sizes = sizes[:7]
	}
	for _, n := range sizes {
		people, history := company("single", n, 4)
		if n < 24 {
			people, history = crowd(n), nil
		}
		sound := Pairs(people, history, companyRound, Standard(), 1)
		if sound.Alarm != "" {
			t.Errorf("%d people: %s", n, sound.Alarm)
		}
		for name, defect := range defects {
			if n > allPairs && name != "breaks down" && name != "ends halfway" {
				continue // takes too long for all
			}
			plan := faulty(people, history, companyRound, 1, defect)
			lawful(t, people, history, plan)
			t.Logf("%d people, %s: %d of %d placed, score %d of %d, gap %d, %s",
				n, name, plan.Placed, sound.Placed, plan.Total, sound.Total, plan.Gap, plan.Alarm)
			if plan.Alarm == "" && n > 3 || plan.Alarm != "" && plan.Exact || plan.Total+plan.Gap < sound.Total && plan.Placed == sound.Placed {
				t.Errorf("%d people, %s: alarm %q, exact %v, score %d and at most %d more, the best is %d",
					n, name, plan.Alarm, plan.Exact, plan.Total, plan.Gap, sound.Total)
			}
			if 100*plan.Placed < 95*sound.Placed || 100*plan.Total < 75*sound.Total {
				t.Errorf("%d people, %s: %d of %d placed, score %d of %d", n, name, plan.Placed, sound.Placed, plan.Total, sound.Total)
			}
			if n > allPairs {
				continue
			}
			if again := faulty(people, history, companyRound, 1, defect); !reflect.DeepEqual(plan, again) {
				t.Errorf("%d people, %s: not the same again", n, name)
			}
		}
	}
}

// lawful insists that everybody is in the plan once and that no group breaks a rule.
func lawful(t failer, people []Person, history History, plan Plan) {
	tab, times := newTable(people, history, companyRound, Standard(), 1), map[roster.ID]int{}
	for _, g := range plan.Groups {
		var members []int
		for _, id := range g.People {
			i, _ := tab.find(id)
			members = append(members, i)
			times[id]++
		}
		if slices.Sort(members); !tab.mayAllMeet(members) || len(members) < 2 || len(members) > 3 {
			t.Fatalf("%v cannot be a group", g.People)
		}
	}
	for _, l := range plan.Out {
		times[l.ID]++
	}
	for _, p := range people {
		if times[p.ID] != 1 {
			t.Fatalf("%s is %d times in the plan", p.ID, times[p.ID])
		}
	}
}

// TestAnyGroupGetsAPlanWhateverGoesWrong takes people of all sorts, with rules and wishes that
// leave islands, lonely people and trios.
func TestAnyGroupGetsAPlanWhateverGoesWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, history, round := anybody(t, 12)
		for name, defect := range defects {
			plan := faulty(people, history, round, 3, defect)
			lawful(t, people, history, plan)
			if sound := Pairs(people, history, round, Standard(), 3); plan.Alarm == "" && fmt.Sprint(plan) != fmt.Sprint(sound) {
				t.Fatalf("%s: no alarm, but another plan", name)
			}
		}
	})
}

// TestADefectIsAnErrorForWhoeverAsksTheSearch: no breakdown gets through.
func TestADefectIsAnErrorForWhoeverAsksTheSearch(t *testing.T) {
	_, edges := dense(9, func(u, v int) int64 { return int64(u * v) })
	if _, _, err := solve(9, edges, MostPairs, defects["breaks down"]); err == nil {
		t.Error("pairs: no error")
	}
	if _, _, err := bestTrio(9, edges, nil, JustHalf, defects["breaks down"]); err == nil {
		t.Error("trio: no error")
	}
}

// TestRoughPairsAreNeverBad holds rough pairs against the best: no pair without an edge, two
// thirds of the most possible, and nothing left that one more edge would improve.
func TestRoughPairsAreNeverBad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := adversary(t, 60)
		m := rough(g.N, g.Edges)
		found := 0
		for _, e := range g.Edges {
			if m.Mate[e.U] == e.V && m.Mate[e.V] == e.U {
				found += 2
			}
			if m.Mate[e.U] < 0 && m.Mate[e.V] < 0 {
				t.Fatalf("edge %v is free", e)
			}
		}
		for _, mate := range m.Mate {
			if mate >= 0 {
				found--
			}
		}
		best := solved(t, g.N, g.Edges, MostPairs)
		if found != 0 || 3*m.Pairs < 2*best.Pairs || m.Pairs == best.Pairs && m.Weight > best.Weight {
			t.Fatalf("%d pairs worth %d, the best are %d worth %d; %d ends missing", m.Pairs, m.Weight, best.Pairs, best.Weight, found)
		}
	})
}

func TestRoughPairsAreExchanged(t *testing.T) {
	for _, c := range []struct {
		name          string
		edges         []Edge
		pairs, weight int
	}{
		{"one pair for two", []Edge{{0, 1, 1}, {1, 2, 5}, {2, 3, 1}}, 2, 2},
		{"two pairs for heavier ones", []Edge{{0, 1, 10}, {2, 3, 1}, {0, 2, 8}, {1, 3, 8}}, 2, 16},
		{"a pair below zero", []Edge{{0, 1, -5}}, 1, -5},
	} {
		if m := rough(6, c.edges); m.Pairs != c.pairs || m.Weight != int64(c.weight) {
			t.Errorf("%s: %d pairs worth %d, want %d worth %d", c.name, m.Pairs, m.Weight, c.pairs, c.weight)
		}
	}
}

func TestRoughPairsOfNonsenseAreNone(t *testing.T) {
	if m := rough(2, []Edge{{0, 1, 5}, {1, 0, 5}}); m.Pairs != 0 || len(m.Mate) != 2 {
		t.Errorf("%+v", m)
	}
}
