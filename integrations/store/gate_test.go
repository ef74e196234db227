package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestNeverMoreInsideThanThereArePlaces(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		var inside, most, visits atomic.Int64
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				for range 5 {
					leave, err := s.Enter(t.Context(), "mailbox@acme.test", 3, time.Minute)
					if err != nil {
						t.Error(err)
						return
					}
					n := inside.Add(1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					time.Sleep(3 * time.Millisecond)
					inside.Add(-1)
					visits.Add(1)
					leave()
					leave()
				}
			})
		}
		wg.Wait()
		if most.Load() != 3 || visits.Load() != 60 {
			t.Fatalf("at most %d inside (want exactly 3), %d of 60 visits", most.Load(), visits.Load())
		}
		for _, key := range s.client.Keys(t.Context(), "*").Val() {
			if strings.Contains(key, "mailbox") || strings.Contains(key, "gate") && s.client.ZCard(t.Context(), key).Val() > 0 {
				t.Fatalf("left behind: %s", key)
			}
		}
	})
}

func TestWhoeverCrashesInsideIsTakenToHaveLeft(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		if _, err := s.Enter(t.Context(), "m", 1, 300*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		leave, err := s.Enter(t.Context(), "m", 1, time.Minute)
		if err != nil || time.Since(start) < 200*time.Millisecond || time.Since(start) > 2*time.Second {
			t.Fatalf("in after %v: %v", time.Since(start), err)
		}
		leave()
	})
}

func TestWaitingAtAGateEndsWithTheContext(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		leave, err := s.Enter(t.Context(), "m", 1, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err = s.Enter(ctx, "m", 1, time.Minute)
		if !errors.Is(err, context.DeadlineExceeded) || err.(*Error).InDoubt() || !strings.Contains(err.Error(), "the caller's time") {
			t.Fatalf("%v", err)
		}
		leave()
		if leave, err = s.Enter(t.Context(), "m", 1, time.Minute); err != nil {
			t.Fatal("the one who gave up holds a place: ", err)
		}
		leave()
	})
}

func TestATokenBucketGivesItsBurstAndThenItsRate(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		take := func() time.Duration { return must[time.Duration](t)(s.Take(t.Context(), "teams", 5, 3)) }
		for i := range 3 {
			if w := take(); w != 0 {
				t.Fatalf("token %d of a burst of 3 must wait %v", i+1, w)
			}
		}
		if w := take(); w <= 0 || w > 200*time.Millisecond {
			t.Fatalf("the fourth waits %v, want up to 200 ms", w)
		}
		start, taken := time.Now(), 0
		for taken < 4 {
			if w := take(); w > 0 {
				time.Sleep(w)
			} else {
				taken++
			}
		}
		if d := time.Since(start); d < 600*time.Millisecond || d > 4*time.Second {
			t.Fatalf("4 tokens at 5 a second took %v", d)
		}
		time.Sleep(time.Second) // five tokens' time saves up three
		for i := range 4 {
			if w := take(); (w == 0) != (i < 3) {
				t.Fatalf("after a rest token %d waits %v", i+1, w)
			}
		}
	})
}

func TestManyWorkersShareOneBucket(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		var got atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					if w, err := s.Take(t.Context(), "slow", 0.001, 7); err != nil {
						t.Error(err)
					} else if w == 0 {
						got.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if got.Load() != 7 {
			t.Fatalf("%d tokens from a bucket of 7", got.Load())
		}
	})
}
