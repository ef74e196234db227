package slots

import "time"

// clock is a zone over one window, cut where its offset changes. Inside a piece local time
// runs evenly, so wall-clock ranges turn into instants without a gap hour moving or a
// repeated hour being lost.
type clock struct {
	loc    *time.Location
	pieces []piece
}

// piece is a stretch of instants with one offset, seconds east of UTC.
type piece struct{ lo, hi, offset int64 }

func newClock(loc *time.Location, lo, hi int64) clock {
	c := clock{loc: loc}
	for lo < hi {
		t := time.Unix(lo, 0).In(loc)
		_, offset := t.Zone()
		end := hi
		if _, change := t.ZoneBounds(); !change.IsZero() && change.Unix() < hi {
			end = change.Unix()
		}
		// Go ends a year of daylight rules after 365 days; on the last day of a leap year
		// that bound is not after t. No real change is missed in a quarter of an hour.
		if end <= lo {
			end = min(hi, lo+int64(Grid/time.Second))
		}
		if n := len(c.pieces); n > 0 && c.pieces[n-1].offset == int64(offset) {
			c.pieces[n-1].hi = end
		} else {
			c.pieces = append(c.pieces, piece{lo, end, int64(offset)})
		}
		lo = end
	}
	return c
}

// offset answers the offset at an instant, inside the window or not.
func (c *clock) offset(t int64) int64 {
	for _, p := range c.pieces {
		if p.lo <= t && t < p.hi {
			return p.offset
		}
	}
	_, offset := time.Unix(t, 0).In(c.loc).Zone()
	return int64(offset)
}

// date answers the local date at an instant, and the seconds since its midnight.
func (c *clock) date(t int64) (Date, int64) {
	local := t + c.offset(t)
	d := floorDiv(local, day)
	return Date(d), local - d*day
}

// add appends the instants of the window whose local clock lies in [from, until), both in
// seconds since 1970 of that clock.
func (c *clock) add(out []span, from, until int64) []span {
	for _, p := range c.pieces {
		if x := (span{max(p.lo, from-p.offset), min(p.hi, until-p.offset)}); x.lo < x.hi {
			out = append(out, x)
		}
	}
	return out
}

// ranges answers the instants of the window that lie in any of the wall-clock ranges, those
// of one day widened by before and after, but never past that day's midnights.
func (c *clock) ranges(ranges []Range, before, after time.Duration) []span {
	if len(c.pieces) == 0 || len(ranges) == 0 {
		return nil
	}
	first, last := c.pieces[0], c.pieces[len(c.pieces)-1]
	from := floorDiv(first.lo+first.offset, day) - 1 // a range may come in from the day before
	until := floorDiv(last.hi+last.offset, day) + 1
	out := make([]span, 0, int(until-from+1)*len(ranges))
	for _, r := range ranges {
		s := r.span()
		if s.lo == s.hi {
			continue
		}
		if s.hi <= day {
			s = span{max(0, s.lo-seconds(before)), min(day, s.hi+seconds(after))}
		}
		for d := from; d <= until; d++ {
			if r.Days.has(Date(d).weekday()) {
				out = c.add(out, d*day+s.lo, d*day+s.hi)
			}
		}
	}
	return tidy(out)
}
