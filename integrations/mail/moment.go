package mail

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// moment is a When as its reader and the others read it off their walls.
type moment struct {
	Label  string
	Day    string // "Tuesday 24 November"
	Clock  string // "10:00 – 10:25"
	Zone   string // "UTC+1"
	Others []wall
}

// wall is the same moment on another person's wall. Day is empty when it is the reader's day.
type wall struct{ Name, Day, Clock, Zone string }

func (v *view) when(w prompt.When, o Options) moment {
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	start, say := w.Start.In(zone), prompt.In(v.Lang)
	m := moment{Label: line(w.Label), Day: say.Day(w.Start, zone), Clock: span(w, zone), Zone: offset(start)}
	for _, p := range o.Others {
		if p.Zone == nil {
			continue
		}
		there := w.Start.In(p.Zone)
		x := wall{Name: line(p.Name), Clock: span(w, p.Zone), Zone: offset(there)}
		if there.Format(time.DateOnly) != start.Format(time.DateOnly) {
			x.Day = say.Day(w.Start, p.Zone)
		}
		m.Others = append(m.Others, x)
	}
	return m
}

// span is from when to when, in one zone. It says only the start when there is no end, and an
// end on the next day is still an hour of the clock: conversations are short.
func span(w prompt.When, zone *time.Location) string {
	s := w.Start.In(zone).Format("15:04")
	if !w.End.IsZero() {
		s += " – " + w.End.In(zone).Format("15:04")
	}
	return s
}

// offset names a zone by what it is at that moment, which no name does as shortly: "UTC+5:30".
func offset(t time.Time) string {
	_, seconds := t.Zone()
	switch {
	case seconds == 0:
		return "UTC"
	case seconds%3600 == 0:
		return "UTC" + sign(t.Format("-07"))
	}
	return "UTC" + sign(t.Format("-07:00"))
}

// sign drops the leading zero of an hour: "+05:30" is "+5:30", and the minus is a real one.
func sign(s string) string {
	mark := s[:1]
	if mark == "-" {
		mark = "−"
	}
	if s[1] == '0' {
		return mark + s[2:]
	}
	return mark + s[1:]
}
