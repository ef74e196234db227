package store

import (
	"context"
	_ "embed" // the scripts
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed enter.lua
	enterSource string
	enterScript = redis.NewScript(enterSource)
)

const (
	// askAgain and askLater bound the pause between two knocks at a full gate. The upper bound
	// is the wait after a place is free; a request to Graph takes longer than that.
	askAgain = 5 * time.Millisecond
	askLater = 100 * time.Millisecond
	// leaveWithin bounds leaving: after that the lease ends by itself.
	leaveWithin = 2 * time.Second
)

// Enter waits until fewer than places callers, in all processes of the tenant, are inside the
// gate of this name, and goes in. Call leave when done; calling it twice is harmless. Whoever
// does not leave (a crash) is taken to have left after hold, so hold must be longer than the
// work inside can take. Nobody is promised an order. The error is the context's end or a
// Redis that failed; then the caller is not inside.
func (s *Store) Enter(ctx context.Context, name string, places int, hold time.Duration) (leave func(), err error) {
	if name == "" || places < 1 || hold < time.Millisecond {
		return nil, wrong("enter", "a gate needs a name, at least one place and a hold of at least a millisecond")
	}
	key, me := s.hidden("gate", name), writeID()
	leave = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
		defer cancel()
		_ = s.run(ctx, "leave", writes, func(ctx context.Context) error {
			return s.client.ZRem(ctx, key, me).Err()
		})
	})
	for wait := askAgain; ; wait = min(2*wait, askLater) {
		var free time.Duration // until a lease ends, 0 = inside
		err := s.run(ctx, "enter", writes, func(ctx context.Context) error {
			ms, err := enterScript.Run(ctx, s.client, []string{key}, places, hold.Milliseconds(), me).Int64()
			free = time.Duration(ms) * time.Millisecond
			return err
		})
		if err != nil {
			if e := err.(*Error); e.doubt {
				leave() // perhaps we are inside and never heard
				e.doubt = false
			}
			return nil, err
		}
		if free <= 0 {
			return leave, nil
		}
		if !pause(ctx, jitter(min(wait, free))) {
			return nil, &Error{op: "enter", trouble: trouble{says: "no place became free in the caller's time"}, cause: ctx.Err()}
		}
	}
}
