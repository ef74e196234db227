package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/jobs"
)

// A copy of this test binary that is told so is rapport as it is in life, signals and all.
func init() {
	if os.Getenv(childEnv) == "main" {
		main()
		os.Exit(0)
	}
}

// plant is rapport as an operator runs it: real processes and a real Redis, beside a simulated
// company on a fast clock.
type plant struct {
	*testing.T
	tenant *m365sim.Tenant
	clock  jobs.Fast
	url    string // of the tenant
	listen string // of rapport
	dir    string
	config string
	env    []string
}

// plantSpeed lets two hours pass in a second.
const plantSpeed = 7200

func newPlant(t *testing.T, redis string) *plant {
	t.Helper()
	p := &plant{T: t, dir: t.TempDir(), clock: jobs.Fast{Start: demoStart, Since: time.Now().Add(2 * time.Second), Speed: plantSpeed}}
	people := crowd(4)
	for i := range people {
		people[i].Habits.Pace = 0.2 // they answer soon
	}
	file, err := json.Marshal(m365sim.Company{People: people})
	p.must(err)
	p.tenant, err = m365sim.New(m365sim.Options{Seed: 3, Start: demoStart, Weeks: 2, AppMissing: -1, TenantFile: bytes.NewReader(file), Now: p.clock.Now})
	p.must(err)
	server := httptest.NewServer(p.tenant.Handler())
	t.Cleanup(server.Close)
	p.url = server.URL
	p.tenant.ServeAt(p.url)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err)
	p.listen = l.Addr().String()
	p.must(l.Close())
	p.tenant.Connect("http://" + p.listen + "/api/messages")
	p.config = filepath.Join(p.dir, "rapport.yaml")
	p.must(writeSimConfig(simOptions{writeConfig: p.config, redis: redis}, p.tenant.Credentials(), p.url, demoStart))
	p.env = []string{childEnv + "=main", "RAPPORT_CLOCK=" + p.clock.String(), "RAPPORT_ACT_WITHIN=2s", "RAPPORT_WEB_LISTEN=" + p.listen}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	go func() { _ = p.tenant.Run(ctx, p.clock.Real) }()
	return p
}

func (p *plant) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// run starts rapport as a process of its own and waits until it says anything over HTTP.
func (p *plant) run(name string, flags ...string) *process {
	p.Helper()
	rapport := &process{name: name, log: filepath.Join(p.dir, name+".log"), env: p.env, args: append([]string{"run", "--config", p.config}, flags...)}
	p.must(rapport.start())
	p.Cleanup(func() {
		rapport.kill()
		if p.Failed() {
			p.Log(rapport.tail(20))
		}
	})
	p.wait("it to be alive", 30*time.Second, func() bool { return p.status("/healthz") == http.StatusOK })
	return rapport
}

// status is what rapport answers, 0 when it does not.
func (p *plant) status(path string) int {
	answer, err := (&http.Client{Timeout: 8 * time.Second}).Get("http://" + p.listen + path)
	if err != nil {
		return 0
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// wait looks until it is so, and answers how long that took.
func (p *plant) wait(what string, within time.Duration, so func() bool) time.Duration {
	p.Helper()
	began := time.Now()
	for !so() {
		if time.Since(began) > within {
			p.Fatalf("waited %s for %s", within, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(began)
}

// until waits for a virtual moment such as "Wed 7 Oct 12:00".
func (p *plant) until(at string) {
	time.Sleep(max(0, p.clock.Real(on(at).Sub(p.clock.Now()))))
}

// audit waits until nothing is overdue and compares the ledger with what the tenant saw.
func (p *plant) audit(st *store.Store) tally {
	p.Helper()
	var t tally
	p.wait("everything due to be done", 60*time.Second, func() bool {
		due, err := st.Due(p.Context(), p.clock.Now().Add(-p.clock.Virtual(4*time.Second)), 10)
		if err != nil || len(due) > 0 {
			return false
		}
		t, err = count(p.Context(), st, p.tenant)
		return err == nil && t.inDoubt == 0
	})
	if t.EffectsDoubled != 0 || t.EffectsLost != 0 || t.effects == 0 {
		p.Errorf("%d things happened, %d twice, %d were lost", t.effects, t.EffectsDoubled, t.EffectsLost)
	}
	return t
}

// open opens rapport's Redis beside it.
func (p *plant) open(url string) *store.Store {
	p.Helper()
	st, err := store.Open(p.Context(), store.Options{URL: url, Tenant: p.tenant.Credentials().TenantID, Keep: keepFor, Patience: 10 * time.Second})
	p.must(err)
	p.Cleanup(func() { _ = st.Close() })
	return st
}

func (t tally) String() string {
	return fmt.Sprintf("%d invited, %d consented, %d pairs, %d effects", t.Invited, t.Consented, t.Pairs, t.effects)
}
