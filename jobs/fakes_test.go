package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// hand is a clock that the test moves.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time                      { return h.now }
func (*hand) Real(d time.Duration) time.Duration    { return d }
func (*hand) Virtual(d time.Duration) time.Duration { return d }

var monday = time.Date(2026, time.October, 5, 6, 0, 0, 0, time.UTC)

// says is an error of the outside that says things about itself.
type says struct {
	permanent, inDoubt, unreachable bool
	after                           time.Duration
	why                             error
}

func (s says) Error() string             { return "outside: it says so" }
func (s says) Permanent() bool           { return s.permanent }
func (s says) InDoubt() bool             { return s.inDoubt }
func (s says) Unreachable() bool         { return s.unreachable }
func (s says) RetryAfter() time.Duration { return s.after }
func (s says) Unwrap() error             { return s.why }

// memory is a Store in memory. before and after, when set, may fail or never return: before
// nothing was done yet, after it was.
type memory struct {
	mu            sync.Mutex
	docs          map[string]held
	before, after func(op string) error
}

type held struct {
	version int64
	body    []byte
	due     []cadence.Step
}

func newMemory() *memory { return &memory{docs: map[string]held{}} }

func (m *memory) around(ctx context.Context, op string, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.before != nil {
		if err := m.before(op); err != nil {
			return err
		}
	}
	m.mu.Lock()
	err := f()
	m.mu.Unlock()
	if m.after != nil && err == nil {
		return m.after(op)
	}
	return err
}

func (m *memory) Load(ctx context.Context, noun, id string, doc any) (version int64, err error) {
	err = m.around(ctx, "load", func() error {
		d, ok := m.docs[noun+"\x00"+id]
		if !ok {
			return nil
		}
		version = d.version
		return json.Unmarshal(d.body, doc)
	})
	return version, err
}

func (m *memory) Save(ctx context.Context, noun, id string, version int64, doc any, due []cadence.Step) (ok bool, err error) {
	err = m.around(ctx, "save", func() error {
		key := noun + "\x00" + id
		if m.docs[key].version != version {
			return nil
		}
		ok = true
		if doc == nil {
			delete(m.docs, key)
			return nil
		}
		body, err := json.Marshal(doc)
		m.docs[key] = held{version + 1, body, slices.Clone(due)}
		return err
	})
	return ok && err == nil, err
}

func (m *memory) Due(_ context.Context, now time.Time, limit int) ([]cadence.Step, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []cadence.Step
	for _, d := range m.docs {
		for _, s := range d.due {
			if !s.At.After(now) {
				due = append(due, s)
			}
		}
	}
	slices.SortFunc(due, func(a, b cadence.Step) int { return a.At.Compare(b.At) })
	return due[:min(limit, len(due))], nil
}

func (m *memory) IDs(_ context.Context, noun string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []string
	for key := range m.docs {
		if n := len(noun) + 1; len(key) > n && key[:n] == noun+"\x00" {
			ids = append(ids, key[n:])
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// chat is a pretend Teams: it counts how often each card was shown. before and after, when
// set, may fail or wait: before the card was shown, after it was.
type chat struct {
	mu            sync.Mutex
	shown         map[string]int
	before, after func(ctx context.Context, key string) error
}

func newChat() *chat { return &chat{shown: map[string]int{}} }

func (c *chat) Send(ctx context.Context, m prompt.Message) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if c.before != nil {
		if err := c.before(ctx, m.Key); err != nil {
			return "", err
		}
	}
	c.mu.Lock()
	c.shown[m.Key]++
	c.mu.Unlock()
	if c.after != nil {
		if err := c.after(ctx, m.Key); err != nil {
			return "", err
		}
	}
	return "ref/" + m.Key, nil
}

func (c *chat) Find(_ context.Context, _ roster.ID, key string) (string, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return "ref/" + key, c.shown[key] > 0, nil
}

func (c *chat) Update(context.Context, string, prompt.Message) error { return nil }

// count answers how many cards were shown at least once, and the most that one was shown.
func (c *chat) count() (cards, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.shown {
		most = max(most, n)
	}
	return len(c.shown), most
}

// wait waits for d, or fails as a request does whose context ends.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// crewOf is a crew that can show cards; the ledger lets an act take limit.
func crewOf(st Store, clock Clock, m Messenger, limit time.Duration) *Crew {
	return &Crew{
		Store: st, Clock: clock, Messenger: m, Log: slog.New(slog.DiscardHandler),
		Ledger:     &Ledger{Store: st, Clock: clock, Owner: rand.Text(), Limit: limit, Send: true},
		Programmes: map[string]*Programme{"p": {ID: "p", Name: "P", Zone: time.UTC}},
	}
}

// rig is a worker with everything it needs, on a Redis of the test's own.
type rig struct {
	*store.Store
	crew   *Crew
	queue  *Queue
	worker *Worker
}

func openStore(tb testing.TB, url string) *store.Store {
	tb.Helper()
	st, err := store.Open(context.Background(), store.Options{URL: url, Tenant: "test"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = st.Close() })
	return st
}

// newRig makes a rig that does not work yet; change says what is unlike production.
func newRig(tb testing.TB, server *redistest.Server, m Messenger, change ...func(*rig)) *rig {
	tb.Helper()
	r := &rig{Store: openStore(tb, server.URL())}
	r.crew = crewOf(r.Store, Wall{}, m, 2*time.Second)
	r.queue = NewQueue(r.Conn(), r.Store)
	tb.Cleanup(func() { _ = r.queue.Close() })
	for _, f := range change {
		f(r)
	}
	r.crew.Hint = r.queue.Hint
	if r.worker == nil {
		r.worker = NewWorker(r.crew, r.queue, r.Conn(), r.Store)
	}
	return r
}

// start lets the rig work until the test ends.
func (r *rig) start(tb testing.TB) *rig {
	tb.Helper()
	ctx, stop := context.WithCancel(context.Background())
	if err := r.worker.Start(ctx); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		stop()
		r.worker.Stop()
	})
	return r
}

func messageTo(who roster.ID) prompt.Message { return prompt.Message{To: who, Kind: "reply"} }

// owe writes down that a card with this name has to be shown, and answers its step.
func (r *rig) owe(tb testing.TB, name string) cadence.Step {
	tb.Helper()
	if err := r.crew.owe(context.Background(), r.crew.Programmes["p"], name, messageTo("ana")); err != nil {
		tb.Fatal(err)
	}
	due, err := r.Due(context.Background(), time.Now().Add(time.Hour), 1_000_000)
	if err != nil {
		tb.Fatal(err)
	}
	for _, s := range due {
		if s.ID == promiseID(name) {
			return s
		}
	}
	return cadence.Step{} // done already
}

// dueNow answers what the store still says is due.
func (r *rig) dueNow(tb testing.TB) []cadence.Step {
	tb.Helper()
	due, err := r.Due(context.Background(), time.Now().Add(time.Hour), 1_000_000)
	if err != nil {
		tb.Fatal(err)
	}
	return due
}

// redis asks Redis itself for a whole number.
func (r *rig) redis(tb testing.TB, command ...any) int64 {
	tb.Helper()
	n, err := r.Client().Do(context.Background(), command...).Int64()
	if err != nil {
		tb.Fatalf("%v: %v", command, err)
	}
	return n
}

// in answers how many tasks asynq believes to be in one of its lists or sets.
func (r *rig) in(tb testing.TB, list string) int64 {
	tb.Helper()
	if list == "pending" || list == "active" {
		return r.redis(tb, "LLEN", "asynq:{rapport}:"+list)
	}
	return r.redis(tb, "ZCARD", "asynq:{rapport}:"+list)
}

// within waits until ok, and fails when that takes longer than limit; it answers how long it
// took.
func within(tb testing.TB, limit time.Duration, what string, ok func() bool) time.Duration {
	tb.Helper()
	start := time.Now()
	for !ok() {
		if time.Since(start) > limit {
			tb.Fatalf("not within %v: %s", limit, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(start)
}

// slow marks a test that takes seconds.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
}
