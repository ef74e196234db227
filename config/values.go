package config

import (
	"errors"
	"strings"
	"time"
)

// Switch is on or off.
type Switch bool

// UnmarshalText accepts on and off, and true and false.
func (s *Switch) UnmarshalText(text []byte) error {
	switch string(text) {
	case "on", "true":
		*s = true
	case "off", "false":
		*s = false
	default:
		return errors.New("is neither on nor off")
	}
	return nil
}

// String says on or off.
func (s Switch) String() string {
	if s {
		return "on"
	}
	return "off"
}

// Weekday is a day of the week by its English name.
type Weekday time.Weekday

// UnmarshalText accepts the full name in any case.
func (d *Weekday) UnmarshalText(text []byte) error {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), string(text)) {
			*d = Weekday(day)
			return nil
		}
	}
	return errors.New("is no day of the week (monday .. sunday)")
}

// String is the name in small letters.
func (d Weekday) String() string { return strings.ToLower(time.Weekday(d).String()) }

// TimeOfDay is a wall-clock time in minutes after midnight.
type TimeOfDay int

// UnmarshalText accepts "15:04".
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	at, err := time.Parse("15:04", string(text))
	if err != nil {
		return errors.New(`is no time of day such as "10:00"`)
	}
	*t = TimeOfDay(at.Hour()*60 + at.Minute())
	return nil
}

// String is the time as "15:04".
func (t TimeOfDay) String() string {
	return time.Time{}.Add(time.Duration(t) * time.Minute).Format("15:04")
}

// Date is a day; the zero Date means that none was given.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// UnmarshalText accepts "2006-01-02", and nothing at all as no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return errors.New("is no date such as 2026-10-07")
	}
	d.Year, d.Month, d.Day = day.Date()
	return nil
}

// String is the date as "2006-01-02", "" for none.
func (d Date) String() string {
	if d == (Date{}) {
		return ""
	}
	return d.Start(time.UTC).Format(time.DateOnly)
}

// Start is midnight at the beginning of the day in loc.
func (d Date) Start(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// Stretch is a part of the day; the zero Stretch is none.
type Stretch struct{ Start, End TimeOfDay }

// UnmarshalText accepts "12:00-13:00", and nothing at all as no stretch.
func (s *Stretch) UnmarshalText(text []byte) error {
	*s = Stretch{}
	if len(text) == 0 {
		return nil
	}
	from, to, _ := strings.Cut(string(text), "-")
	if s.Start.UnmarshalText([]byte(from)) != nil || s.End.UnmarshalText([]byte(to)) != nil || s.Start >= s.End {
		return errors.New(`is no part of a day such as "12:00-13:00"`)
	}
	return nil
}

// String is the stretch as "12:00-13:00", "" for none.
func (s Stretch) String() string {
	if s == (Stretch{}) {
		return ""
	}
	return s.Start.String() + "-" + s.End.String()
}

// DayOff is a date on which the people of a country do not work, "" for everybody.
type DayOff struct {
	Country string // ISO 3166, two capital letters
	Date    Date
}

// UnmarshalText accepts "2026-12-25" and "DE 2026-10-03".
func (d *DayOff) UnmarshalText(text []byte) error {
	country, date, both := strings.Cut(string(text), " ")
	if !both {
		country, date = "", country
	}
	if both && (len(country) != 2 || strings.ToUpper(country) != country) || date == "" || d.Date.UnmarshalText([]byte(date)) != nil {
		return errors.New("is no day such as 2026-12-25 or DE 2026-10-03")
	}
	d.Country = country
	return nil
}

// String is the day as it is written in the file.
func (d DayOff) String() string { return strings.TrimSpace(d.Country + " " + d.Date.String()) }
