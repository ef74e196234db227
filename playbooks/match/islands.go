package match

import (
	"cmp"
	"slices"
)

// everyTrio is the largest odd island for which every trio is weighed, exactly. Above it
// whoever is left over joins the pair that gains most.
const everyTrio = 151

// island is a part of the people who can be paired among themselves only.
type island struct {
	t     *table
	who   []int  // vertex -> person, ascending
	edges []Edge // between vertices
}

// islands splits whoever is not taken and takes part; one person alone is an island too.
func (t *table) islands() (all []*island) {
	head := make([]int, len(t.people))
	for i := range head {
		head[i] = i
	}
	find := func(i int) int {
		for head[i] != i {
			head[i] = head[head[i]]
			i = head[i]
		}
		return i
	}
	for _, e := range t.edges {
		if !t.taken[e.U] && !t.taken[e.V] {
			a, b := find(e.U), find(e.V)
			head[max(a, b)] = min(a, b)
		}
	}
	of, vertex := map[int]*island{}, make([]int, len(t.people))
	for i, p := range t.people {
		if p.Away != "" || t.taken[i] {
			continue
		}
		s := of[find(i)]
		if s == nil {
			s = &island{t: t}
			of[find(i)], all = s, append(all, s)
		}
		vertex[i] = len(s.who)
		s.who = append(s.who, i)
	}
	for _, e := range t.edges {
		if !t.taken[e.U] && !t.taken[e.V] {
			s := of[find(e.U)]
			s.edges = append(s.edges, Edge{vertex[e.U], vertex[e.V], e.Weight})
		}
	}
	return all
}

// place makes the groups of an island, of people, and answers whether they are the proven
// best. As many people as possible are placed; then whose turn it is sits out or is the
// third; then as few as possible meet again; then the score decides.
func (s *island) place() (groups [][]int, exact bool) {
	if len(s.who) == 1 {
		return nil, true
	}
	m, _, err := Solve(len(s.who), s.edges, MostPairs)
	if err != nil {
		return nil, false
	}
	alone := len(s.who) - 2*m.Pairs
	if alone == 0 {
		best := cover{groups: pairsOf(m), weight: m.Weight, third: -1}
		ahead := s.ahead(best)
		return s.people(ahead.groups), ahead.weight == best.weight
	}
	if alone == 1 && len(s.who) <= everyTrio {
		if best, ok := s.trio(); ok {
			ahead := s.ahead(best)
			return s.people(ahead.groups), ahead.weight == best.weight
		}
	}
	return s.sitOut(m), false
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
		if len(class) == 1 {
			if c, ok := s.around(class[0], s.edges); ok {
				return c, true
			}
			continue
		}
		worth := s.worth(s.edges)
		best, ok, err := BestTrio(len(s.who), s.edges, func(a, b, c int) (int64, bool) {
			if !slices.Contains(class, a) && !slices.Contains(class, b) && !slices.Contains(class, c) {
				return 0, false
			}
			return worth(a, b, c)
		})
		if err == nil && ok {
			three := s.firstLast(best.Three[:])
			return cover{append([][]int{three}, pairsOf(best.Rest)...), best.Weight, three[2]}, true
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

// around finds the best cover, by these weights, whose trio holds the vertex third. The
// prices of the best pairs without it bound what each trio can reach; only trios that may
// still be better are solved again.
func (s *island) around(third int, edges []Edge) (cover, bool) {
	rest, slack, ok := s.solve(edges, third)
	if !ok || 2*rest.Pairs < len(s.who)-1 {
		return cover{}, false
	}
	type bid struct {
		pair         Edge
		value, bound int64
	}
	var bids []bid
	worth := s.worth(edges)
	for _, e := range edges {
		if e.U == third || e.V == third {
			continue
		}
		if value, ok := worth(e.U, e.V, third); ok {
			bids = append(bids, bid{e, value, rest.Weight + value - e.Weight - (slack(e)+1)/2})
		}
	}
	slices.SortStableFunc(bids, func(a, b bid) int { return -cmp.Compare(a.bound, b.bound) })
	best, found := cover{third: third}, false
	keep := func(b bid, m Matching, weight int64) {
		if !found || weight > best.weight {
			m.Mate = slices.Clone(m.Mate)
			m.Mate[b.pair.U], m.Mate[b.pair.V] = -1, -1
			best.groups = append(pairsOf(m), []int{b.pair.U, b.pair.V, third})
			best.weight, found = weight, true
		}
	}
	for _, b := range bids { // those that need no other pairs
		if rest.Mate[b.pair.U] == b.pair.V {
			keep(b, rest, rest.Weight+b.value-b.pair.Weight)
		}
	}
	for _, b := range bids {
		if found && b.bound <= best.weight {
			break
		}
		if m, _, ok := s.solve(edges, third, b.pair.U, b.pair.V); ok && 2*m.Pairs == len(s.who)-3 {
			keep(b, m, m.Weight+b.value)
		}
	}
	return best, found
}

// solve finds the best pairs without some vertices, and the slack of edges between others.
func (s *island) solve(edges []Edge, without ...int) (Matching, func(Edge) int64, bool) {
	var kept []Edge
	for _, e := range edges {
		if !slices.Contains(without, e.U) && !slices.Contains(without, e.V) {
			kept = append(kept, e)
		}
	}
	m, proof, err := Solve(len(s.who), kept, MostPairs)
	if err != nil {
		return m, nil, false
	}
	return m, proof.slack(len(s.who)), true
}

// worth answers what a trio counts by these weights: half the sum of its pairs, less what
// its third was owed for sitting out, because being the third is no reward for that. It
// answers false for three who cannot be a trio.
func (s *island) worth(edges []Edge) func(a, b, c int) (int64, bool) {
	weight := make(map[[2]int]int64, len(edges))
	for _, e := range edges {
		weight[[2]int{e.U, e.V}] = e.Weight
	}
	return func(a, b, c int) (int64, bool) {
		a, b, c = ascending(a, b, c)
		ab, ok1 := weight[[2]int{a, b}]
		ac, ok2 := weight[[2]int{a, c}]
		bc, ok3 := weight[[2]int{b, c}]
		if !ok1 || !ok2 || !ok3 || !s.t.inCommon(s.who[a], s.who[b], s.who[c]) {
			return 0, false
		}
		return HalfSum(ab, ac, bc) - s.t.owed(s.who[a], s.who[b], s.who[c]), true
	}
}

func ascending(a, b, c int) (int, int, int) {
	three := []int{a, b, c}
	slices.Sort(three)
	return three[0], three[1], three[2]
}
