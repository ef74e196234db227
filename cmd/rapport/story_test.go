package main

import (
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
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

// After a conversation on a Monday the forty-eight hours end at work: not an hour sooner, not
// a day later.
func TestACommitmentIsAskedAboutFortyEightHoursLaterToTheMinute(t *testing.T) {
	t.Parallel()
	people := two()
	people[1].Busy = busy("Wed 7 Oct 00:00", "Mon 12 Oct 00:00")
	w := newTown(t, people)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.until(w.Meeting("Ana").End.Add(7 * time.Minute))
	told := w.clock.Now()
	if d := told.In(berlin).Weekday(); d != time.Monday && d != time.Tuesday && d != time.Wednesday {
		t.Fatalf("they meet on a %s: this story proves nothing", d)
	}
	w.Presses("Ana", "closing:answer", "met", "yes", "conversation", "a word with Dan")
	w.After(3 * day)
	w.GotAt(told.Add(48*time.Hour), "Ana", says("followup.title"))
	w.audit()
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
	if button(w.Sees("Ana", says("followup.title")).Card, "followup:snooze") != nil {
		t.Error("Ana may put it off a third time")
	}
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
