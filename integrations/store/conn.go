package store

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// restAfterRefusal is how long the queue's command rests when Redis is full, loading or a
// replica. The queue asks again at once, thousands of times a second; so it asks once a second.
const restAfterRefusal = time.Second

// Conn makes connections for the queue to the Redis of the store. It satisfies what asynq
// calls a RedisConnOpt.
type Conn struct {
	options func() *redis.Options
	reach   reach
}

// Conn makes connections for the queue. They outlive the store unless it is embedded.
func (s *Store) Conn() Conn { return Conn{options: s.options, reach: s.reach} }

// MakeRedisClient answers a new redis.UniversalClient with KeepDeadline and Rest installed.
// It belongs to the caller, who closes it.
func (c Conn) MakeRedisClient() any {
	client := c.reach.connect(c.options())
	client.AddHook(Rest{})
	client.AddHook(KeepDeadline{})
	return client
}

// KeepDeadline is a hook for go-redis: a command whose context was cancelled before its
// deadline still runs, until that deadline. asynq retries a failed "task is done" with a
// context that it has cancelled itself; without this hook the retry never succeeds and the
// task runs a second time a minute later.
type KeepDeadline struct{}

// DialHook changes nothing.
func (KeepDeadline) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook gives the command the time its deadline leaves.
func (KeepDeadline) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		ctx, cancel := untilDeadline(ctx)
		defer cancel()
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook gives the pipeline the time its deadline leaves.
func (KeepDeadline) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		ctx, cancel := untilDeadline(ctx)
		defer cancel()
		return next(ctx, cmds)
	}
}

// untilDeadline answers ctx, or if it was cancelled too early its like that lives on.
func untilDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || !errors.Is(context.Cause(ctx), context.Canceled) {
		return ctx, func() {}
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}

// Rest is a hook for go-redis: a command that Redis refused because of the state Redis is in
// fails a second later, or when its context ends. Whoever asks again at once then does no harm.
type Rest struct{}

// DialHook changes nothing.
func (Rest) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook rests after a refused command.
func (Rest) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { return rest(ctx, next(ctx, cmd)) }
}

// ProcessPipelineHook rests after a refused pipeline.
func (Rest) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { return rest(ctx, next(ctx, cmds)) }
}

func rest(ctx context.Context, err error) error {
	if _, refused := refusal(err); refused {
		pause(ctx, restAfterRefusal)
	}
	return err
}
