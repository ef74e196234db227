package jobs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// One business action is a document saved with what is due because of it, and a hint to the
// queue. It is measured against what Redis needs for one SET of the same size, in the same
// run: the ratio means something on any machine.
func BenchmarkBusinessAction(b *testing.B) {
	r := newRig(b, redistest.Start(b), newChat())
	ctx, p, n := b.Context(), r.crew.Programmes["p"], 0
	act := func() {
		if err := r.crew.owe(ctx, p, fmt.Sprint(n), messageTo("ana")); err != nil {
			b.Fatal(err)
		}
		n++
	}
	act()
	b.ReportAllocs()
	start, set := time.Now(), time.Duration(0)
	for b.Loop() {
		act()
	}
	action := time.Since(start) / time.Duration(b.N)
	body := strings.Repeat("x", 200)
	start = time.Now()
	for i := range b.N {
		if err := r.Client().Set(ctx, fmt.Sprint("raw:", i), body, 0).Err(); err != nil {
			b.Fatal(err)
		}
	}
	set = time.Since(start) / time.Duration(b.N)
	b.ReportMetric(float64(set.Nanoseconds()), "SET-ns/op")
	b.ReportMetric(float64(action)/float64(set), "x-SET")
}

// A step that is done: save, hint, asynq, grip, ledger, card, save. As many at once as there
// are workers, against raw SETs one after the other.
func BenchmarkStepsThroughTheQueue(b *testing.B) {
	teams := newChat()
	r := newRig(b, redistest.Start(b), teams).start(b)
	ctx, p := b.Context(), r.crew.Programmes["p"]
	b.ReportAllocs()
	n := 0
	start := time.Now()
	for b.Loop() {
		if err := r.crew.owe(ctx, p, fmt.Sprint(n), messageTo("ana")); err != nil {
			b.Fatal(err)
		}
		n++
	}
	within(b, time.Minute, "all of them", func() bool { cards, _ := teams.count(); return cards == n })
	b.ReportMetric(float64(n)/time.Since(start).Seconds(), "steps/s")
}

// How long somebody waits from the moment their words are written down until the answer is on
// its way to Teams, with the settings of production and an idle worker.
func BenchmarkFromHintToCard(b *testing.B) {
	teams := newChat()
	var mu sync.Mutex
	owed, took := map[string]time.Time{}, []time.Duration{}
	teams.before = func(_ context.Context, key string) error {
		mu.Lock()
		defer mu.Unlock()
		took = append(took, time.Since(owed[strings.Split(key, "/")[1]]))
		return nil
	}
	r := newRig(b, redistest.Start(b), teams).start(b)
	ctx, p, n := b.Context(), r.crew.Programmes["p"], 0
	b.ReportAllocs()
	for b.Loop() {
		name := fmt.Sprint(n)
		mu.Lock()
		owed[promiseID(name)] = time.Now()
		mu.Unlock()
		if err := r.crew.owe(ctx, p, name, messageTo("ana")); err != nil {
			b.Fatal(err)
		}
		n++
		time.Sleep(rand.N(20 * time.Millisecond)) // out of step with the worker's looks
	}
	within(b, 10*time.Second, "all of them", func() bool { cards, _ := teams.count(); return cards == n })
	slices.Sort(took)
	at := func(part float64) float64 { return float64(took[int(part*float64(len(took)-1))]) / 1e6 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
}
