package teams

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// hands send cards to a company as the jobs do: every promise is written down before it is
// kept, whoever dies leaves theirs to others, and what is in doubt is looked up first.
type hands struct {
	pace  Pace // shared by all replicas, as Redis shares it
	notes *notebook
	crowd *crowd

	mu      sync.Mutex
	kept    map[roster.ID]string    // reference by person
	held    map[roster.ID]time.Time // somebody works on it until then
	doubted int                     // promises that had to be looked up
	queue   chan roster.ID
	done    chan struct{}
	people  int
}

const leaseOfAPromise = 30 * time.Second

func newHands(people int) *hands {
	h := &hands{pace: newAlone(time.Now), notes: &notebook{m: map[string]string{}}, crowd: newCrowd(7), people: people,
		kept: map[roster.ID]string{}, held: map[roster.ID]time.Time{}, queue: make(chan roster.ID, 2*people), done: make(chan struct{})}
	for i := range people {
		p := roster.ID(fmt.Sprint("person-", i))
		h.notes.m[noteKey(p)] = `{"service":"https://smba.trafficmanager.net/teams/","conversation":"` + chatOf(p) + `"}`
		h.queue <- p
	}
	return h
}

// replica starts a process of so many workers; kill ends it in the middle of whatever it does.
func (h *hands) replica(t *testing.T, workers int) (kill func()) {
	ctx, cancel := context.WithCancel(t.Context())
	c, err := NewClient(h.crowd.options(h.notes, h.pace))
	if err != nil {
		t.Fatal(err)
	}
	for range workers {
		go func() {
			for {
				select {
				case p := <-h.queue:
					h.work(ctx, c, p)
				case <-ctx.Done():
					return
				case <-h.done:
					return
				}
			}
		}()
	}
	return cancel
}

// work keeps one promise, or puts it back for later.
func (h *hands) work(ctx context.Context, c *Client, p roster.ID) {
	doubt, mine := h.begin(p)
	if !mine {
		return
	}
	m := prompt.Message{Key: "prepare/" + string(p), To: p, Lang: "en", Title: "Tomorrow you meet", Summary: "s", Blocks: []prompt.Block{{Text: "One thing to think about."}}}
	ref, found, err := "", false, error(nil)
	if doubt {
		ref, found, err = c.Find(ctx, p, m.Key)
	}
	if err == nil && !found {
		ref, err = c.Send(ctx, m)
	}
	if ctx.Err() != nil {
		return // dead: what it held stays held until its lease ends
	}
	h.end(p, ref, err)
}

// begin takes hold of a promise. It is in doubt when somebody else held it and never let go.
func (h *hands) begin(p roster.ID) (doubt, mine bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	until, held := h.held[p]
	if h.kept[p] != "" || held && time.Now().Before(until) {
		return false, false
	}
	if held {
		h.doubted++
	}
	h.held[p] = time.Now().Add(leaseOfAPromise)
	return held, true
}

func (h *hands) end(p roster.ID, ref string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.kept[p] = ref
		if len(h.kept) == h.people {
			close(h.done)
		}
		return
	}
	var e *Error
	if errors.As(err, &e) && e.InDoubt() {
		h.held[p] = time.Now()
	} else {
		delete(h.held, p)
	}
	time.AfterFunc(max(time.Second, e.RetryAfter()), func() { h.queue <- p })
}

// sweep puts back whatever somebody died over.
func (h *hands) sweep() {
	for {
		select {
		case <-h.done:
			return
		case <-time.After(5 * time.Second):
		}
		h.mu.Lock()
		for p, until := range h.held {
			if h.kept[p] == "" && !time.Now().Before(until) {
				h.queue <- p
			}
		}
		h.mu.Unlock()
	}
}

// outcomeOfCrowd is what a story is judged by.
type outcomeOfCrowd struct {
	took                    time.Duration
	lost, doubled           int
	looked, throttled, fast int
}

// cardsToEverybody sends a card to every one of so many people with three replicas, two of
// which are killed on the way, a fifth and three fifths into the work; each comes back after
// five seconds.
func cardsToEverybody(t *testing.T, people int) (out outcomeOfCrowd) {
	synctest.Test(t, func(t *testing.T) {
		h := newHands(people)
		start := time.Now()
		whole := time.Duration(people) * time.Second / 45
		for i, at := range []time.Duration{0, whole / 5, 3 * whole / 5} {
			kill := h.replica(t, 16)
			if i == 0 {
				continue // this one lives
			}
			time.AfterFunc(at, func() {
				kill()
				time.AfterFunc(5*time.Second, func() { h.replica(t, 16) })
			})
		}
		go h.sweep()
		<-h.done
		out.took = time.Since(start)
		synctest.Wait()
		for i := range people {
			switch n := len(h.crowd.shown[chatOf(roster.ID(fmt.Sprint("person-", i)))]); {
			case n == 0:
				out.lost++
			case n > 1:
				out.doubled++
			}
		}
		out.looked, out.throttled, out.fast = h.doubted, h.crowd.throttled, h.crowd.worst
		time.Sleep(time.Minute) // the last timers
	})
	return out
}

func (o outcomeOfCrowd) judge(t testing.TB, within time.Duration) {
	t.Helper()
	if o.lost > 0 || o.doubled > 0 {
		t.Errorf("%d cards lost, %d doubled", o.lost, o.doubled)
	}
	if o.took > within {
		t.Errorf("it took %v, want at most %v", o.took, within)
	}
	if o.looked == 0 {
		t.Error("nobody died over a card; the story proves nothing")
	}
	if o.throttled > 0 {
		t.Errorf("the service had to slow us down %d times", o.throttled)
	}
}

func TestCardsForEverybodyWhileTwoWorkersAreKilled(t *testing.T) {
	o := cardsToEverybody(t, 4500)
	o.judge(t, 105*time.Second)
	t.Logf("4,500 cards in %v, %d looked up after a death, at most %d in a second", o.took, o.looked, o.fast)
}

// 45,000 people get a card within seventeen minutes, whoever dies meanwhile.
func BenchmarkFortyFiveThousandCards(b *testing.B) {
	for range b.N {
		var o outcomeOfCrowd
		story := func(t *testing.T) { o = cardsToEverybody(t, 45_000) }
		always := func(string, string) (bool, error) { return true, nil }
		if !testing.RunTests(always, []testing.InternalTest{{Name: "cards", F: story}}) {
			b.Fatal("the story failed")
		}
		o.judge(b, 17*time.Minute)
		b.ReportMetric(o.took.Minutes(), "virtual-min")
		b.ReportMetric(float64(o.lost), "lost")
		b.ReportMetric(float64(o.doubled), "doubled")
		b.ReportMetric(float64(o.looked), "looked-up")
		b.ReportMetric(float64(o.throttled), "throttled")
	}
}
