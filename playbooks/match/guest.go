package match

import "slices"

// Guests are vertices at the end that belong to nobody. To leave a vertex out of the pairs
// it is given to a guest: so the best pairs without three vertices grow from the best pairs
// of all, by two augmentations, and nothing has to be begun again.

// release lets a blossom of all n vertices give its price to them: no edge is covered
// differently. It has one only if n is odd and somebody was left over at any price.
func (f *forest) release(n int) {
	b := &f.nodes[f.top(0)]
	if n < 3 || b.size != int32(n) {
		return
	}
	for v := range n {
		f.at[v].price += b.price / 2
	}
	b.price = 0
}

// rescale makes a forest that has done its work ready to grow again: it doubles all prices,
// so that trees that start now meet at whole moments, and sets the clock back. The weights
// are doubled with the next arcs.
func (f *forest) rescale(n int) {
	f.release(n)
	f.clock, f.queue, f.floor = 0, queue{}, 16*f.floor-1
	for v := range f.at {
		f.at[v].price *= 2
		f.at[v].near = never
	}
	for b := f.n; b < len(f.nodes); b++ {
		f.nodes[b].price *= 2
	}
}

// rewire gives a rescaled forest other edges. All that are used by pairs or blossoms must
// be among them.
func (f *forest) rewire(edges []Edge) {
	f.arcs, _ = arcsOf(f.n, edges, 1) // every vertex has room for a guest
	for i := range f.weight {
		f.weight[i] *= 2
	}
}

// clone copies a forest without trees. The two share their edges.
func (f *forest) clone() *forest {
	c := *f
	c.label, c.at, c.mate = slices.Clone(f.label), slices.Clone(f.at), slices.Clone(f.mate)
	c.above, c.after = slices.Clone(f.above), slices.Clone(f.after)
	c.trees, c.nodes, c.spare = slices.Clone(f.trees), slices.Clone(f.nodes), slices.Clone(f.spare)
	c.ripe, c.loose, c.aware, c.left, c.right, c.queue = nil, nil, nil, nil, nil, queue{}
	return &c
}

// summon makes a guest the root of a tree, with v for its only neighbour, ready to meet.
// Their edge has a given fourfold weight.
func (f *forest) summon(guest, v int32, weight int64) {
	i, j := f.first[v+1]-1, f.first[guest+1]-1
	f.to[i], f.to[j] = guest, v
	f.weight[i], f.weight[j] = weight, weight
	f.at[guest].price = weight - f.at[v].price
	f.plant(guest)
}

// dismiss takes the guest's edge away again.
func (f *forest) dismiss(guest, v int32) {
	f.to[f.first[v+1]-1], f.to[f.first[guest+1]-1] = v, guest
}

// without finds the best pairs when three vertices are left out, and answers the forest of
// it. Its guests are with those three if there are such pairs. An edge with a guest is worth
// as little as the least of all.
func (f *forest) without(n int, three [3]int, least int64) *forest {
	c := f.clone()
	for i, v := range three {
		c.summon(int32(n+i), int32(v), 4*least)
	}
	for v := range int32(n) {
		if x := c.top(v); c.nodes[x].base == v && c.mate[v] < 0 {
			c.plant(x)
		}
	}
	c.tell()
	c.run()
	for i, v := range three {
		c.dismiss(int32(n+i), int32(v))
	}
	return c
}
