package match

// plant makes a root of an outermost node without a partner.
func (f *forest) plant(x int32) {
	r := f.nodes[x].base
	f.trees[r] = tree{before: r, next: r, lowest: never}
	f.roots++
	f.join(x, r, outer)
}

// join takes a free node into a tree.
func (f *forest) join(x, root int32, as label) {
	nd := &f.nodes[x]
	nd.root = root
	sign := int64(1)
	if as == inner {
		sign = -1
	}
	if int(x) >= f.n {
		nd.price -= 2 * sign * f.clock
		if as == inner {
			f.queue.add(nd.price/2, x, unfold)
		}
	}
	for v := nd.head; v >= 0; v = f.after[v] {
		p := &f.at[v]
		p.price += sign * f.clock
		f.label[v] = as
		if v != root {
			t, r := &f.trees[v], &f.trees[root]
			t.before, t.next = root, r.next
			f.trees[r.next].before = v
			r.next = v
		}
		if as == outer {
			f.ripe = append(f.ripe, v)
			f.sink(v, root)
		}
	}
}

// sink notes an outer vertex that may be the first of its tree to have no price left.
func (f *forest) sink(v, root int32) {
	if t, price := &f.trees[root], f.at[v].price; price < t.lowest && f.floor != -never {
		t.lowest = price
		f.queue.add(price-f.floor, v, settle)
	}
}

// grow takes the free node of v, and the node it is matched to, into the tree of u.
func (f *forest) grow(u, v int32) {
	x, root := f.top(v), f.nodes[f.top(u)].root
	mate := f.mate[f.nodes[x].base]
	if mate < 0 { // settled alone before; now it is worth more with a partner
		f.nodes[x].base, f.mate[v] = v, u
		f.flip(u, v)
		f.dissolve(root)
		f.loose = append(f.loose, v) // its nearest has just become free
		f.tell()
		return
	}
	f.join(x, root, inner)
	f.nodes[x].from, f.nodes[x].to = u, v
	f.join(f.top(mate), root, outer)
	f.tell()
}

// augment matches two outer vertices of different trees.
func (f *forest) augment(u, v int32) {
	left, right := f.nodes[f.top(u)].root, f.nodes[f.top(v)].root
	f.flip(u, v)
	f.flip(v, u)
	f.dissolve(left)
	f.dissolve(right)
	f.tell()
}

// settle leaves v without a partner, instead of the root of its tree.
func (f *forest) settle(v int32) {
	root := f.nodes[f.top(v)].root
	f.flip(v, -1)
	f.dissolve(root)
	f.tell()
}

// flip gives an outer vertex a partner, or none, and swaps matched and unmatched edges
// from there to the root.
func (f *forest) flip(v, partner int32) {
	for range len(f.at) + 1 {
		x := &f.nodes[f.top(v)]
		old := f.mate[x.base]
		x.base, f.mate[v] = v, partner
		if old < 0 {
			return
		}
		t := &f.nodes[f.top(old)]
		t.base, f.mate[t.to] = t.to, t.from
		v, partner = t.from, t.to
	}
	panic("a path that does not end") // a defect, like that of run
}

// dissolve frees all nodes of a tree.
func (f *forest) dissolve(root int32) {
	f.roots--
	for v := root; ; {
		p := &f.at[v]
		sign := int64(1)
		if f.label[v] == outer {
			sign = -1
		}
		p.price += sign * f.clock
		f.label[v] = free
		f.loose = append(f.loose, v)
		if x := f.top(v); int(x) >= f.n && f.nodes[x].head == v {
			f.nodes[x].price -= 2 * sign * f.clock
		}
		v = f.trees[v].next
		if v == root {
			return
		}
	}
}
