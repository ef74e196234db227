package match

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAGraphIsReadAsWritten(t *testing.T) {
	g, err := ReadGraph(strings.NewReader("4 3\r\n0 1 5\n\n 2\t1  -7 \n3 0 1000000000000"))
	want := []Edge{{0, 1, 5}, {2, 1, -7}, {3, 0, MostWeight}}
	if err != nil || g.N != 4 || !slices.Equal(g.Edges, want) {
		t.Errorf("%v %v", g, err)
	}
}

func TestBadGraphsAreRefusedByLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "line 1: want the numbers",
		"\n\n":                                "line 1: want the numbers",
		"3\n":                                 "line 1: want the numbers",
		"3 1 1\n0 1 2\n":                      "line 1: want the numbers",
		"-3 0\n":                              "line 1: -3 is outside 0..1000000",
		"99999999999999999999 0\n":            "line 1: 99999999999999999999 is outside",
		"2000000 0\n":                         "line 1: 2000000 is outside",
		"x 0\n":                               `line 1: "x" is no whole number`,
		"3 1\n1 1 5\n":                        "line 2: joins vertex 1 to itself",
		"3 2\n0 1 5\n\n1 0 5\n":               "line 4: repeats line 2",
		"3 1\n0 3 5\n":                        "line 2: vertex 3 is outside 0..2",
		"3 1\n-1 2 5\n":                       "line 2: vertex -1 is outside 0..2",
		"0 1\n0 0 1\n":                        "line 2: vertex 0 is outside 0..-1",
		"3 1\n0 1 1000000000001\n":            "line 2: weight 1000000000001 is outside",
		"3 1\n0 1 -1000000000001\n":           "line 2: weight -1000000000001 is outside",
		"3 1\n0 1 9223372036854775808":        "line 2: weight 9223372036854775808 is outside",
		"3 1\n0 1 5.5\n":                      `line 2: weight "5.5" is no whole number`,
		"3 1\n0 1\n":                          "line 2: want two vertices and a weight",
		"3 1\n0 1 5 6\n":                      "line 2: want two vertices and a weight",
		"3 1\n0 1 5\n1 2 5\n":                 "line 3: there are more than the 1 edges",
		"3 3\n0 1 5\n1 2 5\n":                 "line 4: the end, after 2 edges of 3",
		"3 1\n" + strings.Repeat("1", 80_000): "line 2: bufio.Scanner: token too long",
	} {
		if _, err := ReadGraph(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.30q: want %q, got %v", text, want, err)
		}
	}
}

func TestAnswersAreWrittenLineByLine(t *testing.T) {
	five := "5 6\n0 1 6\n1 2 6\n2 0 6\n2 3 9\n3 4 6\n4 2 1\n"
	for _, c := range []struct {
		mode Mode
		text string
		want string
	}{
		{MaxWeight, five, "0 1\n2 3\n"},
		{MaxWeight, "2 1\n0 1 -4\n", ""},
		{MaxPairs, "2 1\n0 1 -4\n", "0 1\n"},
		{Perfect, "2 1\n0 1 -4\n", "0 1\n"},
		{Perfect, "0 0\n", ""},
		{Perfect, "1 0\n", "INFEASIBLE\n"},
		{Perfect, five, "INFEASIBLE\n"},
		{TrioAndPairs, five, "0 1 2\n3 4\n"},
		{TrioAndPairs, "3 3\n0 1 1\n1 2 1\n2 0 1\n", "0 1 2\n"},
		{TrioAndPairs, "3 2\n0 1 1\n1 2 1\n", "INFEASIBLE\n"},
		{TrioAndPairs, "4 0\n", "INFEASIBLE\n"},
		{TrioAndPairs, "1 0\n", "INFEASIBLE\n"},
		{TrioAndPairs, "0 0\n", "INFEASIBLE\n"},
	} {
		g, err := ReadGraph(strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if got := written(t, g, c.mode, 0); got != c.want {
			t.Errorf("%s of %q: %q, want %q", c.mode, c.text, got, c.want)
		}
	}
}

// written answers a graph, insists on the proof, and writes the answer.
func written(t failer, g Graph, mode Mode, seed uint64) string {
	a, err := g.Answer(mode, seed)
	if err != nil {
		t.Fatalf("%s: %v", mode, err)
	}
	if v := g.Verify(a); v.Violated != nil || a.Feasible && v.Dual != v.Weight {
		t.Fatalf("%s: %d of at most %d: %v", mode, v.Weight, v.Dual, v.Violated)
	}
	var out bytes.Buffer
	if err := a.Write(&out); err != nil {
		t.Fatalf("%v", err)
	}
	return out.String()
}

// TestVerifyNoticesFalseAnswers changes true answers in every way that comes to mind.
func TestVerifyNoticesFalseAnswers(t *testing.T) {
	g, err := ReadGraph(strings.NewReader("5 6\n0 1 6\n1 2 6\n2 0 6\n2 3 9\n3 4 6\n4 2 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	lies := map[string]func(a *Answer){
		"one pair less":         func(a *Answer) { a.Matching.Mate[0], a.Matching.Mate[1] = -1, -1 },
		"a greater weight":      func(a *Answer) { a.Matching.Weight++ },
		"a lower price":         func(a *Answer) { a.Proof.Vertices[2]-- },
		"a higher price":        func(a *Answer) { a.Proof.Vertices[2]++ },
		"an even set":           func(a *Answer) { a.Proof.Sets = []OddSet{{[]int{0, 1}, 2}} },
		"a set within itself":   func(a *Answer) { a.Proof.Sets = []OddSet{{[]int{5}, 2}} },
		"another lift":          func(a *Answer) { a.Proof.Lift++ },
		"no prices":             func(a *Answer) { a.Proof.Vertices = nil },
		"said to be impossible": func(a *Answer) { a.Mode, a.Feasible = Perfect, true },
	}
	for name, lie := range lies {
		a, err := g.Answer(MaxPairs, 0)
		if err != nil {
			t.Fatal(err)
		}
		if lie(&a); g.Verify(a).Violated == nil {
			t.Errorf("%s passed", name)
		}
	}
	trio := map[string]func(a *Answer){
		"a greater weight": func(a *Answer) { a.Trio.Weight++ },
		"a lower bound":    func(a *Answer) { a.Trio.Bound-- },
		"no proof":         func(a *Answer) { a.Trio.Proof = nil },
		"a lower price":    func(a *Answer) { a.Trio.Proof[0].Vertices[2] -= 8 },
		"another trio":     func(a *Answer) { a.Trio.Three = [3]int{2, 3, 4} },
		"somebody forgot":  func(a *Answer) { a.Trio.Rest.Mate[3], a.Trio.Rest.Mate[4] = -1, -1 },
		"there is none":    func(a *Answer) { a.Trio, a.Feasible = Trio{Proof: a.Trio.Proof}, false },
		"none, for a whim": func(a *Answer) { a.Feasible = false },
	}
	for name, lie := range trio {
		a, err := g.Answer(TrioAndPairs, 0)
		if err != nil {
			t.Fatal(err)
		}
		if lie(&a); g.Verify(a).Violated == nil {
			t.Errorf("trio, %s passed", name)
		}
	}
}

func TestUnknownModesAreRefused(t *testing.T) {
	if _, err := (Graph{}).Answer("best", 0); err == nil || !strings.Contains(err.Error(), "max maxcard perfect trio") {
		t.Errorf("got %v", err)
	}
}

// FuzzGraph reads anything. What it accepts it answers in every mode, with a proof, and if
// the graph is small as well as by trying everything.
func FuzzGraph(f *testing.F) {
	files, err := filepath.Glob("testdata/graphs/*.graph")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 1000 {
			f.Add(text, uint64(1))
		}
	}
	f.Add([]byte("3 3\n0 1 -1000000000000\n1 2 1000000000000\n0 2 0\n"), uint64(0))
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		g, err := ReadGraph(bytes.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("an error without a line: %v", err)
			}
			return
		}
		if g.N > 200 {
			return
		}
		for _, mode := range Modes() {
			got := written(t, g, mode, seed)
			if g.N <= 10 && mode != TrioAndPairs {
				byTrying(t, g, mode, seed, got)
			}
		}
	})
}

// byTrying compares an answer with all there are.
func byTrying(t *testing.T, g Graph, mode Mode, seed uint64, text string) {
	all := bestByTrying(g.N, g.Edges, 0)
	most, heaviest := len(all)-1, int64(0)
	for _, w := range all {
		heaviest = max(heaviest, w)
	}
	a, err := g.Answer(mode, seed)
	switch {
	case err != nil:
		t.Error(err)
	case mode == MaxWeight && a.Weight() != heaviest, mode == MaxPairs && (a.Weight() != all[most] || a.Matching.Pairs != most),
		mode == Perfect && (text == fmt.Sprintln(Infeasible)) != (2*most != g.N):
		t.Errorf("%s: %d, by trying %v", mode, a.Weight(), all)
	}
}
