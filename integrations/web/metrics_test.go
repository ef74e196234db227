package web

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var testMeasures = []Measure{
	{Name: "x_due", Help: "Due.", Labels: []string{"programme"}},
	{Name: "x_total", Help: "Total.", Labels: []string{"kind"}, Counts: true},
	{Name: "x_seconds", Help: "Seconds.", Labels: []string{"kind"}, Buckets: []float64{1, 10}},
}

func scrape(m *Metrics, headers ...string) (int, string) {
	r, w := httptest.NewRequest("GET", "/metrics", nil), httptest.NewRecorder()
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	m.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func has(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains(text, l+"\n") {
			t.Errorf("%q is missing", l)
		}
	}
}

func TestAScrapeShowsWhatWasCountedAndWhatIsRead(t *testing.T) {
	m := NewMetrics(testMeasures, time.Now, func(context.Context) ([]Reading, error) {
		return []Reading{{Name: "x_due", Value: 3, Labels: []string{"peers"}}, {Name: "x_due", Labels: nil}, {Name: "unknown"}}, nil
	})
	m.Expect("x_total", "c:d")
	m.Add("x_total", "a:b")
	m.Add("x_total", "a:b")
	m.Add("nobody knows")
	m.Observe("x_seconds", 2, "a:b")
	m.Observe("nobody knows", 2)
	code, text := scrape(m)
	has(t, text, `x_due{programme="peers"} 3`, `x_total{kind="a:b"} 2`, `x_total{kind="c:d"} 0`, `x_seconds_bucket{kind="a:b",le="1"} 0`, `x_seconds_bucket{kind="a:b",le="10"} 1`, "# TYPE x_due gauge")
	if code != 200 || strings.Contains(text, "unknown") {
		t.Errorf("%d %s", code, text)
	}
}

func TestManyScrapersCostOneReadingInTenSeconds(t *testing.T) {
	now, reads := time.Unix(1e9, 0), 0
	m := NewMetrics(testMeasures, func() time.Time { return now }, func(ctx context.Context) ([]Reading, error) {
		reads++
		if end, ok := ctx.Deadline(); !ok || time.Until(end) > 5*time.Second {
			t.Error("a reading has more than five seconds")
		}
		return nil, nil
	})
	for range 5 {
		scrape(m)
	}
	now = now.Add(9 * time.Second)
	scrape(m)
	if reads != 1 {
		t.Errorf("read %d times", reads)
	}
	now = now.Add(time.Second)
	scrape(m)
	if reads != 2 {
		t.Errorf("ten seconds later: read %d times", reads)
	}
}

func TestWhatCouldBeReadIsShownBesideAnError(t *testing.T) {
	m := NewMetrics(testMeasures, time.Now, func(context.Context) ([]Reading, error) {
		return []Reading{{Name: "x_due", Value: 1, Labels: []string{"peers"}}}, errors.New("the rest is out of reach")
	})
	_, text := scrape(m)
	has(t, text, `x_due{programme="peers"} 1`)
}

func TestWhoComesThroughAProxySeesNoMetrics(t *testing.T) {
	m := NewMetrics(testMeasures, time.Now, func(context.Context) ([]Reading, error) { return nil, nil })
	for _, h := range []string{"X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Real-IP"} {
		if code, text := scrape(m, h, "192.0.2.1"); code != 404 || strings.Contains(text, "go_") {
			t.Errorf("%s: %d", h, code)
		}
	}
}
