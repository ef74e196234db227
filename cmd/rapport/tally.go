package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/teams"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// tally is what a demo came to, in the words of a manager.
type tally struct {
	Invited           int `json:"invited"`
	Consented         int `json:"consented"`
	Pairs             int `json:"pairs"`
	Booked            int `json:"booked"`
	Held              int `json:"held"`
	Commitments       int `json:"commitments"`
	FollowupsSent     int `json:"followups_sent"`
	FollowupsAnswered int `json:"followups_answered"`
	PulseAnswers      int `json:"pulse_answers"`
	EffectsDoubled    int `json:"effects_doubled"`
	EffectsLost       int `json:"effects_lost"`

	effects int
	inDoubt int
	pulses  []insight.Pulse
}

// count reads the story's end out of the store and checks it against what the tenant saw.
func count(ctx context.Context, s jobs.Store, tenant *m365sim.Tenant) (tally, error) {
	var t tally
	for _, step := range []func(context.Context, jobs.Store) error{t.members, t.rounds, t.sessions, t.pulse} {
		if err := step(ctx, s); err != nil {
			return t, err
		}
	}
	for _, a := range tenant.Acts() {
		if a.Verb == "pulse:answer" && a.Heard {
			t.PulseAnswers++ // the pretend company knows; rapport has forgotten by now
		}
	}
	return t, t.audit(ctx, s, tenant.Journal())
}

// each loads every document of a noun.
func each[T any](ctx context.Context, s jobs.Store, noun string, see func(T)) error {
	ids, err := s.IDs(ctx, noun)
	if err != nil {
		return err
	}
	for _, id := range ids {
		var doc T
		if _, err := s.Load(ctx, noun, id, &doc); err != nil {
			return err
		}
		see(doc)
	}
	return nil
}

func (t *tally) members(ctx context.Context, s jobs.Store) error {
	return each(ctx, s, jobs.MemberNoun, func(m roster.Member) {
		if !m.Asked.At.IsZero() {
			t.Invited++
		}
		if !m.Consent.At.IsZero() {
			t.Consented++
		}
	})
}

func (t *tally) rounds(ctx context.Context, s jobs.Store) error {
	return each(ctx, s, session.RoundNoun, func(r session.Round) { t.Pairs += len(r.Groups) })
}

func (t *tally) sessions(ctx context.Context, s jobs.Store) error {
	return each(ctx, s, session.Noun, func(x session.Session) {
		if x.Held() {
			t.Held++
		}
		for _, p := range x.Parts {
			if p.Closing.Committed() {
				t.Commitments++
			}
			if p.FollowUp != nil && p.Shown(session.Ask+"-0") {
				t.FollowupsSent++
			}
			if p.FollowUp != nil && !p.FollowUp.Answered.IsZero() {
				t.FollowupsAnswered++
			}
		}
	})
}

func (t *tally) pulse(ctx context.Context, s jobs.Store) error {
	return each(ctx, s, insight.PulseNoun, func(p insight.Pulse) { t.pulses = append(t.pulses, p) })
}

// audit compares what the ledger promised with what the tenant saw: nothing twice, nothing
// missing.
func (t *tally) audit(ctx context.Context, s jobs.Store, journal []m365sim.Entry) error {
	seen, mails := map[string]int{}, map[string]int{}
	for _, e := range journal {
		switch e.What {
		case "event.created", "card.sent", "mail.sent":
			t.effects++
			seen[e.Key]++
		}
		if e.What == "mail.sent" {
			mails[e.ID]++
		}
	}
	for _, n := range seen {
		t.EffectsDoubled += n - 1
	}
	return each(ctx, s, jobs.PromiseNoun, func(r jobs.Row) {
		if r.State == jobs.Intent || r.State == jobs.Unknown {
			t.inDoubt++
		}
		if r.State == jobs.Sent && strings.HasPrefix(r.Key, "event/") {
			t.Booked++
		}
		if key := journalKey(r.Key); r.State == jobs.Sent && key != "" && seen[key] == 0 {
			t.EffectsLost++
		}
		if r.State == jobs.Sent && strings.HasPrefix(r.Key, "mail/") && mails[r.Result] == 0 {
			t.EffectsLost++
		}
	})
}

// journalKey is how the tenant names the effect of a promise, "" for what has no name there.
func journalKey(promise string) string {
	kind, rest, _ := strings.Cut(promise, "/")
	switch kind {
	case "card":
		return teams.CardID(rest)
	case "event":
		return promise
	}
	return ""
}

// print says it in plain words.
func (t tally) print(w io.Writer) {
	p := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	p("")
	p("What came of it")
	p("  %3d people invited, %d said yes", t.Invited, t.Consented)
	p("  %3d pairs (and trios) made, %d booked at a time that suits everybody, %d held", t.Pairs, t.Booked, t.Held)
	p("  %3d commitments made, %d asked about after forty-eight hours, %d answered", t.Commitments, t.FollowupsSent, t.FollowupsAnswered)
	for _, x := range t.pulses {
		p("      pulse of %s: %s", x.Month, pulseLine(x))
	}
	p("  %3d things sent to people: %d twice, %d lost", t.effects, t.EffectsDoubled, t.EffectsLost)
	if t.inDoubt > 0 {
		p("  %3d still in doubt", t.inDoubt)
	}
}

func pulseLine(x insight.Pulse) string {
	switch r := x.Report; {
	case r == nil:
		return "still open until " + x.Closes.Format("Monday 2 January")
	case r.Withheld != "":
		return fmt.Sprintf("withheld, fewer than %d answers: nobody could stay unrecognised", x.Figures)
	case r.Band != "":
		return fmt.Sprintf("%d answers, confidence nearly all %s of 5", r.Answers, r.Band)
	default:
		return fmt.Sprintf("%d answers, confidence %.1f of 5", r.Answers, r.Average)
	}
}
