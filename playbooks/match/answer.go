package match

import (
	"fmt"
	"slices"
)

// Mode is what is asked of a graph.
type Mode string

// The modes.
const (
	MaxWeight    Mode = "max"     // the greatest weight; vertices may stay alone
	MaxPairs     Mode = "maxcard" // the most pairs, and of these the greatest weight
	Perfect      Mode = "perfect" // everybody in a pair, with the greatest weight
	TrioAndPairs Mode = "trio"    // everybody in a pair but three, who are together
)

// Modes lists all of them.
func Modes() []Mode { return []Mode{MaxWeight, MaxPairs, Perfect, TrioAndPairs} }

// Answer is the best matching of a graph with its proof.
type Answer struct {
	Mode     Mode
	Feasible bool     // false: the mode asks for something that does not exist
	Matching Matching // the pairs; of an infeasible perfect matching, the most there are
	Proof    Proof    // for all modes but trio
	Trio     Trio     // for trio
}

// Weight of all groups together.
func (a Answer) Weight() int64 {
	if a.Mode == TrioAndPairs {
		return a.Trio.Weight
	}
	return a.Matching.Weight
}

// Answer finds the best matching in a mode. The same graph gives the same answer for the
// same seed, in whatever order its edges come; where several matchings are best, the seed
// settles which.
func (g Graph) Answer(mode Mode, seed uint64) (Answer, error) {
	if !slices.Contains(Modes(), mode) {
		return Answer{}, fmt.Errorf("match: mode %q is none of %v", mode, Modes())
	}
	names := shuffled(g.N, seed)
	h := g.renamed(names)
	back := make([]int, g.N)
	for v, name := range names {
		back[name] = v
	}
	a := Answer{Mode: mode}
	if mode == TrioAndPairs {
		trio, found, err := BestTrio(h.N, h.Edges, JustHalf)
		if err != nil {
			return a, err
		}
		a.Trio, a.Feasible = trio.renamed(back), found
		a.Matching = a.Trio.Rest
		return a, nil
	}
	aim := MostPairs
	if mode == MaxWeight {
		aim = Heaviest
	}
	m, proof, err := Solve(h.N, h.Edges, aim)
	if err != nil {
		return a, err
	}
	a.Matching, a.Proof = m.renamed(back), proof.renamed(back)
	a.Feasible = mode != Perfect || 2*m.Pairs == g.N
	return a, nil
}

// shuffled gives the vertices other names, depending on the seed; none for 0.
func shuffled(n int, seed uint64) []int {
	order, names := make([]int, n), make([]int, n)
	for v := range order {
		order[v] = v
	}
	if seed != 0 {
		key := func(v int) uint64 { return mix(mix(seed) + uint64(v)) }
		slices.SortFunc(order, func(a, b int) int {
			switch x, y := key(a), key(b); {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return a - b
		})
	}
	for name, v := range order {
		names[v] = name
	}
	return names
}

// renamed is the graph with other names for its vertices and its edges in order.
func (g Graph) renamed(names []int) Graph {
	h := Graph{g.N, make([]Edge, len(g.Edges))}
	for i, e := range g.Edges {
		u, v := names[e.U], names[e.V]
		h.Edges[i] = Edge{min(u, v), max(u, v), e.Weight}
	}
	sortEdges(h.Edges)
	return h
}

func (m Matching) renamed(names []int) Matching {
	mate := make([]int, len(m.Mate))
	for v, w := range m.Mate {
		mate[names[v]] = -1
		if w >= 0 {
			mate[names[v]] = names[w]
		}
	}
	m.Mate = mate
	return m
}

func (p Proof) renamed(names []int) Proof {
	q := Proof{Lift: p.Lift, Vertices: make([]int64, len(p.Vertices)), Sets: make([]OddSet, len(p.Sets))}
	for v, y := range p.Vertices {
		q.Vertices[names[v]] = y
	}
	for i, set := range p.Sets {
		q.Sets[i] = OddSet{slices.Clone(set.Parts), set.Price}
		for k, part := range set.Parts {
			if part < len(names) {
				q.Sets[i].Parts[k] = names[part]
			}
		}
	}
	return q
}

func (t Trio) renamed(names []int) Trio {
	if t.Rest.Mate != nil {
		for i, v := range t.Three {
			t.Three[i] = names[v]
		}
		slices.Sort(t.Three[:])
		t.Rest = t.Rest.renamed(names)
	}
	proof := make(TrioProof, len(t.Proof))
	for i, p := range t.Proof {
		proof[i] = p.renamed(names)
	}
	t.Proof = proof
	return t
}

// Verdict is what a check of an answer found.
type Verdict struct {
	Groups   int   // pairs, and the trio
	Weight   int64 // of the answer
	Dual     int64 // no answer is worth more, as the prices say
	Violated error // nil: the answer is the best, or there is none
}

// Verify checks an answer of the graph from the graph alone.
func (g Graph) Verify(a Answer) Verdict {
	v := Verdict{Groups: a.Matching.Pairs, Weight: a.Weight()}
	if a.Mode == TrioAndPairs {
		v.Dual, v.Violated = a.Trio.Bound, a.Trio.Check(g.N, g.Edges, JustHalf)
		switch {
		case a.Feasible:
			v.Groups++
			if v.Violated == nil && v.Dual > v.Weight {
				v.Violated = fmt.Errorf("match: a trio might reach %d", v.Dual)
			}
		case v.Violated == nil && a.Trio.Rest.Mate != nil:
			v.Violated = fmt.Errorf("match: there is a trio")
		}
		return v
	}
	v.Violated = a.Proof.Check(g.N, g.Edges, a.Matching)
	v.Dual = a.Proof.Bound(a.Matching.Pairs)
	switch lift, err := lift(g.N, g.Edges, MostPairs, liftTimes); {
	case v.Violated != nil || err != nil:
	case a.Mode == MaxWeight && a.Proof.Lift != 0, a.Mode != MaxWeight && a.Proof.Lift < lift:
		v.Violated = fmt.Errorf("match: the proof is of something else, lifted by %d", a.Proof.Lift)
	case a.Mode == Perfect && a.Feasible != (2*a.Matching.Pairs == g.N):
		v.Violated = fmt.Errorf("match: %d pairs of %d vertices", a.Matching.Pairs, g.N)
	}
	return v
}
