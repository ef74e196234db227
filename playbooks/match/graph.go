package match

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Edge says that two vertices may be matched and what that is worth.
type Edge struct {
	U, V   int
	Weight int64
}

// Aim is what a matching should be best at.
type Aim int

// The aims of a matching.
const (
	Heaviest  Aim = iota // the greatest total weight; vertices may stay alone
	MostPairs            // as many pairs as possible, and then the greatest weight
)

// Matching says who goes with whom: Mate[v] is v's partner or -1.
type Matching struct {
	Mate   []int
	Pairs  int
	Weight int64 // sum of the edges' own weights
}

// ErrTooHeavy means that the weights are too large to be added up without wrapping round.
var ErrTooHeavy = errors.New("match: the weights are too large to be added up safely")

// Solve finds the best matching of a graph with vertices 0..n-1, exactly, together with a
// Proof that nothing better exists. Weights may be negative. Equal input gives the same
// answer. A loop, a repeated edge or an unknown vertex is an error that names the edge.
func Solve(n int, edges []Edge, aim Aim) (Matching, Proof, error) {
	return solve(n, edges, aim, (*forest).run)
}

// solve is Solve by a search, whose breakdown is an error.
func solve(n int, edges []Edge, aim Aim, search func(*forest) bool) (m Matching, p Proof, err error) {
	defer func() { err = cmp.Or(caught(recover()), err) }()
	lift, err := lift(n, edges, aim, liftTimes)
	if err != nil {
		return m, p, err
	}
	f, err := sow(n, 0, edges, lift)
	if err != nil {
		return m, p, err
	}
	search(f)
	return matching(edges, f.mates()), f.proof(n, lift), nil
}

// matching adds up the edges of these pairs.
func matching(edges []Edge, mates []int) Matching {
	m := Matching{Mate: mates}
	for _, e := range edges {
		if m.Mate[e.U] == e.V {
			m.Pairs++
			m.Weight += e.Weight
		}
	}
	return m
}

// sow checks a graph and makes the forest of it, with what is added to each weight to put
// the number of pairs first. Guests are more vertices, without edges or trees.
func sow(n, guests int, edges []Edge, lift int64) (*forest, error) {
	arcs, err := arcsOf(n+guests, edges, 0)
	if err != nil {
		return nil, err
	}
	f := newForest(n+guests, arcs, -lift)
	for v := range f.at {
		start := f.floor
		for _, w := range f.weight[f.first[v]:f.first[v+1]] {
			start = max(start, w/2+w/2&1)
		}
		f.at[v].price = start
	}
	for v := range n {
		f.plant(int32(v))
	}
	f.tell()
	return f, nil
}

// Each vertex gets so many spare arcs to itself behind its own, which matter to nobody.
func arcsOf(n int, edges []Edge, spare int) (a arcs, err error) {
	size := 2*len(edges) + n*spare
	a = arcs{make([]int32, n+1), make([]int32, size), make([]int64, size)}
	for i, e := range edges {
		if e.U < 0 || e.V < 0 || e.U >= n || e.V >= n {
			return a, fmt.Errorf("match: edge %d names a vertex outside 0..%d", i+1, n-1)
		}
		if e.U == e.V {
			return a, fmt.Errorf("match: edge %d joins vertex %d to itself", i+1, e.U)
		}
		a.first[e.U]++
		a.first[e.V]++
	}
	sum := int32(0)
	for v := range n {
		sum += a.first[v] + int32(spare)
		a.first[v] = sum // its end; filling moves it to its beginning
	}
	a.first[n] = sum
	put := func(u, v int, weight int64) {
		a.first[u]--
		a.to[a.first[u]], a.weight[a.first[u]] = int32(v), 2*weight
	}
	for v := range n {
		for range spare {
			put(v, v, 0)
		}
	}
	for _, e := range slices.Backward(edges) {
		put(e.U, e.V, e.Weight)
		put(e.V, e.U, e.Weight)
	}
	return a, a.twice(edges)
}

// twice answers an error naming an edge that repeats another.
func (a arcs) twice(edges []Edge) error {
	seen := make([]int32, len(a.first)) // by vertex: of whom it was last seen a neighbour, and one more
	for v := range int32(len(a.first) - 1) {
		for _, w := range a.to[a.first[v]:a.first[v+1]] {
			if seen[w] == v+1 && w != v {
				return repeated(edges, int(v), int(w))
			}
			seen[w] = v + 1
		}
	}
	return nil
}

// repeat is the error that two edges join the same vertices, by number from 0.
type repeat struct{ first, later int }

func (r repeat) Error() string {
	return fmt.Sprintf("match: edge %d repeats edge %d", r.later+1, r.first+1)
}

func repeated(edges []Edge, u, v int) error {
	r := repeat{first: -1}
	for i, e := range edges {
		if e.U == u && e.V == v || e.U == v && e.V == u {
			if r.first >= 0 {
				r.later = i
				return r
			}
			r.first = i
		}
	}
	return nil
}

// newForest makes a forest without trees.
func newForest(n int, arcs arcs, floor int64) *forest {
	nodes := n + n/2 + 1
	f := &forest{
		n: n, arcs: arcs, floor: floor, label: make([]label, n), at: make([]vertex, n), mate: make([]int32, n),
		above: make([]int32, n), after: make([]int32, n), trees: make([]tree, n), nodes: make([]node, nodes),
	}
	for v := range int32(n) {
		f.mate[v], f.above[v], f.after[v] = -1, ^v, -1
		f.at[v].near = never
		f.nodes[v] = node{base: v, head: v, tail: v, size: 1, spokesman: v}
	}
	for b := nodes - 1; b >= n; b-- {
		f.spare = append(f.spare, int32(b))
	}
	return f
}

// liftTimes is how much larger than a lifted weight the numbers of a search become.
const liftTimes = 4

// lift answers what is added to every weight so that one more pair is worth more than any
// choice among the others, or 0 when only weight counts. Numbers so many times as large
// must not wrap round.
func lift(n int, edges []Edge, aim Aim, times float64) (int64, error) {
	if len(edges) == 0 {
		return 0, nil
	}
	lo, hi := edges[0].Weight, edges[0].Weight
	for _, e := range edges {
		lo, hi = min(lo, e.Weight), max(hi, e.Weight)
	}
	return liftOf(n, lo, hi, aim, times)
}

func liftOf(n int, lo, hi int64, aim Aim, times float64) (int64, error) {
	half := n / 2
	// In floating point first: the question is whether the integers below would wrap.
	greatest := max(float64(hi), -float64(lo))
	if aim == MostPairs {
		greatest += float64(half)*(float64(hi)-float64(lo)) + max(0, -float64(lo)) + 1
	}
	if times*greatest > 8e18 {
		return 0, ErrTooHeavy
	}
	if aim == Heaviest {
		return 0, nil
	}
	return int64(half)*(hi-lo) + max(0, -lo) + 1, nil
}
