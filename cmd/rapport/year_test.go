package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/config"
)

func TestTheYearSaysWhatEachRoundPractises(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	year := func() string {
		var out bytes.Buffer
		w.must(w.app.printYear(t.Context(), &out, "peers"))
		return strings.Join(strings.Fields(out.String()), " ")
	}
	fixed := year()
	for _, want := range []string{"Wed 7 Oct 2026 10:00 Listening sprint", "Wed 21 Oct 2026 10:00", "Wed 22 Sep 2027 10:00"} {
		if !strings.Contains(fixed, want) {
			t.Errorf("the year has no %q:\n%s", want, fixed)
		}
	}
	w.start(actWithin, func(c *config.Config) {
		c.Programmes[0].Session.Playbooks, c.Programmes[0].Session.Quarters = nil, []string{"empathy", "appreciation"}
	})
	if got := year(); !strings.Contains(got, "Wed 7 Oct 2026 10:00 Empathy") || !strings.Contains(got, "Appreciation") {
		t.Errorf("by skill:\n%s", got)
	}
}
