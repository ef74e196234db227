package match

import "slices"

// Trio is a cover of an odd number of vertices by one group of three and pairs.
type Trio struct {
	Three  [3]int // ascending
	Rest   Matching
	Weight int64 // of the pairs and the three together
	Solves int   // how many matchings had to be found to be sure
}

// HalfSum is what a trio is worth by default: half the sum of its three edges, rounded
// down. A trio gives three conversations in the time of a pair's one and a half.
func HalfSum(ab, ac, bc int64) int64 { return (ab + ac + bc) >> 1 }

// BestTrio covers all n vertices, n odd, by one trio and pairs, of the greatest total
// weight, exactly. A trio needs all three of its edges; worth answers what it counts, and
// false where these three cannot be a trio all the same. It answers false when there is no
// such cover.
//
// For every vertex b it finds the best pairs without b. Their prices bound what any trio
// with b can reach; only trios whose bound beats the best cover so far are solved again.
func BestTrio(n int, edges []Edge, worth func(a, b, c int) (int64, bool)) (Trio, bool, error) {
	if err := check(n, edges); err != nil {
		return Trio{}, false, err
	}
	lift, err := lift(n, edges, MostPairs)
	if err != nil || n%2 == 0 {
		return Trio{}, false, err
	}
	t := trioSearch{n: n, edges: edges, lift: lift, worth: worth, joins: make(map[[2]int]bool, len(edges)), bounds: map[[3]int]int64{}}
	for _, e := range edges {
		t.joins[[2]int{min(e.U, e.V), max(e.U, e.V)}] = true
	}
	for b := range n {
		t.without(b)
	}
	t.settle()
	t.best.Solves = t.solves
	return t.best, t.found, nil
}

type trioSearch struct {
	n      int
	edges  []Edge
	lift   int64
	worth  func(a, b, c int) (int64, bool)
	joins  map[[2]int]bool // two vertices, ascending, with an edge
	bounds map[[3]int]int64
	best   Trio
	found  bool
	solves int
}

// without finds the best pairs for everybody but b, offers b to each of them, and lowers
// the bounds of all trios with b.
func (t *trioSearch) without(b int) {
	rest, slack := t.solve(b)
	if rest.Pairs < t.n/2 {
		for i := range t.edges {
			if three, _, ok := t.three(i, b); ok {
				t.bounds[three] = none
			}
		}
		return
	}
	for i, e := range t.edges {
		three, value, ok := t.three(i, b)
		if !ok {
			continue
		}
		gain := value - e.Weight
		bound := rest.Weight + gain - (slack(e)+1)/2
		if old, known := t.bounds[three]; !known || bound < old {
			t.bounds[three] = bound
		}
		if rest.Mate[e.U] == e.V {
			pairs := rest
			pairs.Mate = slices.Clone(rest.Mate)
			pairs.Mate[e.U], pairs.Mate[e.V] = -1, -1
			pairs.Pairs, pairs.Weight = rest.Pairs-1, rest.Weight-e.Weight
			t.offer(Trio{Three: three, Rest: pairs, Weight: rest.Weight + gain})
		}
	}
}

const none = -1 << 63 // the bound of a trio that leaves somebody without a partner

// settle solves every trio that may still beat the best cover, most promising first.
func (t *trioSearch) settle() {
	var open [][3]int
	for three, bound := range t.bounds {
		if bound != none && (!t.found || bound > t.best.Weight) {
			open = append(open, three)
		}
	}
	slices.SortFunc(open, func(x, y [3]int) int {
		if t.bounds[x] != t.bounds[y] {
			if t.bounds[x] > t.bounds[y] {
				return -1
			}
			return 1
		}
		return slices.Compare(x[:], y[:])
	})
	for _, three := range open {
		if t.found && t.bounds[three] <= t.best.Weight {
			return
		}
		rest, _ := t.solve(three[:]...)
		if rest.Pairs == (t.n-3)/2 {
			value, _ := t.worth(three[0], three[1], three[2])
			t.offer(Trio{Three: three, Rest: rest, Weight: rest.Weight + value})
		}
	}
}

func (t *trioSearch) offer(c Trio) {
	better := c.Weight > t.best.Weight || c.Weight == t.best.Weight && slices.Compare(c.Three[:], t.best.Three[:]) < 0
	if !t.found || better {
		t.best, t.found = c, true
	}
}

// three answers the trio of edge i and vertex b and what it is worth; false when it is none.
func (t *trioSearch) three(i, b int) (three [3]int, value int64, ok bool) {
	u, v := t.edges[i].U, t.edges[i].V
	if !t.joins[[2]int{min(u, b), max(u, b)}] || !t.joins[[2]int{min(v, b), max(v, b)}] {
		return three, 0, false
	}
	three = [3]int{u, v, b}
	slices.Sort(three[:])
	value, ok = t.worth(three[0], three[1], three[2])
	return three, value, ok
}

// solve finds the best pairs without some vertices, and the slack of edges between others.
func (t *trioSearch) solve(without ...int) (Matching, func(Edge) int64) {
	t.solves++
	var edges []Edge
	for _, e := range t.edges {
		if !slices.Contains(without, e.U) && !slices.Contains(without, e.V) {
			edges = append(edges, e)
		}
	}
	m, p := solve(t.n, edges, t.lift)
	return m, p.slack(t.n)
}
