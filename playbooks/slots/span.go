package slots

import (
	"cmp"
	"slices"
	"time"
)

// span is half-open. Sets of spans are sorted and neither overlap nor touch; they hold
// either seconds since 1970 UTC or numbers of grid starts.
type span struct{ lo, hi int64 }

const day = 24 * 60 * 60

// tidy makes a set of any spans, in place.
func tidy(s []span) []span {
	slices.SortFunc(s, func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
	out := s[:0]
	for _, x := range s {
		switch last := len(out) - 1; {
		case x.hi <= x.lo:
		case last >= 0 && x.lo <= out[last].hi:
			out[last].hi = max(out[last].hi, x.hi)
		default:
			out = append(out, x)
		}
	}
	return out
}

// both answers what is in a and in b.
func both(a, b []span) []span {
	out := make([]span, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if x := (span{max(a[0].lo, b[0].lo), min(a[0].hi, b[0].hi)}); x.lo < x.hi {
			out = append(out, x)
		}
		if a[0].hi < b[0].hi {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return out
}

// without answers what is in a and not in b.
func without(a, b []span) []span {
	if len(b) == 0 {
		return a
	}
	out := make([]span, 0, len(a)+len(b))
	for _, x := range a {
		for len(b) > 0 && b[0].hi <= x.lo {
			b = b[1:]
		}
		for i := 0; i < len(b) && b[i].lo < x.hi; i++ {
			if x.lo < b[i].lo {
				out = append(out, span{x.lo, b[i].lo})
			}
			x.lo = max(x.lo, b[i].hi)
		}
		if x.lo < x.hi {
			out = append(out, x)
		}
	}
	return out
}

// size answers how many numbers the set holds.
func size(s []span) int {
	n := int64(0)
	for _, x := range s {
		n += x.hi - x.lo
	}
	return int(n)
}

// cursor walks a set once, upwards.
type cursor struct{ rest []span }

// at answers the span that holds x; x must not be smaller than the one before.
func (c *cursor) at(x int64) (span, bool) {
	for len(c.rest) > 0 && c.rest[0].hi <= x {
		c.rest = c.rest[1:]
	}
	if len(c.rest) == 0 || x < c.rest[0].lo {
		return span{}, false
	}
	return c.rest[0], true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func ceilDiv(a, b int64) int64 { return -floorDiv(-a, b) }

// floorSec and ceilSec read a time in whole seconds, a fraction going down or up.
func floorSec(t time.Time) int64 { return t.Unix() }

func ceilSec(t time.Time) int64 {
	s := t.Unix()
	if t.Nanosecond() > 0 {
		s++
	}
	return s
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
