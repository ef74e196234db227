package main

import (
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Stories in which something comes in between.

func TestADeclinedTimeMovesTwiceAndThenBecomesTheFormWithoutATime(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	first := w.Meeting("Ana")
	w.Responds("Ana", "decline")
	w.After(time.Hour)
	second := w.Meeting("Ben")
	if second.Start.In(berlin).YearDay() == first.Start.In(berlin).YearDay() {
		t.Error("whoever cannot on that day was offered the same day again")
	}
	w.Sees("Ana", says("moved.title", "Ben Brandt"))
	w.Sees("Ben", says("moved.title", "Ana Alves"))
	w.Responds("Ben", "decline")
	w.After(time.Hour)
	third := w.Meeting("Ana")
	if third.Start.Equal(second.Start) || third.Start.Equal(first.Start) {
		t.Error("a declined time was offered again")
	}
	w.Responds("Ana", "decline")
	w.After(time.Hour)
	w.NoMeeting("Ana")
	w.NoMeeting("Ben")
	w.Sees("Ana", says("async.title", "Ben Brandt"), says("async.why.declined"), "Day 1")
	w.Sees("Ben", says("async.title", "Ana Alves"), says("async.why.declined"))
	w.After(6 * day)
	w.Sees("Ana", says("closing.title", "Ben Brandt"))
	w.audit()
}

func TestAProposedTimeIsTakenWhenItSuitsBoth(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.Proposes("Ben", on("Tue 13 Oct 14:10"))
	w.After(time.Hour)
	if at := w.Meeting("Ana").Start; !at.Equal(on("Tue 13 Oct 14:10")) {
		t.Errorf("Ben proposed Tuesday 14:10, which is free; they meet %s", at.In(berlin))
	}
	w.audit()
}

func TestAProposedTimeThatDoesNotSuitGivesTheNextBest(t *testing.T) {
	t.Parallel()
	people := two()
	people[0].Busy = busy("Tue 13 Oct 13:00", "Tue 13 Oct 16:00")
	w := newTown(t, people)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	before := w.Meeting("Ana").Start
	w.Proposes("Ben", on("Tue 13 Oct 14:00"))
	w.After(time.Hour)
	at := w.Meeting("Ana").Start
	if at.Equal(before) || at.Equal(on("Tue 13 Oct 14:00")) || !intoWork(at).Equal(at) {
		t.Errorf("they meet %s; the old time did not suit Ben and the new one does not suit Ana", at.In(berlin))
	}
	w.audit()
}

func TestAPauseTakesEffectAtOnceForBothAndSomebodyLeftOverStepsIn(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"pause", "Leave!", "forget me"} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			people := three()
			people[0].Mail = "ana@story.example"
			people[2].Manager = "ana@story.example" // Cleo never meets Ana, and three are no trio then
			w := newTown(t, people)
			w.At("Mon 5 Oct 12:00")
			w.Join("Ana", "Ben", "Cleo")
			w.At("Wed 7 Oct 10:01")
			w.Sees("Ben", says("pairing.title"))
			partner, spare := "Ana", "Cleo"
			if len(w.cards("Cleo", says("pairing.title"))) > 0 {
				partner, spare = "Cleo", "Ana"
			}
			w.NoMeeting(spare)
			w.Types(partner, words)
			if words == "forget me" {
				w.Presses(partner, "member:forget-yes")
			}
			w.NoMeeting(partner)
			w.Sees("Ben", says("cancelled.why.withdrew"))
			e := w.Meeting("Ben")
			if !e.Start.Equal(w.Meeting(spare).Start) {
				t.Error("Ben and the one left over do not meet")
			}
			w.After(time.Minute)
			w.Sees("Ben", says("pairing.title", w.people[spare].Name))
			w.audit()
		})
	}
}

func TestWhoLosesThePartnerWithNobodyLeftGetsTheFormAlone(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.Types("Ana", "pause")
	w.NoMeeting("Ana")
	w.NoMeeting("Ben")
	w.Sees("Ben", says("async.title.alone"), says("async.why.alone"))
	w.Sees("Ana", says("say.paused"))
	w.At("Wed 21 Oct 12:00")
	w.NoMeeting("Ana")
	w.Presses("Ana", "member:resume")
	w.At("Wed 4 Nov 12:00")
	w.Meeting("Ana")
	w.audit()
}

func TestTwoOfThreeWhoAreLeftMeetEachOther(t *testing.T) {
	t.Parallel()
	w := newTown(t, three())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben", "Cleo")
	w.At("Wed 7 Oct 10:01")
	w.Sees("Ana", says("pairing.title"), says("pairing.why.trio"), "Ben Brandt", "Cleo Conrad")
	if n := len(w.Meeting("Ana").Attendees); n != 3 {
		t.Errorf("an odd number makes a trio; %d are invited", n)
	}
	w.Types("Cleo", "pause")
	w.NoMeeting("Cleo")
	if n := len(w.Meeting("Ana").Attendees); n != 2 {
		t.Errorf("%d are invited after Cleo paused", n)
	}
	w.Meeting("Ben")
	w.Sees("Ana", says("pairing.title", "Ben Brandt"), says("pairing.why"))
	w.audit()
}

func TestNoCommonTimeGivesTheFormWithoutATimeAndSaysWhy(t *testing.T) {
	t.Parallel()
	people := two()
	people[1].Busy = busy("Wed 7 Oct 00:00", "Fri 23 Oct 23:00")
	w := newTown(t, people)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.Sees("Ana", says("async.title", "Ben Brandt"), says("async.why.no-time"))
	w.NoMeeting("Ana")
	if x := w.sessions("Ana")[0]; x.State != session.Asynchronous || x.Why != session.NoTime {
		t.Errorf("the session is %s because of %q", x.State, x.Why)
	}
	w.audit()
}

func TestJoinersAreInvitedAndLeaversMeetNobody(t *testing.T) {
	t.Parallel()
	people := three()
	people[1].Leaves = on("Thu 8 Oct 08:00")
	people[2].Joins = on("Tue 6 Oct 12:00")
	w := newTown(t, people)
	w.At("Mon 5 Oct 17:00")
	w.Join("Ana", "Ben")
	if w.Got("Cleo", invitation) != 0 {
		t.Error("Cleo is not here yet and was asked")
	}
	w.At("Wed 7 Oct 09:30")
	w.Sees("Cleo", invitation)
	w.At("Wed 7 Oct 10:01")
	w.Meeting("Ben")
	before := len(w.desk("Ben").Chat)
	w.At("Thu 8 Oct 17:00")
	w.NoMeeting("Ben")
	w.NoMeeting("Ana")
	w.Sees("Ana", says("cancelled.title"))
	if n := len(w.desk("Ben").Chat); n != before {
		t.Errorf("Ben has left the company and got %d more messages", n-before)
	}
	if m := w.member("Ben"); m.Standing != roster.Gone {
		t.Errorf("Ben is %s", m.Standing)
	}
	w.audit()
}

func TestSessionsStayInWorkingHoursOverTheEndOfOctober(t *testing.T) {
	t.Parallel()
	// Berlin changes its clocks on the 25th, New York a week later. In between three in
	// the afternoon in Berlin is ten in New York, not nine.
	people := []employee{{Name: "Ana Alves"}, {Name: "Jo Jones", Zone: "America/New_York"}}
	for d := on("Wed 21 Oct 00:00"); d.Before(on("Fri 6 Nov 00:00")); d = d.AddDate(0, 0, 1) {
		from, until := 0, 24*60
		free := map[string][2]int{
			"22 Oct": {14 * 60, 15 * 60}, // eight in the morning in New York
			"27 Oct": {14 * 60, 15 * 60}, // nine, for the clocks in Berlin have changed
		}[d.Format("2 Jan")]
		if free[1] > 0 {
			people[0].Busy = append(people[0].Busy, block(d, from, free[0]), block(d, free[1], until))
			continue
		}
		people[0].Busy = append(people[0].Busy, block(d, from, until))
	}
	w := newTown(t, people)
	w.At("Fri 16 Oct 17:00")
	w.Join("Ana", "Jo")
	w.At("Wed 21 Oct 10:01")
	e := w.Meeting("Ana")
	if !e.Start.Equal(time.Date(2026, 10, 27, 13, 0, 0, 0, time.UTC)) {
		t.Errorf("they meet %s: %s in New York", e.Start.In(berlin), e.Start.In(place("America/New_York")))
	}
	w.until(e.End)
	w.GotAt(e.Start, "Jo", says("guide.title"))
	w.audit()
}

func TestWhoHasNoPartnerIsToldSoInTheirOwnWorkingTime(t *testing.T) {
	t.Parallel()
	people := two()
	people[0].Mail = "ana@rapport-demo.example"
	people[1].Manager = people[0].Mail
	w := newTown(t, people)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	for _, who := range []string{"Ana", "Ben"} {
		w.Sees(who, says("say.unpaired"), says("say.unpaired.text"))
		if text := read(w.Sees(who, says("say.unpaired"))); strings.Contains(text, "Alves") || strings.Contains(text, "anager") {
			t.Errorf("%s reads the reason: %s", who, text)
		}
		w.NoMeeting(who)
	}
	w.audit()
}

// A programme that names a focus and no playbooks: each pair gets the guide that fits.
func TestAFocusChoosesTheGuideAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := newTown(t, two(), where(func(c *config.Config) {
		c.Programmes[0].Session.Playbooks, c.Programmes[0].Session.Focus = nil, "giving-feedback"
	}))
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	first := w.sessions("Ana")[0]
	if b, _ := w.app.crew.Library().Find(first.Playbook); b.Skill != "giving-feedback" {
		t.Errorf("the focus is giving feedback, the guide %s", b.ID)
	}
	w.Sees("Ana", says("pairing.title", "Ben Brandt"), says("guide.why.focus", "Giving feedback"))
	w.At("Wed 21 Oct 10:30")
	all := w.sessions("Ana")
	if again := all[len(all)-1]; again.Playbook == first.Playbook {
		t.Errorf("%s came again in the next round", again.Playbook)
	}
	w.audit()
}
