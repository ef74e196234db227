package match

import (
	"cmp"
	"slices"
)

// A large island has too many pairs to look at all of them closely. So the best matching of
// few likely pairs is found; its prices say of every other pair whether it could make the
// matching better; those pairs are added, until none is left. Then the matching is the best
// of all pairs there are, proven by the same prices.

const (
	allPairs   = 2000 // people up to whom all pairs are looked at closely at once
	likely     = 12   // pairs of each person to begin with, the best among neighbours
	lucky      = 6    // and some by chance, without which a few popular people draw everybody
	glances    = 300  // neighbours to look at for these, and as many by chance
	added      = 12   // pairs of each person added at a time
	mostSweeps = 40
)

// Progress is how far the search for the best pairs has come.
type Progress struct {
	Sweep   int // how many times all pairs were compared with the prices
	Pairs   int // looked at closely so far
	Missing int // found by this sweep, at least; 0 at the end
}

// solution is the best matching of a pool.
type solution struct {
	forest *forest
	mates  []int
	edges  []Edge // looked at closely
	gap    int64  // the weight of a better matching is no higher than by so much
}

// solve finds the best matching of all pairs. The forest has three guests if the number of
// people is odd.
func (p *pool) solve(watch func(Progress)) (solution, error) {
	n, guests := len(p.who), 0
	if n%2 == 1 {
		guests = 3
	}
	lift, err := liftOf(n, p.t.lo, p.t.hi, MostPairs, trioTimes)
	if err != nil {
		return solution{}, err
	}
	edges := p.begin()
	for sweeps := 1; ; sweeps++ {
		f, err := sow(n, guests, edges, lift)
		if err != nil {
			return solution{}, err
		}
		p.t.search(f)
		s := solution{forest: f, edges: edges, mates: f.mates()[:n]}
		proof := f.proof(n, lift)
		if err := proof.Check(n, edges, matching(edges, s.mates)); err != nil {
			return s, err
		}
		f.release(n)
		missing, err := p.missing(f.proof(n, 0))
		if err != nil {
			return s, err
		}
		for _, hits := range missing {
			if len(hits) > 0 {
				s.gap -= hits[0].excess
			}
			for _, h := range hits {
				edges = append(edges, h.Edge)
			}
		}
		watch(Progress{Sweep: sweeps, Pairs: len(s.edges), Missing: len(edges) - len(s.edges)})
		if s.gap == 0 || sweeps == mostSweeps {
			s.gap = (s.gap + 1) / 2
			return s, nil
		}
		sortEdges(edges)
	}
}

func sortEdges(edges []Edge) {
	slices.SortFunc(edges, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.U, b.U), cmp.Compare(a.V, b.V)) })
}

// missing lists the pairs that prices cover too little, by place, worst first.
func (p *pool) missing(prices Proof) ([][]hit, error) {
	l, err := prices.laminar(len(p.who))
	if err != nil {
		return nil, err
	}
	s := sweep{pool: p, prices: prices.Vertices, times: 2, most: added, excess: l.slack}
	return s.run(), nil
}

// begin lists the likely pairs, in order.
func (p *pool) begin() []Edge {
	if p.begun == nil {
		p.begun = inOrder(p.glance.byRow(p.likely))
	}
	return slices.Clone(p.begun)
}

// all lists all pairs, in order.
func (p *pool) all() []Edge { return p.heaviest(forAll) }

// heaviest lists so many pairs of each row, in order.
func (p *pool) heaviest(most int) []Edge {
	s := sweep{pool: p, prices: make([]int64, len(p.who)), times: 2, below: 1, most: most}
	for v := range s.prices {
		s.prices[v] = p.t.lo
	}
	return inOrder(s.run())
}

// inOrder lists the edges of all rows once, in order.
func inOrder(rows [][]hit) []Edge {
	size := 0
	for _, hits := range rows {
		size += len(hits)
	}
	edges := make([]Edge, 0, size)
	for p, hits := range rows {
		for _, h := range hits {
			edges = append(edges, h.Edge)
		}
		rows[p] = nil
	}
	sortEdges(edges)
	return slices.Compact(edges)
}

// likely lists the best pairs of a person with neighbours, who have like hours, and some by
// chance.
func (p *pool) likely(r *row, known []int32) []hit {
	g, n := p.glance, len(p.who)
	u, me := int(g.order[r.place]), r.place+1
	best, s := []hit(nil), sweep{most: likely}
	look := func(q int) (h hit, ok bool) {
		if q == int(r.place) || known[q] == me || r.time[g.sides[q].work] == none {
			return h, false
		}
		known[q] = me // once is enough
		points := max(1, g.score(r, int32(q))) + r.bench + g.sides[q].bench
		e := p.edge(u, int(g.order[q]), int64(points))
		h = hit{e, -e.Weight}
		if best = append(best, h); len(best) >= 4*likely {
			best = s.trim(best)
		}
		return h, true
	}
	dice, byChance := chance(p.t.tags[p.who[u]]), []hit(nil)
	for k := range glances {
		look((int(r.place) + k + 1) % n)
		if h, ok := look(dice.below(n)); ok && len(byChance) < lucky {
			byChance = append(byChance, h)
		}
	}
	return slices.Concat(s.trim(best), byChance)
}
