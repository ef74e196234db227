package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// An administrator on one copy breaks off what another copy is doing; what was broken off is in
// doubt, stays due, and does not begin again while sending is stopped.
func TestCancellingReachesWhatAnotherCopyIsDoing(t *testing.T) {
	slow(t)
	teams := newChat()
	began, ended := make(chan struct{}, 10), make(chan struct{}, 10)
	teams.before = func(ctx context.Context, _ string) error {
		began <- struct{}{}
		<-ctx.Done()
		ended <- struct{}{}
		return ctx.Err()
	}
	server := redistest.Start(t)
	patient := func(r *rig) { r.crew.Ledger.Limit = time.Minute }
	working := newRig(t, server, teams, patient).start(t)
	office := newRig(t, server, teams, patient) // takes no work itself
	if n, err := office.queue.CancelRunning(t.Context()); n != 0 || err != nil {
		t.Fatalf("before anything ran: %d %v", n, err)
	}
	working.owe(t, "card")
	select {
	case <-began:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing began")
	}
	if err := office.crew.Halt(t.Context(), "cleo", true, "a drill"); err != nil {
		t.Fatal(err)
	}
	asked := time.Now()
	n, err := office.queue.CancelRunning(t.Context())
	if n != 1 || err != nil {
		t.Fatalf("%d %v", n, err)
	}
	select {
	case <-ended:
		t.Logf("broken off after %s", time.Since(asked).Round(time.Millisecond))
	case <-time.After(5 * time.Second):
		t.Fatal("the other copy goes on")
	}
	within(t, 5*time.Second, "what was broken off is in doubt", func() bool {
		doubts, err := office.crew.Doubts(t.Context(), 10)
		return err == nil && len(doubts) == 1 && doubts[0].State == Unknown
	})
	time.Sleep(3 * time.Second)
	if len(began) != 0 {
		t.Error("it began again although sending is stopped")
	}
	if len(office.dueNow(t)) == 0 {
		t.Error("what was broken off is no longer due")
	}
}
