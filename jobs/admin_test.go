package jobs

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

func TestAStopHoldsInEveryCopyFromTheNextActOn(t *testing.T) {
	store, clock := newMemory(), &hand{monday}
	one, other := crewOf(store, clock, nil, actLimit), crewOf(store, clock, nil, actLimit) // two processes, one store
	acted := 0
	act := Effect{Do: func(context.Context) (string, error) { acted++; return "id", nil }}
	if err := one.Halt(t.Context(), "cleo", true, " \n"); !errors.Is(err, ErrNoReason) {
		t.Fatalf("stopped without a reason: %v", err)
	}
	if _, err := other.Ledger.Once(t.Context(), "card/1", act); err != nil || acted != 1 {
		t.Fatal(err)
	}
	if err := one.Halt(t.Context(), "cleo", true, "the works council asked"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Ledger.Once(t.Context(), "card/2", act); !errors.Is(err, ErrSendingOff) || acted != 1 {
		t.Errorf("the other copy sent: %v", err)
	}
	if err := other.Run(t.Context(), cadence.Step{Kind: session.KindPrompt, Noun: session.Noun, ID: "none"}); !errors.Is(err, ErrSendingOff) {
		t.Errorf("the other copy began outward work: %v", err)
	}
	if s, err := other.Stopped(t.Context()); err != nil || !s.On || s.Reason != "the works council asked" || s.Who != "cleo" || !s.At.Equal(monday) {
		t.Errorf("%+v %v", s, err)
	}
	if err := other.Halt(t.Context(), "dan", false, strings.Repeat("settled ", 99)); err != nil {
		t.Fatal(err)
	}
	if _, err := one.Ledger.Once(t.Context(), "card/2", act); err != nil || acted != 2 {
		t.Errorf("still stopped: %v", err)
	}
	one.Ledger.Send = false // the configuration has the last word
	if _, err := one.Ledger.Once(t.Context(), "card/3", act); !errors.Is(err, ErrSendingOff) {
		t.Errorf("allowed against the configuration: %v", err)
	}
	deeds, err := one.Deeds(t.Context(), 10)
	if err != nil || len(deeds) != 2 || max(len(deeds[0].Reason), len(deeds[1].Reason)) > mostReason {
		t.Errorf("%+v %v", deeds, err)
	}
}

func TestWhereTheStopCannotBeReadNothingLeaves(t *testing.T) {
	store := newMemory()
	c := crewOf(store, &hand{monday}, nil, actLimit)
	store.before = func(op string) error { return says{permanent: true} }
	acted := false
	_, err := c.Ledger.Once(t.Context(), "card/1", Effect{Do: func(context.Context) (string, error) { acted = true; return "", nil }})
	if err == nil || acted || permanent(err) {
		t.Errorf("acted %v, %v", acted, err)
	}
}

func TestDoubtsAreToldByKindAlone(t *testing.T) {
	store := newMemory()
	c := crewOf(store, &hand{monday}, nil, actLimit)
	if _, err := c.Ledger.Once(t.Context(), "card/closing/s/ana", Effect{Do: func(context.Context) (string, error) { return "", says{inDoubt: true} }}); err == nil {
		t.Fatal("no doubt")
	}
	doubts, err := c.Doubts(t.Context(), 10)
	if err != nil || len(doubts) != 1 || doubts[0].Kind != "card" || doubts[0].State != Unknown || strings.Contains(doubts[0].ID, "ana") {
		t.Errorf("%+v %v", doubts, err)
	}
	owed, err := c.Owed(t.Context())
	if err != nil || len(owed) != 1 || owed[0].Kind != KindSettle || owed[0].Soon != 1 || owed[0].Now != 0 {
		t.Errorf("%+v %v", owed, err)
	}
}

func TestASharesEdgesTellOfNobody(t *testing.T) {
	for _, c := range []struct {
		part, whole int
		want        Share
	}{
		{4, 4, Share{}}, {0, 0, Share{}}, {0, 5, Share{true, 10, true}}, {5, 5, Share{true, 90, true}}, {4, 5, Share{true, 80, false}}, {1, 5, Share{true, 20, false}},
		{9, 10, Share{true, 90, true}}, {10, 10, Share{true, 90, true}}, {1, 100, Share{true, 10, true}}, {50, 100, Share{true, 50, false}},
	} {
		if got := shareOf(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d: %+v, want %+v", c.part, c.whole, got, c.want)
		}
	}
}

func TestAPulseAnswerIsOnesOwnOnlyWhileItIsOpen(t *testing.T) {
	p := &Programme{ID: "peers", Zone: time.UTC}
	c := crewOf(newMemory(), &hand{time.Date(2026, time.November, 2, 8, 0, 0, 0, time.UTC)}, nil, actLimit)
	if got := c.openMonths(p); len(got) != 2 || got[0] != "2026-10" || got[1] != "2026-11" {
		t.Errorf("%v", got)
	}
	if votes, err := c.votes(t.Context(), p, roster.ID("ana")); err != nil || len(votes) != 0 {
		t.Errorf("%v %v", votes, err)
	}
}
