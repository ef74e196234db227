package match

import (
	"math"
	"slices"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Weights are how much each part of a score counts, a programme's setting.
type Weights struct {
	Base       int // every pair starts with this
	Help       int // one person's strengths meeting the other's stretch goals fully, one way
	Time       int // four common working hours or more
	Energy     int // ninety common minutes of high energy or more
	Department int // different departments
	Team       int // same department, different teams
	Newcomer   int // somebody new with somebody who knows the programme
	Repeat     int // taken off for a meeting one round ago
	HalfLife   int // rounds after which that is half as much
	NoRepeat   int // rounds in which meeting again is avoided at any price in score; 0 for ever, negative never
	SatOut     int // for every round somebody sat out
	SatOutLast int // if it was the last one
	MinCommon  int // minutes of common working time without which there is no pair
}

// Standard are the weights of a programme that sets none.
func Standard() Weights {
	return Weights{
		Base: 500, Help: 150, Time: 250, Energy: 100, Department: 100, Team: 60, Newcomer: 60,
		Repeat: 400, HalfLife: 6, SatOut: 300, SatOutLast: 150, MinCommon: 30,
	}
}

func (w Weights) orStandard() Weights {
	if w == (Weights{}) {
		return Standard()
	}
	w.HalfLife = max(w.HalfLife, 1)
	for _, points := range []*int{&w.Base, &w.Help, &w.Time, &w.Energy, &w.Department, &w.Team, &w.Newcomer, &w.Repeat, &w.SatOut, &w.SatOutLast} {
		*points = min(max(*points, -mostPoints), mostPoints)
	}
	return w
}

// Score is what a group is worth, part by part; for three people every part is half the
// sum over their pairs. Total is at least 1 before F is added.
type Score struct {
	C     int `json:"c"` // strengths meet stretch goals
	T     int `json:"t"` // common working time
	E     int `json:"e"` // common high energy
	X     int `json:"x"` // other department or team
	N     int `json:"n"` // newcomer with veteran
	R     int `json:"r"` // earlier meetings, taken off
	F     int `json:"f"` // who sat out comes first
	Total int `json:"total"`

	Common int `json:"common"`        // minutes of common working time
	Peak   int `json:"peak"`          // of these, minutes of common high energy
	Ago    int `json:"ago,omitempty"` // rounds since the last meeting, 0 never met
}

const (
	enoughTime   = 240 // minutes; more common time makes no pair better
	enoughEnergy = 90
	memory       = 24        // rounds; older meetings take nothing off
	topLevel     = 3         // of a strength
	wishes       = 3         // so many stretch goals count
	benchLimit   = 50        // rounds sat out that count, so that no sum grows without end
	mostPoints   = 1_000_000 // of any weight, and as little below zero, for the same reason
)

// face is a person as scoring sees them.
type face struct {
	Person
	work, peak dial
}

func look(p Person) face { return face{p, dialOf(p.Work), dialOf(p.Peak)} }

// bench is what the person is owed for sitting out.
func (f *face) bench(w Weights) int {
	owed := w.SatOut * min(max(f.SatOut, 0), benchLimit)
	if f.SatOutLast {
		owed += w.SatOutLast
	}
	return owed
}

// obstacle answers why two people cannot be paired, "" if they can. It never leaves this
// package: the answer may be somebody's confidential wish.
func obstacle(a, b *face, w Weights) string {
	switch {
	case a.Away != "" || b.Away != "":
		return "away"
	case a.Manager == b.ID || b.Manager == a.ID:
		return "manager"
	case slices.Contains(a.Avoid, b.ID) || slices.Contains(b.Avoid, a.ID):
		return "avoid"
	case a.work.common(&b.work) < max(w.MinCommon, 1):
		return "time"
	}
	return ""
}

// rate scores two people who may be paired.
func rate(a, b *face, met past, w Weights) Score {
	s := Score{Common: a.work.common(&b.work), Peak: a.peak.common(&b.peak)}
	ab, ba := help(a, b, w), help(b, a, w)
	s.C = ab + ba + 2*min(ab, ba)/3
	s.T = w.Time * min(s.Common, enoughTime) / enoughTime
	s.E = w.Energy * min(s.Peak, enoughEnergy) / enoughEnergy
	switch {
	case differ(a.Department, b.Department):
		s.X = w.Department
	case differ(a.Team, b.Team):
		s.X = w.Team
	}
	if a.Newcomer && b.Veteran || b.Newcomer && a.Veteran {
		s.N = w.Newcomer
	}
	for _, ago := range met[pairOf(a.ID, b.ID)] {
		s.R += w.repeat(ago)
		if s.Ago == 0 || ago < s.Ago {
			s.Ago = ago
		}
	}
	s.F = a.bench(w) + b.bench(w)
	s.Total = max(1, w.Base+s.C+s.T+s.E+s.X+s.N-s.R) + s.F
	return s
}

// differ answers whether both are known and not the same.
func differ(a, b string) bool { return a != b && a != "" && b != "" }

// help is how far a's strengths meet b's stretch goals; the first goal counts most.
func help(a, b *face, w Weights) int {
	var levels [wishes]int
	wanted := b.Stretch[:min(len(b.Stretch), wishes)]
	for i, skill := range wanted {
		levels[i] = min(max(a.Strengths[skill], 0), topLevel)
	}
	return helpOf(levels[:len(wanted)], w)
}

// helpOf is help when a has these levels of the skills b wants.
func helpOf(levels []int, w Weights) int {
	sum, most := 0, 0
	for i, level := range levels {
		priority := wishes - i
		most += priority
		sum += priority * level
	}
	if most == 0 {
		return 0
	}
	return w.Help * sum / (topLevel * most)
}

// repeat is what a meeting so many rounds ago takes off.
func (w Weights) repeat(ago int) int {
	if ago > memory {
		return 0
	}
	return int(math.Round(float64(w.Repeat) * math.Exp2(-float64(ago-1)/float64(w.HalfLife))))
}

// stale is how much a pair that met so many rounds ago is to be avoided, in whole units of
// which one outweighs every score. Two old repeats are worse than one recent one.
func (w Weights) stale(ago int) int64 {
	if ago == 0 || w.NoRepeat < 0 || w.NoRepeat > 0 && ago > w.NoRepeat {
		return 0
	}
	return memory + int64(max(0, memory-ago))
}

// together adds up the pairs of a group.
func together(pairs []Score) Score {
	if len(pairs) == 1 {
		return pairs[0]
	}
	sum := pairs[0]
	for _, p := range pairs[1:] {
		sum.C, sum.T, sum.E, sum.X, sum.N = sum.C+p.C, sum.T+p.T, sum.E+p.E, sum.X+p.X, sum.N+p.N
		sum.R, sum.F, sum.Total = sum.R+p.R, sum.F+p.F, sum.Total+p.Total
		sum.Common, sum.Peak = min(sum.Common, p.Common), min(sum.Peak, p.Peak)
		if sum.Ago == 0 || p.Ago > 0 && p.Ago < sum.Ago {
			sum.Ago = p.Ago
		}
	}
	for _, part := range []*int{&sum.C, &sum.T, &sum.E, &sum.X, &sum.N, &sum.R, &sum.F, &sum.Total} {
		*part /= 2
	}
	return sum
}

// past says for two people how many rounds ago they met, each time.
type past map[[2]roster.ID][]int

func remember(history History, round int) past {
	p := past{}
	for _, m := range history {
		for i, a := range m.People {
			for _, b := range m.People[i+1:] {
				key := pairOf(a, b)
				p[key] = append(p[key], max(1, round-m.Round))
			}
		}
	}
	return p
}

func pairOf(a, b roster.ID) [2]roster.ID { return [2]roster.ID{min(a, b), max(a, b)} }
