package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// queueName is the one queue. What is urgent is decided by when a step is due, not by where
// its task lies.
const queueName = "rapport"

const (
	mostRetries = 25               // then the task is archived, and the next sweep starts afresh
	longestWait = 5 * time.Minute  // between two tries when nobody said how long
	patience    = time.Hour        // the longest wait that we let the other side ask for
	lookAgain   = 3 * time.Second  // before a sweep hints at the same step again
	graspFor    = 5 * time.Second  // a worker that died lets go after this
	giveAtMost  = 1000             // steps a sweep hands out or looks at again; it takes under a second
	handedOut   = 15 * time.Second // how long a hint is remembered
)

// Queue hands out steps as tasks. A task is only a hint that a step is due: it carries ids,
// and losing it, or getting it twice, changes nothing but the moment.
type Queue struct {
	conn    asynq.RedisConnOpt
	client  *asynq.Client
	inspect *asynq.Inspector
	grips   Grips

	mu    sync.Mutex
	given map[string]time.Time // task id -> when it was last handed out, on the wall
	stuck map[string]int       // task id -> how often its worker died
	tidy  time.Time            // when what is old was last forgotten, on the wall
}

// NewQueue connects to the queue.
func NewQueue(conn asynq.RedisConnOpt, grips Grips) *Queue {
	return &Queue{conn: conn, client: asynq.NewClient(conn), inspect: asynq.NewInspector(conn), grips: grips,
		given: map[string]time.Time{}, stuck: map[string]int{}}
}

// Close lets go of the connections.
func (q *Queue) Close() error { return errors.Join(q.client.Close(), q.inspect.Close()) }

// payload is everything a task carries: ids, never words.
type payload struct {
	Noun string    `json:"noun"`
	ID   string    `json:"id"`
	Who  roster.ID `json:"who,omitempty"`
	At   int64     `json:"at"` // unix milliseconds
}

// TaskID names the task of a step; the same step due at the same moment is the same task.
func TaskID(s cadence.Step) string {
	return fmt.Sprintf("%s/%s/%s/%d", s.Kind, s.ID, s.Who, s.At.UnixMilli())
}

// Hint hands out steps that are due. Errors are not fatal: the next sweep does it again.
func (q *Queue) Hint(ctx context.Context, due []cadence.Step) {
	for _, s := range due {
		if q.fresh(TaskID(s)) {
			_ = q.give(ctx, s, TaskID(s))
		}
	}
}

// Sweep hands out what is due, and hands out again what nobody is working on although asynq
// believes so. When more is due than one sweep hands out, chance decides: what cannot be done
// just now, however much of it and for however long, must not keep back the rest.
func (q *Queue) Sweep(ctx context.Context, due []cadence.Step) error {
	if len(due) > giveAtMost {
		rand.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	}
	var waiting []cadence.Step
	var names []string
	for _, s := range due {
		if len(waiting) == giveAtMost {
			break
		}
		if id := TaskID(s); q.fresh(id) {
			waiting, names = append(waiting, s), append(names, id)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	held, err := q.grips.Held(ctx, names)
	if err != nil {
		return err
	}
	for i, s := range waiting {
		if held[i] {
			continue
		}
		if err := q.give(ctx, s, names[i]); err != nil {
			return err
		}
	}
	return nil
}

// fresh says whether the task was not handed out a moment ago, and notes that it is now.
func (q *Queue) fresh(id string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if at, ok := q.given[id]; ok && now.Sub(at) < lookAgain {
		return false
	}
	if now.Sub(q.tidy) > handedOut {
		q.tidy = now
		for old, at := range q.given {
			if now.Sub(at) > handedOut {
				delete(q.given, old)
				delete(q.stuck, old)
			}
		}
	}
	q.given[id] = now
	return true
}

// done forgets that a task was handed out, so that the same step can be due again at once.
func (q *Queue) done(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.given, id)
	delete(q.stuck, id)
}

func (q *Queue) give(ctx context.Context, s cadence.Step, id string) error {
	err := enqueue(ctx, q.client, s, id)
	if !errors.Is(err, asynq.ErrTaskIDConflict) {
		return err
	}
	return q.unblock(ctx, s, id)
}

func enqueue(ctx context.Context, to *asynq.Client, s cadence.Step, id string) error {
	j, ok := jobOf(s.Kind)
	if !ok {
		return nil
	}
	body, err := json.Marshal(payload{s.Noun, s.ID, s.Who, s.At.UnixMilli()})
	if err != nil {
		return err
	}
	_, err = to.EnqueueContext(ctx, asynq.NewTask(s.Kind, body), asynq.TaskID(id), asynq.Queue(queueName),
		asynq.MaxRetry(mostRetries), asynq.Timeout(j.Limit))
	return err
}

// unblock looks at a task that has the name of a step which is due and which nobody holds:
// one that waits is left alone, one that is over makes room, and one whose worker died, or
// which asynq has lost, gets a successor; what the dead one did is in the ledger.
func (q *Queue) unblock(ctx context.Context, s cadence.Step, id string) error {
	info, err := q.inspect.GetTaskInfo(queueName, id)
	switch {
	case errors.Is(err, asynq.ErrTaskNotFound): // it ended a moment ago
		return nil
	case errors.Is(err, asynq.ErrQueueNotFound):
		return q.publish(ctx, s, id)
	case err != nil: // half of the task is gone
		return q.succeed(ctx, s, id)
	}
	switch info.State {
	case asynq.TaskStateArchived, asynq.TaskStateCompleted:
		if err := q.inspect.DeleteTask(queueName, id); err != nil {
			return q.succeed(ctx, s, id)
		}
		return enqueue(ctx, q.client, s, id)
	case asynq.TaskStateActive:
		return q.succeed(ctx, s, id)
	case asynq.TaskStatePending: // or so it says: it may have fallen out of the list
		list, err := q.inspect.ListPendingTasks(queueName, asynq.PageSize(1))
		if err != nil || len(list) > 0 {
			return err
		}
		return q.succeed(ctx, s, id)
	case asynq.TaskStateRetry, asynq.TaskStateScheduled:
		if info.NextProcessAt.IsZero() { // it says it waits, but not for what
			return q.succeed(ctx, s, id)
		}
	}
	return nil
}

// publish makes the queue's name known again: a client says it once only, and without it
// nobody can look at tasks.
func (q *Queue) publish(ctx context.Context, s cadence.Step, id string) error {
	again := asynq.NewClient(q.conn)
	defer func() { _ = again.Close() }()
	if err := enqueue(ctx, again, s, id); !errors.Is(err, asynq.ErrTaskIDConflict) {
		return err
	}
	return nil
}

// succeed enqueues the successor of a task that nobody holds, once it was seen so twice: the
// first time its worker may only just have begun.
func (q *Queue) succeed(ctx context.Context, s cadence.Step, id string) error {
	q.mu.Lock()
	q.stuck[id]++
	n := q.stuck[id] - 1
	q.mu.Unlock()
	if n == 0 {
		return nil
	}
	if err := enqueue(ctx, q.client, s, fmt.Sprintf("%s~%d", id, n)); !errors.Is(err, asynq.ErrTaskIDConflict) {
		return err
	}
	return nil
}

// step reads a task back.
func step(t *asynq.Task) (cadence.Step, error) {
	var p payload
	if err := json.Unmarshal(t.Payload(), &p); err != nil {
		return cadence.Step{}, fmt.Errorf("jobs: a task of kind %s cannot be read: %w", t.Type(), asynq.SkipRetry)
	}
	return cadence.Step{Kind: t.Type(), Noun: p.Noun, ID: p.ID, Who: p.Who, At: time.UnixMilli(p.At).UTC()}, nil
}

// retryDelay is how long a failed task waits, on the wall: what the other side asked for, or
// longer with every try.
func retryDelay(n int, err error, _ *asynq.Task) time.Duration {
	if wait := waitOf(err); wait > 0 {
		return min(wait, patience) + time.Second // asynq cuts the moment to a whole second
	}
	backoff := min(time.Second<<min(n, 20), longestWait)
	return backoff/2 + rand.N(backoff/2+1)
}

// counts says whether an error is a failed try. Being asked to wait is not.
func counts(err error) bool { return waitOf(err) == 0 && !errors.Is(err, ErrSendingOff) }

// kindsDue leaves out what may not leave while sending is off.
func (c *Crew) kindsDue(due []cadence.Step) []cadence.Step {
	if c.Ledger.Send {
		return due
	}
	var inward []cadence.Step
	for _, s := range due {
		if j, ok := jobOf(s.Kind); ok && !j.Outward {
			inward = append(inward, s)
		}
	}
	return inward
}

// classOf names an error for logs and metrics, without its words.
func classOf(err error) string {
	var parts []string
	if unreachable(err) {
		parts = append(parts, "unreachable")
	}
	if inDoubt(err) {
		parts = append(parts, "in doubt")
	}
	if permanent(err) {
		parts = append(parts, "refused")
	}
	if waitOf(err) > 0 {
		parts = append(parts, "later")
	}
	if len(parts) == 0 {
		return "failed"
	}
	return strings.Join(parts, ", ")
}
