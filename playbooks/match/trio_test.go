package match

import (
	"slices"
	"testing"
)

func TestHardGraphsWithATrio(t *testing.T) {
	for name, make := range families {
		r := luck(8)
		for _, size := range []int{3, 5, 9, 25, 61, 151} {
			n, edges := make(size, &r)
			trio, found, err := BestTrio(n, edges, JustHalf)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if err := trio.Check(n, edges, JustHalf); err != nil || trio.Bound != trio.Weight {
				t.Errorf("%s, %d vertices: %d of at most %d: %v", name, n, trio.Weight, trio.Bound, err)
			}
			if want, ok := trioBySolving(n, edges, anybodyIn); size < 26 && (ok != found || ok && want != trio.Weight) {
				t.Errorf("%s, %d vertices: %d %v, by solving each %d %v", name, n, trio.Weight, found, want, ok)
			}
		}
	}
}

func anybodyIn(_, _, _ int) bool { return true }

// trioBySolving solves the rest of every triangle on its own.
func trioBySolving(n int, edges []Edge, in func(a, b, c int) bool) (best int64, found bool) {
	if n%2 == 0 {
		return 0, false
	}
	triangles(n, edges, nil, func(three [3]int, half int64) {
		if !in(three[0], three[1], three[2]) {
			return
		}
		var rest []Edge
		for _, e := range edges {
			in := false
			for _, v := range three {
				in = in || e.U == v || e.V == v
			}
			if !in {
				rest = append(rest, e)
			}
		}
		pairs, weight := solveCubic(n, rest, MostPairs)
		if pairs == (n-3)/2 && (!found || weight+half > best) {
			best, found = weight+half, true
		}
	})
	return best, found
}

// TestTriosAreFoundFromABadBeginning gives the search next to no edges to find a first trio
// among, so that it has to rely on its limits for which others matter.
func TestTriosAreFoundFromABadBeginning(t *testing.T) {
	r := luck(12)
	for range 400 {
		n, span, keep := 7+2*r.below(6), 1+r.below(40), 3+r.below(12)
		var edges []Edge
		for u := range n {
			for v := range u {
				if r.below(n) < keep {
					edges = append(edges, Edge{v, u, int64(r.below(span) - span/4)})
				}
			}
		}
		want, ok := trioBySolving(n, edges, anybodyIn)
		for each := range 3 {
			lift, err := lift(n, edges, MostPairs, trioTimes)
			if err != nil {
				t.Fatal(err)
			}
			f, err := sow(n, 3, edges, lift)
			if err != nil {
				t.Fatal(err)
			}
			f.run()
			few := closest(n, edges, f, each)
			got, proven, found := newTrioSearch(n, f, edgeList(edges), JustHalf).find(nil, few)
			if !proven || found != ok || found && got.Weight != want {
				t.Fatalf("%d %v: %d %v %v, want %d %v", n, edges, got.Weight, proven, found, want, ok)
			}
		}
	}
}

// TestOneOfTheTrioMayBeGiven asks for trios with certain vertices.
func TestOneOfTheTrioMayBeGiven(t *testing.T) {
	r := luck(2)
	for range 300 {
		n, edges := 5+2*r.below(5), []Edge{}
		for u := range n {
			for v := range u {
				if r.below(3) > 0 {
					edges = append(edges, Edge{v, u, int64(r.below(60))})
				}
			}
		}
		must := []int{r.below(n)}
		if r.below(2) > 0 {
			must = append(must, r.below(n))
		}
		in := func(a, b, c int) bool {
			return slices.Contains(must, a) || slices.Contains(must, b) || slices.Contains(must, c)
		}
		want, ok := trioBySolving(n, edges, in)
		got, found, err := bestTrio(n, edges, must, JustHalf, (*forest).run)
		if err == nil {
			err = got.check(n, edges, must, JustHalf)
		}
		if err != nil || found != ok || found && (got.Weight != want || got.Bound != want || !in(got.Three[0], got.Three[1], got.Three[2])) {
			t.Fatalf("%d %v with %v: %+v %v, want %d %v", n, edges, must, got, found, want, ok)
		}
	}
}

// TestLimitsLeaveOutNothingBetter pretends that a cover just worse than the best is known,
// so that the search looks at no more edges than its limits demand.
func TestLimitsLeaveOutNothingBetter(t *testing.T) {
	r := luck(21)
	for turn := range 1500 {
		n, span, keep := 7+2*r.below(6), 2+r.below(40), 4+r.below(12)
		var edges []Edge
		for u := range n {
			for v := range u {
				if r.below(n) < keep {
					edges = append(edges, Edge{v, u, int64(r.below(span) - span/4)})
				}
			}
		}
		in, must := anybodyIn, []int(nil)
		if turn%2 == 0 {
			must = []int{r.below(n), r.below(n)}
			in = func(a, b, c int) bool {
				return slices.Contains(must, a) || slices.Contains(must, b) || slices.Contains(must, c)
			}
		}
		want, ok := trioBySolving(n, edges, in)
		if !ok {
			continue
		}
		lift, err := lift(n, edges, MostPairs, trioTimes)
		if err != nil {
			t.Fatal(err)
		}
		f, err := sow(n, 3, edges, lift)
		if err != nil {
			t.Fatal(err)
		}
		f.run()
		few := closest(n, edges, f, 0)
		s := newTrioSearch(n, f, edgeList(edges), JustHalf)
		var own []Edge
		for _, v := range must {
			own = append(own, s.graph.of(v)...)
		}
		s.require(must)
		s.beat = want - 1 - int64(r.below(3))
		if bound, all := s.better(must, own, few); bound != want || s.beat != want || !all {
			t.Fatalf("%d %v with %v: %d, bound %d %v, want %d", n, edges, must, s.beat, bound, all, want)
		}
	}
}

// TestASearchMayBeAskedTwice asks for trios with different vertices in turn.
func TestASearchMayBeAskedTwice(t *testing.T) {
	r := luck(5)
	n, edges := scattered(7, func(r *luck) int64 { return int64(r.below(50)) })(41, &r)
	lift, err := lift(n, edges, MostPairs, trioTimes)
	if err != nil {
		t.Fatal(err)
	}
	f, err := sow(n, 3, edges, lift)
	if err != nil {
		t.Fatal(err)
	}
	f.run()
	few := closest(n, edges, f, fewEnough)
	s := newTrioSearch(n, f, edgeList(edges), JustHalf)
	for v := range n {
		got, proven, found := s.find([]int{v}, few)
		want, ok, err := bestTrio(n, edges, []int{v}, JustHalf, (*forest).run)
		if err != nil || !proven || found != ok || got.Weight != want.Weight || len(got.Proof) > len(want.Proof)+2 {
			t.Errorf("with %d: %d %v %v, afresh %d %v", v, got.Weight, proven, found, want.Weight, ok)
		}
	}
}
