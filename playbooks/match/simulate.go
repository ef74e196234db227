package match

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Engine is a way to make the pairs of a round.
type Engine func(people []Person, history History, round int, w Weights, seed uint64) Plan

// Ours is Pairs, without wishes.
func Ours(people []Person, history History, round int, w Weights, seed uint64) Plan {
	return Pairs(people, history, round, w, seed)
}

// Shuffle pairs whoever takes part at random, as people do with a hat: it knows no rules.
// Pairs that cannot meet are not made: they are left, with the reason.
func Shuffle(people []Person, history History, round int, w Weights, seed uint64) Plan {
	t := newTable(people, history, round, w.orStandard(), seed)
	here := t.here()
	dice := chance(seed + uint64(round)*0x9e3779b97f4a7c15)
	var groups [][]int
	order := dice.shuffled(len(here))
	for k := 0; k+1 < len(order); k += 2 {
		g := []int{here[order[k]], here[order[k+1]]}
		if k+3 == len(order) {
			g = append(g, here[order[k+2]])
		}
		slices.Sort(g)
		if t.mayAllMeet(g) {
			groups = append(groups, g)
		}
	}
	return t.plan(groups)
}

const (
	greedyMemory = 3  // rounds the greedy engine remembers
	greedyChoice = 60 // pairs it looks at in a row of a large group
)

// Greedy always makes the best pair still possible among people who did not meet in the
// last three rounds; whoever is left over at the end joins the first pair they can.
func Greedy(people []Person, history History, round int, w Weights, seed uint64) Plan {
	t := newTable(people, history, round, w.orStandard(), seed)
	edges := t.values()
	slices.SortStableFunc(edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(t.noise(a.U, a.V), t.noise(b.U, b.V)))
	})
	in := make([]bool, len(t.people))
	var groups [][]int
	for _, e := range edges {
		if !in[e.U] && !in[e.V] {
			in[e.U], in[e.V] = true, true
			groups = append(groups, []int{e.U, e.V})
		}
	}
	return t.plan(t.joinFirst(groups, in))
}

// values lists the pairs of people that the greedy engine looks at: all, or in a large group
// those worth most, with their scores.
func (t *table) values() (edges []Edge) {
	p, most := t.pool(t.here()), forAll
	if len(p.who) > allPairs {
		most = greedyChoice
	}
	for _, e := range p.heaviest(most) {
		i, j := p.who[e.U], p.who[e.V]
		if s := t.rated(i, j); s.Ago == 0 || s.Ago > greedyMemory {
			edges = append(edges, Edge{i, j, int64(s.Total)})
		}
	}
	return edges
}

func (t *table) joinFirst(groups [][]int, in []bool) [][]int {
	for _, i := range t.here() {
		if in[i] {
			continue
		}
		for k, g := range groups {
			three := append(slices.Clone(g), i)
			slices.Sort(three)
			if len(three) == 3 && t.mayAllMeet(three) {
				groups[k] = three
				break
			}
		}
	}
	return groups
}

// Figures are what an engine achieved over some rounds.
type Figures struct {
	Engine   string
	People   int
	Rounds   int
	Alone    int     // people whom no rule lets meet anybody; not counted in Fewest, Bench and Twice
	Placed   float64 // share of all places that were filled, 0..1
	Repeats  int     // times that two people met again
	Fewest   int     // different partners of the person who has fewest
	Partners float64 // different partners of a person, on average
	Bench    int     // most times somebody sat out or was the third, less the fewest
	Twice    int     // times that somebody did so two rounds running
	Score    float64 // total of a round, on average, earlier meetings and turns not counted
}

// Simulate plays so many rounds with an engine among people who always take part, and
// remembers everything as a programme would. The people are not changed.
func Simulate(people []Person, rounds int, engine Engine, w Weights, seed uint64) Figures {
	people = slices.Clone(people)
	f, alone := Figures{People: len(people), Rounds: rounds}, lonely(people, w)
	met, turns := map[[2]roster.ID]bool{}, map[roster.ID]int{}
	partners := map[roster.ID]int{}
	var history History
	for round := 1; round <= rounds; round++ {
		plan := engine(people, history, round, w, seed)
		f.Placed += float64(plan.Placed)
		for _, g := range plan.Groups {
			f.Score += float64(g.Score.Total + g.Score.R - g.Score.F)
			for i, a := range g.People {
				for _, b := range g.People[i+1:] {
					if met[pairOf(a, b)] {
						f.Repeats++
						continue
					}
					met[pairOf(a, b)] = true
					partners[a]++
					partners[b]++
				}
			}
		}
		missed := plan.missed()
		for _, p := range people {
			if p.SatOutLast && missed[p.ID] && !alone[p.ID] {
				f.Twice++
			}
		}
		for id := range missed {
			turns[id]++
		}
		history = noted(people, plan, history, round)
	}
	return f.over(people, alone, partners, turns)
}

// lonely answers who can meet nobody at all.
func lonely(people []Person, w Weights) map[roster.ID]bool {
	t := newTable(people, nil, 1, w.orStandard(), 0)
	alone := map[roster.ID]bool{}
	for i, p := range t.people {
		alone[p.ID] = p.Away != "" || t.taken[i]
	}
	for _, s := range t.islands() {
		alone[t.people[s.who[0]].ID] = len(s.who) == 1
	}
	maps.DeleteFunc(alone, func(_ roster.ID, is bool) bool { return !is })
	return alone
}

// over sums up by person.
func (f Figures) over(people []Person, alone map[roster.ID]bool, partners, turns map[roster.ID]int) Figures {
	if len(people) == 0 || f.Rounds == 0 {
		return f
	}
	f.Alone, f.Fewest = len(alone), len(people)
	least, most := f.Rounds, 0
	for _, p := range people {
		f.Partners += float64(partners[p.ID]) / float64(len(people))
		if alone[p.ID] {
			continue
		}
		f.Fewest = min(f.Fewest, partners[p.ID])
		least, most = min(least, turns[p.ID]), max(most, turns[p.ID])
	}
	f.Bench = max(most-least, 0)
	f.Placed /= float64(len(people) * f.Rounds)
	f.Score /= float64(f.Rounds)
	return f
}

// missed answers who sat out or was the third.
func (p Plan) missed() map[roster.ID]bool {
	missed := map[roster.ID]bool{}
	for _, g := range p.Groups {
		if len(g.People) == 3 {
			missed[g.People[2]] = true
		}
	}
	for _, l := range p.Out {
		missed[l.ID] = true
	}
	return missed
}

// noted writes a round into the history and into the people.
func noted(people []Person, plan Plan, history History, round int) History {
	missed := plan.missed()
	for i, p := range people {
		people[i].SatOutLast = missed[p.ID]
		if missed[p.ID] {
			people[i].SatOut++
			people[i].SatOutIn = append(slices.Clone(p.SatOutIn), round)
		}
	}
	for _, g := range plan.Groups {
		history = append(history, Meeting{round, g.People})
	}
	return history
}
