// Package web is the server that people, probes and Microsoft 365 reach.
//
// It makes one handler from the checks and routes it is handed: whether the program is
// alive, whether it is ready, which version it is, the bot's address, and the pages that
// people see: the form behind a mail's link, the library, how it all works, and behind a
// sign-in one's own page, what one offers for the library, and the desks of curators, champions
// and administrators. Links are signed and say who may press what. It never acts on a GET, never
// knows what a route does, needs no script, and never shows more of a failing check than the
// check's own sentence. What arrives goes to the routes' owners; what people answer goes to the
// Desk, what they offer to the Workshop.
package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Check is something that must be true for the program to be ready.
type Check struct {
	Name  string                          // one word
	Probe func(ctx context.Context) error // nil = true; the error is one sentence that says what to do
}

// Options are what the server answers with.
type Options struct {
	Version string
	Checks  []Check
	Routes  map[string]http.Handler // by net/http pattern, "POST /api/messages"
}

// probeWithin bounds all checks together: the prober gives up earlier than the default of
// Kubernetes would be kind to.
const probeWithin = 5 * time.Second

// Handler answers /healthz (alive, and which version), /readyz (200, or 503 with a line for each failing
// check), /version, and the routes.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive,", o.Version) })
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, o.Version) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), probeWithin)
		defer cancel()
		bad := failing(ctx, o.Checks)
		if len(bad) == 0 {
			fmt.Fprintln(w, "ready")
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		for _, line := range bad {
			fmt.Fprintln(w, line)
		}
	})
	for pattern, h := range o.Routes {
		mux.Handle(pattern, h)
	}
	return guarded(mux)
}

// failing runs all checks at the same time and answers a line for each that fails, in their
// order.
func failing(ctx context.Context, checks []Check) []string {
	lines := make([]string, len(checks))
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() {
			if err := c.Probe(ctx); err != nil {
				lines[i] = c.Name + ": " + err.Error()
			}
		})
	}
	all.Wait()
	var bad []string
	for _, l := range lines {
		if l != "" {
			bad = append(bad, l)
		}
	}
	return bad
}

// guarded sets the headers that every answer needs: nothing here is meant for a browser to
// guess about, frame or keep.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// The server's patience. The longest answer is the bot's, which takes at most ten seconds.
const (
	headerWithin = 5 * time.Second
	readWithin   = 15 * time.Second
	writeWithin  = 20 * time.Second
	idleFor      = 2 * time.Minute
	finishWithin = 9 * time.Second // after the end was asked for; a pod is gone after that
	mostHeader   = 32 << 10
)

// Serve answers on the address until ctx ends, and then lets running requests finish.
func Serve(ctx context.Context, listen string, h http.Handler) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("web: nobody can listen on %s: is another program there? Choose another web.listen", listen)
	}
	return serve(ctx, l, h)
}

func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: headerWithin, ReadTimeout: readWithin,
		WriteTimeout: writeWithin, IdleTimeout: idleFor, MaxHeaderBytes: mostHeader}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("web: the server stopped: %w", err)
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
	defer cancel()
	if err := server.Shutdown(finish); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("web: requests were cut off at the end: %w", err)
	}
	return nil
}
