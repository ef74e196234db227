package main

import (
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// Stories about when people meet.

// together is Ana and Ben on the day their first meeting was booked.
func together(t *testing.T, people ...employee) *town {
	t.Helper()
	if people == nil {
		people = two()
	}
	w := newTown(t, people)
	w.At("Mon 5 Oct 12:00")
	for _, p := range people {
		w.Join(firstName(p.Name))
	}
	w.At("Wed 7 Oct 10:01")
	return w
}

func TestFindAnotherTimeOffersThreeAndBooksTheChosenOne(t *testing.T) {
	t.Parallel()
	w := together(t)
	before := w.Meeting("Ana").Start
	w.Presses("Ana", "session:another")
	card := w.Sees("Ana", says("times.title"))
	offered := choices(card.Card, "time")
	if len(offered) != 3 {
		t.Fatalf("the card offers %d times: %v", len(offered), offered)
	}
	want := offered[2]
	w.Presses("Ana", "session:take", "time", want)
	w.After(time.Minute)
	if at := w.Meeting("Ben").Start.UTC().Format(time.RFC3339); at != want || w.Meeting("Ben").Start.Equal(before) {
		t.Errorf("Ana chose %s, they meet %s", want, at)
	}
	w.Sees("Ben", says("moved.title", "Ana Alves"), says("moved.text.asked"))
	w.audit()
}

func TestAnotherTimeThatWasTakenMeanwhileGivesTheNextBest(t *testing.T) {
	t.Parallel()
	w := together(t)
	w.Presses("Ana", "session:another")
	want := choices(w.Sees("Ana", says("times.title")).Card, "time")[1]
	at, err := time.Parse(time.RFC3339, want)
	w.must(err)
	w.must(w.tenant.Appoint(string(w.id("Ben")), m365sim.Appointment{Start: at, End: at.Add(time.Hour)}))
	w.Presses("Ana", "session:take", "time", want)
	w.After(time.Minute)
	if e := w.Meeting("Ana"); e.Start.Equal(at) || !intoWork(e.Start).Equal(e.Start) {
		t.Errorf("Ben is busy at %s; they meet %s", want, e.Start)
	}
	w.audit()
}

func TestKeepingThePresentTimeChangesNothing(t *testing.T) {
	t.Parallel()
	w := together(t)
	before := w.Meeting("Ana").Start
	w.Presses("Ana", "session:another")
	w.Presses("Ana", "session:keep")
	w.After(time.Hour)
	if at := w.Meeting("Ana").Start; !at.Equal(before) {
		t.Errorf("the meeting moved to %s although Ana kept it", at)
	}
	w.Sees("Ana", says("times.kept"))
	w.audit()
}

func TestAnotherTimeIsChosenAtMostThreeTimesAndAnOldCardDoesNothing(t *testing.T) {
	t.Parallel()
	w := together(t)
	for range session.MostAsked {
		w.Presses("Ana", "session:another")
		w.Presses("Ana", "session:take", "time", choices(w.Sees("Ana", says("times.title")).Card, "time")[0])
		w.After(time.Minute)
	}
	at := w.Meeting("Ana").Start
	w.Presses("Ana", "session:another")
	w.Sees("Ana", says("times.none"))
	if !w.Meeting("Ana").Start.Equal(at) {
		t.Error("it moved once more")
	}
	w.audit()
}

// choices are the values that a card's input offers.
func choices(card map[string]any, id string) (values []string) {
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if v["id"] == id {
				for _, c := range v["choices"].([]any) {
					values = append(values, c.(map[string]any)["value"].(string))
				}
				return
			}
			for _, k := range []string{"body", "items", "columns"} {
				walk(v[k])
			}
		}
	}
	walk(card)
	return values
}

func TestWhoWillBeOutOfOfficeThenMeetsAnotherDay(t *testing.T) {
	t.Parallel()
	w := together(t)
	first := w.Meeting("Ana").Start
	noon := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, berlin)
	w.must(w.tenant.Appoint(string(w.id("Ben")), m365sim.Appointment{Start: noon, End: noon.AddDate(0, 0, 1), Status: "oof"}))
	w.After(13 * time.Hour)
	if at := w.Meeting("Ana").Start; at.In(berlin).YearDay() == first.In(berlin).YearDay() {
		t.Errorf("Ben is away all of %s and they still meet then", at)
	}
	w.Sees("Ana", says("moved.title", "Ben Brandt"), says("moved.text.away"))
	w.audit()
}

func TestAnOrdinaryAppointmentOverTheMeetingIsTheirOwnChoice(t *testing.T) {
	t.Parallel()
	w := together(t)
	first := w.Meeting("Ana")
	w.must(w.tenant.Appoint(string(w.id("Ben")), m365sim.Appointment{Start: first.Start, End: first.End}))
	w.After(13 * time.Hour)
	if at := w.Meeting("Ana").Start; !at.Equal(first.Start) {
		t.Errorf("moved to %s", at)
	}
	w.audit()
}

func TestWhoMovesToTheOtherSideOfTheWorldMeetsInCommonHours(t *testing.T) {
	t.Parallel()
	w := together(t)
	w.must(w.tenant.Relocate(string(w.id("Ben")), "Asia/Tokyo", 13*60, 21*60)) // 13:00 there is 6:00 in Berlin, 21:00 is 14:00
	w.After(25 * time.Hour)
	at := w.Meeting("Ana").Start
	if h := at.In(place("Asia/Tokyo")).Hour(); h < 13 || h >= 21 || !intoWork(at).Equal(at) {
		t.Errorf("they meet %s, which is %s in Tokyo", at.In(berlin), at.In(place("Asia/Tokyo")))
	}
	w.audit()
}

func TestATimeGivenByHandStaysWhateverWeThinkOfIt(t *testing.T) {
	t.Parallel()
	w := together(t)
	evening := on("Thu 8 Oct 21:00")
	x := w.sessions("Ana")[0]
	w.must(w.app.crew.Programmes["peers"].Calendar.Move(t.Context(), x.Event, slots.Window{Start: evening, End: evening.Add(45 * time.Minute)}))
	w.After(6 * time.Hour)
	if at := w.Meeting("Ana").Start; !at.Equal(evening) {
		t.Errorf("they wanted %s and meet %s", evening, at)
	}
	w.Sees("Ben", says("moved.text.hand"))
	w.audit()
}

// Declined three times with others about: each of the two meets somebody else.
func TestWhoFindNoTimeTogetherMeetSomebodyElse(t *testing.T) {
	t.Parallel()
	people := append(three(), employee{Name: "Dora Diaz"})
	w := newTown(t, people)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.Meeting("Ana")
	w.Join("Cleo") // nobody waits for a partner: Cleo takes part from the next round on
	w.At("Wed 7 Oct 10:30")
	w.NoMeeting("Cleo")
	// Two who joined late wait beside the pair.
	w.Join("Dora")
	w.must(w.leave("Cleo", "Dora"))
	for _, who := range []string{"Ana", "Ben", "Ana"} {
		w.Responds(who, "decline")
		w.After(time.Hour)
	}
	for _, who := range []string{"Ana", "Ben"} {
		w.Sees(who, says("cancelled.why.declined"))
		x := w.sessions(who)
		if last := x[len(x)-1]; len(x) != 2 || last.State != session.Booked {
			t.Errorf("%s: %+v", who, x)
		}
		for _, a := range w.Meeting(who).Attendees {
			if a.Name == w.people[map[string]string{"Ana": "Ben", "Ben": "Ana"}[who]].Name {
				t.Error("they were put together again")
			}
		}
	}
	w.audit()
}

// leave notes that the running round has no partner for these people.
func (w *town) leave(who ...string) error {
	var r session.Round
	v, err := w.store.Load(w.Context(), session.RoundNoun, session.RoundID("peers", 1), &r)
	if err != nil {
		return err
	}
	for _, name := range who {
		r.Left = append(r.Left, match.Left{ID: w.id(name), Reason: match.Reason{Code: match.NobodyElse}})
	}
	_, err = w.store.Save(w.Context(), session.RoundNoun, session.RoundID("peers", 1), v, r, r.Steps())
	return err
}

func TestWhoJoinsWhileSomebodyWaitsMeetsThemAtOnce(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana")
	w.At("Wed 7 Oct 10:01")
	w.Sees("Ana", says("say.unpaired"))
	w.At("Thu 8 Oct 09:30")
	w.Join("Ben")
	w.After(time.Minute)
	if !w.Meeting("Ana").Start.Equal(w.Meeting("Ben").Start) {
		t.Error("Ana waited for a partner and Ben came: they do not meet")
	}
	w.audit()
}

// One person in two programmes is never booked twice at one time, whichever books first.
func TestTwoProgrammesNeverTakeTheSameHourOfAPerson(t *testing.T) {
	t.Parallel()
	// Ben is free for an hour and a half only, in which one conversation fits.
	people := two()
	people[1].Busy = []m365sim.Appointment{{Start: on("Mon 5 Oct 00:00"), End: on("Tue 13 Oct 10:00")}, {Start: on("Tue 13 Oct 11:00"), End: on("Wed 28 Oct 00:00")}}
	w := newTown(t, people, where(func(c *config.Config) {
		second := c.Programmes[0]
		second.ID, second.Name = "second", "Second"
		c.Programmes = append(c.Programmes, second)
	}))
	w.At("Mon 5 Oct 12:00")
	for _, who := range []string{"Ana", "Ben"} {
		for _, id := range []string{"peers", "second"} {
			w.accept(id, who)
		}
	}
	w.At("Wed 7 Oct 12:00")
	booked, written := 0, 0
	w.must(each(t.Context(), w.store, session.Noun, func(x session.Session) {
		switch x.State {
		case session.Booked:
			booked++
		case session.Asynchronous:
			written++
		}
	}))
	if booked != 1 || written != 1 {
		t.Errorf("%d are booked and %d in writing; only one hour is free", booked, written)
	}
	w.audit()
}

// accept writes down the yes of a member of a programme.
func (w *town) accept(programme, who string) {
	w.Helper()
	var m roster.Member
	id := programme + "." + string(w.id(who))
	v, err := w.store.Load(w.Context(), jobs.MemberNoun, id, &m)
	w.must(err)
	_, err = w.store.Save(w.Context(), jobs.MemberNoun, id, v, m.Accept("1", roster.Profile{}, w.clock.Now()), nil)
	w.must(err)
}

// Ana in Berlin and Ben in Los Angeles share half an hour. Both lend one: what it asks of them is
// carried, told to its owner alone, and next time it is the other's turn.
func TestWhatTheHoursAskIsCarriedAndTakenInTurns(t *testing.T) {
	t.Parallel()
	people := []employee{{Name: "Ana Alves", From: "10:00", Until: "18:00"}, {Name: "Ben Brandt", Zone: "America/Los_Angeles", From: "08:30", Until: "16:30"}}
	w := newTown(t, people, where(func(c *config.Config) {
		c.Programmes[0].Session.Playbooks = c.Programmes[0].Session.Playbooks[:1]
	}))
	w.At("Mon 5 Oct 19:00") // ten in the morning in Los Angeles
	w.Join("Ana", "Ben")
	w.Types("Ana", "settings")
	w.Presses("Ana", "member:set", "flex", "late")
	w.Types("Ben", "settings")
	w.Presses("Ben", "member:set", "flex", "early")
	if p := w.member("Ana").Profile; p.Flex != "late" {
		t.Fatalf("Ana lends an hour, and it is kept as %+v", p)
	}
	var burdened []roster.ID
	for range 4 {
		w.After(14 * day)
		for _, who := range []string{"Ana", "Ben"} {
			for _, b := range w.member(who).Burdens {
				if b.Minutes > 0 && w.clock.Now().Sub(b.At) < 14*day {
					burdened = append(burdened, w.id(who))
				}
			}
		}
	}
	if len(burdened) < 2 { // in the week between the two ends of summer time they share more, and ask nothing
		t.Fatalf("%d sessions asked something of somebody", len(burdened))
	}
	for i, id := range burdened[1:] {
		if id == burdened[i] {
			t.Errorf("the same person met outside their hours twice running: %v", burdened)
		}
	}
	for _, who := range []string{"Ana", "Ben"} {
		w.Types(who, "what do you know about me")
		w.Sees(who, says("data.title"), says("data.carried"))
	}
	w.audit()
}

func TestWhySaysHowATimeWasFoundAndNamesNobody(t *testing.T) {
	t.Parallel()
	w := together(t)
	x := w.sessions("Ana")[0]
	scene, err := w.app.crew.Scene(t.Context(), x.ID)
	w.must(err)
	var b strings.Builder
	printWhy(&b, scene)
	for _, want := range []string{x.ID, "booked", "starts", "time zones 2026"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	for _, name := range []string{"Ana", "Ben", "@"} {
		if strings.Contains(strings.ReplaceAll(b.String(), scene.Playbook.Title, ""), name) {
			t.Errorf("%q is in\n%s", name, b.String())
		}
	}
	w.Sees("Ana", says("why.title"))
	for _, bad := range []string{"nobody.1.x", "peers.1.0123"} {
		if _, err := w.app.crew.Scene(t.Context(), bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
