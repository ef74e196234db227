package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, h http.Handler, path string) (int, string, http.Header) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String(), w.Header()
}

func TestReadinessSaysWhatToDoWhileSomethingIsMissing(t *testing.T) {
	var redis error = errors.New("Redis is full; give it more memory")
	h := Handler(Options{Version: "v1", Checks: []Check{
		{"redis", func(context.Context) error { return redis }},
		{"sign-in", func(context.Context) error { return nil }},
	}})
	if code, body, _ := get(t, h, "/readyz"); code != 503 || body != "redis: Redis is full; give it more memory\n" {
		t.Errorf("%d %q", code, body)
	}
	if code, _, _ := get(t, h, "/healthz"); code != 200 {
		t.Error("a program that waits for Redis is alive all the same")
	}
	redis = nil
	if code, body, _ := get(t, h, "/readyz"); code != 200 || body != "ready\n" {
		t.Errorf("%d %q", code, body)
	}
	if _, body, _ := get(t, h, "/version"); body != "v1\n" {
		t.Errorf("version %q", body)
	}
}

func TestACheckThatHangsDoesNotHoldReadinessUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	bad := failing(ctx, []Check{{"slow", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}})
	if len(bad) != 1 || !strings.HasPrefix(bad[0], "slow: ") {
		t.Errorf("%q", bad)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := Handler(Options{Routes: map[string]http.Handler{"GET /x": http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}})
	for _, path := range []string{"/x", "/healthz", "/nowhere"} {
		if _, _, head := get(t, h, path); head.Get("X-Content-Type-Options") != "nosniff" || head.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %v", path, head)
		}
	}
	if code, _, _ := get(t, h, "/nowhere"); code != 404 {
		t.Errorf("unknown page: %d", code)
	}
}

func TestTheServerLetsRunningRequestsFinish(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	began, finish := make(chan bool), make(chan bool)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(began)
			<-finish
			_, _ = io.WriteString(w, "done")
		}))
	}()
	answer := make(chan string, 1)
	go func() {
		r, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		answer <- string(b)
	}()
	<-began
	stop()
	close(finish)
	if got := <-answer; got != "done" {
		t.Errorf("the running request got %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestATakenAddressIsOneClearSentence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := Serve(t.Context(), l.Addr().String(), http.NotFoundHandler()); err == nil || !strings.Contains(err.Error(), "web.listen") {
		t.Errorf("%v", err)
	}
}
