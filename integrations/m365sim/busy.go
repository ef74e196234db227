package m365sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// plant fills everybody's calendar with a plausible working life: stand-ups, weekly team
// meetings, focus blocks, one-off meetings, a holiday here and there. Everything is laid out
// on the local clock of the person, so a change of the clock does not move the stand-up.
func (t *Tenant) plant() {
	for _, p := range t.people {
		if p.Planted {
			t.plantFor(p)
		}
	}
}

// standUps are the local times (minutes) at which teams meet daily.
var standUps = map[string]int{"Platform": 9*60 + 30, "Mobile": 10 * 60, "Data": 10*60 + 30, "Frontline": 9 * 60, "Escalations": 9*60 + 45, "Product design": 10 * 60}

// secretSubjects stand in calendars so that a leak would be seen.
var secretSubjects = []string{"Salary review", "Performance plan (confidential)", "Doctor", "Acquisition Heron", "Complaint hearing",
	"Budget round", "Customer escalation", "Candidate interview", "Roadmap", "Supplier call", "Release check", "Offsite planning"}

func (t *Tenant) plantFor(p *person) {
	dice := t.dice("calendar", p.ID)
	first := t.opts.Start.In(p.Zone).AddDate(0, 0, -7)
	days := (t.opts.Weeks + 5) * 7
	weekly, oneToOne, focus := 1+dice.IntN(4), 1+dice.IntN(4), dice.IntN(5)
	holiday, length := dice.IntN(days*2), 2+dice.IntN(4)
	for d := range days {
		day := time.Date(first.Year(), first.Month(), first.Day()+d, 0, 0, 0, 0, p.Zone)
		if !slices.Contains(p.Days, day.Weekday()) {
			continue
		}
		if publicHoliday(p.Country, day) || (d >= holiday && d < holiday+length) {
			t.block(p, day, 0, 24*60, "oof", "Out of office", false)
			continue
		}
		if at, ok := standUps[p.Team]; ok && at >= p.Starts {
			t.block(p, day, at, at+15, "busy", "Stand-up", true)
		}
		switch int(day.Weekday()) {
		case weekly:
			t.block(p, day, p.Starts+3*60, p.Starts+4*60, "busy", "Team meeting", true)
		case oneToOne:
			t.block(p, day, p.Ends-2*60, p.Ends-90, "busy", "One-to-one", true)
		case focus:
			t.block(p, day, p.Starts+30, p.Starts+2*60+30, "busy", "Focus time", true)
		}
		t.oneOffs(p, dice, day)
	}
}

// oneOffs adds the meetings of one day that repeat nowhere: two in five half-hours are
// taken on a usual day, more on a bad one.
func (t *Tenant) oneOffs(p *person, dice *rand.Rand, day time.Time) {
	load := 0.16 + 0.1*dice.Float64()
	if dice.IntN(8) == 0 {
		load = 0.45
	}
	for at := p.Starts + 30; at+30 <= p.Ends; at += 30 {
		if dice.Float64() >= load {
			continue
		}
		long := 30 * (1 + dice.IntN(2))
		status := "busy"
		switch dice.IntN(12) {
		case 0:
			status = "tentative"
		case 1:
			status = "free"
		}
		t.block(p, day, at, min(at+long, p.Ends), status, secretSubjects[dice.IntN(len(secretSubjects))], false)
		at += long
	}
	if dice.IntN(10) == 0 {
		t.block(p, day, 0, 24*60, "workingElsewhere", "Working from home", false)
	}
}

// block puts one private appointment into the calendar, minutes of the local day.
func (t *Tenant) block(p *person, day time.Time, from, to int, status, subject string, series bool) {
	y, m, d := day.Date()
	at := func(min int) time.Time { return time.Date(y, m, d, 0, min, 0, 0, p.Zone).UTC() }
	t.appoint(p, span{at(from), at(to)}, status, subject, series, to-from == 24*60)
}

func (t *Tenant) appoint(p *person, w span, status, subject string, series, allDay bool) {
	uid := fmt.Sprintf("own/%s/%d/%s", p.ID, w.Start.Unix(), subject)
	e := &event{ID: "AAkALg" + t.digest("event", uid)[:40] + "=", Mine: true, Of: &meeting{Subject: subject, Start: w.Start, End: w.End,
		ShowAs: status, Organizer: p, UID: uid, Series: series, AllDay: allDay, Created: t.opts.Start, Modified: t.opts.Start}}
	p.mailbox.events = append(p.mailbox.events, e)
	p.mailbox.byID[e.ID] = e
}

// publicHoliday knows a few fixed days a country does not work.
func publicHoliday(country string, day time.Time) bool {
	_, m, d := day.Date()
	on := func(month time.Month, days ...int) bool { return m == month && slices.Contains(days, d) }
	switch country {
	case "DE":
		return on(1, 1) || on(5, 1) || on(10, 3) || on(12, 25, 26)
	case "GB":
		return on(1, 1) || on(12, 25, 26)
	case "US":
		thanksgiving := m == time.November && day.Weekday() == time.Thursday && d >= 22 && d <= 28
		return on(1, 1) || on(7, 4) || on(12, 25) || thanksgiving
	case "IN":
		return on(1, 26) || on(8, 15) || on(10, 2)
	case "SG":
		return on(1, 1) || on(8, 9) || on(12, 25)
	}
	return false
}
