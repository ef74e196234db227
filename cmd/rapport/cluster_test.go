package main

import (
	"syscall"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// A whole round over three primaries that share the slots: documents, scripts, queue.
func TestARoundGoesThroughACluster(t *testing.T) {
	if testing.Short() {
		t.Skip("runs processes")
	}
	t.Parallel()
	cluster := redistest.StartCluster(t, redistest.AppendOnly("everysec"))
	p := newPlant(t, cluster.URL())
	st := p.open(cluster.URL())
	rapport := p.run("rapport")
	p.until("Wed 7 Oct 12:00")
	sum := p.audit(st)
	if sum.Consented != 4 || sum.Pairs != 2 {
		t.Errorf("%s", sum)
	}
	p.wait("it to be ready", 10*time.Second, func() bool { return p.status("/readyz") == 200 })
	p.must(rapport.cmd.Process.Signal(syscall.SIGTERM))
	<-rapport.gone
	if rapport.err != nil {
		t.Error(rapport.err)
	}
	t.Log(sum)
}
