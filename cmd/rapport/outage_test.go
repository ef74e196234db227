package main

import (
	"testing"

	"github.com/rapport-dev/rapport/playbooks/session"
)

// The round's days were over before rapport came back: nobody can meet in them any more, and
// asking the calendars about a window that has passed would fail for ever.
func TestARoundSleptThroughGivesTheFormWithoutATime(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.clock.Set(on("Tue 20 Oct 12:00"))
	w.At("Tue 20 Oct 12:01")
	all := w.sessions("Ana")
	if len(all) != 1 || all[0].State != session.Asynchronous || all[0].Why != session.NoTime {
		t.Errorf("after two weeks of silence: %+v", all)
	}
}
