package session

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

const ana, ben = roster.ID("ana"), roster.ID("ben")

var who = map[string]roster.ID{"ana@example.org": ana, "ben@example.org": ben}

// utc reads a moment like "Mon 2026-10-12 09:00"; the weekday is checked, for a story is read by it.
func utc(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse("Mon 2006-01-02 15:04", s)
	if err != nil || at.Format("Mon") != s[:3] {
		t.Fatalf("%q is no such day: %v", s, err)
	}
	return at
}

func nineToFive(roster.ID) cadence.Office { return cadence.Of(roster.Hours{}, time.UTC) }

func window(t testing.TB, start string, d time.Duration) slots.Window {
	return slots.Window{Start: utc(t, start), End: utc(t, start).Add(d)}
}

// planned is a pair's session made on Monday morning, for Wednesday at ten.
func planned(t testing.TB) Session {
	s := Plan("team", 1, match.Group{People: []roster.ID{ben, ana}}, "tea", 45, slots.Window{}, utc(t, "Mon 2026-10-12 09:00"))
	return s.Choose(window(t, "Wed 2026-10-14 10:00", 45*time.Minute))
}

func booked(t testing.TB) Session {
	t.Helper()
	s, err := planned(t).BookedAs("event", "https://join", utc(t, "Mon 2026-10-12 09:05"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func moved(t testing.TB, s Session, to string, at time.Time) Session {
	t.Helper()
	s, err := s.Choose(window(t, to, 45*time.Minute)).MovedAs(at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func react(t testing.TB, s Session, at time.Time, replies ...Reply) Session {
	t.Helper()
	s, err := s.React(Event{ID: s.Event, When: *s.Slot, Replies: replies}, who, at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var everyState = []State{Planned, Booked, Moving, Asynchronous, Ended, Cancelled}

func TestTheseAreTheOnlyWaysBetweenStates(t *testing.T) {
	ways := map[[2]State]bool{
		{Planned, Booked}: true, {Planned, Asynchronous}: true, {Planned, Cancelled}: true,
		{Booked, Moving}: true, {Booked, Ended}: true, {Booked, Cancelled}: true, {Booked, Asynchronous}: true,
		{Moving, Booked}: true, {Moving, Asynchronous}: true, {Moving, Cancelled}: true,
		{Asynchronous, Ended}: true, {Asynchronous, Cancelled}: true,
	}
	before, now := utc(t, "Mon 2026-10-12 09:00"), utc(t, "Tue 2026-10-13 09:00")
	for _, from := range everyState {
		for _, to := range everyState {
			s := Session{State: from, Since: before}
			err := s.become(to, now)
			switch {
			case from == to:
				if err != nil || !s.Since.Equal(before) {
					t.Errorf("%s again: %v, since %s", to, err, s.Since)
				}
			case ways[[2]State{from, to}]:
				if err != nil || s.State != to || !s.Since.Equal(now) {
					t.Errorf("%s to %s: %v", from, to, err)
				}
			default:
				if err == nil || s.State != from || !s.Since.Equal(before) {
					t.Errorf("%s became %s", from, to)
				}
			}
		}
	}
}

// TestEveryActInEveryState says what each act makes of a session in each state; "" is refused
// or without effect.
func TestEveryActInEveryState(t *testing.T) {
	at := utc(t, "Tue 2026-10-13 09:00")
	slot := window(t, "Wed 2026-10-14 10:00", 45*time.Minute)
	declined := Event{When: slot, Replies: []Reply{{Mail: "Ana@Example.org", Response: "declined"}}}
	acts := map[string]struct {
		do   func(Session) (Session, error)
		want map[State]State
	}{
		"booked":       {func(s Session) (Session, error) { return s.BookedAs("e", "", at) }, map[State]State{Planned: Booked}},
		"moved":        {func(s Session) (Session, error) { return s.MovedAs(at) }, map[State]State{Moving: Booked}},
		"without time": {func(s Session) (Session, error) { return s.WithoutTime(NoTime, at) }, map[State]State{Planned: Asynchronous, Booked: Asynchronous, Moving: Asynchronous}},
		"ends":         {func(s Session) (Session, error) { return s.Ends(at) }, map[State]State{Booked: Ended, Asynchronous: Ended}},
		"declined":     {func(s Session) (Session, error) { return s.React(declined, who, at) }, map[State]State{Booked: Moving}},
		"deleted":      {func(s Session) (Session, error) { return s.React(Event{Gone: true}, who, at) }, map[State]State{Booked: Cancelled}},
		"withdraws":    {func(s Session) (Session, error) { return s.Withdraw(ana, at), nil }, map[State]State{Planned: Cancelled, Booked: Cancelled, Moving: Cancelled, Asynchronous: Cancelled}},
		"erased":       {func(s Session) (Session, error) { return s.Erase(ana, at), nil }, map[State]State{Planned: Cancelled, Booked: Cancelled, Moving: Cancelled, Asynchronous: Cancelled}},
	}
	for name, act := range acts {
		for _, from := range everyState {
			s := planned(t)
			s.State, s.Slot, s.Chosen = from, &slot, from == Moving
			want := act.want[from]
			if want == "" {
				want = from
			}
			if got, err := act.do(s); got.State != want {
				t.Errorf("%s, %s: now %s (%v), want %s", from, name, got.State, err, want)
			}
		}
	}
}

func TestPlanningTwiceIsTheSameSession(t *testing.T) {
	a, b := ID("team", 1, []roster.ID{ben, ana}), ID("team", 1, []roster.ID{ana, ben})
	if a != b || a == ID("team", 2, []roster.ID{ana, ben}) || a == ID("other", 1, []roster.ID{ana, ben}) {
		t.Errorf("%s and %s", a, b)
	}
	if programme, round := RoundOf(a); programme != "team" || round != 1 {
		t.Errorf("%s is of %s, round %d", a, programme, round)
	}
	for _, other := range []string{"", "team.1", "team.x.abc", "a.b.c.d"} {
		if programme, round := RoundOf(other); programme != "" || round != 0 {
			t.Errorf("%q is of %s, round %d", other, programme, round)
		}
	}
	s := planned(t)
	if OfRef(s.Ref()) != s.ID || OfRef("pulse/team.2026-10") != "" {
		t.Error("a button does not name its session")
	}
}

func TestADeclineLooksForAnotherTimeAndNotTheSame(t *testing.T) {
	now := utc(t, "Mon 2026-10-12 11:00")
	s := react(t, booked(t), now, Reply{Mail: "ANA@example.org", Response: "declined"})
	if s.State != Moving || s.Chosen || len(s.Tried) != 1 || !s.Tried[0].Equal(utc(t, "Wed 2026-10-14 10:00")) {
		t.Fatalf("state %s, chosen %v, tried %v", s.State, s.Chosen, s.Tried)
	}
	s = moved(t, s, "Thu 2026-10-15 10:00", now)
	if s.State != Booked || s.Moves != 1 || s.Replies != nil || s.Chosen {
		t.Errorf("%+v", s)
	}
}

func TestAProposedTimeIsWantedAndOnceGrantedNoLongerAWish(t *testing.T) {
	now := utc(t, "Mon 2026-10-12 11:00")
	wish := window(t, "Thu 2026-10-15 15:00", 45*time.Minute)
	for _, response := range []string{"tentative", "declined"} {
		proposal := Reply{Mail: "ben@example.org", Response: response, Proposed: &wish}
		s := react(t, booked(t), now, proposal)
		if s.State != Moving || s.Wanted == nil || !s.Wanted.Start.Equal(wish.Start) {
			t.Fatalf("%s: state %s, wanted %v", response, s.State, s.Wanted)
		}
		s = moved(t, s, "Thu 2026-10-15 15:00", now)
		if s = react(t, s, now, proposal); s.State != Booked {
			t.Errorf("%s: the granted wish is a wish again", response)
		}
	}
}

func TestAfterTheSecondNewTimeADeclineLeadsToWriting(t *testing.T) {
	now := utc(t, "Mon 2026-10-12 11:00")
	no := Reply{Mail: "ana@example.org", Response: "declined"}
	s := moved(t, react(t, booked(t), now, no), "Thu 2026-10-15 10:00", now)
	s = moved(t, react(t, s, now, no), "Fri 2026-10-16 10:00", now)
	s = react(t, s, now, no)
	if s.State != Asynchronous || s.Why != TooOften || s.Slot != nil {
		t.Fatalf("state %s, why %s, slot %v", s.State, s.Why, s.Slot)
	}
	if kinds := kindsOf(s.Steps(nineToFive)); !slices.Contains(kinds, KindCancel) {
		t.Errorf("the event stays in the calendars: %v", kinds)
	}
	if kinds := kindsOf(s.Clear().Steps(nineToFive)); slices.Contains(kinds, KindCancel) {
		t.Errorf("cleared, but still: %v", kinds)
	}
}

func TestWhatPeopleMoveByHandIsFollowedAndNotCountedAgainstThem(t *testing.T) {
	now, s := utc(t, "Mon 2026-10-12 11:00"), booked(t)
	for _, to := range []string{"Thu 2026-10-15 10:00", "Thu 2026-10-15 11:00", "Fri 2026-10-16 10:00"} {
		var err error
		if s, err = s.React(Event{When: window(t, to, time.Hour)}, who, now); err != nil {
			t.Fatal(err)
		}
	}
	if s.State != Booked || s.Moves != 3 || !s.Slot.End.Equal(utc(t, "Fri 2026-10-16 11:00")) {
		t.Fatalf("state %s, moves %d, slot %v", s.State, s.Moves, s.Slot)
	}
	if s = react(t, s, now, Reply{Mail: "ana@example.org", Response: "declined"}); s.State != Moving {
		t.Errorf("the first decline makes it %s", s.State)
	}
}

func TestALongerMeetingIsAskedAboutWhenItIsOver(t *testing.T) {
	s, err := booked(t).React(Event{When: window(t, "Wed 2026-10-14 10:00", time.Hour)}, who, utc(t, "Wed 2026-10-14 10:30"))
	if err != nil || s.Moves != 0 || !s.Slot.End.Equal(utc(t, "Wed 2026-10-14 11:00")) {
		t.Errorf("%v, moves %d, slot %v", err, s.Moves, s.Slot)
	}
}

func TestAfterItsTimeASessionIsNotUndone(t *testing.T) {
	late, s := utc(t, "Wed 2026-10-14 10:45"), booked(t)
	for name, e := range map[string]Event{
		"tidied away": {Gone: true},
		"declined":    {When: *s.Slot, Replies: []Reply{{Mail: "ana@example.org", Response: "declined"}}},
	} {
		if got, err := s.React(e, who, late); err != nil || got.State != Booked {
			t.Errorf("%s: %s, %v", name, got.State, err)
		}
	}
	if got, _ := s.React(Event{When: window(t, "Thu 2026-10-15 10:00", time.Hour)}, who, late); got.Moves != 1 {
		t.Error("put off by hand at the last moment, and not followed")
	}
}

func TestAnEventThatSaysNothingNewChangesNothing(t *testing.T) {
	yes := Reply{Mail: "ben@example.org", Response: "accepted"}
	for name, replies := range map[string][]Reply{
		"nobody answered": {{Mail: "ana@example.org", Response: "none"}, {Mail: "ben@example.org", Response: "none"}},
		"a stranger":      {{Mail: "zoe@example.org", Response: "declined"}},
		"said before":     {yes},
	} {
		var s Session
		if name == "said before" {
			s = stored(t, react(t, booked(t), utc(t, "Mon 2026-10-12 10:00"), yes))
		} else {
			s = stored(t, booked(t))
		}
		if got := react(t, s, utc(t, "Mon 2026-10-12 11:00"), replies...); !reflect.DeepEqual(got, s) {
			t.Errorf("%s changed the session:\n%+v\n%+v", name, s, got)
		}
	}
}

// stored is the session as it comes back from the store.
func stored(t testing.TB, s Session) Session {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Session
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func kindsOf(steps []cadence.Step) []string {
	var kinds []string
	for _, s := range steps {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

func TestWhoWithdrawsHearsNothingMoreAndThePartnerIsTold(t *testing.T) {
	at := utc(t, "Tue 2026-10-13 18:00")
	s := booked(t).Withdraw(ana, at)
	if s.State != Cancelled || s.Why != Withdrew || s.Cleared {
		t.Fatalf("%s, %s", s.State, s.Why)
	}
	if p, ok := s.Next(ana, nineToFive(ana)); ok {
		t.Errorf("ana still hears %s", p.Tag)
	}
	if p, ok := s.Next(ben, nineToFive(ben)); !ok || p.Tag != CalledOff || !p.At.Equal(utc(t, "Wed 2026-10-14 09:00")) {
		t.Errorf("ben hears %+v", p)
	}
	if got := s.Present(); !slices.Equal(got, []roster.ID{ben}) || s.Involves(ana) || len(s.Partners(ben)) != 0 {
		t.Errorf("present %v", got)
	}
	if again := s.Withdraw(ana, at.Add(time.Hour)); !again.Since.Equal(s.Since) {
		t.Error("withdrawing twice is not once")
	}
}

func TestWhoWithdrawsFromAnEndedSessionLeavesThePartnersQuestionsAlone(t *testing.T) {
	end := utc(t, "Wed 2026-10-14 10:45")
	s, _ := booked(t).Ends(end)
	s = s.Withdraw(ana, end)
	if s.State != Ended {
		t.Fatalf("state %s", s.State)
	}
	if _, ok := s.Next(ana, nineToFive(ana)); ok {
		t.Error("ana is asked after she left")
	}
	if p, ok := s.Next(ben, nineToFive(ben)); !ok || p.Tag != CloseUp {
		t.Errorf("ben is asked %+v", p)
	}
}

func TestErasingLeavesNothingThePersonTold(t *testing.T) {
	g := match.Group{People: []roster.ID{ana, ben}, Reasons: []match.Reason{
		{Code: match.StrengthMeetsStretch, From: ana, To: ben, Skill: "empathy"},
		{Code: match.StrengthMeetsStretch, From: ben, To: ana, Skill: "giving-feedback"},
		{Code: match.CommonHours, Minutes: 300},
	}}
	at := utc(t, "Wed 2026-10-14 11:00")
	s := Plan("team", 1, g, "tea", 45, slots.Window{}, at).Choose(window(t, "Wed 2026-10-14 10:00", time.Hour))
	s, _ = s.BookedAs("e", "", at)
	s.Replies = map[roster.ID]string{ana: "accepted", ben: "accepted"}
	s = s.Agree(ana).Close(ana, Closing{Met: true, Conversation: "canary"}, at).Answer(ana, FollowUp{Happened: "yes", Reflection: "canary", Answered: at})
	erased := s.Erase(ana, at)
	if !reflect.DeepEqual(*erased.Parts[ana], Part{Out: true}) {
		t.Errorf("still there: %+v", *erased.Parts[ana])
	}
	if _, said := erased.Replies[ana]; said || len(erased.Reasons) != 1 || erased.Replies[ben] != "accepted" {
		t.Errorf("replies %v, reasons %v", erased.Replies, erased.Reasons)
	}
	if len(s.Reasons) != 3 || s.Parts[ana].Closing == nil || s.Replies[ana] == "" {
		t.Error("erasing changed the session it was given")
	}
	if got := s.Erase("zoe", at); !reflect.DeepEqual(got, s) {
		t.Error("a stranger's erasure changed the session")
	}
}

func TestATimeIsOnlyChosenWhileOneIsLookedFor(t *testing.T) {
	s := booked(t)
	if got := s.Choose(window(t, "Thu 2026-10-15 10:00", time.Hour)); !got.Slot.Start.Equal(s.Slot.Start) {
		t.Error("a booked session got another time without anybody asking")
	}
	if _, err := planned(t).MovedAs(time.Time{}); err == nil {
		t.Error("moved without an event")
	}
	s = react(t, s, utc(t, "Mon 2026-10-12 11:00"), Reply{Mail: "ana@example.org", Response: "declined"})
	if _, err := s.MovedAs(time.Time{}); err == nil {
		t.Error("moved without a new time")
	}
	if _, err := s.BookedAs("other", "", time.Time{}); err == nil {
		t.Error("booked twice")
	}
	if _, err := Plan("team", 1, match.Group{People: []roster.ID{ana}}, "tea", 45, slots.Window{}, time.Time{}).BookedAs("e", "", time.Time{}); err == nil {
		t.Error("booked without a time")
	}
}

func TestHeldAndAnswered(t *testing.T) {
	at := utc(t, "Wed 2026-10-14 11:00")
	s, _ := booked(t).Ends(at)
	if s.Held() || s.Answered() {
		t.Error("nobody said anything yet")
	}
	s = s.Close(ana, Closing{Met: true}, at)
	if !s.Held() || s.Answered() {
		t.Error("one of two said they met")
	}
	s = s.Close(ben, Closing{Met: true, Micro: []string{"listen"}}, at)
	if s.Answered() {
		t.Error("ben's commitment was not followed up")
	}
	if s = s.Drop(ben); !s.Answered() {
		t.Error("not any more is an answer")
	}
}
