package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// outcome is a demo from beginning to end: the figures it ends with, and what it said.
type outcome struct {
	figures map[string]int
	said    string
	err     error
}

func played(ctx context.Context, o demoOptions) outcome {
	var out, trouble bytes.Buffer
	o.json, o.listen = true, "127.0.0.1:0"
	if err := demo(ctx, o, &out, &trouble); err != nil {
		return outcome{err: err}
	}
	if trouble.Len() > 0 {
		return outcome{err: fmt.Errorf("the demo complains: %s", &trouble)}
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	got := outcome{said: out.String()}
	got.err = json.Unmarshal([]byte(lines[len(lines)-1]), &got.figures)
	return got
}

func TestTheDemoPlaysFiveWeeksAndEveryEffectHappensOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("plays five weeks several times")
	}
	t.Parallel()
	plays := []demoOptions{{people: 24, weeks: 5, seed: 1}, {people: 24, weeks: 5, seed: 2}, {people: 12, weeks: 5, seed: 3}, {people: 12, weeks: 5, seed: 3}}
	got := make([]outcome, len(plays))
	var all sync.WaitGroup
	for i, o := range plays { // all at once: a demo mostly waits
		all.Go(func() { got[i] = played(t.Context(), o) })
	}
	all.Wait()
	for i, o := range got {
		t.Run(fmt.Sprintf("%d, seed %d", i+1, plays[i].seed), func(t *testing.T) { plausible(t, plays[i].people, o) })
	}
	if a, b := got[2].figures, got[3].figures; !maps.Equal(a, b) {
		t.Errorf("the same seed came to %v and to %v", a, b)
	}
	if a, b := got[0].figures, got[1].figures; maps.Equal(a, b) {
		t.Errorf("another seed came to the same %v", a)
	}
}

// plausible asks of a demo's figures what a manager would ask.
func plausible(t *testing.T, people int, o outcome) {
	if o.err != nil {
		t.Fatal(o.err)
	}
	got := o.figures
	keys := []string{"booked", "commitments", "consented", "effects_doubled", "effects_lost", "followups_answered", "followups_sent", "held", "invited", "pairs", "pulse_answers"}
	if have := slices.Sorted(maps.Keys(got)); !slices.Equal(have, keys) {
		t.Errorf("the keys are %v, agreed are %v", have, keys)
	}
	if got["effects_doubled"] != 0 || got["effects_lost"] != 0 {
		t.Errorf("%d effects happened twice and %d were lost", got["effects_doubled"], got["effects_lost"])
	}
	for a, b := range map[string]string{"consented": "invited", "booked": "pairs", "held": "pairs", "followups_sent": "commitments", "followups_answered": "followups_sent", "pulse_answers": "consented"} {
		if got[a] > got[b] {
			t.Errorf("%d %s, but only %d %s", got[a], a, got[b], b)
		}
	}
	for key, least := range map[string]int{"invited": 18, "consented": 12, "pairs": 15, "booked": 12, "held": 8, "commitments": 6, "followups_sent": 5, "followups_answered": 3, "pulse_answers": 5} {
		if least = least * people / 24; got[key] < least {
			t.Errorf("%s is %d: five weeks of %d people should bring at least %d", key, got[key], people, least)
		}
	}
	for _, part := range []string{fmt.Sprintf("company of %d people", people), "asked to join", "Round 1: ", "meet on ", "What came of it", "pulse of 2026-10: "} {
		if !strings.Contains(o.said, part) {
			t.Errorf("the demo never says %q", part)
		}
	}
}

func TestTheDemoStopsWhenItIsTold(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	var out, trouble bytes.Buffer
	stop()
	if err := demo(ctx, demoOptions{people: 4, weeks: 1, seed: 1, listen: "127.0.0.1:0"}, &out, &trouble); err != nil {
		t.Errorf("stopping is no failure: %v", err)
	}
}
