package match

import (
	"cmp"
	"slices"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// bench says whose turn it is to sit out or to be the third. Whoever did so longest ago
// comes first, and whoever did so last round comes last: then everybody's turn comes round
// in one fixed order, and over any run of rounds two people's turns differ by at most one.
// A newcomer starts at the end of the queue.
type bench struct {
	class []int // by person: 0 comes first; equal where nothing tells two people apart
	order []int // the people, first to sit out first; ties are settled by the seed
	place []int // by person: where in that order
}

// record is what is known of a person's turns.
type record struct {
	last   bool
	rounds []int // newest first; the round before the person joined counts as one
	count  int
}

// turns reads who sat out when: from SatOutIn, SatOutLast and from the thirds in the history.
// Where somebody sat out more often than the rounds known, counts decide for everybody.
func (t *table) turns(history History, round int) bench {
	records, complete := t.records(history, round), true
	for _, r := range records {
		complete = complete && len(r.rounds) > r.count // one more: joining
	}
	less := func(i, j int) int {
		a, b := records[i], records[j]
		known := slices.Compare(a.rounds, b.rounds)
		if complete {
			return cmp.Or(known, cmp.Compare(a.count, b.count))
		}
		return cmp.Or(compareBool(a.last, b.last), cmp.Compare(a.count, b.count), known)
	}
	b := bench{class: make([]int, len(t.people)), place: make([]int, len(t.people))}
	for i := range t.people {
		b.order = append(b.order, i)
	}
	slices.SortStableFunc(b.order, func(i, j int) int {
		return cmp.Or(less(i, j), cmp.Compare(t.noise(i, i), t.noise(j, j)))
	})
	for k, i := range b.order {
		b.place[i] = k
		if k > 0 {
			before := b.order[k-1]
			b.class[i] = b.class[before]
			if less(before, i) != 0 {
				b.class[i]++
			}
		}
	}
	return b
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// records lists what is known, by person. Members who were there from the first round the
// history knows all joined before it.
func (t *table) records(history History, round int) []record {
	first, start, thirds := map[roster.ID]int{}, round, map[roster.ID][]int{}
	for _, m := range history {
		start = min(start, m.Round)
		for _, id := range m.People {
			if r, ok := first[id]; !ok || m.Round < r {
				first[id] = m.Round
			}
		}
		if len(m.People) == 3 && m.Round < round {
			thirds[m.People[2]] = append(thirds[m.People[2]], m.Round)
		}
	}
	var records []record
	for _, p := range t.people {
		r := record{last: p.SatOutLast, count: max(p.SatOut, 0), rounds: append(slices.Clone(p.SatOutIn), thirds[p.ID]...)}
		if p.SatOutLast {
			r.rounds = append(r.rounds, round-1)
		}
		slices.Sort(r.rounds)
		r.rounds = slices.DeleteFunc(r.rounds, func(n int) bool { return n >= round })
		r.rounds = slices.Compact(r.rounds)
		slices.Reverse(r.rounds)
		joined := start - 1
		if seen, ok := first[p.ID]; ok && len(r.rounds) == 0 {
			joined = seen - 1
		} else if !ok && p.Newcomer {
			joined = round - 1
		}
		r.last = r.last || slices.Contains(r.rounds, round-1)
		r.rounds = append(r.rounds, joined)
		records = append(records, r)
	}
	return records
}
