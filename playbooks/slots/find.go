package slots

import (
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
)

// Find answers every time at which all the people can meet, and which of them is best.
//
// A slot lies in the window, keeps the notice, has every minute in everybody's working hours
// and on nobody's day off, overlaps no blocking event (buffers counted) and nothing
// protected, and keeps the limits (meetings a day, one session an ISO week). Only when no
// such slot exists are the hours of those who agreed to it stretched. The same request
// always gets the same answer.
func Find(r Request) Answer {
	q, status, who := open(&r, "")
	a := Answer{Status: status, Who: who, Zones: zone.Version()}
	if status != OK {
		return a
	}
	a.Tier = Core
	free := q.pass(false, &a.Counts)
	if len(free) == 0 && q.flexible() {
		a.Tier = Stretch
		free = q.pass(true, &a.Counts)
	}
	if len(free) == 0 {
		a.Status, a.Tier, a.Reason = None, "", a.Counts.empty()
		return a
	}
	a.Some = q.some(free)
	q.rank(&a, free)
	return a
}

// search is one request made ready: everything in seconds since 1970 UTC, or in numbers of
// grid starts (start n is at n*step).
type search struct {
	*Request
	ours         string // ref of events that do not count because they are the meeting itself
	lo, hi       int64  // the window, seconds
	step, length int64  // seconds
	people       []person

	events, guarded, limits []span // starts that these stages take away
}

// person is a participant whose zones are clocks.
type person struct {
	*Participant
	clock clock   // of their own zone: dates, days off, protected and preferred times
	work  clock   // of the zone their hours are kept in
	hours []Range // their core hours
	core  []span  // the instants of those, seconds
	week  *[7][]span
}

// open resolves zones and hours. A status other than OK names the people it is about.
func open(r *Request, ours string) (*search, Status, []string) {
	q := &search{Request: r, ours: ours, lo: ceilSec(r.Window.Start), hi: floorSec(r.Window.End), length: seconds(r.Duration), step: seconds(r.Step)}
	if q.step <= 0 {
		q.step = seconds(Grid)
	}
	q.people = make([]person, len(r.People))
	var lost, silent []string
	for i := range r.People {
		p := &q.people[i]
		p.Participant = &r.People[i]
		if !p.locate(r.Policy.FallbackZone, q.lo, q.hi) {
			lost = append(lost, p.ID)
		}
		if p.Problem != "" && !r.Policy.AssumeFree {
			silent = append(silent, p.ID)
		}
	}
	switch {
	case len(lost) > 0:
		return nil, InvalidZone, lost
	case len(silent) > 0:
		return nil, NoCalendar, silent
	}
	for i := range q.people {
		q.people[i].employ(r.Policy.Hours)
	}
	q.sieve()
	return q, OK, nil
}

// locate finds the clocks of the person's zones; false when it is not known where they are.
func (p *person) locate(fallback zone.Ref, lo, hi int64) bool {
	loc, err := zone.Load(p.Zone, p.Country)
	if err != nil {
		if loc, err = zone.Load(fallback, p.Country); err != nil {
			return false
		}
	}
	p.clock = newClock(loc, lo, hi)
	p.work = p.clock
	if p.HoursZone == (zone.Ref{}) || p.HoursZone == p.Zone {
		return true
	}
	if loc, err = zone.Load(p.HoursZone, p.Country); err != nil {
		return false
	}
	p.work = newClock(loc, lo, hi)
	return true
}

// employ settles which core hours hold.
func (p *person) employ(otherwise []Range) {
	switch {
	case p.Hours != nil:
		p.hours = p.Hours
	case otherwise != nil:
		p.hours = otherwise
	default:
		p.hours = usualHours
	}
	p.core = p.work.ranges(p.hours, 0, 0)
}

func (q *search) flexible() bool {
	for i := range q.people {
		if q.people[i].FlexBefore > 0 || q.people[i].FlexAfter > 0 {
			return true
		}
	}
	return false
}

// pass sends the grid through all stages and counts what is left after each.
func (q *search) pass(stretch bool, c *Counts) []span {
	free := q.starts([]span{{q.lo, q.hi}})
	c.Window = size(free)
	if len(free) > 0 {
		free[0].lo = max(free[0].lo, ceilDiv(ceilSec(q.Now.Add(q.Notice)), q.step))
		free = tidy(free)
	}
	c.Notice = size(free)
	free = both(free, q.starts(q.common(stretch)))
	c.Hours = size(free)
	free = without(free, q.events)
	c.Events = size(free)
	free = without(free, q.guarded)
	c.Protected = size(free)
	free = without(free, q.limits)
	c.Limits = size(free)
	return free
}

// common answers the instants at which everybody works.
func (q *search) common(stretch bool) []span {
	all := []span{{q.lo, max(q.lo, q.hi)}}
	for i := range q.people {
		p := &q.people[i]
		hours := p.core
		if stretch {
			hours = p.work.ranges(p.hours, p.FlexBefore, p.FlexAfter)
		}
		if len(p.DaysOff) > 0 {
			var off []span
			for _, d := range p.DaysOff {
				off = p.clock.add(off, int64(d)*day, int64(d+1)*day)
			}
			hours = without(hours, tidy(off))
		}
		all = both(all, hours)
	}
	return all
}

// starts answers the grid starts whose whole meeting fits into one of the spans.
func (q *search) starts(open []span) []span {
	out := make([]span, 0, len(open))
	for _, s := range open {
		if q.length > 0 {
			out = append(out, span{ceilDiv(s.lo, q.step), floorDiv(s.hi-q.length, q.step) + 1})
		}
	}
	return tidy(out)
}

// some makes times of a set of starts.
func (q *search) some(starts []span) Some {
	s := Some{Count: size(starts), Runs: make([]Run, len(starts))}
	for i, x := range starts {
		s.Runs[i] = Run{q.time(x.lo), q.time(x.hi - 1)}
	}
	return s
}

func (q *search) time(start int64) time.Time { return time.Unix(start*q.step, 0).UTC() }

// blocks tells whether an event of this status keeps people away.
func (p Policy) blocks(status string) bool {
	switch {
	case strings.EqualFold(status, "free"), strings.EqualFold(status, "workingElsewhere"):
		return false
	case isTentative(status):
		return !p.TentativeIsFree
	}
	return true // busy, oof, unknown and whatever is not understood
}

func isTentative(status string) bool { return strings.EqualFold(status, "tentative") }
