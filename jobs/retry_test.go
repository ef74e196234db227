package jobs

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// refusedOnce runs a card that Teams refuses once with err, and answers how the task waited
// and for how long.
func refusedOnce(t *testing.T, err error) (waiting *asynq.TaskInfo, pause time.Duration) {
	var mu sync.Mutex
	var calls []time.Time
	teams := newChat()
	teams.before = func(context.Context, string) error {
		mu.Lock()
		defer mu.Unlock()
		if calls = append(calls, time.Now()); len(calls) == 1 {
			return err
		}
		return nil
	}
	r := newRig(t, redistest.Start(t), teams).start(t)
	s := r.owe(t, "typed")
	within(t, 10*time.Second, "a task that waits", func() bool {
		info, err := r.queue.inspect.GetTaskInfo(queueName, TaskID(s))
		if err != nil || info.State != asynq.TaskStateRetry {
			return false
		}
		waiting = info
		return true
	})
	within(t, 14*time.Second, "the second try", func() bool { cards, _ := teams.count(); return cards == 1 })
	within(t, 5*time.Second, "a step that is done", func() bool { return len(r.dueNow(t)) == 0 })
	mu.Lock()
	defer mu.Unlock()
	if len(calls) != 2 {
		t.Errorf("Teams was asked %d times", len(calls))
	}
	return waiting, calls[1].Sub(calls[0])
}

// asynq alone would come back after 15 to 44 seconds.
func TestATaskThatIsAskedToWaitRunsAgainAfterAboutThatAndHasNotFailed(t *testing.T) {
	slow(t)
	info, pause := refusedOnce(t, says{after: time.Second})
	if pause < time.Second || pause > 4*time.Second {
		t.Errorf("asked to wait a second, waited %v", pause)
	}
	if info.Retried != 0 {
		t.Errorf("counted as %d failed tries", info.Retried)
	}
}

func TestATaskThatFailsIsTriedAgainSoonAndCounted(t *testing.T) {
	slow(t)
	info, pause := refusedOnce(t, errors.New("outside: trouble"))
	if pause > 5*time.Second || info.Retried != 1 {
		t.Errorf("waited %v, counted %d", pause, info.Retried)
	}
}

// What is archived or kept has the name of a step that is due again: it makes room.
func TestATaskThatGaveUpMakesRoomForTheNextSweep(t *testing.T) {
	slow(t)
	teams := newChat()
	r := newRig(t, redistest.Start(t), teams)
	s := r.owe(t, "typed")
	if err := r.queue.inspect.ArchiveTask(queueName, TaskID(s)); err != nil {
		t.Fatal(err)
	}
	r.start(t)
	took := within(t, 10*time.Second, "the card", func() bool { cards, _ := teams.count(); return cards == 1 })
	t.Logf("shown after %v", took)
	within(t, 5*time.Second, "an empty archive", func() bool { return r.in(t, "archived") == 0 })
}

func TestAStepThatIsDueAgainAtOnceIsHandedOutAtOnce(t *testing.T) {
	r := newRig(t, redistest.Start(t), newChat())
	s := everyKind()[0]
	for range 3 {
		r.queue.Hint(t.Context(), []cadence.Step{s})
		if n := r.in(t, "pending"); n != 1 {
			t.Fatalf("%d tasks", n)
		}
		if err := r.queue.inspect.DeleteTask(queueName, TaskID(s)); err != nil {
			t.Fatal(err)
		}
		r.queue.done(TaskID(s))
	}
}
