package slots

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
)

// Request asks when the people could meet.
type Request struct {
	Now      time.Time
	Window   Window        // the meeting lies wholly inside
	Duration time.Duration // of the meeting, whole minutes
	Step     time.Duration // starts are whole multiples of it since 1970 UTC; 0 means Grid
	Notice   time.Duration // no start before Now + Notice
	Policy   Policy
	Previous []time.Time // earlier sessions of the same people, UTC: no two in one ISO week
	People   []Participant
	Best     int // how many times Answer.Ranked holds; 0 means three: one and two re-bookings
}

// Grid is the usual distance between starts: every offset on Earth is a multiple of it.
const Grid = 15 * time.Minute

const usualBest = 3

// Policy is what a programme decided about doubtful cases. Its zero value is the careful one.
type Policy struct {
	TentativeIsFree bool     // a tentative event does not block
	AssumeFree      bool     // a mailbox that did not answer counts as free instead of stopping the search
	FallbackZone    zone.Ref // for people whose zone cannot be resolved; zero: name them instead
	TakeTurns       bool     // stretched hours fall to whoever carries least; otherwise the sum of what each carries stays as even as possible
	Hours           []Range  // for people whose hours are not known; nil: Monday to Friday, nine to five
}

// Participant is one of the people who are to meet.
type Participant struct {
	ID        string
	Zone      zone.Ref // where dates, days and wall clocks are read
	HoursZone zone.Ref // where Hours are read; zero: the same Zone
	Country   string   // ISO 3166, for Windows zone names

	Hours     []Range // nil: not known, Policy.Hours hold; empty: never works
	Protected []Range // hard: lunch, focus time
	Prefer    []Range // soft: when this person is at their best
	DaysOff   []Date
	Events    []Event
	AllDay    []AllDay

	BufferBefore, BufferAfter time.Duration // free time around the meeting; may lie outside hours
	MaxPerDay                 int           // meetings a local day, this one included; 0: no limit, negative: none at all
	FlexBefore, FlexAfter     time.Duration // how far they let working hours stretch when nothing else is left
	Debt                      time.Duration // inconvenience carried from earlier rounds

	Problem string // the mailbox's error code when its calendar could not be read
}

// AllDay is an event that lasts whole days of the person's own zone.
type AllDay struct {
	From, Until Date // Until is the first day after it
	Status      string
}

// Range is a stretch of wall-clock time on some weekdays. A clock that shows Start is inside,
// one that shows End is not. An End of zero is midnight at the end of the day (so 0 to 0 is
// the whole day), an End before Start is on the next day, an End equal to Start is empty.
type Range struct {
	Days       Days
	Start, End time.Duration // since midnight, at most 24 h
}

// span answers the range in seconds since midnight of the day it starts on; empty if lo == hi.
func (r Range) span() span {
	s := span{int64(r.Start / time.Second), int64(r.End / time.Second)}
	if s.hi == 0 {
		s.hi = day
	}
	if s.hi < s.lo {
		s.hi += day
	}
	return s
}

// ParseClock reads a time of day, "09:00", "24:00" or as Graph writes it "09:00:00.0000000".
func ParseClock(s string) (time.Duration, error) {
	hour, rest, _ := strings.Cut(s, ":")
	minute, second, _ := strings.Cut(rest, ":")
	second, _, _ = strings.Cut(second, ".")
	var parts [3]int
	for i, digits := range []string{hour, minute, second} {
		n, err := strconv.ParseUint(digits, 10, 8)
		if err != nil && !(i == 2 && digits == "") {
			return 0, fmt.Errorf("%q is not a time of day like 09:00", s)
		}
		parts[i] = int(n)
	}
	d := time.Duration(parts[0])*time.Hour + time.Duration(parts[1])*time.Minute + time.Duration(parts[2])*time.Second
	if parts[1] > 59 || parts[2] > 59 || d > 24*time.Hour {
		return 0, fmt.Errorf("%q is not a time of day like 09:00", s)
	}
	return d, nil
}

// Days is a set of weekdays.
type Days uint8

// The sets that are needed most.
const (
	EveryDay Days = 1<<7 - 1
	Workdays      = EveryDay &^ (1<<time.Saturday | 1<<time.Sunday)
)

// DaysOf makes a set.
func DaysOf(days ...time.Weekday) Days {
	var set Days
	for _, d := range days {
		set |= 1 << d
	}
	return set
}

func (d Days) has(w time.Weekday) bool { return d&(1<<w) != 0 }

// usualHours hold where nobody said anything else.
var usualHours = []Range{{Workdays, 9 * time.Hour, 17 * time.Hour}}

// Date is a day of a calendar without a zone, counted from 1 January 1970.
type Date int64

// ParseDate reads "2026-06-08".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date like 2026-06-08", s)
	}
	return Date(t.Unix() / day), nil
}

// weekday of the date: day 0 was a Thursday.
func (d Date) weekday() time.Weekday { return time.Weekday(((d+4)%7 + 7) % 7) }

// monday of the date's ISO week.
func (d Date) monday() Date { return d - Date(d.weekday()+6)%7 }

// Booking is a meeting that exists already.
type Booking struct {
	Start time.Time
	Ref   string // its events carry it
}
