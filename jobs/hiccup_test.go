package jobs

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// lastWord is a Grips that does something when a handler has let go: the last thing before it
// returns to asynq.
type lastWord struct {
	Grips
	begun atomic.Int32
	then  func()
}

func (l *lastWord) Grip(ctx context.Context, name, owner string, hold time.Duration) (bool, error) {
	l.begun.Add(1)
	return l.Grips.Grip(ctx, name, owner, hold)
}

func (l *lastWord) Release(ctx context.Context, name, owner string) error {
	err := l.Grips.Release(ctx, name, owner)
	l.then()
	return err
}

// hiccup lets Redis die for three seconds exactly as a handler ends, and answers how often the
// task was begun and how many tasks asynq still calls active fifteen seconds later.
func hiccup(t *testing.T, conn func(*rig, *redistest.Server) asynq.RedisConnOpt) (begun, active int64) {
	server, teams, back := redistest.Start(t, redistest.AppendOnly("always")), newChat(), make(chan bool)
	last := &lastWord{then: func() {
		server.Kill()
		go func() {
			time.Sleep(3 * time.Second)
			server.Restart()
			close(back)
		}()
	}}
	r := newRig(t, server, teams, func(r *rig) {
		last.Grips = r.Store
		r.queue = NewQueue(r.Conn(), last)
		r.worker = NewWorker(r.crew, r.queue, conn(r, server), r.Store)
	}).start(t)
	s := r.owe(t, "typed")
	<-back
	end := time.Now().Add(15 * time.Second)
	gone := func() bool {
		keys := r.in(t, "active") + r.in(t, "lease") + r.in(t, "pending") + r.in(t, "retry") + r.in(t, "scheduled")
		return keys == 0 && r.redis(t, "EXISTS", "asynq:{rapport}:t:"+TaskID(s)) == 0
	}
	for time.Now().Before(end) && !gone() {
		time.Sleep(50 * time.Millisecond)
	}
	if cards, most := teams.count(); cards != 1 || most != 1 {
		t.Errorf("%d cards, one of them %d times", cards, most)
	}
	return int64(last.begun.Load()), r.in(t, "active")
}

// asynq cancels the context that it retries "this task is done" with. Without the store's hook
// for its connections the task runs again a minute or two later.
func TestAHiccupOfRedisAsAHandlerEndsDoesNotRunItsTaskAgain(t *testing.T) {
	slow(t)
	begun, active := hiccup(t, func(r *rig, _ *redistest.Server) asynq.RedisConnOpt { return r.Conn() })
	if begun != 1 || active != 0 {
		t.Fatalf("begun %d times, and %d still active", begun, active)
	}
}

func TestWithoutTheHookAHiccupLeavesTheTaskActive(t *testing.T) {
	slow(t)
	_, active := hiccup(t, func(_ *rig, s *redistest.Server) asynq.RedisConnOpt {
		return asynq.RedisClientOpt{Network: "unix", Addr: strings.TrimPrefix(s.URL(), "unix://")}
	})
	if active != 1 {
		t.Fatalf("%d active: asynq mends itself now, and the store's KeepDeadline can go", active)
	}
}
