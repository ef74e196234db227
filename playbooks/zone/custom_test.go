package zone

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// nth answers the local date of a switch, counted on fingers.
func nth(year int, s Switch) time.Time {
	first := time.Date(year, time.Month(s.Month), 1, 0, 0, 0, 0, time.UTC)
	day := first.AddDate(0, 0, (s.Weekday-int(first.Weekday())+7)%7+7*(s.Nth-1))
	for day.Month() != first.Month() {
		day = day.AddDate(0, 0, -7)
	}
	return day.Add(time.Duration(s.Minute) * time.Minute)
}

// inDaylight follows Windows' words: daylight time begins at a local standard time and ends
// at a local daylight time; with the beginning later in the year than the end it spans New Year.
func inDaylight(c Custom, at time.Time) bool {
	begin := nth(at.Year(), c.Daylight).Add(time.Duration(c.Bias+c.Standard.Bias) * time.Minute)
	end := nth(at.Year(), c.Standard).Add(time.Duration(c.Bias+c.Daylight.Bias) * time.Minute)
	if begin.Before(end) {
		return !at.Before(begin) && at.Before(end)
	}
	return !at.Before(begin) || at.Before(end)
}

func TestCustomRulesFollowWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		months := rapid.Permutation([]int{2, 3, 4, 5, 8, 9, 10, 11}).Draw(t, "months")
		draw := func(label string, month int) Switch {
			return Switch{
				Month: month, Nth: rapid.IntRange(1, 5).Draw(t, label+" nth"),
				Weekday: rapid.IntRange(0, 6).Draw(t, label+" weekday"),
				Minute:  rapid.IntRange(0, 96).Draw(t, label+" quarter") * 15,
			}
		}
		c := Custom{Bias: rapid.IntRange(-56, 48).Draw(t, "bias") * 15, Standard: draw("standard", months[0]), Daylight: draw("daylight", months[1])}
		c.Daylight.Bias = rapid.SampledFrom([]int{-60, -30, -120, 60}).Draw(t, "daylight bias")
		loc, err := Load(Ref{Custom: &c}, "")
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(0, 70*365*86400/900).Draw(t, "at")*900, 0).UTC()
		want := -60 * c.Bias
		if inDaylight(c, at) {
			want -= 60 * c.Daylight.Bias
		}
		if _, got := at.In(loc).Zone(); got != want {
			t.Fatalf("%s: offset %d s, want %d (rule %s)", at, got, want, c.rule())
		}
	})
}

func TestCustomWithoutDaylight(t *testing.T) {
	loc, err := Load(Ref{Name: "Customized Time Zone", Custom: &Custom{Bias: -330}}, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, year := range []int{1900, 1969, 2026, 2500} {
		if _, off := time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC).In(loc).Zone(); off != 330*60 {
			t.Errorf("%d: offset %d", year, off)
		}
	}
}

func TestCustomNonsenseIsRefused(t *testing.T) {
	may, ok := Switch{Month: 5, Nth: 1}, Switch{Month: 10, Nth: 5, Minute: 120}
	for name, c := range map[string]Custom{
		"bias":    {Bias: 1440},
		"nth":     {Standard: ok, Daylight: Switch{Month: 3, Nth: 0}},
		"month":   {Standard: Switch{Month: 13, Nth: 1}, Daylight: may},
		"weekday": {Standard: ok, Daylight: Switch{Month: 3, Nth: 1, Weekday: 7}},
		"minute":  {Standard: ok, Daylight: Switch{Month: 3, Nth: 1, Minute: 1441}},
		"saving":  {Standard: ok, Daylight: Switch{Month: 3, Nth: 1, Bias: -9999}},
	} {
		if loc, err := Load(Ref{Custom: &c}, ""); err == nil {
			t.Errorf("%s: became %v", name, loc)
		}
	}
}
