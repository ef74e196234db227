package jobs

import (
	"testing"
	"time"
)

// TestThreat18AChangedAuditShows is row 18 of the threats.
func TestThreat18AChangedAuditShows(t *testing.T) {
	for name, x := range map[string]struct {
		do     func(t *testing.T, c *Crew, ids []string)
		intact bool
	}{
		"nothing":                              {func(*testing.T, *Crew, []string) {}, true},
		"the oldest has ended":                 {func(t *testing.T, c *Crew, ids []string) { setDeed(t, c, ids[0], nil) }, true},
		"the latest is gone, as after a crash": {func(t *testing.T, c *Crew, ids []string) { setDeed(t, c, ids[3], nil) }, true},
		"one in the middle is gone":            {func(t *testing.T, c *Crew, ids []string) { setDeed(t, c, ids[2], nil) }, false},
		"a reason is another": {func(t *testing.T, c *Crew, ids []string) {
			var d Deed
			if _, err := c.Store.Load(t.Context(), DeedNoun, ids[1], &d); err != nil {
				t.Fatal(err)
			}
			d.Reason = "a better one"
			setDeed(t, c, ids[1], d)
		}, false},
		"one was slipped in": {func(t *testing.T, c *Crew, _ []string) {
			setDeed(t, c, "20990101T000000.000-x", Deed{Who: "eve", What: DeedAllow, Reason: "r"})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &hand{monday}
			c := crewOf(newMemory(), clock, nil, actLimit)
			for _, reason := range []string{"one", "two", "three", "four"} {
				if err := c.Did(t.Context(), "cleo", DeedStop, reason); err != nil {
					t.Fatal(err)
				}
				clock.now = clock.now.Add(time.Minute)
			}
			ids, err := c.Store.IDs(t.Context(), DeedNoun)
			if err != nil || len(ids) != 4 {
				t.Fatalf("%v %v", ids, err)
			}
			x.do(t, c, ids)
			if got, err := c.Intact(t.Context()); err != nil || got != x.intact {
				t.Errorf("intact %v %v", got, err)
			}
		})
	}
}

// setDeed writes past the rules, as somebody with a hand in Redis would.
func setDeed(t *testing.T, c *Crew, id string, d any) {
	t.Helper()
	v, err := c.Store.Load(t.Context(), DeedNoun, id, new(Deed))
	if err == nil {
		_, err = c.Store.Save(t.Context(), DeedNoun, id, v, d, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}
