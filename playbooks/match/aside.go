package match

import (
	"cmp"
	"slices"
)

// Trios tried, one by one, to place somebody left over: at most so many, and fewer the
// larger the island, so that this takes no longer than finding the pairs.
const (
	moreTrios = 2000
	trioWork  = 20_000_000 // vertices times edges
)

// sitOut places an island in which somebody has to stay alone or several have to be the
// third: first whose turn it is steps aside, then the others are paired as well as
// possible, then those aside join pairs. Where somebody is still alone it also tries the
// best pairs of all, whoever they leave out, and single trios; of all these it takes the
// one that places most people. It does not prove that no other way places more.
func (s *island) sitOut(best Matching) [][]int {
	groups := s.t.attach(s.people(pairsOf(s.inTurn())), s.who)
	if free := s.t.attach(s.people(pairsOf(best)), s.who); placed(free) > placed(groups) {
		groups = free
	}
	tries := min(moreTrios, trioWork/(len(s.who)*len(s.edges)+1))
	for trios := [][]int(nil); placed(groups) < len(s.who) && tries > 0; {
		better, trio := s.oneMoreTrio(trios, best.Pairs, placed(groups), &tries)
		if better == nil {
			break
		}
		groups, trios = better, append(trios, trio)
	}
	return groups
}

// oneMoreTrio looks for a trio that, beside some others, lets more people than so many be
// placed in as many groups. Those whose third comes first in turn are tried first.
func (s *island) oneMoreTrio(trios [][]int, groups, people int, tries *int) (better [][]int, trio []int) {
	var in []int
	for _, g := range trios {
		in = append(in, g...)
	}
	for _, three := range s.triangles(in) {
		if *tries--; *tries < 0 {
			return nil, nil
		}
		m := s.inTurn(append(slices.Clone(in), three...)...)
		if m.Pairs+len(trios)+1 < groups {
			continue
		}
		fixed := s.people([][]int{slices.Clone(three)})
		for _, g := range trios {
			fixed = append(fixed, s.people([][]int{slices.Clone(g)})...)
		}
		var others []int
		for v, i := range s.who {
			if !slices.Contains(in, v) && !slices.Contains(three, v) {
				others = append(others, i)
			}
		}
		if all := append(fixed, s.t.attach(s.people(pairsOf(m)), others)...); placed(all) > people {
			return all, three
		}
	}
	return nil, nil
}

// triangles lists three vertices each who may be a trio, none of them among those in use,
// by whose turn it is.
func (s *island) triangles(in []int) (list [][]int) {
	for _, e := range s.edges {
		for v := max(e.U, e.V) + 1; v < len(s.who) && len(list) < moreTrios; v++ {
			if slices.Contains(in, e.U) || slices.Contains(in, e.V) || slices.Contains(in, v) {
				continue
			}
			if s.t.mayAllMeet([]int{s.who[e.U], s.who[e.V], s.who[v]}) {
				list = append(list, s.firstLast([]int{e.U, e.V, v}))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b []int) int {
		return cmp.Compare(s.t.bench.place[s.who[a[2]]], s.t.bench.place[s.who[b[2]]])
	})
	return list
}

func placed(groups [][]int) (n int) {
	for _, g := range groups {
		n += len(g)
	}
	return n
}

// inTurn finds as many pairs as possible, without some vertices, that leave out whose turn
// it is, and of these the best. Which people can be left out together is a matroid: so the
// heaviest matching by places in the queue leaves out the first in turn, and then the first
// after them.
func (s *island) inTurn(without ...int) Matching {
	byTurn := slices.Clone(s.edges)
	for k, e := range byTurn {
		byTurn[k].Weight = int64(s.t.bench.place[s.who[e.U]] + s.t.bench.place[s.who[e.V]])
	}
	aside := s.solve(byTurn, without...)
	for v, mate := range aside.Mate {
		if mate < 0 {
			without = append(without, v)
		}
	}
	return s.solve(s.edges, without...)
}
