package match

import (
	"hash/fnv"
	"math"
	"slices"
)

// weigh turns scores into edge weights. One point of staleness outweighs all scores
// together; one point of score outweighs all of the noise that settles ties by the seed.
func (t *table) weigh() {
	half := int64(len(t.people)/2 + 1)
	lo, hi, first := 0, 0, true
	for _, s := range t.rated {
		if first {
			lo, hi, first = s.Total, s.Total, false
		}
		lo, hi = min(lo, s.Total), max(hi, s.Total)
	}
	if len(t.promised) > 0 {
		hi += keepsake
	}
	stale, noise := 2*half*int64(hi-lo)+1, int64(1<<16)
	// No sum may grow too large. Beyond some thousand people first ties are told apart less
	// finely, then a repeat outweighs many other scores instead of all.
	heavy := 64 * math.Pow(float64(half), 3) * 2 * memory
	for noise > 1 && heavy*float64(stale)*float64(noise) > 4e18 {
		noise /= 2
	}
	for heavy*float64(stale) > 4e18 {
		stale /= 2
	}
	t.scale = noise * (half + 1) * 2
	for i := range t.people {
		for j := i + 1; j < len(t.people); j++ {
			s, ok := t.rated[[2]int{i, j}]
			if !ok {
				continue
			}
			w := int64(s.Total)
			if t.promised[pairOf(t.people[i].ID, t.people[j].ID)] {
				w += keepsake
			}
			w -= stale * t.weights.stale(s.Ago)
			t.edges = append(t.edges, Edge{i, j, w*t.scale + int64(t.noise(i, j)%uint64(noise))})
		}
	}
}

// noise is a number that depends on the seed and on the two people, and not on who else
// takes part.
func (t *table) noise(i, j int) uint64 {
	h := fnv.New64a()
	for _, s := range []string{string(t.people[i].ID), "\x00", string(t.people[j].ID)} {
		h.Write([]byte(s))
	}
	x := h.Sum64() ^ (t.seed * 0x9e3779b97f4a7c15)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// place answers the groups, and whether they are the proven best: no other plan with pairs
// and at most one trio is better, given the wishes and whose turn it is.
func (t *table) place() (groups [][]int, exact bool) {
	accepted, pinned := t.hold()
	exact = true
	for _, s := range t.islands() {
		placed, proven := s.place()
		groups, exact = append(groups, placed...), exact && proven
	}
	in := make([]bool, len(t.people))
	trios := 0
	for _, g := range groups {
		trios += len(g) - 2
		for _, i := range g {
			in[i] = true
		}
	}
	var left []int
	for i, p := range t.people {
		if p.Away == "" && !in[i] && !t.taken[i] {
			left = append(left, i)
		}
	}
	exact = exact && trios < 2 && (len(pinned) == 0 || trios+len(left) == 0)
	return slices.Concat(accepted, t.attach(pinned, left), groups), exact
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
	thirds, _, err := Solve(len(left)+len(groups), joins, MostPairs)
	if err != nil {
		return groups
	}
	for k, b := range left {
		if mate := thirds.Mate[k]; mate >= 0 {
			g := mate - len(left)
			groups[g] = append(groups[g], b)
		}
	}
	return groups
}

func (t *table) mayMeet(i, j int) bool {
	_, ok := t.rated[[2]int{min(i, j), max(i, j)}]
	return ok
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

// weight answers the edge weight of two people who may meet.
func (t *table) weight(i, j int) int64 {
	k, _ := slices.BinarySearchFunc(t.edges, [2]int{min(i, j), max(i, j)}, func(e Edge, key [2]int) int {
		return slices.Compare([]int{e.U, e.V}, key[:])
	})
	return t.edges[k].Weight
}
