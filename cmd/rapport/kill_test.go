package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/jobs"
)

var (
	killSeeds = flag.Int("kill.seeds", 8, "how many rounds are played with killed workers")
	killFirst = flag.Uint64("kill.first", 1, "seed of the first of them")
	killAbout = flag.Int("kill.together", 8, "how many are played at the same time")
)

const (
	killSpeed  = 7200                    // virtual seconds a second: two hours
	killWithin = 2 * time.Second         // the longest an act outside may take, wall
	killUntil  = 150 * time.Hour         // of the story, virtual
	killsEnd   = 110 * time.Hour         // no kill later than that, virtual
	killReady  = 60 * time.Second        // a process starts within this, wall
	killSettle = 60 * time.Second        // everything begun is done within this, wall
	overdue    = 4 * time.Second         // what is due longer than this is late, wall
	recovery   = 12 * time.Second        // what a dead worker had begun is done within this, wall
	restart    = 1500 * time.Millisecond // a dead worker comes back within this, wall
)

// TestAKilledWorkerDoesNothingTwiceAndLosesNothing plays a round against a real Redis and a
// simulated tenant, each in a process of its own, while the workers are killed with SIGKILL
// at moments chosen by seed, and then compares what the tenant saw and what people answered
// with what is in the store.
func TestAKilledWorkerDoesNothingTwiceAndLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("plays rounds for minutes")
	}
	redistest.Need(t)
	var all sync.WaitGroup
	places := make(chan struct{}, max(1, *killAbout))
	for i := range *killSeeds {
		seed := *killFirst + uint64(i)
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { newKillStory(t, seed).play() })
		})
	}
	all.Wait()
}

// killStory is one seed's round.
type killStory struct {
	*testing.T
	seed      uint64
	dice      *rand.Rand
	clock     jobs.Fast
	creds     m365sim.Credentials
	company   m365sim.Company
	office    office
	tenant    *process
	workers   []*process
	bot       *wire   // people's way to the first worker
	wires     []*wire // of the workers, in order
	redis     *redistest.Server
	redisDies bool         // sometimes together with a worker
	store     *store.Store // the same one, past the wires
	dir       string

	mu      sync.Mutex
	effects int    // seen outside so far
	next    int    // effects until the blow
	blow    func() // once
	kills   []string
	outages []span // in which some worker was dead, virtual
}

// span is a stretch of virtual time.
type span struct{ from, to time.Time }

func newKillStory(t *testing.T, seed uint64) *killStory {
	s := &killStory{T: t, seed: seed, dice: rand.New(rand.NewPCG(seed, 0xdead))}
	s.company = killCompany(s.dice)
	file, err := json.Marshal(s.company)
	s.must(err)
	s.dir, err = os.MkdirTemp("", "kill") // short: it holds sockets
	s.must(err)
	t.Cleanup(func() { _ = os.RemoveAll(s.dir) })
	s.must(os.WriteFile(s.at("company.json"), file, 0o600))
	// Ids and secrets follow from the seed, so a tenant of our own knows those of the process.
	twin, err := m365sim.New(m365sim.Options{Seed: seed, Start: killStart, TenantFile: strings.NewReader(string(file))})
	s.must(err)
	s.creds = twin.Credentials()
	s.redisDies = seed%4 == 0
	// Only a Redis that flushes before it answers may be killed too: with everysec, writes of
	// the last two seconds may still be in its own memory while the disk is busy.
	s.redis = redistest.Start(t, redistest.AppendOnly(map[bool]string{true: "always", false: "everysec"}[s.redisDies]))
	s.store, err = store.Open(t.Context(), store.Options{URL: s.redis.URL(), Tenant: s.creds.TenantID, Keep: keepFor})
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	return s
}

func (s *killStory) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("seed %d: %v", s.seed, err)
	}
}

func (s *killStory) at(name string) string { return filepath.Join(s.dir, name) }

// play is the whole story of one seed.
func (s *killStory) play() {
	defer s.lastWords()
	s.open()
	s.hire()
	s.must(s.office.post("/sim/faults", killFaults(s.dice)))
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	s.must(s.office.follow(ctx, s.see))
	s.hunt()
	s.until(killStart.Add(killUntil))
	s.must(s.office.post("/sim/faults", []m365sim.Fault{}))
	e := s.settle()
	for _, p := range s.workers {
		if err := p.stop(); err != nil {
			s.Errorf("seed %d: %v", s.seed, err)
		}
	}
	s.must(e.read(s.Context(), s.office))
	s.judge(e)
}

// open starts the tenant and learns its address.
func (s *killStory) open() {
	s.clock = jobs.Fast{Start: killStart, Since: time.Now().Add(s.startup()), Speed: killSpeed}
	s.tenant = &process{name: "tenant", log: s.at("tenant.log"), env: s.env(),
		args: []string{"m365sim", "--listen", "127.0.0.1:0", "--seed", fmt.Sprint(s.seed), "--tenant", s.at("company.json")}}
	s.must(s.tenant.start())
	s.Cleanup(s.tenant.kill)
	address := regexp.MustCompile(`listens on (http://\S+)`)
	s.wait("the tenant", killReady, func() bool {
		found := address.FindStringSubmatch(s.tenant.printed())
		if found != nil {
			s.office.url = found[1]
		}
		return found != nil
	})
}

// startup is how long to wait with the clock until tenant and workers are surely there: a
// machine that is busy with all the other tests starts them slowly.
func (s *killStory) startup() time.Duration {
	began := time.Now()
	p := &process{name: "version", log: s.at("version.log"), args: []string{"version"}}
	s.must(p.start())
	s.must(p.stop())
	return 2*time.Second + 5*time.Since(began)
}

func (s *killStory) env() []string {
	return []string{"RAPPORT_CLOCK=" + s.clock.String(), "RAPPORT_ACT_WITHIN=" + killWithin.String(),
		"RAPPORT_TENANT_CLIENT_SECRET=" + s.creds.ClientSecret, "RAPPORT_BOT_APP_SECRET=" + s.creds.BotSecret}
}

// hire starts the workers: one that also takes answers and, for every other seed, a second
// one that only works. Each has its own way to Redis.
func (s *killStory) hire() {
	listen := s.freeAddress()
	var err error
	s.bot, err = newWire("tcp", "127.0.0.1:0", listen)
	s.must(err)
	s.Cleanup(func() { _ = s.bot.listener.Close() })
	s.must(s.office.post("/sim/bot", map[string]string{"endpoint": "http://" + s.bot.listener.Addr().String() + "/api/messages"}))
	for i := range 1 + int(s.seed%2) {
		name := fmt.Sprintf("worker%d", i+1)
		wire, err := newWire("unix", s.at(name), strings.TrimPrefix(s.redis.URL(), "unix://"))
		s.must(err)
		s.Cleanup(func() { _ = wire.listener.Close() })
		if i > 0 {
			listen = s.freeAddress() // it answers probes only
		}
		s.must(os.WriteFile(s.at(name+".yaml"), []byte(killYAML(s.creds, s.office.url, "unix://"+s.at(name), listen)), 0o600))
		p := &process{name: name, log: s.at(name + ".log"), env: s.env(), args: []string{"run", "--config", s.at(name + ".yaml")}}
		if i > 0 {
			p.args = append(p.args, "--only", "worker")
		}
		s.must(p.start())
		s.Cleanup(p.kill)
		s.workers, s.wires = append(s.workers, p), append(s.wires, wire)
	}
}

// given are the ports handed out to stories, which may play at the same time.
var given sync.Map

// freeAddress is a loopback address below the ports that outgoing connections use, so that
// it is still free when a killed worker wants it back.
func (s *killStory) freeAddress() string {
	for range 1000 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.N(10000))
		if _, taken := given.LoadOrStore(address, s.seed); taken {
			continue
		}
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	s.Fatal("no free port")
	return ""
}

// wait looks until it is so.
func (s *killStory) wait(what string, within time.Duration, so func() bool) {
	s.Helper()
	for end := time.Now().Add(within); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("seed %d: %s: not within %s", s.seed, what, within)
		}
		for _, p := range append([]*process{s.tenant}, s.workers...) {
			if !p.running() {
				s.Fatalf("seed %d: %s ended by itself while waiting for %s", s.seed, p.name, what)
			}
		}
	}
}

// until waits for a virtual moment.
func (s *killStory) until(at time.Time) { s.pause(s.clock.Real(at.Sub(s.clock.Now()))) }

// pause waits on the wall.
func (s *killStory) pause(d time.Duration) {
	select {
	case <-s.Context().Done():
	case <-time.After(max(d, 0)):
	}
}

// settle waits until nothing is overdue and nothing in doubt.
func (s *killStory) settle() *evidence {
	e := &evidence{store: s.store, clock: s.clock, creds: s.creds, company: s.company, outages: s.outages}
	quiet, began, waited := 0, time.Now(), ""
	for quiet < 3 && time.Since(began) < killSettle {
		s.pause(500 * time.Millisecond)
		pending, err := e.pending(s.Context())
		s.must(err)
		if quiet++; len(pending) > 0 {
			quiet, waited = 0, strings.Join(pending, "; ")
		}
	}
	if took := time.Since(began); took > killSettle/4 {
		s.Logf("seed %d: it took %s until everything was settled, at last %s", s.seed, took.Round(time.Second), waited)
	}
	e.now = s.clock.Now()
	return e
}

// judge says what differs, in plain words.
func (s *killStory) judge(e *evidence) {
	for _, check := range []func(*evidence) []string{once, kept, invited, paired, prompted, planned, inCalendars, stood, listened, voted, replied} {
		for _, wrong := range check(e) {
			s.Errorf("seed %d: %s", s.seed, wrong)
		}
	}
	for _, p := range append([]*process{s.tenant}, s.workers...) {
		for _, bad := range []string{"DATA RACE", "panic:", "fatal error:"} {
			if strings.Contains(p.printed(), bad) {
				s.Errorf("seed %d: %s printed %q", s.seed, p.name, bad)
			}
		}
	}
	s.Logf("seed %d: %s; killed %s", s.seed, e.summary(), strings.Join(s.kills, ", "))
}

// lastWords shows what the processes said when something was wrong.
func (s *killStory) lastWords() {
	if !s.Failed() {
		return
	}
	for _, p := range append([]*process{s.tenant}, s.workers...) {
		if p != nil {
			s.Log(p.tail(40))
		}
	}
}
