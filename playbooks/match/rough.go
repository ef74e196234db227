package match

import (
	"cmp"
	"slices"
)

// rough finds good pairs in a simple way that needs no prices and proves nothing: always the
// heaviest edge still possible, and then exchanges of two pairs, or of one, while one of them
// makes more pairs, or as many that weigh more. It is what stays when a proof fails. At least
// two thirds of the most pairs possible are among its pairs. The edges must make a graph;
// if they do not, there are no pairs.
func rough(n int, edges []Edge) Matching {
	r := rougher{mate: make([]int, n)}
	for v := range r.mate {
		r.mate[v] = -1
	}
	edges = slices.Clone(edges)
	for i, e := range edges {
		edges[i].U, edges[i].V = min(e.U, e.V), max(e.U, e.V)
	}
	sortEdges(edges)
	var err error
	if r.arcs, err = arcsOf(n, edges, 0); err != nil {
		return matching(nil, r.mate)
	}
	heaviest := slices.Clone(edges)
	slices.SortStableFunc(heaviest, func(a, b Edge) int { return cmp.Compare(b.Weight, a.Weight) })
	for _, e := range heaviest {
		if r.mate[e.U] < 0 && r.mate[e.V] < 0 {
			r.pair(e.U, e.V)
		}
	}
	for changed, left := true, mostExchanges; changed && left > 0; left-- {
		changed = false
		for _, e := range heaviest {
			if r.mate[e.U] != e.V && r.exchange(e) {
				changed = true
			}
		}
	}
	return matching(edges, r.mate)
}

const mostExchanges = 100 // times that rough looks at all edges; five are usual

// rougher is a matching in the making. The arcs of a vertex are in the order of their ends.
type rougher struct {
	arcs
	mate []int
}

func (r *rougher) pair(u, v int) { r.mate[u], r.mate[v] = v, u }

// part leaves a vertex without a partner; -1 is nobody.
func (r *rougher) part(v int) {
	if v >= 0 {
		r.mate[v] = -1
	}
}

// worth answers the doubled weight of an edge; false if there is none.
func (r *rougher) worth(u, v int) (int64, bool) {
	to := r.to[r.first[u]:r.first[u+1]]
	i, ok := slices.BinarySearch(to, int32(v))
	if !ok {
		return 0, false
	}
	return r.weight[int(r.first[u])+i], true
}

// exchange takes an edge in, in the place of those in its way, if that is a gain.
func (r *rougher) exchange(e Edge) bool {
	u, v := e.U, e.V
	a, b := r.mate[u], r.mate[v]
	gain := 2 * e.Weight
	switch {
	case a >= 0 && b >= 0:
		swapped, ok := r.worth(a, b)
		if gain += swapped - r.between(u, a) - r.between(v, b); !ok || gain <= 0 {
			return false
		}
		r.pair(a, b)
	case a >= 0 || b >= 0:
		taken, left := v, b // who has a partner, and this one
		if a >= 0 {
			taken, left = u, a
		}
		x := r.heaviestFree(left, u, v)
		if x < 0 && gain <= r.between(taken, left) {
			return false
		}
		if r.part(left); x >= 0 {
			r.pair(left, x)
		}
	}
	r.pair(u, v)
	return true
}

// between is the worth of an edge that is there.
func (r *rougher) between(u, v int) int64 {
	w, _ := r.worth(u, v)
	return w
}

// heaviestFree answers who of the free neighbours of a vertex, without two others, is worth
// most, or -1.
func (r *rougher) heaviestFree(v, not, nor int) int {
	best, found := int64(0), -1
	for i := r.first[v]; i < r.first[v+1]; i++ {
		if w := int(r.to[i]); r.mate[w] < 0 && w != not && w != nor && (found < 0 || r.weight[i] > best) {
			best, found = r.weight[i], w
		}
	}
	return found
}
