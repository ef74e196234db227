package main

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// Without Redis nobody may send people's answers here, and nobody may kill us: a restart
// mends nothing.
func TestWithoutRedisItIsAliveAndNotReady(t *testing.T) {
	if testing.Short() {
		t.Skip("runs processes")
	}
	for _, part := range []string{"", "worker", "web"} {
		t.Run("only "+part, func(t *testing.T) {
			t.Parallel()
			redis := redistest.Start(t, redistest.AppendOnly("always"))
			p := newPlant(t, redis.URL())
			rapport := p.run("rapport", "--only", part)
			p.wait("it to be ready", 20*time.Second, func() bool { return p.status("/readyz") == http.StatusOK })
			redis.Kill()
			took := p.wait("it to be not ready", 10*time.Second, func() bool { return p.status("/readyz") == http.StatusServiceUnavailable })
			if alive := p.status("/healthz"); alive != http.StatusOK || !rapport.running() {
				t.Errorf("without Redis it answers %d to whether it is alive", alive)
			}
			if metrics := p.status("/metrics"); metrics != http.StatusOK {
				t.Errorf("without Redis its metrics answer %d", metrics)
			}
			if bot := p.status("/api/messages"); part == "worker" && bot != http.StatusNotFound {
				t.Errorf("a worker answers the bot's address with %d", bot)
			}
			redis.Restart()
			again := p.wait("it to be ready again", 30*time.Second, func() bool { return p.status("/readyz") == http.StatusOK })
			t.Logf("not ready after %s, ready again %s after Redis was back", took.Round(10*time.Millisecond), again.Round(10*time.Millisecond))
		})
	}
}

// SIGTERM while cards are on their way: what was begun ends or is handed back, nothing new
// begins, and the next process goes on without doing anything twice.
func TestSIGTERMDuringWorkEndsInTimeAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("runs processes")
	}
	for name, x := range map[string]struct {
		delay  int // of an answer, ms; 0 = never
		within string
		pairs  int // until the first round: doubts are settled a day and more later, on this clock
	}{"what is slow is finished": {1500, "2s", 2}, "what never ends is handed back": {0, "9s", 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis := redistest.Start(t, redistest.AppendOnly("everysec"))
			p := newPlant(t, redis.URL())
			p.env = append(p.env, "RAPPORT_ACT_WITHIN="+x.within)
			st := p.open(redis.URL())
			p.must(p.tenant.SetFaults(m365sim.Fault{Match: m365sim.Match{Method: "POST", Path: "/activities"}, Do: "stall", DelayMS: x.delay, Times: 4}))
			first := p.run("first")
			p.wait("cards to be on their way", 30*time.Second, func() bool { return p.tenant.Faults()[0].Hits > 0 })
			before := time.Now()
			p.must(first.cmd.Process.Signal(syscall.SIGTERM))
			select {
			case <-first.gone:
			case <-time.After(20 * time.Second):
				t.Fatal("it does not stop")
			}
			took := time.Since(before)
			if took > 10*time.Second || first.err != nil {
				t.Errorf("it stopped after %s: %v", took, first.err)
			}
			journal := len(p.tenant.Journal())
			time.Sleep(500 * time.Millisecond)
			if more := len(p.tenant.Journal()) - journal; more > 0 {
				t.Errorf("%d things happened after its end", more)
			}
			p.must(p.tenant.SetFaults())
			p.run("second")
			p.until("Wed 7 Oct 12:00")
			sum := p.audit(st)
			if sum.Consented != 4 || sum.Pairs < x.pairs {
				t.Errorf("the round did not go on: %s", sum)
			}
			t.Logf("stopped within %s; %s", took.Round(10*time.Millisecond), sum)
		})
	}
}
