package match

import (
	"errors"
	"fmt"
	"slices"
)

// Nothing enters a plan on the search's word alone. Its proof is checked each time, and if it
// fails, or if the search breaks down, rough pairs take the place of the best ones and the
// plan carries an alarm. So a mistake of ours costs some of the score, and never a round.

// caught makes an error of what recover answers, nil if that was nothing.
func caught(broke any) error {
	if broke == nil {
		return nil
	}
	return fmt.Errorf("match: the search broke down: %v", broke)
}

// distrust notes why the search is not to be trusted; the first reason counts.
func (t *table) distrust(err error) {
	if t.alarm == nil {
		t.alarm = err
	}
}

// doubtful finds the most pairs, and of these the heaviest. It answers false, with an alarm,
// if they cannot be trusted.
func (t *table) doubtful(n int, edges []Edge) (Matching, bool) {
	m, proof, err := solve(n, edges, MostPairs, t.search)
	if err == nil {
		err = proof.Check(n, edges, m)
	}
	if err != nil {
		t.distrust(err)
	}
	return m, err == nil
}

// best is doubtful with rough pairs where those cannot be trusted.
func (t *table) best(n int, edges []Edge) Matching {
	if m, ok := t.doubtful(n, edges); ok {
		return m
	}
	return rough(n, edges)
}

// sureTrio finds the best cover of a small island by pairs and a trio with one of these
// vertices. It answers false if there is none, or, with an alarm, if it cannot be trusted.
func (s *island) sureTrio(must []int, edges []Edge) (Trio, bool) {
	best, found, err := bestTrio(len(s.who), edges, must, s.worth, s.t.search)
	if err == nil {
		err = best.check(len(s.who), edges, must, s.worth)
	}
	if err == nil && found && best.Bound != best.Weight {
		err = errors.New("match: a better trio is not ruled out")
	}
	if err != nil {
		s.t.distrust(err)
	}
	return best, found && err == nil
}

// whole says what is wrong with a cover of a large island: everybody must be in it once, among
// people who may meet.
func (s *island) whole(trio Trio) error {
	seen := make([]bool, len(s.who))
	for _, g := range append(pairsOf(trio.Rest), trio.Three[:]) {
		var members []int
		for _, v := range g {
			if seen[v] {
				return fmt.Errorf("match: vertex %d is covered twice", v)
			}
			seen[v] = true
			members = append(members, s.who[v])
		}
		if slices.Sort(members); !s.t.mayAllMeet(members) {
			return fmt.Errorf("match: vertices %v are no group", g)
		}
	}
	if v := slices.Index(seen, false); v >= 0 {
		return fmt.Errorf("match: vertex %d is not covered", v)
	}
	return nil
}

// placeRoughly makes the groups of an island, of people, when the search cannot be trusted.
func (s *island) placeRoughly(why error) placement {
	s.t.distrust(why)
	edges := s.edges
	if len(s.who) > allPairs {
		edges = union(s.pool.begin(), s.pool.heaviest(greedyChoice))
	}
	return placement{groups: s.t.attach(s.people(pairsOf(rough(len(s.who), edges))), s.who)}
}

// furthest answers by how many points a plan might be better at most, from nothing but the
// highest score two people can have.
func (t *table) furthest(plan Plan) int {
	_, most := t.span()
	return max(0, (plan.Placed*int(most)+1)/2-plan.Total)
}
