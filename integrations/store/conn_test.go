package store

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// What asynq wants to be handed.
var _ interface{ MakeRedisClient() interface{} } = Conn{}

func TestACommandWithACancelledContextStillRunsUntilItsDeadline(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		cancelled := func(left time.Duration) context.Context {
			ctx, cancel := context.WithTimeout(context.Background(), left)
			cancel()
			return ctx
		}
		plain := redis.NewClient(s.options())
		defer func() { _ = plain.Close() }()
		if plain.Set(cancelled(time.Minute), "k", 1, 0).Err() == nil {
			t.Fatal("go-redis itself runs it: the hook is not needed any more")
		}
		kept := s.Conn().MakeRedisClient().(redis.UniversalClient)
		defer func() { _ = kept.Close() }()
		if err := kept.Set(cancelled(time.Minute), "k", 1, 0).Err(); err != nil {
			t.Fatal(err)
		}
		_, err := kept.Pipelined(cancelled(time.Minute), func(p redis.Pipeliner) error {
			p.Incr(context.Background(), "k")
			return nil
		})
		if err != nil || kept.Get(t.Context(), "k").Val() != "2" {
			t.Fatalf("pipeline: %v", err)
		}
		if kept.Set(cancelled(-time.Second), "k", 3, 0).Err() == nil {
			t.Fatal("ran after its deadline")
		}
		endless, cancel := context.WithCancel(context.Background())
		cancel()
		if kept.Set(endless, "k", 4, 0).Err() == nil {
			t.Fatal("ran although cancelled, with no deadline at all")
		}
	})
}

func TestAFullRedisIsNotAskedThousandsOfTimesASecond(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, server, Options{})
	queue := s.Conn().MakeRedisClient().(redis.UniversalClient)
	defer func() { _ = queue.Close() }()
	server.Do("CONFIG SET maxmemory 1")
	tries := 0
	for start := time.Now(); time.Since(start) < 1500*time.Millisecond; tries++ {
		if queue.RPopLPush(t.Context(), "from", "to").Err() == nil {
			t.Fatal("a full Redis took it")
		}
	}
	if tries > 2 {
		t.Fatalf("%d tries in 1.5 seconds", tries)
	}
	server.Do("CONFIG SET maxmemory 0")
	start := time.Now()
	if err := queue.RPopLPush(t.Context(), "from", "to").Err(); err != redis.Nil || time.Since(start) > 500*time.Millisecond {
		t.Fatalf("with room again: %v after %v", err, time.Since(start))
	}
}

func TestQueueConnectionsAreTheCallersOwn(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		one, two := s.Conn().MakeRedisClient().(redis.UniversalClient), s.Conn().MakeRedisClient().(redis.UniversalClient)
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
		if err := two.Ping(t.Context()).Err(); err != nil {
			t.Fatal("closing one closes the other: ", err)
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal("closing one closes the store: ", err)
		}
		_ = two.Close()
	})
}
