package store

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// keepHold keeps hold of a name if it is free or already the owner's.
var keepHold = redis.NewScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

var letGo = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

// Grip takes or keeps hold of a name for owner during hold; false when somebody else holds
// it. It ends by itself when it is not repeated.
func (s *Store) Grip(ctx context.Context, name, owner string, hold time.Duration) (bool, error) {
	n := 0
	err := s.run(ctx, "grip", true, func(ctx context.Context) (err error) {
		n, err = keepHold.Run(ctx, s.client, []string{s.hidden("grip", name)}, owner, hold.Milliseconds()).Int()
		return err
	})
	return n == 1, err
}

// Release lets go of a name; letting go of what one does not hold is nothing.
func (s *Store) Release(ctx context.Context, name, owner string) error {
	return s.run(ctx, "release", true, func(ctx context.Context) error {
		return letGo.Run(ctx, s.client, []string{s.hidden("grip", name)}, owner).Err()
	})
}

// Held says of each name whether anybody holds it.
func (s *Store) Held(ctx context.Context, names []string) ([]bool, error) {
	held := make([]bool, len(names))
	if len(names) == 0 {
		return held, nil
	}
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = s.hidden("grip", n)
	}
	err := s.run(ctx, "held", false, func(ctx context.Context) error {
		values, err := s.client.MGet(ctx, keys...).Result()
		for i, v := range values {
			held[i] = v != nil
		}
		return err
	})
	return held, err
}
