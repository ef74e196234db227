package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/hibiken/asynq"
)

const (
	sweepEvery  = time.Second            // on the wall; a lost task is found again this soon
	healEvery   = time.Minute            // as often as asynq's own recovery
	pollEvery   = 100 * time.Millisecond // half of what waits is begun within 50 ms; asynq's default is a second
	sweepAtMost = 1000                   // steps a sweep reads at first; more when there are more
	retryEvery  = time.Second            // what was asked to wait waits at most this much longer; asynq's default is five
	shutdownIn  = 8 * time.Second
	workers     = 10
)

// Worker does what is due: it sweeps the store for due steps, hands them to the queue, and
// runs the queue's tasks.
type Worker struct {
	crew   *Crew
	queue  *Queue
	healer Healer
	server *asynq.Server
	owner  string
	poll   time.Duration
}

// NewWorker makes a worker; it does nothing until Start.
func NewWorker(crew *Crew, queue *Queue, conn asynq.RedisConnOpt, healer Healer) *Worker {
	return newWorker(crew, queue, conn, healer, pollEvery)
}

// NewHastyWorker is a worker that looks for tasks all the time: for a virtual clock that
// waits for it. On a shared Redis that would be rude.
func NewHastyWorker(crew *Crew, queue *Queue, conn asynq.RedisConnOpt, healer Healer) *Worker {
	return newWorker(crew, queue, conn, healer, 4*time.Millisecond)
}

func newWorker(crew *Crew, queue *Queue, conn asynq.RedisConnOpt, healer Healer, poll time.Duration) *Worker {
	w := &Worker{crew: crew, queue: queue, healer: healer, owner: rand.Text(), poll: poll}
	w.server = asynq.NewServer(conn, w.settings())
	return w
}

// settings are asynq's, with what its defaults get wrong for us.
func (w *Worker) settings() asynq.Config {
	return asynq.Config{
		Concurrency:              workers,
		Queues:                   map[string]int{queueName: 1},
		TaskCheckInterval:        w.poll,
		DelayedTaskCheckInterval: retryEvery,
		RetryDelayFunc:           retryDelay,
		IsFailure:                counts,
		ShutdownTimeout:          shutdownIn,
		Logger:                   silent{},
		ErrorHandler: asynq.ErrorHandlerFunc(func(_ context.Context, t *asynq.Task, err error) {
			if counts(err) {
				w.crew.Log.Warn("a step failed and will be tried again", "kind", t.Type(), "class", classOf(err), "error", err)
			}
		}),
	}
}

// Start begins to work; it returns at once. When ctx ends it looks for nothing new: call Stop
// then.
func (w *Worker) Start(ctx context.Context) error {
	if err := w.server.Start(asynq.HandlerFunc(w.process)); err != nil {
		return err
	}
	go w.repeat(ctx, sweepEvery, "the store could not be swept for what is due", w.Sweep)
	go w.repeat(ctx, healEvery, "the queue could not be mended", func(ctx context.Context) error {
		rescued, dropped, err := w.healer.Heal(ctx, queueName)
		if rescued+dropped > 0 {
			w.crew.Log.Info("the queue was mended", "rescued", rescued, "dropped", dropped)
		}
		return err
	})
	return nil
}

// Stop lets running steps finish and begins no new ones.
func (w *Worker) Stop() { w.server.Shutdown() }

// Sweep hands everything that is due to the queue.
func (w *Worker) Sweep(ctx context.Context) error {
	for limit := sweepAtMost; ; limit *= 10 {
		due, err := w.crew.Store.Due(ctx, w.crew.now(), limit)
		if err != nil {
			return err
		}
		// Steps that stay due (sending is off, the other side is down) must not hide those
		// behind them.
		if len(due) == limit && limit < 1000*sweepAtMost {
			continue
		}
		return w.queue.Sweep(ctx, w.crew.kindsDue(due))
	}
}

// repeat runs f again and again. Trouble is said when it begins and when it ends, not every
// time.
func (w *Worker) repeat(ctx context.Context, every time.Duration, trouble string, f func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	bad := false
	for {
		err := f(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !bad:
			w.crew.Log.Error(trouble, "error", err)
		case err == nil && bad:
			w.crew.Log.Info("it works again", "after", trouble)
		}
		bad = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// process runs one task while holding its name. A task that somebody else holds is a
// duplicate, and theirs.
func (w *Worker) process(ctx context.Context, t *asynq.Task) error {
	s, err := step(t)
	if err != nil {
		return err
	}
	name, me := TaskID(s), w.owner+rand.Text()
	mine, err := w.queue.grips.Grip(ctx, name, me, graspFor)
	if err != nil || !mine {
		return err
	}
	holding, letGo := context.WithCancel(ctx)
	defer func() {
		letGo()
		done, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = w.queue.grips.Release(done, name, me) // it ends by itself
	}()
	go w.hold(holding, name, me)
	err = w.crew.Run(ctx, s)
	if err == nil || errors.Is(err, ErrSendingOff) { // then it stays due, until sending is on
		w.queue.done(name)
		return nil
	}
	return err
}

func (w *Worker) hold(ctx context.Context, name, me string) {
	tick := time.NewTicker(graspFor / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, _ = w.queue.grips.Grip(ctx, name, me, graspFor)
		}
	}
}

// silent keeps asynq from writing to the terminal: what matters is said by us, without
// anything private.
type silent struct{}

func (silent) Debug(...any) {}
func (silent) Info(...any)  {}
func (silent) Warn(...any)  {}
func (silent) Error(...any) {}
func (silent) Fatal(...any) {}
