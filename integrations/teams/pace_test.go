package teams

import (
	"context"
	"sync"
	"testing"
	"time"
)

func TestFiftyRequestsASecondAreNeverPassed(t *testing.T) {
	now := at
	b := newBucket(func() time.Time { return now })
	var starts []time.Time
	for range 500 {
		wait, _ := b.Take(context.Background(), "t", tenantRate, tenantBurst)
		now = now.Add(wait)
		starts = append(starts, now)
	}
	for i := range starts {
		if i >= 50 && starts[i].Sub(starts[i-50]) < time.Second {
			t.Fatalf("requests %d to %d within %v", i-50, i, starts[i].Sub(starts[i-50]))
		}
	}
	if took := starts[499].Sub(at); took > 12*time.Second {
		t.Errorf("500 requests took %v", took)
	}
	if wait, _ := b.Take(context.Background(), "other", tenantRate, tenantBurst); wait != 0 {
		t.Errorf("another bucket waits %v", wait)
	}
}

func TestOneConversationIsOneLane(t *testing.T) {
	var l lanes
	busy, worst := 0, 0
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			leave, err := l.enter(context.Background(), "a")
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			busy++
			worst = max(worst, busy)
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			busy--
			mu.Unlock()
			leave()
		})
	}
	all.Wait()
	if worst != 1 || len(l.open) != 0 {
		t.Errorf("%d at once, %d lanes left over", worst, len(l.open))
	}
	leave, _ := l.enter(context.Background(), "a")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.enter(ctx, "a"); err == nil {
		t.Error("entered a lane that is taken")
	}
	leave()
	if len(l.open) != 0 {
		t.Error("a lane was left over")
	}
}
