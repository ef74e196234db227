package match

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

const dayMinutes = 24 * 60

// Span is a stretch of the UTC day: it starts so many minutes after midnight and may run
// past the next midnight, for the day is a circle.
type Span struct {
	Start   int // 0..1439
	Minutes int // how long
}

// Spans turns working hours into stretches of the UTC day, with the clock of loc as it
// stands on that day. Hours that end at or before their start run into the next day.
// Unknown or unreadable hours give none.
func Spans(h roster.Hours, loc *time.Location, day time.Time) []Span {
	if len(h.Days) == 0 || loc == nil {
		return nil
	}
	from, okFrom := clockMinute(h.Start)
	to, okTo := clockMinute(h.End)
	if !okFrom || !okTo {
		return nil
	}
	if to <= from {
		to += dayMinutes
	}
	y, m, d := day.In(loc).Date()
	noon := time.Date(y, m, d, 12, 0, 0, 0, loc) // away from the hour at which clocks change
	_, offset := noon.Zone()
	start := (from - offset/60) % dayMinutes
	return []Span{{Start: (start + dayMinutes) % dayMinutes, Minutes: to - from}}
}

// clockMinute reads "15:04", also with seconds behind it, as minutes after midnight.
func clockMinute(s string) (int, bool) {
	var h, m int
	if n, err := fmt.Sscanf(s, "%d:%d", &h, &m); n != 2 || err != nil {
		return 0, false
	}
	return h*60 + m, h >= 0 && h <= 24 && m >= 0 && m < 60 && h*60+m <= dayMinutes
}

// dial marks minutes of the UTC day, one bit each.
type dial [(dayMinutes + 63) / 64]uint64

func dialOf(spans []Span) (d dial) {
	for _, s := range spans {
		for k := range min(s.Minutes, dayMinutes) {
			m := ((s.Start+k)%dayMinutes + dayMinutes) % dayMinutes
			d[m/64] |= 1 << (m % 64)
		}
	}
	return d
}

// and answers the minutes marked on both dials.
func (d *dial) and(o *dial) (both dial) {
	for i := range d {
		both[i] = d[i] & o[i]
	}
	return both
}

// common answers how many minutes two dials share.
func (d *dial) common(o *dial) int {
	sum := 0
	for i := range d {
		sum += bits.OnesCount64(d[i] & o[i])
	}
	return sum
}
