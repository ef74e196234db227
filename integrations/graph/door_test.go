package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// asError insists that err is ours and leaks nothing, and answers it.
func asError(t *testing.T, err error) *graph.Error {
	t.Helper()
	var e *graph.Error
	if !errors.As(err, &e) {
		t.Fatalf("want a graph.Error, got %T %v", err, err)
	}
	for _, private := range []string{"contoso", "@", "%40", "127.0.0.1", "http", secret, "token-", "<", "Ana", "bearer"} {
		if strings.Contains(err.Error(), private) {
			t.Errorf("the error text leaks %q: %s", private, err)
		}
	}
	if !strings.HasPrefix(err.Error(), "graph: ") {
		t.Errorf("the error does not say where it comes from: %s", err)
	}
	return e
}

func TestEveryRefusalBecomesAnErrorThatSaysWhatToDo(t *testing.T) {
	const body = `{"error":{"code":"ErrorX","message":"for ana@contoso.example"}}`
	for _, c := range []struct {
		name              string
		status            int
		header            string
		body, kind        string
		after             time.Duration
		permanent, doubt  bool
		says              string
		alsoWithoutGarble bool
	}{
		{name: "a bad request is for ever", status: 400, body: body, permanent: true, says: "400 ErrorX"},
		{name: "a refused token is for later", status: 401, body: body, after: time.Minute, says: "401 ErrorX"},
		{name: "a missing permission is for the admin", status: 403, body: body, after: 5 * time.Minute, says: "grant Calendars.ReadWrite"},
		{name: "a missing mailbox is for the admin", status: 404, body: body, after: 5 * time.Minute, says: "check the mailbox"},
		{name: "throttling keeps its Retry-After", status: 429, header: "7", body: body, after: 7 * time.Second, says: "429"},
		{name: "throttling without a header has one of ours", status: 429, body: body, after: 10 * time.Second, says: "429"},
		{name: "an absurd Retry-After is cut", status: 429, header: "99999999999", body: body, after: time.Hour, says: "429"},
		{name: "a clean 503 is not in doubt", status: 503, header: "3", body: body, after: 3 * time.Second, says: "503"},
		{name: "a 500 is in doubt", status: 500, body: body, doubt: true, says: "500"},
		{name: "a 502 page is in doubt", status: 502, kind: "text/html", body: "<html>Ana's gateway</html>", doubt: true, says: "502"},
		{name: "a 504 is in doubt", status: 504, body: "", doubt: true, says: "504"},
		{name: "an empty object", status: 500, body: "{}", doubt: true, says: "500"},
		{name: "an error without a message", status: 400, body: `{"error":{"code":"ErrorX"}}`, permanent: true, says: "ErrorX"},
		{name: "an error that is null", status: 400, body: `{"error":null}`, permanent: true, says: "400"},
		{name: "an error that is a list", status: 400, body: `[null]`, permanent: true, says: "400"},
		{name: "a code that is a person", status: 400, body: `{"error":{"code":"Ana <ana@contoso.example>"}}`, permanent: true, says: "400"},
		{name: "a code that is a number", status: 400, body: `{"error":{"code":7}}`, permanent: true, says: "400"},
		{name: "no body at all", status: 403, body: "", after: 5 * time.Minute, says: "403"},
		{name: "a redirect is not followed", status: 302, body: "", after: 5 * time.Minute, says: "302"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newTenant(t, func(_ request, w http.ResponseWriter) {
				kind := c.kind
				if kind == "" {
					kind = "application/json"
				}
				w.Header().Set("Content-Type", kind)
				w.Header().Set("Location", "http://elsewhere.contoso.example/")
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			_, err := f.client(t).Calendar(service).Book(t.Context(), booking())
			e := asError(t, err)
			if e.RetryAfter() != c.after || e.Permanent() != c.permanent || e.InDoubt() != c.doubt {
				t.Errorf("after %v permanent %v doubt %v, want %v %v %v", e.RetryAfter(), e.Permanent(), e.InDoubt(), c.after, c.permanent, c.doubt)
			}
			if !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "book the meeting") {
				t.Errorf("%q does not say %q", err, c.says)
			}
			if n := len(f.requests()); n != 1 {
				t.Errorf("%d requests: nothing may be repeated here", n)
			}
		})
	}
}

func TestRetryAfterAsADateCountsFromTheAnswersOwnDate(t *testing.T) {
	f := newTenant(t, func(_ request, w http.ResponseWriter) {
		w.Header().Set("Date", "Mon, 02 Mar 2026 09:00:00 GMT")
		w.Header().Set("Retry-After", "Mon, 02 Mar 2026 09:00:42 GMT")
		say(w, 429, "{}")
	})
	_, _, err := f.client(t).Calendar(service).Find(t.Context(), "k")
	if e := asError(t, err); e.RetryAfter() != 42*time.Second {
		t.Errorf("got %v", e.RetryAfter())
	}
}

func TestAReadIsNeverInDoubt(t *testing.T) {
	f := newTenant(t, always(500, "{}"))
	_, _, err := f.client(t).Calendar(service).Find(t.Context(), "k")
	if asError(t, err).InDoubt() {
		t.Error("a GET changes nothing")
	}
	_, err = f.client(t).FreeBusy(service).Busy(t.Context(), []string{"ana@contoso.example"}, week)
	if asError(t, err).InDoubt() {
		t.Error("a batch that reads changes nothing")
	}
}

func TestAWriteThatLeftIsInDoubtAndOneThatDidNotIsNot(t *testing.T) {
	dropped := newTenant(t, func(_ request, w http.ResponseWriter) { panic(http.ErrAbortHandler) })
	slow := make(chan struct{})
	stalled := newTenant(t, func(_ request, w http.ResponseWriter) { <-slow })
	defer close(slow)
	cut := newTenant(t, func(_ request, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"id":"ev`)
	})
	garbage := newTenant(t, always(201, `{"id":`))
	html := newTenant(t, func(_ request, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<p>Ana</p>")
	})
	nothing := newTenant(t, always(201, ""))
	null := newTenant(t, always(201, "null"))
	listed := newTenant(t, always(201, `{"id":["a"],"attendees":{"b":1},"start":7}`))
	closed, _ := net.Listen("tcp", "127.0.0.1:0")
	dead := "http://" + closed.Addr().String()
	_ = closed.Close()
	for _, c := range []struct {
		name  string
		of    *tenant
		graph string
		doubt bool
	}{
		{"the line drops", dropped, "", true}, {"no answer in time", stalled, "", true}, {"half an answer", cut, "", true},
		{"broken JSON", garbage, "", true}, {"an HTML page", html, "", true}, {"an empty 201", nothing, "", true},
		{"a 201 that says null", null, "", true}, {"a 201 of other types", listed, "", true}, {"nobody listens", nothing, dead, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := c.of.client(t, func(o *graph.Options) {
				o.Timeout = 300 * time.Millisecond
				if c.graph != "" {
					o.Graph, o.Credential = c.graph, constant("token")
				}
			})
			_, err := client.Calendar(service).Book(t.Context(), booking())
			if e := asError(t, err); e.InDoubt() != c.doubt || e.Permanent() {
				t.Errorf("doubt %v permanent %v: %v", e.InDoubt(), e.Permanent(), err)
			}
		})
	}
}

func TestAWebPageIsNoSuccessEvenWhereNoAnswerIsRead(t *testing.T) {
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		if r.Method == http.MethodGet {
			always(200, `{"id":"d1","isDraft":true}`)(r, w)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<title>Just a moment</title>")
	})
	client := f.client(t)
	for name, do := range map[string]func() error{
		"move":   func() error { return client.Calendar(service).Move(t.Context(), "ev1", slot) },
		"cancel": func() error { return client.Calendar(service).Cancel(t.Context(), "ev1", "off") },
		"post":   func() error { return client.Mail(service).Post(t.Context(), "d1") },
	} {
		if err := do(); err == nil || !asError(t, err).InDoubt() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	f := newTenant(t, func(_ request, w http.ResponseWriter) { <-release })
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := f.client(t).Calendar(service).Book(ctx, booking())
	if e := asError(t, err); !errors.Is(err, context.DeadlineExceeded) || !e.InDoubt() {
		t.Errorf("got %v, in doubt %v", err, e.InDoubt())
	}
	_, _, err = f.client(t).Calendar(service).Find(ctx, "k")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestAnUnquotedClaimsChallengeDoesNotPanic(t *testing.T) {
	f := newTenant(t, func(_ request, w http.ResponseWriter) {
		w.Header().Set("WWW-Authenticate", "Bearer claims=abc")
		say(w, 401, "{}")
	})
	_, err := f.client(t).Calendar(service).Book(t.Context(), booking())
	asError(t, err)
}

func TestEveryRequestAsksForLastingIdsAndUTCAndCarriesItsTokenUncompressed(t *testing.T) {
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		if strings.HasSuffix(r.Path, "$batch") {
			batchOf(t, r, w, func(in map[string]any) (int, string, string) { return 404, "", "{}" })
			return
		}
		say(w, 200, `{"id":"x","isDraft":true,"value":[],"@odata.deltaLink":"http://`+"x"+`/"}`)
	})
	c := f.client(t)
	long := booking()
	long.Agenda = strings.Repeat("words ", 2000) // the SDK would compress this
	_, _ = c.Calendar(service).Book(t.Context(), long)
	_, _, _ = c.Calendar(service).Find(t.Context(), "k")
	_ = c.Calendar(service).Move(t.Context(), "e", week)
	_ = c.Calendar(service).Cancel(t.Context(), "e", "")
	_, _, _ = c.Watcher(service).Changes(t.Context(), "", week)
	_, _ = c.Mail(service).Draft(t.Context(), ana, message())
	_ = c.Mail(service).Post(t.Context(), "d")
	_, _, _, _ = c.Mail(service).Find(t.Context(), "k")
	_, _, _ = c.Chats().Find(t.Context(), "p", "rp-1")
	_, _ = c.Directory().Members(t.Context(), "g")
	_, _ = c.FreeBusy(service).Busy(t.Context(), []string{"ana@contoso.example"}, week)
	got := f.requests()
	if len(got) < 12 {
		t.Fatalf("only %d requests", len(got))
	}
	for _, r := range got {
		p := strings.Join(r.Header.Values("Prefer"), ", ")
		if !strings.Contains(p, `IdType="ImmutableId"`) || !strings.Contains(p, `outlook.timezone="UTC"`) {
			t.Errorf("%s %s: Prefer %q", r.Method, r.Path, p)
		}
		if r.Header.Get("Authorization") != "Bearer token-1" || r.Header.Get("Content-Encoding") != "" || r.Header.Get("Transfer-Encoding") != "" {
			t.Errorf("%s %s: %v", r.Method, r.Path, r.Header)
		}
		if strings.HasSuffix(r.Path, "$batch") {
			for _, in := range r.inners(t) {
				h, _ := in["headers"].(map[string]any)
				if p, _ := h["Prefer"].(string); !strings.Contains(p, "ImmutableId") || !strings.Contains(p, "UTC") {
					t.Errorf("inner %v without Prefer", in["url"])
				}
			}
		}
	}
}

func TestAThrottledWriteLeavesOnceAndWhole(t *testing.T) {
	// The SDK's own pipeline repeats it, at random with a corrupt body: many clients, one try each.
	f := newTenant(t, func(_ request, w http.ResponseWriter) {
		w.Header().Set("Retry-After", "1")
		say(w, 429, "{}")
	})
	for range 20 {
		_, err := f.client(t).Calendar(service).Book(t.Context(), booking())
		if asError(t, err).RetryAfter() != time.Second {
			t.Errorf("got %v", err)
		}
	}
	got := f.requests()
	if len(got) != 20 {
		t.Errorf("%d requests for 20 calls", len(got))
	}
	for _, r := range got {
		if !strings.Contains(r.plain(t), "transactionId") {
			t.Errorf("a corrupt body: %q", r.Body)
		}
	}
}

func TestAtMostFourRequestsAMailboxAtATime(t *testing.T) {
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		time.Sleep(5 * time.Millisecond)
		say(w, 200, `{"value":[]}`)
	})
	c := f.client(t)
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			if _, _, err := c.Calendar(service).Find(t.Context(), "k"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if f.most > 4 {
		t.Errorf("%d at a time", f.most)
	}
}

// watchedGate counts who is inside, and how many of them came with a batch.
type watchedGate struct {
	mu    sync.Mutex
	names map[string]int
	wrong error
}

func (g *watchedGate) Enter(ctx context.Context, name string, places int, hold time.Duration) (func(), error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.names == nil {
		g.names = map[string]int{}
	}
	g.names[name]++
	if strings.Contains(name, "coach") || hold < 5*time.Second || places < 1 {
		g.wrong = fmt.Errorf("gate %q %d %v", name, places, hold)
	}
	return func() {}, ctx.Err()
}

func TestTheGateHandedInIsUsedUnderAnOpaqueName(t *testing.T) {
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		if strings.HasSuffix(r.Path, "$batch") {
			batchOf(t, r, w, func(in map[string]any) (int, string, string) { return 200, "", `{"value":[]}` })
			return
		}
		say(w, 200, `{"value":[]}`)
	})
	g := &watchedGate{}
	c := f.client(t, func(o *graph.Options) { o.Gate = g })
	_, _, _ = c.Calendar(service).Find(t.Context(), "k")
	_, _, _ = c.Calendar(strings.ToUpper(service)).Find(t.Context(), "k")
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf("p%d@contoso.example", i))
	}
	_, _ = c.FreeBusy(service).Busy(t.Context(), many, week)
	if g.wrong != nil {
		t.Error(g.wrong)
	}
	if len(g.names) != 2 {
		t.Errorf("want one door and its queue for batches, got %v", g.names)
	}
	for name, n := range g.names {
		if want := map[bool]int{true: 1, false: 2 + 4}[strings.HasSuffix(name, "/many")]; n != want {
			t.Errorf("%s: %d entered, want %d", name, n, want)
		}
	}
}

type brokenGate struct{}

func (brokenGate) Enter(context.Context, string, int, time.Duration) (func(), error) {
	return nil, errors.New("redis://user:" + secret + "@cache is gone")
}

func TestABrokenGateMeansLaterAndLeaksNothing(t *testing.T) {
	f := newTenant(t, always(200, `{"value":[]}`))
	_, err := f.client(t, func(o *graph.Options) { o.Gate = brokenGate{} }).Calendar(service).Book(t.Context(), session.Booking{})
	if e := asError(t, err); e.Permanent() || e.InDoubt() || len(f.requests()) != 0 {
		t.Errorf("got %v after %d requests", err, len(f.requests()))
	}
}
