package match

// cubic is an older and slower search, kept as a second opinion and to measure against: it
// shares nothing with the forest but what labels are called. The primal-dual search for a
// heaviest matching (Edmonds), as a forest: every
// unmatched vertex is a root, all trees grow at the same time, and an augmentation
// dissolves only the two trees it used. The potentials y (of vertices) and z (of
// blossoms) are kept doubled, so that every step is a whole number.
//
// A node is a vertex (0..n-1) or a blossom (n and above): an odd ring of nodes that
// behaves as one vertex while it lasts. Only outermost nodes carry labels.
type cubic struct {
	n     int
	ends  [][2]int
	twice []int64 // doubled weight of each edge
	near  []int   // by vertex: its least slack edge to an outer node other than its own, or -1
	edges [][]int // by vertex
	mate  []int   // by vertex: matched edge, or -1
	y     []int64

	top    []int // by vertex: the outermost node around it
	parent []int // by node: the blossom around it, or -1
	base   []int // by node: the one vertex not matched inside
	rings  [][]cubicHop
	z      []int64
	label  []label // by outermost node
	via    []int   // by inner node: the edge by which its tree reached it
	root   []int   // by labelled node: the unmatched vertex its tree grew from
	spare  []int   // blossom numbers not in use
	marks  []int   // by node, for finding where two paths meet
	walk   int
}

// cubicHop leads from one node of a ring to the next: over edge, leaving node at vertex from.
type cubicHop struct{ node, edge, from int }

func newCubic(n int, edges []Edge, lift int64) *cubic {
	nodes := n + n/2 + 1
	s := &cubic{
		n: n, ends: make([][2]int, len(edges)), twice: make([]int64, len(edges)),
		near: fill(n, -1), edges: make([][]int, n), mate: fill(n, -1), y: make([]int64, n),
		top: make([]int, n), parent: fill(nodes, -1), base: make([]int, nodes),
		rings: make([][]cubicHop, nodes), z: make([]int64, nodes), label: make([]label, nodes),
		via: fill(nodes, -1), root: fill(nodes, -1), marks: make([]int, nodes),
	}
	start := int64(0)
	for i, e := range edges {
		s.ends[i] = [2]int{e.U, e.V}
		s.twice[i] = 2 * (e.Weight + lift)
		start = max(start, e.Weight+lift)
		s.edges[e.U] = append(s.edges[e.U], i)
		s.edges[e.V] = append(s.edges[e.V], i)
	}
	for v := range n {
		s.y[v], s.top[v], s.base[v], s.root[v], s.label[v] = start, v, v, v, outer
	}
	for b := nodes - 1; b >= n; b-- {
		s.spare = append(s.spare, b)
	}
	return s
}

func fill(n, value int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = value
	}
	return list
}

func (s *cubic) other(e, v int) int { return s.ends[e][0] + s.ends[e][1] - v }

// slack is how far an edge between two different outermost nodes is from being usable.
func (s *cubic) slack(e int) int64 {
	return s.y[s.ends[e][0]] + s.y[s.ends[e][1]] - s.twice[e]
}

// run grows the forest until no unmatched vertex has anything left to give.
func (s *cubic) run() {
	for v := range s.n {
		s.refresh(v)
	}
	for {
		step, e, blossom, some := s.next()
		if !some {
			return
		}
		s.shift(step)
		switch {
		case blossom >= 0:
			s.open(blossom)
		case e >= 0:
			s.use(e)
		default:
			return // the unmatched vertices are worth nothing more
		}
	}
}

// next answers how far the potentials can move and what happens then: an edge becomes
// usable, an inner blossom has to be opened, or neither (-1, -1): the search is over.
// It answers false when every vertex is matched.
func (s *cubic) next() (step int64, edge, blossom int, some bool) {
	edge, blossom = -1, -1
	for v := range s.n {
		if s.mate[v] < 0 {
			step, some = s.y[v], true // the same for all of them, at every moment
			break
		}
	}
	if !some {
		return 0, -1, -1, false
	}
	for v, e := range s.near {
		if e < 0 {
			continue
		}
		gap := s.slack(e)
		switch s.label[s.top[v]] {
		case inner:
			continue
		case outer:
			gap /= 2 // both ends move; exact, because their potentials have one parity
		}
		if gap < step || gap == step && edge < 0 {
			step, edge = gap, e
		}
	}
	for b := s.n; b < len(s.z); b++ {
		if s.parent[b] < 0 && s.label[b] == inner && s.rings[b] != nil && s.z[b]/2 < step {
			step, edge, blossom = s.z[b]/2, -1, b
		}
	}
	return step, edge, blossom, true
}

// shift moves the potentials: outer vertices give, inner ones take, and every usable edge
// stays usable.
func (s *cubic) shift(step int64) {
	if step == 0 {
		return
	}
	for v := range s.n {
		switch s.label[s.top[v]] {
		case outer:
			s.y[v] -= step
		case inner:
			s.y[v] += step
		}
	}
	for b := s.n; b < len(s.z); b++ {
		if s.parent[b] >= 0 || s.rings[b] == nil {
			continue
		}
		switch s.label[b] {
		case outer:
			s.z[b] += 2 * step
		case inner:
			s.z[b] -= 2 * step
		}
	}
}

// use does what a usable edge allows: grow a tree, close a ring, or augment.
func (s *cubic) use(e int) {
	u, v := s.ends[e][0], s.ends[e][1]
	if s.label[s.top[u]] != outer {
		u, v = v, u
	}
	switch {
	case s.label[s.top[v]] == free:
		s.grow(u, v, e)
	case s.root[s.top[u]] == s.root[s.top[v]]:
		s.closeRing(u, v, e)
	default:
		s.augment(u, v, e)
	}
}

// grow takes the free node of v, and the node it is matched to, into the tree of u.
func (s *cubic) grow(u, v, e int) {
	x := s.top[v]
	s.label[x], s.via[x], s.root[x] = inner, e, s.root[s.top[u]]
	b := s.base[x]
	next := s.top[s.other(s.mate[b], b)]
	s.label[next], s.root[next] = outer, s.root[x]
	s.leaves(next, s.announce)
}

// augment matches u with v and turns the two paths to their roots around.
func (s *cubic) augment(u, v, e int) {
	left, right := s.root[s.top[u]], s.root[s.top[v]]
	s.turn(u, e)
	s.turn(v, e)
	for x := range s.label {
		if s.parent[x] < 0 && s.label[x] != free && (s.root[x] == left || s.root[x] == right) {
			s.label[x] = free
		}
	}
	for w, near := range s.near { // whoever was nearest to a dissolved tree looks again
		if near >= 0 && s.label[s.top[s.other(near, w)]] != outer {
			s.refresh(w)
		}
	}
}

// turn matches vertex v over e and walks to the root of its tree, swapping matched and
// unmatched edges on the way.
func (s *cubic) turn(v, e int) {
	for {
		x := s.top[v]
		b := s.base[x]
		old := s.mate[b]
		s.rebase(x, v)
		s.mate[v] = e
		if old < 0 {
			return
		}
		t := s.top[s.other(old, b)]
		e = s.via[t]
		in := s.ends[e][0]
		if s.top[in] != t {
			in = s.ends[e][1]
		}
		s.rebase(t, in)
		s.mate[in] = e
		v = s.other(e, in)
	}
}

// refresh finds v's nearest outer node afresh.
func (s *cubic) refresh(v int) {
	s.near[v] = -1
	for _, e := range s.edges[v] {
		w := s.top[s.other(e, v)]
		if w != s.top[v] && s.label[w] == outer && (s.near[v] < 0 || s.slack(e) < s.slack(s.near[v])) {
			s.near[v] = e
		}
	}
}

// announce tells the neighbours of v, which has just become outer, how near it is.
func (s *cubic) announce(v int) {
	s.near[v] = -1
	for _, e := range s.edges[v] {
		u := s.other(e, v)
		if s.top[u] == s.top[v] {
			continue
		}
		gap := s.slack(e)
		if s.near[u] < 0 || gap < s.slack(s.near[u]) {
			s.near[u] = e
		}
		if s.label[s.top[u]] == outer && (s.near[v] < 0 || gap < s.slack(s.near[v])) {
			s.near[v] = e
		}
	}
}

// solveCubic answers the number and weight of the best pairs the slow way.
func solveCubic(n int, edges []Edge, aim Aim) (pairs int, weight int64) {
	lift, err := lift(n, edges, aim, liftTimes)
	if err != nil {
		panic(err)
	}
	s := newCubic(n, edges, lift)
	s.run()
	for v, e := range s.mate {
		if e >= 0 && v == edges[e].U {
			pairs++
			weight += edges[e].Weight
		}
	}
	return pairs, weight
}
