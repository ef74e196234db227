package zone

import (
	"encoding/binary"
	"fmt"
	"sync"
	"time"
)

// customs are the clocks made from rules. It is bounded because rules come from outside.
var customs = struct {
	sync.Mutex
	clocks map[Custom]*time.Location
}{clocks: map[Custom]*time.Location{}}

const (
	mostCustoms = 1000
	longestBias = 24 * 60 // minutes; the widest real offset is 14 hours
)

// load answers the clock that follows the rules for ever, in both directions of time.
func (c Custom) load() (*time.Location, error) {
	customs.Lock()
	defer customs.Unlock()
	if loc := customs.clocks[c]; loc != nil {
		return loc, nil
	}
	if why := c.wrong(); why != "" {
		return nil, &UnresolvedError{"customTimeZone", why}
	}
	loc, err := time.LoadLocationFromTZData("custom", compile(c.rule(), c.standard()))
	if err != nil {
		return nil, &UnresolvedError{"customTimeZone", "its rules make no clock"}
	}
	if len(customs.clocks) < mostCustoms {
		customs.clocks[c] = loc
	}
	return loc, nil
}

// daylight tells whether the zone changes its clock at all.
func (c Custom) daylight() bool { return c.Daylight.Month != 0 && c.Standard.Month != 0 }

// standard answers UTC - local in minutes outside daylight time.
func (c Custom) standard() int {
	if !c.daylight() {
		return c.Bias
	}
	return c.Bias + c.Standard.Bias
}

func (c Custom) wrong() string {
	if c.Bias <= -longestBias || c.Bias >= longestBias {
		return "its bias is a day or more"
	}
	if !c.daylight() {
		return ""
	}
	for _, s := range []Switch{c.Standard, c.Daylight} {
		switch {
		case s.Bias <= -longestBias || s.Bias >= longestBias:
			return "its daylight bias is a day or more"
		case s.Month < 1 || s.Month > 12 || s.Nth < 1 || s.Nth > 5 || s.Weekday < 0 || s.Weekday > 6:
			return "its switch is not a weekday of a month"
		case s.Minute < 0 || s.Minute > 24*60:
			return "its switch is not a time of day"
		}
	}
	return ""
}

// rule writes the zone as a POSIX TZ string, which counts the same way: minutes to add to
// local time to get UTC, and switches at the local time that ends.
func (c Custom) rule() string {
	text := posixOffset(c.standard())
	if !c.daylight() {
		return text
	}
	text += posixOffset(c.Bias + c.Daylight.Bias)
	for _, s := range []Switch{c.Daylight, c.Standard} {
		text += fmt.Sprintf(",M%d.%d.%d/%d:%02d", s.Month, s.Nth, s.Weekday, s.Minute/60, s.Minute%60)
	}
	return text
}

// posixOffset names and states one offset: "<+05:30>-5:30".
func posixOffset(bias int) string {
	name, sign, m := '-', "", bias
	if bias <= 0 {
		name, sign, m = '+', "-", -bias
	}
	return fmt.Sprintf("<%c%02d:%02d>%s%d:%02d", name, m/60, m%60, sign, m/60, m%60)
}

// compile makes TZif data (RFC 9636, version 2) without transitions: one local time type
// and the rule as footer, which then holds always.
func compile(rule string, bias int) []byte {
	block := func(out []byte) []byte {
		out = append(out, "TZif2"...)
		out = append(out, make([]byte, 15)...)
		for _, count := range []uint32{0, 0, 0, 0, 1, 4} { // one type, four letters of name
			out = binary.BigEndian.AppendUint32(out, count)
		}
		out = binary.BigEndian.AppendUint32(out, uint32(int32(-bias*60)))
		return append(out, 0, 0, 'S', 'T', 'D', 0) // not daylight, name at 0
	}
	out := block(block(nil)) // version 1 readers get the first, all others the second
	return append(append(append(out, '\n'), rule...), '\n')
}
