package store

import (
	"context"
	_ "embed"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed heal.lua
var healText string

var heal = redis.NewScript(healText)

// leaseLongPast is how long ago a lost lease is dated: asynq's recovery waits half a minute
// for clocks that differ, so twice that.
const leaseLongPast = time.Minute

// Heal mends two states of an asynq queue that are permanent otherwise, and block the task's
// id for ever: an active task without a lease (hibiken/asynq issue 1144) is given one that
// ran out, so that asynq's own recovery takes it; an id whose task is gone is dropped.
// Repeating it changes nothing.
func (s *Store) Heal(ctx context.Context, queue string) (rescued, dropped int, err error) {
	at := "asynq:{" + queue + "}:"
	err = s.run(ctx, "heal", true, func(ctx context.Context) error {
		past := time.Now().Add(-leaseLongPast).Unix()
		n, err := heal.Run(ctx, s.client, []string{at + "active", at + "lease", at + "pending"}, at+"t:", past).Int64Slice()
		if err == nil {
			rescued, dropped = int(n[0]), int(n[1])
		}
		return err
	})
	return rescued, dropped, err
}
