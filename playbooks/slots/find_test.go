package slots

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// simple is Ana and Ben in London for a week from Monday, 8 June 2026, an hour to find.
func simple() Request {
	start := time.Date(2026, 6, 8, 0, 0, 0, 0, time.UTC)
	return Request{
		Now: start, Window: Window{start, start.AddDate(0, 0, 7)}, Duration: time.Hour, Step: Grid,
		People: []Participant{{ID: "ana", Zone: zone.Ref{Name: "Europe/London"}}, {ID: "ben", Zone: zone.Ref{Name: "Europe/London"}}},
	}
}

func TestPickInCoreHoursIsHumane(t *testing.T) {
	a := Find(simple())
	// Two days to prepare, not in the first half hour of work: Wednesday 9:30 in London.
	if want := time.Date(2026, 6, 10, 8, 30, 0, 0, time.UTC); !a.Pick.Start.Equal(want) {
		t.Errorf("pick is %v, want %v", a.Pick.Start, want)
	}
	if len(a.Ranked) != 3 || a.Ranked[1].Start.Day() != 11 {
		t.Errorf("ranked %v", a.Ranked)
	}
	if last := a.Runs[len(a.Runs)-1].Last; last.Weekday() != time.Friday || last.Hour() != 15 {
		t.Errorf("the last start is %v", last)
	}
}

func TestFridayAfternoonComesLast(t *testing.T) {
	r := simple()
	r.Window.Start = time.Date(2026, 6, 12, 0, 0, 0, 0, time.UTC) // only Friday is left
	r.Now = r.Window.Start.AddDate(0, 0, -3)
	if a := Find(r); a.Pick.Start.Hour() != 8 || a.Pick.Start.Minute() != 30 {
		t.Errorf("pick is %v", a.Pick.Start)
	}
}

func TestTentativeTimeIsAvoidedWhenItDoesNotBlock(t *testing.T) {
	r := simple()
	r.Policy.TentativeIsFree = true
	wednesday := time.Date(2026, 6, 10, 0, 0, 0, 0, time.UTC)
	r.People[0].Events = []Event{{Start: wednesday, End: wednesday.Add(12 * time.Hour), Status: "tentative"}}
	if a := Find(r); a.Pick.Start.Hour() != 12 || a.Pick.Start.Day() != 10 {
		t.Errorf("pick is %v", a.Pick.Start)
	}
}

func TestWhyTellsWhoIsInconvenienced(t *testing.T) {
	r := simple()
	r.People[1].Zone.Name = "Asia/Tokyo"
	r.People[1].FlexAfter = 3 * time.Hour
	w := Find(r).Why()
	if w.Tier != Stretch || !reflect.DeepEqual(w.Outside, []Cost{{"ben", 60}}) || w.Counts.Limits == 0 || w.Zones != zone.Version() {
		t.Errorf("%+v", w)
	}
	r.People[1].FlexAfter = 0
	if w = Find(r).Why(); w.Status != None || w.Reason != InHours || w.Outside != nil {
		t.Errorf("%+v", w)
	}
}

func TestDoubtfulPeopleAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Request)
		status Status
		who    []string
	}{
		"no zone":          {func(r *Request) { r.People[1].Zone = zone.Ref{} }, InvalidZone, []string{"ben"}},
		"unknown zones":    {func(r *Request) { r.People[0].Zone.Name, r.People[1].Zone.Name = "X", "Local" }, InvalidZone, []string{"ana", "ben"}},
		"unknown hours":    {func(r *Request) { r.People[0].HoursZone.Name = "Nowhere" }, InvalidZone, []string{"ana"}},
		"mailbox silent":   {func(r *Request) { r.People[0].Problem = "ErrorX" }, NoCalendar, []string{"ana"}},
		"zone error first": {func(r *Request) { r.People[0].Problem, r.People[1].Zone.Name = "ErrorX", "X" }, InvalidZone, []string{"ben"}},
		"assumed free":     {func(r *Request) { r.People[0].Problem, r.Policy.AssumeFree = "ErrorX", true }, OK, nil},
		"fallback zone":    {func(r *Request) { r.People[1].Zone.Name, r.Policy.FallbackZone.Name = "X", "Europe/Paris" }, OK, nil},
		"bad fallback":     {func(r *Request) { r.People[1].Zone.Name, r.Policy.FallbackZone.Name = "X", "Y" }, InvalidZone, []string{"ben"}},
	} {
		r := simple()
		c.change(&r)
		if a := Find(r); a.Status != c.status || !slices.Equal(a.Who, c.who) {
			t.Errorf("%s: %s %v", name, a.Status, a.Who)
		}
	}
}

func TestAssumedFreeIgnoresWhatWasSeenOfTheCalendar(t *testing.T) {
	r := simple()
	r.Policy.AssumeFree = true
	r.People[0].Problem = "ErrorX"
	r.People[0].Events = []Event{{r.Window.Start, r.Window.End, "busy", ""}}
	if a := Find(r); a.Status != OK {
		t.Errorf("%+v", a.Why())
	}
}

func TestHoursAreReadInTheZoneTheyAreKeptIn(t *testing.T) {
	r := simple() // Ana moved to London, her mailbox still keeps New York hours
	r.People[0].HoursZone.Name = "America/New_York"
	a := Find(r)
	if first := a.Runs[0].First; first.Hour() != 13 {
		t.Errorf("first common hour is %v, want 9 in New York", first)
	}
}

func TestDaysOffAreDatesOfThePersonsOwnZone(t *testing.T) {
	r := simple() // Ana is in Auckland and works in London's night; Monday is Monday in Auckland
	r.People = r.People[:1]
	r.People[0].Zone.Name, r.People[0].HoursZone.Name = "Pacific/Auckland", "Europe/London"
	r.People[0].Hours = []Range{{EveryDay, 0, 0}}
	monday := Date(r.Window.Start.Unix() / day)
	r.People[0].DaysOff = []Date{monday, monday + 2}
	for _, s := range starts(Find(r).Some, r.Step) {
		d := dateOf(s.Add(12 * time.Hour))
		if e := dateOf(s.Add(12*time.Hour + r.Duration - 1)); d == monday || d == monday+2 || e == monday+2 {
			t.Fatalf("%v is on a day off", s)
		}
	}
}

func TestTentativeMeetingsCountOnlyIfTheyBlock(t *testing.T) {
	for free, want := range map[bool]Status{true: OK, false: None} {
		r := simple()
		r.Policy.TentativeIsFree = free
		r.Window.End = r.Window.Start.AddDate(0, 0, 1)
		r.People[0].MaxPerDay = 1
		r.People[0].Events = []Event{{r.Window.Start, r.Window.Start.Add(time.Hour), "Tentative", ""}}
		if a := Find(r); a.Status != want || want == None && a.Reason != InLimits {
			t.Errorf("tentative is free: %v, %+v", free, a.Why())
		}
	}
}

func TestForReadsPersonAndCalendar(t *testing.T) {
	london, tokyo := zone.Ref{Name: "GMT Standard Time"}, zone.Ref{Name: "Tokyo Standard Time"}
	weekdays := []time.Weekday{time.Monday, time.Tuesday}
	own := roster.Hours{Days: weekdays, Start: "08:00:00.0000000", End: "16:30", Zone: london}
	theirs := &roster.Hours{Days: weekdays, Start: "10:00", End: "19:00", Zone: tokyo}
	own0, theirs0 := Range{DaysOf(weekdays...), 8 * time.Hour, 16*time.Hour + 30*time.Minute}, Range{DaysOf(weekdays...), 10 * time.Hour, 19 * time.Hour}
	for name, c := range map[string]struct {
		person   roster.Person
		calendar Calendar
		want     Participant
	}{
		"own hours win":        {roster.Person{ID: "a", Zone: london, Hours: own}, Calendar{Hours: theirs}, Participant{ID: "a", Zone: london, HoursZone: london, Hours: []Range{own0}}},
		"else the calendar's":  {roster.Person{ID: "a", Zone: london, Country: "GB"}, Calendar{Hours: theirs}, Participant{ID: "a", Zone: london, Country: "GB", HoursZone: tokyo, Hours: []Range{theirs0}}},
		"else nobody knows":    {roster.Person{ID: "a", Zone: london}, Calendar{}, Participant{ID: "a", Zone: london}},
		"zone from the hours":  {roster.Person{ID: "a"}, Calendar{Hours: theirs}, Participant{ID: "a", Zone: tokyo, Hours: []Range{theirs0}}},
		"unreadable hours":     {roster.Person{ID: "a", Zone: london, Hours: roster.Hours{Days: weekdays, Start: "late", End: "25:00"}}, Calendar{}, Participant{ID: "a", Zone: london}},
		"a mailbox in trouble": {roster.Person{ID: "a", Zone: london}, Calendar{Problem: "ErrorX"}, Participant{ID: "a", Zone: london, Problem: "ErrorX"}},
	} {
		if got := For(c.person, c.calendar); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
}

func TestBadNumbersFindNothingInsteadOfCrashing(t *testing.T) {
	for name, change := range map[string]func(*Request){
		"no duration":       func(r *Request) { r.Duration = 0 },
		"negative duration": func(r *Request) { r.Duration = -time.Hour },
		"longer than it":    func(r *Request) { r.Duration = 1000 * time.Hour },
		"reversed window":   func(r *Request) { r.Window.Start, r.Window.End = r.Window.End, r.Window.Start },
		"no window":         func(r *Request) { r.Window = Window{} },
	} {
		r := simple()
		change(&r)
		if a := Find(r); a.Status != None || a.Reason != InWindow {
			t.Errorf("%s: %+v", name, a.Why())
		}
	}
	r := simple()
	r.Step = 0
	if a := Find(r); a.Status != OK {
		t.Errorf("no step: %+v", a.Why())
	}
}

func TestFindLeavesTheRequestAlone(t *testing.T) {
	r, same := pair(), pair()
	Find(r)
	if !reflect.DeepEqual(r, same) {
		t.Error("Find changed its request")
	}
}

func TestFindStaysLean(t *testing.T) {
	r := pair()
	if n := testing.AllocsPerRun(50, func() { Find(r) }); n > 60 {
		t.Errorf("a pair takes %v allocations, want at most 60", n)
	}
}

func TestParseClock(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"09:00": 9 * time.Hour, "9:05": 9*time.Hour + 5*time.Minute, "24:00": 24 * time.Hour, "00:00": 0,
		"17:30:30": 17*time.Hour + 30*time.Minute + 30*time.Second, "08:00:00.0000000": 8 * time.Hour,
	} {
		if got, err := ParseClock(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "9", "24:01", "12:60", "-1:00", "+1:00", "ten", "10:xx", "1:2:3:4"} {
		if got, err := ParseClock(text); err == nil {
			t.Errorf("%q became %v", text, got)
		}
	}
}

// TestStretchedHoursFallToWhoeverCarriesLeast has Ana in London and Ben in San Francisco, who
// both lend an hour: half past four is early for Ben, half past five late for Ana.
func TestStretchedHoursFallToWhoeverCarriesLeast(t *testing.T) {
	for _, c := range []struct {
		name     string
		turns    bool
		ana, ben time.Duration
		out      string
	}{
		{"shared, nobody carries anything: the least in all", false, 0, 0, ""},
		{"shared, Ana carries an hour more: Ben", false, time.Hour, 0, "ben"},
		{"shared, Ben carries an hour more: Ana", false, 0, time.Hour, "ana"},
		{"by turns, Ana was last: Ben", true, 15 * time.Minute, 0, "ben"},
		{"by turns, Ben was last: Ana", true, 0, 15 * time.Minute, "ana"},
	} {
		r := simple()
		r.Duration = time.Hour
		r.Policy.TakeTurns = c.turns
		r.People[1].Zone.Name = "America/Los_Angeles" // 9:00 there is 17:00 in London
		r.People[0] = r.People[0].Suit("", "late")
		r.People[1] = r.People[1].Suit("", "early")
		r.People[0].Debt, r.People[1].Debt = c.ana, c.ben
		a := Find(r)
		if a.Tier != Stretch {
			t.Fatalf("%s: %+v", c.name, a)
		}
		if w := a.Why().Outside; c.out != "" && (len(w) != 1 || w[0].ID != c.out || w[0].Minutes != 60) {
			t.Errorf("%s: it burdens %v", c.name, w)
		}
	}
}

func TestWhatAMemberChoseShapesTheDay(t *testing.T) {
	nine := Participant{Hours: []Range{{Workdays, 9 * time.Hour, 17 * time.Hour}}}
	night := Participant{Hours: []Range{{Workdays, 22 * time.Hour, 4 * time.Hour}}}
	for _, c := range []struct {
		p            Participant
		energy, flex string
		want         Participant
	}{
		{nine, "", "", nine},
		{nine, "any", "none", nine},
		{nine, "morning", "early", Participant{Hours: nine.Hours, Prefer: []Range{{Workdays, 9 * time.Hour, 13 * time.Hour}}, FlexBefore: time.Hour}},
		{nine, "afternoon", "late", Participant{Hours: nine.Hours, Prefer: []Range{{Workdays, 13 * time.Hour, 17 * time.Hour}}, FlexAfter: time.Hour}},
		{Participant{}, "morning", "both", Participant{Prefer: []Range{{Workdays, 9 * time.Hour, 13 * time.Hour}}, FlexBefore: time.Hour, FlexAfter: time.Hour}},
		{night, "morning", "", Participant{Hours: night.Hours, Prefer: []Range{{Workdays, 22 * time.Hour, time.Hour}}}},
	} {
		if got := c.p.Suit(c.energy, c.flex); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q %q: %+v, want %+v", c.energy, c.flex, got, c.want)
		}
	}
}
