package graph

import (
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// hoursJSON is Graph's workingHours, as it stands in mailbox settings and in schedules.
type hoursJSON struct {
	Days  []string `json:"daysOfWeek"`
	Start string   `json:"startTime"` // "08:00:00.0000000"
	End   string   `json:"endTime"`
	Zone  zoneJSON `json:"timeZone"`
}

// zoneJSON is Graph's timeZoneBase, or its customTimeZone when Bias is there.
type zoneJSON struct {
	Name     string     `json:"name"`
	Bias     *int       `json:"bias"`
	Standard switchJSON `json:"standardOffset"`
	Daylight switchJSON `json:"daylightOffset"`
}

// switchJSON is the moment of a year at which a custom zone changes its clock.
type switchJSON struct {
	Bias  int    `json:"daylightBias"`
	Time  string `json:"time"`
	Nth   int    `json:"dayOccurrence"`
	Day   string `json:"dayOfWeek"`
	Month int    `json:"month"`
}

// weekdays by Graph's names.
var weekdays = map[string]time.Weekday{"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday,
	"wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday}

// hours answers roster.Hours, without Days when the mailbox states none that make sense.
func (h *hoursJSON) hours() roster.Hours {
	if h == nil {
		return roster.Hours{}
	}
	out := roster.Hours{Zone: h.Zone.ref()}
	start, ok1 := minute(h.Start)
	end, ok2 := minute(h.End)
	if !ok1 || !ok2 {
		return out
	}
	for _, d := range h.Days {
		if day, ok := weekdays[strings.ToLower(d)]; ok {
			out.Days = append(out.Days, day)
		}
	}
	if len(out.Days) > 0 {
		out.Start, out.End = clock(start), clock(end)
	}
	return out
}

// ref answers the zone by its name or by its rules, whichever the mailbox has. The rules
// are Windows rules, UTC = local + bias, as the service's own examples use them.
func (z zoneJSON) ref() zone.Ref {
	if z.Bias == nil {
		return zone.Ref{Name: z.Name}
	}
	return zone.Ref{Custom: &zone.Custom{Bias: *z.Bias, Standard: z.Standard.rule(), Daylight: z.Daylight.rule()}}
}

// rule answers the switch as the zone package wants it.
func (s switchJSON) rule() zone.Switch {
	at, _ := minute(s.Time)
	return zone.Switch{Bias: s.Bias, Month: s.Month, Nth: s.Nth, Weekday: int(weekdays[strings.ToLower(s.Day)]), Minute: at}
}

// minute reads "08:30:00.0000000" as the minute of the day.
func minute(s string) (int, bool) {
	t, err := time.Parse("15:04:05", s)
	if err != nil {
		if t, err = time.Parse("15:04", s); err != nil {
			return 0, false
		}
	}
	return t.Hour()*60 + t.Minute(), true
}

// clock writes a minute of the day as "08:30".
func clock(minute int) string {
	return time.Time{}.Add(time.Duration(minute) * time.Minute).Format("15:04")
}
