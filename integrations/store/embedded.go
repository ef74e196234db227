package store

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// expireEvery is how often an embedded store looks for what has expired. Its server could
// also look on every command, but would then walk all keys each time.
const expireEvery = time.Second

// OpenEmbedded makes a store inside this process, for demonstrations and tests: nothing
// listens, nothing is written to disk, and all is forgotten at Close. What expires does so up
// to a second late. URL, DemandAOF and Patience have no meaning here.
func OpenEmbedded(o Options) (*Store, error) {
	server := miniredis.NewMiniRedis()
	var closed atomic.Bool
	dial := func(context.Context, string, string) (net.Conn, error) {
		if closed.Load() { // a late Dial would start the server again
			return nil, net.ErrClosed
		}
		return server.Dial()
	}
	s, err := build(o, reach{Options: redis.Options{Addr: "embedded", Dialer: dial}})
	if err != nil {
		return nil, err
	}
	s.embedded = true
	halt := expire(server)
	s.stop = sync.OnceFunc(func() {
		closed.Store(true)
		halt()
		server.Close()
	})
	return s, nil
}

// expire moves the server's expiry on until halt, which returns when it has stopped.
func expire(server *miniredis.Miniredis) (halt func()) {
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(expireEvery)
		defer tick.Stop()
		for last := time.Now(); ; {
			select {
			case now := <-tick.C:
				server.FastForward(now.Sub(last))
				last = now
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-gone }
}
