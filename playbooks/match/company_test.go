package match

import (
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// forty reads forty pretend people on several continents, and their earlier rounds.
func forty(t testing.TB) ([]Person, History, int) {
	var rows []struct {
		ID      string `json:"id"`
		Offset  int    `json:"utc_offset_min"`
		From    int    `json:"work_start_min"`
		To      int    `json:"work_end_min"`
		PeakOn  int    `json:"peak_start_min"`
		PeakOff int    `json:"peak_end_min"`

		Strengths map[string]int
		Stretch   []string
		Team      json.RawMessage
		Dept      json.RawMessage
		Manager   string
		History   []struct {
			Partner string
			Ago     int `json:"cycles_ago"`
		}
		Exclude []roster.ID
		SatOut  int `json:"sat_out"`
	}
	data, err := os.ReadFile("testdata/company.json")
	if err == nil {
		err = json.Unmarshal(data, &rows)
	}
	if err != nil {
		t.Fatal(err)
	}
	const round = 30
	var people []Person
	var history History
	for _, r := range rows {
		people = append(people, Person{
			ID: roster.ID(r.ID), Manager: roster.ID(r.Manager), Team: string(r.Team), Department: string(r.Dept),
			Strengths: r.Strengths, Stretch: r.Stretch, Avoid: r.Exclude, SatOut: min(r.SatOut, 2),
			Work: []Span{{r.From - r.Offset, r.To - r.From}}, Peak: []Span{{r.PeakOn - r.Offset, r.PeakOff - r.PeakOn}},
		})
		for _, h := range r.History {
			if r.ID < h.Partner {
				history = append(history, Meeting{round - h.Ago, []roster.ID{roster.ID(r.ID), roster.ID(h.Partner)}})
			}
		}
	}
	return people, history, round
}

// TestScoresAreTheReferenceScores compares every pair with what the reference programme
// says about the same company; only the bench and recent repeats have newer rules.
func TestScoresAreTheReferenceScores(t *testing.T) {
	people, history, round := forty(t)
	w := Standard()
	w.SatOut, w.SatOutLast = 150, 0
	tab := newTable(people, history, round, w, 1)
	n, edges := readGraph(t, "testdata/company.graph")
	if n != len(people) {
		t.Fatalf("%d people, reference has %d", len(people), n)
	}
	index := map[roster.ID]int{}
	for i, p := range tab.people {
		index[p.ID] = i
	}
	want := map[[2]int]int{}
	for _, e := range edges {
		i, j := index[people[e.U].ID], index[people[e.V].ID]
		want[[2]int{min(i, j), max(i, j)}] = int(e.Weight)
	}
	for key := range everyTwo(tab) {
		s := tab.rated(key[0], key[1])
		recent := s.Ago == 1 || s.Ago == 2
		if ref, ok := want[key]; ok == recent || ok && ref != s.Total {
			t.Errorf("%v: %+v, reference %d %v", key, s, ref, ok)
		}
		delete(want, key)
	}
	if len(want) > 0 {
		t.Errorf("%d pairs of the reference are missing", len(want))
	}
}

// everyTwo are the persons of a table who may be paired, by number, ascending.
func everyTwo(t *table) iter.Seq[[2]int] {
	return func(yield func([2]int) bool) {
		for j := range t.people {
			for i := range j {
				if t.mayMeet(i, j) && !yield([2]int{i, j}) {
					return
				}
			}
		}
	}
}

// crowd makes n people of one office with all kinds of skills, by number.
func crowd(n int) []Person {
	skills := []string{"listening", "feedback", "coaching", "conflict", "storytelling"}
	var people []Person
	for i := range n {
		people = append(people, Person{
			ID: roster.ID(fmt.Sprintf("p%03d", i)), Team: fmt.Sprint("team", i%4), Department: fmt.Sprint("dept", i%3),
			Strengths: map[string]int{skills[i%5]: 1 + i%3, skills[(i*7+2)%5]: 2},
			Stretch:   []string{skills[(i*3+1)%5], skills[(i+2)%5]},
			Work:      []Span{{480 + 30*(i%5), 480}}, Peak: []Span{{540 + 120*(i%3), 120}},
		})
	}
	return people
}
