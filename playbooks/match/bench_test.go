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

// BenchmarkPairs measures whole rounds, and says how many people it placed and what gap is
// left to the best plan.
func BenchmarkPairs(b *testing.B) {
	for _, n := range []int{24, 61, 300, 1000, 1001, 5000, 10_000, 10_001, 50_000} {
		b.Run(fmt.Sprintf("people=%d", n), func(b *testing.B) {
			if n > 10_001 && testing.Short() {
				b.Skip("takes a minute")
			}
			people, history := company("global", n, 1)
			var plan Plan
			for b.Loop() {
				plan = Pairs(people, history, companyRound, Standard(), 1)
			}
			b.ReportMetric(100*float64(plan.Placed)/float64(plan.Here), "%placed")
			b.ReportMetric(float64(plan.Gap), "gap")
		})
	}
}
