package match

import (
	"cmp"
	"slices"
)

// island is a part of the people who can be paired among themselves only.
type island struct {
	t     *table
	who   []int  // vertex -> person, ascending
	edges []Edge // between vertices; all of them unless the island is large
	pool  *pool  // of a large island
}

// islands splits whoever is not taken and takes part; one person alone is an island too.
func (t *table) islands() (all []*island) {
	free := t.free()
	if len(free) == 0 {
		return nil
	}
	p, together := t.pool(free), len(free) <= allPairs
	edges := []Edge(nil)
	if together {
		edges = p.all()
	} else {
		edges = p.links()
	}
	part := newParts(len(free))
	for _, e := range edges {
		part.join(e.U, e.V)
	}
	of, vertex := map[int]*island{}, make([]int, len(free))
	for v, i := range free {
		s := of[part.of(v)]
		if s == nil {
			s = &island{t: t}
			of[part.of(v)], all = s, append(all, s)
		}
		vertex[v] = len(s.who)
		s.who = append(s.who, i)
	}
	if together {
		for _, e := range edges {
			s := of[part.of(e.U)]
			s.edges = append(s.edges, Edge{vertex[e.U], vertex[e.V], e.Weight})
		}
		return all
	}
	for _, s := range all {
		if s.pool = p; len(all) > 1 {
			s.pool = t.pool(s.who)
		}
		if len(s.who) <= allPairs {
			s.edges = s.pool.all()
		}
	}
	return all
}

// place makes the groups of an island, of people. As many people as possible are placed;
// then whose turn it is sits out or is the third; then as few as possible meet again; then
// the score decides.
func (s *island) place(watch func(Progress)) (p placement) {
	defer func() {
		if err := caught(recover()); err != nil {
			p = s.placeRoughly(err)
		}
	}()
	switch {
	case len(s.who) == 1:
		return placement{exact: true}
	case len(s.who) > allPairs:
		return s.placeMany(watch)
	}
	m := s.t.best(len(s.who), s.edges)
	alone, best, ok := len(s.who)-2*m.Pairs, cover{groups: pairsOf(m), weight: m.Weight, third: -1}, true
	if alone == 1 {
		best, ok = s.trio()
	}
	if alone > 1 || !ok {
		return placement{groups: s.sitOut(m)}
	}
	if s.t.alarm != nil {
		return placement{groups: s.people(best.groups)}
	}
	ahead := s.ahead(best)
	return placement{groups: s.people(ahead.groups), exact: ahead.weight == best.weight}
}

// placeMany is place for a large island. It does not look ahead, and where several have to
// be the third or to sit out it does not ask whose turn it is.
func (s *island) placeMany(watch func(Progress)) placement {
	best, err := s.pool.solve(watch)
	if err != nil {
		return s.placeRoughly(err)
	}
	pairs := placement{gap: best.gap, exact: best.gap == 0}
	pairs.groups = s.people(pairsOf(Matching{Mate: best.mates}))
	switch 2*len(pairs.groups) - len(s.who) {
	case 0:
		return pairs
	case -1:
		trio, proven, ok, err := s.trioOfMany(best)
		if err != nil {
			return s.placeRoughly(err)
		}
		if ok {
			groups := append(pairsOf(trio.Rest), trio.Three[:])
			gap := best.gap + trio.Bound - trio.Weight
			return placement{s.people(groups), gap, pairs.exact && proven}
		}
	}
	pairs.groups, pairs.exact = s.t.attach(pairs.groups, s.who), false
	return pairs
}

// trioOfMany finds the trio of the first in turn for whom there is one. An error is a defect.
func (s *island) trioOfMany(best solution) (trio Trio, proven, found bool, err error) {
	n := len(s.who)
	few := closest(n, best.edges, best.forest, fewEnough)
	search, proven := newTrioSearch(n, best.forest, s.pool, s.worth), true
	for _, class := range s.classes() {
		must := class
		if len(class) == n {
			must = nil
		}
		one, sure, ok := search.find(must, few)
		if err := search.sound(); err != nil {
			return trio, false, false, err
		}
		if proven = proven && sure; ok {
			return one, proven, true, s.whole(one)
		}
	}
	return trio, proven, false, nil
}

// pairsOf lists the pairs of a matching.
func pairsOf(m Matching) (pairs [][]int) {
	for v, mate := range m.Mate {
		if mate > v {
			pairs = append(pairs, []int{v, mate})
		}
	}
	return pairs
}

// people turns vertices into people.
func (s *island) people(groups [][]int) [][]int {
	for _, g := range groups {
		for k, v := range g {
			g[k] = s.who[v]
		}
	}
	return groups
}

// cover is a way to place a whole island: pairs, and at most one trio with its third last.
type cover struct {
	groups [][]int
	weight int64
	third  int // -1 when there is none
}

// trio covers an odd island by pairs and one trio whose third is the first in turn for
// whom that is possible. Between people whose turns are equal the weight decides.
func (s *island) trio() (cover, bool) {
	for _, class := range s.classes() {
		if c, ok := s.around(class, s.edges); ok || s.t.alarm != nil {
			return c, ok
		}
	}
	return cover{}, false
}

// classes lists the vertices by whose turn it is, first the first.
func (s *island) classes() (classes [][]int) {
	order := make([]int, len(s.who))
	for v := range order {
		order[v] = v
	}
	class := func(v int) int { return s.t.bench.class[s.who[v]] }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(class(a), class(b)) })
	for k, v := range order {
		if k == 0 || class(v) != class(order[k-1]) {
			classes = append(classes, nil)
		}
		classes[len(classes)-1] = append(classes[len(classes)-1], v)
	}
	return classes
}

// firstLast puts last whose turn it is.
func (s *island) firstLast(three []int) []int {
	turn := func(v int) int { return s.t.bench.place[s.who[v]] }
	three = slices.Clone(three)
	slices.SortFunc(three, func(a, b int) int { return -cmp.Compare(turn(a), turn(b)) })
	return three
}

// around finds the best cover, by these weights, whose trio holds one of these vertices.
func (s *island) around(must []int, edges []Edge) (cover, bool) {
	best, ok := s.sureTrio(must, edges)
	if !ok {
		return cover{}, false
	}
	three := s.firstLast(best.Three[:])
	return cover{append([][]int{three}, pairsOf(best.Rest)...), best.Weight, three[2]}, true
}

// solve finds the best pairs without some vertices.
func (s *island) solve(edges []Edge, without ...int) Matching {
	var kept []Edge
	for _, e := range edges {
		if !slices.Contains(without, e.U) && !slices.Contains(without, e.V) {
			kept = append(kept, e)
		}
	}
	return s.t.best(len(s.who), kept)
}

// worth is what a trio counts: half the sum of its pairs, less what its third was owed for
// sitting out, because being the third is no reward for that. It answers false for three
// who have no time in common, though each two of them have.
func (s *island) worth(a, b, c int, half int64) (int64, bool) {
	x, y, z := s.who[a], s.who[b], s.who[c]
	return half - s.t.owed(x, y, z), s.t.inCommon(x, y, z)
}
