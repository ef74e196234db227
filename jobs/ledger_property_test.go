package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// A world in which everything goes wrong that can: processes die at any line, stall for
// minutes, Redis loses answers, the other side acts and nobody hears of it, or acts long after
// everybody gave up. Time is virtual, chance comes from a seed.
type world struct {
	mu     sync.Mutex
	chance *rand.Rand
	left   int // how many faults are still to come
	store  *memory
	acts   int  // what an auditor counts
	landed bool // whether Find can see it
}

// dead is what a process panics with that dies.
type dead struct{}

// fault says whether one of the faults that are left strikes here.
func (w *world) fault() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left == 0 || w.chance.IntN(4) != 0 {
		return false
	}
	w.left--
	return true
}

func (w *world) upTo(d time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Duration(w.chance.Int64N(int64(d)) + 1)
}

func (w *world) one(of int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.chance.IntN(of)
}

// line is any line of ours: the process may die here, or stand still for a while, or what it
// asked for may fail.
func (w *world) line(fails error) error {
	time.Sleep(w.upTo(20 * time.Millisecond))
	if !w.fault() {
		return nil
	}
	switch w.one(3) {
	case 0:
		panic(dead{})
	case 1:
		time.Sleep(w.upTo(4 * actLimit))
		return nil
	}
	return fails
}

func (w *world) land() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acts, w.landed = w.acts+1, true
}

// do is the other side. A request that is under way may still arrive a while after its sender
// gave up or died.
func (w *world) do(ctx context.Context) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if !w.fault() {
		time.Sleep(w.upTo(time.Second))
		w.land()
		return "id", w.line(says{inDoubt: true})
	}
	straggle := func() { go func() { time.Sleep(w.upTo(actLimit / 3)); w.land() }() }
	switch w.one(6) {
	case 0:
		return "", says{after: w.upTo(time.Minute)} // refused, cleanly
	case 1:
		return "", says{permanent: true, unreachable: true}
	case 2:
		w.land()
		return "", says{inDoubt: true}
	case 3:
		straggle()
		panic(dead{})
	case 4:
		<-ctx.Done()
		return "", ctx.Err()
	}
	<-ctx.Done()
	straggle()
	return "", ctx.Err()
}

// find tells the truth, when it answers.
func (w *world) find(context.Context) (string, bool, error) {
	if err := w.line(says{after: time.Second}); err != nil {
		return "", false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return "id", w.landed, nil
}

// keep and end are the two things one can do to a promise.
func (w *world) keep(l *Ledger) (string, error) {
	return l.Once(context.Background(), "key", Effect{Do: w.do, Find: w.find})
}

func (w *world) end(l *Ledger) (string, error) {
	return l.Result(context.Background(), "key", w.find)
}

// settle finds out, a few times, what became of it; that must change nothing for the others.
func (w *world) settle(l *Ledger) (string, error) {
	for range 3 {
		err := l.Settle(context.Background(), promiseID("key"), func(string) func(context.Context) (string, bool, error) { return w.find })
		if err != nil {
			return "", err
		}
		time.Sleep(w.upTo(2 * actLimit))
	}
	return "", nil
}

// process keeps the promise until it is kept, or ends it until it is ended, dying and being
// born again on the way.
func (w *world) process(name string, act func(*Ledger) (string, error)) (string, error) {
	skew := w.upTo(4*time.Second) - 2*time.Second
	for life := 0; ; life++ {
		l := &Ledger{Store: w.store, Clock: skewed(skew), Owner: fmt.Sprintf("%s.%d", name, life), Limit: actLimit, Send: true}
		got, err := alive(l, act)
		if err == nil || errors.Is(err, ErrRefused) || errors.Is(err, ErrInDoubt) {
			return got, err
		}
		if life > 1000 {
			return "", fmt.Errorf("never finishes: %w", err)
		}
		// The queue comes back when it was told to, or sooner, or later.
		time.Sleep(max(waitOf(err), w.upTo(10*time.Second)))
	}
}

func alive(l *Ledger, act func(*Ledger) (string, error)) (got string, err error) {
	defer func() {
		if gone := recover(); gone == (dead{}) {
			err = errors.New("died")
		} else if gone != nil {
			panic(gone)
		}
	}()
	return act(l)
}

// skewed is the real clock, a little wrong.
type skewed time.Duration

func (s skewed) Now() time.Time                      { return time.Now().UTC().Add(time.Duration(s)) }
func (skewed) Real(d time.Duration) time.Duration    { return d }
func (skewed) Virtual(d time.Duration) time.Duration { return d }

// history is what became of one promise.
type history struct {
	acts         int
	kept, ended  []string // what those who kept it, or ended it, were answered
	refused, odd []error
}

// play lets processes keep the promise, others end it, and one find out about it.
func play(t *testing.T, seed uint64, faults, keepers, enders int) (h history) {
	synctest.Test(t, func(*testing.T) {
		w := &world{chance: rand.New(rand.NewPCG(seed, 1)), left: faults, store: newMemory()}
		w.store.before = func(string) error { return w.line(errors.New("redis refused")) }
		w.store.after = func(string) error { return w.line(says{inDoubt: true}) }
		var all sync.WaitGroup
		run := func(name string, act func(*Ledger) (string, error), answers *[]string) {
			begin := w.upTo(2 * actLimit) // drawn here, so that a seed is always the same history
			all.Go(func() {
				time.Sleep(begin)
				got, err := w.process(name, act)
				w.mu.Lock()
				defer w.mu.Unlock()
				switch {
				case err == nil:
					*answers = append(*answers, got)
				case errors.Is(err, ErrRefused):
					h.refused = append(h.refused, err)
				default:
					h.odd = append(h.odd, err)
				}
			})
		}
		for i := range keepers {
			run(fmt.Sprint("keeper ", i), w.keep, &h.kept)
		}
		for i := range enders {
			run(fmt.Sprint("ender ", i), w.end, &h.ended)
		}
		var settled []string
		run("settler", w.settle, &settled)
		all.Wait()
		time.Sleep(time.Hour) // for what is still under way
		h.acts = w.acts
	})
	return h
}

// histories is how many a rapid check plays: they take microseconds.
const histories = 30

func TestWhateverGoesWrongThePromiseIsKeptOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed, faults := rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(0, 15).Draw(rt, "faults")
		keepers := rapid.IntRange(1, 4).Draw(rt, "keepers")
		for i := range uint64(histories) {
			h := play(t, seed+i, faults, keepers, 0)
			if h.acts != 1 || len(h.kept) != keepers || slices.ContainsFunc(h.kept, func(id string) bool { return id != "id" }) {
				rt.Fatalf("history %d: %+v", i, h)
			}
		}
	})
}

func TestWhateverGoesWrongAPromiseThatWasEndedIsKnownToBeKeptOrNeverIs(t *testing.T) {
	kept, ended := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		seed, faults := rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(0, 15).Draw(rt, "faults")
		keepers, enders := rapid.IntRange(1, 3).Draw(rt, "keepers"), rapid.IntRange(1, 2).Draw(rt, "enders")
		for i := range uint64(histories) {
			h := play(t, seed+i, faults, keepers, enders)
			want := slices.Repeat([]string{"id"}, enders)
			if h.acts == 0 {
				want = slices.Repeat([]string{""}, enders)
				ended++
			} else {
				kept++
			}
			all := len(h.kept) == keepers && h.acts == 1 || len(h.refused) == keepers && h.acts == 0
			if !all || len(h.odd) > 0 || !slices.Equal(h.ended, want) {
				rt.Fatalf("history %d: %+v", i, h)
			}
		}
	})
	if kept == 0 || ended == 0 {
		t.Fatalf("only one side was ever seen: %d kept, %d ended", kept, ended)
	}
}
