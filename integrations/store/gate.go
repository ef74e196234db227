package store

import (
	"context"
	_ "embed" // the scripts
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed enter.lua
	enterSource string
	enterScript = redis.NewScript(enterSource)

	//go:embed take.lua
	takeSource string
	takeScript = redis.NewScript(takeSource)
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

// Take takes one token from the bucket of this name, which all processes of the tenant share:
// rate tokens a second (by Redis's clock), at most burst saved up, full at first. It answers 0
// when the token is ours; otherwise nothing was taken and one may ask again after wait, when
// others may have been faster. A token whose answer was lost is spent.
func (s *Store) Take(ctx context.Context, name string, rate float64, burst int) (wait time.Duration, err error) {
	if name == "" || !(rate >= 1e-6 && rate <= 1e6) || burst < 1 {
		return 0, wrong("take", "a pace needs a name, a rate between a millionth and a million a second, and a burst of at least 1")
	}
	every := strconv.FormatFloat(1e6/rate, 'f', 3, 64) // microseconds between two tokens
	err = s.run(ctx, "take", reads, func(ctx context.Context) error {
		us, err := takeScript.Run(ctx, s.client, []string{s.hidden("pace", name)}, every, burst).Int64()
		wait = time.Duration(us) * time.Microsecond
		return err
	})
	return wait, err
}
