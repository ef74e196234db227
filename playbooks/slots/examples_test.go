package slots

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
)

// example is one worked example of the contract; expect is compared field by field, as far
// as the contract asks for a field.
type example struct {
	ID     string
	Op     string
	Line   []byte
	Expect map[string]any
}

func examples(t testing.TB) []example {
	t.Helper()
	text, err := os.ReadFile("testdata/examples.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		e := example{Line: bytes.Clone(lines.Bytes())}
		if err := json.Unmarshal(e.Line, &e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	if len(out) < 40 {
		t.Fatalf("only %d examples", len(out))
	}
	return out
}

func TestWorkedExamples(t *testing.T) {
	for _, e := range examples(t) {
		t.Run(e.ID, func(t *testing.T) {
			var got map[string]any
			if err := json.Unmarshal(Line(e.Line), &got); err != nil {
				t.Fatal(err)
			}
			same(t, got, e.Expect, "status", "count", "runs", "first", "last", "tier", "reason", "valid", "offsets",
				"participants", "stage_counts", "preferred_by_all", "preferred_by_most", "fair.runs", "fair.count",
				"fair.max_cumulative", "fair.sum_cost")
			if fair, ok := e.Expect["fair"].(map[string]any); ok {
				same(t, got, fair, "pick", "costs")
			}
			switch e.Op {
			case "slots":
				feasible(t, got)
			case "rotation":
				balanced(t, got, e.Expect)
			}
		})
	}
}

// same compares the named fields that the example states; a dot looks inside.
func same(t *testing.T, got, want map[string]any, names ...string) {
	t.Helper()
	for _, name := range names {
		if w, stated := field(want, name); stated {
			if g, _ := field(got, name); !reflect.DeepEqual(g, w) {
				t.Errorf("%s is %v, want %v", name, g, w)
			}
		}
	}
}

func field(in map[string]any, name string) (any, bool) {
	if head, tail, ok := bytes.Cut([]byte(name), []byte(".")); ok {
		inner, _ := in[string(head)].(map[string]any)
		return field(inner, string(tail))
	}
	v, ok := in[name]
	return v, ok
}

// feasible: the pick is one of the starts, and one of those that most people prefer.
func feasible(t *testing.T, got map[string]any) {
	t.Helper()
	pick, picked := got["pick"].(string)
	if picked != (got["status"] == "ok") {
		t.Fatalf("status %v, pick %q", got["status"], pick)
	}
	if !picked {
		return
	}
	inside(t, pick, got["runs"])
	if most, ok := got["preferred_by_most"].(map[string]any); ok {
		inside(t, pick, most["runs"])
	}
}

// RFC 3339 times in UTC sort as text.
func inside(t *testing.T, start string, runs any) {
	t.Helper()
	if !slices.ContainsFunc(runs.([]any), func(r any) bool {
		ends := r.([]any)
		return ends[0].(string) <= start && start <= ends[1].(string)
	}) {
		t.Errorf("%s is in none of %v", start, runs)
	}
}

// balanced: every pick of the rotation is feasible, and the debts end as close as the reference's, give or take an hour.
func balanced(t *testing.T, got, want map[string]any) {
	t.Helper()
	for i, c := range want["cycles"].([]any) {
		turn := got["cycles"].([]any)[i].(map[string]any)
		inside(t, turn["pick"].(string), c.(map[string]any)["runs"])
	}
	if g, w := spread(got["debts"]), spread(want["debts"]); g > w+60 {
		t.Errorf("debts end %v minutes apart, the reference %v", g, w)
	}
}

func spread(debts any) float64 {
	var all []float64
	for _, d := range debts.(map[string]any) {
		all = append(all, d.(float64))
	}
	return slices.Max(all) - slices.Min(all)
}

func ExampleLine() {
	fmt.Println(string(Line([]byte(`{"id":1,"op":"zone","input":{"name":"India Standard Time","instants":["2026-06-01T00:00:00Z"]}}`))))
	fmt.Println(string(Line([]byte(`{"id":2,"op":"zone","input":{"name":"Local"}}`))))
	fmt.Println(string(Line([]byte(`{"id":3,"op":"dance","input":{}}`))))
	// Output:
	// {"id":1,"status":"ok","offsets":[330]}
	// {"id":2,"status":"unresolved","error":"time zone \"Local\" cannot be resolved: it means the machine's own zone"}
	// {"id":3,"status":"error","error":"op must be slots, recheck, zone or rotation"}
}
