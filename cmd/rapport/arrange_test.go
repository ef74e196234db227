package main

import (
	"testing"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Stories about a whole round: who goes with whom once the calendars have been read.

// full is a calendar in which only the mornings (or the afternoons) of two weeks are free.
func full(mornings bool) (all []m365sim.Appointment) {
	from, until := 9*60, 13*60
	if mornings {
		from, until = 12*60, 17*60
	}
	for d := on("Mon 5 Oct 00:00"); d.Before(on("Mon 26 Oct 00:00")); d = d.AddDate(0, 0, 1) {
		all = append(all, block(d, from, until))
	}
	return all
}

// Pairing likes people of different departments; their calendars do not.
func TestPairsWithoutATimeInCommonArePairedAgainBeforeTheyHear(t *testing.T) {
	t.Parallel()
	w := newTown(t, []employee{
		{Name: "Ana Alves", Department: "Sales", Busy: full(true)}, {Name: "Ben Brandt", Department: "Finance", Busy: full(false)},
		{Name: "Cleo Conrad", Department: "Sales", Busy: full(true)}, {Name: "Dora Diaz", Department: "Finance", Busy: full(false)},
	})
	w.At("Mon 5 Oct 17:00")
	w.Join("Ana", "Ben", "Cleo", "Dora")
	w.At("Wed 7 Oct 10:01")
	if !w.Meeting("Ana").Start.Equal(w.Meeting("Cleo").Start) || !w.Meeting("Ben").Start.Equal(w.Meeting("Dora").Start) {
		t.Error("only Ana with Cleo and Ben with Dora have free time in common")
	}
	for _, who := range []string{"Ana", "Ben", "Cleo", "Dora"} {
		w.SeesNot(who, says("async.summary"))
		if n := len(w.sessions(who)); n != 1 {
			t.Errorf("%s has %d sessions; nobody was told of the first idea", who, n)
		}
	}
	w.audit()
}

func TestThreeWithoutATimeInCommonBecomeTwoAndSomebodyWhoIsTold(t *testing.T) {
	t.Parallel()
	w := newTown(t, []employee{{Name: "Ana Alves", Busy: full(true)}, {Name: "Ben Brandt", Busy: full(false)}, {Name: "Cleo Conrad", Busy: full(true)}})
	w.At("Mon 5 Oct 17:00")
	w.Join("Ana", "Ben", "Cleo")
	w.At("Wed 7 Oct 10:01")
	if !w.Meeting("Ana").Start.Equal(w.Meeting("Cleo").Start) {
		t.Error("Ana and Cleo have free time in common")
	}
	w.NoMeeting("Ben")
	w.Sees("Ben", says("say.unpaired"))
	w.audit()
}

func TestARoundCountsWhoLeftBetweenPairingAndBooking(t *testing.T) {
	t.Parallel()
	w := newTown(t, append(three(), employee{Name: "Dora Diaz"}))
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben", "Cleo", "Dora")
	w.At("Wed 7 Oct 09:59")
	w.clock.Set(on("Wed 7 Oct 10:00"))
	w.only(jobs.KindRound)
	w.Types("Dora", "pause") // and only now the calendars are read
	w.At("Wed 7 Oct 10:05")
	w.NoMeeting("Dora")
	for _, who := range []string{"Ana", "Ben", "Cleo"} {
		if n := len(w.Meeting(who).Attendees); n != 3 {
			t.Errorf("%s meets with %d; three are left", who, n)
		}
		if n := len(w.sessions(who)); n != 1 {
			t.Errorf("%s has %d sessions", who, n)
		}
	}
	w.audit()
}

// A round asks the tenant for as little as it can: one getSchedule for twenty mailboxes, one
// HTTP request for twenty of those, and two reads and one write a booking.
func TestARoundAsksTheLeastPossible(t *testing.T) {
	t.Parallel()
	for _, staff := range []int{6, 24, 26, 60} {
		w := willing(t, staff)
		before := w.tenant.Counts()
		w.only(jobs.KindRound)
		people := w.inFirstRound() // not everybody in the directory takes part
		w.only(session.KindRoundBook)
		planned := w.tenant.Counts()
		if got, least := requests(before, planned, "POST", "/getSchedule"), shares(people, 20); got != least {
			t.Errorf("%d people: %d getSchedule parts, %d are enough", people, got, least)
		}
		if got, least := planned.Requests-before.Requests, shares(people, 400); got != least {
			t.Errorf("%d people: %d HTTP requests, %d are enough", people, got, least)
		}
		w.only(session.KindBook)
		after := w.tenant.Counts()
		meetings := 0
		w.must(each(t.Context(), w.store, session.Noun, func(x session.Session) {
			if x.State == session.Booked {
				meetings++
			}
		}))
		if got := after.Requests - planned.Requests; got != 3*meetings || meetings == 0 {
			t.Errorf("%d people: %d requests for %d bookings, expected are two reads and one write each", people, got, meetings)
		}
		if got := requests(planned, after, "POST", "/events"); got != meetings {
			t.Errorf("%d people: %d events were written for %d bookings", people, got, meetings)
		}
	}
}

// inFirstRound counts the people of the first round, with a partner or without.
func (w *town) inFirstRound() int {
	w.Helper()
	var r session.Round
	_, err := w.store.Load(w.Context(), session.RoundNoun, session.RoundID("peers", 1), &r)
	w.must(err)
	n := len(r.Left)
	for _, g := range r.Groups {
		n += len(g.People)
	}
	if n == 0 {
		w.Fatal("nobody was paired")
	}
	return n
}
