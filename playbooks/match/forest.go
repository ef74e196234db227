package match

import "math"

// forest is the primal-dual search for a heaviest matching (Edmonds). Every vertex without
// a partner is the root of a tree, all trees grow at the same time by one clock, and an
// augmentation dissolves only the two trees it used.
//
// Prices are doubled, and every root starts with an even one, so that each event falls on
// a whole moment. They are lazy: with the clock an outer vertex gives and an inner vertex
// takes, and what is stored is the price that the vertex would have at moment zero.
//
// A node is a vertex (0..n-1) or a blossom (n and above): an odd ring of nodes that
// behaves as one vertex while it lasts. Only outermost nodes belong to trees. How the
// inside of a blossom is matched follows from its base and is worked out when it comes
// apart.
type forest struct {
	n int
	arcs
	floor int64 // no price goes below; never if none is too low
	clock int64
	queue queue
	label []label // by vertex
	at    []vertex
	mate  []int32 // by base of an outermost node: the vertex it is matched to, or -1
	above []int32 // by vertex: one of the same node, towards its spokesman; his own holds ^node
	after []int32 // by vertex: the next one of the same node, or -1
	trees []tree
	nodes []node
	spare []int32 // blossom numbers not in use
	roots int     // trees there are
	walk  int32
	ripe  []int32 // have become outer, and their neighbours do not know yet
	loose []int32 // have become free, and do not know their neighbours yet
	aware []int32 // have become free, and know them
	left  []hop
	right []hop
}

// arcs are the edges, each at both its ends: those of vertex v are first[v] to first[v+1].
type arcs struct {
	first  []int32
	to     []int32
	weight []int64 // doubled
}

type label uint8

const (
	free  label = iota // in no tree
	outer              // an even number of steps from its root
	inner              // an odd number
)

// vertex is what a neighbour looks at. A vertex that is not outer remembers its nearest outer
// neighbour, near being that one's stored price less the edge's weight; an outer vertex
// too, near being both stored prices less the weight: twice the moment when they meet. The
// neighbour may have become something else since: whoever relies on it checks that. An inner
// vertex has no use for it before its blossom comes apart; then it has no time to look.
type vertex struct {
	price  int64
	near   int64
	weight int64 // of the edge to the nearest
	to     int32 // the nearest
}

// tree is a circle of vertices around the root; lowest is kept by the root.
type tree struct {
	before, next int32
	lowest       int64 // the lowest stored price of its outer vertices
}

// node is an outermost node, or one inside a blossom that keeps what it had.
type node struct {
	base       int32 // the one vertex not matched inside
	head, tail int32 // its vertices
	size       int32
	spokesman  int32
	root       int32 // of its tree
	from, to   int32 // inner: the edge by which its tree reached it, from outside to inside
	mark       int32
	ring       []hop
	price      int64 // of a blossom: doubled, stored like a vertex's; the clock counts twice
}

// hop leads from one node of a ring to the next, by the edge from-to.
type hop struct{ node, from, to int32 }

const never = math.MaxInt64

// patience is how many events the search may take for each vertex and edge, beside one for
// each vertex there is: some ten are usual. Whatever takes more would never end.
const patience = 10_000

// run grows the forest until no root is left. It answers false when some root can neither
// be matched nor stay alone. It panics over a defect of its own rather than run for ever;
// whoever begins a search catches that.
func (f *forest) run() bool {
	for left := (len(f.at) + patience) * (len(f.at) + len(f.to) + 100); f.roots > 0; left-- {
		if left == 0 {
			panic("it does not end")
		}
		e, ok := f.queue.take()
		if !ok {
			return false
		}
		f.clock = e.at
		switch e.kind {
		case unfold:
			f.unfold(e.what)
		case settle:
			if f.label[e.what] == outer && f.at[e.what].price-f.floor == e.at {
				f.settle(e.what)
			}
		default:
			f.meet(e.what)
		}
	}
	return true
}

// meet looks whether the nearest outer vertex of v is within reach, and what to do then.
func (f *forest) meet(v int32) {
	p := &f.at[v]
	switch f.label[v] {
	case free:
		if p.near+p.price != f.clock {
			return // learnt of a nearer one since, or not free all the time
		}
		if f.label[p.to] != outer || f.at[p.to].price-p.weight != p.near {
			f.look(v)
		} else {
			f.grow(p.to, v)
		}
	case outer:
		if p.near != 2*f.clock {
			return
		}
		x, y := f.top(v), f.top(p.to)
		switch {
		case f.label[p.to] != outer || f.at[p.to].price+p.price-p.weight != p.near || x == y:
			f.scan(v)
		case f.nodes[x].root == f.nodes[y].root:
			f.closeRing(v, p.to)
			f.scan(v)
		default:
			f.augment(v, p.to)
		}
	}
}

// top answers the outermost node around v.
func (f *forest) top(v int32) int32 {
	for {
		up := f.above[v]
		if up < 0 {
			return ^up
		}
		next := f.above[up]
		if next < 0 {
			return ^next
		}
		f.above[v] = next
		v = next
	}
}

// scan tells the free and inner neighbours of an outer vertex how near it is, and finds out which
// outer vertex is nearest to itself.
func (f *forest) scan(v int32) {
	p := &f.at[v]
	x, best := f.top(v), int64(never)
	begin, end := f.first[v], f.first[v+1]
	weights := f.weight[begin:end]
	for i, w := range f.to[begin:end] {
		switch f.label[w] {
		case free, inner:
			u := &f.at[w]
			if near := p.price - weights[i]; near < u.near {
				u.near, u.weight, u.to = near, weights[i], v
				if f.label[w] == free {
					f.queue.add(near+u.price, w, reach)
				}
			}
		case outer:
			// An edge that would have met before now is inside a blossom.
			near := p.price + f.at[w].price - weights[i]
			if near < best && near >= 2*f.clock && f.top(w) != x {
				best, p.weight, p.to = near, weights[i], w
			}
		}
	}
	p.near = best
	if best < never {
		f.queue.add(best/2, v, reach)
	}
}

// look finds out which outer vertex is nearest to a free one.
func (f *forest) look(v int32) {
	p, best := &f.at[v], int64(never)
	begin, end := f.first[v], f.first[v+1]
	for i, w := range f.to[begin:end] {
		if f.label[w] != outer {
			continue
		}
		if near := f.at[w].price - f.weight[int(begin)+i]; near < best {
			best, p.weight, p.to = near, f.weight[int(begin)+i], w
		}
	}
	p.near = best
	if best < never {
		f.queue.add(best+p.price, v, reach)
	}
}

// tell lets everybody who became outer scan, and everybody who became free look, unless they
// know where to.
func (f *forest) tell() {
	for _, v := range f.ripe {
		f.scan(v)
	}
	for _, v := range f.loose {
		if f.label[v] == free {
			f.look(v)
		}
	}
	for _, v := range f.aware {
		if p := &f.at[v]; f.label[v] == free && p.near < never {
			f.queue.add(p.near+p.price, v, reach)
		}
	}
	f.ripe, f.loose, f.aware = f.ripe[:0], f.loose[:0], f.aware[:0]
}
