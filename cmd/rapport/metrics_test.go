package main

import (
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/m365sim"
)

var updateTables = flag.Bool("update", false, "write jobs/METRICS.md anew")

// metricsPage is the page that people read, around the table that the code knows.
func metricsPage() string {
	return `# Metrics

What ` + "`GET /metrics`" + ` answers, in the text format of Prometheus, beside the usual ` + "`go_`" + ` and ` + "`process_`" + ` families. Figures about
the whole are the same in every copy of rapport: take the greatest, not the sum. They are read at most every ten seconds. Figures of
a process begin at nothing with it: take rates, and their sum. Names and labels stay; no label stands for a person. A request that
came through a proxy is told that there is nothing here. The page is made from the code: ` + "`go test ./cmd/rapport -run Metrics -update`" + `.

` + metricsTable()
}

func TestTheTableOfMetricsIsWhatTheCodeSays(t *testing.T) {
	const file = "../../jobs/METRICS.md"
	if *updateTables {
		if err := os.WriteFile(file, []byte(metricsPage()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != metricsPage() {
		t.Fatalf("%s is not what the code says (%v): go test ./cmd/rapport -run Metrics -update", file, err)
	}
}

// metricsOf is what a scrape of the app answers now.
func metricsOf(t *testing.T, a *app) string {
	t.Helper()
	server := httptest.NewServer(a.pages())
	defer server.Close()
	answer, err := http.Get(server.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status, err)
	}
	return string(text)
}

func TestAStoryIsSeenInTheMetricsAndNobodyInItIs(t *testing.T) {
	t.Parallel()
	w := newTown(t, two(), where(func(c *config.Config) {
		c.Bot.SecretExpires = config.Date{}
		if err := c.Tenant.SecretExpires.UnmarshalText([]byte("2020-01-31")); err != nil {
			t.Fatal(err)
		}
	}))
	w.rough = true
	w.must(w.tenant.SetFaults(
		m365sim.Fault{Match: m365sim.Match{Path: "^/v3/"}, Do: "throttle", RetryAfter: 1, Times: 1},
		m365sim.Fault{Match: m365sim.Match{Path: "getSchedule|events"}, Do: "throttle", RetryAfter: 1, Times: 1}))
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	text := metricsOf(t, w.app)
	for _, want := range []string{
		`rapport_build_info{go="go`, "rapport_store_readable 1\n", "rapport_due_steps 0\n", "rapport_effects_in_doubt 0\n",
		`rapport_members{programme="peers",standing="in"} 2`, `rapport_members{programme="peers",standing="left"} 0`,
		`rapport_unreachable_people{programme="peers"} 0`, `rapport_steps_total{kind="session:book",outcome="done"} 1`,
		`rapport_step_duration_seconds_count{kind="session:book"} 1`, `rapport_throttled_total{service="graph"} 1`,
		`rapport_throttled_total{service="teams"} 1`, `rapport_secret_expiry_seconds{secret="tenant"} -`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(text, `secret="bot"`) {
		t.Error("an end that nobody stated is told")
	}
	if what := betrayed(text, canaries(w.tenant)); what != "" {
		t.Errorf("the metrics hold %s", what)
	}
	for _, p := range w.tenant.People() {
		if strings.Contains(text, p.ID) {
			t.Error("the metrics hold somebody's id")
		}
	}
	named := map[string]bool{}
	for _, m := range measures {
		named[m.Name] = true
	}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (rapport_\S+)`).FindAllStringSubmatch(text, -1) {
		if !named[m[1]] {
			t.Errorf("%s is in no table", m[1])
		}
	}
}

func TestWithoutRedisTheMetricsSaySo(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.must(w.store.Close())
	text := metricsOf(t, w.app)
	if !strings.Contains(text, "rapport_store_readable 0\n") || strings.Contains(text, "rapport_due_steps ") || !strings.Contains(text, "rapport_build_info") {
		t.Error(text)
	}
}

func TestASecretIsGoodUntilItsLastDayIsOver(t *testing.T) {
	var c config.Config
	if len(secretEnds(c)) != 0 {
		t.Error("an end that nobody stated")
	}
	if err := c.Bot.SecretExpires.UnmarshalText([]byte("2027-05-31")); err != nil {
		t.Fatal(err)
	}
	if all := secretEnds(c); len(all) != 1 || all[0].name != "bot" || !all[0].ends.Equal(time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error(all)
	}
}
