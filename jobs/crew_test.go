package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
)

type tally struct{ N int }

func TestChangesThatRaceAllCount(t *testing.T) {
	c := crewOf(newMemory(), &hand{monday}, newChat(), actLimit)
	const racers, each = 8, 5
	var all sync.WaitGroup
	for range racers {
		all.Go(func() {
			for range each {
				if _, err := change(t.Context(), c, "tally", "x", nothingDue[tally], func(n tally, _ int64) (tally, bool, error) {
					return tally{n.N + 1}, true, nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	var n tally
	if v, err := c.Store.Load(t.Context(), "tally", "x", &n); n.N != racers*each || v != racers*each || err != nil {
		t.Fatal(n, v, err)
	}
}

func TestAChangeGivesUpWhenOthersAreAlwaysFaster(t *testing.T) {
	m := newMemory()
	c := crewOf(m, &hand{monday}, newChat(), actLimit)
	tries := 0
	_, err := change(t.Context(), c, "tally", "x", nothingDue[tally], func(n tally, version int64) (tally, bool, error) {
		tries++
		_, err := m.Save(t.Context(), "tally", "x", version, tally{-1}, nil)
		return n, true, err
	})
	if err == nil || tries != mostRaces {
		t.Fatal(err, tries)
	}
}

func TestADecisionAgainstAChangeWritesNothing(t *testing.T) {
	m := newMemory()
	c := crewOf(m, &hand{monday}, newChat(), actLimit)
	no := errors.New("no")
	for _, want := range []error{nil, no} {
		if _, err := change(t.Context(), c, "tally", "x", nothingDue[tally], func(n tally, _ int64) (tally, bool, error) {
			return n, false, want
		}); !errors.Is(err, want) || len(m.docs) != 0 {
			t.Fatal(err, m.docs)
		}
	}
}

func TestOnlyWhatIsRipeIsHintedAt(t *testing.T) {
	c := crewOf(newMemory(), &hand{monday}, newChat(), actLimit)
	var hinted []cadence.Step
	c.Hint = func(_ context.Context, due []cadence.Step) { hinted = append(hinted, due...) }
	steps := []cadence.Step{{ID: "past", At: monday.Add(-time.Hour)}, {ID: "now", At: monday}, {ID: "soon", At: monday.Add(1)}}
	for version := range int64(2) { // the second one loses
		if _, err := c.save(t.Context(), "tally", "x", version*7, tally{}, steps); err != nil {
			t.Fatal(err)
		}
	}
	if len(hinted) != 2 || hinted[0].ID != "past" || hinted[1].ID != "now" {
		t.Fatal(hinted)
	}
}

func TestAQueueForgetsWhatItHandedOutLongAgo(t *testing.T) {
	q := &Queue{given: map[string]time.Time{}, stuck: map[string]int{}}
	for i := range 1000 {
		q.given[fmt.Sprint(i)], q.stuck[fmt.Sprint(i)] = time.Now().Add(-handedOut-time.Second), 1
	}
	if !q.fresh("new") || q.fresh("new") {
		t.Fatal("not fresh, or fresh twice")
	}
	if len(q.given) != 1 || len(q.stuck) != 0 {
		t.Fatalf("remembers %d and %d", len(q.given), len(q.stuck))
	}
}
