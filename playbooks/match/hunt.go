package match

import (
	"cmp"
	"slices"
)

// TrioProof bounds all covers by a trio and pairs. Its prices are fourfold and may be
// negative. The first ones cover every edge; the later ones, every edge that a cover above
// the bound could use.
type TrioProof []Proof

// pricing are prices, and what they say about covers by a trio and pairs: a cover is worth
// no more than total, with half of what the sets that hold the whole trio cost, less half
// of what the prices exceed the trio's edges by, less what they exceed the pairs by.
type pricing struct {
	laminar
	total   int64 // of all vertices and sets, a set once for each pair that can be made of it
	deepest int64 // the highest price of a set together with those around it
}

func priced(p Proof, l laminar) pricing {
	r := pricing{laminar: l}
	for _, y := range p.Vertices { // sums may wrap round and back
		r.total += y
	}
	for i, set := range p.Sets {
		x := len(p.Vertices) + i
		r.total += set.Price * int64(l.size[x]/2)
		r.deepest = max(r.deepest, l.prices[x])
	}
	return r
}

// fourfold answers by how much the prices exceed an edge's weight.
func (l *laminar) fourfold(e Edge) int64 { return fourfold(l.vertices, e) + l.shared(e.U, e.V) }

// trioLimit is how much the prices of the three together exceed their edges by, at most, in
// a cover worth more than beat; sets not counted. For a single edge it is the same, because
// the other two are covered by no less than a set that holds the edge too.
func (p *pricing) trioLimit(beat int64) int64 { return 2*(p.total-4*beat) - 1 }

// rest answers what the pairs without a trio can be worth at most.
func (p *pricing) rest(t [3]int) int64 {
	a, b, c := t[0], t[1], t[2]
	shared := max(p.shared(a, b), p.shared(a, c), p.shared(b, c)) // of sets that hold two of them or more
	return (p.total - p.vertices[a] - p.vertices[b] - p.vertices[c] - shared) >> 2
}

// candidate is a trio that may belong to a better cover.
type candidate struct {
	three [3]int
	worth int64
	bound int64 // no cover with it is worth more
}

// hunt lists candidates: trios whose bound beats the best cover known.
type hunt struct {
	n      int
	prices []pricing // the first of a graph's best pairs
	beat   int64     // must be exceeded; nothing while there is no cover
	least  int64     // fewer than this the pairs of a cover are never worth
	worth  Worth
	must   []bool // by vertex: a trio has one of these; nil is everybody
	cut    int64  // the highest bound that did not get on the list
}

// require says of whom one must be in the trio; nil is everybody.
func (h *hunt) require(must []int) {
	h.must = nil
	if must != nil {
		h.must = make([]bool, h.n)
		for _, v := range must {
			h.must[v] = true
		}
	}
}

// handful is how many candidates are listed at once, and their number at which the list is
// cut to that.
const (
	handful = 1 << 16
	toomany = 1 << 18
)

const nothing = -1 << 63

// candidates lists the trios of these edges with the highest bounds, highest first.
func (h *hunt) candidates(edges []Edge) (list []candidate) {
	base := &h.prices[0]
	if h.beat != nothing {
		edges = within(edges, base.vertices, base.trioLimit(h.beat))
	}
	h.cut = nothing
	triangles(h.n, edges, h.must, func(three [3]int, half int64) {
		if rest := base.rest(three); rest < h.least || rest+half <= h.beat {
			return
		}
		value, ok := h.worth(three[0], three[1], three[2], half)
		if !ok {
			return
		}
		c := candidate{three, value, base.rest(three) + value}
		for i := 1; i < len(h.prices); i++ {
			h.lower(&c, &h.prices[i])
		}
		if c.bound > h.beat {
			list = append(list, c)
		}
		if len(list) == toomany {
			list = h.trim(list)
		}
	})
	return h.trim(list)
}

// lower takes other prices' word for it if they say less.
func (h *hunt) lower(c *candidate, p *pricing) {
	if rest := p.rest(c.three); rest < h.least {
		c.bound = nothing // somebody would stay alone
	} else {
		c.bound = min(c.bound, rest+c.worth)
	}
}

func (h *hunt) trim(list []candidate) []candidate {
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.bound, a.bound), slices.Compare(a.three[:], b.three[:]))
	})
	if len(list) > handful {
		h.cut = max(h.cut, list[handful].bound)
		list = list[:handful]
	}
	return list
}

// triangles calls see once for every three vertices that have all three edges and one of
// whom must be there.
func triangles(n int, edges []Edge, must []bool, see func(three [3]int, half int64)) {
	a, err := arcsOf(n, edges, 0)
	if err != nil {
		return // a graph that was refused before
	}
	done := func(u, v int) bool { return v < u && (must == nil || must[v]) } // looked at v before
	seen, weight := make([]int, n), make([]int64, n)
	for u := range n {
		if must != nil && !must[u] {
			continue
		}
		begin, end := a.first[u], a.first[u+1]
		for i := begin; i < end; i++ {
			seen[a.to[i]], weight[a.to[i]] = u+1, a.weight[i]
		}
		for i := begin; i < end; i++ {
			v := int(a.to[i])
			if done(u, v) {
				continue
			}
			for j := a.first[v]; j < a.first[v+1]; j++ {
				if w := int(a.to[j]); w > v && seen[w] == u+1 && !done(u, w) {
					x, y, z := ascending(u, v, w)
					see([3]int{x, y, z}, HalfSum(weight[v], weight[w], a.weight[j])>>1)
				}
			}
		}
	}
}

func ascending(a, b, c int) (int, int, int) {
	if a > b {
		a, b = b, a
	}
	if b > c {
		b, c = c, b
	}
	return min(a, b), max(a, b), c
}
