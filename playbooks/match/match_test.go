package match

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"pgregory.net/rapid"
)

func anybody(t *rapid.T, most int) ([]Person, History, int) {
	n := rapid.IntRange(0, most).Draw(t, "people")
	ids := make([]roster.ID, n)
	for i := range ids {
		ids[i] = roster.ID(fmt.Sprintf("id%02d", i))
	}
	skills := rapid.SampledFrom([]string{"listening", "feedback", "conflict"})
	var people []Person
	for i := range ids {
		p := Person{
			ID: ids[i], Team: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "team"),
			Department: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "department"),
			Strengths:  map[string]int{skills.Draw(t, "strength"): rapid.IntRange(1, 3).Draw(t, "level")},
			Stretch:    rapid.SliceOfNDistinct(skills, 0, 2, rapid.ID[string]).Draw(t, "stretch"),
			Work:       []Span{{rapid.IntRange(0, 3).Draw(t, "start") * 120, 240}},
			SatOut:     rapid.IntRange(0, 2).Draw(t, "sat out"), SatOutLast: rapid.Bool().Draw(t, "last"),
			Newcomer: rapid.Bool().Draw(t, "new"), Veteran: rapid.Bool().Draw(t, "veteran"),
		}
		p.Peak = []Span{{p.Work[0].Start, 60}}
		other := ids[rapid.IntRange(0, n-1).Draw(t, "other")]
		switch rapid.IntRange(0, 9).Draw(t, "rule") {
		case 0:
			p.Manager = other
		case 1:
			p.Avoid = []roster.ID{other}
		case 2:
			p.Away = "paused"
		}
		people = append(people, p)
	}
	round := rapid.IntRange(1, 30).Draw(t, "round")
	var history History
	for k := rapid.IntRange(0, n).Draw(t, "meetings"); k > 0; k-- {
		a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
		if a != b {
			history = append(history, Meeting{rapid.IntRange(0, round).Draw(t, "when"), []roster.ID{ids[a], ids[b]}})
		}
	}
	return people, history, round
}

func TestEverybodyIsPlacedOnceOrToldWhyNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, history, round := anybody(t, 12)
		plan := Pairs(people, history, round, Standard(), 3)
		seen, total := map[roster.ID]int{}, 0
		for _, g := range plan.Groups {
			total += g.Score.Total
			for _, id := range g.People {
				seen[id]++
			}
		}
		for _, l := range plan.Out {
			seen[l.ID]++
			if l.Reason.Code == "" || l.Reason.From != "" || l.Reason.To != "" {
				t.Fatalf("%s is told %+v", l.ID, l.Reason)
			}
		}
		if len(seen) != len(people) || total != plan.Total {
			t.Fatalf("%d of %d people, total %d of %d", len(seen), len(people), total, plan.Total)
		}
		for id, times := range seen {
			if times != 1 {
				t.Fatalf("%s appears %d times", id, times)
			}
		}
	})
}

func TestHardRulesHoldForEveryTwoPeopleOfAGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, history, round := anybody(t, 12)
		who := map[roster.ID]Person{}
		for _, p := range people {
			who[p.ID] = p
		}
		for _, g := range Pairs(people, history, round, Standard(), 3).Groups {
			all := dialOf([]Span{{0, dayMinutes}})
			for i, id := range g.People {
				a := who[id]
				work := dialOf(a.Work)
				all = all.and(&work)
				if a.Away != "" {
					t.Fatalf("%s is away", id)
				}
				for _, other := range g.People[:i] {
					b := who[other]
					if a.Manager == other || b.Manager == id || slices.Contains(a.Avoid, other) || slices.Contains(b.Avoid, id) {
						t.Fatalf("%s and %s must not meet", id, other)
					}
				}
			}
			if all.common(&all) < 30 || len(g.People) < 2 || len(g.People) > 3 {
				t.Fatalf("group %v cannot meet", g.People)
			}
		}
	})
}

func TestEqualPeopleInAnyOrderGiveAnEqualPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, history, round := anybody(t, 11)
		seed := rapid.Uint64().Draw(t, "seed")
		want := Pairs(people, history, round, Weights{}, seed)
		got := Pairs(rapid.Permutation(people).Draw(t, "order"), rapid.Permutation(history).Draw(t, "told"), round, Standard(), seed)
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("\n%+v\n%+v", want, got)
		}
	})
}

// TestNoPlanIsBetter tries every way to make pairs and at most one trio.
func TestNoPlanIsBetter(t *testing.T) {
	exact := 0
	rapid.Check(t, func(t *rapid.T) {
		people, history, round := anybody(t, 7)
		plan := Pairs(people, history, round, Standard(), 5)
		if !plan.Exact {
			return
		}
		exact++
		tab := newTable(people, history, round, Standard(), 5)
		got := value{}
		for _, g := range plan.Groups {
			var members []int
			for _, id := range g.People {
				members = append(members, slices.IndexFunc(tab.people, func(p Person) bool { return p.ID == id }))
			}
			got = got.plus(tab.value(members))
		}
		if best := tab.bestValue(0, false); got != best {
			t.Fatalf("got %+v, best is %+v", got, best)
		}
	})
	if exact == 0 {
		t.Error("no plan was exact")
	}
}

// value is what a plan is compared by: people placed, trios, how late the third's turn is,
// staleness, score; doubled where a trio counts half.
type value struct{ placed, trios, turn, stale, score int }

func (v value) plus(w value) value {
	return value{v.placed + w.placed, v.trios + w.trios, v.turn + w.turn, v.stale + w.stale, v.score + w.score}
}

func (v value) beats(w value) bool {
	a, b := []int{v.placed, -v.trios, -v.turn, -v.stale, v.score}, []int{w.placed, -w.trios, -w.turn, -w.stale, w.score}
	return slices.Compare(a, b) > 0
}

func (t *table) value(m []int) value {
	v, owed := value{placed: len(m)}, math.MaxInt
	for k, i := range m {
		owed = min(owed, t.faces[i].bench(t.weights))
		for _, j := range m[:k] {
			s := t.rated(i, j)
			v.stale += int(t.weights.stale(s.Ago))
			v.score += s.Total
		}
	}
	if len(m) == 3 {
		v.trios, v.score = 1, v.score-2*owed
		v.turn = min(t.bench.class[m[0]], t.bench.class[m[1]], t.bench.class[m[2]])
		return v
	}
	v.stale, v.score = 2*v.stale, 2*v.score
	return v
}

// bestValue places the people from i on, except those used.
func (t *table) bestValue(used int, trio bool) (best value) {
	i := 0
	for i < len(t.people) && used>>i&1 == 1 {
		i++
	}
	if i == len(t.people) {
		return value{}
	}
	best = t.bestValue(used|1<<i, trio)
	keep := func(m []int, trio bool) {
		next := used
		for _, k := range m {
			next |= 1 << k
		}
		if v := t.value(m).plus(t.bestValue(next, trio)); v.beats(best) {
			best = v
		}
	}
	for j := i + 1; j < len(t.people); j++ {
		if used>>j&1 == 1 || !t.mayMeet(i, j) {
			continue
		}
		keep([]int{i, j}, trio)
		for k := j + 1; k < len(t.people) && !trio; k++ {
			if used>>k&1 == 0 && t.mayMeet(i, k) && t.mayMeet(j, k) {
				both := t.faces[i].work.and(&t.faces[j].work)
				if both.common(&t.faces[k].work) >= t.weights.MinCommon {
					keep([]int{i, j, k}, true)
				}
			}
		}
	}
	return best
}

func TestStretchGoalsStayWithTheirOwner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, history, round := anybody(t, 10)
		who := map[roster.ID]Person{}
		for _, p := range people {
			who[p.ID] = p
		}
		for _, g := range Pairs(people, history, round, Standard(), 3).Groups {
			for _, id := range g.People {
				for _, r := range g.For(id) {
					if r.To != "" && r.To != id {
						t.Fatalf("%s reads what is for %s", id, r.To)
					}
					mine := slices.Contains(who[id].Stretch, r.Skill) && who[r.From].Strengths[r.Skill] > 0
					if r.Skill != "" && !mine {
						t.Fatalf("%s reads %+v", id, r)
					}
				}
			}
		}
	})
}

func TestAnExclusionSoundsLikeBadLuck(t *testing.T) {
	excluded := crowd(2)
	excluded[0].Avoid = []roster.ID{excluded[1].ID}
	managed := crowd(2)
	managed[0].Manager = managed[1].ID
	a, b := Pairs(excluded, nil, 1, Standard(), 1), Pairs(managed, nil, 1, Standard(), 1)
	if !reflect.DeepEqual(a, b) || len(a.Out) != 2 || a.Out[0].Reason != (Reason{Code: NoPartner}) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestWhySomebodyStaysWithoutAPartner(t *testing.T) {
	far := crowd(2)
	far[0].Work = []Span{{0, 120}}
	away := crowd(3)
	away[1].Away = "no-consent"
	for name, c := range map[string]struct {
		people []Person
		want   map[roster.ID]Code
	}{
		"alone":       {crowd(1), map[roster.ID]Code{"p000": NobodyElse}},
		"far apart":   {far, map[roster.ID]Code{"p000": NoCommonTime, "p001": NoCommonTime}},
		"not yet in":  {away, map[roster.ID]Code{"p001": "no-consent"}},
		"nobody here": {nil, map[roster.ID]Code{}},
	} {
		got := map[roster.ID]Code{}
		for _, l := range Pairs(c.people, nil, 1, Standard(), 1).Out {
			got[l.ID] = l.Reason.Code
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestBothReadWhyTheyWereBroughtTogether(t *testing.T) {
	people := []Person{
		{ID: "ana", Department: "sales", Strengths: map[string]int{"listening": 3}, Stretch: []string{"feedback"},
			Work: []Span{{480, 480}}, Peak: []Span{{480, 120}}, Veteran: true},
		{ID: "ben", Department: "legal", Strengths: map[string]int{"feedback": 2}, Stretch: []string{"conflict", "listening"},
			Work: []Span{{600, 480}}, Peak: []Span{{600, 120}}, Newcomer: true, SatOut: 1, SatOutLast: true},
	}
	g := Pairs(people, History{{1, []roster.ID{"ana", "ben"}}}, 4, Standard(), 1).Groups[0]
	together := []Reason{{Code: OtherDepartment}, {Code: CommonHours, Minutes: 360}}
	wantAna := append([]Reason{
		{Code: StrengthMeetsStretch, From: "ben", To: "ana", Skill: "feedback"},
		{Code: NewcomerMeetsVeteran, From: "ana"},
		{Code: MetBefore, From: "ben", To: "ana", Rounds: 3}}, together...)
	wantBen := append([]Reason{
		{Code: StrengthMeetsStretch, From: "ana", To: "ben", Skill: "listening"},
		{Code: YourTurn, To: "ben"},
		{Code: NewcomerMeetsVeteran, From: "ana"},
		{Code: MetBefore, From: "ana", To: "ben", Rounds: 3}}, together...)
	if got := g.For("ana"); !reflect.DeepEqual(got, wantAna) {
		t.Errorf("ana reads\n%+v\nnot\n%+v", got, wantAna)
	}
	if got := g.For("ben"); !reflect.DeepEqual(got, wantBen) {
		t.Errorf("ben reads\n%+v\nnot\n%+v", got, wantBen)
	}
	s := g.Score
	// help: ben to ana 150*3*2/(3*3) = 100, ana to ben 150*2*3/(3*5) = 60; both: + 2*60/3
	want := Score{C: 200, T: 250, X: 100, N: 60, R: 317, F: 450, Total: 1243, Common: 360, Ago: 3}
	if s != want {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
}

// TestAGlanceSaysTheSame compares the quick score of every two people with the full one.
func TestAGlanceSaysTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, history, round := anybody(t, 14)
		w := Standard()
		if rapid.Bool().Draw(t, "other weights") {
			n := rapid.IntRange(-50, 300)
			w = Weights{Base: n.Draw(t, "base"), Help: n.Draw(t, "help"), Time: n.Draw(t, "time"), Energy: n.Draw(t, "energy"),
				Department: n.Draw(t, "department"), Team: n.Draw(t, "team"), Newcomer: n.Draw(t, "newcomer"), HalfLife: 6,
				Repeat: 400, SatOut: 100, SatOutLast: 50, MinCommon: rapid.IntRange(0, 300).Draw(t, "common")}
		}
		tab := newTable(people, history, round, w, 9, anyWishes(t, people))
		p := tab.pool(tab.here())
		prices := make([]int64, len(p.who))
		for v := range prices {
			prices[v] = rapid.Int64Range(-200, 1500).Draw(t, "price") * tab.scale
		}
		below := rapid.Int64Range(-3000, 300).Draw(t, "below") * tab.scale
		s := sweep{pool: p, prices: prices, times: 2, below: below, most: forAll}
		got := map[[2]int]int64{}
		for _, hits := range s.run() {
			for _, h := range hits {
				got[[2]int{h.U, h.V}] = h.Weight
			}
		}
		want := map[[2]int]int64{}
		for v := range p.who {
			for u := range v {
				if weight, may := p.weight(u, v); may && prices[u]+prices[v]-2*weight < below {
					want[[2]int{u, v}] = weight
				}
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// anyWishes forbids and announces some pairs.
func anyWishes(t *rapid.T, people []Person) (w Wishes) {
	if len(people) < 2 {
		return w
	}
	two := func() [2]roster.ID {
		return [2]roster.ID{rapid.SampledFrom(people).Draw(t, "one").ID, rapid.SampledFrom(people).Draw(t, "other").ID}
	}
	for range rapid.IntRange(0, 2).Draw(t, "forbidden") {
		w.Forbids = append(w.Forbids, two())
	}
	for range rapid.IntRange(0, 2).Draw(t, "announced") {
		pair := two()
		w.Announced = append(w.Announced, pair[:])
	}
	return w
}
