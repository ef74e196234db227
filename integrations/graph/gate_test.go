package graph_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/graph"
)

// sharedGate is a gate that several programs share. Nobody is thrown out here, but it tells
// when somebody held a place longer than was announced.
type sharedGate struct {
	mu    sync.Mutex
	rooms map[string]chan struct{}
	late  atomic.Int32
}

func (g *sharedGate) Enter(ctx context.Context, name string, places int, hold time.Duration) (func(), error) {
	g.mu.Lock()
	if g.rooms == nil {
		g.rooms = map[string]chan struct{}{}
	}
	if g.rooms[name] == nil {
		g.rooms[name] = make(chan struct{}, places)
	}
	room := g.rooms[name]
	g.mu.Unlock()
	select {
	case room <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	entered := time.Now()
	return sync.OnceFunc(func() {
		if time.Since(entered) > hold {
			g.late.Add(1)
		}
		<-room
	}), nil
}

// inside is how many places of a mailbox are taken.
func (g *sharedGate) inside() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, room := range g.rooms {
		n += len(room)
	}
	return n
}

func TestProgramsThatShareAGateHaveFourInFlightTogetherABatchCountingAsFour(t *testing.T) {
	var inFlight, most, batches atomic.Int32
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		weight := int32(1)
		batch := strings.HasSuffix(r.Path, "$batch")
		if batch {
			weight = int32(min(len(r.inners(t)), 4))
			batches.Add(1)
		}
		now := inFlight.Add(weight)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		time.Sleep(3 * time.Millisecond)
		inFlight.Add(-weight)
		if batch {
			batchOf(t, r, w, func(in map[string]any) (int, string, string) { return 200, "", free(in) })
			return
		}
		say(w, 200, `{"value":[]}`)
	})
	gate := &sharedGate{}
	var all sync.WaitGroup
	for range 3 { // programs
		c := f.client(t, func(o *graph.Options) { o.Gate = gate })
		for _, people := range []int{100, 40, 20} {
			all.Go(func() {
				if got, err := c.FreeBusy(service).Busy(t.Context(), some(people), week); err != nil || len(got) != people {
					t.Errorf("%d of %d: %v", len(got), people, err)
				}
			})
		}
		for range 8 {
			all.Go(func() {
				if _, _, err := c.Calendar(service).Find(t.Context(), "k"); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if most.Load() > 4 || most.Load() < 2 || batches.Load() != 9 || gate.inside() != 0 || gate.late.Load() != 0 {
		t.Errorf("%d in flight at most, %d batches, %d still inside, %d held too long", most.Load(), batches.Load(), gate.inside(), gate.late.Load())
	}
}

// fullGate has a single place at every door.
type fullGate struct {
	sharedGate
	hold time.Duration // the shortest that was announced
}

func (g *fullGate) Enter(ctx context.Context, name string, _ int, hold time.Duration) (func(), error) {
	if g.hold == 0 || hold < g.hold {
		g.hold = hold
	}
	return g.sharedGate.Enter(ctx, name, 1, hold)
}

func TestABatchThatGetsNoFourPlacesGivesBackThoseItHas(t *testing.T) {
	f := newTenant(t, always(500, "{}"))
	gate := &fullGate{}
	c := f.client(t, func(o *graph.Options) { o.Gate, o.Timeout = gate, 100*time.Millisecond })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err := c.FreeBusy(service).Busy(ctx, some(100), week)
	if ctx.Err() != nil {
		t.Error("it waited for as long as its caller lived, longer than its first places are held")
	}
	if gate.hold < 2*100*time.Millisecond+5*time.Second {
		t.Errorf("places are held for %v: less than waiting for the last one and the request can take", gate.hold)
	}
	if e := asError(t, err); e.Permanent() || e.InDoubt() || len(f.requests()) != 0 || gate.inside() != 0 {
		t.Errorf("%v, %d requests, %d places taken", err, len(f.requests()), gate.inside())
	}
}
