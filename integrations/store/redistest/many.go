package redistest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// formedWithin is how long Sentinels or nodes may take to find each other.
const formedWithin = 20 * time.Second

// Watched is a primary with a replica, and three Sentinels that make the replica the primary
// a second after the primary is gone.
type Watched struct {
	Primary, Replica *Server
	addrs            []string
}

// URL is where the Sentinels are, for store.Open.
func (w Watched) URL() string {
	return "redis-sentinel://" + strings.Join(w.addrs, ",") + "/0?master=rapport"
}

// StartWatched starts them all and waits until they know each other; they end with the test.
// options are for both servers.
func StartWatched(tb testing.TB, options ...Option) Watched {
	tb.Helper()
	w := Watched{Primary: Start(tb, append(options, OnPort())...)}
	host, port, _ := net.SplitHostPort(w.Primary.addr)
	w.Replica = Start(tb, append(options, OnPort(), With("--replicaof "+host+" "+port))...)
	for range 3 {
		w.addrs = append(w.addrs, startSentinel(tb, host, port))
	}
	for _, addr := range w.addrs {
		s := &Server{tb: tb, network: "tcp", addr: addr}
		s.until("the Sentinels to know each other", func() bool {
			reply, err := s.say("SENTINEL CKQUORUM rapport")
			return err == nil && strings.HasPrefix(reply, "+OK 3")
		})
	}
	w.Primary.until("the replica to follow", func() bool {
		reply, err := w.Primary.say("WAIT 1 100")
		return err == nil && reply == ":1"
	})
	w.Primary.until("a Sentinel to know the replica", func() bool {
		reply, err := (&Server{tb: tb, network: "tcp", addr: w.addrs[0]}).say("SENTINEL REPLICAS rapport")
		return err == nil && reply == "*1"
	})
	return w
}

func startSentinel(tb testing.TB, host, port string) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "sentinel")
	if err != nil {
		tb.Fatal(err)
	}
	addr := freePort(tb)
	_, own, _ := net.SplitHostPort(addr)
	text := fmt.Sprintf("port %s\nbind %s\ndir %s\nlogfile %s/log\nsentinel monitor rapport %s %s 2\nsentinel down-after-milliseconds rapport 1000\n"+
		"sentinel failover-timeout rapport 5000\n", own, host, dir, dir, host, port)
	file := filepath.Join(dir, "sentinel.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(Need(tb), file, "--sentinel")
	if err := cmd.Start(); err != nil {
		tb.Fatal("a Sentinel does not start: ", err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	})
	return addr
}

// Cluster is three primaries that share the slots.
type Cluster struct{ Nodes []*Server }

// URL is where the nodes are, for store.Open.
func (c Cluster) URL() string {
	var addrs []string
	for _, n := range c.Nodes {
		addrs = append(addrs, n.addr)
	}
	return "redis-cluster://" + strings.Join(addrs, ",")
}

// StartCluster starts three primaries and waits until every slot is served; they end with the
// test. options are for all of them.
func StartCluster(tb testing.TB, options ...Option) Cluster {
	tb.Helper()
	var c Cluster
	var first string
	for i := range 3 {
		_, bus, _ := net.SplitHostPort(freePort(tb))
		n := Start(tb, append(options, OnPort(), With("--cluster-enabled yes --cluster-node-timeout 3000 --cluster-port "+bus))...)
		host, port, _ := net.SplitHostPort(n.addr)
		n.Do(fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", []int{0, 5461, 10923}[i], []int{5460, 10922, 16383}[i]))
		if i == 0 {
			first = host + " " + port + " " + bus
		} else {
			n.Do("CLUSTER MEET " + first)
		}
		c.Nodes = append(c.Nodes, n)
	}
	for _, n := range c.Nodes {
		n.until("every slot to be served", func() bool {
			for _, key := range []string{"b", "c", "a"} { // slots 3300, 7365, 15495
				if reply, err := n.say("GET " + key); err != nil || strings.HasPrefix(reply, "-CLUSTERDOWN") {
					return false
				}
			}
			return true
		})
	}
	return c
}

func (s *Server) until(what string, so func() bool) {
	s.tb.Helper()
	for end := time.Now().Add(formedWithin); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			s.tb.Fatalf("waited %s for %s", formedWithin, what)
		}
	}
}
