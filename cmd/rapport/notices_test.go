package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Stories about how rapport hears of what people do in their calendars.

func reachable(s *setting) { s.public = true }

// hearing plays two rounds in which people decline, propose, move by hand and delete, and
// answers what became of every session.
func hearing(t *testing.T, changes ...func(*setting)) (*town, string) {
	t.Helper()
	w := newTown(t, two(), changes...)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.Responds("Ana", "decline")
	w.After(2 * time.Hour)
	w.Proposes("Ben", on("Tue 13 Oct 14:10"))
	w.After(2 * time.Hour)
	w.Responds("Ana", "accept")
	w.Responds("Ben", "accept")
	w.At("Wed 21 Oct 12:00")
	_, err := w.tenant.Act(t.Context(), m365sim.Do{Person: string(w.id("Ana")), Do: "decline", Event: w.Meeting("Ana").ID})
	w.must(err)
	w.After(2 * time.Hour)
	x := w.sessions("Ana")
	w.must(w.app.crew.Programmes["peers"].Calendar.Cancel(t.Context(), x[len(x)-1].Event, "by hand"))
	w.At("Mon 2 Nov 12:00")
	type outcome struct {
		Round, Moves, Refused int
		State                 session.State
		Why                   session.Why
		Cause                 session.Cause
		Slot                  any
		Replies               any
	}
	var all []outcome
	for _, x := range w.sessions("Ana") {
		all = append(all, outcome{x.Round, x.Moves, x.Refused, x.State, x.Why, x.Cause, x.Slot, x.Replies})
	}
	w.audit()
	text, err := json.MarshalIndent(all, "", "  ")
	w.must(err)
	return w, string(text)
}

func TestNoticesAndPollingLeadToTheSame(t *testing.T) {
	t.Parallel()
	_, polled := hearing(t)
	told, notified := hearing(t, reachable)
	if polled != notified {
		t.Errorf("by polling:\n%s\nby notices:\n%s", polled, notified)
	}
	if told.tenant.Counts().Notices == 0 {
		t.Error("the tenant had nothing to tell: this compares polling with itself")
	}
}

func TestANoticeIsFasterThanPollingAndALostOneIsMadeUpFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		change  func(*setting)
		lose    bool
		waits   time.Duration
		already bool
	}{
		{"told at once", reachable, false, time.Minute, true},
		{"polled later", func(*setting) {}, false, time.Minute, false},
		{"the notice is lost", reachable, true, time.Hour, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, two(), c.change)
			w.At("Mon 5 Oct 12:00")
			w.Join("Ana", "Ben")
			w.At("Wed 7 Oct 10:01")
			if c.lose {
				w.must(w.tenant.SetFaults(m365sim.Fault{Match: m365sim.Match{Path: "/notices/"}, Do: "lose"}))
			}
			before := w.Meeting("Ana").Start
			w.Responds("Ana", "decline")
			w.After(c.waits)
			if moved := !w.Meeting("Ben").Start.Equal(before); moved != c.already {
				t.Errorf("after %s the meeting has moved: %v", c.waits, moved)
			}
			w.audit()
		})
	}
}

func TestASubscriptionThatEndsIsMadeAnew(t *testing.T) {
	t.Parallel()
	w := newTown(t, two(), reachable)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	for _, event := range []string{"subscriptionRemoved", "reauthorizationRequired", "missed"} {
		if n, err := w.tenant.Lifecycle(event); n != 1 || err != nil {
			t.Fatalf("%s: %d subscriptions, %v", event, n, err)
		}
		w.After(time.Minute)
	}
	w.At("Mon 26 Oct 12:00") // three weeks on: a subscription lives less than one
	if n, err := w.tenant.Lifecycle("missed"); n != 1 || err != nil {
		t.Errorf("%d subscriptions live, %v", n, err)
	}
	var b jobs.Beat
	_, err := w.store.Load(t.Context(), jobs.BeatNoun, "peers.listen", &b)
	w.must(err)
	if b.Cursor == "" || !b.Until.After(w.clock.Now()) {
		t.Errorf("rapport knows of %+v", b)
	}
	w.audit()
}
