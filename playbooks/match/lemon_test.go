package match

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// lemon is the program in testdata/lemon, which asks the C++ library LEMON.
type lemon struct {
	in  *bufio.Writer
	out *bufio.Reader
}

// startLemon compiles the program and starts it; it ends with the test. Without a compiler or
// without the library (Debian: g++ and liblemon-dev) the test is skipped, or fails if
// RAPPORT_TEST_REQUIRE names lemon.
func startLemon(t testing.TB) *lemon {
	t.Helper()
	program := filepath.Join(t.TempDir(), "lemon")
	compile := exec.Command("g++", "-std=c++17", "-O2", "-DNDEBUG", "-march=native", "-o", program, "testdata/lemon/lemon.cc")
	if said, err := compile.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(string(said), "\n")
		if slices.Contains(strings.Split(os.Getenv("RAPPORT_TEST_REQUIRE"), ","), "lemon") {
			t.Fatalf("lemon does not compile, and RAPPORT_TEST_REQUIRE demands it: %v %s", err, first)
		}
		t.Skipf("lemon is missing (g++ and liblemon-dev): %v %s", err, first)
	}
	run := exec.Command(program)
	in, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		io.Copy(io.Discard, out)
		run.Wait()
	})
	return &lemon{bufio.NewWriterSize(in, 1<<20), bufio.NewReader(out)}
}

// verdict is what LEMON says of a graph.
type verdict struct {
	found   bool // false: not everybody can have a partner
	pairs   int
	weight  int64
	seconds float64 // of processor time
}

// ask answers the heaviest matching, or the heaviest in which everybody has a partner, when
// every weight is raised by lift.
func (l *lemon) ask(t failer, perfect bool, n int, edges []Edge, lift int64) (v verdict) {
	mode := "max"
	if perfect {
		mode = "perfect"
	}
	fmt.Fprintln(l.in, mode, n, len(edges))
	for _, e := range edges {
		fmt.Fprintln(l.in, e.U, e.V, e.Weight+lift)
	}
	found := 0
	if err := l.in.Flush(); err != nil {
		t.Fatalf("lemon: %v", err)
	}
	if _, err := fmt.Fscanln(l.out, &found, &v.pairs, &v.weight, &v.seconds); err != nil {
		t.Fatalf("lemon: %v", err)
	}
	v.found, v.weight = found == 1, v.weight-lift*int64(v.pairs)
	return v
}

// TestLemonSaysTheSame asks both for graphs of all sorts, in all modes.
func TestLemonSaysTheSame(t *testing.T) {
	l := startLemon(t)
	rapid.Check(t, func(t *rapid.T) {
		for _, most := range []int{8, 24, 60, 160} {
			g := adversary(t, most)
			seed := rapid.Uint64Range(0, 3).Draw(t, "seed")
			for _, mode := range Modes() {
				if mode != TrioAndPairs || most <= 24 {
					sameAsLemon(t, l, g, mode, seed)
				}
			}
		}
	})
}

// sameAsLemon reads, answers, proves and writes as the command does, and compares what was
// written.
func sameAsLemon(t failer, l *lemon, g Graph, mode Mode, seed uint64) {
	text := written(t, g, mode, seed)
	pairs, weight, possible := weighText(t, g, text)
	var want verdict
	switch mode {
	case MaxWeight:
		want = l.ask(t, false, g.N, g.Edges, 0)
		pairs = want.pairs // any number will do
	case MaxPairs:
		want = l.ask(t, false, g.N, g.Edges, liftFor(g))
	case Perfect:
		want = l.ask(t, true, g.N, g.Edges, 0)
	case TrioAndPairs:
		want = l.trio(t, g)
	}
	if !want.found {
		want.pairs, want.weight = 0, 0
	}
	if possible != want.found || pairs != want.pairs || weight != want.weight {
		t.Fatalf("%s of %+v: %d pairs worth %d %v, lemon %+v; wrote\n%s", mode, g, pairs, weight, possible, want, text)
	}
}

// liftFor makes one more pair worth more than any choice among the others, not by the code
// that is tested.
func liftFor(g Graph) int64 {
	sum := int64(1)
	for _, e := range g.Edges {
		sum = max(sum, e.Weight, -e.Weight)
	}
	return sum*int64(g.N+2) + 1
}

// trio asks for the rest of every triangle.
func (l *lemon) trio(t failer, g Graph) (best verdict) {
	worth := weights(g.Edges)
	for a := range g.N {
		for b := range a {
			for c := range b {
				half, all := worth(c, b, a)
				if !all || g.N%2 == 0 {
					continue
				}
				var rest []Edge
				number := func(v int) int { return v - less(a, v) - less(b, v) - less(c, v) }
				for _, e := range g.Edges {
					if e.U != a && e.U != b && e.U != c && e.V != a && e.V != b && e.V != c {
						rest = append(rest, Edge{number(e.U), number(e.V), e.Weight})
					}
				}
				v := l.ask(t, true, g.N-3, rest, 0)
				if v.weight += half; v.found && (!best.found || v.weight > best.weight) {
					best = v
				}
			}
		}
	}
	return best
}

func less(a, b int) int {
	if a < b {
		return 1
	}
	return 0
}

// weighText adds up an answer as it was written, a trio with half its edges, and insists that
// nobody is in it twice and no edge is invented.
func weighText(t failer, g Graph, text string) (pairs int, weight int64, possible bool) {
	if text == Infeasible+"\n" {
		return 0, 0, false
	}
	value, seen := map[[2]int]int64{}, map[int]bool{}
	for _, e := range g.Edges {
		value[[2]int{e.U, e.V}], value[[2]int{e.V, e.U}] = e.Weight, e.Weight
	}
	for line := range strings.Lines(text) {
		sum, three := int64(0), []int{}
		for _, word := range strings.Fields(line) {
			v := -1
			if _, err := fmt.Sscan(word, &v); err != nil || v < 0 || v >= g.N || seen[v] {
				t.Fatalf("line %q", line)
			}
			for _, u := range three {
				w, ok := value[[2]int{u, v}]
				if !ok {
					t.Fatalf("line %q without an edge", line)
				}
				sum += w
			}
			three, seen[v] = append(three, v), true
		}
		if len(three) == 3 {
			weight += sum >> 1
		} else {
			weight, pairs = weight+sum, pairs+1
		}
	}
	return pairs, weight, true
}
