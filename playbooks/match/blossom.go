package match

import "slices"

// closeRing makes a blossom of the two tree paths that meet above u and v.
func (f *forest) closeRing(u, v int32) {
	ring := f.ringThrough(u, v)
	b := f.spare[len(f.spare)-1]
	f.spare = f.spare[:len(f.spare)-1]
	first := &f.nodes[ring[0].node]
	nb := &f.nodes[b]
	*nb = node{base: first.base, root: first.root, ring: ring, price: -2 * f.clock, head: first.head, tail: first.head}
	biggest := first
	for i, h := range ring {
		x := &f.nodes[h.node]
		if x.size > biggest.size {
			biggest = x
		}
		sign := int64(-1)
		if f.label[x.base] == outer {
			sign = 1
		}
		if int(h.node) >= f.n {
			x.price += 2 * sign * f.clock
		}
		if sign < 0 {
			f.rise(x)
		}
		if i > 0 {
			f.after[nb.tail] = x.head
		}
		nb.tail = x.tail
		nb.size += x.size
	}
	nb.spokesman = biggest.spokesman
	for _, h := range ring {
		f.above[f.nodes[h.node].spokesman] = nb.spokesman
	}
	f.above[nb.spokesman] = ^b
	f.tell()
}

// rise makes the vertices of an inner node outer.
func (f *forest) rise(x *node) {
	for w := x.head; ; w = f.after[w] {
		p := &f.at[w]
		p.price += 2 * f.clock
		f.label[w] = outer
		f.ripe = append(f.ripe, w)
		f.sink(w, x.root)
		if w == x.tail {
			return
		}
	}
}

// ringThrough answers the ring meet -> .. -> u -> v -> .. -> meet, where meet is the lowest
// node above both u and v in their tree. It climbs from both in turn, so that it never
// climbs much further than the ring is long.
func (f *forest) ringThrough(u, v int32) []hop {
	f.walk++
	paths, ends := [2][]hop{f.left[:0], f.right[:0]}, [2]int32{f.top(u), f.top(v)}
	f.nodes[ends[0]].mark, f.nodes[ends[1]].mark = f.walk, f.walk
	side := 0
	for ; ; side = 1 - side {
		if ends[side] < 0 {
			continue
		}
		paths[side], ends[side] = f.climb(paths[side], ends[side])
		if ends[side] >= 0 {
			if x := &f.nodes[ends[side]]; x.mark != f.walk {
				x.mark = f.walk
				continue
			}
			break
		}
	}
	meet := ends[side]
	if i := slices.IndexFunc(paths[1-side], func(h hop) bool { return h.node == meet }); i >= 0 {
		paths[1-side] = paths[1-side][:i]
	}
	f.left, f.right = paths[0], paths[1]
	ring, x := make([]hop, 0, 1+len(f.left)+len(f.right)), meet
	for _, h := range slices.Backward(f.left) {
		ring = append(ring, hop{x, h.to, h.from})
		x = h.node
	}
	ring = append(ring, hop{x, u, v})
	return append(ring, f.right...)
}

// climb adds the two hops from an outer node to the next outer node towards its root, and
// answers that one, or -1 at the root.
func (f *forest) climb(path []hop, x int32) ([]hop, int32) {
	b := f.nodes[x].base
	mate := f.mate[b]
	if mate < 0 {
		return path, -1
	}
	t := f.top(mate)
	nt := &f.nodes[t]
	return append(path, hop{x, b, mate}, hop{t, nt.to, nt.from}), f.top(nt.from)
}

// unfold takes an inner blossom apart whose price is used up. The part of its ring between
// where the tree came in and the base stays in the tree; the rest is free.
func (f *forest) unfold(b int32) {
	nb := f.nodes[b]
	if nb.ring == nil || f.top(nb.base) != b || f.label[nb.base] != inner || nb.price != 2*f.clock {
		return
	}
	f.split(b)
	first, entry := f.top(nb.base), f.top(nb.to)
	ring := f.pairUp(nb.ring, nb.base, first)
	i := slices.IndexFunc(ring, func(h hop) bool { return h.node == entry })
	back := i%2 == 0 // the way that begins with a matched edge
	from, to := nb.from, nb.to
	for as := inner; ; as = inner + outer - as {
		x := ring[i].node
		f.join(x, nb.root, as)
		f.nodes[x].from, f.nodes[x].to = from, to
		if i == 0 {
			break
		}
		if back {
			i--
			from, to = ring[i].to, ring[i].from
		} else {
			from, to = ring[i].from, ring[i].to
			i = (i + 1) % len(ring)
		}
	}
	f.tell()
}

// split makes the nodes of an inner blossom's ring outermost, and free.
func (f *forest) split(b int32) {
	for _, h := range f.nodes[b].ring {
		x := &f.nodes[h.node]
		f.after[x.tail] = -1
		for v := x.head; v >= 0; v = f.after[v] {
			f.above[v] = x.spokesman
			p, t := &f.at[v], &f.trees[v]
			p.price += f.clock
			f.label[v] = free
			f.trees[t.before].next, f.trees[t.next].before = t.next, t.before
			f.aware = append(f.aware, v)
		}
		f.above[x.spokesman] = ^h.node
	}
	f.nodes[b].ring = nil
	f.spare = append(f.spare, b)
}

// pairUp matches the inside of a ring whose base lies in the node first. The ring it
// answers starts there.
func (f *forest) pairUp(ring []hop, base, first int32) []hop {
	i := slices.IndexFunc(ring, func(h hop) bool { return h.node == first })
	ring = slices.Concat(ring[i:], ring[:i])
	f.nodes[first].base = base
	for k := 1; k < len(ring); k += 2 {
		h := ring[k]
		f.nodes[h.node].base, f.mate[h.from] = h.from, h.to
		f.nodes[ring[k+1].node].base, f.mate[h.to] = h.to, h.from
	}
	return ring
}
