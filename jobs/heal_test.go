package jobs

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
)

const keys = "asynq:{rapport}:"

// orphan makes the task of a step one that asynq calls active and that has no lease: it will
// not look at it again (hibiken/asynq issue 1144).
func orphan(t *testing.T, r *rig, s cadence.Step) {
	t.Helper()
	if r.redis(t, "LREM", keys+"pending", 0, TaskID(s)) != 1 {
		t.Fatal("not pending")
	}
	r.redis(t, "LPUSH", keys+"active", TaskID(s))
	r.redis(t, "HSET", keys+"t:"+TaskID(s), "state", "active")
}

// ghost puts a task into a list whose message is gone.
func ghost(t *testing.T, r *rig, s cadence.Step, list string) {
	t.Helper()
	if r.redis(t, "HDEL", keys+"t:"+TaskID(s), "msg") != 1 {
		t.Fatal("no message")
	}
	r.redis(t, "HSET", keys+"t:"+TaskID(s), "state", list)
	r.redis(t, "LREM", keys+"pending", 0, TaskID(s))
	r.redis(t, "LPUSH", keys+list, TaskID(s))
}

// blocked says whether the name of a step's task is taken.
func blocked(t *testing.T, r *rig, s cadence.Step) bool {
	t.Helper()
	return enqueue(t.Context(), r.queue.client, s, TaskID(s)) != nil
}

func TestTheDoctorGivesAnOrphanBackToAsynqsOwnRecovery(t *testing.T) {
	slow(t)
	teams := newChat()
	r := newRig(t, redistest.Start(t), teams)
	s := r.owe(t, "typed")
	orphan(t, r, s)
	serve := func() *asynq.Server { // asynq alone: nobody sweeps, nobody heals
		server := asynq.NewServer(r.Conn(), r.worker.settings())
		if err := server.Start(asynq.HandlerFunc(r.worker.process)); err != nil {
			t.Fatal(err)
		}
		return server
	}
	server := serve()
	time.Sleep(3 * time.Second)
	server.Shutdown()
	if cards, _ := teams.count(); cards != 0 || r.in(t, "active") != 1 || !blocked(t, r, s) {
		t.Fatal("asynq recovers it by itself: the doctor is not needed any more")
	}
	if rescued, dropped, err := r.Heal(t.Context(), queueName); rescued != 1 || dropped != 0 || err != nil {
		t.Fatal(rescued, dropped, err)
	}
	server = serve()
	defer server.Shutdown()
	within(t, 10*time.Second, "the card", func() bool { cards, _ := teams.count(); return cards == 1 })
	within(t, 10*time.Second, "a free name", func() bool { return r.in(t, "active")+r.in(t, "lease") == 0 && !blocked(t, r, s) })
}

func TestTheDoctorDropsGhostsAndFreesTheirNames(t *testing.T) {
	for _, list := range []string{"active", "pending"} {
		t.Run(list, func(t *testing.T) {
			r := newRig(t, redistest.Start(t), newChat())
			s := r.owe(t, "typed")
			ghost(t, r, s, list)
			if !blocked(t, r, s) {
				t.Fatal("a ghost does not block its name: the doctor is not needed any more")
			}
			if list == "active" && r.queue.inspect.DeleteTask(queueName, TaskID(s)) == nil {
				t.Fatal("asynq's inspector can delete it: the doctor is not needed any more")
			}
			if rescued, dropped, err := r.Heal(t.Context(), queueName); rescued != 0 || dropped != 1 || err != nil {
				t.Fatal(rescued, dropped, err)
			}
			if blocked(t, r, s) || r.in(t, "active") != 0 || r.in(t, "pending") != 1 {
				t.Fatal("the name is still taken")
			}
			if rescued, dropped, err := r.Heal(t.Context(), queueName); rescued+dropped != 0 || err != nil {
				t.Fatal("healing again changed something: ", rescued, dropped, err)
			}
		})
	}
}

func TestAWorkerCallsTheDoctorAndWhatWasLostIsDone(t *testing.T) {
	slow(t)
	for name, ill := range map[string]func(*testing.T, *rig, cadence.Step){
		"an orphan":       orphan,
		"an active ghost": func(t *testing.T, r *rig, s cadence.Step) { ghost(t, r, s, "active") },
		"a waiting ghost": func(t *testing.T, r *rig, s cadence.Step) { ghost(t, r, s, "pending") },
	} {
		t.Run(name, func(t *testing.T) {
			slow(t)
			teams := newChat()
			r := newRig(t, redistest.Start(t), teams)
			s := r.owe(t, "typed")
			ill(t, r, s)
			r.start(t)
			within(t, 15*time.Second, "the card", func() bool { cards, most := teams.count(); return cards == 1 && most == 1 })
			within(t, 15*time.Second, "a step that is done", func() bool { return len(r.dueNow(t)) == 0 })
		})
	}
}

// visits counts how often the doctor was called, and for which queue.
type visits chan string

func (v visits) Heal(_ context.Context, queue string) (int, int, error) {
	v <- queue
	return 0, 0, errors.New("store: heal: not today")
}

func TestAWorkerCallsTheDoctorFromTheStart(t *testing.T) {
	calls := make(visits, 100)
	r := newRig(t, redistest.Start(t), newChat(), func(r *rig) { r.worker = NewWorker(r.crew, r.queue, r.Conn(), calls) })
	r.start(t)
	select {
	case queue := <-calls:
		if queue != queueName {
			t.Fatal(queue)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("not called")
	}
	if healEvery > time.Minute {
		t.Fatal("and seldom after that")
	}
}

// The states that not even the doctor sees, because no list holds the task any more: a
// deletion that met a task on its way leaves them. The queue gives such a step another task.
func TestATaskThatFellOutOfItsListDoesNotBlockItsStep(t *testing.T) {
	slow(t)
	for name, lose := range map[string]func(*testing.T, *rig, cadence.Step){
		"with its message": func(t *testing.T, r *rig, s cadence.Step) { r.redis(t, "DEL", keys+"pending") },
		"without its message": func(t *testing.T, r *rig, s cadence.Step) {
			ghost(t, r, s, "pending")
			r.redis(t, "DEL", keys+"pending")
		},
		"without its state": func(t *testing.T, r *rig, s cadence.Step) {
			r.redis(t, "DEL", keys+"pending")
			r.redis(t, "HDEL", keys+"t:"+TaskID(s), "state")
		},
		"while it waited": func(t *testing.T, r *rig, s cadence.Step) {
			r.redis(t, "DEL", keys+"pending")
			r.redis(t, "HSET", keys+"t:"+TaskID(s), "state", "retry")
		},
		"while it was worked on": func(t *testing.T, r *rig, s cadence.Step) {
			orphan(t, r, s)
			r.redis(t, "DEL", keys+"active")
		},
		"archived": func(t *testing.T, r *rig, s cadence.Step) {
			r.redis(t, "DEL", keys+"pending")
			r.redis(t, "HSET", keys+"t:"+TaskID(s), "state", "archived")
		},
		"and the list of queues is gone": func(t *testing.T, r *rig, s cadence.Step) {
			r.redis(t, "DEL", keys+"pending", "asynq:queues")
		},
	} {
		t.Run(name, func(t *testing.T) {
			slow(t)
			teams := newChat()
			r := newRig(t, redistest.Start(t), teams)
			s := r.owe(t, "typed")
			lose(t, r, s)
			if !blocked(t, r, s) {
				t.Fatal("its name is free")
			}
			r.start(t)
			took := within(t, 20*time.Second, "the card", func() bool { cards, most := teams.count(); return cards == 1 && most == 1 })
			within(t, 10*time.Second, "a step that is done", func() bool { return len(r.dueNow(t)) == 0 })
			t.Logf("shown after %v", took)
		})
	}
}
