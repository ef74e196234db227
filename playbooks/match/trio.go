package match

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Trio is a cover of an odd number of vertices by one group of three and pairs.
type Trio struct {
	Three  [3]int // ascending
	Rest   Matching
	Weight int64     // of the pairs and the three together
	Bound  int64     // proven: no cover is worth more; Weight itself if this one is the best
	Proof  TrioProof // of the bound
}

// HalfSum is what a trio is worth by default: half the sum of its three edges, rounded
// down. A trio gives three conversations in the time of a pair's one and a half.
func HalfSum(ab, ac, bc int64) int64 { return (ab + ac + bc) >> 1 }

// Worth answers what three vertices, ascending, count as a trio when HalfSum of their
// edges is half: never more than that, and false where they cannot be one although they
// have all three edges.
type Worth func(a, b, c int, half int64) (int64, bool)

// JustHalf is the Worth of trios that count HalfSum and nothing else.
func JustHalf(_, _, _ int, half int64) (int64, bool) { return half, true }

// BestTrio covers all n vertices, n odd, by one trio and pairs, of the greatest total
// weight. A trio needs all three of its edges. It answers false when there is no such
// cover. Up to 2,500 vertices the answer is the best; beyond, Bound says how far from that
// it may be.
func BestTrio(n int, edges []Edge, worth Worth) (Trio, bool, error) {
	return bestTrio(n, edges, nil, worth, (*forest).run)
}

// bestTrio is BestTrio with one of the vertices that must be in the trio, nil is any. It
// starts from what a search finds, whose breakdown is an error.
func bestTrio(n int, edges []Edge, must []int, worth Worth, search func(*forest) bool) (best Trio, found bool, err error) {
	defer func() { err = cmp.Or(caught(recover()), err) }()
	if n%2 == 0 {
		return best, false, nil // without a proof: counting shows it
	}
	lift, err := lift(n, edges, MostPairs, trioTimes)
	if err != nil {
		return best, false, err
	}
	f, err := sow(n, 3, edges, lift)
	if err != nil {
		return best, false, err
	}
	search(f)
	if err := f.proof(n, lift).Check(n, edges, matching(edges, f.mates()[:n])); err != nil {
		return best, false, err // from false pairs the search for trios might never end
	}
	best, _, found = newTrioSearch(n, f, edgeList(edges), worth).find(must, closest(n, edges, f, fewEnough))
	return best, found, nil
}

// edgeList is a graph by its edges.
type edgeList []Edge

func (l edgeList) near(prices []int64, limit int64) ([]Edge, bool) {
	return within(l, prices, limit), true
}

func (l edgeList) of(v int) (own []Edge) {
	for _, e := range l {
		if e.U == v || e.V == v {
			own = append(own, e)
		}
	}
	return own
}

func (l edgeList) lightest() (least int64) {
	for i, e := range l {
		if i == 0 || e.Weight < least {
			least = e.Weight
		}
	}
	return least
}

// fourfold answers by how much the fourfold prices of two vertices exceed the weight of
// their edge. Sets that hold both cover the edge too and are not counted.
func fourfold(prices []int64, e Edge) int64 { return prices[e.U] + prices[e.V] - 4*e.Weight }

// within lists the edges that exceed their weight by so much at most.
func within(edges []Edge, prices []int64, limit int64) (list []Edge) {
	for _, e := range edges {
		if fourfold(prices, e) <= limit {
			list = append(list, e)
		}
	}
	return list
}

// fewEnough is how many edges of a vertex are looked at for a first trio.
const fewEnough = 6

// closest lists the edges that f uses, and of each vertex so many that are covered most
// closely, in their order.
func closest(n int, edges []Edge, f *forest, each int) (few []Edge) {
	used := f.used()
	nearest := make([][]int, n) // by vertex: edges
	slack := func(i int) int64 { return f.at[edges[i].U].price + f.at[edges[i].V].price - 2*edges[i].Weight }
	take := make([]bool, len(edges))
	for i, e := range edges {
		take[i] = used[[2]int32{int32(e.U), int32(e.V)}] || used[[2]int32{int32(e.V), int32(e.U)}]
		for _, v := range []int{e.U, e.V} {
			l := nearest[v]
			if len(l) == each && (each == 0 || slack(l[each-1]) <= slack(i)) {
				continue
			}
			at, _ := slices.BinarySearchFunc(l, slack(i), func(j int, s int64) int { return cmp.Compare(slack(j), s+1) })
			nearest[v] = slices.Insert(l, at, i)[:min(len(l)+1, each)]
		}
	}
	for _, l := range nearest {
		for _, i := range l {
			take[i] = true
		}
	}
	for i, e := range edges {
		if take[i] {
			few = append(few, e)
		}
	}
	return few
}

// used are the edges of the pairs and of the blossoms, one way round.
func (f *forest) used() map[[2]int32]bool {
	used := map[[2]int32]bool{}
	for v, mate := range f.mates() {
		used[[2]int32{int32(v), int32(mate)}] = true
	}
	for _, b := range f.nodes[f.n:] {
		for _, h := range b.ring {
			used[[2]int32{h.from, h.to}] = true
		}
	}
	return used
}

// Check verifies the bound of a cover of the graph, or that there is no cover if this one is
// empty, and says what is violated. It trusts nothing that the search believed; its time is
// that of looking at the graph once for each set of prices, and at all triangles of the few
// edges that a better cover could have.
func (t Trio) Check(n int, edges []Edge, worth Worth) error { return t.check(n, edges, nil, worth) }

// check is Check of a bound on covers whose trio holds one of the vertices that must be there.
func (t Trio) check(n int, edges []Edge, must []int, worth Worth) error {
	if n%2 == 0 && t.Rest.Mate == nil {
		return nil
	}
	beat := t.Bound
	if t.Rest.Mate == nil {
		beat = nothing
	} else if err := t.covers(n, edges, worth); err != nil {
		return err
	}
	var prices []pricing
	for _, p := range t.Proof {
		l, err := p.laminar(n)
		if err != nil {
			return err
		}
		prices = append(prices, priced(p, l))
	}
	if len(prices) == 0 {
		return errors.New("match: the trio has no proof")
	}
	if err := prices[0].cover(edges, never, &prices[0]); err != nil {
		return err
	}
	h := hunt{n: n, prices: prices[:1], beat: beat, least: edgeList(edges).lightest() * int64((n-3)/2), worth: worth}
	h.require(must)
	list, limit := h.candidates(edges), int64(never)
	if len(list) > 0 && beat != nothing {
		limit = 4 * (list[0].bound - beat)
	}
	for i := range prices {
		if err := prices[i].cover(edges, limit, &prices[0]); err != nil {
			return err
		}
	}
	h.prices = prices
	for _, c := range h.candidates(edges) {
		return fmt.Errorf("match: the prices let trio %v reach %d", c.three, c.bound)
	}
	return nil
}

// cover says which edge the prices cover too little, among those that the first prices
// exceed by no more than a limit: no better cover uses others as pairs.
func (p *pricing) cover(edges []Edge, limit int64, first *pricing) error {
	for _, e := range edges {
		if p.fourfold(e) < 0 && first.fourfold(e) <= limit {
			return fmt.Errorf("match: the prices do not cover edge %d-%d", e.U, e.V)
		}
	}
	return nil
}

// covers checks that everybody is covered once and that the weight is right.
func (t Trio) covers(n int, edges []Edge, worth Worth) error {
	if len(t.Rest.Mate) != n {
		return errors.New("match: the pairs do not mention every vertex")
	}
	var three, found []int64
	sum, times := int64(0), make([]int, n)
	for _, e := range edges {
		switch {
		case slices.Contains(t.Three[:], e.U) && slices.Contains(t.Three[:], e.V):
			three = append(three, e.Weight)
		case t.Rest.Mate[e.U] == e.V && t.Rest.Mate[e.V] == e.U:
			times[e.U], times[e.V] = times[e.U]+1, times[e.V]+1
			found = append(found, e.Weight)
			sum += e.Weight
		}
	}
	if len(three) != 3 || t.Three[0] >= t.Three[1] || t.Three[1] >= t.Three[2] {
		return fmt.Errorf("match: %v is no trio", t.Three)
	}
	for _, v := range t.Three {
		times[v]++
	}
	for v, k := range times {
		if k != 1 {
			return fmt.Errorf("match: vertex %d is covered %d times", v, k)
		}
	}
	value, ok := worth(t.Three[0], t.Three[1], t.Three[2], HalfSum(three[0], three[1], three[2]))
	if !ok || sum != t.Rest.Weight || len(found) != t.Rest.Pairs || sum+value != t.Weight || t.Bound < t.Weight {
		return errors.New("match: the cover is counted wrongly")
	}
	return nil
}
