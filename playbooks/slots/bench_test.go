package slots

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
)

// pair is two people with a hundred events each in two weeks, seen on a grid of quarter hours.
func pair() Request {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	r := Request{
		Now: start, Window: Window{start, start.AddDate(0, 0, 14)},
		Duration: 45 * time.Minute, Step: Grid, Notice: 24 * time.Hour,
	}
	for i, name := range []string{"America/New_York", "Europe/Berlin"} {
		p := Participant{
			ID: fmt.Sprint("p", i), Zone: zone.Ref{Name: name}, BufferBefore: 5 * time.Minute, MaxPerDay: 12,
			Prefer: []Range{{EveryDay, 9 * time.Hour, 16 * time.Hour}}, Protected: []Range{{EveryDay, 12 * time.Hour, 13 * time.Hour}},
		}
		for k := range 100 {
			at := start.Add(time.Duration(k) * 200 * time.Minute).Add(time.Duration(k*37%11) * 15 * time.Minute)
			p.Events = append(p.Events, Event{Start: at, End: at.Add(time.Duration(15+k%4*15) * time.Minute), Status: "busy"})
		}
		r.People = append(r.People, p)
	}
	return r
}

func BenchmarkFindPair(b *testing.B) {
	r := pair()
	if a := Find(r); a.Status != OK || a.Tier != Core {
		b.Fatalf("%+v", a.Why())
	}
	b.ReportAllocs()
	for b.Loop() {
		Find(r)
	}
}

// BenchmarkRound finds a time for every pair of a round: the whole of it in memory, a hundred
// events a person. Time and bytes grow with the people and no faster.
func BenchmarkRound(b *testing.B) {
	for _, people := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			round := make([]Request, people/2)
			for i := range round {
				round[i] = pair()
			}
			b.ReportAllocs()
			for b.Loop() {
				for i := range round {
					if a := Find(round[i]); a.Status != OK {
						b.Fatal(a.Why())
					}
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/round")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(people), "µs/person")
		})
	}
}

func BenchmarkFindStretch(b *testing.B) {
	r := pair()
	r.People[1].Zone.Name = "Asia/Tokyo"
	for i := range r.People {
		r.People[i].FlexBefore, r.People[i].FlexAfter = 3*time.Hour, 4*time.Hour
	}
	if a := Find(r); a.Tier != Stretch {
		b.Fatalf("%+v", a.Why())
	}
	b.ReportAllocs()
	for b.Loop() {
		Find(r)
	}
}

func BenchmarkLine(b *testing.B) {
	line := pairLine(b)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		Line(line)
	}
}

// pairLine is the same pair as one line of `rapport slots`.
func pairLine(tb testing.TB) []byte {
	r := pair()
	var people []map[string]any
	for _, p := range r.People {
		var events []map[string]any
		for _, e := range p.Events {
			events = append(events, map[string]any{"start": e.Start, "end": e.End, "status": e.Status})
		}
		people = append(people, map[string]any{"id": p.ID, "time_zone": p.Zone.Name, "events": events,
			"prefer": []map[string]any{{"start": "09:00", "end": "16:00"}}, "buffer_before_minutes": 5, "max_meetings_per_day": 12})
	}
	line, err := json.Marshal(map[string]any{"id": "pair", "op": "slots", "input": map[string]any{
		"now": r.Now, "window": r.Window, "duration_minutes": 45, "step_minutes": 15, "min_notice_minutes": 1440,
		"participants": people,
	}})
	if err != nil {
		tb.Fatal(err)
	}
	return line
}
