package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// What a child process, which is this test binary again, is told.
const (
	childURL  = "RAPPORT_TEST_CHILD_REDIS"
	childDies = "RAPPORT_TEST_CHILD_DIES" // "before" or "after" the card was shown
)

// board is a Teams that several processes share: it counts in Redis how often a card was
// shown. A process that dies reports on the way and then waits for its death.
type board struct {
	*store.Store
	dies string
}

func (b board) Send(ctx context.Context, m prompt.Message) (string, error) {
	if b.dies == "before" {
		b.wait(ctx)
	}
	if err := b.Client().HIncrBy(ctx, "shown", m.Key, 1).Err(); err != nil {
		return "", says{inDoubt: true}
	}
	if b.dies == "after" {
		b.wait(ctx)
	}
	return "ref", nil
}

func (b board) wait(ctx context.Context) {
	b.Client().Set(ctx, "ready", 1, 0)
	select {}
}

func (b board) Find(ctx context.Context, _ roster.ID, key string) (string, bool, error) {
	found, err := b.Client().HExists(ctx, "shown", key).Result()
	return "ref", found, err
}

func (board) Update(context.Context, string, prompt.Message) error { return nil }

// child is a worker process that dies in the middle of showing a card.
func child() {
	ctx := context.Background()
	st, err := store.Open(ctx, store.Options{URL: os.Getenv(childURL), Tenant: "test"})
	if err != nil {
		slog.Error("child", "error", err)
		os.Exit(1)
	}
	crew := crewOf(st, Wall{}, board{st, os.Getenv(childDies)}, 2*time.Second)
	queue := NewQueue(st.Conn(), st)
	crew.Hint = queue.Hint
	if err := NewWorker(crew, queue, st.Conn(), st).Start(ctx); err != nil {
		slog.Error("child", "error", err)
		os.Exit(1)
	}
	time.Sleep(time.Minute) // nobody outlives its test by much
}

// asynq alone runs the task of a killed worker again after 55 to 171 seconds.
func TestTheStepOfAKilledWorkerIsDoneSoonAndOnce(t *testing.T) {
	slow(t)
	for _, dies := range []string{"before", "after"} {
		t.Run(dies+" its card was shown", func(t *testing.T) {
			slow(t)
			server := redistest.Start(t)
			r := newRig(t, server, nil)
			r.crew.Messenger = board{r.Store, ""}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childURL+"="+server.URL(), childDies+"="+dies)
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
			s := r.owe(t, "typed")
			within(t, 15*time.Second, "a child in the middle of it", func() bool { return r.redis(t, "EXISTS", "ready") == 1 })
			r.start(t)
			time.Sleep(graspFor + time.Second) // both live: the child keeps hold, and nobody else may touch it
			if v, err := r.Held(t.Context(), []string{TaskID(s)}); !v[0] || err != nil || len(r.dueNow(t)) == 0 {
				t.Fatal("the child does not hold its task: ", v, err)
			}
			if err := cmd.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
			killed := time.Now()
			within(t, 15*time.Second, "the step done by another worker", func() bool { return len(steady(r, t)) == 0 })
			t.Logf("done %v after the kill", time.Since(killed))
			if n := r.redis(t, "HGET", "shown", "reply/"+s.ID+"/ana"); n != 1 {
				t.Fatalf("shown %d times", n)
			}
			var row Row
			if _, err := r.Load(t.Context(), PromiseNoun, promiseID("card/reply/"+s.ID+"/ana"), &row); err != nil || row.State != Sent || row.Result != "ref" {
				t.Fatal(row, err)
			}
		})
	}
}

// steady are the steps that are due about replies; the ledger's own may come later.
func steady(r *rig, t *testing.T) []string {
	var left []string
	for _, s := range r.dueNow(t) {
		if s.Kind == KindReply {
			left = append(left, TaskID(s))
		}
	}
	return left
}

// Two workers, every task twice and under other names, at the same time: one effect each.
// Without the names that workers hold, the ledger alone has to see to it.
func TestTwoWorkersWithTheSameTasksShowEachCardOnce(t *testing.T) {
	slow(t)
	for name, grips := range map[string]func(*rig) Grips{
		"with grips":         func(r *rig) Grips { return r.Store },
		"by the ledger only": func(*rig) Grips { return everybody{} },
	} {
		t.Run(name, func(t *testing.T) {
			slow(t)
			const cards = 100
			teams, server := newChat(), redistest.Start(t)
			teams.before = func(ctx context.Context, _ string) error { return wait(ctx, 20*time.Millisecond) }
			loose := func(r *rig) {
				r.queue = NewQueue(r.Conn(), grips(r))
				r.crew.Ledger.Limit = time.Second
			}
			a, b := newRig(t, server, teams, loose), newRig(t, server, teams, loose)
			for i := range cards {
				s := a.owe(t, fmt.Sprint(i))
				for _, r := range []*rig{a, b} {
					r.queue.Hint(t.Context(), a.dueNow(t)[:1])
				}
				for n := range 3 {
					if err := enqueue(t.Context(), b.queue.client, s, fmt.Sprintf("%s~%d", TaskID(s), 100+n)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if n := a.in(t, "pending"); n < 4*cards {
				t.Fatalf("only %d tasks for %d cards: this proves nothing", n, cards)
			}
			a.start(t)
			b.start(t)
			within(t, 30*time.Second, "everything done, and every duplicate looked at", func() bool {
				return len(a.dueNow(t)) == 0 && a.in(t, "pending")+a.in(t, "active")+a.in(t, "retry") == 0
			})
			if all, most := teams.count(); all != cards || most != 1 {
				t.Fatalf("%d of %d cards, one of them %d times", all, cards, most)
			}
		})
	}
}

// everybody is a Grips that lets everybody hold everything.
type everybody struct{}

func (everybody) Grip(context.Context, string, string, time.Duration) (bool, error) { return true, nil }
func (everybody) Release(context.Context, string, string) error                     { return nil }
func (everybody) Held(_ context.Context, names []string) ([]bool, error) {
	return make([]bool, len(names)), nil
}
