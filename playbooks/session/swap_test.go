package session

import (
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

func TestAGuideIsSwappedUntilTheSessionBeginsAndNotTooOften(t *testing.T) {
	now := time.Date(2026, 10, 7, 8, 0, 0, 0, time.UTC)
	booked := Plan("team", 1, match.Group{People: []roster.ID{"ana", "ben"}}, "one", 45, slots.Window{}, now)
	booked.State, booked.Slot = Booked, &slots.Window{Start: now.Add(time.Hour), End: now.Add(2 * time.Hour)}
	why := playbooks.Reason{Code: playbooks.WhyFocus, Skill: "empathy"}
	for name, x := range map[string]struct {
		change func(*Session)
		by     roster.ID
		to     string
		at     time.Time
		ok     bool
	}{
		"ahead of it":       {func(*Session) {}, "ana", "two", now, true},
		"while it is moved": {func(s *Session) { s.State = Moving }, "ben", "two", now, true},
		"as it begins":      {func(*Session) {}, "ana", "two", now.Add(time.Hour), false},
		"the same one":      {func(*Session) {}, "ana", "one", now, false},
		"by somebody else":  {func(*Session) {}, "eve", "two", now, false},
		"once too often":    {func(s *Session) { s.Swaps = MostSwaps }, "ana", "two", now, false},
		"when it is over":   {func(s *Session) { s.State = Ended }, "ana", "two", now, false},
		"called off":        {func(s *Session) { s.State = Cancelled }, "ana", "two", now, false},
		"in writing":        {func(s *Session) { s.State, s.Slot = Asynchronous, nil }, "ana", "two", now, false},
	} {
		before := booked.Clone()
		x.change(&before)
		after, ok := before.Swap(x.by, x.to, why, x.at)
		if ok != x.ok {
			t.Errorf("%s: %v", name, ok)
		}
		if !ok {
			continue
		}
		if after.Playbook != "two" || after.Because != why || after.Swaps != before.Swaps+1 || *after.Slot != *before.Slot || before.Playbook != "one" {
			t.Errorf("%s: %+v", name, after)
		}
		if after.Parts[x.by].Learnt != after.Swaps {
			t.Errorf("%s: whoever chose is told of it again", name)
		}
		if once := after.Write(after.Swaps); once.Written != after.Swaps || once.Write(0).Written != after.Swaps {
			t.Errorf("%s: an older rewriting counts", name)
		}
	}
}
