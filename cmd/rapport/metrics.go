package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/web"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// measures are all metrics of rapport. Their names and labels are promises: alert rules and
// dashboards stand on them. No label stands for a person.
var measures = []web.Measure{
	{Name: "rapport_build_info", Help: "Always 1; the version, and the time zone data that decisions rest on.", Labels: []string{"version", "zones", "go"}},
	{Name: "rapport_store_readable", Help: "1 when the figures about the whole could be read from Redis, else 0 and they are missing."},
	{Name: "rapport_due_steps", Help: "Steps whose time has come and that are not done; stays at 10000 above that."},
	{Name: "rapport_oldest_due_seconds", Help: "Seconds since the oldest of these was due."},
	{Name: "rapport_effects_in_doubt", Help: "Acts on the outside that were begun and of which nobody knows yet whether they happened."},
	{Name: "rapport_oldest_promise_seconds", Help: "Seconds since the oldest of these was begun."},
	{Name: "rapport_members", Help: "People by where they stand.", Labels: []string{"programme", "standing"}},
	{Name: "rapport_unreachable_people", Help: "People of a programme, taking part or asked, whom Teams cannot reach.", Labels: []string{"programme"}},
	{Name: "rapport_secret_expiry_seconds", Help: "Seconds until a secret ends, negative afterwards; only where the configuration says when.", Labels: []string{"secret"}},
	{Name: "rapport_redis_memory_ratio", Help: "Share of Redis's maxmemory that is used; missing without a limit."},
	{Name: stepsTotal, Help: "Runs of steps in this process, by what they did and how they ended.", Labels: []string{"kind", "outcome"}, Counts: true},
	{Name: stepSeconds, Help: "Seconds a run of a step took in this process.", Labels: []string{"kind"}, Buckets: []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}},
	{Name: throttledTotal, Help: "Requests of this process that a service put off (429).", Labels: []string{"service"}, Counts: true},
}

const (
	stepsTotal     = "rapport_steps_total"
	stepSeconds    = "rapport_step_duration_seconds"
	throttledTotal = "rapport_throttled_total"
)

// newMetrics makes the metrics of an app that is not built yet.
func newMetrics(a *app) *web.Metrics {
	m := web.NewMetrics(measures, time.Now, a.readings)
	for _, service := range []string{"graph", "teams"} {
		m.Expect(throttledTotal, service) // the first one must be seen as a rise
	}
	return m
}

// throttled hears of statuses of one service.
func throttled(m *web.Metrics, service string) func(string, int) {
	return func(_ string, status int) {
		if status == http.StatusTooManyRequests {
			m.Add(throttledTotal, service)
		}
	}
}

// done hears of steps.
func done(m *web.Metrics) func(kind, outcome string, took time.Duration) {
	return func(kind, outcome string, took time.Duration) {
		m.Add(stepsTotal, kind, outcome)
		m.Observe(stepSeconds, took.Seconds(), kind)
	}
}

// standings are all there are, so that a figure that falls to nothing says so.
var standings = []roster.Standing{roster.Invited, roster.In, roster.Declined, roster.Paused, roster.Left, roster.Gone, roster.Forgotten}

// readings are the figures that are read when somebody looks.
func (a *app) readings(ctx context.Context) ([]web.Reading, error) {
	var out []web.Reading
	say := func(name string, value float64, labels ...string) {
		out = append(out, web.Reading{Name: name, Value: value, Labels: labels})
	}
	say("rapport_build_info", 1, version(), zone.Version(), runtime.Version())
	for _, s := range secretEnds(a.cfg) {
		say("rapport_secret_expiry_seconds", time.Until(s.ends).Seconds(), s.name)
	}
	g, err := a.crew.Gauge(ctx)
	if err != nil {
		say("rapport_store_readable", 0)
		return out, err
	}
	say("rapport_store_readable", 1)
	sayGauge(say, g)
	facts, err := a.store.Facts(ctx)
	if err == nil && facts.Limit > 0 {
		say("rapport_redis_memory_ratio", facts.Fullness())
	}
	return out, err
}

func sayGauge(say func(string, float64, ...string), g jobs.Gauge) {
	say("rapport_due_steps", float64(g.Due))
	say("rapport_oldest_due_seconds", g.OldestDue.Seconds())
	say("rapport_effects_in_doubt", float64(g.InDoubt))
	say("rapport_oldest_promise_seconds", g.OldestPromise.Seconds())
	for _, p := range g.People {
		say("rapport_unreachable_people", float64(p.Unreachable), p.Programme)
		for _, s := range standings {
			say("rapport_members", float64(p.People[s]), p.Programme, string(s))
		}
	}
}

// secretEnd is when a secret of the configuration ends.
type secretEnd struct {
	name string // "tenant" or "bot"
	ends time.Time
}

// secretEnds lists the ends that the configuration states; a secret is good until the end of
// its last day, UTC.
func secretEnds(c config.Config) (all []secretEnd) {
	for _, s := range []struct {
		name string
		day  config.Date
	}{{"tenant", c.Tenant.SecretExpires}, {"bot", c.Bot.SecretExpires}} {
		if s.day != (config.Date{}) {
			all = append(all, secretEnd{s.name, s.day.Start(time.UTC).AddDate(0, 0, 1)})
		}
	}
	return all
}

// metricsTable is the list of metrics as a Markdown table.
func metricsTable() string {
	var b strings.Builder
	b.WriteString("| Metric | Kind | Labels | Meaning |\n| --- | --- | --- | --- |\n")
	for _, m := range measures {
		kind := "gauge"
		switch {
		case m.Buckets != nil:
			kind = "histogram"
		case m.Counts:
			kind = "counter"
		}
		labels := ""
		if len(m.Labels) > 0 {
			labels = "`" + strings.Join(m.Labels, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.Name, kind, labels, m.Help)
	}
	return b.String()
}
