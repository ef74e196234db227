package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// The primary dies while invitations are being answered; Sentinels make the replica the
// primary, and the round takes place. A failover may lose what was acknowledged a moment
// before it, by design of Redis: what was done outside is then found there and not repeated.
func TestARoundGoesThroughAFailover(t *testing.T) {
	if testing.Short() {
		t.Skip("runs processes")
	}
	t.Parallel()
	watched := redistest.StartWatched(t, redistest.AppendOnly("everysec"))
	p := newPlant(t, watched.URL())
	st := p.open(watched.URL())
	p.run("rapport")
	p.until("Tue 6 Oct 09:00")
	watched.Primary.Kill()
	killed := time.Now()
	p.wait("it to notice", 10*time.Second, func() bool { return p.status("/readyz") == http.StatusServiceUnavailable })
	p.wait("it to be ready again", 30*time.Second, func() bool { return p.status("/readyz") == http.StatusOK })
	took := time.Since(killed)
	p.until("Wed 7 Oct 14:00")
	sum := p.audit(st)
	if sum.Consented != 4 || sum.Pairs != 2 {
		t.Errorf("%s", sum)
	}
	t.Logf("ready again %s after the primary died; %s", took.Round(10*time.Millisecond), sum)
}
