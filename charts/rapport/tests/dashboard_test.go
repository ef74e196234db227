package tests

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	metricName = regexp.MustCompile(`\brapport_[a-z_]+\b`)
	tableRow   = regexp.MustCompile("(?m)^\\| `(rapport_[a-z_]+)` \\| (gauge|counter|histogram) \\|")
)

// metrics are those that rapport says it has, with what a histogram adds to its name.
func metrics(t *testing.T) map[string]bool {
	t.Helper()
	page, err := os.ReadFile("../../../jobs/METRICS.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, row := range tableRow.FindAllStringSubmatch(string(page), -1) {
		all[row[1]] = true
		if row[2] == "histogram" {
			all[row[1]+"_bucket"] = true
		}
	}
	if len(all) < 10 {
		t.Fatalf("the table of metrics has %d rows", len(all))
	}
	return all
}

// Whatever a panel or an alert looks at, rapport measures it; and what rapport measures about
// the whole can be seen.
func TestDashboardAndAlertsShowWhatIsMeasured(t *testing.T) {
	data, err := os.ReadFile(chartDir + "/dashboards/rapport.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			ID                 int
			Title, Description string
			Targets            []struct{ Expr, LegendFormat string }
			FieldConfig        struct{ Defaults struct{ Unit string } }
		}
	}
	if err := json.Unmarshal(data, &board); err != nil {
		t.Fatal(err)
	}
	known, shown, ids := metrics(t), map[string]bool{}, map[int]bool{}
	for _, p := range board.Panels {
		if p.Title == "" || p.Description == "" || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0 || ids[p.ID] {
			t.Errorf("panel %d (%s) lacks a title, an explanation, a unit, something to show, or an id of its own", p.ID, p.Title)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			for _, name := range metricName.FindAllString(target.Expr, -1) {
				shown[name] = true
				if !known[name] {
					t.Errorf("%s looks at %s, which rapport does not measure", p.Title, name)
				}
			}
			if !strings.Contains(target.Expr, `{namespace="$namespace"}`) {
				t.Errorf("%s looks at every namespace: %s", p.Title, target.Expr)
			}
		}
	}
	for name := range known {
		if !shown[name] && !shown[name+"_bucket"] && !strings.HasSuffix(name, "_bucket") {
			t.Errorf("%s is on no panel", name)
		}
	}
	rules := find(t, render(t, read(t, chartDir+"/ci/full-values.yaml")), "PrometheusRule", "").text
	for _, name := range metricName.FindAllString(rules, -1) {
		if !known[name] {
			t.Errorf("an alert looks at %s, which rapport does not measure", name)
		}
	}
}
