package match

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
)

// Proof shows that a matching is the best there is: prices for vertices and for odd sets
// of vertices that cover the weight of every edge and add up to the weight of the
// matching. No other matching can be worth more than such prices.
type Proof struct {
	Lift     int64    // what was added to every weight to put the number of pairs first
	Vertices []int64  // doubled price of each vertex, never negative
	Sets     []OddSet // sets within a set come before it
}

// OddSet is an odd number of vertices, of which only so many pairs can be made. Its parts
// are vertices, or sets: n is the first set of the proof. Nothing is part of two.
type OddSet struct {
	Parts []int
	Price int64 // doubled price for each pair that can be made of it, never negative
}

// mates works out how the insides of the blossoms are matched, and answers everybody's
// partner or -1.
func (f *forest) mates() []int {
	around := f.around()
	within := make([]int32, len(f.nodes)) // by blossom: the node of its ring that holds its base
	trace := func(x int32) {
		for c := f.nodes[x].base; c != x; c = around[c] {
			within[around[c]] = c
		}
	}
	work := f.outermost()
	for _, x := range work {
		trace(x)
	}
	for len(work) > 0 {
		x := work[len(work)-1]
		work = work[:len(work)-1]
		if int(x) < f.n {
			continue
		}
		for k, h := range f.pairUp(f.nodes[x].ring, f.nodes[x].base, within[x]) {
			if k > 0 {
				trace(h.node)
			}
			work = append(work, h.node)
		}
	}
	mates := make([]int, f.n)
	for v, mate := range f.mate {
		mates[v] = int(mate)
	}
	return mates
}

// around answers by node the blossom around it; -1 for the outermost, so that nobody who goes
// astray goes round for ever.
func (f *forest) around() []int32 {
	around := make([]int32, len(f.nodes))
	for x := range around {
		around[x] = -1
	}
	for b := f.n; b < len(f.nodes); b++ {
		for _, h := range f.nodes[b].ring {
			around[h.node] = int32(b)
		}
	}
	return around
}

func (f *forest) outermost() (list []int32) {
	for _, up := range f.above {
		if up < 0 {
			list = append(list, ^up)
		}
	}
	return list
}

// proof lists the prices of the first n vertices and of sets, when no tree is left.
func (f *forest) proof(n int, lift int64) Proof {
	p := Proof{Lift: lift, Vertices: make([]int64, n)}
	for v := range n {
		p.Vertices[v] = f.at[v].price + lift
	}
	order := f.outermost() // and everything below, from above
	for i := 0; i < len(order); i++ {
		for _, h := range f.nodes[order[i]].ring {
			order = append(order, h.node)
		}
	}
	number := make([]int, len(f.nodes))
	for _, x := range slices.Backward(order) {
		if int(x) < f.n {
			number[x] = int(x)
			continue
		}
		set := OddSet{Price: f.nodes[x].price}
		for _, h := range f.nodes[x].ring {
			set.Parts = append(set.Parts, number[h.node])
		}
		number[x] = n + len(p.Sets)
		p.Sets = append(p.Sets, set)
	}
	return p
}

// Check verifies the proof for a matching of the graph and says what is violated. It
// trusts nothing that the search believed, and takes time in proportion to the graph.
func (p Proof) Check(n int, edges []Edge, m Matching) error {
	weight, err := p.total(n, edges, m)
	if err != nil {
		return err
	}
	l, err := p.laminar(n)
	if err != nil {
		return err
	}
	for v, y := range p.Vertices {
		if y < 0 {
			return fmt.Errorf("match: vertex %d has a negative price", v)
		}
	}
	for _, e := range edges {
		if l.slack(e) < 0 {
			return fmt.Errorf("match: the prices do not cover edge %d-%d", e.U, e.V)
		}
	}
	if price := p.objective(l); price != weight {
		return fmt.Errorf("match: the prices add up to %v/2, the matching to %v/2", price, weight)
	}
	return nil
}

// sum is a number of 128 bits: a single product of many people's prices may need more
// than 64.
type sum struct {
	hi int64
	lo uint64
}

func (s *sum) add(x, times int64) {
	hi, lo := bits.Mul64(uint64(x), uint64(times))
	high := int64(hi)
	if x < 0 {
		high -= times
	}
	if times < 0 {
		high -= x
	}
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, lo, 0)
	s.hi += high + int64(carry)
}

// String is the whole number.
func (s sum) String() string {
	high := new(big.Int).Lsh(big.NewInt(s.hi), 64)
	return high.Add(high, new(big.Int).SetUint64(s.lo)).String()
}

// total checks that m is a matching of the graph and answers its doubled lifted weight.
func (p Proof) total(n int, edges []Edge, m Matching) (total sum, err error) {
	if len(m.Mate) != n {
		return total, errors.New("match: the matching does not mention every vertex")
	}
	plain, pairs := int64(0), 0
	found := make([]bool, n)
	for _, e := range edges {
		if m.Mate[e.U] == e.V && m.Mate[e.V] == e.U {
			found[e.U], found[e.V] = true, true
			plain, pairs = plain+e.Weight, pairs+1
			total.add(e.Weight, 2)
			total.add(p.Lift, 2)
		}
	}
	for v, mate := range m.Mate {
		if mate >= 0 && !found[v] {
			return total, fmt.Errorf("match: vertex %d is matched without an edge", v)
		}
	}
	if pairs != m.Pairs || plain != m.Weight {
		return total, errors.New("match: the matching is counted wrongly")
	}
	return total, nil
}

// objective adds up all prices.
func (p Proof) objective(l laminar) (total sum) {
	for _, y := range p.Vertices {
		total.add(y, 1)
	}
	for i, set := range p.Sets {
		total.add(set.Price, int64(l.size[len(p.Vertices)+i]/2))
	}
	return total
}

// Bound answers what no matching with so many pairs is worth more than, as the prices say.
func (p Proof) Bound(pairs int) int64 {
	l, err := p.laminar(len(p.Vertices))
	if err != nil {
		return never
	}
	total := p.objective(l)
	total.add(p.Lift, -2*int64(pairs))
	return int64(total.lo>>1 | uint64(total.hi)<<63) // half of it; it fits if the proof holds
}
