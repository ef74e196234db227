package slots

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// For makes a participant of what the directory says about a person and what their mailbox
// answered. The person's own working hours win, then the calendar's; hours that are missing
// or unreadable stay unknown, so that the policy decides. A person without a zone is where
// their hours are kept.
func For(p roster.Person, c Calendar) Participant {
	out := Participant{ID: string(p.ID), Zone: p.Zone, Country: p.Country, Events: c.Events, Problem: c.Problem}
	kept := zone.Ref{}
	if hours, ok := weekly(p.Hours); ok {
		out.Hours, kept = hours, p.Hours.Zone
	} else if c.Hours != nil {
		if hours, ok := weekly(*c.Hours); ok {
			out.Hours, kept = hours, c.Hours.Zone
		}
	}
	if out.Zone == (zone.Ref{}) {
		out.Zone = kept
	} else {
		out.HoursZone = kept
	}
	return out
}

// flexHour is how far people let their hours stretch who say that they do.
const flexHour = time.Hour

// Suit adds what a member chose about their day: the half of their hours in which they have
// most energy ("morning", "afternoon"), and at which end of it they lend an hour when there
// is no other way ("early", "late", "both"). Anything else says nothing.
func (p Participant) Suit(energy, flex string) Participant {
	hours := p.Hours
	if hours == nil {
		hours = usualHours
	}
	for _, r := range hours {
		s := r.span()
		half := time.Duration((s.lo+s.hi)/2%day) * time.Second
		switch energy {
		case "morning":
			p.Prefer = append(p.Prefer, Range{r.Days, r.Start, half})
		case "afternoon":
			if s.lo+s.hi >= 2*day { // beyond midnight that is the next day's
				continue
			}
			p.Prefer = append(p.Prefer, Range{r.Days, half, r.End})
		}
	}
	if flex == "early" || flex == "both" {
		p.FlexBefore = flexHour
	}
	if flex == "late" || flex == "both" {
		p.FlexAfter = flexHour
	}
	return p
}

// weekly reads working hours; false when they are not known.
func weekly(h roster.Hours) ([]Range, bool) {
	start, err1 := ParseClock(h.Start)
	end, err2 := ParseClock(h.End)
	if len(h.Days) == 0 || err1 != nil || err2 != nil {
		return nil, false
	}
	return []Range{{DaysOf(h.Days...), start, end}}, true
}

// Offsets answers the minutes east of UTC that a zone keeps at each instant.
func Offsets(ref zone.Ref, country string, at []time.Time) ([]int, error) {
	loc, err := zone.Load(ref, country)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(at))
	for i, t := range at {
		_, east := t.In(loc).Zone()
		out[i] = int(floorDiv(int64(east), 60))
	}
	return out, nil
}
