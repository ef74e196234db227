package slots

import (
	"cmp"
	"slices"
	"time"
)

// What makes a time inside core hours pleasant, in seconds.
const (
	soonest = 2 * day // people can prepare
	latest  = 7 * day // and it does not slip out of mind
	edge    = 30 * 60 // nobody meets in the first or last half hour of work
	noon    = day / 2 // and not on Friday afternoon
)

// rating orders the starts; the smallest is best. Fairness comes first. For stretched hours
// only wishes and then the earliest start decide among equally fair ones; inside core hours
// nobody is burdened, and what makes a time humane decides before that.
type rating struct {
	worst, total int64 // greatest debt + cost of one person (or, by turns, the cost of whoever carries most); costs of all; seconds
	wishes       int   // people whose preferences it meets
	tentative    int   // people who have something tentative then
	unrest       int   // unpleasant things about it
	start        int64
}

func (a rating) compare(b rating) int {
	return cmp.Or(a.fairness(b), a.wanted(b),
		cmp.Compare(a.tentative, b.tentative), cmp.Compare(a.unrest, b.unrest), cmp.Compare(a.start, b.start))
}

func (a rating) fairness(b rating) int {
	return cmp.Or(cmp.Compare(a.worst, b.worst), cmp.Compare(a.total, b.total))
}

func (a rating) wanted(b rating) int { return cmp.Compare(b.wishes, a.wishes) }

// contest keeps the starts that share the best rating so far, by some view of it.
type contest struct {
	top  rating
	runs []span
}

func (c *contest) offer(r rating, view func(a, b rating) int) {
	better := -1
	if len(c.runs) > 0 {
		better = view(r, c.top)
	}
	if better < 0 {
		c.top, c.runs = r, c.runs[:0]
	}
	if better <= 0 {
		c.add(r.start)
	}
}

// add appends a start that is later than all before.
func (c *contest) add(start int64) {
	if n := len(c.runs); n > 0 && c.runs[n-1].hi == start {
		c.runs[n-1].hi++
		return
	}
	c.runs = append(c.runs, span{start, start + 1})
}

// rank rates every free start and fills in what the answer says about the best ones.
func (q *search) rank(a *Answer, free []span) {
	jury, wishing := q.jury(a.Tier)
	var fair, most, all contest
	if wishing > 0 {
		most.runs, all.runs = make([]span, 0, len(free)), make([]span, 0, len(free))
	}
	days := make([]favourite, 0, 1+(q.hi-q.lo)/day)
	for _, s := range free {
		for n := s.lo; n < s.hi; n++ {
			r := q.rate(jury, n, a.Tier)
			days = q.favour(days, r)
			if a.Tier == Stretch {
				fair.offer(r, rating.fairness)
			}
			if wishing == 0 {
				continue
			}
			most.offer(r, rating.wanted)
			if r.wishes == wishing {
				all.add(n)
			}
		}
	}
	a.Ranked = q.best(days)
	a.Pick = a.Ranked[0]
	if a.Tier == Stretch {
		a.Fair = &Fair{q.some(fair.runs), time.Duration(fair.top.worst) * time.Second, time.Duration(fair.top.total) * time.Second}
	}
	if wishing > 0 {
		mostly, wholly := q.some(most.runs), q.some(all.runs)
		a.WishedMost, a.WishedByAll, a.Wishes = &mostly, &wholly, most.top.wishes
	}
}

// juror is how one person sees the starts, asked from the first to the last.
type juror struct {
	*person
	work      cursor // instants of core hours
	wished    cursor // starts inside preferences
	tentative cursor // starts that something tentative overlaps
}

// jury answers how everybody sees the starts, and how many of them have preferences.
func (q *search) jury(tier Tier) (jury []juror, wishing int) {
	jury = make([]juror, len(q.people))
	for i := range jury {
		p := &q.people[i]
		jury[i] = juror{person: p, work: cursor{p.core}}
		if len(p.Prefer) > 0 {
			wishing++
			jury[i].wished.rest = q.starts(p.clock.ranges(p.Prefer, 0, 0))
		}
		if tier == Core && q.Policy.TentativeIsFree {
			jury[i].tentative.rest = tidy(q.busy(nil, p, Policy.doubtful))
		}
	}
	return jury, wishing
}

// doubtful tells whether an event of this status does not block but might take place.
func (p Policy) doubtful(status string) bool { return isTentative(status) && !p.blocks(status) }

// rate judges one start.
func (q *search) rate(jury []juror, n int64, tier Tier) rating {
	r, t := rating{start: n}, n*q.step
	for i := range jury {
		j := &jury[i]
		if _, yes := j.wished.at(n); yes {
			r.wishes++
		}
		if tier == Stretch {
			cost := j.cost(t, q.length)
			r.total += cost
			if burden := q.burden(j, cost); i == 0 || burden > r.worst {
				r.worst = burden
			}
			continue
		}
		if _, yes := j.tentative.at(n); yes {
			r.tentative++
		}
		r.unrest += j.unrest(t, q.length)
	}
	if lead := t - q.Now.Unix(); tier == Core && (lead < soonest || lead > latest) {
		r.unrest++
	}
	return r
}

// burden is what a cost means for fairness. Shared, it adds to what the person carries; by
// turns it counts only for whoever carries most, so that the others have their turn.
func (q *search) burden(j *juror, cost int64) int64 {
	switch {
	case !q.Policy.TakeTurns:
		return seconds(j.Debt) + cost
	case j.Debt == q.heaviest():
		return cost
	}
	return 0
}

// heaviest is the most that anybody carries.
func (q *search) heaviest() (most time.Duration) {
	for i := range q.people {
		most = max(most, q.people[i].Debt)
	}
	return most
}

// unrest counts what is unpleasant for the person about a meeting in their core hours.
func (j *juror) unrest(t, length int64) int {
	n := 0
	if s, yes := j.work.at(t); yes && (t < s.lo+edge || t+length > s.hi-edge) {
		n++
	}
	if d, clock := j.clock.date(t); d.weekday() == time.Friday && clock+length > noon {
		n++
	}
	return n
}

// cost answers the seconds that a meeting reaches out of the person's core hours: none
// inside, else before or after the nearest range of that local weekday.
func (p *person) cost(t, length int64) int64 {
	i, _ := slices.BinarySearchFunc(p.core, t+length, func(s span, end int64) int { return cmp.Compare(s.hi, end) })
	if i < len(p.core) && p.core[i].lo <= t {
		return 0
	}
	date, clock := p.work.date(t)
	least := int64(-1)
	for _, s := range p.joined(date.weekday()) {
		over := max(0, s.lo-clock) + max(0, clock+length-s.hi)
		if least < 0 || over < least {
			least = over
		}
	}
	if least < 0 {
		return length
	}
	return least
}

// joined answers the core ranges that start on a weekday, touching ones made one; seconds
// since its midnight.
func (p *person) joined(w time.Weekday) []span {
	if p.week == nil {
		p.week = new([7][]span)
		for _, r := range p.hours {
			for d := range p.week {
				if r.Days.has(time.Weekday(d)) {
					p.week[d] = append(p.week[d], r.span())
				}
			}
		}
		for d := range p.week {
			p.week[d] = tidy(p.week[d])
		}
	}
	return p.week[w]
}

// favourite is the best start of one local date.
type favourite struct {
	date Date
	rating
}

// favour keeps r if it is the best of its date in the first person's zone.
func (q *search) favour(days []favourite, r rating) []favourite {
	date := Date(floorDiv(r.start*q.step, day))
	if len(q.people) > 0 {
		date, _ = q.people[0].clock.date(r.start * q.step)
	}
	for i := len(days) - 1; i >= 0 && i >= len(days)-2; i-- { // a date may come back once, when a clock is set back at midnight
		if days[i].date == date {
			if r.compare(days[i].rating) < 0 {
				days[i].rating = r
			}
			return days
		}
	}
	return append(days, favourite{date, r})
}

// best answers the favourites in order of their rating, as many as were asked for.
func (q *search) best(days []favourite) []Slot {
	slices.SortFunc(days, func(a, b favourite) int { return a.compare(b.rating) })
	most := q.Best
	if most <= 0 {
		most = usualBest
	}
	out := make([]Slot, min(most, len(days)))
	all := make([]Cost, len(out)*len(q.people))
	for i := range out {
		start := q.time(days[i].start)
		costs := all[i*len(q.people) : (i+1)*len(q.people) : (i+1)*len(q.people)]
		for k := range costs {
			p := &q.people[k]
			costs[k] = Cost{p.ID, int(ceilDiv(p.cost(start.Unix(), q.length), 60))}
		}
		out[i] = Slot{Window{start, start.Add(q.Duration)}, costs}
	}
	return out
}
