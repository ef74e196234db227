package match

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The generator of pretend companies: teams of 4 to 14, departments of 4 to 10 teams with
// one to three home zones, popular and rare skills, ten earlier rounds. The same seed gives
// the same company.

// kinds are the offices' offsets from UTC in minutes and how many work there, by kind of company:
// global, in a single zone, on two sides of the globe, or skewed: where nine in ten want to
// practise the same two skills.
var kinds = map[string][][2]int{
	"global": {{-480, 14}, {-420, 3}, {-360, 8}, {-300, 15}, {-180, 5}, {0, 11}, {60, 17}, {120, 5}, {240, 2}, {330, 11},
		{480, 4}, {540, 3}, {660, 2}},
	"single":  {{60, 1}},
	"bipolar": {{-480, 1}, {330, 1}},
	"skewed":  {{-300, 3}, {0, 3}, {60, 4}},
}

const (
	skillCount   = 16
	companyRound = 11 // the round that comes after the earlier ten
)

type workforce struct {
	*rand.Rand
	kind   string
	strong [skillCount]float64 // how popular a skill is as a strength
	wanted [skillCount]float64
	people []Person
	starts []int // of working hours, UTC
}

// company makes n people and their earlier meetings.
func company(kind string, n int, seed uint64) ([]Person, History) {
	w := &workforce{Rand: rand.New(rand.NewPCG(seed, uint64(n))), kind: kind}
	for rank, k := range w.Perm(skillCount) {
		w.strong[rank] = math.Pow(float64(1+rank), -0.6)
		switch {
		case kind != "skewed":
			w.wanted[k] = math.Pow(float64(1+rank), -0.7)
		case rank < 2:
			w.wanted[k] = 1
		default:
			w.wanted[k] = 0.02
		}
	}
	for len(w.people) < n {
		w.department(n)
	}
	w.exclusions()
	return w.people, w.history()
}

// pick answers an index with these chances.
func pick[T int | float64](r *rand.Rand, chances []T) int {
	sum := T(0)
	for _, c := range chances {
		sum += c
	}
	x := r.Float64() * float64(sum)
	for i, c := range chances {
		if x -= float64(c); x < 0 {
			return i
		}
	}
	return len(chances) - 1
}

func (w *workforce) zone() int {
	var chances []int
	for _, o := range kinds[w.kind] {
		chances = append(chances, o[1])
	}
	return kinds[w.kind][pick(w.Rand, chances)][0]
}

func (w *workforce) department(n int) {
	first := len(w.people)
	var homes []int
	for range 1 + w.IntN(3) {
		homes = append(homes, w.zone())
	}
	for range 4 + w.IntN(7) {
		boss := len(w.people)
		for range min(4+w.IntN(11), n-len(w.people)) {
			p := w.person(homes)
			p.Team, p.Department = fmt.Sprint("t", boss), fmt.Sprint("d", first)
			switch i := len(w.people); {
			case i != boss:
				p.Manager = w.people[boss].ID
			case i != first:
				p.Manager = w.people[first].ID
			case i > 0:
				p.Manager = w.people[0].ID
			}
			w.people = append(w.people, p)
		}
	}
}

func (w *workforce) person(homes []int) Person {
	offset := homes[w.IntN(len(homes))]
	if w.Float64() > 0.85 {
		offset = w.zone()
	}
	start := []int{420, 480, 510, 540, 570, 600, 660}[pick(w.Rand, []int{4, 18, 14, 36, 12, 12, 4})] - offset
	length := []int{240, 300, 420, 480, 510, 540}[pick(w.Rand, []int{4, 3, 6, 62, 15, 10})]
	peak := min([]int{90, 120, 150, 180}[w.IntN(4)], length)
	at := start + []int{min(30, length-peak), (length - peak) / 2, length - peak}[pick(w.Rand, []int{45, 20, 35})]
	p := Person{ID: roster.ID(fmt.Sprintf("e%06d", len(w.people))), Work: []Span{{start, length}}, Peak: []Span{{at, peak}},
		Strengths: map[string]int{}}
	has, wants := w.strong, w.wanted
	for range 2 + w.IntN(4) {
		k := pick(w.Rand, has[:])
		has[k], wants[k] = 0, 0
		p.Strengths[fmt.Sprint("skill", k)] = 1 + pick(w.Rand, []int{3, 4, 3})
	}
	for range 1 + w.IntN(3) {
		k := pick(w.Rand, wants[:])
		wants[k] = 0
		p.Stretch = append(p.Stretch, fmt.Sprint("skill", k))
	}
	w.starts = append(w.starts, start)
	return p
}

// exclusions: one in a hundred would rather not be paired with one or two others.
func (w *workforce) exclusions() {
	n := len(w.people)
	for v := range w.people {
		if w.Float64() < 0.01 {
			for range 1 + w.IntN(2) {
				u := min(max(v+w.IntN(81)-40, 0), n-1)
				if w.Float64() > 0.7 {
					u = w.IntN(n)
				}
				w.people[v].Avoid = append(w.people[v].Avoid, w.people[u].ID)
			}
		}
	}
}

// history: in each earlier round 92 in a hundred took part, with somebody of about the same
// hours.
func (w *workforce) history() (h History) {
	for round := 1; round < companyRound; round++ {
		var here []int
		when := make([]float64, len(w.people))
		for v := range w.people {
			if w.Float64() < 0.92 {
				here = append(here, v)
				when[v] = float64(w.starts[v]) + 400*w.Float64()
			}
		}
		slices.SortFunc(here, func(a, b int) int { return cmp.Compare(when[a], when[b]) })
		if len(here)%2 == 1 {
			sits := &w.people[here[len(here)-1]]
			sits.SatOut++
			sits.SatOutLast = round == companyRound-1
		}
		for i := 0; i+1 < len(here); i += 2 {
			h = append(h, Meeting{round, []roster.ID{w.people[here[i]].ID, w.people[here[i+1]].ID}})
		}
	}
	return h
}

// companyGraph is the graph of a company's points, complete or of each person's best.
func companyGraph(kind string, n int, seed uint64, best int) []Edge {
	people, history := company(kind, n, seed)
	t := newTable(people, history, companyRound, Standard(), 1)
	t.scale, t.steps = 1, 1
	p := t.pool(t.here())
	g := p.glance
	s := sweep{most: forAll}
	if best > 0 {
		s.most = best
	}
	return inOrder(g.byRow(func(r *row, known []int32) (hits []hit) {
		u := int(g.order[r.place])
		for q := range int32(n) {
			if v := int(g.order[q]); v == u || r.time[g.sides[q].work] == none {
				continue
			} else if known[q] != r.place+1 {
				e := p.edge(u, v, int64(max(1, g.score(r, q))+r.bench+g.sides[q].bench))
				hits = append(hits, hit{e, -e.Weight})
			} else if w, may := p.weight(u, v); may && w > 0 { // one that met is avoided like a missing edge
				hits = append(hits, hit{Edge{min(u, v), max(u, v), w}, -w})
			}
			if len(hits) >= 4*s.most {
				hits = s.trim(hits)
			}
		}
		return slices.Clone(s.trim(hits))
	}))
}

func TestCompaniesAreLikeRealOnes(t *testing.T) {
	people, history := company("global", 1000, 1)
	again, _ := company("global", 1000, 1)
	if len(people) != 1000 || fmt.Sprint(people[999]) != fmt.Sprint(again[999]) {
		t.Fatalf("%d people, or not the same again", len(people))
	}
	if len(history) < 4400 || len(history) > 4800 {
		t.Errorf("%d meetings in ten rounds", len(history))
	}
	if m := len(companyGraph("global", 1000, 1, 0)); m < 250_000 || m > 400_000 {
		t.Errorf("%d possible pairs", m)
	}
}
