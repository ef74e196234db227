package teams

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// need skips when a program is not there, or fails when RAPPORT_TEST_REQUIRE (a comma list)
// names the component.
func need(tb testing.TB, component string, there bool) {
	tb.Helper()
	if there {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("RAPPORT_TEST_REQUIRE"), ","), component) {
		tb.Fatalf("%s cannot be run here, and RAPPORT_TEST_REQUIRE demands it", component)
	}
	tb.Skipf("%s cannot be run here", component)
}

// answering is a bot in a process of its own, on one core.
type answering struct {
	pid  int
	addr string
}

// serving starts a program that prints "ready PORT" and ends when its input does.
func serving(tb testing.TB, env []string, command ...string) answering {
	tb.Helper()
	if taskset, err := exec.LookPath("taskset"); err == nil {
		command = append([]string{taskset, "-c", "0"}, command...)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = input.Close(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if port, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return answering{cmd.Process.Pid, "127.0.0.1:" + port}
		}
	}
	tb.Fatalf("%s did not start", command)
	return answering{}
}

// peak is the most memory the process has had resident, in MB.
func (a answering) peak(tb testing.TB) float64 {
	tb.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.pid))
	if err != nil {
		return 0
	}
	for _, l := range strings.Split(string(raw), "\n") {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.Atoi(f[1])
			return float64(kb) / 1024
		}
	}
	return 0
}

// busy is how long the process has used a processor, all its threads together.
func (a answering) busy(tb testing.TB) time.Duration {
	tb.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", a.pid))
	if err != nil {
		tb.Skip("processor time is read from /proc, which is not here")
	}
	_, rest, _ := strings.Cut(string(raw), ") ") // the name before it may hold spaces
	f := strings.Fields(rest)
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * time.Second / 100
}

// load is what a stretch of pressing came to.
type load struct {
	rate     float64 // answers a second on the wall, which others may share
	core     float64 // answers a second of processor time: what one core can do
	p50, p99 time.Duration
}

const pressers = 8 // people who press at the same time, each again as soon as answered

// pressing sends the same request over and over for so long. Every answer is checked.
func pressing(tb testing.TB, bot answering, request []byte, long time.Duration) load {
	tb.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	start, before := time.Now(), bot.busy(tb)
	for range pressers {
		wg.Go(func() {
			mine, err := presser(bot.addr, request, start.Add(long))
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
			if err != nil {
				tb.Error(err)
			}
		})
	}
	wg.Wait()
	took, used := time.Since(start), bot.busy(tb)-before
	if len(all) < 100 {
		tb.Fatalf("%d answers in %v", len(all), took)
	}
	slices.Sort(all)
	n := float64(len(all))
	return load{n / took.Seconds(), n / used.Seconds(), all[len(all)/2], all[len(all)*99/100]}
}

func presser(addr string, request []byte, until time.Time) (took []time.Duration, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for time.Now().Before(until) {
		start := time.Now()
		if _, err := conn.Write(request); err != nil {
			return took, err
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return took, err
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 || !bytes.Contains(body, []byte(`AdaptiveCard`)) {
			return took, fmt.Errorf("answered %d %.200s %v", res.StatusCode, body, err)
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// wire is a press as it comes over the network, token and all.
func wire(s *service) []byte {
	body, _ := json.Marshal((&bot{service: s}).activityFrom(execute("followup:answer")))
	return fmt.Appendf(nil, "POST /api/messages HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json; charset=utf-8\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
		s.sign(), len(body), body)
}

// still is a desk that always answers with the same card and keeps nothing.
type still struct{}

func (still) Answer(context.Context, prompt.Answer) (prompt.Message, error) {
	return samples["pairing"], nil
}

func (still) Installed(context.Context, roster.ID, bool) error { return nil }

const botEnv = "RAPPORT_TEST_BOT"

// TestBotProcess is no test: started by a benchmark, it is the bot in a process of its own.
func TestBotProcess(t *testing.T) {
	if os.Getenv(botEnv) == "" {
		t.Skip("only for benchmarks")
	}
	there := &service{Server: &httptest.Server{URL: os.Getenv(botEnv)}}
	o := there.options(&strings.Builder{})
	o.Now = time.Now
	h, err := NewInbound(o, still{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("ready %d\n", l.Addr().(*net.TCPAddr).Port)
	go func() { _ = http.Serve(l, h) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// BenchmarkCardActions answers presses over HTTP with the full check of the token, on one
// core, beside botbuilder doing the same with the same request. The two take turns, the
// figures are those of the middle round, and they are compared by processor time, so that
// whatever else the machine does harms neither.
func BenchmarkCardActions(b *testing.B) {
	npm, _ := exec.LookPath("npm")
	node, _ := exec.LookPath("node")
	need(b, "botbuilder", npm != "" && node != "")
	s := newService(b)
	s.now = time.Now()
	request := wire(s)
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	ours := serving(b, []string{"GOMAXPROCS=1", botEnv + "=" + s.URL}, self, "-test.run", "^TestBotProcess$")
	theirs := serving(b, yardstickEnv(b, s), node, filepath.Join(yardstick(b, npm), "bot.js"))
	for _, a := range []answering{ours, theirs} {
		pressing(b, a, request, 2*time.Second) // warm
	}
	for range b.N {
		var us, they []load
		for range 3 {
			us = append(us, pressing(b, ours, request, 2*time.Second))
			they = append(they, pressing(b, theirs, request, 2*time.Second))
		}
		u, t := middle(us), middle(they)
		b.ReportMetric(u.rate, "answers/s")
		b.ReportMetric(u.core, "answers/core-s")
		b.ReportMetric(t.core, "botbuilder/core-s")
		b.ReportMetric(u.core/t.core, "times-botbuilder")
		b.ReportMetric(float64(u.p50.Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(u.p99.Microseconds())/1000, "p99-ms")
		b.ReportMetric(ours.peak(b), "RSS-MB")
		b.ReportMetric(theirs.peak(b), "botbuilder-RSS-MB")
		b.ReportMetric(0, "ns/op")
		if u.core < 3*t.core {
			b.Errorf("%.0f answers a core-second are less than three times botbuilder's %.0f", u.core, t.core)
		}
	}
}

func middle(rounds []load) load {
	slices.SortFunc(rounds, func(a, b load) int { return int(a.core - b.core) })
	return rounds[len(rounds)/2]
}

// yardstick installs botbuilder, as the lock file says, where the next run finds it again.
func yardstick(b *testing.B, npm string) string {
	b.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = b.TempDir()
	}
	dir := filepath.Join(cache, "rapport-test", "botbuilder-4.23.3")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for _, f := range []string{"bot.js", "package.json", "package-lock.json"} {
		raw, err := os.ReadFile(filepath.Join("testdata", "botbuilder", f))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, f), raw, 0o644)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err != nil {
		install := exec.Command(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
		install.Dir = dir
		if out, err := install.CombinedOutput(); err != nil {
			b.Logf("%s", out)
			need(b, "botbuilder", false)
		}
	}
	return dir
}

func yardstickEnv(b *testing.B, s *service) []string {
	b.Helper()
	card, err := Card(samples["pairing"])
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "card.json")
	if err := os.WriteFile(file, card, 0o644); err != nil {
		b.Fatal(err)
	}
	return []string{"APP=" + app, "METADATA=" + s.URL + "/metadata", "ISSUER=https://api.botframework.com", "CARD=" + file, "NODE_ENV=production"}
}
