package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

func TestAWorkerSettlesWhatAsynqsDefaultsGetWrong(t *testing.T) {
	w := &Worker{poll: pollEvery}
	s := w.settings()
	if s.TaskCheckInterval != 100*time.Millisecond {
		t.Errorf("looks for tasks every %v: people wait for half of that", s.TaskCheckInterval)
	}
	if s.DelayedTaskCheckInterval != time.Second {
		t.Errorf("looks for tasks that waited every %v", s.DelayedTaskCheckInterval)
	}
	if s.Concurrency != workers || len(s.Queues) != 1 || s.Queues[queueName] == 0 || s.ShutdownTimeout != 8*time.Second {
		t.Errorf("%+v", s)
	}
	if d := s.RetryDelayFunc(0, says{after: 7 * time.Second}, nil); d < 7*time.Second || d > 8*time.Second {
		t.Errorf("asked to wait 7s, waits %v", d)
	}
	if s.IsFailure(says{after: time.Second}) || !s.IsFailure(io.EOF) {
		t.Error("being asked to wait counts as a failed try, or nothing does")
	}
}

func TestHowLongAFailedTaskWaits(t *testing.T) {
	for range 200 {
		for n := range 40 {
			d, most := retryDelay(n, io.EOF, nil), min(time.Second<<min(n, 20), longestWait)
			if d < most/2 || d > most {
				t.Fatalf("try %d waits %v", n, d)
			}
		}
	}
	for name, c := range map[string]struct {
		err  error
		want time.Duration
	}{
		"what it was asked":              {says{after: 42 * time.Second}, 42 * time.Second},
		"wrapped":                        {fmt.Errorf("graph: %w", says{after: 42 * time.Second}), 42 * time.Second},
		"but not for ever":               {says{after: 1000 * time.Hour}, patience},
		"until somebody else is through": {later{after: time.Second}, time.Second},
		"trouble with our memory":        {ours{says{after: 10 * time.Second}}, 10 * time.Second},
	} {
		// asynq cuts off up to a second, and nobody may come back too early.
		if got := retryDelay(9, c.err, nil); got != c.want+time.Second {
			t.Errorf("%s: waits %v, want a second more than %v", name, got, c.want)
		}
	}
}

func TestWhatCountsAsAFailedTry(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{io.EOF, true},
		{context.DeadlineExceeded, true},
		{asynq.ErrLeaseExpired, true},
		{says{inDoubt: true}, true},
		{ErrInDoubt, true},
		{says{after: time.Second}, false},
		{later{after: time.Second}, false},
		{ErrSendingOff, false},
		{fmt.Errorf("step: %w", ErrSendingOff), false},
	} {
		if counts(c.err) != c.want {
			t.Errorf("%v counts: %v", c.err, !c.want)
		}
	}
}

func TestAnErrorsClassSaysNoneOfItsWords(t *testing.T) {
	for err, want := range map[error]string{
		errors.New("ana@example.com is away"): "failed",
		says{permanent: true}:                 "refused",
		says{inDoubt: true}:                   "in doubt",
		says{unreachable: true}:               "unreachable",
		says{after: time.Second}:              "later",
	} {
		if got := classOf(err); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
	both := says{permanent: true, unreachable: true, after: time.Second}
	for range 20 {
		if got := classOf(both); got != classOf(says{permanent: true, unreachable: true, after: time.Hour}) {
			t.Fatalf("one error, two names: %q", got)
		}
	}
}

// everyKind are steps of all kinds.
func everyKind() []cadence.Step {
	var all []cadence.Step
	for _, j := range Jobs {
		all = append(all, cadence.Step{Kind: j.Kind, Noun: j.About, ID: "some.id", Who: "ana", At: monday})
	}
	return all
}

func TestATaskComesBackAsTheStepItWas(t *testing.T) {
	names := map[string]bool{}
	for _, s := range everyKind() {
		for _, s.Who = range []roster.ID{"", "ana"} {
			body := fmt.Appendf(nil, `{"noun":%q,"id":%q,"who":%q,"at":%d}`, s.Noun, s.ID, s.Who, s.At.UnixMilli())
			if got, err := step(asynq.NewTask(s.Kind, body)); got != s || err != nil {
				t.Errorf("%+v came back as %+v, %v", s, got, err)
			}
			for _, moved := range []cadence.Step{s, {Kind: s.Kind, Noun: s.Noun, ID: s.ID, Who: s.Who, At: s.At.Add(time.Millisecond)}} {
				if names[TaskID(moved)] {
					t.Errorf("two steps are called %s", TaskID(moved))
				}
				names[TaskID(moved)] = true
			}
		}
	}
	if _, err := step(asynq.NewTask("session:book", []byte("{"))); !errors.Is(err, asynq.SkipRetry) {
		t.Errorf("what can never be read is tried again: %v", err)
	}
}

func TestEveryKindHasItsDeadlineAndCarriesIDsOnly(t *testing.T) {
	r := newRig(t, redistest.Start(t), newChat())
	r.queue.Hint(t.Context(), everyKind())
	r.queue.Hint(t.Context(), everyKind()) // twice is once
	if n := r.in(t, "pending"); int(n) != len(Jobs) {
		t.Fatalf("%d tasks for %d steps", n, len(Jobs))
	}
	for _, s := range everyKind() {
		info, err := r.queue.inspect.GetTaskInfo(queueName, TaskID(s))
		if err != nil {
			t.Fatal(err)
		}
		if j, _ := jobOf(s.Kind); info.Timeout != j.Limit || info.MaxRetry != mostRetries || info.Retention != 0 {
			t.Errorf("%s: may take %v, want %v; %d tries, kept %v", s.Kind, info.Timeout, j.Limit, info.MaxRetry, info.Retention)
		}
		if body := string(info.Payload); body != fmt.Sprintf(`{"noun":%q,"id":"some.id","who":"ana","at":%d}`, s.Noun, monday.UnixMilli()) {
			t.Errorf("%s carries %s", s.Kind, body)
		}
	}
	r.queue.Hint(t.Context(), []cadence.Step{{Kind: "of:yesterday", Noun: "n", ID: "i"}})
	if n := r.in(t, "pending"); int(n) != len(Jobs) {
		t.Fatal("a kind that nobody knows was handed out")
	}
}

// Not parallel: it changes the table of jobs.
func TestAJobThatTakesTooLongIsStoppedAndTriedAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, redistest.Start(t), newChat())
	all := Jobs
	stopped := make(chan error, 10)
	Jobs = []Job{{Kind: "test:hang", About: "test", Limit: time.Second, run: func(_ *Crew, ctx context.Context, _ cadence.Step) error {
		begun := time.Now()
		<-ctx.Done()
		if took := time.Since(begun); took < 900*time.Millisecond || took > 3*time.Second {
			t.Errorf("stopped after %v", took)
		}
		stopped <- ctx.Err()
		return ctx.Err()
	}}}
	ctx, stop := context.WithCancel(t.Context())
	if err := r.worker.Start(ctx); err != nil {
		t.Fatal(err)
	}
	r.queue.Hint(ctx, []cadence.Step{{Kind: "test:hang", Noun: "test", ID: "x", At: monday}})
	for range 2 {
		select {
		case err := <-stopped:
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it was not stopped, or not tried again")
		}
	}
	stop()
	r.worker.Stop()
	Jobs = all
}

func TestATaskThatSomebodyElseHoldsIsTheirs(t *testing.T) {
	teams := newChat()
	r := newRig(t, redistest.Start(t), teams)
	s := r.owe(t, "typed")
	task := asynq.NewTask(s.Kind, fmt.Appendf(nil, `{"noun":%q,"id":%q,"who":%q,"at":%d}`, s.Noun, s.ID, s.Who, s.At.UnixMilli()))
	if ok, err := r.Grip(t.Context(), TaskID(s), "somebody", time.Minute); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := r.worker.process(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	if cards, _ := teams.count(); cards != 0 {
		t.Fatal("done behind somebody's back")
	}
	if err := r.Release(t.Context(), TaskID(s), "somebody"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is no longer due
		if err := r.worker.process(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
	held, err := r.Held(t.Context(), []string{TaskID(s)})
	if cards, most := teams.count(); cards != 1 || most != 1 || err != nil || held[0] {
		t.Fatal(cards, most, err, held)
	}
}

func TestWhileSendingIsOffNothingIsHandedOutThatLeaves(t *testing.T) {
	slow(t)
	teams := newChat()
	r := newRig(t, redistest.Start(t), teams)
	r.crew.Ledger.Send = false
	due := everyKind()
	inward := r.crew.kindsDue(due)
	for _, s := range inward {
		if j, _ := jobOf(s.Kind); j.Outward {
			t.Errorf("%s leaves", s.Kind)
		}
	}
	if r.crew.Ledger.Send = true; len(inward) == 0 || len(r.crew.kindsDue(due)) != len(due) {
		t.Error("nothing is left, or something is missing when sending is on")
	}
	r.crew.Ledger.Send = false
	s := r.owe(t, "typed")
	r.start(t)
	time.Sleep(2500 * time.Millisecond)
	if cards, _ := teams.count(); cards != 0 || len(r.dueNow(t)) != 1 || r.in(t, "retry")+r.in(t, "archived") != 0 {
		t.Fatalf("%d cards left the house; due %v", cards, r.dueNow(t))
	}
	if v, err := r.Load(t.Context(), PromiseNoun, promiseID("card/reply/"+s.ID+"/ana"), nil); v != 0 || err != nil {
		t.Fatal("a promise was written down: ", v, err)
	}
}

// A thousand steps that wait (Teams is down, say) must not keep back the one behind them.
func TestWhatCannotBeDoneDoesNotKeepBackTheRest(t *testing.T) {
	slow(t)
	teams := newChat()
	teams.before = func(_ context.Context, key string) error {
		if strings.Contains(key, promiseID("last")) {
			return nil
		}
		return says{after: time.Hour}
	}
	r := newRig(t, redistest.Start(t), teams)
	r.crew.Hint = nil // they are found by the sweep alone
	for i := range 3 * giveAtMost {
		if err := r.crew.owe(t.Context(), r.crew.Programmes["p"], fmt.Sprint(i), messageTo("ana")); err != nil {
			t.Fatal(err)
		}
	}
	r.owe(t, "last")
	r.start(t)
	took := within(t, 30*time.Second, "the last card", func() bool { cards, _ := teams.count(); return cards == 1 })
	t.Logf("the last of %d was shown after %v", 3*giveAtMost+1, took)
}
