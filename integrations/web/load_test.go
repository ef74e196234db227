package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// BenchmarkTwoHundredASecond asks for 200 pages a second over HTTP, for three seconds, from
// people who each open their link and answer, while others search the library. It tells how
// long the slowest in a hundred waits; the desk only remembers, so a store's time comes on top.
// Run it with -cpu 1.
func BenchmarkTwoHundredASecond(b *testing.B) {
	s := newSite(b)
	server := httptest.NewServer(s)
	b.Cleanup(server.Close)
	const rate, lasts = 200, 3 * time.Second
	type shot struct {
		path string
		form url.Values
	}
	var shots []shot
	for i := range int(lasts.Seconds()) * rate {
		c := closing
		c.Person = roster.ID("person-" + strconv.Itoa(i))
		switch token := sign(b, s.links, c); i % 4 {
		case 0:
			shots = append(shots, shot{"/library?text=listen", nil})
		case 1:
			shots = append(shots, shot{"/a", url.Values{"once": {s.links.once(c.Person)}, "do": {token}, "f.met": {"yes"}}})
		default:
			shots = append(shots, shot{"/a/" + token, nil})
		}
	}
	for b.Loop() {
		var mu sync.Mutex
		var waits []time.Duration
		var all sync.WaitGroup
		tick := time.NewTicker(time.Second / rate)
		for _, x := range shots {
			<-tick.C
			all.Go(func() {
				began := time.Now()
				var r *http.Response
				var err error
				if x.form == nil {
					r, err = http.Get(server.URL + x.path)
				} else {
					r, err = http.Post(server.URL+x.path, "application/x-www-form-urlencoded", strings.NewReader(x.form.Encode()))
				}
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
				if r.StatusCode != 200 {
					b.Errorf("%s: %d", x.path, r.StatusCode)
				}
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, time.Since(began))
			})
		}
		tick.Stop()
		all.Wait()
		slices.Sort(waits)
		b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
	}
}
