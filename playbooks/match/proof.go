package match

import (
	"errors"
	"fmt"
)

// Proof shows that a matching is the best there is: prices for vertices and for odd sets
// of vertices that cover the weight of every edge and add up to the weight of the
// matching. No other matching can be worth more than such prices.
type Proof struct {
	Lift     int64   // what was added to every weight to put the number of pairs first
	Vertices []int64 // doubled price of each vertex, never negative
	Sets     []OddSet
}

// OddSet is an odd number of vertices, of which only so many pairs can be made.
type OddSet struct {
	Members []int
	Price   int64 // doubled price for each of its (len-1)/2 pairs, never negative
}

func (s *search) proof(lift int64) Proof {
	p := Proof{Lift: lift, Vertices: s.y}
	for b := s.n; b < len(s.z); b++ {
		if s.rings[b] != nil && s.z[b] > 0 {
			set := OddSet{Price: s.z[b]}
			s.leaves(b, func(v int) { set.Members = append(set.Members, v) })
			p.Sets = append(p.Sets, set)
		}
	}
	return p
}

// Check verifies the proof for a matching of the graph and says what is violated. It
// trusts nothing that the search believed.
func (p Proof) Check(n int, edges []Edge, m Matching) error {
	weight, err := p.total(n, edges, m)
	if err != nil {
		return err
	}
	price := int64(0)
	if len(p.Vertices) != n {
		return errors.New("match: the proof does not price every vertex")
	}
	for v, y := range p.Vertices {
		if y < 0 {
			return fmt.Errorf("match: vertex %d has a negative price", v)
		}
		price += y
	}
	for _, set := range p.Sets {
		if set.Price < 0 || len(set.Members)%2 == 0 {
			return fmt.Errorf("match: set %v is not odd or has a negative price", set.Members)
		}
		price += set.Price * int64(len(set.Members)/2)
	}
	slack := p.slack(n)
	for _, e := range edges {
		if slack(e) < 0 {
			return fmt.Errorf("match: the prices do not cover edge %d-%d", e.U, e.V)
		}
	}
	if price != 2*weight {
		return fmt.Errorf("match: the prices add up to %d/2, the matching to %d", price, weight)
	}
	return nil
}

// total checks that m is a matching of the graph and answers its lifted weight.
func (p Proof) total(n int, edges []Edge, m Matching) (int64, error) {
	if len(m.Mate) != n {
		return 0, errors.New("match: the matching does not mention every vertex")
	}
	lifted, plain, pairs := int64(0), int64(0), 0
	found := make([]bool, n)
	for _, e := range edges {
		if m.Mate[e.U] == e.V && m.Mate[e.V] == e.U {
			found[e.U], found[e.V] = true, true
			lifted, plain, pairs = lifted+e.Weight+p.Lift, plain+e.Weight, pairs+1
		}
	}
	for v, mate := range m.Mate {
		if mate >= 0 && !found[v] {
			return 0, fmt.Errorf("match: vertex %d is matched without an edge", v)
		}
	}
	if pairs != m.Pairs || plain != m.Weight {
		return 0, errors.New("match: the matching is counted wrongly")
	}
	return lifted, nil
}

// slack answers a function that says by how much, doubled, the prices exceed an edge's
// weight: forcing that edge costs at least half of it.
func (p Proof) slack(n int) func(Edge) int64 {
	in := make([][]int, n) // by vertex: the sets around it, ascending
	for i, set := range p.Sets {
		for _, v := range set.Members {
			in[v] = append(in[v], i)
		}
	}
	return func(e Edge) int64 {
		sum := p.Vertices[e.U] + p.Vertices[e.V] - 2*(e.Weight+p.Lift)
		a, b := in[e.U], in[e.V]
		for len(a) > 0 && len(b) > 0 {
			switch {
			case a[0] < b[0]:
				a = a[1:]
			case a[0] > b[0]:
				b = b[1:]
			default:
				sum += p.Sets[a[0]].Price
				a, b = a[1:], b[1:]
			}
		}
		return sum
	}
}
