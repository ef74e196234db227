package match

import (
	"cmp"
	"slices"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// table is a round before anybody is placed: people by id, and what each two are worth.
type table struct {
	people  []Person
	past    past
	weights Weights
	seed    uint64
	faces   []face
	tags    []uint64 // by person: for noise
	knows   [][]int  // by person: those whom a glance is not enough for, ascending
	scale   int64    // what one point of score is in edges
	staler  int64    // what one unit of staleness is in points
	steps   uint64   // ties are settled by so many different amounts
	lo, hi  int64    // no edge weighs less or more

	wishes    Wishes
	forbidden map[[2]roster.ID]bool
	promised  map[[2]roster.ID]bool // were told in this round that they meet
	bench     bench
	taken     []bool // settled by wishes
	unkept    []Unkept
	spared    int64 // edge weight given up for later rounds

	search func(*forest) bool // grows a forest to its end; tests put a faulty one in its place
	alarm  error              // why it is not to be trusted
}

func newTable(people []Person, history History, round int, w Weights, seed uint64, wishes ...Wishes) *table {
	t := &table{weights: w, seed: seed, wishes: join(wishes), forbidden: map[[2]roster.ID]bool{}, search: (*forest).run}
	t.promised = t.wishes.promised()
	history = history.without(t.promised, round)
	t.past = remember(history, round)
	for _, f := range t.wishes.Forbids {
		t.forbidden[pairOf(f[0], f[1])] = true
	}
	t.people = slices.Clone(people)
	slices.SortStableFunc(t.people, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	t.people = slices.CompactFunc(t.people, func(a, b Person) bool { return a.ID == b.ID })
	for _, p := range t.people {
		t.faces = append(t.faces, look(p))
		t.tags = append(t.tags, tag(seed, p.ID))
	}
	t.taken = make([]bool, len(t.people))
	t.acquaint()
	t.weigh()
	t.bench = t.turns(history, round)
	return t
}

// acquaint finds out who knows whom in some way: from earlier meetings, as manager, or by
// anybody's wish.
func (t *table) acquaint() {
	number := map[roster.ID]int{}
	for i, p := range t.people {
		number[p.ID] = i
	}
	t.knows = make([][]int, len(t.people))
	know := func(a, b roster.ID) {
		i, okA := number[a]
		j, okB := number[b]
		if okA && okB && i != j {
			t.knows[i], t.knows[j] = append(t.knows[i], j), append(t.knows[j], i)
		}
	}
	for _, pairs := range []map[[2]roster.ID]bool{t.forbidden, t.promised} {
		for two := range pairs {
			know(two[0], two[1])
		}
	}
	for two := range t.past {
		know(two[0], two[1])
	}
	for i := range t.people {
		p := &t.people[i]
		know(p.ID, p.Manager)
		for _, other := range p.Avoid {
			know(p.ID, other)
		}
	}
	for i := range t.knows {
		slices.Sort(t.knows[i])
		t.knows[i] = slices.Compact(t.knows[i])
	}
}

// mayMeet answers whether two people may be paired.
func (t *table) mayMeet(i, j int) bool {
	return obstacle(&t.faces[i], &t.faces[j], t.weights) == "" && !t.forbidden[pairOf(t.people[i].ID, t.people[j].ID)]
}

// rated scores two people.
func (t *table) rated(i, j int) Score { return rate(&t.faces[i], &t.faces[j], t.past, t.weights) }

// weight answers the edge weight of two people who may meet.
func (t *table) weight(i, j int) int64 {
	s := t.rated(i, j)
	points := int64(s.Total) - t.staler*t.weights.stale(s.Ago)
	if t.promised[pairOf(t.people[i].ID, t.people[j].ID)] {
		points += keepsake
	}
	return t.weighed(i, j, points)
}

// weighed answers the edge weight of two people with so many points.
func (t *table) weighed(i, j int, points int64) int64 {
	return points*t.scale + int64(t.noise(i, j)%t.steps)
}

// room is the greatest amount that may add up while pairs are sought.
const room = 1 << 61

// weigh decides what points are in edges. One unit of staleness outweighs all scores
// together, and one point of score all of the noise that settles ties by the seed. In a
// large group with a long history there is less room for noise, then none: then ties are
// settled by the order of ids.
func (t *table) weigh() {
	half, oldest := int64(len(t.people)/2+1), t.oldest()
	least, most := t.span()
	t.staler = 2*half*(most-least) + 1
	fits := func(scale int64) bool {
		points := float64(t.staler)*float64(oldest) + float64(most-least)
		return float64(half)*points*float64(scale)*trioTimes < room
	}
	t.scale, t.steps = 2, 1
	for steps := int64(1 << 16); steps > 1; steps /= 2 {
		if scale := 2 * (half + 1) * steps; fits(scale) {
			t.scale, t.steps = scale, uint64(steps)
			break
		}
	}
	for t.staler > 1 && !fits(t.scale) {
		t.staler /= 2 // beyond any group there is: many scores then outweigh a repeat
	}
	t.lo, t.hi = (least-t.staler*oldest)*t.scale, (most+1)*t.scale
}

// span answers between which points everybody's score lies.
func (t *table) span() (least, most int64) {
	w, owed, owes := &t.weights, 0, 0
	for i := range t.faces {
		bench := t.faces[i].bench(*w)
		owed, owes = max(owed, bench), min(owes, bench)
	}
	help := max(0, w.Help)
	best := max(0, w.Base) + 2*help + 2*help/3 + max(0, w.Time) + max(0, w.Energy) + max(0, w.Department, w.Team) + max(0, w.Newcomer)
	if len(t.promised) > 0 {
		best += keepsake
	}
	return int64(1 + 2*owes), int64(max(1, best) + 2*owed)
}

// oldest answers the greatest staleness of two people.
func (t *table) oldest() (most int64) {
	for _, agos := range t.past {
		for _, ago := range agos {
			most = max(most, t.weights.stale(ago))
		}
	}
	return most
}

// noise is a number that depends on the seed and on the two people, and not on who else
// takes part.
func (t *table) noise(i, j int) uint64 { return mix(t.tags[min(i, j)] + mix(t.tags[max(i, j)])) }

// tag is a number that depends on the seed and on a person.
func tag(seed uint64, id roster.ID) uint64 {
	h := uint64(14695981039346656037) ^ mix(seed)
	for _, c := range []byte(id) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return mix(h)
}

// mix spreads the bits of a number over all of it.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
