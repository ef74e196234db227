package match

import "slices"

// future is who of an island has not met whom yet, and who will be the third in the rounds
// to come. It finds out how many rounds can still bring everybody somebody new.
type future struct {
	n      int
	unmet  []bool // u*n+v
	thirds []int  // in turn; empty when nobody has to be the third
	dice   chance
	best   func(n int, edges []Edge) (Matching, bool)
	work   int // edges that may still be looked at, so that the search ends
}

// without is the future after one more round, in which these groups meet.
func (f *future) without(groups [][]int) *future {
	next := *f
	next.unmet = slices.Clone(f.unmet)
	next.mark(groups, false)
	if len(f.thirds) > 0 {
		next.thirds = append(slices.Clone(f.thirds[1:]), f.thirds[0])
	}
	return &next
}

func (f *future) mark(groups [][]int, unmet bool) {
	for _, g := range groups {
		for i, u := range g {
			for _, v := range g[i+1:] {
				f.unmet[u*f.n+v], f.unmet[v*f.n+u] = unmet, unmet
			}
		}
	}
}

// fresh answers whether nobody of these groups meets somebody again.
func (f *future) fresh(groups [][]int) bool {
	for _, g := range groups {
		for i, u := range g {
			for _, v := range g[i+1:] {
				if !f.unmet[u*f.n+v] {
					return false
				}
			}
		}
	}
	return true
}

// degrees answers the least and the greatest number of unmet partners of a person.
func (f *future) degrees() (least, most int) {
	least = f.n
	for u := range f.n {
		d := 0
		for v := range f.n {
			if f.unmet[u*f.n+v] {
				d++
			}
		}
		least, most = min(least, d), max(most, d)
	}
	return least, most
}

// rounds finds up to so many rounds in which everybody meets somebody new: one after the
// other, and when it is stuck it takes the last few back and tries others. The answer
// depends on the future alone, not on how it came about: rounds found when the one before
// was planned are found again.
func (f *future) rounds(most int) (best [][][]int) {
	f.dice = 1
	budget := f.work
	var found [][][]int
	for stuck := 0; len(found) < most && f.work > 0; {
		if groups, ok := f.round(len(found)); ok {
			f.mark(groups, false)
			found = append(found, groups)
			continue
		}
		if len(found) > len(best) {
			best, stuck = slices.Clone(found), 0
		}
		stuck++
		if len(found) == 0 || stuck > oftenStuck {
			break
		}
		back := 1 + f.dice.below(min(2+stuck/4, len(found)))
		for _, groups := range found[len(found)-back:] {
			f.mark(groups, true)
		}
		found = found[:len(found)-back]
	}
	if len(found) > len(best) {
		best = slices.Clone(found)
	}
	for _, groups := range found {
		f.mark(groups, true)
	}
	f.work = budget
	return best
}

const oftenStuck = 60 // times in a row that the search for rounds may be stuck

// round finds one way, by chance, for everybody to meet somebody new.
func (f *future) round(ahead int) (groups [][]int, ok bool) {
	third := -1
	if len(f.thirds) > 0 {
		third = f.thirds[ahead%len(f.thirds)]
	}
	with := func(u, v int) bool { return third >= 0 && f.unmet[u*f.n+third] && f.unmet[v*f.n+third] }
	var edges []Edge
	for u := range f.n {
		for v := u + 1; v < f.n; v++ {
			if u == third || v == third || !f.unmet[u*f.n+v] {
				continue
			}
			w := int64(f.dice.below(256))
			if with(u, v) {
				w += 128 // some pair has to take the third in
			}
			edges = append(edges, Edge{u, v, w})
		}
	}
	f.work -= len(edges) + f.n
	m, ok := f.best(f.n, edges)
	if !ok || m.Pairs != f.n/2 {
		return nil, false
	}
	groups = pairsOf(m)
	if third < 0 {
		return groups, true
	}
	for k, g := range groups {
		if with(g[0], g[1]) {
			groups[k] = append(g, third)
			return groups, true
		}
	}
	return nil, false
}
