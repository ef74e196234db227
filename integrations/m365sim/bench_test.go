package m365sim

import (
	"testing"
)

// BenchmarkNew hires a thousand people with calendars for five weeks.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Options{People: 1000, Seed: 7, Start: monday}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGetSchedule reads twenty mailboxes for two weeks, the call a round is made of.
func BenchmarkGetSchedule(b *testing.B) {
	tenant, err := New(Options{People: 1000, Seed: 7, Start: monday})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, p := range tenant.people[:maxSchedules] {
			tenant.scheduleOf(p.Mail, span{monday, monday.Add(2 * week)}, minutesOfGrid*60e9, "UTC")
		}
	}
}
