package session

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

func TestABurdenIsHalfForgottenAfterAQuarter(t *testing.T) {
	now := utc(t, "Mon 2026-10-12 09:00")
	for name, c := range map[string]struct {
		age  time.Duration
		want time.Duration
	}{
		"just now":         {0, time.Hour},
		"in the future":    {-time.Hour, time.Hour},
		"a quarter ago":    {91 * 24 * time.Hour, 30 * time.Minute},
		"two quarters ago": {182 * 24 * time.Hour, 15 * time.Minute},
		"four years ago":   {4 * 365 * 24 * time.Hour, 0},
	} {
		carried := []roster.Burden{{Session: "s", At: now.Add(-c.age), Minutes: 60}}
		if got := Carried(carried, now); got != c.want {
			t.Errorf("an hour %s weighs %s, want %s", name, got, c.want)
		}
	}
}

func TestWhatASessionAskedCountsOnceAndNeverLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 10, 12, 9, 0, 0, 0, time.UTC)
		draw := func(label string) roster.Burden {
			return roster.Burden{Session: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, label), Minutes: rapid.IntRange(0, 120).Draw(t, label),
				At: now.Add(-time.Duration(rapid.IntRange(0, 1000).Draw(t, label)) * 24 * time.Hour)}
		}
		var carried []roster.Burden
		for range rapid.IntRange(0, 5).Draw(t, "before") {
			carried = Carry(carried, draw("old"), now)
		}
		b := draw("new")
		once := Carry(carried, b, now)
		if again := Carry(once, b, now); Carried(again, now) != Carried(once, now) || len(again) != len(once) {
			t.Fatalf("carried twice: %v, then %v", once, again)
		}
		if b.Minutes > 0 && Carried(once, now) < Carried([]roster.Burden{b}, now) {
			t.Fatalf("%v weighs less than %v alone", once, b)
		}
		if later := Carried(once, now.Add(24*time.Hour)); later > Carried(once, now) {
			t.Fatalf("it grows: %v", once)
		}
	})
}

func TestASessionBurdensOnlyThoseOutsideTheirHours(t *testing.T) {
	s := booked(t)
	s.Time.Outside = []slots.Cost{{ID: "ana", Minutes: 30}}
	if b := s.Burden(ana); b.Minutes != 30 || b.Session != s.ID || !b.At.Equal(s.Slot.Start) {
		t.Errorf("%+v", b)
	}
	if b := s.Burden(ben); b.Minutes != 0 {
		t.Errorf("Ben meets in his hours: %+v", b)
	}
	byHand := s.follow(window(t, "Wed 2026-10-14 21:00", time.Hour), s.Since)
	if b := byHand.Burden(ana); b.Minutes != 0 {
		t.Errorf("they chose that evening themselves: %+v", b)
	}
	if Carried(Carry(nil, roster.Burden{Session: "x"}, s.Since), s.Since) != 0 {
		t.Error("nothing weighs something")
	}
}

func TestAnotherTimeIsAskedForInTimeAndNotTooOften(t *testing.T) {
	s, at := booked(t), utc(t, "Mon 2026-10-12 12:00")
	want := window(t, "Thu 2026-10-15 11:00", 45*time.Minute)
	if _, ok := s.Ask(want, s.Slot.Start); ok {
		t.Error("asked when it had begun")
	}
	for i := range MostAsked + 1 {
		next, ok := s.Ask(want, at)
		if ok != (i < MostAsked) {
			t.Fatalf("asked for the %dth time: %v", i+1, ok)
		}
		if !ok {
			break
		}
		if next.State != Moving || next.Cause != CauseAsked || !next.Wanted.Start.Equal(want.Start) || next.Refused != 0 {
			t.Fatalf("%+v", next)
		}
		if _, twice := next.Ask(want, at); twice {
			t.Error("asked while it moves")
		}
		s = moved(t, next, "Thu 2026-10-15 11:00", at)
	}
}

func TestOnlyATimeOfOursIsGivenUpForPeople(t *testing.T) {
	s, at := booked(t), utc(t, "Mon 2026-10-12 12:00")
	away, ok := s.Displace(CauseAway, at)
	if !ok || away.State != Moving || away.Cause != CauseAway || len(away.Tried) != 1 || away.Refused != 0 {
		t.Errorf("%v %+v", ok, away)
	}
	if _, ok := s.Displace(CauseAway, s.Slot.Start); ok {
		t.Error("moved a meeting that has begun")
	}
	if _, ok := s.follow(window(t, "Wed 2026-10-14 21:00", time.Hour), at).Displace(CauseHours, at); ok {
		t.Error("moved a meeting that people put there themselves")
	}
	if _, ok := planned(t).Displace(CauseAway, at); ok {
		t.Error("moved a meeting that does not exist")
	}
}

func TestASessionWithoutATimeAnybodyKeptCanBeDissolved(t *testing.T) {
	at := utc(t, "Mon 2026-10-12 12:00")
	s, err := booked(t).WithoutTime(TooOften, at)
	if err != nil {
		t.Fatal(err)
	}
	s, err = s.Dissolve(at)
	if err != nil || s.State != Cancelled || s.Why != TooOften || s.Cleared || s.Event == "" {
		t.Errorf("%v %+v", err, s)
	}
	ended, _ := booked(t).Ends(at)
	if _, err := ended.Dissolve(at); err == nil {
		t.Error("dissolved what is over")
	}
}
