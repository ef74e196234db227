package main

import (
	"testing"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/playbooks/session"
)

func TestARoundWhoseDaysPassedWhileNobodyWorkedGoesOnWithoutATime(t *testing.T) {
	t.Parallel()
	w := newTown(t, two(), where(func(c *config.Config) {
		c.Programmes[0].Session.BookWithinDays, c.Programmes[0].Session.NoticeHours = 2, 2
	}))
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 09:00")
	w.clock.Set(on("Mon 12 Oct 10:00")) // everything was down from Wednesday to Monday
	w.At("Mon 12 Oct 10:01")
	w.Sees("Ana", says("async.title", "Ben Brandt"), says("async.why.no-time"))
	if x := w.sessions("Ana")[0]; x.State != session.Asynchronous || x.Why != session.NoTime {
		t.Errorf("the session is %s because of %q", x.State, x.Why)
	}
	w.audit()
}
