package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// breakable opens a store whose connections can be broken, its scripts known to Redis.
func breakable(t *testing.T, open func(Options) *Store) (*Store, *redistest.Faults) {
	var f redistest.Faults
	s := open(Options{Through: f.Through})
	for _, id := range []string{"warm", "up"} {
		must[bool](t)(s.Save(t.Context(), "warm", id, 0, 1, nil))
	}
	leave, err := s.Enter(t.Context(), "warm", 1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	return s, &f
}

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("not an Error of the store: %v", err)
	}
	return e
}

func TestASaveWhoseAnswerIsLostIsStillOurs(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, f := breakable(t, open)
		ctx, due := t.Context(), []cadence.Step{step("p", "a:b", 1)}
		f.Swallow("evalsha")
		if !must[bool](t)(s.Save(ctx, "pair", "p", 0, pair{State: "one"}, due)) || f.Lost() != 1 {
			t.Fatalf("our own write was taken for somebody else's (%d answers lost)", f.Lost())
		}
		var got pair
		if v := must[int64](t)(s.Load(ctx, "pair", "p", &got)); v != 1 || got.State != "one" {
			t.Fatalf("version %d %+v", v, got)
		}
		f.Swallow("evalsha")
		f.Swallow("evalsha")
		if !must[bool](t)(s.Save(ctx, "pair", "p", 1, nil, nil)) || f.Lost() != 3 {
			t.Fatalf("our own deletion was taken for somebody else's (%d answers lost)", f.Lost())
		}
		if left := must[[]cadence.Step](t)(s.Due(ctx, noon.Add(time.Hour), 9)); len(left) != 0 {
			t.Fatalf("steps left: %+v", left)
		}
		f.Swallow("evalsha")
		if must[bool](t)(s.Save(ctx, "pair", "p", 7, pair{}, nil)) {
			t.Fatal("a refused save became true because its answer was lost")
		}
	})
}

func TestALateRepetitionDoesNotUndoWhatOthersWrote(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		args := must[[]any](t)(s.saveArgs("pair", "p", 0, pair{State: "ours"}, nil))
		keys := []string{s.docKey("pair", "p"), s.dueKey(), s.idsKey("pair")}
		send := func() bool { return must[bool](t)(saveScript.Run(ctx, s.client, keys, args...).Bool()) }
		if !send() {
			t.Fatal("refused")
		}
		for v := int64(1); v <= 3; v++ {
			must[bool](t)(s.Save(ctx, "pair", "p", v, pair{State: "theirs"}, nil))
			if !send() {
				t.Fatalf("forgot our write after %d others", v)
			}
		}
		var got pair
		if v := must[int64](t)(s.Load(ctx, "pair", "p", &got)); v != 4 || got.State != "theirs" {
			t.Fatalf("version %d %+v", v, got)
		}
	})
}

func TestWhenEveryAnswerIsLostTheSaveIsInDoubt(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, f := breakable(t, open)
		for range attempts {
			f.Swallow("evalsha")
		}
		ok, err := s.Save(t.Context(), "pair", "p", 0, pair{}, nil)
		if e := asError(t, err); ok || !e.InDoubt() || e.Permanent() || e.RetryAfter() <= 0 {
			t.Fatalf("%v: in doubt %v, permanent %v, retry after %v", e, e.InDoubt(), e.Permanent(), e.RetryAfter())
		}
		if v := must[int64](t)(s.Load(t.Context(), "pair", "p", nil)); v != 1 {
			t.Fatal("the test lost requests, not answers")
		}
		// Doubt is not forgotten when a later attempt could not even connect.
		f.Swallow("evalsha")
		go func() {
			for f.Lost() != attempts+1 {
				time.Sleep(time.Millisecond)
			}
			f.Cut()
		}()
		if _, err := s.Save(t.Context(), "pair", "p", 1, pair{}, nil); err != nil && !asError(t, err).InDoubt() {
			t.Fatalf("no longer in doubt: %v", err)
		}
		f.Heal()
	})
}

func TestARedisThatIsGoneLeavesNoDoubtAndComesBack(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, f := breakable(t, open)
		f.Cut()
		if s.Ping(t.Context()) == nil { // also finds that the open connection is broken
			t.Fatal("answered")
		}
		start := time.Now()
		_, err := s.Save(t.Context(), "pair", "p", 0, pair{}, nil)
		e := asError(t, err)
		if e.InDoubt() || e.Permanent() || e.RetryAfter() <= 0 || time.Since(start) > 5*time.Second {
			t.Fatalf("after %v %v: in doubt %v, permanent %v", time.Since(start), e, e.InDoubt(), e.Permanent())
		}
		if !strings.Contains(e.Error(), "does not answer") || strings.Contains(e.Error(), "sock") {
			t.Fatalf("not one clear sentence, or it names the address: %v", e)
		}
		if s.Health(t.Context()) == nil {
			t.Fatal("healthy without Redis")
		}
		f.Heal()
		if err := s.Health(t.Context()); err != nil {
			t.Fatal(err)
		}
		must[bool](t)(s.Save(t.Context(), "pair", "p", 0, pair{}, nil))
	})
}

func TestGoingInTwiceBecauseOfALostAnswerTakesOnePlace(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, f := breakable(t, open)
		f.Swallow("evalsha")
		soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		leave, err := s.Enter(soon, "mailbox", 1, time.Minute)
		if err != nil || f.Lost() != 1 {
			t.Fatal(err, f.Lost())
		}
		f.Swallow("zrem")
		leave()
		if n := s.client.ZCard(t.Context(), s.hidden("gate", "mailbox")).Val(); n != 0 {
			t.Fatalf("%d places are still taken", n)
		}
		for range attempts {
			f.Swallow("evalsha")
		}
		if _, err := s.Enter(t.Context(), "mailbox", 1, time.Minute); err == nil {
			t.Fatal("inside without an answer")
		}
		if n := s.client.ZCard(t.Context(), s.hidden("gate", "mailbox")).Val(); n != 0 {
			t.Fatal("a place is held by nobody")
		}
	})
}

func TestWhatWasSavedOutlivesACrashOfRedis(t *testing.T) {
	server := redistest.Start(t, redistest.AppendOnly("everysec"))
	s, ctx := opened(t, server, Options{DemandAOF: true}), t.Context()
	for i := range 50 {
		id := string(rune('A' + i))
		must[bool](t)(s.Save(ctx, "pair", id, 0, i, []cadence.Step{step(id, "a:b", i)}))
	}
	server.Kill()
	if _, err := s.Load(ctx, "pair", "A", nil); err == nil {
		t.Fatal("answered by a dead Redis")
	}
	server.Restart()
	if ids, due := must[[]string](t)(s.IDs(ctx, "pair")), must[[]cadence.Step](t)(s.Due(ctx, noon.Add(time.Hour), 99)); len(ids) != 50 || len(due) != 50 {
		t.Fatalf("%d documents and %d steps left of 50", len(ids), len(due))
	}
}

func TestARedisThatHangsHoldsNobodyLongerThanTheirContext(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, server, Options{})
	server.Stall()
	defer server.Resume()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := s.Save(ctx, "pair", "p", 0, pair{}, nil)
	if e := asError(t, err); time.Since(start) > time.Second || !e.InDoubt() || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("after %v: %v, in doubt %v", time.Since(start), err, e.InDoubt())
	}
}

func TestTheContextEndsEveryCall(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.Save(ctx, "pair", "p", 0, pair{}, nil)
		var e *Error
		if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.InDoubt() {
			t.Fatalf("cancelled before: %v", err)
		}
	})
}
