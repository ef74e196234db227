package match

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// Comparison is what several engines achieved with the same people.
type Comparison []Figures

// Compare simulates so many rounds with Ours, Greedy and Shuffle.
func Compare(people []Person, rounds int, w Weights, seed uint64) Comparison {
	var c Comparison
	for _, e := range []struct {
		name   string
		engine Engine
	}{{"rapport", Ours}, {"greedy, remembers three rounds", Greedy}, {"random shuffle", Shuffle}} {
		f := Simulate(people, rounds, e.engine, w, seed)
		f.Engine = e.name
		c = append(c, f)
	}
	return c
}

// String is a plain table, an engine a line.
func (c Comparison) String() string {
	var text strings.Builder
	if len(c) > 0 {
		fmt.Fprintf(&text, "%d people, %d rounds", c[0].People, c[0].Rounds)
		if c[0].Alone > 0 {
			fmt.Fprintf(&text, "; for %d of them there is nobody, whatever the engine", c[0].Alone)
		}
		text.WriteString("\n")
	}
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "engine\tplaced\trepeats\tpartners\tfewest\tturns apart\ttwice running\tscore a round\t")
	for _, f := range c {
		fmt.Fprintf(table, "%s\t%.1f %%\t%d\t%.1f\t%d\t%d\t%d\t%.0f\t\n",
			f.Engine, 100*f.Placed, f.Repeats, f.Partners, f.Fewest, f.Bench, f.Twice, f.Score)
	}
	table.Flush()
	return text.String()
}

// Totals compare the score of one round's plan with what chance and mere score would have
// reached among the same people in the same round.
type Totals struct {
	Plan   int
	Random int // a random shuffle; pairs that cannot meet count nothing
	Best   int // the highest total of as many pairs, whoever sat out or met before
	Placed int // people in groups
	People int // who take part
}

// Against works out the totals of a plan. Pass what the plan was made from.
func (p Plan) Against(people []Person, history History, round int, w Weights, seed uint64) Totals {
	totals := Totals{Plan: p.Total, Random: Shuffle(people, history, round, w, seed).Total, Placed: p.Placed, People: p.Here}
	free := w.orStandard()
	free.NoRepeat = -1
	t := newTable(people, history, round, free, seed)
	t.bench = bench{class: make([]int, len(t.people)), place: make([]int, len(t.people))}
	totals.Best = max(t.plan(t.place(func(Progress) {}).groups).Total, p.Total)
	return totals
}

// String is one line for whoever looks at the plan.
func (t Totals) String() string {
	share := func(part int) float64 { return 100 * float64(part) / float64(max(t.Best, 1)) }
	return fmt.Sprintf("%d of %d people placed; score %d, %.1f %% of the highest possible %d; a random shuffle reaches %d (%.1f %%)",
		t.Placed, t.People, t.Plan, share(t.Plan), t.Best, t.Random, share(t.Random))
}
