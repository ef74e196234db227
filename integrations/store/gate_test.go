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
