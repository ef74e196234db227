package match

// leaves calls visit for every vertex of a node.
func (s *cubic) leaves(x int, visit func(v int)) {
	if x < s.n {
		visit(x)
		return
	}
	for _, h := range s.rings[x] {
		s.leaves(h.node, visit)
	}
}

// closeRing makes a blossom of the two tree paths that meet above u and v.
func (s *cubic) closeRing(u, v, e int) {
	meet := s.meeting(s.top[u], s.top[v])
	ring := s.ringThrough(u, v, e, meet)
	b := s.spare[len(s.spare)-1]
	s.spare = s.spare[:len(s.spare)-1]
	s.rings[b], s.z[b], s.base[b], s.parent[b] = ring, 0, s.base[meet], -1
	s.label[b], s.root[b] = outer, s.root[meet]
	var risen []int // were inner, are outer now
	for _, h := range ring {
		s.parent[h.node] = b
		if s.label[h.node] == inner {
			s.leaves(h.node, func(w int) { risen = append(risen, w) })
		}
	}
	s.leaves(b, func(w int) { s.top[w] = b })
	s.leaves(b, func(w int) {
		if near := s.near[w]; near >= 0 && s.top[s.other(near, w)] == b {
			s.refresh(w)
		}
	})
	for _, w := range risen {
		s.announce(w)
	}
}

// above answers the two hops from an outer node to the next outer node towards its root;
// false at the root.
func (s *cubic) above(x int) (up [2]cubicHop, ok bool) {
	b := s.base[x]
	e := s.mate[b]
	if e < 0 {
		return up, false
	}
	t := s.top[s.other(e, b)]
	f := s.via[t]
	from := s.ends[f][0]
	if s.top[from] != t {
		from = s.ends[f][1]
	}
	return [2]cubicHop{{x, e, b}, {t, f, from}}, true
}

// meeting finds the lowest node that is above both x and y, which share a tree.
func (s *cubic) meeting(x, y int) int {
	s.walk++
	for {
		if x >= 0 {
			if s.marks[x] == s.walk {
				return x
			}
			s.marks[x] = s.walk
			up, ok := s.above(x)
			x = -1 // above the root
			if ok {
				x = s.top[s.other(up[1].edge, up[1].from)]
			}
		}
		x, y = y, x // in turn, so that the walk is never longer than the ring needs
	}
}

// ringThrough lists the ring meet -> .. -> u -> v -> .. -> meet, starting at meet.
func (s *cubic) ringThrough(u, v, e, meet int) []cubicHop {
	climb := func(x int) (path []cubicHop) {
		for x != meet {
			up, _ := s.above(x)
			path = append(path, up[0], up[1])
			x = s.top[s.other(up[1].edge, up[1].from)]
		}
		return path
	}
	left, right := climb(s.top[u]), climb(s.top[v])
	ring := make([]cubicHop, 0, 1+len(left)+len(right))
	node := meet
	for i := len(left) - 1; i >= 0; i-- { // the left path is walked downwards
		h := left[i]
		ring = append(ring, cubicHop{node, h.edge, s.other(h.edge, h.from)})
		node = h.node
	}
	ring = append(ring, cubicHop{node, e, u})
	return append(ring, right...)
}

// child answers the node of b's ring that holds vertex v.
func (s *cubic) child(b, v int) int {
	for s.parent[v] != b {
		v = s.parent[v]
	}
	return v
}

// place answers where in b's ring the vertex v lies.
func (s *cubic) place(b, v int) int {
	c := s.child(b, v)
	for i, h := range s.rings[b] {
		if h.node == c {
			return i
		}
	}
	panic("match: a vertex outside its own blossom")
}

// rebase makes v the vertex of x that is matched outside and pairs up the rest of its
// ring. The ring then starts at the node that holds v.
func (s *cubic) rebase(x, v int) {
	if x < s.n || s.base[x] == v {
		return
	}
	i := s.place(x, v)
	ring := s.rings[x]
	ring = append(append(make([]cubicHop, 0, len(ring)), ring[i:]...), ring[:i]...)
	s.rings[x], s.base[x] = ring, v
	s.rebase(ring[0].node, v)
	for k := 1; k < len(ring); k += 2 {
		e, from := ring[k].edge, ring[k].from
		to := s.other(e, from)
		s.rebase(ring[k].node, from)
		s.rebase(ring[k+1].node, to)
		s.mate[from], s.mate[to] = e, e
	}
}

// open takes an inner blossom whose potential is used up apart. The part of its ring
// between where the tree came in and the base stays in the tree; the rest is free.
func (s *cubic) open(b int) {
	entry := s.ends[s.via[b]][0]
	if s.top[entry] != b {
		entry = s.ends[s.via[b]][1]
	}
	i := s.place(b, entry)
	ring, root, via := s.rings[b], s.root[b], s.via[b]
	for _, h := range ring {
		x := h.node
		s.parent[x], s.label[x] = -1, free
		s.root[x] = -1
		s.leaves(x, func(v int) { s.top[v] = x })
	}
	s.rings[b], s.label[b], s.root[b] = nil, free, -1
	s.spare = append(s.spare, b)
	back := i%2 == 0 // towards the matched neighbour
	var risen []int
	for kind := inner; ; {
		x := ring[i].node
		s.label[x], s.root[x] = kind, root
		if kind == inner {
			s.via[x] = via
		} else {
			risen = append(risen, x)
		}
		if i == 0 {
			break
		}
		if back {
			i--
			via = ring[i].edge
		} else {
			via = ring[i].edge
			i = (i + 1) % len(ring)
		}
		kind = inner + outer - kind
	}
	for _, x := range risen {
		s.leaves(x, s.announce)
	}
}
