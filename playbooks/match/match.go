// Package match makes the pairs of a round.
//
// From people, their history and a programme's weights it makes a Plan: groups of two (or
// three when the number is odd), each with its score and with reasons a person may read,
// and the list of those who stayed without a partner, each with a reason. The total is the
// best there is, not the best that was tried, and prices prove it: the same search answers
// plain graphs, with the proof (Graph, Solve, BestTrio). It never pairs a manager with a
// direct report or two people of whom one asked not to, and never says so to anybody; it
// reads no clock and takes no chances: the seed settles ties. Groups go to slots, which
// finds them a time.
package match

import (
	"cmp"
	"slices"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Person is what pairing looks at, and nothing more.
type Person struct {
	ID         roster.ID
	Manager    roster.ID
	Team       string
	Department string
	Strengths  map[string]int // level 1..3 by skill id
	Stretch    []string       // skill ids this person wants to practise, most wanted first; private
	Work       []Span         // common hours, UTC
	Peak       []Span         // the part of Work with most energy, UTC
	Newcomer   bool           // takes part for the first time
	Veteran    bool           // has taken part for some rounds
	Avoid      []roster.ID    // confidential: never paired, never mentioned
	SatOut     int            // rounds without a partner, or as the third, so far
	SatOutLast bool           // the last round was one of them
	SatOutIn   []int          // which rounds these were, as far as known, in any order; thirds are read from the history too
	Away       Code           // why this person takes no part in this round ("paused", "no-consent"); "" takes part
}

// Meeting is a group that met, or was to meet, in an earlier round.
type Meeting struct {
	Round  int
	People []roster.ID
}

// History is what a programme remembers of its earlier rounds, in any order.
type History []Meeting

// Plan is who goes with whom in a round.
//
// It comes even if the search for it makes a mistake, which its own proof would show: then
// simpler pairs take the place of the best ones, Exact is false and Alarm says what was wrong.
// Jobs log an alarm as an error and send the plan out all the same.
type Plan struct {
	Groups []Group  // by their first person
	Out    []Left   // everybody else, by id
	Total  int      // sum of the groups' scores
	Exact  bool     // proven: no other plan with pairs and at most one trio is better for this round
	Here   int      // people who take part in this round
	Placed int      // of these, people in a group
	Gap    int      // points, beside Spared, by which better groups of the people placed might at most be better; 0 is proven
	Spared int      // points of score given up, so that later rounds can bring new partners
	Alarm  string   // why the search was not to be trusted, naming nobody; "" nearly always
	Unkept []Unkept // pins that a rule or another promise did not allow, for the champion
}

// Group is two people, or three. The third comes last: for being the third counts like
// sitting out.
type Group struct {
	People  []roster.ID `json:"people"`
	Score   Score       `json:"score"`
	Reasons []Reason    `json:"reasons,omitempty"`
}

// Left is somebody without a partner, and why.
type Left struct {
	ID     roster.ID `json:"id"`
	Reason Reason    `json:"reason"`
}

// Pairs makes the best plan for a round. First it places as many people as possible; where
// somebody has to sit out or be the third, it is whoever did so longest ago. Then it repeats
// as few earlier meetings as possible (and the oldest first), then it takes the highest total
// score that still lets later rounds bring new partners; more than 2,000 people who can be
// paired among themselves take it without looking ahead. A meeting of the same round counts
// as one of the round before, so that a pair that fell apart is not put together again. Equal
// people, history, round, weights and seed give an equal plan, in whatever order they come; a
// second person with the same id is ignored. The zero Weights are Standard. Several Wishes
// count together; pins in their order.
func Pairs(people []Person, history History, round int, w Weights, seed uint64, wishes ...Wishes) Plan {
	return PairsWatched(people, history, round, w, seed, func(Progress) {}, wishes...)
}

// PairsWatched is Pairs for a group so large that somebody may want to watch: watch is
// called after every comparison of all pairs, from 2,001 people on.
func PairsWatched(people []Person, history History, round int, w Weights, seed uint64, watch func(Progress), wishes ...Wishes) Plan {
	return newTable(people, history, round, w.orStandard(), seed, wishes...).decide(watch)
}

// decide makes the plan of a table.
func (t *table) decide(watch func(Progress)) Plan {
	all := t.place(watch)
	plan := t.plan(all.groups)
	plan.Exact, plan.Gap = all.exact, int((all.gap+t.scale-1)/t.scale)
	plan.Spared, plan.Unkept = int(t.spared/t.scale), t.unkept
	if t.alarm != nil {
		plan.Alarm, plan.Exact = t.alarm.Error(), false
		plan.Gap = t.furthest(plan)
	}
	return plan
}

// plan writes the groups down.
func (t *table) plan(groups [][]int) (plan Plan) {
	plan.Here = len(t.here())
	in := make([]bool, len(t.people))
	for _, members := range groups {
		g := t.group(members)
		plan.Placed += len(members)
		plan.Groups = append(plan.Groups, g)
		plan.Total += g.Score.Total
		for _, i := range members {
			in[i] = true
		}
	}
	slices.SortFunc(plan.Groups, func(a, b Group) int { return cmp.Compare(a.People[0], b.People[0]) })
	for i, p := range t.people {
		if !in[i] {
			plan.Out = append(plan.Out, Left{p.ID, t.whyLeft(i)})
		}
	}
	return plan
}

// group puts the third last and collects what may be said.
func (t *table) group(members []int) Group {
	members = slices.Clone(members)
	slices.Sort(members)
	if len(members) == 3 {
		members = t.thirdLast(members)
	}
	g := Group{}
	for _, i := range members {
		g.People = append(g.People, t.people[i].ID)
	}
	var parts []Score
	for k, i := range members {
		for _, j := range members[k+1:] {
			parts = append(parts, t.rated(i, j))
		}
	}
	g.Score = together(parts)
	g.Reasons = t.reasons(members)
	return g
}

// thirdLast puts last whose turn it is, and among equals the one outside the strongest pair.
func (t *table) thirdLast(m []int) []int {
	pair := func(i, j int) int { return t.rated(i, j).Total }
	orders := [][]int{{m[1], m[2], m[0]}, {m[0], m[2], m[1]}, {m[0], m[1], m[2]}}
	return slices.MinFunc(orders, func(a, b []int) int {
		return cmp.Or(
			cmp.Compare(t.bench.class[a[2]], t.bench.class[b[2]]),
			-cmp.Compare(pair(a[0], a[1]), pair(b[0], b[1])),
			cmp.Compare(t.people[a[2]].ID, t.people[b[2]].ID))
	})
}
