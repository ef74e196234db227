package match

import (
	"errors"
	"fmt"
)

// laminar is the sets of a proof as a forest of vertices (0..n-1) and sets (n and above),
// in which the sets that hold two vertices are found quickly.
type laminar struct {
	vertices []int64
	lift     int64
	around   []int32 // the set around it, or -1
	size     []int32 // vertices in it
	prices   []int64 // of a set and all sets around it
	chain    []int32 // the uppermost of the chain it lies on: chains follow the largest part
	depth    []int32
}

// laminar checks the shape of the sets.
func (p Proof) laminar(n int) (laminar, error) {
	all := n + len(p.Sets)
	l := laminar{vertices: p.Vertices, lift: p.Lift, around: make([]int32, all), size: make([]int32, all),
		prices: make([]int64, all), chain: make([]int32, all), depth: make([]int32, all)}
	if len(p.Vertices) != n {
		return l, errors.New("match: the proof does not price every vertex")
	}
	largest := make([]int32, all)
	for x := range all {
		l.around[x], l.chain[x], l.size[x], largest[x] = -1, int32(x), 1, -1
		if x < n {
			continue
		}
		set := p.Sets[x-n]
		l.size[x] = 0
		for _, part := range set.Parts {
			if part < 0 || part >= x || l.around[part] >= 0 {
				return l, fmt.Errorf("match: set %d has part %d out of turn", x, part)
			}
			l.around[part] = int32(x)
			l.size[x] += l.size[part]
			if largest[x] < 0 || l.size[part] > l.size[largest[x]] {
				largest[x] = int32(part)
			}
		}
		if set.Price < 0 || l.size[x]%2 == 0 {
			return l, fmt.Errorf("match: set %d is not odd or has a negative price", x)
		}
	}
	for x := all - 1; x >= 0; x-- {
		if x >= n {
			l.prices[x] = p.Sets[x-n].Price
		}
		if up := l.around[x]; up >= 0 {
			l.prices[x] += l.prices[up]
			l.depth[x] = l.depth[up] + 1
			if largest[up] == int32(x) {
				l.chain[x] = l.chain[up]
			}
		}
	}
	return l, nil
}

// slack says by how much, doubled, the prices exceed an edge's weight: forcing that edge
// costs at least half of it.
func (l *laminar) slack(e Edge) int64 {
	return l.vertices[e.U] + l.vertices[e.V] - 2*(e.Weight+l.lift) + l.shared(e.U, e.V)
}

// shared adds up the prices of the sets that hold both vertices.
func (l *laminar) shared(u, v int) int64 {
	a, b := int32(u), int32(v)
	for l.chain[a] != l.chain[b] {
		if l.depth[l.chain[a]] < l.depth[l.chain[b]] {
			a, b = b, a
		}
		if a = l.around[l.chain[a]]; a < 0 {
			return 0
		}
	}
	if l.depth[a] > l.depth[b] {
		a = b
	}
	return l.prices[a]
}
