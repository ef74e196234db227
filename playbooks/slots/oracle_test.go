package slots

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
	"pgregory.net/rapid"
)

// oracle answers a request the slow way: every start, every person, every minute, each asked
// of a wall clock. It shares no code with the engine but the types.
type oracle struct {
	Request
	locs []*time.Location
}

func ask(r Request) oracle {
	o := oracle{Request: r}
	for _, p := range r.People {
		loc, err := zone.Load(p.Zone, p.Country)
		if err != nil {
			panic(err)
		}
		o.locs = append(o.locs, loc)
	}
	return o
}

// inRange looks at a clock.
func inRange(r Range, at time.Time, before, after time.Duration) bool {
	now := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second
	today, yesterday := r.Days.has(at.Weekday()), r.Days.has((at.Weekday()+6)%7)
	start, end := r.Start, r.End
	if end == 0 {
		end = 24 * time.Hour
	}
	switch {
	case start == end:
		return false
	case end < start:
		return today && now >= start || yesterday && now < end
	}
	return today && now >= max(0, start-before) && now < min(24*time.Hour, end+after)
}

func inAny(ranges []Range, at time.Time, before, after time.Duration) bool {
	return slices.ContainsFunc(ranges, func(r Range) bool { return inRange(r, at, before, after) })
}

func dateOf(t time.Time) Date {
	return Date(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (o oracle) blocking(status string) bool {
	switch strings.ToLower(status) {
	case "free", "workingelsewhere":
		return false
	case "tentative":
		return !o.Policy.TentativeIsFree
	}
	return true
}

// failing answers the first stage that refuses a start, "" if none does.
func (o oracle) failing(start time.Time, stretch bool) Stage {
	if start.Before(o.Now.Add(o.Notice)) {
		return InNotice
	}
	for _, test := range []struct {
		stage Stage
		fails func(p Participant, loc *time.Location) bool
	}{
		{InHours, func(p Participant, loc *time.Location) bool { return o.offHours(p, loc, start, stretch) }},
		{InEvents, func(p Participant, loc *time.Location) bool { return o.occupied(p, loc, start) }},
		{Protected, func(p Participant, loc *time.Location) bool {
			return o.anyMinute(start, loc, func(at time.Time) bool { return inAny(p.Protected, at, 0, 0) })
		}},
		{InLimits, func(p Participant, loc *time.Location) bool { return o.limited(p, start.In(loc), loc) }},
	} {
		for i, p := range o.People {
			if test.fails(p, o.locs[i]) {
				return test.stage
			}
		}
	}
	return ""
}

func (o oracle) anyMinute(start time.Time, loc *time.Location, is func(time.Time) bool) bool {
	for t := start; t.Before(start.Add(o.Duration)); t = t.Add(time.Minute) {
		if is(t.In(loc)) {
			return true
		}
	}
	return false
}

func (o oracle) offHours(p Participant, loc *time.Location, start time.Time, stretch bool) bool {
	before, after := time.Duration(0), time.Duration(0)
	if stretch {
		before, after = p.FlexBefore, p.FlexAfter
	}
	return o.anyMinute(start, loc, func(at time.Time) bool {
		return !inAny(p.Hours, at, before, after) || slices.Contains(p.DaysOff, dateOf(at))
	})
}

func (o oracle) occupied(p Participant, loc *time.Location, start time.Time) bool {
	for _, e := range p.Events {
		if o.blocking(e.Status) && e.Start.Before(e.End) &&
			start.Add(-p.BufferBefore).Before(e.End) && e.Start.Before(start.Add(o.Duration+p.BufferAfter)) {
			return true
		}
	}
	return o.anyMinute(start, loc, func(at time.Time) bool {
		return slices.ContainsFunc(p.AllDay, func(d AllDay) bool {
			return o.blocking(d.Status) && dateOf(at) >= d.From && dateOf(at) < d.Until
		})
	})
}

func (o oracle) limited(p Participant, start time.Time, loc *time.Location) bool {
	meetings := 0
	for _, e := range p.Events {
		meets := strings.EqualFold(e.Status, "busy") || strings.EqualFold(e.Status, "tentative")
		if meets && o.blocking(e.Status) && e.Start.Before(e.End) && dateOf(e.Start.In(loc)) == dateOf(start) {
			meetings++
		}
	}
	if p.MaxPerDay != 0 && meetings >= max(0, p.MaxPerDay) {
		return true
	}
	year, week := start.ISOWeek()
	return slices.ContainsFunc(o.Previous, func(t time.Time) bool {
		y, w := t.In(loc).ISOWeek()
		return y == year && w == week
	})
}

// search answers the starts and the counts of one tier.
func (o oracle) search(stretch bool) (starts []time.Time, c Counts) {
	step := o.Step
	for t := time.Unix(0, 0).UTC().Add(o.Window.Start.Sub(time.Unix(0, 0)).Truncate(step)); !t.Add(o.Duration).After(o.Window.End); t = t.Add(step) {
		if t.Before(o.Window.Start) {
			continue
		}
		failed := o.failing(t, stretch)
		c.Window++
		for _, s := range []struct {
			stage Stage
			count *int
		}{{InNotice, &c.Notice}, {InHours, &c.Hours}, {InEvents, &c.Events}, {Protected, &c.Protected}, {InLimits, &c.Limits}} {
			if failed == s.stage {
				break
			}
			*s.count++
		}
		if failed == "" {
			starts = append(starts, t)
		}
	}
	return starts, c
}

// burden answers the greatest debt + cost and the sum of costs, in minutes.
func (o oracle) burden(start time.Time) (worst, total float64) {
	worst = math.Inf(-1)
	for i, p := range o.People {
		cost := o.cost(p, start.In(o.locs[i]))
		total += cost
		worst = max(worst, p.Debt.Minutes()+cost)
	}
	return worst, total
}

func (o oracle) cost(p Participant, start time.Time) float64 {
	if !o.offHours(p, start.Location(), start, false) {
		return 0
	}
	from := float64(start.Hour()*60 + start.Minute())
	until := from + o.Duration.Minutes()
	least := math.Inf(1)
	for _, r := range p.Hours {
		end := r.End.Minutes()
		if end == 0 {
			end = 1440
		}
		if !r.Days.has(start.Weekday()) || r.Start.Minutes() == end {
			continue
		}
		if end < r.Start.Minutes() {
			end += 1440
		}
		least = min(least, max(0, r.Start.Minutes()-from)+max(0, until-end))
	}
	return least
}

// starts makes a list of an answer's runs.
func starts(s Some, step time.Duration) []time.Time {
	var out []time.Time
	for _, r := range s.Runs {
		for t := r.First; !t.After(r.Last); t = t.Add(step) {
			out = append(out, t)
		}
	}
	return out
}

func TestEngineAgreesWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t)
		if rapid.Bool().Draw(t, "apart") {
			r = apart(r)
		}
		o, a := ask(r), Find(r)
		want, counts := o.search(false)
		tier := Core
		if len(want) == 0 && slices.ContainsFunc(r.People, func(p Participant) bool { return p.FlexBefore+p.FlexAfter > 0 }) {
			want, counts = o.search(true)
			tier = Stretch
		}
		if a.Counts != counts {
			t.Fatalf("counts %+v, want %+v", a.Counts, counts)
		}
		if got := starts(a.Some, r.Step); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s starts\n %v, want\n %v", tier, got, want)
		}
		if len(want) == 0 {
			if a.Status != None || a.Reason != counts.empty() || len(a.Ranked) != 0 {
				t.Fatalf("nothing is free, and the answer is %+v", a)
			}
			return
		}
		if a.Status != OK || a.Tier != tier || a.Count != len(want) {
			t.Fatalf("status %s, tier %s, count %d; want tier %s, count %d", a.Status, a.Tier, a.Count, tier, len(want))
		}
		if tier == Stretch {
			o.checkFair(t, a, want)
		}
		o.checkWishes(t, a, want)
		o.checkRanked(t, a, want)
	})
}

// apart is a request of people whose hours hardly ever meet but who lend some, so that
// stretch times are no rarity.
func apart(r Request) Request {
	r.People = slices.Clone(r.People)
	for i := range r.People {
		p := &r.People[i]
		start := time.Duration(8+2*i) * time.Hour
		p.Hours = []Range{{EveryDay, start, start + 2*time.Hour}}
		p.FlexBefore, p.FlexAfter = 5*time.Hour, 5*time.Hour
		p.Events, p.AllDay, p.DaysOff, p.Protected, p.MaxPerDay = nil, nil, nil, nil, 0
	}
	return r
}

// A property says nothing about what its generator never draws.
func TestTheRequestsDrawnReachEveryTierAndNone(t *testing.T) {
	requests := rapid.Custom(drawRequest)
	seen := map[string]int{}
	for seed := range 300 {
		r := requests.Example(seed)
		for _, r := range []Request{r, apart(r)} {
			a := Find(r)
			seen[string(a.Status)+string(a.Tier)]++
		}
	}
	for _, want := range []string{string(OK) + string(Core), string(OK) + string(Stretch), string(None)} {
		found := 0
		for got, n := range seen {
			if strings.HasPrefix(got, want) {
				found += n
			}
		}
		if found < 20 {
			t.Errorf("of 600 requests only %d are %q: %v", found, want, seen)
		}
	}
}

func (o oracle) checkFair(t *rapid.T, a Answer, want []time.Time) {
	worst, total := math.Inf(1), math.Inf(1)
	var fair []time.Time
	for _, s := range want {
		switch w, c := o.burden(s); {
		case w < worst || w == worst && c < total:
			worst, total, fair = w, c, []time.Time{s}
		case w == worst && c == total:
			fair = append(fair, s)
		}
	}
	if got := starts(a.Fair.Some, o.Step); !reflect.DeepEqual(got, fair) || a.Fair.Worst.Minutes() != worst || a.Fair.Total.Minutes() != total {
		t.Fatalf("fair %v (%v, %v), want %v (%v, %v)", got, a.Fair.Worst, a.Fair.Total, fair, worst, total)
	}
	if !slices.Contains(fair, a.Pick.Start) {
		t.Fatalf("pick %v is not among the fairest %v", a.Pick.Start, fair)
	}
	if a.WishedMost == nil && a.Pick.Start != fair[0] {
		t.Fatalf("pick %v is not the earliest of %v", a.Pick.Start, fair)
	}
}

func (o oracle) checkWishes(t *rapid.T, a Answer, want []time.Time) {
	var most, all []time.Time
	best, wishing := -1, 0
	for _, p := range o.People {
		if len(p.Prefer) > 0 {
			wishing++
		}
	}
	for _, s := range want {
		n := 0
		for i, p := range o.People {
			if len(p.Prefer) > 0 && !o.anyMinute(s, o.locs[i], func(at time.Time) bool { return !inAny(p.Prefer, at, 0, 0) }) {
				n++
			}
		}
		if n > best {
			best, most = n, nil
		}
		if n == best {
			most = append(most, s)
		}
		if n == wishing {
			all = append(all, s)
		}
	}
	if wishing == 0 {
		if a.WishedMost != nil {
			t.Fatal("nobody has preferences, and some are met")
		}
		return
	}
	if got := starts(*a.WishedMost, o.Step); a.Wishes != best || !reflect.DeepEqual(got, most) {
		t.Fatalf("%d wishes at %v, want %d at %v", a.Wishes, got, best, most)
	}
	if got := starts(*a.WishedByAll, o.Step); !reflect.DeepEqual(got, all) {
		t.Fatalf("all wishes at %v, want %v", got, all)
	}
	if a.Tier == Core && !slices.Contains(most, a.Pick.Start) {
		t.Fatalf("pick %v is not among %v", a.Pick.Start, most)
	}
}

func (o oracle) checkRanked(t *rapid.T, a Answer, want []time.Time) {
	if !reflect.DeepEqual(a.Ranked[0], a.Pick) || len(a.Ranked) > max(o.Best, 3) {
		t.Fatalf("pick %v, ranked %v", a.Pick, a.Ranked)
	}
	dates := map[Date]bool{}
	for _, s := range a.Ranked {
		if d := dateOf(s.Start.In(o.locs[0])); dates[d] || !slices.Contains(want, s.Start) {
			t.Fatalf("%v is not free, or a second one that day: %v", s, a.Ranked)
		} else {
			dates[d] = true
		}
		for i, c := range s.Costs {
			if float64(c.Minutes) != o.cost(o.People[i], s.Start.In(o.locs[i])) {
				t.Fatalf("%v costs %+v", s.Start, c)
			}
		}
	}
}
