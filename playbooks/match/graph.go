package match

import (
	"errors"
	"fmt"
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
	if err := check(n, edges); err != nil {
		return Matching{}, Proof{}, err
	}
	lift, err := lift(n, edges, aim)
	if err != nil {
		return Matching{}, Proof{}, err
	}
	m, p := solve(n, edges, lift)
	return m, p, nil
}

// solve is Solve for a graph that was checked, with what is added to each weight.
func solve(n int, edges []Edge, lift int64) (Matching, Proof) {
	s := newSearch(n, edges, lift)
	s.run()
	m := Matching{Mate: make([]int, n)}
	for v, e := range s.mate {
		m.Mate[v] = -1
		if e < 0 {
			continue
		}
		m.Mate[v] = s.other(e, v)
		if v == edges[e].U {
			m.Pairs++
			m.Weight += edges[e].Weight
		}
	}
	return m, s.proof(lift)
}

func check(n int, edges []Edge) error {
	seen := make(map[[2]int]int, len(edges))
	for i, e := range edges {
		if e.U < 0 || e.V < 0 || e.U >= n || e.V >= n {
			return fmt.Errorf("match: edge %d names a vertex outside 0..%d", i+1, n-1)
		}
		if e.U == e.V {
			return fmt.Errorf("match: edge %d joins vertex %d to itself", i+1, e.U)
		}
		key := [2]int{min(e.U, e.V), max(e.U, e.V)}
		if first, twice := seen[key]; twice {
			return fmt.Errorf("match: edge %d repeats edge %d", i+1, first)
		}
		seen[key] = i + 1
	}
	return nil
}

// lift answers what is added to every weight so that one more pair is worth more than any
// choice among the others, or 0 when only weight counts.
func lift(n int, edges []Edge, aim Aim) (int64, error) {
	if len(edges) == 0 {
		return 0, nil
	}
	lo, hi := edges[0].Weight, edges[0].Weight
	for _, e := range edges {
		lo, hi = min(lo, e.Weight), max(hi, e.Weight)
	}
	half := n / 2
	// In floating point first: the question is whether the integers below would wrap.
	greatest := max(float64(hi), -float64(lo))
	if aim == MostPairs {
		greatest += float64(half)*(float64(hi)-float64(lo)) + max(0, -float64(lo)) + 1
	}
	if 4*float64(n+2)*greatest > 4e18 {
		return 0, ErrTooHeavy
	}
	if aim == Heaviest {
		return 0, nil
	}
	return int64(half)*(hi-lo) + max(0, -lo) + 1, nil
}
