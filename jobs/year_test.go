package jobs

import (
	"slices"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
)

func TestTheYearsPlanHasEveryRoundWithItsFocusAndPlaybook(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 10, 7, 0, 0, 0, 0, time.UTC)
	p := &Programme{Zone: berlin, Rounds: cadence.Rhythm{Zone: berlin, Weeks: 2, On: time.Wednesday, Hour: 10, First: first},
		Focus: []string{"empathy", "giving-feedback"}, Playbooks: []string{"one", "two", "three"}}
	after := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	plan := p.Year(5, after)
	if len(plan) != 26 {
		t.Fatalf("every other week for a year is %d rounds", len(plan))
	}
	for i, x := range plan {
		want := []string{"empathy", "giving-feedback"}[((x.At.In(berlin).Year()-2026)*4+(int(x.At.In(berlin).Month())-1)/3-3)%2]
		if x.Round != 5+i || x.Focus != want || x.Playbook != p.Playbook(5+i) || x.At.In(berlin).Hour() != 10 || x.At.In(berlin).Weekday() != time.Wednesday {
			t.Errorf("%d: %+v, the focus should be %s", i, x, want)
		}
	}
	if later := p.Year(6, plan[0].At); !slices.Equal(later[:25], plan[1:]) {
		t.Error("asked after the first round, the rest of the plan is another")
	}
}
