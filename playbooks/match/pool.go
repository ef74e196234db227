package match

import "slices"

// pool is people, none of them away or taken, as the vertices of a graph.
type pool struct {
	t      *table
	who    []int // by vertex: the person, ascending
	glance *glance
	begun  []Edge // the likely pairs, once they are known
}

func (t *table) pool(who []int) *pool {
	p := &pool{t: t, who: who}
	vertex := make([]int32, len(t.people))
	for i := range vertex {
		vertex[i] = -1
	}
	faces, knows := make([]*face, len(who)), make([][]int32, len(who))
	for v, i := range who {
		vertex[i], faces[v] = int32(v), &t.faces[i]
	}
	for v, i := range who {
		for _, j := range t.knows[i] {
			if vertex[j] >= 0 {
				knows[v] = append(knows[v], vertex[j])
			}
		}
	}
	p.glance = newGlance(faces, knows, t.weights)
	return p
}

// edge weighs two vertices by their points.
func (p *pool) edge(u, v int, points int64) Edge {
	u, v = min(u, v), max(u, v)
	return Edge{u, v, p.t.weighed(p.who[u], p.who[v], points)}
}

// weight weighs two vertices; false if they may not be paired.
func (p *pool) weight(u, v int) (int64, bool) {
	if !p.t.mayMeet(p.who[u], p.who[v]) {
		return 0, false
	}
	return p.t.weight(p.who[u], p.who[v]), true
}

// closeBy is how many pairs of a large pool may about matter for a trio.
const closeBy = 1_500_000

// near, of and lightest make a pool a graph to look for trios in.
func (p *pool) near(prices []int64, limit int64) ([]Edge, bool) {
	most := forAll
	if len(p.who) > complete {
		most = closeBy/len(p.who) + 1
	}
	if limit == never {
		if most < forAll {
			return nil, false
		}
		limit = never - 1
	}
	s := sweep{pool: p, prices: prices, times: 4, below: limit + 1, most: most}
	rows, all := s.run(), true
	for _, hits := range rows {
		all = all && len(hits) < most
	}
	return inOrder(rows), all
}

func (p *pool) of(v int) (own []Edge) {
	for u := range p.who {
		if w, may := p.weight(u, v); u != v && may {
			own = append(own, Edge{min(u, v), max(u, v), w})
		}
	}
	return own
}

func (p *pool) lightest() int64 { return p.t.lo }

// links lists enough pairs to tell who can be paired in the end with whom: those likely,
// and all that lead out of a small part that hangs together by these.
func (p *pool) links() []Edge {
	links := p.begin()
	part := newParts(len(p.who))
	for _, e := range links {
		part.join(e.U, e.V)
	}
	size := make([]int, len(p.who))
	for v := range p.who {
		size[part.of(v)]++
	}
	biggest := slices.Index(size, slices.Max(size))
	of := make([]int, len(p.who))
	for v := range of {
		of[v] = part.of(v)
	}
	g := p.glance
	more := g.byRow(func(r *row, known []int32) (hits []hit) {
		u, met := int(g.order[r.place]), map[int]bool{}
		if of[u] == biggest {
			return nil
		}
		for q, v := range g.order {
			if of[u] == of[v] || met[of[v]] || r.time[g.sides[q].work] == none {
				continue
			}
			if known[q] == r.place+1 {
				if _, may := p.weight(u, int(v)); !may {
					continue
				}
			}
			met[of[v]] = true
			hits = append(hits, hit{Edge: Edge{min(u, int(v)), max(u, int(v)), 0}})
		}
		return hits
	})
	return append(links, inOrder(more)...)
}

// parts are sets of things that hang together.
type parts []int

func newParts(n int) parts {
	p := make(parts, n)
	for i := range p {
		p[i] = i
	}
	return p
}

// of answers the first thing of the part that holds one.
func (p parts) of(i int) int {
	for p[i] != i {
		p[i] = p[p[i]]
		i = p[i]
	}
	return i
}

func (p parts) join(i, j int) {
	i, j = p.of(i), p.of(j)
	p[max(i, j)] = min(i, j)
}
