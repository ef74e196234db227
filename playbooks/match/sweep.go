package match

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// sweep looks at every two people of a pool who may be paired, and lists those whose
// edges are covered too little: the prices of the two exceed so many times the weight by
// less than a limit.
type sweep struct {
	*pool
	prices []int64 // by vertex
	times  int64
	below  int64 // excluded
	most   int   // so many at most of a person, the least covered
	excess func(e Edge) int64
	asks   []int32 // by place: points for which it is worth looking
}

// hit is an edge, and what the prices exceed it by.
type hit struct {
	Edge
	excess int64
}

const (
	askLimit  = 1 << 28 // points; beyond, nobody is looked for
	atOnce    = 32      // rows that one worker takes at once
	forAll    = 1 << 30 // as most: no limit
	mostHands = 8       // cores that are used
)

// run answers the hits of every place, each in the row of the one who comes first.
func (s *sweep) run() [][]hit {
	g := s.glance
	s.asks = make([]int32, len(g.order))
	unit := s.times * s.t.scale
	for p, v := range g.order {
		ask := floorDiv(s.prices[v]-(s.below+1)/2, unit)
		s.asks[p] = int32(min(max(ask, -askLimit), askLimit)) - g.sides[p].bench
	}
	return g.byRow(s.row)
}

// byRow calls look with the row of every place and a list of marks by place. All cores work
// on it; what it answers does not depend on how many there are.
func (g *glance) byRow(look func(r *row, known []int32) []hit) [][]hit {
	rows := make([][]hit, len(g.order))
	var next atomic.Int64
	var hands sync.WaitGroup
	var broke atomic.Pointer[error]
	for range min(runtime.GOMAXPROCS(0), mostHands) {
		hands.Go(func() {
			defer func() {
				if err := caught(recover()); err != nil {
					broke.Store(&err)
				}
			}()
			r, known := &row{}, make([]int32, len(g.order))
			for {
				from := int(next.Add(atOnce)) - atOnce
				for p := from; p < min(from+atOnce, len(rows)); p++ {
					g.view(r, int32(p))
					for _, q := range g.knows[p] {
						known[q] = int32(p) + 1
					}
					rows[p] = look(r, known)
				}
				if from >= len(rows) {
					return
				}
			}
		})
	}
	hands.Wait()
	if err := broke.Load(); err != nil {
		panic(*err) // where the caller can catch it
	}
	return rows
}

func floorDiv(x, y int64) int64 {
	q := x / y
	if x%y < 0 {
		q--
	}
	return q
}

// row lists the hits of one person with those behind.
func (s *sweep) row(r *row, known []int32) (hits []hit) {
	g := s.glance
	for _, q := range g.knows[r.place] {
		if q > r.place {
			u, v := int(g.order[r.place]), int(g.order[q])
			if w, may := s.weight(u, v); may {
				hits = s.keep(hits, Edge{min(u, v), max(u, v), w})
			}
		}
	}
	for _, stretch := range g.runs {
		if stretch.to <= r.place+1 || r.time[stretch.work] == none {
			continue
		}
		at := int32(g.weights.Base) + r.time[stretch.work] + r.extra
		for q := max(stretch.from, r.place+1); q < stretch.to; q++ {
			o, ask := &g.sides[q], s.asks[r.place]+s.asks[q]
			if ask > 1 && at+r.energy[o.peak]+r.most[o.wish] < ask {
				continue
			}
			points := max(1, g.score(r, q))
			if points < ask || known[q] == r.place+1 {
				continue
			}
			points += r.bench + o.bench
			hits = s.keep(hits, s.edge(int(g.order[r.place]), int(g.order[q]), int64(points)))
		}
	}
	return slices.Clone(s.trim(hits))
}

// keep adds an edge to the hits if it is one.
func (s *sweep) keep(hits []hit, e Edge) []hit {
	excess := s.prices[e.U] + s.prices[e.V] - s.times*e.Weight
	if excess >= s.below {
		return hits
	}
	if s.excess != nil {
		if excess = s.excess(e); excess >= s.below {
			return hits
		}
	}
	if len(hits) >= 4*s.most {
		hits = s.trim(hits)
	}
	return append(hits, hit{e, excess})
}

func (s *sweep) trim(hits []hit) []hit {
	if len(hits) <= s.most {
		return hits
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.excess, b.excess), cmp.Compare(a.U, b.U), cmp.Compare(a.V, b.V))
	})
	return hits[:s.most]
}
