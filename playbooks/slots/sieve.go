package slots

import (
	"slices"
	"strings"
)

// sieve collects the starts that events, protected times and limits take away. None of them
// depends on stretched hours.
func (q *search) sieve() {
	room := 0
	for i := range q.people {
		room += len(q.people[i].Events)
	}
	q.events = make([]span, 0, room)
	for i := range q.people {
		p := &q.people[i]
		q.events = q.busy(q.events, p, Policy.blocks)
		guarded := p.clock.ranges(p.Protected, 0, 0)
		for k, s := range guarded {
			guarded[k] = q.clash(s.lo, s.hi)
		}
		q.guarded = append(q.guarded, guarded...)
		q.limit(p)
	}
	q.events, q.guarded, q.limits = tidy(q.events), tidy(q.guarded), tidy(q.limits)
}

// busy appends the starts at which p is kept away by an event whose status counts.
func (q *search) busy(out []span, p *person, counts func(Policy, string) bool) []span {
	if p.Problem != "" {
		return out // nothing is known, and the policy says free
	}
	before, after := seconds(p.BufferBefore), seconds(p.BufferAfter)
	for i := range p.Events {
		e := &p.Events[i]
		if lo, hi := floorSec(e.Start), ceilSec(e.End); q.counts(e) && counts(q.Policy, e.Status) && hi+before > q.lo && lo-after < q.hi {
			out = append(out, q.clash(lo-after, hi+before))
		}
	}
	var days []span
	for _, e := range p.AllDay {
		if counts(q.Policy, e.Status) {
			days = p.clock.add(days, int64(e.From)*day, int64(e.Until)*day)
		}
	}
	for _, s := range days {
		out = append(out, q.clash(s.lo, s.hi))
	}
	return out
}

// counts tells whether the event lasts at all and is not the meeting in question itself.
func (q *search) counts(e *Event) bool {
	return e.Start.Before(e.End) && (q.ours == "" || e.Ref != q.ours)
}

// clash answers the starts whose meeting would overlap [lo, hi).
func (q *search) clash(lo, hi int64) span {
	return span{floorDiv(lo-q.length, q.step) + 1, ceilDiv(hi, q.step)}
}

// limit takes away the starts on local dates that are full of meetings, and in ISO weeks
// that have a session already.
func (q *search) limit(p *person) {
	var closed []span
	if p.MaxPerDay < 0 {
		closed = append(closed, span{q.lo, q.hi})
	}
	if p.MaxPerDay > 0 {
		dates := q.meetings(p)
		for i := 0; i+p.MaxPerDay <= len(dates); i++ {
			if d := dates[i]; d == dates[i+p.MaxPerDay-1] {
				closed = p.clock.add(closed, int64(d)*day, int64(d+1)*day)
			}
		}
	}
	for _, t := range q.Previous {
		d, _ := p.clock.date(t.Unix())
		closed = p.clock.add(closed, int64(d.monday())*day, int64(d.monday()+7)*day)
	}
	for _, s := range closed {
		q.limits = append(q.limits, span{ceilDiv(s.lo, q.step), ceilDiv(s.hi, q.step)})
	}
}

// meetings answers the local start dates of the person's meetings, sorted.
func (q *search) meetings(p *person) []Date {
	if p.Problem != "" {
		return nil
	}
	dates := make([]Date, 0, len(p.Events))
	for i := range p.Events {
		e := &p.Events[i]
		if q.counts(e) && q.Policy.isMeeting(e.Status) {
			d, _ := p.clock.date(floorSec(e.Start))
			dates = append(dates, d)
		}
	}
	slices.Sort(dates)
	return dates
}

// isMeeting tells whether an event of this status is one of the day's meetings: it blocks,
// and the person is there.
func (p Policy) isMeeting(status string) bool {
	return strings.EqualFold(status, "busy") || isTentative(status) && p.blocks(status)
}
