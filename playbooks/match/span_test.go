package match

import (
	"reflect"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"pgregory.net/rapid"
)

func TestWorkingHoursOnTheClockOfUTC(t *testing.T) {
	week := []time.Weekday{time.Monday}
	summer, winter := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, zone string
		hours      roster.Hours
		day        time.Time
		want       []Span
	}{
		{"Berlin in summer", "Europe/Berlin", roster.Hours{Days: week, Start: "09:00", End: "17:00"}, summer, []Span{{420, 480}}},
		{"Berlin in winter", "Europe/Berlin", roster.Hours{Days: week, Start: "09:00", End: "17:00"}, winter, []Span{{480, 480}}},
		{"seconds behind the time", "Europe/Berlin", roster.Hours{Days: week, Start: "09:00:00.0000000", End: "17:30:00"}, winter, []Span{{480, 510}}},
		{"Kolkata, half an hour off", "Asia/Kolkata", roster.Hours{Days: week, Start: "09:00", End: "18:00"}, winter, []Span{{210, 540}}},
		{"Auckland starts the evening before", "Pacific/Auckland", roster.Hours{Days: week, Start: "08:00", End: "16:00"}, winter, []Span{{1140, 480}}},
		{"Los Angeles ends after midnight", "America/Los_Angeles", roster.Hours{Days: week, Start: "09:00", End: "17:00"}, winter, []Span{{1020, 480}}},
		{"a night shift", "UTC", roster.Hours{Days: week, Start: "22:00", End: "06:00"}, winter, []Span{{1320, 480}}},
		{"the whole day", "UTC", roster.Hours{Days: week, Start: "00:00", End: "24:00"}, winter, []Span{{0, 1440}}},
		{"no days: not known", "UTC", roster.Hours{Start: "09:00", End: "17:00"}, winter, nil},
		{"no time", "UTC", roster.Hours{Days: week, Start: "nine", End: "17:00"}, winter, nil},
		{"no such time", "UTC", roster.Hours{Days: week, Start: "09:00", End: "25:00"}, winter, nil},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Skipf("zone %s: %v", c.zone, err)
		}
		if got := Spans(c.hours, loc, c.day); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	if Spans(roster.Hours{Days: week, Start: "09:00", End: "17:00"}, nil, summer) != nil {
		t.Error("a missing clock gave hours")
	}
}

func TestCommonMinutesOnACircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := func(name string) Span {
			return Span{rapid.IntRange(-1440, 2880).Draw(t, name), rapid.IntRange(0, 1440).Draw(t, name+" minutes")}
		}
		a, b := span("a"), span("b")
		// Unrolled: b may begin d minutes after a does, or on the day before.
		d := ((b.Start-a.Start)%1440 + 1440) % 1440
		want := max(0, min(a.Minutes, d+b.Minutes)-d) + max(0, min(a.Minutes, d-1440+b.Minutes))
		x, y := dialOf([]Span{a}), dialOf([]Span{b})
		if got := x.common(&y); got != want || y.common(&x) != want {
			t.Fatalf("%v %v: got %d, want %d", a, b, got, want)
		}
	})
}
