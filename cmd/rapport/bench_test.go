package main

import (
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// willing is a company of so many people who have all said yes, on the eve of a round.
func willing(b testing.TB, people int) *town {
	b.Helper()
	w := newTown(b, nil, func(s *setting) {
		s.tenant.TenantFile, s.tenant.People, s.tenant.Weeks = nil, people, 2
	})
	w.clock.Set(on("Wed 7 Oct 10:00"))
	w.only(jobs.KindRoster)
	ids, err := w.store.IDs(b.Context(), jobs.MemberNoun)
	w.must(err)
	for _, id := range ids {
		var m roster.Member
		v, err := w.store.Load(b.Context(), jobs.MemberNoun, id, &m)
		w.must(err)
		if _, err := w.store.Save(b.Context(), jobs.MemberNoun, id, v, m.Accept("1", roster.Profile{}, w.clock.Now()), nil); err != nil {
			b.Fatal(err)
		}
	}
	return w
}

// only runs the steps of these kinds that are due until there are no more.
func (w *town) only(kinds ...string) {
	w.Helper()
	for {
		due, err := w.store.Due(w.Context(), w.clock.Now(), 10_000)
		w.must(err)
		ran := 0
		for _, s := range due {
			if has(kinds, s) {
				w.run(s)
				ran++
			}
		}
		if ran == 0 {
			return
		}
	}
}

func has(kinds []string, s cadence.Step) bool {
	for _, k := range kinds {
		if k == s.Kind {
			return true
		}
	}
	return false
}

// requests are those of a route that were answered between two looks at the counters.
func requests(before, after m365sim.Counts, method, suffix string) (n int) {
	for route, count := range after.Routes {
		if strings.HasPrefix(route, method+" ") && strings.HasSuffix(route, suffix) {
			n += count - before.Routes[route]
		}
	}
	return n
}

func shares(n, most int) int { return (n + most - 1) / most }

// One round of a thousand people, paired, planned and booked. The least possible is one
// getSchedule for twenty mailboxes, one batch for twenty of those, and for every meeting one
// read of its people's calendars, one POST and one look at what then stands there.
func BenchmarkARoundOfAThousandPeople(b *testing.B) {
	b.ReportAllocs()
	var booked, schedules, batches, events, all, least float64
	for range b.N {
		b.StopTimer()
		w := willing(b, 1000)
		before := w.tenant.Counts()
		b.StartTimer()
		w.only(jobs.KindRound, session.KindRoundBook, session.KindBook)
		b.StopTimer()
		after := w.tenant.Counts()
		people, meetings := 0, 0
		w.must(each(b.Context(), w.store, session.Noun, func(x session.Session) {
			people += len(x.People)
			if x.State == session.Booked {
				meetings++
			}
		}))
		if meetings < 400 {
			b.Fatalf("only %d meetings were booked", meetings)
		}
		booked += float64(meetings)
		schedules += float64(requests(before, after, "POST", "/getSchedule")) / float64(shares(people, 20)+meetings)
		posts := requests(before, after, "POST", "/events")
		batches += float64(after.Requests-before.Requests-posts-2*meetings) / float64(shares(people, 400)) // nothing else is sent
		events += float64(posts) / float64(meetings)
		all += float64(after.Requests - before.Requests)
		least += float64(shares(people, 400) + 3*meetings)
		if after.Throttled > 0 {
			b.Errorf("the tenant had to slow us down %d times", after.Throttled)
		}
	}
	n := float64(b.N)
	b.ReportMetric(booked/n, "meetings")
	b.ReportMetric(schedules/n, "getSchedules/least")
	b.ReportMetric(batches/n, "batches/least")
	b.ReportMetric(events/n, "event-POSTs/least")
	b.ReportMetric(all/least, "requests/least")
}

// How long a virtual week of a company of 24 takes: everything real but the queue. Most of
// it is waiting for the pace that Teams allows.
func BenchmarkAVirtualWeek(b *testing.B) {
	b.ReportAllocs()
	const weeks = 5
	for range b.N {
		b.StopTimer()
		w := busyTown(b, 1, 24)
		b.StartTimer()
		w.until(demoStart.AddDate(0, 0, 7*weeks))
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/weeks, "s/virtual-week")
}
