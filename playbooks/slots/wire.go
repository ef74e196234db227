package slots

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
)

// The JSON of a request, as `rapport slots` reads it. Subjects and places have no field
// here: they are dropped while reading.

type wireInput struct {
	Now          instant      `json:"now"`
	Window       wireWindow   `json:"window"`
	Duration     minutes      `json:"duration_minutes"`
	Step         minutes      `json:"step_minutes"`
	Notice       minutes      `json:"min_notice_minutes"`
	Policy       wirePolicy   `json:"policy"`
	Previous     []instant    `json:"previous_meetings"`
	Participants []wirePerson `json:"participants"`
	ViewRequest  *viewRequest `json:"schedule_request"` // for everybody who has none of their own
	Booking      *wireBooking `json:"booking"`          // recheck
	Cycles       []wireCycle  `json:"cycles"`           // rotation
	Name         *wireZone    `json:"name"`             // zone
	Country      string       `json:"country"`          // zone
	Instants     []instant    `json:"instants"`         // zone
}

type wireWindow struct {
	Start instant `json:"start"`
	End   instant `json:"end"`
}

type wireCycle struct {
	Now    instant    `json:"now"`
	Window wireWindow `json:"window"`
}

type wireBooking struct {
	Start instant `json:"start"`
	Ref   string  `json:"ref"`
}

type wirePolicy struct {
	TentativeBlocks *bool       `json:"tentative_blocks"`
	Unknown         string      `json:"unknown"`
	FallbackZone    *wireZone   `json:"fallback_time_zone"`
	Hours           []wireRange `json:"default_working_hours"`
}

type wirePerson struct {
	ID           string         `json:"id"`
	Zone         *wireZone      `json:"time_zone"`
	Country      string         `json:"country"`
	Hours        []wireRange    `json:"working_hours"`
	Events       []wireEvent    `json:"events"`
	DaysOff      []wireDate     `json:"days_off"`
	Protected    []wireRange    `json:"protected"`
	Prefer       []wireRange    `json:"prefer"`
	BufferBefore minutes        `json:"buffer_before_minutes"`
	BufferAfter  minutes        `json:"buffer_after_minutes"`
	MaxPerDay    *int           `json:"max_meetings_per_day"`
	FlexBefore   minutes        `json:"flex_before_minutes"`
	FlexAfter    minutes        `json:"flex_after_minutes"`
	Debt         minutes        `json:"debt_minutes"`
	Error        *wireError     `json:"availability_error"`
	Schedule     *graphSchedule `json:"schedule"`
	ViewRequest  *viewRequest   `json:"schedule_request"`
}

type wireEvent struct {
	Start     instant  `json:"start"`
	End       instant  `json:"end"`
	Status    string   `json:"status"`
	Cancelled bool     `json:"is_cancelled"`
	Response  string   `json:"response"`
	Ref       string   `json:"ref"`
	AllDay    bool     `json:"all_day"`
	StartDate wireDate `json:"start_date"`
	EndDate   wireDate `json:"end_date"`
}

type wireError struct {
	Code string `json:"responseCode"`
}

// code answers what went wrong, never "".
func (e *wireError) code() string {
	if e.Code == "" {
		return "unknown"
	}
	return e.Code
}

// request makes a Request of the input; its error says in plain words what cannot be read.
func (in *wireInput) request() (Request, error) {
	r := Request{
		Now: in.Now.Time, Window: in.Window.window(), Duration: in.Duration.Duration, Step: in.Step.Duration,
		Notice: in.Notice.Duration, Previous: times(in.Previous),
		Policy: Policy{
			TentativeIsFree: in.Policy.TentativeBlocks != nil && !*in.Policy.TentativeBlocks,
			AssumeFree:      in.Policy.Unknown == "assume_free",
			FallbackZone:    in.Policy.FallbackZone.ref(),
			Hours:           ranges(in.Policy.Hours),
		},
		People: make([]Participant, len(in.Participants)),
	}
	switch {
	case r.Duration < time.Minute:
		return r, errors.New("duration_minutes must be at least 1")
	case r.Step < 0 || r.Step > 0 && r.Step < time.Minute:
		return r, errors.New("step_minutes must be at least 1")
	case in.tooLong():
		return r, errors.New("window is longer than ten years")
	case len(r.People) == 0:
		return r, errors.New("participants is empty")
	case in.Policy.Unknown != "" && in.Policy.Unknown != "refuse" && !r.Policy.AssumeFree:
		return r, errors.New(`policy.unknown must be "refuse" or "assume_free"`)
	}
	for i := range in.Participants {
		p := &in.Participants[i]
		if p.ViewRequest == nil {
			p.ViewRequest = in.ViewRequest
		}
		var err error
		if r.People[i], err = p.participant(); err != nil {
			return r, fmt.Errorf("participant %q: %w", p.ID, err)
		}
	}
	return r, nil
}

// tooLong protects from windows that nobody means and no machine finishes.
func (in *wireInput) tooLong() bool {
	const most = 10 * 366 * 24 * time.Hour
	long := in.Window.End.Sub(in.Window.Start.Time) > most
	for _, c := range in.Cycles {
		long = long || c.Window.End.Sub(c.Window.Start.Time) > most
	}
	return long
}

func (p *wirePerson) participant() (Participant, error) {
	out := Participant{
		ID: p.ID, Zone: p.Zone.ref(), Country: p.Country,
		Hours: ranges(p.Hours), Protected: ranges(p.Protected), Prefer: ranges(p.Prefer),
		BufferBefore: p.BufferBefore.Duration, BufferAfter: p.BufferAfter.Duration,
		FlexBefore: p.FlexBefore.Duration, FlexAfter: p.FlexAfter.Duration, Debt: p.Debt.Duration,
	}
	for _, d := range p.DaysOff {
		out.DaysOff = append(out.DaysOff, Date(d))
	}
	if p.MaxPerDay != nil {
		if out.MaxPerDay = *p.MaxPerDay; out.MaxPerDay <= 0 {
			out.MaxPerDay = -1 // "fewer than none" leaves no day
		}
	}
	if p.Error != nil {
		out.Problem = p.Error.code()
	}
	if err := p.read(&out); err != nil {
		return out, err
	}
	if p.Schedule != nil {
		p.Schedule.fill(&out, p.Zone == nil, p.ViewRequest)
	}
	return out, nil
}

// read takes over the events that could block anybody.
func (p *wirePerson) read(out *Participant) error {
	out.Events = make([]Event, 0, len(p.Events))
	for i := range p.Events {
		switch e := &p.Events[i]; {
		case e.Cancelled || strings.EqualFold(e.Response, "declined"):
		case e.AllDay:
			out.AllDay = append(out.AllDay, AllDay{Date(e.StartDate), Date(e.EndDate), e.Status})
		case e.Start.IsZero() || e.End.IsZero():
			return errors.New("an event has no start or no end")
		default:
			out.Events = append(out.Events, Event{e.Start.Time, e.End.Time, e.Status, e.Ref})
		}
	}
	return nil
}

func (w wireWindow) window() Window { return Window{w.Start.Time, w.End.Time} }

func times(in []instant) []time.Time {
	out := make([]time.Time, len(in))
	for i := range in {
		out[i] = in[i].Time
	}
	return out
}

// wireRange is a Range: {"days":["monday"],"start":"09:00","end":"17:00"}; no days means all.
type wireRange struct{ Range }

func (r *wireRange) UnmarshalJSON(text []byte) error {
	var w struct {
		Days       []string `json:"days"`
		Start, End string
	}
	err := json.Unmarshal(text, &w)
	if err != nil {
		return err
	}
	r.Days = EveryDay
	if w.Days != nil {
		if r.Days, err = parseDays(w.Days); err != nil {
			return err
		}
	}
	if r.Start, err = ParseClock(w.Start); err != nil {
		return err
	}
	r.End, err = ParseClock(w.End)
	return err
}

func parseDays(names []string) (Days, error) {
	var set Days
	for _, name := range names {
		d, ok := weekday(name)
		if !ok {
			return 0, fmt.Errorf("%q is not a weekday", name)
		}
		set |= DaysOf(d)
	}
	return set, nil
}

func weekday(name string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(name, d.String()) {
			return d, true
		}
	}
	return 0, false
}

// ranges keeps the difference between none given (nil) and an empty list.
func ranges(in []wireRange) []Range {
	if in == nil {
		return nil
	}
	out := make([]Range, len(in))
	for i := range in {
		out[i] = in[i].Range
	}
	return out
}

// wireZone is a zone name or Graph's customTimeZone; nil where none is given.
type wireZone struct{ zone.Ref }

func (z *wireZone) ref() zone.Ref {
	if z == nil {
		return zone.Ref{}
	}
	return z.Ref
}

// minutes is a number of minutes, fractions allowed.
type minutes struct{ time.Duration }

func (m *minutes) UnmarshalJSON(text []byte) error {
	var n *float64
	if err := json.Unmarshal(text, &n); err != nil || n == nil {
		return err
	}
	const most = 100 * 366 * day / 60 // a century: anything longer is a mistake, and would overflow
	if *n > most || *n < -most {
		return errors.New("a number of minutes is out of all proportion")
	}
	m.Duration = time.Duration(*n * float64(time.Minute)).Round(time.Second)
	return nil
}

// instant is an RFC 3339 time; one without an offset is UTC.
type instant struct{ time.Time }

func (t *instant) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	if err := t.Time.UnmarshalJSON(text); err == nil {
		return nil
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	var err error
	if t.Time, err = time.Parse(graphTime, s); err != nil {
		return errors.New("a time is not like 2026-06-08T09:00:00Z")
	}
	return nil
}

// wireDate is "2026-06-08".
type wireDate Date

func (d *wireDate) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil || s == "" {
		return err
	}
	date, err := ParseDate(s)
	*d = wireDate(date)
	return err
}
