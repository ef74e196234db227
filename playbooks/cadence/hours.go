package cadence

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The promises about time that rapport makes to people.
const (
	FollowUpAfter = 48 * time.Hour     // the promise made at the end of every session
	RemindAfter   = 48 * time.Hour     // one gentle reminder, two days after the question
	SnoozeFor     = 24 * time.Hour     // "ask me tomorrow"
	GiveUpAfter   = 7 * 24 * time.Hour // after the reminder a question stays quiet, and then closes
	PrepareBefore = 24 * time.Hour     // preparation comes a day before
)

// Office is when a person works: their working hours as wall-clock minutes of the local day.
// The zero Office's Zone is nil; use Of.
type Office struct {
	Zone       *time.Location
	Days       []time.Weekday
	Start, End int // minutes of the day; End <= Start crosses midnight
}

// Defaults when a mailbox states no working hours.
var (
	workweek = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
)

const (
	usualStart = 9 * 60
	usualEnd   = 17 * 60
)

// Of makes the office of a person whose zone has been resolved to loc. Hours that are not
// known or not readable become Monday to Friday, nine to five.
func Of(h roster.Hours, loc *time.Location) Office {
	o := Office{Zone: loc, Days: h.Days, Start: minutes(h.Start, usualStart), End: minutes(h.End, usualEnd)}
	if len(o.Days) == 0 {
		o.Days = workweek
	}
	if o.Start == o.End {
		o.Start, o.End = usualStart, usualEnd
	}
	return o
}

// Within says whether t is inside the person's working hours.
func (o Office) Within(t time.Time) bool {
	l := t.In(o.Zone)
	m := l.Hour()*60 + l.Minute()
	if o.End > o.Start {
		return m >= o.Start && m < o.End && slices.Contains(o.Days, l.Weekday())
	}
	yesterday := (l.Weekday() + 6) % 7
	return m >= o.Start && slices.Contains(o.Days, l.Weekday()) || m < o.End && slices.Contains(o.Days, yesterday)
}

// Into is t itself when the person is at work then, else the next start of work, UTC.
func (o Office) Into(t time.Time) time.Time {
	if o.Within(t) {
		return t.UTC()
	}
	l := t.In(o.Zone)
	for k := 0; k <= 8; k++ {
		d := time.Date(l.Year(), l.Month(), l.Day()+k, 0, 0, 0, 0, time.UTC)
		at := Wall(o.Zone, d, o.Start/60, o.Start%60)
		if slices.Contains(o.Days, d.Weekday()) && at.After(t) {
			return at
		}
	}
	return t.UTC()
}

// FollowUpAt is when a commitment made at t is asked about: forty-eight hours later, moved
// into the person's working hours and never before the forty-eight hours are over.
func (o Office) FollowUpAt(t time.Time) time.Time { return o.Into(t.Add(FollowUpAfter)) }

func minutes(clock string, otherwise int) int {
	h, m, ok := strings.Cut(clock, ":")
	if !ok {
		return otherwise
	}
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m[:min(len(m), 2)])
	if err1 != nil || err2 != nil || hour < 0 || hour > 24 || minute < 0 || minute > 59 {
		return otherwise
	}
	return hour*60 + minute
}
