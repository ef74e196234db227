package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// employee is somebody of a story; stories call people by their first names.
type employee = m365sim.Employee

// town is a small company with rapport in it, on a clock that jumps from one moment at which
// something happens to the next. Everything is real but the tenant and the queue: what is due
// is run here, in order, and a step that fails comes back later as the queue would bring it.
type town struct {
	testing.TB
	clock    *jobs.Stepped
	tenant   *m365sim.Tenant
	store    *store.Store
	cfg      config.Config
	app      *app
	url      string
	ids      map[string]roster.ID // by first name
	people   map[string]employee
	door     atomic.Pointer[http.Handler]
	twice    atomic.Bool          // what people do is delivered twice
	rough    bool                 // failing steps are part of the story
	waiting  map[string]time.Time // steps that failed, and when they come back
	failures []error
	logs     *shelf
}

// setting is what a story changes before it begins.
type setting struct {
	tenant m365sim.Options
	store  store.Options
	change []func(*config.Config)
	within time.Duration
	logs   *shelf
	public bool // Graph can reach us
}

// newTown opens a story on Monday 5 October 2026 at eight in Berlin. The first round is on
// Wednesday at ten, the next one two weeks later; the pulse is on the 26th.
func newTown(t testing.TB, people []employee, changes ...func(*setting)) *town {
	t.Helper()
	w := &town{TB: t, clock: jobs.NewStepped(demoStart), ids: map[string]roster.ID{}, people: map[string]employee{}, waiting: map[string]time.Time{}}
	file, err := json.Marshal(m365sim.Company{People: people})
	w.must(err)
	s := setting{within: actWithin, logs: &shelf{}, store: store.Options{Tenant: "story", Keep: keepFor},
		tenant: m365sim.Options{Seed: 1, Start: demoStart, Weeks: 8, Passive: true, Patience: 5 * time.Second, TenantFile: bytes.NewReader(file), Now: w.clock.Now, Wall: w.clock.Now}}
	for _, c := range changes {
		c(&s)
	}
	w.logs = s.logs
	w.tenant, err = m365sim.New(s.tenant)
	w.must(err)
	server := httptest.NewServer(w.tenant.Handler())
	t.Cleanup(server.Close)
	w.url = server.URL
	w.tenant.ServeAt(w.url)
	if s.store.URL == "" {
		w.store, err = store.OpenEmbedded(s.store)
	} else {
		w.store, err = store.Open(t.Context(), s.store)
	}
	w.must(err)
	t.Cleanup(func() { _ = w.store.Close() })
	bot := httptest.NewServer(http.HandlerFunc(w.listen))
	t.Cleanup(bot.Close)
	w.tenant.Connect(bot.URL + "/api/messages")
	for i, p := range w.tenant.People() {
		w.ids[firstName(p.Name)] = roster.ID(p.ID)
		if i < len(people) {
			w.people[firstName(p.Name)] = people[slices.IndexFunc(people, func(e employee) bool { return e.Name == p.Name })]
		}
	}
	w.cfg = simConfig(w.tenant.Credentials(), w.url, demoStart)
	if s.public {
		w.cfg.Web.PublicURL = bot.URL
	}
	w.start(s.within, s.change...)
	return w
}

// where makes a change of the configuration a setting.
func where(change func(*config.Config)) func(*setting) {
	return func(s *setting) { s.change = append(s.change, change) }
}

// start lets rapport begin, or begin again after a change of its configuration.
func (w *town) start(within time.Duration, changes ...func(*config.Config)) {
	w.Helper()
	for _, c := range changes {
		c(&w.cfg)
	}
	a, err := build(w.cfg, w.clock, w.store, slog.New(slog.NewJSONHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})), within)
	w.must(err)
	w.Cleanup(func() { _ = a.queue.Close() })
	a.crew.Hint = nil // nobody works on the queue here
	w.app = a
	pages := a.pages()
	w.door.Store(&pages)
	w.must(a.crew.Begin(w.Context()))
}

// listen is where Teams and Graph reach us; Teams delivers some acts twice.
func (w *town) listen(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	bot := *w.door.Load()
	again := func(rw http.ResponseWriter) {
		c := r.Clone(r.Context())
		c.Body = io.NopCloser(bytes.NewReader(body))
		bot.ServeHTTP(rw, c)
	}
	if w.twice.Load() {
		again(httptest.NewRecorder())
	}
	again(rw)
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// until lets time pass until the moment, stopping wherever somebody has something to do.
func (w *town) until(at time.Time) {
	w.Helper()
	for {
		w.settle()
		if !w.clock.Now().Before(at) {
			return
		}
		w.clock.Set(w.next(at))
	}
}

// settle runs what is due and lets people act until nothing is left to do at this moment.
func (w *town) settle() {
	w.Helper()
	ran := map[string]int{}
	for {
		acted, err := w.tenant.Step(w.Context())
		w.must(err)
		due, err := w.store.Due(w.Context(), w.clock.Now(), 2000)
		w.must(err)
		busy := acted > 0
		for _, s := range due {
			id := jobs.TaskID(s)
			if w.waiting[id].After(w.clock.Now()) {
				continue
			}
			if ran[id]++; ran[id] > 20 {
				w.Fatalf("%s is due again and again at %s: a hot loop", s.Kind, w.clock.Now())
			}
			w.run(s)
			busy = true
		}
		if !busy {
			return
		}
	}
}

// run does one step; one that fails comes back after as long as it asked for, or a minute.
func (w *town) run(s cadence.Step) {
	w.Helper()
	err := w.app.crew.Run(w.Context(), s)
	delete(w.waiting, jobs.TaskID(s))
	if err == nil {
		return
	}
	wait := time.Minute
	var asked interface{ RetryAfter() time.Duration }
	if errors.As(err, &asked) && asked.RetryAfter() > 0 {
		wait = asked.RetryAfter()
	}
	if errors.Is(err, jobs.ErrSendingOff) {
		wait = time.Hour
	} else {
		w.failures = append(w.failures, err)
		if !w.rough {
			w.Errorf("%s at %s: %v", s.Kind, w.clock.Now(), err)
		}
	}
	w.waiting[jobs.TaskID(s)] = w.clock.Now().Add(wait)
}

// next is the earliest moment after now at which something is due, not after the limit.
func (w *town) next(limit time.Time) time.Time {
	w.Helper()
	next := limit
	due, err := w.store.Due(w.Context(), limit, 2000)
	w.must(err)
	for _, s := range due {
		at := s.At
		if later, ok := w.waiting[jobs.TaskID(s)]; ok && later.After(at) {
			at = later
		}
		if at.Before(next) {
			next = at
		}
	}
	if at, any := w.tenant.Next(); any && at.Before(next) {
		next = at
	}
	if !next.After(w.clock.Now()) {
		next = w.clock.Now().Add(time.Second)
	}
	return next
}

// audit asks whether every effect happened once, as the ledger and the tenant tell it.
func (w *town) audit() {
	w.Helper()
	t, err := count(context.Background(), w.store, w.tenant)
	w.must(err)
	if t.EffectsDoubled != 0 || t.EffectsLost != 0 || t.inDoubt != 0 {
		w.Errorf("%d things happened twice, %d were lost, %d are in doubt; nobody wants any", t.EffectsDoubled, t.EffectsLost, t.inDoubt)
	}
}

// everything is all that the store holds, keys and values, as one text.
func (w *town) everything() string {
	w.Helper()
	ctx, c := w.Context(), w.store.Client()
	keys, err := c.Keys(ctx, "*").Result()
	w.must(err)
	var b strings.Builder
	for _, k := range keys {
		var v any
		switch kind, _ := c.Type(ctx, k).Result(); kind {
		case "string":
			v, err = c.Get(ctx, k).Result()
		case "hash":
			v, err = c.HGetAll(ctx, k).Result()
		case "set":
			v, err = c.SMembers(ctx, k).Result()
		case "zset":
			v, err = c.ZRange(ctx, k, 0, -1).Result()
		case "list":
			v, err = c.LRange(ctx, k, 0, -1).Result()
		}
		w.must(err)
		fmt.Fprintf(&b, "%s %v\n", k, v)
	}
	return b.String()
}

func firstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}
