package session

import (
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// line is one prompt of a story: what, and when.
type line struct{ tag, at string }

// hears plays a session for one person who answers nothing: every prompt is told when it is
// due, or passed over when it came too late, until nothing is left or the count is reached.
func hears(t testing.TB, s Session, id roster.ID, office cadence.Office, most int) (Session, []line) {
	t.Helper()
	var story []line
	for range most {
		p, ok := s.Next(id, office)
		if !ok {
			break
		}
		if !p.At.Before(p.Until) {
			t.Fatalf("%s is due at %s and stale at %s", p.Tag, p.At, p.Until)
		}
		story = append(story, line{p.Tag, p.At.Format("Mon 2006-01-02 15:04")})
		s = s.Tell(id, p.Tag, p.At).Hear(id, s.Moves)
	}
	return s, story
}

func expect(t testing.TB, got []line, want ...line) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("missing %v", want[i])
		case i >= len(want):
			t.Errorf("too much: %v", got[i])
		case got[i] != want[i]:
			t.Errorf("%d: %v, want %v", i, got[i], want[i])
		}
	}
}

func TestTheUsualStoryOfAPairThatSaysNothing(t *testing.T) {
	_, story := hears(t, booked(t), ana, nineToFive(ana), 20)
	expect(t, story,
		line{"pairing", "Mon 2026-10-12 09:05"},
		line{"prepare-0", "Tue 2026-10-13 10:00"},
		line{"guide-0", "Wed 2026-10-14 10:00"},
		line{"closing", "Wed 2026-10-14 10:45"},
		line{"closing-again", "Thu 2026-10-15 10:45"},
	)
}

func TestThePreparationComesADayBeforeAndAtWork(t *testing.T) {
	partTime := cadence.Of(roster.Hours{Days: []time.Weekday{time.Tuesday, time.Thursday}, Start: "08:00", End: "12:00"}, time.UTC)
	usual := nineToFive(ana)
	for name, c := range map[string]struct {
		office             cadence.Office
		made, start, heard string
	}{
		"the same time the day before":         {usual, "Mon 2026-10-12 09:05", "Wed 2026-10-14 10:00", "Tue 2026-10-13 10:00"},
		"on Friday of a Monday conversation":   {usual, "Mon 2026-10-12 09:05", "Mon 2026-10-19 09:00", "Fri 2026-10-16 09:00"},
		"before closing time of an evening":    {usual, "Mon 2026-10-12 09:05", "Wed 2026-10-14 19:00", "Tue 2026-10-13 16:00"},
		"on the last working day of part time": {partTime, "Mon 2026-10-12 09:05", "Tue 2026-10-20 09:00", "Thu 2026-10-15 09:00"},
		"at once if there is less than a day":  {usual, "Wed 2026-10-14 09:05", "Wed 2026-10-14 15:00", "Wed 2026-10-14 09:05"},
		"in the morning of a late booking":     {usual, "Tue 2026-10-13 18:00", "Wed 2026-10-14 15:00", "Wed 2026-10-14 09:00"},
		"never at the start itself":            {usual, "Fri 2026-10-16 18:00", "Mon 2026-10-19 09:00", ""},
	} {
		s := Plan("team", 1, match.Group{People: []roster.ID{ana, ben}}, "tea", 45, slots.Window{}, utc(t, c.made))
		s, err := s.Choose(window(t, c.start, time.Hour)).BookedAs("e", "", utc(t, c.made))
		if err != nil {
			t.Fatal(err)
		}
		_, story := hears(t, s, ana, c.office, 3)
		heard := ""
		for _, l := range story {
			if l.tag == "prepare-0" {
				heard = l.at
			}
		}
		if heard != c.heard {
			t.Errorf("%s: prepared at %q, want %q (%v)", name, heard, c.heard, story)
		}
	}
}

func TestAMovedSessionIsPreparedAndGuidedAnew(t *testing.T) {
	s, _ := hears(t, booked(t), ana, nineToFive(ana), 3) // pairing, preparation, guide: and then somebody is ill
	at := utc(t, "Wed 2026-10-14 10:05")
	s = moved(t, react(t, s, at, Reply{Mail: "ben@example.org", Response: "declined"}), "Mon 2026-10-19 11:00", at)
	_, story := hears(t, s, ana, nineToFive(ana), 20)
	expect(t, story,
		line{"moved-1", "Wed 2026-10-14 10:05"},
		line{"prepare-1", "Fri 2026-10-16 11:00"},
		line{"guide-1", "Mon 2026-10-19 11:00"},
		line{"closing", "Mon 2026-10-19 11:45"},
		line{"closing-again", "Tue 2026-10-20 11:45"},
	)
}

func TestAShortDelayIsNotPreparedTwice(t *testing.T) {
	s, _ := hears(t, booked(t), ana, nineToFive(ana), 2)
	s, err := s.React(Event{When: window(t, "Wed 2026-10-14 11:00", time.Hour)}, who, utc(t, "Wed 2026-10-14 09:30"))
	if err != nil {
		t.Fatal(err)
	}
	_, story := hears(t, s, ana, nineToFive(ana), 2)
	expect(t, story, line{"moved-1", "Wed 2026-10-14 09:30"}, line{"guide-1", "Wed 2026-10-14 11:00"})
}

func TestWhoDidNotHearOfTheOldTimeHearsOnlyOfTheNew(t *testing.T) {
	at := utc(t, "Mon 2026-10-12 09:10")
	s := moved(t, react(t, booked(t), at, Reply{Mail: "ben@example.org", Response: "declined"}), "Thu 2026-10-15 10:00", at)
	_, story := hears(t, s, ana, nineToFive(ana), 2)
	expect(t, story, line{"pairing", "Mon 2026-10-12 09:10"}, line{"prepare-1", "Wed 2026-10-14 10:00"})
}

func TestACommitmentIsAskedAboutOnceAndRemindedOfOnce(t *testing.T) {
	end := utc(t, "Wed 2026-10-14 10:45")
	s, _ := booked(t).Ends(end)
	s = s.Tell(ana, CloseUp, end).Close(ana, Closing{At: end, Met: true, Conversation: "Sam"}, nineToFive(ana).FollowUpAt(end))
	_, story := hears(t, s, ana, nineToFive(ana), 20)
	expect(t, story, line{"followup-0", "Fri 2026-10-16 10:45"}, line{"remind-0", "Mon 2026-10-19 09:00"})
}

func TestWithoutACommitmentNothingIsAsked(t *testing.T) {
	end := utc(t, "Wed 2026-10-14 10:45")
	s, _ := booked(t).Ends(end)
	for name, c := range map[string]Closing{
		"not met":            {Conversation: "Sam"},
		"met, chose nothing": {Met: true, Understood: 4},
	} {
		if _, story := hears(t, s.Close(ana, c, end), ana, nineToFive(ana), 5); len(story) > 0 {
			t.Errorf("%s: asked %v", name, story)
		}
	}
}

func TestAFollowUpIsPutOffAtMostTwice(t *testing.T) {
	end := utc(t, "Wed 2026-10-14 10:45")
	s, _ := booked(t).Ends(end)
	s = s.Close(ana, Closing{Met: true, Micro: []string{"listen"}}, utc(t, "Fri 2026-10-16 10:45"))
	for i, day := range []string{"Mon 2026-10-19 10:00", "Tue 2026-10-20 10:00", "Wed 2026-10-21 10:00"} {
		next, ok := s.Snooze(ana, utc(t, day))
		if ok != (i < MostSnoozes) {
			t.Fatalf("snooze %d: %v", i+1, ok)
		}
		s = next
	}
	_, story := hears(t, s, ana, nineToFive(ana), 20)
	expect(t, story, line{"followup-2", "Tue 2026-10-20 10:00"}, line{"remind-2", "Thu 2026-10-22 10:00"})
	if _, ok := s.Drop(ana).Snooze(ana, end); ok {
		t.Error("put off what was dropped")
	}
	if _, story := hears(t, s.Answer(ana, FollowUp{Answered: end, Happened: "no"}), ana, nineToFive(ana), 5); len(story) > 0 {
		t.Errorf("answered, and still asked %v", story)
	}
	if _, ok := s.Snooze("zoe", end); ok {
		t.Error("a stranger put it off")
	}
}

func TestAnswersAreKeptAsTheyWereFirstGivenInTime(t *testing.T) {
	end, due := utc(t, "Wed 2026-10-14 10:45"), utc(t, "Fri 2026-10-16 10:45")
	s := booked(t).Close(ana, Closing{At: end, Met: true, Conversation: "Sam"}, due)
	s = s.Close(ana, Closing{At: end.Add(time.Hour), Met: true, Conversation: "Kim"}, due.Add(time.Hour))
	part := s.Parts[ana]
	if !part.Closing.At.Equal(end) || part.Closing.Conversation != "Kim" || !part.FollowUp.Due.Equal(due) {
		t.Errorf("%+v %+v", part.Closing, part.FollowUp)
	}
	s = s.Answer(ana, FollowUp{Answered: due, Happened: "no"})
	s = s.Answer(ana, FollowUp{Answered: due.Add(time.Hour), Happened: "yes"})
	if f := s.Parts[ana].FollowUp; f.Happened != "yes" || !f.Answered.Equal(due) || !f.Due.Equal(due) {
		t.Errorf("%+v", f)
	}
	if s = s.Close(ana, Closing{Met: false}, due); s.Parts[ana].Closing.Conversation != "Kim" {
		t.Error("what was followed up is rewritten")
	}
	if s = s.Answer(ben, FollowUp{Happened: "yes"}); s.Parts[ben].FollowUp != nil {
		t.Error("an answer without a question")
	}
}

func TestAQuestionNobodyCouldShowIsMadeUpForByItsReminder(t *testing.T) {
	end := utc(t, "Wed 2026-10-14 10:45")
	s, _ := booked(t).Ends(end)
	unreachable := s.PassOver(ana, CloseUp, end)
	if p, ok := unreachable.Next(ana, nineToFive(ana)); !ok || p.Tag != CloseLate || !p.Until.Equal(end.Add(staleAfter)) {
		t.Errorf("%+v", p)
	}
	tooLate := s.PassOver(ana, CloseUp, end.Add(staleAfter))
	if p, ok := tooLate.Next(ana, nineToFive(ana)); ok {
		t.Errorf("a week later nobody is asked: %+v", p)
	}
}

func TestDuringABreakNobodyIsAskedHowItWas(t *testing.T) {
	end := utc(t, "Wed 2026-10-14 10:45")
	s, _ := booked(t).Ends(end)
	s = s.Drop(ana)
	if p, ok := s.Next(ana, nineToFive(ana)); ok {
		t.Errorf("asked %s", p.Tag)
	}
	if _, ok := s.Next(ben, nineToFive(ben)); !ok {
		t.Error("ben is not asked")
	}
	s = s.Close(ana, Closing{Met: true, Conversation: "Sam"}, utc(t, "Fri 2026-10-16 10:45"))
	if p, ok := s.Next(ana, nineToFive(ana)); !ok || p.Kind != KindAsk {
		t.Error("whoever answers all the same is followed up")
	}
}

func TestTheAsynchronousFormIsClosedOnce(t *testing.T) {
	since := utc(t, "Thu 2026-10-15 18:00")
	s, err := planned(t).WithoutTime(NoHours, since)
	if err != nil {
		t.Fatal(err)
	}
	s, story := hears(t, s, ana, nineToFive(ana), 2)
	expect(t, story, line{"async", "Fri 2026-10-16 09:00"}, line{"closing", "Mon 2026-10-19 09:00"})
	s, _ = s.Ends(utc(t, "Mon 2026-10-19 09:00"))
	_, story = hears(t, s, ana, nineToFive(ana), 5)
	expect(t, story, line{"closing-again", "Tue 2026-10-20 09:00"})
}

func TestPartTimePeopleAreToldOfTheAsynchronousFormToo(t *testing.T) {
	midweek := func(roster.ID) cadence.Office {
		return cadence.Of(roster.Hours{Days: []time.Weekday{time.Tuesday, time.Wednesday, time.Thursday}}, time.UTC)
	}
	s, _ := planned(t).WithoutTime(NoTime, utc(t, "Thu 2026-10-15 17:30"))
	for _, step := range s.Steps(midweek) {
		if step.Kind == KindEnd && step.At.Before(utc(t, "Fri 2026-10-23 09:00")) {
			t.Errorf("over at %s, before it began", step.At)
		}
	}
	_, story := hears(t, s, ana, midweek(ana), 2)
	expect(t, story, line{"async", "Tue 2026-10-20 09:00"}, line{"closing", "Tue 2026-10-27 09:00"})
}

func TestWhoNeverHeardOfTheAsynchronousFormIsNotAskedHowItWas(t *testing.T) {
	s, _ := planned(t).WithoutTime(NoTime, utc(t, "Mon 2026-10-12 10:00"))
	s = s.PassOver(ana, ByWriting, utc(t, "Mon 2026-10-12 10:00"))
	if p, ok := s.Next(ana, nineToFive(ana)); ok {
		t.Errorf("asked %s", p.Tag)
	}
}

func TestARoundIsBookedThenRepairedThenQuiet(t *testing.T) {
	at := utc(t, "Mon 2026-10-12 09:00")
	r := Round{Programme: "team", Number: 3, Since: at}
	if kinds := kindsOf(r.Steps()); len(kinds) != 1 || kinds[0] != KindRoundBook {
		t.Errorf("new: %v", kinds)
	}
	r.Open = true
	if len(r.Steps()) != 0 {
		t.Errorf("open: %v", r.Steps())
	}
	freed := r.Free([]roster.ID{ben, ana}, at).Free([]roster.ID{ana}, at)
	if len(freed.Freed) != 2 || freed.Freed[0] != ana || len(r.Freed) != 0 {
		t.Errorf("freed %v, before %v", freed.Freed, r.Freed)
	}
	if kinds := kindsOf(freed.Steps()); len(kinds) != 1 || kinds[0] != KindRoundRepair {
		t.Errorf("freed: %v", kinds)
	}
}

func TestWhoSatAloneMetNobody(t *testing.T) {
	h := Meetings([]Round{{Number: 1, Groups: []match.Group{{People: []roster.ID{ana, ben}}, {People: []roster.ID{"zoe"}}}}})
	if len(h) != 1 || h[0].Round != 1 || len(h[0].People) != 2 {
		t.Errorf("%v", h)
	}
}

func TestWhoHeardOfTheOldTimeHearsOfTheNewHoweverSoonItMoved(t *testing.T) {
	s := booked(t)
	s = s.Tell(ana, Pairing, s.Since).Hear(ana, s.Moves)
	s = moved(t, react(t, s, s.Since, Reply{Mail: "ben@example.org", Response: "declined"}), "Mon 2026-10-19 11:00", s.Since) // in the same moment
	if p, ok := s.Next(ana, nineToFive(ana)); !ok || p.Tag != "moved-1" {
		t.Errorf("Ana was told the old time and hears %+v", p)
	}
	if p, _ := s.Hear(ana, 1).Next(ana, nineToFive(ana)); p.Tag == "moved-1" {
		t.Error("Ana hears of a time twice")
	}
}
