package slots

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
)

// Graph's scheduleInformation, as getSchedule answers it.
type graphSchedule struct {
	Items []struct {
		Status string    `json:"status"`
		Start  graphDate `json:"start"`
		End    graphDate `json:"end"`
	} `json:"scheduleItems"`
	View         string      `json:"availabilityView"`
	WorkingHours *graphHours `json:"workingHours"`
	Error        *wireError  `json:"error"`
}

type graphHours struct {
	Days  []string  `json:"daysOfWeek"`
	Start string    `json:"startTime"`
	End   string    `json:"endTime"`
	Zone  *wireZone `json:"timeZone"`
}

// viewRequest is the getSchedule request that an availabilityView answers.
type viewRequest struct {
	Start    graphDate `json:"startTime"`
	Interval int       `json:"availabilityViewInterval"` // minutes; 0 means Graph's 30
}

// Codes of our own for what Graph sent and we cannot use.
const (
	unreadableTimes = "UnreadableTimes"
	viewWithoutTime = "ViewWithoutRequest"
)

// fill adds what the schedule knows: its zone if the person gave none, its hours if the
// person has none, its events or error. What it cannot read is a Problem, never free time.
func (s *graphSchedule) fill(p *Participant, noZone bool, asked *viewRequest) {
	if s.Error != nil && p.Problem == "" {
		p.Problem = s.Error.code()
	}
	if h := s.WorkingHours; h != nil {
		if noZone {
			p.Zone = h.Zone.ref()
		}
		if p.Hours == nil {
			p.Hours = h.ranges()
		}
	}
	if problem := s.events(p, asked); problem != "" && p.Problem == "" {
		p.Problem = problem
	}
}

// ranges reads the hours; nil when they are not readable, so that the policy's hold.
func (h *graphHours) ranges() []Range {
	days, err := parseDays(h.Days)
	start, err1 := ParseClock(h.Start)
	end, err2 := ParseClock(h.End)
	if err != nil || err1 != nil || err2 != nil {
		return nil
	}
	return []Range{{days, start, end}}
}

// events adds the items, or what the view shows when there are none: calendars that share
// no details have only the view. It answers a problem code, or "".
func (s *graphSchedule) events(p *Participant, asked *viewRequest) string {
	for i := range s.Items {
		item := &s.Items[i]
		start, _, ok1 := item.Start.instants()
		_, end, ok2 := item.End.instants()
		if !ok1 || !ok2 {
			return unreadableTimes
		}
		p.Events = append(p.Events, Event{Start: start, End: end, Status: item.Status})
	}
	if len(s.Items) > 0 || strings.Trim(s.View, "0") == "" {
		return ""
	}
	if asked == nil {
		return viewWithoutTime
	}
	at, _, ok := asked.Start.instants()
	if !ok || asked.Interval < 0 {
		return viewWithoutTime
	}
	each := time.Duration(asked.Interval) * time.Minute
	if each == 0 {
		each = 30 * time.Minute
	}
	for i := 0; i < len(s.View); {
		next := i + 1
		for next < len(s.View) && s.View[next] == s.View[i] {
			next++
		}
		if status := viewStatus(s.View[i]); status != "free" {
			p.Events = append(p.Events, Event{Start: at.Add(time.Duration(i) * each), End: at.Add(time.Duration(next) * each), Status: status})
		}
		i = next
	}
	return ""
}

// viewStatus reads one digit of an availabilityView.
func viewStatus(digit byte) string {
	switch digit {
	case '0':
		return "free" // or working elsewhere
	case '1':
		return "tentative"
	case '2':
		return "busy"
	case '3':
		return "oof"
	case '4':
		return "workingElsewhere"
	}
	return "unknown"
}

// graphTime is how Graph writes a time; the offset is a field beside it.
const graphTime = "2006-01-02T15:04:05.9999999"

// graphDate is Graph's dateTimeTimeZone, or simply an RFC 3339 time.
type graphDate struct {
	Time string `json:"dateTime"`
	Zone string `json:"timeZone"`
}

func (d *graphDate) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &d.Time)
	}
	type plain graphDate
	return json.Unmarshal(text, (*plain)(d))
}

// instants answers when the wall clock of the zone showed the time: twice the same moment,
// or the first and the last of two when the clock was set back; around a gap when it never
// showed it. A missing zone is UTC, as Graph documents for its answers.
func (d graphDate) instants() (first, last time.Time, ok bool) {
	if t, err := time.Parse(time.RFC3339, d.Time); err == nil {
		return t, t, true
	}
	wall, err := time.Parse(graphTime, d.Time)
	if err != nil {
		return first, last, false
	}
	if d.Zone == "" || d.Zone == "UTC" {
		return wall, wall, true
	}
	loc, err := zone.Load(zone.Ref{Name: d.Zone}, "")
	if err != nil {
		return first, last, false
	}
	_, before := wall.Add(-24 * time.Hour).In(loc).Zone()
	_, after := wall.Add(24 * time.Hour).In(loc).Zone()
	first = wall.Add(-time.Duration(max(before, after)) * time.Second)
	last = wall.Add(-time.Duration(min(before, after)) * time.Second)
	switch {
	case !shows(first, wall, loc) && shows(last, wall, loc):
		first = last
	case shows(first, wall, loc) && !shows(last, wall, loc):
		last = first
	}
	return first, last, true
}

func shows(t, wall time.Time, loc *time.Location) bool {
	_, off := t.In(loc).Zone()
	return t.Add(time.Duration(off) * time.Second).Equal(wall)
}

// UnmarshalJSON reads a zone name, {"name": ...} or a customTimeZone. Custom rules without a
// bias stay a bare name, which no zone has.
func (z *wireZone) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &z.Name)
	}
	var w struct {
		Name     string       `json:"name"`
		Bias     *float64     `json:"bias"`
		Standard *graphSwitch `json:"standardOffset"`
		Daylight *graphSwitch `json:"daylightOffset"`
	}
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	z.Name = w.Name
	if w.Bias != nil {
		z.Custom = &zone.Custom{Bias: int(*w.Bias), Standard: w.Standard.change(), Daylight: w.Daylight.change()}
	}
	return nil
}

// graphSwitch is a standardTimeZoneOffset or a daylightTimeZoneOffset.
type graphSwitch struct {
	Bias    int    `json:"daylightBias"`
	Time    string `json:"time"`
	Nth     int    `json:"dayOccurrence"`
	Weekday string `json:"dayOfWeek"`
	Month   int    `json:"month"`
}

// change reads the switch; what is unreadable becomes a switch that zone refuses.
func (g *graphSwitch) change() zone.Switch {
	if g == nil || g.Month == 0 {
		return zone.Switch{}
	}
	s := zone.Switch{Bias: g.Bias, Month: g.Month, Nth: g.Nth, Weekday: -1, Minute: -1}
	if d, ok := weekday(g.Weekday); ok {
		s.Weekday = int(d)
	}
	if at, err := ParseClock(g.Time); err == nil {
		s.Minute = int(at.Round(time.Minute) / time.Minute) // 23:59:59.999 is midnight
	}
	return s
}
