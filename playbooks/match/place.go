package match

import (
	"hash/fnv"
	"math"
	"slices"
)

// everyTrio is the largest odd group for which every trio is weighed, exactly. Above it
// whoever is left over joins the pair that gains most.
const everyTrio = 151

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
			w := int64(s.Total) - stale*t.weights.stale(s.Ago)
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

// place answers the groups, and whether they are the proven best.
func (t *table) place() (groups [][]int, exact bool) {
	n := len(t.people)
	m, _, err := Solve(n, t.edges, MostPairs)
	if err != nil {
		return nil, false
	}
	left := t.unplaced(m)
	if len(left) == 1 && n <= everyTrio {
		if groups, ok := t.exactTrio(); ok {
			return groups, true
		}
	}
	return t.attach(m, left)
}

// unplaced lists who takes part and has no partner.
func (t *table) unplaced(m Matching) (left []int) {
	for i, p := range t.people {
		if p.Away == "" && m.Mate[i] < 0 {
			left = append(left, i)
		}
	}
	return left
}

// worth is what a trio counts: half the sum of its pairs, less what its third was owed for
// sitting out, because being the third is no reward for that. It answers false when the
// three have no time in common, though each two of them have.
func (t *table) worth() func(a, b, c int) (int64, bool) {
	weight := make(map[[2]int]int64, len(t.edges))
	for _, e := range t.edges {
		weight[[2]int{e.U, e.V}] = e.Weight
	}
	return func(a, b, c int) (int64, bool) {
		three := []int{a, b, c}
		slices.Sort(three)
		a, b, c = three[0], three[1], three[2]
		owed := min(t.faces[a].bench(t.weights), t.faces[b].bench(t.weights), t.faces[c].bench(t.weights))
		sum := HalfSum(weight[[2]int{a, b}], weight[[2]int{a, c}], weight[[2]int{b, c}])
		both := t.faces[a].work.and(&t.faces[b].work)
		return sum - t.scale*int64(owed), both.common(&t.faces[c].work) >= max(t.weights.MinCommon, 1)
	}
}

// exactTrio covers everybody who takes part by one trio and pairs.
func (t *table) exactTrio() ([][]int, bool) {
	var here []int // vertex -> person
	vertex := map[int]int{}
	for i, p := range t.people {
		if p.Away == "" {
			vertex[i] = len(here)
			here = append(here, i)
		}
	}
	edges := make([]Edge, len(t.edges))
	for k, e := range t.edges {
		edges[k] = Edge{vertex[e.U], vertex[e.V], e.Weight}
	}
	worth := t.worth()
	trio, ok, err := BestTrio(len(here), edges, func(a, b, c int) (int64, bool) { return worth(here[a], here[b], here[c]) })
	if err != nil || !ok {
		return nil, false
	}
	groups := [][]int{{here[trio.Three[0]], here[trio.Three[1]], here[trio.Three[2]]}}
	for v, mate := range trio.Rest.Mate {
		if mate > v {
			groups = append(groups, []int{here[v], here[mate]})
		}
	}
	return groups, true
}

// attach lets those left over join pairs, at most one each, as many as possible and where
// it gains most. With nobody left over the pairs are the proven best.
func (t *table) attach(m Matching, left []int) (groups [][]int, exact bool) {
	for i, mate := range m.Mate {
		if mate > i {
			groups = append(groups, []int{i, mate})
		}
	}
	if len(left) == 0 {
		return groups, true
	}
	worth, joins := t.worth(), []Edge{}
	for k, b := range left {
		for g, pair := range groups {
			if !t.mayMeet(b, pair[0]) || !t.mayMeet(b, pair[1]) {
				continue
			}
			if value, ok := worth(pair[0], pair[1], b); ok {
				joins = append(joins, Edge{k, len(left) + g, value - t.weight(pair[0], pair[1])})
			}
		}
	}
	thirds, _, err := Solve(len(left)+len(groups), joins, MostPairs)
	if err != nil {
		return groups, false
	}
	for k, b := range left {
		if mate := thirds.Mate[k]; mate >= 0 {
			g := mate - len(left)
			groups[g] = append(groups[g], b)
		}
	}
	return groups, len(left)+2*len(groups) <= 2
}

func (t *table) mayMeet(i, j int) bool {
	_, ok := t.rated[[2]int{min(i, j), max(i, j)}]
	return ok
}

func (t *table) weight(i, j int) int64 {
	k, _ := slices.BinarySearchFunc(t.edges, [2]int{i, j}, func(e Edge, key [2]int) int {
		return slices.Compare([]int{e.U, e.V}, key[:])
	})
	return t.edges[k].Weight
}
