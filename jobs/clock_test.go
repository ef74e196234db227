package jobs

import (
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestParseClock(t *testing.T) {
	good := Fast{Start: time.Date(2026, time.October, 5, 6, 0, 0, 0, time.UTC), Since: time.UnixMilli(1791180000000), Speed: 3600}
	for text, want := range map[string]Clock{
		"": Wall{},
		"2026-10-05T06:00:00Z@1791180000000x3600":      good,
		"2026-10-05T08:00:00+02:00@1791180000000x3600": good,
		"2026-10-05T06:00:00Z@1791180000000x3.6e3":     good,
		"1969-07-20T20:17:40Z@-1x0.5":                  Fast{time.Date(1969, time.July, 20, 20, 17, 40, 0, time.UTC), time.UnixMilli(-1), 0.5},
	} {
		if got, err := ParseClock(text); got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{
		"now", "@x", " ", "2026-10-05T06:00:00Z", "2026-10-05T06:00:00Z@1791180000000", "2026-10-05T06:00:00Z@x3600",
		"2026-10-05@1791180000000x3600", "2026-13-05T06:00:00Z@1791180000000x3600", "2026-10-05T06:00:00@1791180000000x3600",
		"2026-10-05T06:00:00Z@soonx3600", "2026-10-05T06:00:00Z@1.5x3600", "2026-10-05T06:00:00Z@99999999999999999999x1",
		"2026-10-05T06:00:00Z@1791180000000x", "2026-10-05T06:00:00Z@1791180000000xfast", "2026-10-05T06:00:00Z@1791180000000x0",
		"2026-10-05T06:00:00Z@1791180000000x-1", "2026-10-05T06:00:00Z@1791180000000xNaN", "2026-10-05T06:00:00Z@1791180000000xInf",
		"2026-10-05T06:00:00Z@1791180000000x1e300", "2026-10-05T06:00:00Z@1791180000000x1e-300", "2026-10-05T06:00:00Z@1791180000000x3600 ",
	} {
		c, err := ParseClock(bad)
		if c != nil || err == nil || !strings.HasPrefix(err.Error(), "RAPPORT_CLOCK: ") || !strings.Contains(err.Error(), "for example 2026-10-05T06:00:00Z@1791180000000x3600") {
			t.Errorf("%q: %v, %v", bad, c, err)
		}
	}
}

func FuzzParseClock(f *testing.F) {
	f.Add("2026-10-05T06:00:00Z@1791180000000x3600")
	f.Add("2026-10-05T06:00:00.25+02:00@-1x0x1p3")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseClock(text)
		if err != nil || text == "" {
			return
		}
		if y := c.(Fast).Start.Year(); y < 0 || y > 9999 {
			return // RFC 3339 has no such years
		}
		if again, err := ParseClock(c.(Fast).String()); again != c || err != nil {
			t.Fatalf("%q reads as %v, which reads as %v, %v", text, c, again, err)
		}
		c.Now()
	})
}

func fast(rt *rapid.T) Fast {
	return Fast{
		Start: monday.Add(time.Duration(rapid.Int64Range(0, int64(10000*time.Hour)).Draw(rt, "start"))),
		Since: time.UnixMilli(time.Now().UnixMilli() - rapid.Int64Range(0, 1_000_000).Draw(rt, "ago")),
		Speed: rapid.Float64Range(slowest, fastest).Draw(rt, "speed"),
	}
}

func TestAFastClockSurvivesBeingWrittenDown(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := fast(rt)
		again, err := ParseClock(c.String())
		if again != c || err != nil {
			rt.Fatalf("%v became %v, %v", c, again, err)
		}
	})
}

func TestRealAndVirtualUndoEachOther(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, d := fast(rt), time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(rt, "d"))
		for name, back := range map[string]time.Duration{"there": c.Real(c.Virtual(d)), "back": c.Virtual(c.Real(d))} {
			// A nanosecond of the slower time is many of the faster one.
			if off := (back - d).Abs(); float64(off) > 2*max(c.Speed, 1/c.Speed)+float64(d)*1e-9 {
				rt.Fatalf("%s: %v became %v at speed %v", name, d, back, c.Speed)
			}
		}
	})
}

// Two processes that read the same text at different moments live in the same time.
func TestTwoProcessesShareAFastClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		mine := Fast{Start: monday, Since: begun, Speed: 3600}
		time.Sleep(3 * time.Second)
		theirs, err := ParseClock(mine.String())
		if err != nil {
			t.Fatal(err)
		}
		if want := monday.Add(3 * time.Hour); !mine.Now().Equal(want) || !theirs.Now().Equal(want) || mine.Now().Location() != time.UTC {
			t.Fatal(mine.Now(), theirs.Now(), want)
		}
		time.Sleep(mine.Real(48 * time.Hour))
		if want := monday.Add(51 * time.Hour); !theirs.Now().Equal(want) {
			t.Fatal(theirs.Now(), want)
		}
	})
}

func TestAFastClockLastsLongerThanAnyRun(t *testing.T) {
	for _, speed := range []float64{slowest, 1, 3600, fastest} {
		c := Fast{Start: monday, Since: monday, Speed: speed}
		if v := c.Virtual(2 * time.Hour); v <= 0 || math.Abs(float64(v)-speed*float64(2*time.Hour)) > speed {
			t.Errorf("two hours at %g are %v", speed, v)
		}
		if r := c.Real(24 * time.Hour); r <= 0 {
			t.Errorf("a day at %g takes %v", speed, r)
		}
	}
}

func TestAWallClockIsTheTime(t *testing.T) {
	if d := time.Since(Wall{}.Now()); d < 0 || d > time.Minute || (Wall{}).Now().Location() != time.UTC {
		t.Fatal(d)
	}
	if (Wall{}).Real(time.Hour) != time.Hour || (Wall{}).Virtual(time.Hour) != time.Hour {
		t.Fatal("an hour is not an hour")
	}
}

func TestASteppedClockNeverGoesBackAndNeverByItself(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, latest := NewStepped(monday.In(time.FixedZone("", 7200))), monday
		for _, hours := range rapid.SliceOf(rapid.IntRange(-100, 100)).Draw(rt, "hours") {
			to := monday.Add(time.Duration(hours) * time.Hour)
			c.Set(to)
			if to.After(latest) {
				latest = to
			}
			if now := c.Now(); !now.Equal(latest) || now.Location() != time.UTC {
				rt.Fatalf("%v instead of %v", now, latest)
			}
		}
		d := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(rt, "d"))
		if c.Virtual(d) != 0 || c.Real(d) > 20*time.Millisecond || c.Real(d) < 0 {
			rt.Fatalf("%v: %v, %v", d, c.Virtual(d), c.Real(d))
		}
	})
}

func TestASteppedClockMayBeReadWhileItIsSet(t *testing.T) {
	c := NewStepped(monday)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() { c.Set(monday.Add(time.Duration(i) * time.Hour)) })
		all.Go(func() { c.Now() })
	}
	all.Wait()
	if !c.Now().Equal(monday.Add(49 * time.Hour)) {
		t.Fatal(c.Now())
	}
}
