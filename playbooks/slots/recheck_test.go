package slots

import (
	"slices"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
	"pgregory.net/rapid"
)

func TestRecheckAgreesWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t)
		b := Booking{Start: r.Window.Start.Truncate(r.Step).Add(r.Step * time.Duration(rapid.IntRange(-3, 200).Draw(t, "start"))), Ref: "ours"}
		own := Event{b.Start, b.Start.Add(r.Duration), "busy", "ours"}
		bare := slices.Clone(r.People)
		r.People[0].Events = append(slices.Clone(r.People[0].Events), own)

		want := InWindow
		if !b.Start.Before(r.Window.Start) && !own.End.After(r.Window.End) {
			o := ask(r)
			o.People, o.Now, o.Notice = bare, b.Start, 0
			want = o.failing(b.Start, slices.ContainsFunc(bare, func(p Participant) bool { return p.FlexBefore+p.FlexAfter > 0 }))
		}
		if v := Recheck(r, b); v.Reason != want || v.Valid != (want == "") || v.Status != OK {
			t.Fatalf("%+v, want %q", v, want)
		}
	})
}

func TestRecheckOfATimeMovedByHand(t *testing.T) {
	r := simple()
	b := Booking{Start: r.Window.Start.Add(10*time.Hour + 7*time.Minute)}
	if v := Recheck(r, b); v.Valid || v.Reason != InWindow {
		t.Errorf("off the grid: %+v", v)
	}
	r.Step = time.Minute
	if v := Recheck(r, b); !v.Valid {
		t.Errorf("on a grid of minutes: %+v", v)
	}
}

func TestRecheckNamesWhoIsLost(t *testing.T) {
	r := simple()
	r.People[1].Zone.Name = "Atlantis"
	if v := Recheck(r, Booking{Start: r.Window.Start}); v.Status != InvalidZone || !slices.Equal(v.Who, []string{"ben"}) {
		t.Errorf("%+v", v)
	}
}

func TestRotationSharesTheBurden(t *testing.T) {
	r := simple()
	r.People[0].Zone, r.People[1].Zone = zone.Ref{Name: "America/Los_Angeles"}, zone.Ref{Name: "Asia/Kolkata"}
	for i := range r.People {
		r.People[i].FlexBefore, r.People[i].FlexAfter = 3*time.Hour, 5*time.Hour
	}
	r.People[1].Debt = 5 * time.Hour
	var cycles []Cycle
	for k := range 12 {
		start := r.Window.Start.AddDate(0, 0, 14*k)
		cycles = append(cycles, Cycle{start, Window{start, start.AddDate(0, 0, 10)}})
	}
	turns, debts := Rotate(r, cycles)
	for i, turn := range turns {
		if turn.Status != OK || len(turn.Pick.Costs) != 2 {
			t.Fatalf("turn %d: %+v", i, turn)
		}
	}
	if apart := (debts[0] - debts[1]).Abs(); apart > time.Hour {
		t.Errorf("after %d rounds the debts are %v", len(turns), debts)
	}
	if r.People[1].Debt != 5*time.Hour {
		t.Error("the request was changed")
	}
}
