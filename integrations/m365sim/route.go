package m365sim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// call is one request as a handler sees it, from outside or from inside a batch.
type call struct {
	r     *http.Request
	args  []string // what stood at the {} of the route
	body  []byte   // decompressed
	query url.Values
	base  string // scheme and host the caller used, for links
	inner bool   // part of a $batch
	bay   *bay   // of a call of a $batch to a mailbox: the places it shares with the others
}

// reply is what a handler answers; a nil body is no body at all.
type reply struct {
	status int
	body   any
	header map[string]string
}

// route binds a method and a path to a handler. Handlers run with the tenant locked,
// except those that are free.
type route struct {
	method, path string
	do           func(*Tenant, *call) reply
	free         bool
}

const maxBody = 4 << 20 // what Graph takes in one request

// serve sends every request to the part of the tenant it is for.
func (t *Tenant) serve(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/sim/"):
		t.serveSim(w, r)
	case strings.HasPrefix(path, "/v1.0/"):
		t.outside(w, r, t.graph)
	case strings.HasPrefix(path, "/v3/"):
		t.outside(w, r, t.connector)
	case strings.Contains(path, "/oauth2/") || strings.Contains(path, "/discovery/") || strings.Contains(path, "/.well-known/"):
		t.outside(w, r, t.signIn)
	case t.opts.Desk != nil && (path == "/" || path == "/desk" || strings.HasPrefix(path, "/desk/")):
		t.opts.Desk.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// outside answers one request of the program under test: it reads and unpacks the body,
// lets limits and faults have their say, and writes the reply in one go.
func (t *Tenant) outside(w http.ResponseWriter, r *http.Request, answer func(*call) reply) {
	c := &call{r: r, query: r.URL.Query(), base: baseOf(r)}
	t.mu.Lock()
	t.counts.Requests++
	if t.opts.URL == "" {
		t.base = c.base
	}
	t.mu.Unlock()
	body, err := readBody(r)
	if err != nil {
		send(w, graphError(http.StatusBadRequest, "BadRequest", "Unable to read the request body."))
		return
	}
	c.body = body
	out, drop := t.misbehave(c, answer)
	if drop {
		panic(http.ErrAbortHandler) // net/http closes the connection without a word
	}
	send(w, out)
}

func readBody(r *http.Request) ([]byte, error) {
	src := io.Reader(http.MaxBytesReader(nil, r.Body, maxBody))
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(src)
		if err != nil {
			return nil, err
		}
		src = io.LimitReader(z, maxBody)
	}
	return io.ReadAll(src)
}

func send(w http.ResponseWriter, out reply) {
	var data []byte
	if out.body != nil {
		var ok bool
		if data, ok = out.body.([]byte); !ok {
			data = encode(out.body)
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
		}
	}
	for k, v := range out.header {
		w.Header().Set(k, v)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(out.status)
	_, _ = w.Write(data) // a client that left is not our trouble
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("m365sim: " + err.Error()) // only our own values get here
	}
	return b.Bytes()
}

// baseOf answers the address the caller used for us.
func baseOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// find looks the route up: paths are compared without case, "delta()" and
// "microsoft.graph.delta()" are "delta", and arguments are unescaped one by one.
func find(routes []route, method, escaped string) (route, []string, bool) {
	segments := strings.Split(strings.Trim(escaped, "/"), "/")
	known := false
	for _, rt := range routes {
		if args, ok := match(strings.Split(strings.Trim(rt.path, "/"), "/"), segments); ok {
			if rt.method == method {
				return rt, args, true
			}
			known = true
		}
	}
	return route{}, nil, known
}

func match(pattern, segments []string) ([]string, bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	var args []string
	for i, want := range pattern {
		got, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		if want == "{}" {
			if got == "" {
				return nil, false
			}
			args = append(args, got)
			continue
		}
		plain := strings.TrimSuffix(strings.ToLower(got), "()")
		if plain != strings.ToLower(want) && plain != "microsoft.graph."+strings.ToLower(want) {
			return nil, false
		}
	}
	return args, true
}

// decode reads the body into v; the names of fields are compared without case, as the SDK
// sends some in PascalCase.
func (c *call) decode(v any) bool { return len(c.body) > 0 && json.Unmarshal(c.body, v) == nil }

// prefer answers the value of one preference of the Prefer headers.
func (c *call) prefer(name string) string {
	for _, h := range c.r.Header.Values("Prefer") {
		if m := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(name) + `\s*=\s*"?([^",;]+)"?`).FindStringSubmatch(h); m != nil {
			return strings.TrimSpace(m[1])
		}
	}
	return ""
}

// zone answers the zone in which the caller wants times; ok is false for one we do not know.
func (c *call) zone() (string, bool) {
	name := or(c.prefer("outlook.timezone"), "UTC")
	_, err := location(name)
	return name, err == nil
}

func graphError(status int, code, message string) reply {
	return reply{status: status, body: map[string]any{"error": map[string]any{"code": code, "message": message,
		"innerError": map[string]any{"date": time.Now().UTC().Format("2006-01-02T15:04:05"), "request-id": "00000000-0000-4000-a000-000000000000"}}}}
}

func ok(body any) reply { return reply{status: http.StatusOK, body: body} }
