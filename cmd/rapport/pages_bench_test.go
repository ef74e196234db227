package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// The promise of the pages: ninety-nine of a hundred within this, at so many a second.
const (
	pageWithin = 50 * time.Millisecond
	pageRate   = 200
	pagesFor   = 3 * time.Second
)

// BenchmarkOnesOwnPage lets forty people who have been through four rounds look at their own
// pages, their downloads and their calendars, with a real Redis. Run it with -cpu 1.
func BenchmarkOnesOwnPage(b *testing.B) {
	server := redistest.Start(b, redistest.AppendOnly("always"))
	var people []employee
	for i := range 40 {
		people = append(people, employee{Name: fmt.Sprintf("P%02d Bench", i)})
	}
	w := newTown(b, people, reachable, func(s *setting) { s.store.URL = server.URL() }, where(func(c *config.Config) { c.Log.Level = "error" }))
	w.rough = true // Teams asks for patience while it invites so many
	w.At("Mon 5 Oct 14:00")
	for _, p := range people {
		w.Join(firstName(p.Name))
	}
	w.At("Wed 18 Nov 10:01")
	type shot struct {
		v    *visitor
		path string
	}
	var shots []shot
	for i, p := range people {
		v := w.browser()
		page := v.signIn(firstName(p.Name), "/me")
		feed := page[strings.Index(page, "/feed/"):]
		v.Client.Transport = http.DefaultTransport
		for n := range int(pagesFor.Seconds()) * pageRate / len(people) {
			shots = append(shots, shot{v, []string{"/me", "/me", "/me/export.json", "/me/settings/peers", feed[:strings.Index(feed, `"`)]}[(i+n)%5]})
		}
	}
	for b.Loop() {
		var mu sync.Mutex
		var waits []time.Duration
		var all sync.WaitGroup
		tick := time.NewTicker(time.Second / pageRate)
		for i := range shots {
			s := shots[(i%len(people))*(len(shots)/len(people))+i/len(people)] // everybody in turn
			<-tick.C
			all.Go(func() {
				began := time.Now()
				got, err := s.v.Get(w.cfg.Web.PublicURL + s.path)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, got.Body)
				_ = got.Body.Close()
				if got.StatusCode != http.StatusOK {
					b.Errorf("%s: %d", s.path[:8], got.StatusCode)
				}
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, time.Since(began))
			})
		}
		tick.Stop()
		all.Wait()
		slices.Sort(waits)
		p99 := waits[len(waits)*99/100]
		b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(p99.Microseconds())/1000, "p99-ms")
		if p99 > pageWithin {
			b.Errorf("one in a hundred waited %s, %s was promised", p99, pageWithin)
		}
	}
}
