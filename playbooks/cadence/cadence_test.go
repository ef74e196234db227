package cadence

import (
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func TestARhythmKeepsItsWallClockOverDaylightSaving(t *testing.T) {
	r := Rhythm{Zone: zone(t, "Europe/Berlin"), Weeks: 2, On: time.Wednesday, Hour: 10,
		First: time.Date(2026, 10, 7, 0, 0, 0, 0, time.UTC)}
	want := []string{"2026-10-07T08:00:00Z", "2026-10-21T08:00:00Z", "2026-11-04T09:00:00Z", "2026-11-18T09:00:00Z"}
	at := utc("2026-01-01T00:00:00Z")
	for _, w := range want {
		if at = r.Next(at); !at.Equal(utc(w)) {
			t.Fatalf("next beat %s, want %s", at.Format(time.RFC3339), w)
		}
	}
}

func TestOnlyTheNewestMissedBeatIsMadeUpFor(t *testing.T) {
	r := Rhythm{Zone: time.UTC, Weeks: 1, On: time.Monday, Hour: 9}
	from := utc("2026-10-05T09:00:00Z")
	if got := r.Latest(from, utc("2026-10-27T12:00:00Z")); !got.Equal(utc("2026-10-26T09:00:00Z")) {
		t.Errorf("latest beat %s", got)
	}
	if got := r.Latest(from, utc("2026-10-05T09:00:00Z")); !got.Equal(from) {
		t.Errorf("latest beat %s, want the due one", got)
	}
}

func TestEveryBeatIsLaterThanAskedAndOnItsDay(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		loc, _ := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		r := Rhythm{Zone: loc, Weeks: rapid.IntRange(1, 6).Draw(t, "weeks"),
			On:   time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")),
			Hour: rapid.IntRange(4, 22).Draw(t, "hour")}
		if rapid.Bool().Draw(t, "first") {
			r.First = time.Unix(rapid.Int64Range(1.6e9, 1.9e9).Draw(t, "first day"), 0).UTC()
		}
		at := time.Unix(rapid.Int64Range(1.6e9, 1.9e9).Draw(t, "at"), 0).UTC()
		next := r.Next(at)
		after := r.Next(next)
		if !next.After(at) || next.In(loc).Weekday() != r.On {
			t.Fatalf("after %s comes %s", at, next.In(loc))
		}
		if days := after.Sub(next).Round(24*time.Hour) / (24 * time.Hour); int(days) != 7*r.Weeks {
			t.Fatalf("%s then %s: %d days", next, after, days)
		}
	})
}

func TestAMonthlyBeatAvoidsWeekendsAndShortMonths(t *testing.T) {
	for _, c := range []struct {
		day        int
		from, want string
	}{
		{26, "2026-10-05T06:00:00Z", "2026-10-26T10:00:00Z"},
		{26, "2026-09-01T00:00:00Z", "2026-09-28T10:00:00Z"}, // a Saturday
		{31, "2026-02-03T00:00:00Z", "2026-03-02T10:00:00Z"}, // 28 February is a Saturday
		{31, "2026-04-01T00:00:00Z", "2026-04-30T10:00:00Z"},
	} {
		if got := (Monthly{Zone: time.UTC, Day: c.day, Hour: 10}).Next(utc(c.from)); !got.Equal(utc(c.want)) {
			t.Errorf("day %d after %s: %s, want %s", c.day, c.from, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestAFollowUpComesAfterFortyEightHoursAndAtWork(t *testing.T) {
	berlin := Of(roster.Hours{}, zone(t, "Europe/Berlin"))
	for _, c := range []struct{ committed, want string }{
		{"2026-10-13T09:00:00Z", "2026-10-15T09:00:00Z"}, // Tuesday to Thursday, same time
		{"2026-10-15T09:00:00Z", "2026-10-19T07:00:00Z"}, // Saturday becomes Monday at nine
		{"2026-10-22T15:30:00Z", "2026-10-26T08:00:00Z"}, // over the end of daylight saving
	} {
		if got := berlin.FollowUpAt(utc(c.committed)); !got.Equal(utc(c.want)) {
			t.Errorf("committed %s: asked %s, want %s", c.committed, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestIntoHoursIsAtWorkAndNeverEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, _ := time.LoadLocation(rapid.SampledFrom([]string{"Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"}).Draw(t, "zone"))
		o := Office{Zone: loc, Days: workweek, Start: rapid.IntRange(0, 95).Draw(t, "start") * 15, End: rapid.IntRange(0, 95).Draw(t, "end") * 15}
		if o.Start == o.End {
			t.Skip("no hours")
		}
		at := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "at"), 0).UTC()
		in := o.Into(at)
		if in.Before(at) || !o.Within(in) || in.Sub(at) > 4*24*time.Hour {
			t.Fatalf("%s became %s (hours %d-%d)", at.In(loc), in.In(loc), o.Start, o.End)
		}
		if !o.Into(in).Equal(in) {
			t.Fatalf("moving %s again gives %s", in, o.Into(in))
		}
	})
}

func TestTheFocusTurnsWithTheQuarter(t *testing.T) {
	at := func(text string) time.Time {
		day, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	three, auckland := []string{"a", "b", "c"}, time.FixedZone("NZDT", 13*60*60)
	for _, c := range []struct {
		skills []string
		zone   *time.Location
		first  time.Time
		when   string
		want   string
	}{
		{nil, time.UTC, time.Time{}, "2026-10-07 10:00:00", ""},
		{[]string{"a"}, time.UTC, time.Time{}, "2026-10-07 10:00:00", "a"},
		{three, time.UTC, at("2026-08-15 00:00:00"), "2026-09-30 23:00:00", "a"},
		{three, time.UTC, at("2026-08-15 00:00:00"), "2026-10-01 00:00:00", "b"},
		{three, auckland, at("2026-08-15 00:00:00"), "2026-09-30 23:00:00", "b"}, // it is October there
		{three, time.UTC, at("2026-08-15 00:00:00"), "2027-04-01 00:00:00", "a"},
		{three, time.UTC, at("2026-08-15 00:00:00"), "2026-06-30 00:00:00", "c"}, // before it began
	} {
		if got := Focus(c.skills, c.zone, c.first, at(c.when)); got != c.want {
			t.Errorf("%v on %s: %q, want %q", c.skills, c.when, got, c.want)
		}
	}
}
