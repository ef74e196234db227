package match

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// TestPricedPairsAreTheBestOfAll compares what is found by adding missing pairs with what
// is found among all pairs at once.
func TestPricedPairsAreTheBestOfAll(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for kind := range kinds {
		for _, n := range []int{allPairs + 100, allPairs + 201} {
			people, history := company(kind, n, 3)
			tab := newTable(people, history, companyRound, Standard(), 1)
			sweeps := 0
			got := tab.place(func(Progress) { sweeps++ })
			if sweeps < 2 || !got.exact || got.gap != 0 {
				t.Errorf("%s, %d people: exact %v with gap %d after %d sweeps", kind, n, got.exact, got.gap, sweeps)
			}
			if weight, want := tab.worthOf(got.groups), tab.bestOfAll(t); weight != want {
				t.Errorf("%s, %d people: %d, the best is %d", kind, n, weight, want)
			}
		}
	}
}

// bestOfAll solves the complete graph: with the trio of whose turn it is, if there is one.
func (t *table) bestOfAll(test *testing.T) int64 {
	s := &island{t: t, who: t.here()}
	s.edges = t.pool(s.who).all()
	if len(s.who)%2 == 0 {
		return solved(test, len(s.who), s.edges, MostPairs).Weight
	}
	c, ok := s.trio()
	if !ok {
		test.Error("no trio")
	}
	return c.weight
}

// worthOf adds up the weights of groups.
func (t *table) worthOf(groups [][]int) (sum int64) {
	for _, g := range groups {
		w := t.weight(g[0], g[1])
		if len(g) == 3 {
			w = HalfSum(w, t.weight(g[0], g[2]), t.weight(g[1], g[2])) - t.owed(g[0], g[1], g[2])
		}
		sum += w
	}
	return sum
}

func TestTheNumberOfCoresChangesNothing(t *testing.T) {
	people, history := company("global", allPairs+40, 5)
	want := Pairs(people, history, companyRound, Standard(), 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if got := Pairs(people, history, companyRound, Standard(), 1); !reflect.DeepEqual(got, want) {
		t.Error("one core makes another plan")
	}
}

// TestAPlanSaysHowGoodItIs holds the figures of a plan against its groups.
func TestAPlanSaysHowGoodItIs(t *testing.T) {
	people, history := company("bipolar", 301, 2)
	people[3].Away = "paused"
	for i := range 3 { // three with whom nobody has common hours
		people[50+i].Work = []Span{{700 + 60*i, 40}}
		for j := range people {
			people[50+i].Avoid = append(people[50+i].Avoid, people[j].ID)
		}
	}
	plan := Pairs(people, history, companyRound, Standard(), 1)
	in := 0
	for _, g := range plan.Groups {
		in += len(g.People)
	}
	if plan.Here != 300 || plan.Placed != in || plan.Placed+len(plan.Out) != 301 || plan.Placed < 297 || plan.Gap != 0 {
		t.Errorf("%d here, %d placed, %d in groups, %d out, gap %d", plan.Here, plan.Placed, in, len(plan.Out), plan.Gap)
	}
}

// TestARepeatOutweighsAllScores makes the largest groups there are repeat an old meeting
// rather than a young one, whatever the scores.
func TestARepeatOutweighsAllScores(t *testing.T) {
	for _, n := range []int{4, 61, 1000, 10_001, 50_000} {
		people, history := make([]Person, n), History{}
		for i := range people {
			people[i] = Person{ID: roster.ID(fmt.Sprintf("p%05d", i)), Work: []Span{{480, 480}}}
		}
		history = append(history, Meeting{1, []roster.ID{"p00000", "p00001"}}, Meeting{2, []roster.ID{"p00002", "p00003"}})
		tab := newTable(people, history, companyRound, Standard(), 1)
		old, young, none := tab.weight(0, 1), tab.weight(2, 3), tab.weight(0, 2)
		all := int64(n/2) * (tab.hi - tab.scale) // nobody can lose more by any choice among the others
		if old-young <= all || none-old <= all {
			t.Errorf("%d people: old %d, young %d, none %d, all scores %d", n, old, young, none, all)
		}
		t.Logf("%d people: a point is %d, noise has %d steps", n, tab.scale, tab.steps)
	}
}

// TestIslandsOfALargeGroupAreFound makes two halves of the globe without common hours, a few
// people with odd hours who have each other, and some who have nobody.
func TestIslandsOfALargeGroupAreFound(t *testing.T) {
	people := crowd(allPairs + 200)
	for i := range people {
		people[i].ID = roster.ID(fmt.Sprintf("i%05d", i))
		switch {
		case i%400 == 7:
			people[i].Work = nil
		case i%300 == 11:
			people[i].Work = []Span{{300, 100}}
		case i%5 == 0:
			people[i].Work = []Span{{1100, 200}}
		}
	}
	tab := newTable(people, nil, 1, Standard(), 1)
	var got [][]int
	for _, s := range tab.islands() {
		got = append(got, s.who)
	}
	part := newParts(len(tab.people))
	for i := range tab.people {
		for j := range i {
			if tab.mayMeet(j, i) {
				part.join(j, i)
			}
		}
	}
	number, want := map[int]int{}, [][]int(nil)
	for i := range tab.people {
		k, ok := number[part.of(i)]
		if !ok {
			k = len(want)
			number[part.of(i)], want = k, append(want, nil)
		}
		want[k] = append(want[k], i)
	}
	if !reflect.DeepEqual(got, want) || len(want) < 8 {
		t.Errorf("%d islands, want %d", len(got), len(want))
	}
	plan := Pairs(people, nil, 1, Standard(), 1)
	if plan.Placed+len(plan.Out) != len(people) || len(plan.Out) != 6 || !plan.Exact {
		t.Errorf("%d placed, %d out, exact %v", plan.Placed, len(plan.Out), plan.Exact)
	}
}

// TestALargeGroupMayLeaveSeveralOver: three people know nobody but one and the same other.
func TestALargeGroupMayLeaveSeveralOver(t *testing.T) {
	people := crowd(allPairs + 4)
	for i := range people {
		people[i].ID = roster.ID(fmt.Sprintf("i%05d", i))
		people[i].Work = []Span{{480, 240}}
	}
	people[9].Work = []Span{{480, 480}}
	for _, i := range []int{40, 41, 42} {
		people[i].Work = []Span{{800, 100}}
		for _, j := range []int{40, 41, 42} {
			people[i].Avoid = append(people[i].Avoid, people[j].ID)
		}
	}
	plan := Pairs(people, nil, 1, Standard(), 1)
	if plan.Placed != len(people)-2 || len(plan.Out) != 2 || plan.Exact {
		t.Errorf("%d of %d placed, %d out, exact %v", plan.Placed, len(people), len(plan.Out), plan.Exact)
	}
}
