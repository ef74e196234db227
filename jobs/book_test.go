package jobs

import (
	"slices"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

func TestNobodyBooksForTwoMeetingsOfOnePersonAtOnce(t *testing.T) {
	st, err := store.OpenEmbedded(store.Options{Tenant: "t"})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	c := crewOf(st, Wall{}, newChat(), time.Minute)
	c.Grips = st
	letGo, err := c.hold(t.Context(), []roster.ID{"ben", "ana"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.hold(t.Context(), []roster.ID{"cleo", "ben"}); err == nil || waitOf(err) <= 0 {
		t.Errorf("Ben is held by another booking: %v", err)
	}
	other, err := c.hold(t.Context(), []roster.ID{"cleo"})
	if err != nil {
		t.Errorf("Cleo stays held although Ben could not be: %v", err)
	}
	other()
	letGo()
	again, err := c.hold(t.Context(), []roster.ID{"cleo", "ben"})
	if err != nil {
		t.Errorf("everybody was let go: %v", err)
	}
	again()
}

func TestOurOwnMeetingIsNotInItsWayAndAnotherAtTheSameTimeIs(t *testing.T) {
	at := slots.Window{Start: monday, End: monday.Add(45 * time.Minute)}
	ours := slots.Event{Start: at.Start, End: at.End, Status: "busy"}
	longer := slots.Event{Start: at.Start, End: at.End.Add(time.Minute), Status: "busy"}
	booked := session.Session{Event: "e", Slot: &at}
	for name, c := range map[string]struct {
		x      session.Session
		events []slots.Event
		left   int
	}{
		"ours alone":            {booked, []slots.Event{ours}, 0},
		"another just like it":  {booked, []slots.Event{ours, ours}, 1},
		"another that overlaps": {booked, []slots.Event{longer, ours}, 1},
		"not booked yet":        {session.Session{Slot: &at}, []slots.Event{ours}, 1},
		"nothing":               {booked, nil, 0},
	} {
		if got := without(c.events, c.x); len(got) != c.left {
			t.Errorf("%s: %d are left, want %d", name, len(got), c.left)
		}
	}
}

func TestAPromiseSomebodyMayHaveActedOnHasBegun(t *testing.T) {
	c := crewOf(newMemory(), &hand{monday}, newChat(), time.Minute)
	for state, want := range map[State]bool{"": false, Open: false, Intent: true, Sent: true, Unknown: true, Failed: true} {
		key := "event/" + string(state)
		if state != "" {
			if _, err := c.Store.Save(t.Context(), PromiseNoun, promiseID(key), 0, Row{Key: key, State: state}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := c.Ledger.Begun(t.Context(), key); got != want || err != nil {
			t.Errorf("%q: %v %v, want %v", state, got, err, want)
		}
	}
}

// libraryFor chooses playbooks of ours for a programme that names none.
func libraryFor(t *testing.T, p *Programme) *guides {
	t.Helper()
	library, err := playbooks.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return &guides{library: library, p: p, round: session.Round{Number: 9, At: monday}, done: map[roster.ID][]string{}}
}

func TestTheGuideFollowsFocusAndGoalsAndDoesNotComeBackSoon(t *testing.T) {
	ana := roster.Member{Person: roster.Person{ID: "ana"}, Profile: roster.Profile{Stretch: []string{"empathy"}}}
	ben := roster.Member{Person: roster.Person{ID: "ben"}}
	p := &Programme{ID: "p", Zone: time.UTC, Focus: []string{"giving-feedback", "appreciation"}}
	p.Rounds.First = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC) // the quarter before
	g := libraryFor(t, p)
	b, why, err := g.choose([]roster.Member{ana, ben})
	if err != nil || b.Skill != "appreciation" || why.Code != playbooks.WhyFocus {
		t.Errorf("in the second quarter the focus is appreciation: %s, %v, %v", b.ID, why, err)
	}
	g.done["ben"] = []string{"", b.ID}
	if again, why, err := g.choose([]roster.Member{ana, ben}); err != nil || again.ID == b.ID || again.Skill != "empathy" || why.Code != playbooks.WhyStretch {
		t.Errorf("Ben did %s two rounds ago and Ana wants to practise empathy: %s, %v, %v", b.ID, again.ID, why, err)
	}
	p.Playbooks = []string{"rehearse-it", "listening-sprint"}
	if named, why, err := g.choose([]roster.Member{ana, ben}); err != nil || named.ID != "rehearse-it" || why.Code != "" {
		t.Errorf("the programme names one for round 9: %s, %v, %v", named.ID, why, err)
	}
}

func TestThePairWithTheFewestTimesIsBookedFirst(t *testing.T) {
	c := crewOf(newMemory(), &hand{monday}, newChat(), time.Minute)
	p := c.Programmes["p"]
	k := &calendars{crew: c, p: p, round: 1, guides: libraryFor(t, p),
		within: slots.Window{Start: monday, End: monday.AddDate(0, 0, 7)}, members: map[roster.ID]roster.Member{}, busy: map[string]slots.Calendar{}}
	var groups []match.Group
	for i, from := range []int{1, 5, 3, 0} { // days from which on everybody of the pair is busy; 0 is all of them
		pair := []roster.ID{roster.ID(rune('a' + 2*i)), roster.ID(rune('b' + 2*i))}
		groups = append(groups, match.Group{People: pair})
		for _, id := range pair {
			mail := string(id) + "@example.org"
			k.members[id] = roster.Member{Person: roster.Person{ID: id, Mail: mail}}
			k.busy[mail] = slots.Calendar{Events: []slots.Event{{Start: monday.AddDate(0, 0, from), End: monday.AddDate(0, 0, 8), Status: "busy"}}}
		}
	}
	k.busy["g@example.org"] = slots.Calendar{Events: []slots.Event{{Start: monday.AddDate(0, 0, -1), End: monday.AddDate(0, 0, 8), Status: "busy"}}}
	planned, err := k.plan(groups)
	if err != nil {
		t.Fatal(err)
	}
	var order []roster.ID
	for _, x := range planned {
		order = append(order, x.People[0])
	}
	if want := []roster.ID{"a", "e", "c", "g"}; !slices.Equal(order, want) {
		t.Errorf("booked in the order %v, want %v: who has few times loses them first, who has none has nothing to lose", order, want)
	}
}

func TestWhoGetsTheAppAndIsInNoProgrammeIsToldOnceWhatItIs(t *testing.T) {
	c := crewOf(newMemory(), &hand{monday}, newChat(), time.Minute)
	for range 2 {
		if err := (Desk{c}).Installed(t.Context(), "stranger", true); err != nil {
			t.Fatal(err)
		}
	}
	if err := (Desk{c}).Installed(t.Context(), "stranger", false); err != nil {
		t.Fatal(err)
	}
	due, err := c.Store.Due(t.Context(), monday, 9)
	if err != nil || len(due) != 1 || due[0].Kind != KindReply || due[0].Who != "stranger" {
		t.Errorf("%v %v", due, err)
	}
}
