package match

import "slices"

// placement is who goes with whom.
type placement struct {
	groups [][]int
	gap    int64 // the weight of a better one, with the same people aside, is no higher than by so much
	exact  bool  // no other one with pairs and at most one trio is better
}

// place makes the groups, of people, given the wishes and whose turn it is.
func (t *table) place(watch func(Progress)) placement {
	accepted, pinned := t.hold()
	all := placement{exact: true}
	for _, s := range t.islands() {
		one := s.place(watch)
		all.groups, all.gap, all.exact = append(all.groups, one.groups...), all.gap+one.gap, all.exact && one.exact
	}
	in := make([]bool, len(t.people))
	trios := 0
	for _, g := range all.groups {
		trios += len(g) - 2
		for _, i := range g {
			in[i] = true
		}
	}
	left := slices.DeleteFunc(t.free(), func(i int) bool { return in[i] })
	all.exact = all.exact && trios < 2 && (len(pinned) == 0 || trios+len(left) == 0)
	all.groups = slices.Concat(accepted, t.attach(pinned, left), all.groups)
	return all
}

// here lists who takes part.
func (t *table) here() (people []int) {
	for i, p := range t.people {
		if p.Away == "" {
			people = append(people, i)
		}
	}
	return people
}

// free lists who takes part and is not settled by wishes.
func (t *table) free() []int {
	return slices.DeleteFunc(t.here(), func(i int) bool { return t.taken[i] })
}

// attach lets people outside the groups join pairs among these, at most one each, as many
// as possible and where it gains most.
func (t *table) attach(groups [][]int, people []int) [][]int {
	in := make([]bool, len(t.people))
	for _, g := range groups {
		for _, i := range g {
			in[i] = true
		}
	}
	left := slices.DeleteFunc(slices.Clone(people), func(i int) bool { return in[i] })
	var joins []Edge
	for k, b := range left {
		for g, pair := range groups {
			if t.mayMeet(b, pair[0]) && t.mayMeet(b, pair[1]) && t.inCommon(pair[0], pair[1], b) {
				kept := t.weight(pair[0], pair[1])
				value := HalfSum(kept, t.weight(pair[0], b), t.weight(pair[1], b)) - t.owed(pair[0], pair[1], b)
				joins = append(joins, Edge{k, len(left) + g, value - kept})
			}
		}
	}
	thirds := t.best(len(left)+len(groups), joins)
	for k, b := range left {
		if mate := thirds.Mate[k]; mate >= 0 {
			g := mate - len(left)
			groups[g] = append(groups[g], b)
		}
	}
	return groups
}

// inCommon answers whether three people have enough common time, all at once.
func (t *table) inCommon(a, b, c int) bool {
	both := t.faces[a].work.and(&t.faces[b].work)
	return both.common(&t.faces[c].work) >= max(t.weights.MinCommon, 1)
}

// owed is what the third of three was owed for sitting out, as an edge weight.
func (t *table) owed(a, b, c int) int64 {
	return t.scale * int64(min(t.faces[a].bench(t.weights), t.faces[b].bench(t.weights), t.faces[c].bench(t.weights)))
}
