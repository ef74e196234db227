// Package redistest starts a real redis-server for a test.
//
// It makes a server on a unix socket or a free loopback port, with its data in a directory of
// its own, that a test may kill, restart and reconfigure; and Faults, which break connections
// at a chosen command. It never touches a Redis that is already running and never outlives
// the test. Its URL goes to store.Open.
package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// startWithin is how long a server may take to answer; loading a test's data takes less.
const startWithin = 10 * time.Second

// Server is a redis-server of the test's own.
type Server struct {
	tb      testing.TB
	network string // "unix" or "tcp"
	addr    string
	dir     string
	args    []string

	mu   sync.Mutex
	cmd  *exec.Cmd
	gone chan struct{} // closed when the process has ended
}

// Option is a setting of a Server.
type Option func(*Server)

// AppendOnly keeps every write in a file: "always", "everysec" or "no" says when it is
// flushed to the disk. Without it, what is written dies with the process.
func AppendOnly(fsync string) Option { return With("--appendonly yes --appendfsync " + fsync) }

// MaxMemory limits the memory, "4mb".
func MaxMemory(limit string) Option { return With("--maxmemory " + limit) }

// Policy is what happens at the limit: "noeviction", "allkeys-lru" and so on.
func Policy(policy string) Option { return With("--maxmemory-policy " + policy) }

// With adds words to the command line of redis-server.
func With(words string) Option {
	return func(s *Server) { s.args = append(s.args, strings.Fields(words)...) }
}

// OnPort listens on a free loopback port instead of a unix socket.
func OnPort() Option { return func(s *Server) { s.network = "tcp" } }

// Need skips the test when there is no redis-server to run, or fails it when the environment
// variable RAPPORT_TEST_REQUIRE (a comma list) names redis.
func Need(tb testing.TB) (path string) {
	tb.Helper()
	path, err := exec.LookPath("redis-server")
	if err == nil {
		return path
	}
	if slices.Contains(strings.Split(os.Getenv("RAPPORT_TEST_REQUIRE"), ","), "redis") {
		tb.Fatal("redis-server is not installed, and RAPPORT_TEST_REQUIRE demands it")
	}
	tb.Skip("redis-server is not installed")
	return ""
}

// Start starts a server and waits until it answers; it ends with the test. Without
// redis-server the test is skipped or fails, see Need.
func Start(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	Need(tb)
	// Not tb.TempDir: the path of a unix socket may have about a hundred characters.
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{tb: tb, network: "unix", addr: filepath.Join(dir, "sock"), dir: dir}
	for _, o := range options {
		o(s)
	}
	if s.network == "tcp" {
		s.addr = freePort(tb)
	}
	tb.Cleanup(func() {
		s.Kill()
		_ = os.RemoveAll(dir)
	})
	s.Restart()
	return s
}

// URL is the server's address for store.Open.
func (s *Server) URL() string {
	if s.network == "unix" {
		return "unix://" + s.addr
	}
	return "redis://" + s.addr
}

// Kill ends the process with SIGKILL, as a crash would, and waits until it is gone. Killing
// twice is harmless.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.gone
	s.cmd = nil
}

// Restart kills the process if it runs, starts it again at the same address with the same
// data directory, and waits until it answers.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Kill()
	args := []string{"--save", "", "--dir", s.dir, "--daemonize", "no", "--logfile", filepath.Join(s.dir, "log")}
	if s.network == "unix" {
		args = append(args, "--port", "0", "--unixsocket", s.addr)
	} else {
		host, port, _ := net.SplitHostPort(s.addr)
		args = append(args, "--bind", host, "--port", port)
	}
	cmd := exec.Command(Need(s.tb), append(args, s.args...)...)
	if err := cmd.Start(); err != nil {
		s.tb.Fatal("redis-server does not start: ", err)
	}
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }()
	s.mu.Lock()
	s.cmd, s.gone = cmd, gone
	s.mu.Unlock()
	s.await(gone)
}

// await waits until the server answers a PING, whatever the answer.
func (s *Server) await(gone <-chan struct{}) {
	s.tb.Helper()
	for end := time.Now().Add(startWithin); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if reply, err := s.say("PING"); err == nil && !strings.HasPrefix(reply, "-LOADING") {
			return
		}
		select {
		case <-gone:
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.tb.Fatalf("redis-server ended at once:\n%s", log)
		default:
		}
	}
	s.tb.Fatal("redis-server does not answer")
}

// Do sends one command, such as "CONFIG SET maxmemory 1mb" or "FLUSHALL", on a connection of
// its own and answers the first line of the reply as Redis writes it ("+OK", ":3", "-ERR …").
// The words must not hold spaces. A reply that starts with "-" fails the test.
func (s *Server) Do(command string) string {
	s.tb.Helper()
	reply, err := s.say(command)
	if err == nil && strings.HasPrefix(reply, "-") {
		err = errors.New(reply)
	}
	if err != nil {
		s.tb.Fatalf("%s: %v", command, err)
	}
	return reply
}

func (s *Server) say(command string) (string, error) {
	conn, err := net.DialTimeout(s.network, s.addr, startWithin)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(startWithin))
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

// freePort finds a loopback port that was free a moment ago.
func freePort(tb testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
