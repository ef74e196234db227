package match

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// strangers makes n people of one office whose scores are drawn by chance.
func strangers(n int, seed uint64) []Person {
	dice := chance(seed)
	skills := []string{"listening", "feedback", "coaching", "conflict", "storytelling", "inclusion"}
	var people []Person
	for i := range n {
		p := Person{ID: roster.ID(fmt.Sprintf("s%03d", i)), Team: fmt.Sprint("team", dice.below(4)), Department: fmt.Sprint("dept", dice.below(3)),
			Strengths: map[string]int{}, Work: []Span{{480 + 30*dice.below(5), 480}}, Peak: []Span{{500 + 60*dice.below(6), 120}}}
		for _, k := range dice.shuffled(len(skills))[:3] {
			if len(p.Strengths) < 2 {
				p.Strengths[skills[k]] = 1 + dice.below(3)
			} else {
				p.Stretch = append(p.Stretch, skills[k])
			}
		}
		people = append(people, p)
	}
	return people
}

// TestAnEvenGroupMeetsEverybodyBeforeAnybodyTwice: n people meet n-1 different partners in
// n-1 rounds, whatever the scores; then the oldest meetings come back.
func TestAnEvenGroupMeetsEverybodyBeforeAnybodyTwice(t *testing.T) {
	seeds := 6
	if testing.Short() {
		seeds = 2
	}
	for n := 4; n <= 20; n += 2 {
		for seed := range uint64(seeds) {
			met := map[string]int{} // round of the latest meeting
			play(strangers(n, seed), 2*(n-1), func(round int, p Plan) {
				if len(p.Groups) != n/2 {
					t.Fatalf("%d people, round %d: %d groups", n, round, len(p.Groups))
				}
				for _, g := range p.Groups {
					key := fmt.Sprint(g.People)
					if before, again := met[key]; again && before != round-(n-1) {
						t.Errorf("%d people, seed %d: %s in round %d met in round %d", n, seed, key, round, before)
					}
					met[key] = round
				}
			})
		}
	}
}

// firstRepeat plays until somebody meets somebody again and answers that round.
func firstRepeat(people []Person, rounds int) int {
	met, first := map[[2]roster.ID]bool{}, rounds+1
	play(people, rounds, func(round int, p Plan) {
		for _, g := range p.Groups {
			for i, a := range g.People {
				for _, b := range g.People[i+1:] {
					if met[pairOf(a, b)] {
						first = min(first, round)
					}
					met[pairOf(a, b)] = true
				}
			}
		}
	})
	return first
}

// TestAnOddGroupMeetsNewPeopleForLong: every round with a trio takes (n+3)/2 pairs of
// n(n-1)/2, and nobody can do better than that. How near we come is measured, not proven.
func TestAnOddGroupMeetsNewPeopleForLong(t *testing.T) {
	for n := 5; n <= 21; n += 2 {
		most, sum := n*(n-1)/(n+3), 0
		for seed := range uint64(3) {
			got := firstRepeat(strangers(n, seed), most+1) - 1
			sum += got
			if got < most-2 {
				t.Errorf("%d people, seed %d: %d rounds without a repeat of at most %d", n, seed, got, most)
			}
		}
		t.Logf("%d people: %.1f rounds without a repeat, at most %d", n, float64(sum)/3, most)
	}
}

// TestHolesInTheGroupSpoilLittle: where some may never meet, whoever has most forbidden
// partners bounds how many rounds everybody can meet somebody new.
func TestHolesInTheGroupSpoilLittle(t *testing.T) {
	for _, n := range []int{8, 12, 16} {
		for seed := range uint64(3) {
			people := strangers(n, seed)
			dice := chance(seed)
			holes := make([]int, n)
			for range n / 2 {
				a, b := dice.below(n), dice.below(n)
				if a != b && !slices.Contains(people[a].Avoid, people[b].ID) && !slices.Contains(people[b].Avoid, people[a].ID) {
					people[a].Avoid = append(people[a].Avoid, people[b].ID)
					holes[a]++
					holes[b]++
				}
			}
			most := n - 1 - slices.Max(holes)
			got := firstRepeat(people, most) - 1
			t.Logf("%d people, seed %d: %d rounds without a repeat of at most %d", n, seed, got, most)
			if got < most-1 {
				t.Errorf("%d people, seed %d: %d rounds without a repeat of at most %d", n, seed, got, most)
			}
		}
	}
}

// TestSixtyPeopleMeetSixty takes a while: set RAPPORT_TEST_LONG to run it.
func TestSixtyPeopleMeetSixty(t *testing.T) {
	if os.Getenv("RAPPORT_TEST_LONG") == "" {
		t.Skip("RAPPORT_TEST_LONG is not set")
	}
	for _, n := range []int{24, 36, 60, 80} {
		if first := firstRepeat(strangers(n, 1), n-1); first < n {
			t.Errorf("%d people: a repeat in round %d", n, first)
		}
	}
}
