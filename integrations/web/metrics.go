package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Measure describes one metric. Its name is a promise: once published it stays.
type Measure struct {
	Name, Help string
	Labels     []string  // never anything that stands for a person
	Buckets    []float64 // upper bounds of a histogram; nil = no histogram
	Counts     bool      // grows while the process lives; false and no Buckets = read at the scrape
}

// Reading is one value of a measure that is read at the scrape, with its labels in the
// measure's order.
type Reading struct {
	Name   string
	Value  float64
	Labels []string
}

const (
	readWithinScrape = 5 * time.Second  // Prometheus gives up after ten
	readAgainAfter   = 10 * time.Second // several scrapers must not cost more than one
)

// Metrics counts what happens in this process, reads the rest when somebody looks, and shows
// both in the text format of Prometheus. It is safe for concurrent use.
type Metrics struct {
	registry   *prometheus.Registry
	counters   map[string]*prometheus.CounterVec
	histograms map[string]*prometheus.HistogramVec
	gauges     *gauges
}

// NewMetrics makes metrics of these measures. read answers those that are read at the scrape;
// it has five seconds, and is asked at most every ten. What it answers beside an error counts;
// what is missing in it is not shown. now tells the wall clock.
func NewMetrics(measures []Measure, now func() time.Time, read func(context.Context) ([]Reading, error)) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), counters: map[string]*prometheus.CounterVec{}, histograms: map[string]*prometheus.HistogramVec{},
		gauges: &gauges{read: read, now: now, descs: map[string]*prometheus.Desc{}}}
	for _, x := range measures {
		switch {
		case x.Buckets != nil:
			h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: x.Name, Help: x.Help, Buckets: x.Buckets}, x.Labels)
			m.histograms[x.Name] = h
			m.registry.MustRegister(h)
		case x.Counts:
			c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: x.Name, Help: x.Help}, x.Labels)
			m.counters[x.Name] = c
			m.registry.MustRegister(c)
		default:
			m.gauges.descs[x.Name] = prometheus.NewDesc(x.Name, x.Help, x.Labels, nil)
		}
	}
	m.registry.MustRegister(m.gauges, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Expect shows a counting measure as nothing until it is first counted.
func (m *Metrics) Expect(name string, labels ...string) { m.counters[name].WithLabelValues(labels...) }

// Add counts one more of a counting measure.
func (m *Metrics) Add(name string, labels ...string) {
	if c := m.counters[name]; c != nil {
		c.WithLabelValues(labels...).Inc()
	}
}

// Observe takes down one value of a histogram, in the measure's unit.
func (m *Metrics) Observe(name string, value float64, labels ...string) {
	if h := m.histograms[name]; h != nil {
		h.WithLabelValues(labels...).Observe(value)
	}
}

// ServeHTTP answers a scrape. What came through a proxy came from outside: it is told that
// there is nothing here.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, mark := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if r.Header.Get(mark) != "" {
			http.NotFound(w, r)
			return
		}
	}
	promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// gauges are the measures that are read when somebody looks.
type gauges struct {
	read  func(context.Context) ([]Reading, error)
	now   func() time.Time
	descs map[string]*prometheus.Desc

	mu     sync.Mutex
	latest []Reading
	until  time.Time
}

// Describe lists the measures.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range g.descs {
		out <- d
	}
}

// Collect answers the latest readings, or reads anew when they are old.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); !now.Before(g.until) {
		ctx, cancel := context.WithTimeout(context.Background(), readWithinScrape)
		defer cancel()
		// Whatever could be read is shown: a reading that fails says so by a measure of its own.
		g.latest, _ = g.read(ctx)
		g.until = now.Add(readAgainAfter)
	}
	for _, r := range g.latest {
		if d := g.descs[r.Name]; d != nil {
			if metric, err := prometheus.NewConstMetric(d, prometheus.GaugeValue, r.Value, r.Labels...); err == nil {
				out <- metric
			}
		}
	}
}
