package match

import (
	"fmt"
	"testing"
	"time"
)

// family makes graphs that are hard on solvers, of about n vertices.
type family func(n int, r *luck) (int, []Edge)

// luck is a small source of numbers that are the same every time.
type luck uint64

func (c *luck) below(n int) int {
	*c = *c*6364136223846793005 + 1442695040888963407
	return int(*c>>33) % n
}

func path(weight func(i, n int) int) family {
	return func(n int, _ *luck) (int, []Edge) {
		var edges []Edge
		for i := range n - 1 {
			edges = append(edges, Edge{i, i + 1, int64(weight(i, n))})
		}
		return n, edges
	}
}

func scattered(degree int, weight func(r *luck) int64) family {
	return func(n int, r *luck) (int, []Edge) {
		seen, edges := map[[2]int]bool{}, []Edge{}
		for range n * degree / 2 {
			u, v := r.below(n), r.below(n)
			if key := [2]int{min(u, v), max(u, v)}; u != v && !seen[key] {
				seen[key] = true
				edges = append(edges, Edge{u, v, weight(r)})
			}
		}
		return n, edges
	}
}

var families = map[string]family{
	"a path of equal weights":  path(func(i, n int) int { return 5 }),
	"a path growing heavier":   path(func(i, n int) int { return i }),
	"a path growing lighter":   path(func(i, n int) int { return n - i }),
	"a path in turn":           path(func(i, n int) int { return 400 + i%2 }),
	"a path up and down":       path(func(i, n int) int { return min(i, n-i) }),
	"equal weights":            scattered(8, func(*luck) int64 { return 7 }),
	"equal weights, sparse":    scattered(3, func(*luck) int64 { return 7 }),
	"two weights":              scattered(8, func(r *luck) int64 { return int64(r.below(2)) }),
	"few weights, some below":  scattered(6, func(r *luck) int64 { return int64(r.below(7) - 3) }),
	"all weights below zero":   scattered(5, func(r *luck) int64 { return int64(-1 - r.below(50)) }),
	"any weights":              scattered(8, func(r *luck) int64 { return int64(r.below(1000)) }),
	"weights of 1e12 and less": scattered(6, func(r *luck) int64 { return int64(r.below(2_000_001))*1e6 - MostWeight }),
	"the largest and smallest": scattered(6, func(r *luck) int64 { return int64(1-2*r.below(2)) * MostWeight }),
	"an odd circle": func(n int, _ *luck) (int, []Edge) {
		n |= 1
		var edges []Edge
		for i := range n {
			edges = append(edges, Edge{i, (i + 1) % n, int64(10 + i%3)})
		}
		return n, edges
	},
	"a chain of triangles":             triangles3(func(*luck) int64 { return 1 }),
	"a chain of triangles, almost one": triangles3(func(r *luck) int64 { return int64(10 + r.below(3)) }),
	"nested blossoms":                  nested(0),
	"nested blossoms, crooked":         nested(4),
	"a lattice": func(n int, r *luck) (int, []Edge) {
		side, edges := 1, []Edge{}
		for side*side < n {
			side++
		}
		for i := range side * side {
			if i%side+1 < side {
				edges = append(edges, Edge{i, i + 1, int64(3 + r.below(2))})
			}
			if i+side < side*side {
				edges = append(edges, Edge{i, i + side, int64(3 + r.below(2))})
			}
		}
		return side * side, edges
	},
	"many islands": func(n int, r *luck) (int, []Edge) {
		var edges []Edge
		for i := 0; i+5 <= n; i += 5 { // of five, all with all
			for u := range 5 {
				for v := range u {
					edges = append(edges, Edge{i + u, i + v, int64(r.below(9))})
				}
			}
		}
		return n, edges
	},
	"a few popular": func(n int, r *luck) (int, []Edge) {
		var edges []Edge
		stars := max(1, n/50)
		for v := stars; v < n; v++ {
			for k := range 3 {
				if u := (v*7 + k*31) % stars; k == 0 || stars > 99 {
					edges = append(edges, Edge{u, v, int64(100 + r.below(20))})
				}
			}
		}
		return n, edges
	},
}

// triangles3 is a chain of triangles, each joined to the next by an edge.
func triangles3(weight func(r *luck) int64) family {
	return func(n int, r *luck) (int, []Edge) {
		var edges []Edge
		for a := 0; a+2 < n; a += 3 {
			edges = append(edges, Edge{a, a + 1, weight(r)}, Edge{a + 1, a + 2, weight(r)}, Edge{a, a + 2, weight(r)})
			if a+5 < n {
				edges = append(edges, Edge{a + 2, a + 3, weight(r)})
			}
		}
		return n, edges
	}
}

// nested is a ladder of triangles, heavier below, that folds into blossoms within blossoms;
// jitter makes some of them come apart again.
func nested(jitter int) family {
	return func(n int, r *luck) (int, []Edge) {
		var edges []Edge
		add := func(u, v, weight int) {
			if v < n {
				edges = append(edges, Edge{u, v, int64(weight + r.below(jitter+1))})
			}
		}
		for a := 0; a+1 < n; a += 2 {
			base := 5 * (n - a)
			add(a, a+1, base)
			add(a, a+2, base)
			add(a+1, a+2, base)
			add(a+1, a+3, base-9)
		}
		return n, edges
	}
}

// TestHardGraphsHaveASecondOpinion compares with the slow search, which shares no code.
func TestHardGraphsHaveASecondOpinion(t *testing.T) {
	for name, make := range families {
		r := luck(3)
		for _, size := range []int{2, 3, 6, 7, 12, 25, 60, 121} {
			n, edges := make(size, &r)
			for _, aim := range []Aim{Heaviest, MostPairs} {
				m := solved(t, n, edges, aim)
				if pairs, weight := solveCubic(n, edges, aim); m.Weight != weight || aim == MostPairs && m.Pairs != pairs {
					t.Errorf("%s, %d vertices, aim %d: %d pairs worth %d, the other search says %d worth %d",
						name, n, aim, m.Pairs, m.Weight, pairs, weight)
				}
			}
		}
	}
}

// TestHardGraphsAreSoonSolved proves graphs of 30,000 vertices. Each takes well below two
// seconds; the limit leaves room for a busy machine and none for a square of the size.
func TestHardGraphsAreSoonSolved(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for name, make := range families {
		r := luck(5)
		n, edges := make(30_000, &r)
		for _, aim := range []Aim{Heaviest, MostPairs} {
			start := time.Now()
			solved(t, n, edges, aim)
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("%s, aim %d: %v", name, aim, took)
			}
		}
	}
}

func TestTheSameGraphGivesTheSameAnswer(t *testing.T) {
	for name, make := range families {
		r := luck(4)
		n, edges := make(90, &r)
		for _, mode := range Modes() {
			want, err := Graph{n, edges}.Answer(mode, 7)
			if err != nil {
				t.Fatal(name, err)
			}
			turned := Graph{N: n} // the other way round, last edge first
			for i := range edges {
				e := edges[len(edges)-1-i]
				turned.Edges = append(turned.Edges, Edge{e.V, e.U, e.Weight})
			}
			got, err := turned.Answer(mode, 7)
			if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, %s: %v, not the same answer", name, mode, err)
			}
		}
	}
}

// TestSeedsAndNamesChangeNoValue gives the vertices other names and other seeds: the answer
// may be another one, its value may not.
func TestSeedsAndNamesChangeNoValue(t *testing.T) {
	for name, make := range families {
		r := luck(6)
		for _, size := range []int{40, 41} {
			n, edges := make(size, &r)
			g := Graph{n, edges}
			for _, mode := range Modes() {
				plain, err := g.Answer(mode, 0)
				if err != nil {
					t.Fatal(name, err)
				}
				for seed := range uint64(6) {
					h := g.renamed(shuffled(n, seed))
					a, err := h.Answer(mode, seed*5)
					v := h.Verify(a)
					if err != nil || v.Violated != nil || a.Feasible != plain.Feasible || a.Weight() != plain.Weight() {
						t.Errorf("%s, %s, seed %d: %v %v, %d instead of %d", name, mode, seed, err, v.Violated, a.Weight(), plain.Weight())
					}
				}
			}
		}
	}
}
