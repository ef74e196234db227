package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/jobs"
)

// tap listens on the way to Redis and takes down every command, as words.
type tap struct {
	mu       sync.Mutex
	commands [][]string
	broken   error
}

func (p *tap) through(next store.Dialer) store.Dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := next(ctx, network, addr)
		return &tapped{Conn: c, tap: p}, err
	}
}

type tapped struct {
	net.Conn
	tap  *tap
	mu   sync.Mutex
	rest []byte
}

// Write takes down the commands that are complete.
func (c *tapped) Write(b []byte) (int, error) {
	c.mu.Lock()
	c.rest = append(c.rest, b...)
	for len(c.rest) > 0 {
		words, used, err := command(c.rest)
		if used == 0 && err == nil {
			break
		}
		c.rest = c.rest[used:]
		c.tap.mu.Lock()
		if err != nil {
			c.tap.broken = err
			c.rest = nil
		} else {
			c.tap.commands = append(c.tap.commands, words)
		}
		c.tap.mu.Unlock()
	}
	c.mu.Unlock()
	return c.Conn.Write(b)
}

// command reads one command of the Redis protocol; nothing used means that it is not complete.
func command(b []byte) (words []string, used int, err error) {
	line := func(mark byte) (int, bool) {
		end := bytes.Index(b[used:], []byte("\r\n"))
		if end < 0 {
			return 0, false
		}
		n, e := strconv.Atoi(string(b[used+1 : used+end]))
		if b[used] != mark || e != nil {
			err = fmt.Errorf("no command of Redis: %.40q", b)
			return 0, false
		}
		used += end + 2
		return n, true
	}
	n, ok := line('*')
	if !ok {
		return nil, 0, err
	}
	for range n {
		length, ok := line('$')
		if !ok || len(b) < used+length+2 {
			return nil, 0, err
		}
		words = append(words, string(b[used:used+length]))
		used += length + 2
	}
	return words, used, nil
}

// public is what of a command may be read by whoever looks after Redis: everything of the
// queue, and of our own documents the keys but not the values.
func public(words []string) []string {
	name := strings.ToUpper(words[0])
	if name == "EVALSHA" || name == "EVAL" {
		n, _ := strconv.Atoi(words[2])
		keys, values := words[3:3+n], words[3+n:]
		if len(keys) > 0 && strings.HasPrefix(keys[0], "rp:") {
			return keys
		}
		return append(append([]string{}, keys...), values...)
	}
	if len(words) > 1 && strings.HasPrefix(words[1], "rp:") && (name == "SET" || name == "HSET") {
		return words[1:2]
	}
	return words[1:]
}

// canaries are the words of a story that nobody but the people concerned may read.
func canaries(tenant *m365sim.Tenant) map[string]string {
	c := tenant.Credentials()
	all := map[string]string{c.ClientSecret: "the app's secret", c.BotSecret: "the bot's secret"}
	for _, p := range tenant.People() {
		all[p.Name], all[p.Mail] = "a name", "an address"
		all[p.Name[strings.LastIndex(p.Name, " ")+1:]] = "a family name"
	}
	for _, a := range tenant.Acts() {
		for id, said := range a.Inputs {
			if len(said) > 12 && strings.Contains(said, " ") {
				all[said] = "an answer to " + id
			}
		}
		if a.Text != "" {
			all[a.Text] = "something typed"
		}
	}
	for _, e := range tenant.Journal() {
		if strings.Contains(e.What, "event") && len(e.Summary) > 12 {
			all[e.Summary] = "the subject of a meeting"
		}
	}
	return all
}

// bearer is anything that looks like a bearer token, and bare is anything like an address.
var (
	bearer = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`)
	bare   = regexp.MustCompile(`[A-Za-z0-9._-]+@[A-Za-z0-9-]+\.[A-Za-z]+`)
)

// betrayed names the canary that a text holds, "" when it holds none.
func betrayed(text string, birds map[string]string) string {
	for word, what := range birds {
		if strings.Contains(text, word) {
			return what + " (" + word + ")"
		}
	}
	if t := bearer.FindString(text); t != "" {
		return "a token"
	}
	if t := bare.FindString(text); t != "" {
		return "an address (" + t + ")"
	}
	return ""
}

// failedTasks takes down what asynq keeps of tasks that failed, while they wait.
func failedTasks(ctx context.Context, conn store.Conn, into io.Writer) {
	inspect := asynq.NewInspector(conn)
	defer inspect.Close()
	for ctx.Err() == nil {
		for _, list := range []func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error){inspect.ListRetryTasks, inspect.ListArchivedTasks} {
			infos, _ := list("rapport") // there is no queue before its first task
			for _, i := range infos {
				fmt.Fprintln(into, i.ID, i.LastErr, string(i.Payload))
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// A whole story over a real queue, with everything failing now and then: logs at their most
// talkative, errors, task payloads and the keys of Redis hold nothing private.
func TestNothingPrivateLeaksFromAStoryFullOfTrouble(t *testing.T) {
	if testing.Short() {
		t.Skip("plays ten days of trouble over a real queue")
	}
	t.Parallel()
	listen, logs := &tap{}, &shelf{}
	w := newTown(t, nil, func(s *setting) {
		s.tenant.TenantFile, s.tenant.Passive, s.tenant.People, s.tenant.Weeks = nil, false, 10, 2
		s.store.Through, s.within, s.logs = listen.through, 500*time.Millisecond, logs
	})
	w.rough = true
	w.app.crew.Hint = w.app.queue.Hint
	worker := jobs.NewHastyWorker(w.app.crew, w.app.queue, w.store.Conn(), w.store)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	few := faults(0.05)
	for i := range few {
		few[i].Times = 2 // a failure costs its wait for the retry, on the wall
	}
	w.must(w.tenant.SetFaults(few...))
	w.must(worker.Start(ctx))
	lead := newConductor(w.clock, w.tenant, w.store, worker.Sweep, 0)
	tasks, watching := &shelf{}, sync.WaitGroup{}
	watching.Go(func() { failedTasks(ctx, w.store.Conn(), tasks) })
	w.must(lead.lead(ctx, demoStart.AddDate(0, 0, 11), func() error { return nil }))
	worker.Stop()
	stop()
	watching.Wait()

	birds := canaries(w.tenant)
	if len(birds) < 40 {
		t.Fatalf("only %d canaries sing: people told rapport too little for this to prove anything", len(birds))
	}
	if !strings.Contains(tasks.String(), "teams: ") && !strings.Contains(tasks.String(), "graph: ") {
		t.Error("no failed task was ever seen in the queue: this proves nothing about errors")
	}
	held := w.everything()
	if betrayed(held, birds) == "" {
		t.Error("not even the documents hold a canary: the search finds nothing")
	}
	for _, line := range strings.Split(logs.String()+tasks.String(), "\n") {
		if what := betrayed(line, birds); what != "" {
			t.Errorf("a log or a failed task holds %s: %s", what, line)
		}
	}
	due, err := w.store.Due(t.Context(), w.clock.Now().AddDate(1, 0, 0), 10_000)
	w.must(err)
	for _, s := range due {
		if what := betrayed(fmt.Sprint(s), birds); what != "" {
			t.Errorf("a step that is due holds %s: %v", what, s)
		}
	}
	w.must(w.store.Close()) // nothing is said any more
	listen.mu.Lock()
	defer listen.mu.Unlock()
	w.must(listen.broken)
	queued := 0
	for _, words := range listen.commands {
		text := strings.Join(public(words), "\x00")
		if strings.Contains(text, "asynq:{rapport}") {
			queued++
		}
		if what := betrayed(text, birds); what != "" {
			t.Fatalf("%s to Redis holds %s: %q", words[0], what, public(words))
		}
	}
	if queued < 200 {
		t.Errorf("only %d commands of the queue were heard", queued)
	}
}

// The same without a queue, where every error of every step is at hand.
func TestNoErrorOfAStepHoldsAnythingPrivate(t *testing.T) {
	t.Parallel()
	w := busyTown(t, 3, 8)
	w.rough = true
	w.must(w.tenant.SetFaults(faults(0.05)...))
	w.At("Wed 14 Oct 17:00")
	birds := canaries(w.tenant)
	kinds := map[string]bool{}
	for _, err := range w.failures {
		for e := err; e != nil; {
			text := fmt.Sprintf("%v %+v", e, e)
			if what := betrayed(text, birds); what != "" {
				t.Errorf("an error holds %s: %s", what, text)
			}
			u, ok := e.(interface{ Unwrap() error })
			if !ok {
				break
			}
			e = u.Unwrap()
		}
		kinds[err.Error()] = true
	}
	if len(kinds) < 10 {
		t.Errorf("only %d different errors were seen", len(kinds))
	}
	if what := betrayed(w.logs.String(), birds); what != "" {
		t.Errorf("the log holds %s", what)
	}
}

func TestACanaryWouldBeHeard(t *testing.T) {
	t.Parallel()
	birds := map[string]string{"Ana Alves": "a name"}
	for _, text := range []string{"hello Ana Alves", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x", "write to a.b@c.example"} {
		if betrayed(text, birds) == "" {
			t.Errorf("%q went by unheard", text)
		}
	}
	p := &tap{}
	there, here := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, there) }()
	c := &tapped{Conn: here, tap: p}
	for _, part := range []string{"*3\r\n$3\r\nSET\r\n$1\r", "\nk\r\n$2\r\nab\r\n*1\r\n$4\r\nPI", "NG\r\n"} {
		if _, err := c.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(p.commands) != "[[SET k ab] [PING]]" || p.broken != nil {
		t.Errorf("heard %q, %v", p.commands, p.broken)
	}
	log := &shelf{}
	slog.New(slog.NewJSONHandler(log, nil)).Info("x", "error", fmt.Errorf("no mail to Ana Alves"))
	if betrayed(log.String(), birds) == "" {
		t.Error("a name in a log line went by unheard")
	}
}
