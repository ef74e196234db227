package match

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// bestByTrying answers the heaviest weight for every number of pairs, by trying all of
// them; a negative entry of ok means that this many pairs are impossible.
func bestByTrying(n int, edges []Edge, without int) map[int]int64 {
	weight := map[int]int64{}
	for i, e := range edges {
		weight[1<<e.U|1<<e.V] = edges[i].Weight
	}
	memo := make([]map[int]int64, 1<<n)
	var from func(used int) map[int]int64
	from = func(used int) map[int]int64 {
		if memo[used] != nil {
			return memo[used]
		}
		best := map[int]int64{0: 0}
		v := 0
		for v < n && used>>v&1 == 1 {
			v++
		}
		if v < n {
			keep := func(got map[int]int64, more int, w int64) {
				for k, x := range got {
					if old, ok := best[k+more]; !ok || x+w > old {
						best[k+more] = x + w
					}
				}
			}
			keep(from(used|1<<v), 0, 0)
			for u := v + 1; u < n; u++ {
				if w, ok := weight[1<<v|1<<u]; ok && used>>u&1 == 0 {
					keep(from(used|1<<v|1<<u), 1, w)
				}
			}
		}
		memo[used] = best
		return best
	}
	return from(without)
}

func anyGraph(t *rapid.T, least, most int) (int, []Edge) {
	n := rapid.IntRange(least, most).Draw(t, "n")
	span := rapid.SampledFrom([]int64{0, 1, 3, 20, 1000}).Draw(t, "span")
	low := rapid.SampledFrom([]int64{0, 1, -span / 2, -span}).Draw(t, "low")
	density := rapid.IntRange(1, 10).Draw(t, "density")
	var edges []Edge
	for u := range n {
		for v := u + 1; v < n; v++ {
			if rapid.IntRange(1, 10).Draw(t, "edge") <= density {
				edges = append(edges, Edge{u, v, low + rapid.Int64Range(0, span).Draw(t, "weight")})
			}
		}
	}
	return n, edges
}

func TestTheMatchingIsAsGoodAsTryingEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := anyGraph(t, 0, 10)
		all := bestByTrying(n, edges, 0)
		heaviest, most := int64(0), 0
		for k, w := range all {
			heaviest, most = max(heaviest, w), max(most, k)
		}
		m := solved(t, n, edges, Heaviest)
		if m.Weight != heaviest {
			t.Fatalf("heaviest: got %d, want %d", m.Weight, heaviest)
		}
		m = solved(t, n, edges, MostPairs)
		if m.Pairs != most || m.Weight != all[most] {
			t.Fatalf("most pairs: got %d worth %d, want %d worth %d", m.Pairs, m.Weight, most, all[most])
		}
	})
}

type failer interface {
	Fatalf(format string, args ...any)
}

// solved solves and insists on the proof.
func solved(t failer, n int, edges []Edge, aim Aim) Matching {
	m, proof, err := Solve(n, edges, aim)
	if err != nil {
		t.Fatalf("solve: %v", err)
	}
	if err := proof.Check(n, edges, m); err != nil {
		t.Fatalf("proof: %v", err)
	}
	return m
}

func TestTheBestTrioIsAsGoodAsTryingEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := anyGraph(t, 3, 9)
		if n%2 == 0 {
			t.Skip("even")
		}
		weight := weights(edges)
		want, possible := int64(0), false
		for a := range n {
			for b := a + 1; b < n; b++ {
				for c := b + 1; c < n; c++ {
					rest, ok := bestByTrying(n, edges, 1<<a|1<<b|1<<c)[(n-3)/2]
					if value, three := weight(a, b, c); ok && three && (!possible || rest+value > want) {
						want, possible = rest+value, true
					}
				}
			}
		}
		got, ok, err := BestTrio(n, edges, JustHalf)
		if err != nil || ok != possible || ok && got.Weight != want {
			t.Fatalf("got %v %v %v, want %d %v", got, ok, err, want, possible)
		}
		if ok {
			checkCover(t, n, edges, got)
		}
	})
}

// TestTheBestTrioIsNotAlwaysAnAttachedThird holds a graph in which no best set of pairs
// without one vertex can be turned into the best cover by letting that vertex join.
func TestTheBestTrioIsNotAlwaysAnAttachedThird(t *testing.T) {
	edges := []Edge{{0, 1, 1}, {0, 2, 11}, {0, 3, 10}, {0, 5, 6}, {1, 2, 11}, {1, 3, 6}, {1, 6, 6}, {2, 3, 2},
		{2, 4, 0}, {2, 5, 10}, {2, 6, 2}, {3, 4, 2}, {3, 6, 9}, {4, 5, 8}, {4, 6, 9}}
	got, ok, err := BestTrio(7, edges, JustHalf)
	if err != nil || !ok || got.Weight != 29 || got.Three != [3]int{1, 3, 6} {
		t.Errorf("got %+v %v %v, want 1-3-6 with 29", got, ok, err)
	}
}

func weights(edges []Edge) func(a, b, c int) (int64, bool) {
	w := map[[2]int]int64{}
	for _, e := range edges {
		w[[2]int{e.U, e.V}], w[[2]int{e.V, e.U}] = e.Weight, e.Weight
	}
	return func(a, b, c int) (int64, bool) {
		ab, x := w[[2]int{a, b}]
		ac, y := w[[2]int{a, c}]
		bc, z := w[[2]int{b, c}]
		return HalfSum(ab, ac, bc), x && y && z
	}
}

// checkCover insists that everybody is covered once and that the weight adds up.
func checkCover(t failer, n int, edges []Edge, c Trio) {
	weight := weights(edges)
	sum, ok := weight(c.Three[0], c.Three[1], c.Three[2])
	if !ok {
		t.Fatalf("the trio %v lacks an edge", c.Three)
	}
	for v, mate := range c.Rest.Mate {
		three := v == c.Three[0] || v == c.Three[1] || v == c.Three[2]
		if three == (mate >= 0) || mate >= 0 && c.Rest.Mate[mate] != v {
			t.Fatalf("vertex %d is not covered once: %v %v", v, c.Three, c.Rest.Mate)
		}
	}
	for _, e := range edges {
		if c.Rest.Mate[e.U] == e.V {
			sum += e.Weight
		}
	}
	if sum != c.Weight {
		t.Fatalf("the cover is worth %d, not %d", sum, c.Weight)
	}
	if err := c.Check(n, edges, JustHalf); err != nil || c.Bound != c.Weight {
		t.Fatalf("bound %d of %d: %v", c.Bound, c.Weight, err)
	}
}

func TestKnownGraphs(t *testing.T) {
	var examples []struct {
		Name, File string
		Modes      map[string]json.RawMessage
	}
	data, err := os.ReadFile("testdata/examples.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &examples); err != nil {
		t.Fatal(err)
	}
	for _, x := range examples {
		t.Run(x.Name, func(t *testing.T) {
			n, edges := readGraph(t, filepath.Join("testdata", x.File))
			for mode, want := range x.Modes {
				if got := answer(t, mode, n, edges); got != strings.Join(strings.Fields(string(want)), "") {
					t.Errorf("%s: got %s, want %s", mode, got, want)
				}
			}
		})
	}
}

// answer writes the result of a mode the way the examples do.
func answer(t *testing.T, mode string, n int, edges []Edge) string {
	switch mode {
	case "max":
		return fmt.Sprint(solved(t, n, edges, Heaviest).Weight)
	case "maxcard":
		m := solved(t, n, edges, MostPairs)
		return fmt.Sprintf("[%d,%d]", m.Pairs, m.Weight)
	case "perfect":
		m := solved(t, n, edges, MostPairs)
		if 2*m.Pairs < n {
			return `"INFEASIBLE"`
		}
		return fmt.Sprint(m.Weight)
	}
	c, ok, err := BestTrio(n, edges, JustHalf)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return "null"
	}
	checkCover(t, n, edges, c)
	t.Logf("%d vertices: %d proofs", n, len(c.Proof))
	return fmt.Sprint(c.Weight)
}

func readGraph(t *testing.T, file string) (n int, edges []Edge) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := 0
	if _, err := fmt.Fscan(f, &n, &m); err != nil {
		t.Fatal(err)
	}
	for range m {
		var e Edge
		if _, err := fmt.Fscan(f, &e.U, &e.V, &e.Weight); err != nil {
			t.Fatal(err)
		}
		edges = append(edges, e)
	}
	return n, edges
}

// TestLargeGraphsCarryTheirProof covers sizes that cannot be tried out: few weights, so
// that ties and nested blossoms abound.
func TestLargeGraphsCarryTheirProof(t *testing.T) {
	x := uint64(7)
	next := func(n int) int {
		x = x*6364136223846793005 + 1442695040888963407
		return int(x>>33) % n
	}
	for range 150 {
		n, span, keep := 20+next(180), 1+next(12), 2+next(40)
		var edges []Edge
		for u := range n {
			for v := u + 1; v < n; v++ {
				if next(n) < keep {
					edges = append(edges, Edge{u, v, int64(next(2*span) - span/2)})
				}
			}
		}
		solved(t, n, edges, Heaviest)
		solved(t, n, edges, MostPairs)
	}
}

func TestGraphsThatMakeNoSenseAreRefused(t *testing.T) {
	for name, edges := range map[string][]Edge{
		"edge 1 joins vertex 1 to itself": {{1, 1, 5}},
		"edge 2 repeats edge 1":           {{0, 1, 5}, {1, 0, 5}},
		"edge 1 names a vertex outside":   {{0, 4, 5}},
		"too large to be added up":        {{0, 1, 1 << 62}},
	} {
		if _, _, err := Solve(4, edges, MostPairs); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want %q, got %v", name, err)
		}
	}
}

func TestTheProofNoticesAWorseMatching(t *testing.T) {
	edges := []Edge{{0, 1, 5}, {1, 2, 7}, {2, 3, 5}}
	m, proof, err := Solve(4, edges, MostPairs)
	if err != nil || m.Weight != 10 {
		t.Fatalf("got %v %v", m, err)
	}
	worse := Matching{Mate: []int{-1, 2, 1, -1}, Pairs: 1, Weight: 7}
	if proof.Check(4, edges, worse) == nil {
		t.Error("a matching with fewer pairs passed")
	}
	if proof.Check(4, append(edges, Edge{0, 3, 50}), m) == nil {
		t.Error("an edge that the prices do not cover passed")
	}
	invented := Matching{Mate: []int{3, 2, 1, 0}, Pairs: 2, Weight: 10}
	if proof.Check(4, edges, invented) == nil {
		t.Error("a pair without an edge passed")
	}
}
