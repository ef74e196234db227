package slots

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
	"pgregory.net/rapid"
)

// Days on which some of the zones below change their clocks, and quiet ones.
var restlessDays = []string{
	"2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-04-05", "2026-10-04", "2026-09-20",
	"2026-06-08", "2027-01-01", "2028-12-30", "2026-04-24", "2026-10-29", "2026-04-04", "2011-12-29",
}

var restlessZones = []zone.Ref{
	{Name: "America/New_York"}, {Name: "Europe/Berlin"}, {Name: "Australia/Lord_Howe"}, {Name: "Asia/Kathmandu"},
	{Name: "Africa/Cairo"}, {Name: "Asia/Beirut"}, {Name: "America/Santiago"}, {Name: "Africa/Casablanca"},
	{Name: "Pacific/Chatham"}, {Name: "Pacific/Apia"}, {Name: "UTC"}, {Name: "Pacific Standard Time"},
	{Name: "America/Nuuk"}, {Name: "America/Havana"}, {Custom: &zone.Custom{
		Bias:     -600,
		Standard: zone.Switch{Month: 4, Nth: 1, Minute: 180},
		Daylight: zone.Switch{Bias: -60, Month: 10, Nth: 1, Minute: 120},
	}},
}

func drawMinutes(t *rapid.T, label string, among ...int) time.Duration {
	return time.Duration(rapid.SampledFrom(among).Draw(t, label)) * time.Minute
}

func drawRequest(t *rapid.T) Request {
	date, err := ParseDate(rapid.SampledFrom(restlessDays).Draw(t, "day"))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Unix(int64(date-1)*86400, 0).UTC().Add(drawMinutes(t, "shift", 0, 7, 300, 725))
	r := Request{
		Now:      start.Add(drawMinutes(t, "now", -600, 0, 61, 1000)),
		Window:   Window{start, start.Add(drawMinutes(t, "window", -60, 20, 1440, 2880, 2893, 5*1440))},
		Duration: drawMinutes(t, "duration", 15, 30, 45, 50, 90, 180),
		Step:     drawMinutes(t, "step", 15, 15, 15, 5, 10, 60),
		Notice:   drawMinutes(t, "notice", 0, 0, 120, 1440),
		Policy:   Policy{TentativeIsFree: rapid.Bool().Draw(t, "tentative is free")},
		Best:     rapid.IntRange(0, 5).Draw(t, "best"),
	}
	for range rapid.IntRange(0, 1).Draw(t, "previous") {
		r.Previous = append(r.Previous, start.Add(drawMinutes(t, "previous", -20000, -2900, 0, 3000, 9000)))
	}
	for range rapid.IntRange(1, 3).Draw(t, "people") {
		r.People = append(r.People, drawPerson(t, start, date))
	}
	return r
}

func drawPerson(t *rapid.T, start time.Time, date Date) Participant {
	p := Participant{
		ID:    rapid.StringMatching("[a-z]").Draw(t, "id"),
		Zone:  rapid.SampledFrom(restlessZones).Draw(t, "zone"),
		Hours: drawRanges(t, "hours", 1, 2), Protected: drawRanges(t, "protected", 0, 1), Prefer: drawRanges(t, "prefer", 0, 1),
		BufferBefore: drawMinutes(t, "before", 0, 0, 5, 15), BufferAfter: drawMinutes(t, "after", 0, 0, 10),
		MaxPerDay:  rapid.SampledFrom([]int{0, 0, 0, 1, 2, -1}).Draw(t, "max"),
		FlexBefore: drawMinutes(t, "flex before", 0, 0, 60, 600), FlexAfter: drawMinutes(t, "flex after", 0, 0, 90, 900),
		Debt: drawMinutes(t, "debt", 0, 0, 45, 600),
	}
	statuses := []string{"busy", "Busy", "oof", "tentative", "free", "workingElsewhere", "unknown", ""}
	for range rapid.IntRange(0, 4).Draw(t, "events") {
		at := start.Add(time.Duration(rapid.IntRange(-1000, 4000).Draw(t, "at")) * time.Minute).Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 59}).Draw(t, "s")) * time.Second)
		p.Events = append(p.Events, Event{at, at.Add(drawMinutes(t, "lasts", -30, 0, 15, 60, 300)), rapid.SampledFrom(statuses).Draw(t, "status"), ""})
	}
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "days off") {
		p.DaysOff = append(p.DaysOff, date+Date(rapid.IntRange(-1, 2).Draw(t, "day off")))
	}
	for range rapid.IntRange(0, 1).Draw(t, "all day") {
		from := date + Date(rapid.IntRange(-1, 1).Draw(t, "from"))
		p.AllDay = append(p.AllDay, AllDay{from, from + Date(rapid.IntRange(-1, 2).Draw(t, "days")), rapid.SampledFrom(statuses).Draw(t, "all day status")})
	}
	return p
}

func drawRanges(t *rapid.T, label string, least, most int) []Range {
	out := []Range{}
	for range rapid.IntRange(least, most).Draw(t, label) {
		out = append(out, Range{
			Days:  Days(rapid.SampledFrom([]int{int(EveryDay), int(EveryDay), int(Workdays), 1, 1 << 6}).Draw(t, label+" days")),
			Start: drawMinutes(t, label+" start", 0, 60, 120, 150, 480, 540, 1320),
			End:   drawMinutes(t, label+" end", 0, 60, 180, 360, 1020, 1080, 1440, 540),
		})
	}
	return out
}
