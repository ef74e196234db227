//go:build linux

package match

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkSolve measures the search on companies' graphs: complete ones, and each person
// with the sixty best.
func BenchmarkSolve(b *testing.B) {
	for _, c := range []struct{ people, best int }{{100, 0}, {500, 0}, {1000, 0}, {2000, 0}, {10_000, 60}, {50_000, 60}} {
		b.Run(fmt.Sprintf("people=%d/best=%d", c.people, c.best), func(b *testing.B) {
			if c.people > 10_000 && testing.Short() {
				b.Skip("its graph takes half a minute")
			}
			edges := companyGraph("global", c.people, 1, c.best)
			for b.Loop() {
				benchSolved(b, c.people, edges)
			}
			b.ReportMetric(float64(len(edges)), "edges")
		})
	}
}

func benchSolved(b *testing.B, n int, edges []Edge) {
	m, proof, err := Solve(n, edges, MostPairs)
	if err == nil {
		err = proof.Check(n, edges, m)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkAgainstTheSlowSearch measures both searches on the same graphs, in turn.
func BenchmarkAgainstTheSlowSearch(b *testing.B) {
	for _, c := range []struct{ people, best int }{{100, 0}, {300, 0}, {1000, 0}, {1000, 20}, {4000, 20}} {
		b.Run(fmt.Sprintf("people=%d/best=%d", c.people, c.best), func(b *testing.B) {
			n, edges := c.people, companyGraph("global", c.people, 1, c.best)
			var slow time.Duration
			for b.Loop() {
				benchSolved(b, n, edges)
				b.StopTimer()
				start := time.Now()
				solveCubic(n, edges, MostPairs)
				slow += time.Since(start)
				b.StartTimer()
			}
			b.ReportMetric(slow.Seconds()/b.Elapsed().Seconds(), "times-faster")
		})
	}
}

// BenchmarkTrio measures complete graphs of odd companies.
func BenchmarkTrio(b *testing.B) {
	for _, n := range []int{101, 501, 2001} {
		b.Run(fmt.Sprintf("people=%d", n), func(b *testing.B) {
			edges := companyGraph("global", n, 1, 0)
			for b.Loop() {
				trio, found, err := BestTrio(n, edges, JustHalf)
				if err != nil || !found || trio.Bound != trio.Weight {
					b.Fatal(err, found)
				}
			}
		})
	}
}

// BenchmarkPairs makes whole rounds, from people to pairs, with our engine, with the greedy one
// and with a shuffle of the same company, one after the other. It reports the share of people
// placed, the score of all groups, by how much that is below the highest possible one, and,
// for ours, the gap that its proof leaves to the best plan that repeats as little. The highest
// possible score is that of as many pairs when meeting again costs no more than its part of
// the score; it is proven in the same way, outside the time measured.
func BenchmarkPairs(b *testing.B) {
	for _, n := range []int{24, 61, 300, 1000, 1001, 10_000, 10_001, 50_000} {
		people, history := []Person(nil), History(nil)
		highest := 0
		for _, e := range []struct {
			name   string
			engine Engine
		}{{"ours", Ours}, {"greedy", Greedy}, {"shuffle", Shuffle}} {
			b.Run(fmt.Sprintf("people=%d/%s", n, e.name), func(b *testing.B) {
				if n > 10_001 && testing.Short() {
					b.Skip("takes some minutes")
				}
				if people == nil {
					people, history = company("global", n, 1)
					highest = Plan{}.Against(people, history, companyRound, Standard(), 1).Best
				}
				benchEngine(b, e.engine, people, history, highest)
			})
		}
	}
}

func benchEngine(b *testing.B, engine Engine, people []Person, history History, highest int) {
	var plan Plan
	forgetPeak(b)
	begin := processorTime(b)
	for b.Loop() {
		plan = engine(people, history, companyRound, Standard(), 1)
	}
	b.ReportMetric((processorTime(b)-begin)/float64(b.N), "cpu-s/op")
	b.ReportMetric(peakMiB(b), "peak-MiB")
	b.ReportMetric(100*float64(plan.Placed)/float64(plan.Here), "%placed")
	b.ReportMetric(float64(plan.Total), "score")
	b.ReportMetric(100*float64(highest-plan.Total)/float64(highest), "%below-highest")
	if plan.Exact || plan.Gap > 0 {
		b.ReportMetric(float64(plan.Gap), "gap")
	}
}
