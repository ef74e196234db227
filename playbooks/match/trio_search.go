package match

import (
	"cmp"
	"fmt"
	"slices"
)

// trioSearch looks for the best trio with prices. The best pairs of all vertices but one
// have prices that bound what any trio can reach together with the best pairs of the rest.
// Only trios whose bound beats the best cover so far are worked out, most promising first,
// and each of them gives new prices that lower the bounds of the others. It seldom takes
// more than ten.
type trioSearch struct {
	hunt
	graph  trioGraph
	f      *forest // of the best pairs
	best   Trio
	solves int
}

// trioGraph is the graph to look for trios in.
type trioGraph interface {
	// near lists all edges that fourfold prices exceed by no more than a limit, and perhaps
	// others; false if it left some out.
	near(prices []int64, limit int64) ([]Edge, bool)
	// of lists all edges of a vertex.
	of(v int) []Edge
	// lightest answers a weight that no edge is below.
	lightest() int64
}

const (
	complete  = 2500 // vertices up to which every trio is weighed that could be the best
	mostTrios = 200  // so many are worked out beyond that, and to begin with
	picked    = 8    // vertices one of which must be in the trio, up to which all their edges are looked at
	trioTimes = 128  // how much larger than a lifted weight the search's numbers become
)

// newTrioSearch takes the forest of a graph's most pairs, with three guests.
func newTrioSearch(n int, f *forest, graph trioGraph, worth Worth) *trioSearch {
	alone := 0
	for _, mate := range f.mates()[:n] {
		if mate < 0 {
			alone++
		}
	}
	f.rescale(n)
	t := &trioSearch{graph: graph, f: f, hunt: hunt{n: n, worth: worth, least: graph.lightest() * int64((n-3)/2)}}
	t.learn(f)
	if alone > 1 { // a cover has as many pairs as a matching of all but one
		t.graph = nil
	}
	return t
}

// find finds the best trio with one of the vertices that must be there, nil is any. It
// finds a good one among few edges, those that the forest uses among them, and then
// considers all that a better one could use. It answers whether it found one, and whether
// it is proven that there is none better, or none.
func (t *trioSearch) find(must []int, few []Edge) (best Trio, proven, found bool) {
	t.prices, t.best, t.beat, t.solves = t.prices[:1], Trio{Proof: t.best.Proof[:1:1]}, nothing, 0
	if t.graph == nil {
		return t.best, true, false
	}
	t.require(must)
	var own []Edge // of those who must be there
	if t.must != nil && len(must) <= picked {
		for _, v := range must {
			own = append(own, t.graph.of(v)...)
		}
	}
	first := union(few, own)
	t.f.rewire(first)
	t.consider(first, mostTrios)
	t.prices, t.best.Proof, t.solves = t.prices[:1], t.best.Proof[:1:1], 0
	bound, all := t.better(must, own, few)
	if proven = all && bound == t.beat; t.beat != nothing {
		t.best.Bound = bound
	}
	return t.best, proven, t.beat != nothing
}

// better considers all trios that may be better than the best so far, and answers what
// none of them exceeds; false if it could not look at all.
func (t *trioSearch) better(must []int, own, few []Edge) (bound int64, all bool) {
	base, limit := &t.prices[0], int64(never)
	if t.beat != nothing {
		limit = base.trioLimit(t.beat)
		if own != nil {
			limit -= max(0, leastTwo(must, own, base.vertices))
		}
	}
	edges, all := t.graph.near(base.vertices, limit)
	edges = union(edges, own)
	list := t.candidates(edges)
	if len(list) == 0 {
		bound = t.beat
	} else {
		pairs, every := edges, true
		if t.beat != nothing {
			pairs, every = t.graph.near(base.vertices, 4*(list[0].bound-t.beat))
		}
		t.f.rewire(union(pairs, few))
		most := mostTrios
		if t.n <= complete {
			most = never
		}
		bound, all = t.consider(edges, most), all && every
	}
	if !all {
		bound = max(bound, (base.total+base.deepest/2)>>2)
	}
	return bound, all || bound == t.beat
}

// leastTwo answers the least by which prices exceed two edges of one of these vertices.
func leastTwo(must []int, own []Edge, prices []int64) int64 {
	least := int64(never) / 2
	for _, v := range must {
		first, second := int64(never)/4, int64(never)/4
		for _, e := range own {
			if e.U == v || e.V == v {
				x := fourfold(prices, e)
				first, second = min(first, x), min(second, max(first, x))
			}
		}
		least = min(least, first+second)
	}
	return least
}

// sound checks that all prices learnt cover every pair that a better cover could have.
func (t *trioSearch) sound() error {
	for i := range t.prices {
		for u := range t.n {
			for k := t.f.first[u]; k < t.f.first[u+1]; k++ {
				if v := int(t.f.to[k]); v > u && v < t.n && t.prices[i].fourfold(Edge{u, v, t.f.weight[k] / 4}) < 0 {
					return fmt.Errorf("match: the prices do not cover edge %d-%d", u, v)
				}
			}
		}
	}
	return nil
}

// union lists the edges of both lists once, in order.
func union(a, b []Edge) []Edge {
	if len(b) == 0 {
		return a
	}
	list := slices.Concat(a, b)
	for i, e := range list {
		list[i].U, list[i].V = min(e.U, e.V), max(e.U, e.V)
	}
	sortEdges(list)
	return slices.Compact(list)
}

// learn adds the prices of a forest.
func (t *trioSearch) learn(f *forest) {
	proof := f.proof(t.n, 0)
	l, err := proof.laminar(t.n)
	if err != nil {
		panic(err) // a defect: the blossoms of a forest are laminar; whoever began the search catches it
	}
	t.prices, t.best.Proof = append(t.prices, priced(proof, l)), append(t.best.Proof, proof)
}

// consider works out the trios of these edges that may be the best, so many at most, and
// answers what none of them exceeds.
func (t *trioSearch) consider(edges []Edge, most int) (bound int64) {
	for {
		list := t.candidates(edges)
		if len(list) == 0 {
			return t.beat
		}
		for i, c := range list {
			if c.bound <= t.beat {
				continue
			}
			if t.solves == most {
				return max(t.beat, t.cut, highest(list[i:]))
			}
			t.try(c)
			p := &t.prices[len(t.prices)-1]
			for j := range list[i+1:] {
				t.lower(&list[i+1+j], p)
			}
		}
	}
}

// highest answers the highest bound, all of which have been lowered in the meantime.
func highest(list []candidate) int64 {
	return slices.MaxFunc(list, func(a, b candidate) int { return cmp.Compare(a.bound, b.bound) }).bound
}

// try works out the best cover with a trio.
func (t *trioSearch) try(c candidate) {
	t.solves++
	f := t.f.without(t.n, c.three, t.graph.lightest())
	t.learn(f)
	mates := f.mates()
	if slices.Contains(mates, -1) {
		return // somebody would stay alone
	}
	rest, sum := Matching{Mate: mates[:t.n], Pairs: (t.n - 3) / 2}, int64(0)
	for v, mate := range rest.Mate {
		if mate >= t.n {
			rest.Mate[v] = -1
			continue
		}
		for i := f.first[v]; i < f.first[v+1]; i++ {
			if int(f.to[i]) == mate {
				sum += f.weight[i]
			}
		}
	}
	rest.Weight = sum / 8 // fourfold, and seen from both ends
	weight := rest.Weight + c.worth
	if t.beat == nothing || weight > t.beat {
		t.beat = weight
		t.best.Three, t.best.Rest, t.best.Weight = c.three, rest, weight
	}
}
