package main

import (
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// The people of most stories: colleagues in Berlin who are at work from nine to five.
func three() []employee {
	return []employee{{Name: "Ana Alves", Department: "Sales"}, {Name: "Ben Brandt", Department: "Engineering"}, {Name: "Cleo Conrad", Department: "Support"}}
}

func two() []employee { return three()[:2] }

const day = 24 * time.Hour

// What an invitation is called.
var invitation = says("invite.title")

func TestNobodyTakesPartBeforeARecordedYes(t *testing.T) {
	t.Parallel()
	w := newTown(t, three())
	w.At("Mon 5 Oct 12:00")
	for _, who := range []string{"Ana", "Ben", "Cleo"} {
		w.Sees(who, invitation, says("invite.reads"), says("invite.note"), says("invite.yes"), says("invite.no"))
	}
	w.Join("Ana", "Ben")
	w.At("Wed 14 Oct 12:00")
	w.Sees("Ana", says("pairing.title", "Ben Brandt"))
	w.Sees("Ben", says("pairing.title", "Ana Alves"))
	w.NoMeeting("Cleo")
	if n := len(w.desk("Cleo").Chat); n != 1 {
		t.Errorf("Cleo said nothing and got %d messages; the invitation is enough", n)
	}
	if m := w.member("Ana"); m.Consent.Version != "1" || !m.Consent.At.Equal(on("Mon 5 Oct 12:00")) {
		t.Errorf("Ana's yes is recorded as %+v", m.Consent)
	}
	w.audit()
}

func TestASayingOfNoIsFinalUntilTheyTypeJoin(t *testing.T) {
	t.Parallel()
	w := newTown(t, three())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.Presses("Cleo", "consent:no")
	w.At("Wed 21 Oct 12:00")
	w.NoMeeting("Cleo")
	if n := w.Got("Cleo", invitation); n != 1 {
		t.Errorf("Cleo said no and was asked %d times", n)
	}
	w.Types("Cleo", "join")
	w.Presses("Cleo", "consent:yes")
	w.At("Wed 4 Nov 12:00")
	w.Meeting("Cleo")
	w.audit()
}

func TestAChangedConsentTextAsksEverybodyAgain(t *testing.T) {
	t.Parallel()
	w := newTown(t, three())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	old := w.Sees("Cleo", invitation)
	w.At("Mon 12 Oct 12:00")
	w.start(actWithin, func(c *config.Config) { c.Programmes[0].Consent.Version = "2" })
	w.At("Tue 13 Oct 12:00")
	for _, who := range []string{"Ana", "Ben", "Cleo"} {
		if n := w.Got(who, invitation); n != 2 {
			t.Errorf("%s was asked %d times, once for each text is right", who, n)
		}
	}
	w.press("Cleo", old, button(old.Card, "consent:yes"))
	if m := w.member("Cleo"); m.Eligible("2") {
		t.Error("Cleo said yes to the old text, and it counts for the new one")
	}
	w.Presses("Ana", "consent:yes")
	w.At("Wed 21 Oct 12:00")
	for _, who := range []string{"Ana", "Ben", "Cleo"} {
		w.NoMeeting(who) // one alone has nobody to meet, and two yeses to an old text are none
	}
	w.Presses("Ben", "consent:yes")
	w.At("Wed 4 Nov 12:00")
	w.Meeting("Ana")
	w.Meeting("Ben")
	w.NoMeeting("Cleo")
	w.audit()
}

// intoWork moves a moment into Berlin's nine to five, written down a second time on purpose.
func intoWork(at time.Time) time.Time {
	for {
		l := at.In(berlin)
		weekend := l.Weekday() == time.Saturday || l.Weekday() == time.Sunday
		switch {
		case !weekend && l.Hour() >= 9 && l.Hour() < 17:
			return at
		case !weekend && l.Hour() < 9:
			return time.Date(l.Year(), l.Month(), l.Day(), 9, 0, 0, 0, berlin)
		}
		at = time.Date(l.Year(), l.Month(), l.Day()+1, 9, 0, 0, 0, berlin)
	}
}

func TestARoundFromTheFirstCardToWhatCameOfIt(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Presses("Ana", "consent:yes", "strengths", "giving-feedback", "stretch", "active-listening", "energy", "morning")
	w.Presses("Ben", "consent:yes", "strengths", "active-listening", "stretch", "giving-feedback")
	w.At("Wed 7 Oct 10:01")
	w.Sees("Ana", says("pairing.title", "Ben Brandt"), says("pairing.why"), says("reason.strength", "Ben Brandt", "Active listening"), says("reason.department"))
	w.Sees("Ben", says("pairing.title", "Ana Alves"), says("reason.strength", "Ana Alves", "Giving feedback"))
	e := w.Meeting("Ana")
	if other := w.Meeting("Ben"); !other.Start.Equal(e.Start) || e.Join == "" || len(e.Attendees) != 2 {
		t.Fatalf("the two do not share one meeting with a link: %+v, %+v", e, other)
	}
	start, end := e.Start.In(berlin), e.End.In(berlin)
	if !intoWork(start).Equal(start) || end.Hour()*60+end.Minute() > 17*60 || start.Before(on("Thu 8 Oct 10:00")) {
		t.Errorf("the meeting is from %s to %s: outside working hours, or with less than a day's notice", start, end)
	}
	w.until(end.Add(5 * time.Minute))
	w.GotAt(intoWork(start.Add(-day)), "Ana", says("prepare.title"))
	w.GotAt(intoWork(start.Add(-day)), "Ben", says("prepare.title"))
	w.GotAt(start, "Ana", says("guide.title"))
	w.GotAt(start, "Ben", says("guide.title"))
	w.GotAt(end, "Ana", says("closing.title", "Ben Brandt"))
	w.Sees("Ana", says("guide.title", "Listening sprint"), says("guide.stuck"), says("guide.join"))

	w.Presses("Ana", "closing:answer", "met", "yes", "understood", "4", "conversation", "my manager, about Friday")
	w.Presses("Ben", "closing:answer", "met", "yes", "understood", "5")
	w.Sees("Ana", says("closing.thanks.commitment", "Monday 12 October"))
	w.Sees("Ben", says("closing.thanks.plain"))
	asked := intoWork(end.Add(5*time.Minute + 48*time.Hour))
	w.until(asked.Add(time.Minute))
	w.GotAt(asked, "Ana", says("followup.title"))
	w.Sees("Ana", says("followup.title"), "my manager, about Friday")
	if w.Got("Ben", says("followup.title")) != 0 {
		t.Error("Ben committed to nothing and is asked about it")
	}
	w.Presses("Ana", "followup:answer", "happened", "partly", "reflection", "I paused twice", "attempts", "2")
	w.At("Tue 20 Oct 17:00")
	if w.Got("Ana", says("followup.again.title")) != 0 {
		t.Error("Ana answered and is reminded")
	}
	x := w.sessions("Ana")[0]
	if f := x.Parts[w.id("Ana")].FollowUp; !x.Held() || f.Reflection != "I paused twice" || f.Counts["attempts"] != 2 || f.Happened != "partly" {
		t.Errorf("Ana's answer is kept as %+v", f)
	}
	w.audit()
}

// committed plays until Ana has made a commitment, and answers when she is asked about it.
func committed(t *testing.T) (*town, time.Time) {
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.until(w.Meeting("Ana").End)
	w.Presses("Ana", "closing:answer", "met", "yes", "conversation", "a word with Dan")
	w.Presses("Ben", "closing:answer", "met", "yes")
	asked := intoWork(w.clock.Now().Add(48 * time.Hour))
	w.until(asked)
	w.GotAt(asked, "Ana", says("followup.title"))
	return w, asked
}

func TestAFollowUpIsRemindedOfOnceAndThenLeftInPeace(t *testing.T) {
	t.Parallel()
	w, asked := committed(t)
	w.At("Fri 30 Oct 17:00")
	w.GotAt(asked, "Ana", says("followup.title"))
	w.GotAt(intoWork(asked.Add(48*time.Hour)), "Ana", says("followup.again.title"))
	w.Presses("Ana", "followup:answer", "happened", "no")
	w.Sees("Ana", says("followup.thanks.no"))
	w.audit()
}

func TestAFollowUpCanBePutOffTwiceAndNoMore(t *testing.T) {
	t.Parallel()
	w, asked := committed(t)
	w.Presses("Ana", "followup:snooze")
	w.Sees("Ana", says("followup.snoozed"))
	next := intoWork(asked.Add(day))
	w.until(next)
	if n := w.Got("Ana", says("followup.title")); n != 2 {
		t.Fatalf("after putting it off Ana was asked %d times", n)
	}
	w.Presses("Ana", "followup:snooze")
	w.until(intoWork(next.Add(day)))
	w.Presses("Ana", "followup:snooze")
	w.Sees("Ana", says("followup.enough"))
	w.At("Fri 30 Oct 17:00")
	if n := w.Got("Ana", says("followup.title")); n != 3 {
		t.Errorf("Ana was asked %d times", n)
	}
	if n := w.Got("Ana", says("followup.again.title")); n != 1 {
		t.Errorf("Ana was reminded %d times", n)
	}
	w.audit()
}

func TestNotAnyMoreEndsTheQuestions(t *testing.T) {
	t.Parallel()
	w, _ := committed(t)
	w.Presses("Ana", "followup:drop")
	w.Sees("Ana", says("followup.dropped"))
	w.At("Fri 30 Oct 17:00")
	if w.Got("Ana", says("followup.title")) != 1 || w.Got("Ana", says("followup.again.title")) != 0 {
		t.Error("Ana let it go and is asked again")
	}
	w.audit()
}

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
			w.Sees("Ben", says("cancelled.title"), says("cancelled.why.withdrew"))
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
