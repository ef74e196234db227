package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/web/browsertest"
)

// childEnv says that a copy of this test binary is to be rapport itself: so the processes that
// get killed are built the way the test is, race detector and all.
const childEnv = "RAPPORT_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		browsertest.Main(m)
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() { // the parent says goodbye by closing our input; when it dies, that happens too
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	c := root()
	c.SetArgs(os.Args[1:])
	if err := c.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "rapport:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// stopWithin is how long a process may take to let its running steps finish; the race
// detector makes everything slow.
const stopWithin = 30 * time.Second

// process is rapport running as a process of its own, which may be killed and started again.
// Everything its incarnations print goes to one file.
type process struct {
	name, log string
	env, args []string

	mu    sync.Mutex
	cmd   *exec.Cmd
	input io.Closer
	gone  chan struct{}
	err   error // how it ended
}

// start starts it; a process that runs already goes on.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	cmd := exec.Command(self, p.args...)
	cmd.Env = append(append(os.Environ(), childEnv+"=1"), p.env...)
	cmd.Stdout, cmd.Stderr = out, out
	input, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	gone := make(chan struct{})
	p.cmd, p.input, p.gone = cmd, input, gone
	go func() { p.err = cmd.Wait(); close(gone) }()
	return nil
}

// kill is SIGKILL: when it returns, the process does nothing any more.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.gone
	p.cmd = nil
}

// stop lets it finish what it has begun. The error says that it ended in another way.
func (p *process) stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return fmt.Errorf("%s does not run", p.name)
	}
	_ = p.input.Close()
	select {
	case <-p.gone:
	case <-time.After(stopWithin):
		_ = p.cmd.Process.Kill()
		<-p.gone
		p.err = fmt.Errorf("it did not stop within %s", stopWithin)
	}
	p.cmd = nil
	if p.err != nil {
		return fmt.Errorf("%s: %w", p.name, p.err)
	}
	return nil
}

// running says whether it does; one that ended by itself does not.
func (p *process) running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.gone:
		return false
	default:
		return true
	}
}

// printed is everything it printed so far.
func (p *process) printed() string {
	text, _ := os.ReadFile(p.log)
	return string(text)
}

// tail is the last lines it printed.
func (p *process) tail(lines int) string {
	all := strings.Split(strings.TrimSpace(p.printed()), "\n")
	return p.name + " said at last:\n\t" + strings.Join(all[max(0, len(all)-lines):], "\n\t")
}
