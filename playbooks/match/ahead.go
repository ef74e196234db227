package match

import (
	"cmp"
	"slices"
)

// Looking ahead: the best pairs of a round may leave pairs that cannot all meet. Of six
// people who have met two others each, the best three pairs may leave two triangles, and in
// a triangle somebody always stays alone.
const (
	alwaysAhead  = 60        // up to so many people, an odd group half, every round looks at all rounds to come
	affordable   = 200_000   // edges in rounds to come; 200 people look from 44 unmet partners down, 1,000 from 20
	aheadWork    = 3_000_000 // edges the search may look at for one candidate
	alternatives = 16        // other good covers tried when the best would spoil the future
)

// safe answers whether a round may be taken without looking, which only a large group ever
// does: where everybody has the same number of unmet partners, and after this round still
// half of the group, an even rest always splits into rounds (the one-factorisation theorem of
// Csaba, Kühn, Lo, Osthus and Treglown, proven for large groups); or where so many partners
// are unmet that looking is too dear and the end of new partners far away.
func (f *future) safe() bool {
	least, most := f.degrees()
	if f.n <= alwaysAhead && f.n%2 == 0 || f.n <= alwaysAhead/2 {
		return false
	}
	if least > f.n/2 && (f.n%2 == 1 || least == most) { // exactly: least-1 >= 2*ceil(n/4)-1
		return true
	}
	return f.n*least/2*least > affordable // far from exhausted
}

// ahead answers the best cover found that does not spoil later rounds: after it as many
// rounds must be known, in which everybody meets somebody new, as there were before, less
// one. The rounds themselves are the proof. It tries the best cover, then others nearly as
// good, then the rounds found before; with those an even group in which everybody may meet
// everybody meets n-1 different partners in n-1 rounds. An odd group, or one in which not
// all may meet, does as well as the search finds: no proof, but never worse than the best
// cover alone, as far as the search can see.
func (s *island) ahead(best cover) cover {
	f := s.future(best.third)
	if len(s.t.promised) > 0 || s.t.weights.NoRepeat < 0 || !f.fresh(best.groups) || f.safe() {
		return best
	}
	least, _ := f.degrees()
	known := f.rounds(least)
	need := len(known) - 1
	if need < 1 || f.leaves(best.groups, need) {
		return best
	}
	for _, c := range s.others(best.third, f) {
		if f.leaves(c.groups, need) {
			s.t.spared += best.weight - c.weight
			return c
		}
	}
	fallback := s.weighed(known[0], best.third)
	s.t.spared += best.weight - fallback.weight
	return fallback
}

// leaves answers whether so many rounds are known after these groups have met.
func (f *future) leaves(groups [][]int, rounds int) bool {
	return len(f.without(groups).rounds(rounds)) >= rounds
}

// future looks at an island as it is before this round.
func (s *island) future(third int) *future {
	f := &future{n: len(s.who), unmet: make([]bool, len(s.who)*len(s.who)), best: s.t.doubtful, work: aheadWork}
	for _, e := range s.edges {
		f.mark([][]int{{e.U, e.V}}, s.fresh(e))
	}
	if third < 0 {
		return f
	}
	f.thirds = []int{third}
	for _, class := range s.classes() {
		for _, v := range class {
			if v != third {
				f.thirds = append(f.thirds, v)
			}
		}
	}
	return f
}

func (s *island) fresh(e Edge) bool {
	return s.t.weights.stale(s.t.rated(s.who[e.U], s.who[e.V]).Ago) == 0
}

// others lists covers of new pairs that are nearly as good as the best: the best for
// weights that were shaken, a little at first, and the rounds that are known already. Those
// worth most come first.
func (s *island) others(third int, f *future) (list []cover) {
	var edges []Edge
	lo, hi := int64(0), int64(0)
	for _, e := range s.edges {
		if s.fresh(e) {
			if len(edges) == 0 {
				lo, hi = e.Weight, e.Weight
			}
			lo, hi = min(lo, e.Weight), max(hi, e.Weight)
			edges = append(edges, e)
		}
	}
	dice := chance(s.t.seed)
	tries := alternatives
	if len(s.who) > alwaysAhead {
		tries /= 4
	}
	for k := range tries {
		shaken := slices.Clone(edges)
		for i := range shaken {
			shaken[i].Weight += (hi - lo + 1) / 1024 * int64(dice.below(1024)) * int64(k+1) / int64(tries)
		}
		if third >= 0 {
			if c, ok := s.around([]int{third}, shaken); ok {
				list = append(list, s.weighed(c.groups, third))
			}
		} else if m, ok := s.t.doubtful(len(s.who), shaken); ok && 2*m.Pairs == len(s.who) {
			list = append(list, s.weighed(pairsOf(m), third))
		}
	}
	least, _ := f.degrees()
	for k, groups := range f.rounds(least) {
		if third < 0 || k == 0 { // in later rounds somebody else is the third
			list = append(list, s.weighed(groups, third))
		}
	}
	slices.SortStableFunc(list, func(a, b cover) int { return -cmp.Compare(a.weight, b.weight) })
	return slices.CompactFunc(list, func(a, b cover) bool { return a.weight == b.weight })
}

// weighed is a cover with what it is really worth.
func (s *island) weighed(groups [][]int, third int) cover {
	c := cover{groups: groups, third: third}
	for _, g := range groups {
		w := s.t.weight(s.who[g[0]], s.who[g[1]])
		if len(g) == 3 {
			half := HalfSum(w, s.t.weight(s.who[g[0]], s.who[g[2]]), s.t.weight(s.who[g[1]], s.who[g[2]]))
			w, _ = s.worth(g[0], g[1], g[2], half)
		}
		c.weight += w
	}
	return c
}
