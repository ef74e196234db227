package match

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestACompanyIsTheSameForTheSameSeed(t *testing.T) {
	a, b, c := Company(200, 1), Company(200, 1), Company(200, 2)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, c) {
		t.Error("the seed does not decide")
	}
	managed := 0
	for i, p := range a {
		if len(p.Work) != 1 || p.Work[0].Minutes < 240 || p.Peak[0].Minutes < 90 || len(p.Strengths) == 0 || len(p.Stretch) == 0 || p.Team == "" {
			t.Errorf("person %d: %+v", i, p)
		}
		if p.Manager != "" {
			managed++
		}
	}
	if managed < 190 {
		t.Errorf("%d of 200 have a manager", managed)
	}
}

// TestNobodyDoesBetterThanOurs plays a programme and two simpler ways on the same company.
func TestNobodyDoesBetterThanOurs(t *testing.T) {
	for _, n := range []int{30, 31, 60} {
		c := Compare(strangers(n, 2), 12, Standard(), 1)
		ours, greedy, shuffle := c[0], c[1], c[2]
		if ours.Repeats > 0 || ours.Bench > 1 || ours.Twice > 0 || ours.Placed < 1 {
			t.Errorf("%+v", ours)
		}
		for _, other := range []Figures{greedy, shuffle} {
			if other.Repeats == 0 || other.Partners >= ours.Partners || other.Placed > ours.Placed {
				t.Errorf("%+v is no worse than %+v", other, ours)
			}
		}
		if ours.Score < shuffle.Score {
			t.Errorf("%v", c)
		}
	}
}

func TestTheTableNamesEveryEngineOnce(t *testing.T) {
	text := fmt.Sprint(Compare(Company(24, 1), 3, Standard(), 1))
	for _, name := range []string{"24 people, 3 rounds", "rapport", "greedy", "random shuffle"} {
		if strings.Count(text, name) != 1 {
			t.Errorf("%q in\n%s", name, text)
		}
	}
}

func TestAPlanIsComparedWithChanceAndWithTheHighestScore(t *testing.T) {
	people := Company(60, 3)
	var history History
	for round := 1; round <= 4; round++ {
		plan := Pairs(people, history, round, Standard(), 1)
		got := plan.Against(people, history, round, Standard(), 1)
		if got.Plan != plan.Total || got.Random >= got.Plan || got.Best < got.Plan || got.People != 60 || got.Placed > 60 {
			t.Errorf("round %d: %v", round, got)
		}
		if !strings.Contains(got.String(), fmt.Sprint("score ", plan.Total, ",")) {
			t.Error(got)
		}
		history = noted(people, plan, history, round)
	}
}

func TestAShuffleBreaksNoRuleEither(t *testing.T) {
	people := Company(61, 1)
	for seed := range uint64(20) {
		for _, engine := range []Engine{Shuffle, Greedy} {
			tab := newTable(people, nil, 1, Standard(), seed)
			plan := engine(people, nil, 1, Standard(), seed)
			if plan.Placed+len(plan.Out) != len(people) {
				t.Errorf("%d placed and %d out of %d", plan.Placed, len(plan.Out), len(people))
			}
			for _, g := range plan.Groups {
				for k, id := range g.People {
					i, _ := tab.find(id)
					for _, other := range g.People[:k] {
						if j, _ := tab.find(other); !tab.mayMeet(i, j) {
							t.Errorf("%v cannot meet", g.People)
						}
					}
				}
			}
		}
	}
}

// BenchmarkRounds plays programmes of 24 rounds and reports what came of them.
func BenchmarkRounds(b *testing.B) {
	for _, n := range []int{24, 60, 61, 200} {
		people := Company(n, 1)
		for _, e := range []struct {
			name   string
			engine Engine
		}{{"rapport", Ours}, {"greedy", Greedy}, {"shuffle", Shuffle}} {
			b.Run(fmt.Sprint(n, "/", e.name), func(b *testing.B) {
				var f Figures
				for b.Loop() {
					f = Simulate(people, 24, e.engine, Standard(), 1)
				}
				b.ReportMetric(float64(f.Repeats), "repeats")
				b.ReportMetric(f.Partners, "partners")
				b.ReportMetric(float64(f.Fewest), "fewest")
				b.ReportMetric(float64(f.Bench), "turns-apart")
				b.ReportMetric(f.Score, "score/round")
				b.ReportMetric(100*f.Placed, "placed-%")
				b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N)/24, "ms/round")
			})
		}
	}
}
