package store

import (
	"slices"
	"sync"
	"testing"
	"time"
)

func TestTurnsKeepEveryLimitAcrossProcesses(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		limits := map[time.Duration]int{time.Second: 7, 2 * time.Second: 8, 30 * time.Second: 60}
		stores := []*Store{open(Options{})}
		if !stores[0].embedded { // an embedded one has nobody to share with
			stores = append(stores, open(Options{}), open(Options{}))
		}
		var mu sync.Mutex
		var turns []time.Duration // from start
		start := time.Now()
		var wg sync.WaitGroup
		for _, s := range stores {
			for range 4 {
				wg.Go(func() {
					for range 20 {
						asked := time.Since(start)
						w, err := s.Turn(t.Context(), "chat", limits, time.Hour)
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						turns = append(turns, asked+w)
						mu.Unlock()
					}
				})
			}
		}
		wg.Wait()
		slices.Sort(turns)
		slack := time.Since(start) // each moment is known only to within its call
		for stretch, most := range limits {
			for i := most; i < len(turns); i++ {
				if d := turns[i] - turns[i-most]; d < stretch-slack {
					t.Fatalf("turns %d to %d lie within %v; %d are allowed in %v", i-most, i, d, most, stretch)
				}
			}
		}
		// The line must not be slower than its limits: 60 in each half minute.
		if last, most := turns[len(turns)-1], time.Duration((len(turns)-1)/60)*30*time.Second+15*time.Second; last > most {
			t.Errorf("the last of %d turns comes after %v, want at most %v", len(turns), last, most)
		}
	})
}

func TestATurnThatComesTooLateIsNotTaken(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, one := open(Options{}), map[time.Duration]int{time.Hour: 1}
		turn := func(name string, within time.Duration) time.Duration {
			return must[time.Duration](t)(s.Turn(t.Context(), name, one, within))
		}
		if w := turn("a", 0); w != 0 {
			t.Fatalf("the first turn waits %v", w)
		}
		for range 3 { // each refused, so the wait does not grow
			if w := turn("a", time.Minute); w <= 59*time.Minute || w > time.Hour {
				t.Fatalf("the second turn waits %v, want what is left of the hour", w)
			}
		}
		if w := turn("b", 0); w != 0 {
			t.Fatalf("another line waits %v", w)
		}
	})
}

func TestALineRestsAndNobodyElseDoes(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, limits := open(Options{}), map[time.Duration]int{time.Second: 7}
		wait := func(name string) time.Duration {
			return must[time.Duration](t)(s.Turn(t.Context(), name, limits, 0))
		}
		for _, d := range []time.Duration{time.Minute, time.Second} { // a shorter rest takes nothing back
			if err := s.Rest(t.Context(), "ana", d); err != nil {
				t.Fatal(err)
			}
		}
		if w := wait("ana"); w <= 59*time.Second || w > time.Minute {
			t.Errorf("ana's line rests %v, want a minute", w)
		}
		for range 20 { // who takes no turn is not counted
			if w := must[time.Duration](t)(s.Turn(t.Context(), "ben", nil, 0)); w != 0 {
				t.Fatalf("who takes no turn waits %v", w)
			}
		}
		if w := must[time.Duration](t)(s.Turn(t.Context(), "ana", nil, 0)); w <= 59*time.Second {
			t.Errorf("who takes no turn waits %v, want a minute", w)
		}
		if w := wait("ben"); w != 0 {
			t.Errorf("ben's line rests %v", w)
		}
		if err := s.Rest(t.Context(), "cleo", 50*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		time.Sleep(60 * time.Millisecond)
		if w := wait("cleo"); w != 0 {
			t.Errorf("cleo's rest is over and still %v", w)
		}
	})
}

func TestALineTakesNoMoreRoomThanItsLimitsNeed(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		for range 50 {
			if _, err := s.Turn(t.Context(), "x", map[time.Duration]int{time.Millisecond: 7, 10 * time.Millisecond: 8}, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		key := s.hidden("line", "x")
		if n := s.client.LLen(t.Context(), key).Val(); n > 8 {
			t.Errorf("%d moments are kept, 8 are enough", n)
		}
		if d := s.client.PTTL(t.Context(), key).Val(); d <= 0 || d > time.Second {
			t.Errorf("the line is kept for %v", d)
		}
	})
}

func TestATurnNeedsSense(t *testing.T) {
	s, err := OpenEmbedded(Options{Tenant: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	good := map[time.Duration]int{time.Second: 1}
	for name, ask := range map[string]func() (time.Duration, error){
		"no name": func() (time.Duration, error) { return s.Turn(t.Context(), "", good, 0) },
		"nobody's turn": func() (time.Duration, error) {
			return s.Turn(t.Context(), "x", map[time.Duration]int{time.Second: 0}, 0)
		},
		"no time":         func() (time.Duration, error) { return s.Turn(t.Context(), "x", map[time.Duration]int{0: 1}, 0) },
		"a wait below 0":  func() (time.Duration, error) { return s.Turn(t.Context(), "x", good, -1) },
		"rest, no name":   func() (time.Duration, error) { return 0, s.Rest(t.Context(), "", 1) },
		"rest in reverse": func() (time.Duration, error) { return 0, s.Rest(t.Context(), "x", -1) },
	} {
		if _, err := ask(); err == nil || !err.(*Error).Permanent() {
			t.Errorf("%s: %v", name, err)
		}
	}
}
