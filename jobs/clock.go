package jobs

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Wall is the real clock.
type Wall struct{}

// Now answers the present moment, UTC.
func (Wall) Now() time.Time { return time.Now().UTC() }

// Real answers d itself.
func (Wall) Real(d time.Duration) time.Duration { return d }

// Virtual answers d itself.
func (Wall) Virtual(d time.Duration) time.Duration { return d }

// Fast is a virtual clock that several processes share by knowing where it started.
type Fast struct {
	Start time.Time // virtual
	Since time.Time // when Start was, on the wall
	Speed float64   // virtual seconds a wall second
}

// slowest and fastest bound a clock's speed: beyond them an hour of the one time does not fit
// into the other.
const slowest, fastest = 1e-3, 1e6

// ParseClock reads "<virtual start RFC3339>@<real start unix ms>x<speed>", the form of
// RAPPORT_CLOCK; the speed is 0.001 to 1000000. An empty text is the real clock.
func ParseClock(text string) (Clock, error) {
	if text == "" {
		return Wall{}, nil
	}
	bad := fmt.Errorf("RAPPORT_CLOCK: %q is not <virtual start RFC3339>@<real start unix ms>x<speed>, for example 2026-10-05T06:00:00Z@1791180000000x3600", text)
	start, rest, ok := strings.Cut(text, "@")
	since, speed, ok2 := strings.Cut(rest, "x")
	at, err := time.Parse(time.RFC3339, start)
	ms, err2 := strconv.ParseInt(since, 10, 64)
	x, err3 := strconv.ParseFloat(speed, 64)
	if !ok || !ok2 || err != nil || err2 != nil || err3 != nil || !(x >= slowest && x <= fastest) {
		return nil, bad
	}
	return Fast{Start: at.UTC(), Since: time.UnixMilli(ms), Speed: x}, nil
}

// String is the form that ParseClock reads.
func (f Fast) String() string {
	return fmt.Sprintf("%s@%dx%g", f.Start.Format(time.RFC3339Nano), f.Since.UnixMilli(), f.Speed)
}

// Now answers the virtual moment, UTC.
func (f Fast) Now() time.Time { return f.Start.Add(f.Virtual(time.Since(f.Since))).UTC() }

// Real answers how long d takes on the wall.
func (f Fast) Real(d time.Duration) time.Duration { return time.Duration(float64(d) / f.Speed) }

// Virtual answers how far the clock moves while d passes on the wall.
func (f Fast) Virtual(d time.Duration) time.Duration { return time.Duration(float64(d) * f.Speed) }

// Stepped is a virtual clock that moves only when it is told to: for stories and the demo.
type Stepped struct {
	mu  sync.Mutex
	now time.Time
}

// NewStepped starts a stepped clock.
func NewStepped(start time.Time) *Stepped { return &Stepped{now: start.UTC()} }

// Now answers the moment the clock was set to, UTC.
func (s *Stepped) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Set moves the clock forward to t; it never goes back.
func (s *Stepped) Set(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.After(s.now) {
		s.now = t.UTC()
	}
}

// Real answers at most a moment: whoever waits for a stepped clock waits for its owner.
func (s *Stepped) Real(d time.Duration) time.Duration { return min(d, 20*time.Millisecond) }

// Virtual answers nothing: time on the wall does not move this clock.
func (s *Stepped) Virtual(time.Duration) time.Duration { return 0 }
