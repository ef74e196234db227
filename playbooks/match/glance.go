package match

import (
	"cmp"
	"slices"
)

// glance scores very many pairs quickly: what people have in common with others is worked
// out once for all who are alike in it. It says the same as obstacle and rate, except
// about two people who know each other in some way (an earlier meeting, a manager, an
// exclusion): those it leaves to them.
//
// It keeps people in an order in which those with the same hours are together. A place is
// a position in it.
type glance struct {
	weights Weights
	order   []int32 // by place: the vertex
	sides   []side  // by place
	runs    []run
	levels  []uint64 // by place, so many words each: of strengths, two bits a skill
	words   int
	work    []dial                               // by class
	peak    []dial                               // by class
	wishes  []wishList                           // by class
	help    [wishes + 1][1 << (2 * wishes)]int32 // by number of wishes and index
	knows   [][]int32                            // by place: places of those known in some way
}

// side is what a pair's score needs of one of the two.
type side struct {
	work, peak, wish int32 // classes
	department, team int32 // 0 unknown
	bench            int32
	newcomer         bool
	veteran          bool
}

// run is a stretch of places with the same working hours.
type run struct{ from, to, work int32 }

// wishList is up to so many skills somebody wants to practise, most wanted first: where in
// others' levels they are.
type wishList struct {
	count  int
	digits [wishes]digit
}

type digit struct {
	word  int32
	shift uint32
}

const skillsAWord = 32

func digitOf(skill int32) digit { return digit{skill / skillsAWord, uint32(skill % skillsAWord * 2)} }

// index puts the levels of a list's skills together. Beyond the end of the list any level
// will do.
func (l *wishList) index(levels []uint64) uint64 {
	if len(levels) == 0 {
		return 0
	}
	d := &l.digits
	return levels[d[0].word]>>d[0].shift&3 | levels[d[1].word]>>d[1].shift&3<<2 | levels[d[2].word]>>d[2].shift&3<<4
}

// classes numbers things so that equal ones have the same number.
type classes[T comparable] struct {
	number map[T]int32
	list   []T
}

func newClasses[T comparable](first ...T) *classes[T] {
	c := &classes[T]{number: map[T]int32{}}
	for _, x := range first {
		c.of(x)
	}
	return c
}

func (c *classes[T]) of(x T) int32 {
	k, ok := c.number[x]
	if !ok {
		k = int32(len(c.list))
		c.number[x], c.list = k, append(c.list, x)
	}
	return k
}

// newGlance looks at people, of whom some know each other.
func newGlance(faces []*face, knows [][]int32, w Weights) *glance {
	g := &glance{weights: w}
	work, peak, wants := newClasses[dial](), newClasses[dial](), newClasses[wishList]()
	skills, departments, teams := newClasses[string](), newClasses(""), newClasses("")
	sides := make([]side, len(faces))
	for i, f := range faces {
		var want wishList
		for _, s := range f.Stretch[:min(len(f.Stretch), wishes)] {
			want.digits[want.count] = digitOf(skills.of(s))
			want.count++
		}
		sides[i] = side{
			work: work.of(f.work), peak: peak.of(f.peak), wish: wants.of(want),
			department: departments.of(f.Department), team: teams.of(f.Team),
			bench: int32(f.bench(w)), newcomer: f.Newcomer, veteran: f.Veteran,
		}
		g.order = append(g.order, int32(i))
	}
	g.work, g.peak, g.wishes = work.list, peak.list, wants.list
	slices.SortStableFunc(g.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(sides[a].work, sides[b].work), cmp.Compare(sides[a].peak, sides[b].peak))
	})
	for count := range g.help {
		for i := range g.help[count] {
			levels := [wishes]int{i & 3, i >> 2 & 3, i >> 4 & 3}
			g.help[count][i] = int32(helpOf(levels[:count], w))
		}
	}
	g.seat(faces, sides, knows, skills)
	return g
}

// seat puts everybody into place.
func (g *glance) seat(faces []*face, sides []side, knows [][]int32, skills *classes[string]) {
	n := len(faces)
	g.words = (len(skills.list) + skillsAWord - 1) / skillsAWord
	g.sides, g.levels, g.knows = make([]side, n), make([]uint64, n*g.words), make([][]int32, n)
	place := make([]int32, n)
	for p, v := range g.order {
		place[v], g.sides[p] = int32(p), sides[v]
		if last := len(g.runs) - 1; last >= 0 && g.runs[last].work == sides[v].work {
			g.runs[last].to++
		} else {
			g.runs = append(g.runs, run{int32(p), int32(p) + 1, sides[v].work})
		}
		for skill, level := range faces[v].Strengths {
			if k, wanted := skills.number[skill]; wanted {
				d := digitOf(k)
				g.levels[p*g.words+int(d.word)] |= uint64(min(max(level, 0), topLevel)) << d.shift
			}
		}
	}
	for p, v := range g.order {
		for _, u := range knows[v] {
			g.knows[p] = append(g.knows[p], place[u])
		}
		slices.Sort(g.knows[p])
	}
}

// row is one person's view of all others.
type row struct {
	*side
	place  int32
	time   []int32 // by class of working hours: points, or none
	energy []int32 // by class of high energy: points
	gives  []int32 // by class of wishes: help for them
	wants  *wishList
	gets   *[1 << (2 * wishes)]int32 // by index of their levels: help for the person
	most   []int32                   // by class of wishes: help in both directions, at most
	extra  int32                     // what help, time and energy do not give, at most
}

const none = -1 << 30

// view prepares the row of a place, from the row of another place or an empty one.
func (g *glance) view(r *row, place int32) {
	old := r.side
	r.side, r.place = &g.sides[place], place
	if old == nil || old.work != r.work {
		r.time = r.time[:0]
		for i := range g.work {
			points := int32(none)
			if common := g.work[i].common(&g.work[r.work]); common >= max(g.weights.MinCommon, 1) {
				points = int32(g.weights.Time * min(common, enoughTime) / enoughTime)
			}
			r.time = append(r.time, points)
		}
	}
	if old == nil || old.peak != r.peak {
		r.energy = r.energy[:0]
		for i := range g.peak {
			r.energy = append(r.energy, int32(g.weights.Energy*min(g.peak[i].common(&g.peak[r.peak]), enoughEnergy)/enoughEnergy))
		}
	}
	mine := g.levels[int(place)*g.words:][:g.words]
	r.wants = &g.wishes[r.wish]
	r.gives, r.gets, r.most = r.gives[:0], &g.help[r.wants.count], r.most[:0]
	gets := slices.Max(r.gets[:])
	for i := range g.wishes {
		list := &g.wishes[i]
		gives := g.help[list.count][list.index(mine)]
		r.gives, r.most = append(r.gives, gives), append(r.most, both(gives, gets))
	}
	r.extra = int32(max(g.weights.Department, g.weights.Team, 0))
	if r.newcomer || r.veteran {
		r.extra += int32(max(g.weights.Newcomer, 0))
	}
}

// both is what help is worth one way and the other.
func both(ab, ba int32) int32 { return ab + ba + 2*min(ab, ba)/3 }

// score answers the score of the row's person with somebody who has common time, before
// the bench and without an earlier meeting.
func (g *glance) score(r *row, place int32) int32 {
	o := &g.sides[place]
	gets := r.gets[r.wants.index(g.levels[int(place)*g.words:][:g.words])]
	sum := int32(g.weights.Base) + both(r.gives[o.wish], gets) + r.time[o.work] + r.energy[o.peak]
	switch {
	case r.department != o.department && r.department != 0 && o.department != 0:
		sum += int32(g.weights.Department)
	case r.team != o.team && r.team != 0 && o.team != 0:
		sum += int32(g.weights.Team)
	}
	if r.newcomer && o.veteran || o.newcomer && r.veteran {
		sum += int32(g.weights.Newcomer)
	}
	return sum
}
