package cadence

import "time"

// Rhythm is a programme's beat: a wall-clock time on a weekday, every so many weeks, in the
// programme's zone. All its answers are UTC.
type Rhythm struct {
	Zone   *time.Location
	Weeks  int          // between two beats, at least 1
	On     time.Weekday // day of the beat
	Hour   int
	Minute int
	First  time.Time // local date of the first beat; zero counts weeks from the epoch's first Monday
}

// epochMonday is the Monday weeks are counted from when a rhythm has no first date.
var epochMonday = time.Date(1970, time.January, 5, 0, 0, 0, 0, time.UTC)

// Next is the first beat strictly after t.
func (r Rhythm) Next(t time.Time) time.Time {
	anchor := r.anchor()
	period := 7 * max(r.Weeks, 1)
	local := t.In(r.Zone)
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	days := int(today.Sub(anchor) / (24 * time.Hour))
	k := max(floorDiv(days, period)-1, -1)
	if r.First.IsZero() {
		k = floorDiv(days, period) - 1
	}
	for ; ; k++ {
		if k < 0 && !r.First.IsZero() {
			continue
		}
		d := anchor.AddDate(0, 0, k*period)
		at := r.wall(d)
		if at.After(t) {
			return at
		}
	}
}

// Latest is the last beat not after now, but not before from: after a long silence only the
// newest missed beat is made up for, for nobody wants three rounds at once.
func (r Rhythm) Latest(from, now time.Time) time.Time {
	at := from
	for n := r.Next(at); !n.After(now); n = r.Next(n) {
		at = n
	}
	return at
}

// anchor is the UTC midnight that names the local date of beat zero.
func (r Rhythm) anchor() time.Time {
	d := epochMonday
	if !r.First.IsZero() {
		d = time.Date(r.First.Year(), r.First.Month(), r.First.Day(), 0, 0, 0, 0, time.UTC)
	}
	ahead := (int(r.On) - int(d.Weekday()) + 7) % 7
	return d.AddDate(0, 0, ahead)
}

// wall is the rhythm's time of day on the date; a gap moves it to the moment the clocks jump to.
func (r Rhythm) wall(date time.Time) time.Time {
	return Wall(r.Zone, date, r.Hour, r.Minute)
}

// Wall is a wall-clock time on a date (only its year, month and day count) in a zone, as UTC.
// A time that the clocks skip becomes the first moment after the skip; of a time that comes
// twice it is the first.
func Wall(zone *time.Location, date time.Time, hour, minute int) time.Time {
	at := time.Date(date.Year(), date.Month(), date.Day(), hour, minute, 0, 0, zone)
	if l := at.In(zone); l.Hour() != hour || l.Minute() != minute {
		start, end := at.ZoneBounds()
		jump := start
		if l.Hour()*60+l.Minute() < hour*60+minute {
			jump = end
		}
		return jump.UTC()
	}
	if start, _ := at.ZoneBounds(); !start.IsZero() {
		_, now := at.Zone()
		_, before := start.Add(-time.Second).Zone()
		if early := at.Add(time.Duration(now-before) * time.Second); early.Before(start) {
			return early.UTC()
		}
	}
	return at.UTC()
}

// Focus is the skill that is practised in the calendar quarter of a moment, in the zone: the
// first of the skills in the quarter of first (a local date; zero: of any year's January), the
// others in turn after it. Without skills it is "".
func Focus(skills []string, zone *time.Location, first, at time.Time) string {
	if len(skills) == 0 {
		return ""
	}
	quarter := func(t time.Time) int { return t.Year()*4 + (int(t.Month())-1)/3 }
	begun := 0
	if !first.IsZero() {
		begun = quarter(first)
	}
	turn := (quarter(at.In(zone)) - begun) % len(skills)
	return skills[(turn+len(skills))%len(skills)]
}

// Monthly is a beat once a month: a day of the month (or the last one) at a wall-clock time.
// A day that falls on a weekend moves to the Monday after.
type Monthly struct {
	Zone   *time.Location
	Day    int // 1..31; a shorter month uses its last day
	Hour   int
	Minute int
}

// Next is the first beat strictly after t.
func (m Monthly) Next(t time.Time) time.Time {
	local := t.In(m.Zone)
	for k := -1; ; k++ {
		first := time.Date(local.Year(), local.Month()+time.Month(k), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		d := first.AddDate(0, 0, min(m.Day, last)-1)
		switch d.Weekday() {
		case time.Saturday:
			d = d.AddDate(0, 0, 2)
		case time.Sunday:
			d = d.AddDate(0, 0, 1)
		}
		if at := Wall(m.Zone, d, m.Hour, m.Minute); at.After(t) {
			return at
		}
	}
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
