package graph_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// tenant is a Graph that does what a test tells it to, and keeps what it was asked.
type tenant struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []request
	tokens int // handed out
	told   int // how often somebody tried to sign in
	answer func(r request, w http.ResponseWriter)
	sign   func(w http.ResponseWriter, r *http.Request) bool // true: it has answered the sign-in
	inside int
	most   int // the most requests at a time
}

// request is one request to Graph as it arrived.
type request struct {
	Method, Path, Query string
	Header              http.Header
	Body                string
}

const (
	service = "coach@contoso.example"
	secret  = "s3cret-never-shown"
)

// newTenant starts a tenant; it stops with the test.
func newTenant(t testing.TB, answer func(r request, w http.ResponseWriter)) *tenant {
	t.Helper()
	f := &tenant{answer: answer}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *tenant) serve(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "/oauth2/") || strings.Contains(r.URL.Path, "openid-configuration") {
		f.signIn(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	q := request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header, Body: string(body)}
	f.mu.Lock()
	f.asked = append(f.asked, q)
	f.inside++
	f.most = max(f.most, f.inside)
	f.mu.Unlock()
	f.answer(q, w)
	f.mu.Lock()
	f.inside--
	f.mu.Unlock()
}

func (f *tenant) signIn(w http.ResponseWriter, r *http.Request) {
	if f.sign != nil && f.sign(w, r) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.Contains(r.URL.Path, "openid-configuration") {
		https := "https://" + r.Host + "/contoso"
		fmt.Fprintf(w, `{"issuer":"%s/v2.0","authorization_endpoint":"%s/oauth2/v2.0/authorize","token_endpoint":"%s/oauth2/v2.0/token"}`, https, https, https)
		return
	}
	_ = r.ParseForm()
	f.mu.Lock()
	f.told++
	f.mu.Unlock()
	if r.Form.Get("client_secret") != secret || r.Form.Get("scope") != f.URL+"/.default openid offline_access profile" && r.Form.Get("scope") != f.URL+"/.default" {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"invalid_client","error_description":"AADSTS7000215 for ana@contoso.example"}`)
		return
	}
	f.mu.Lock()
	f.tokens++
	n := f.tokens
	f.mu.Unlock()
	fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"token-%d"}`, n)
}

// requests answers what arrived so far.
func (f *tenant) requests() []request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]request(nil), f.asked...)
}

// client speaks with the tenant.
func (f *tenant) client(t testing.TB, change ...func(*graph.Options)) *graph.Client {
	t.Helper()
	o := graph.Options{Tenant: "contoso", ClientID: "0a0a0a0a-0000-4000-8000-000000000001", Secret: secret,
		Graph: f.URL, Login: f.URL, Timeout: 5 * time.Second, BotApp: "bot-app"}
	for _, c := range change {
		c(&o)
	}
	c, err := graph.New(o)
	if err != nil {
		t.Fatalf("the client cannot be made: %v", err)
	}
	return c
}

// say answers JSON.
func say(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; odata.metadata=minimal")
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

// always answers every request alike.
func always(status int, body string) func(request, http.ResponseWriter) {
	return func(_ request, w http.ResponseWriter) { say(w, status, body) }
}

// plain answers the body, unzipped if it was zipped.
func (r request) plain(t testing.TB) string {
	t.Helper()
	if r.Header.Get("Content-Encoding") != "gzip" {
		return r.Body
	}
	z, err := gzip.NewReader(strings.NewReader(r.Body))
	if err != nil {
		t.Fatalf("labelled gzip and is not: %v", err)
	}
	b, _ := io.ReadAll(z)
	return string(b)
}

// inners answers the requests of a batch.
func (r request) inners(t testing.TB) []map[string]any {
	t.Helper()
	var in struct{ Requests []map[string]any }
	if err := json.Unmarshal([]byte(r.Body), &in); err != nil {
		t.Fatalf("not a batch: %v", err)
	}
	return in.Requests
}

// batchOf answers every inner request of a batch with what each says.
func batchOf(t testing.TB, r request, w http.ResponseWriter, each func(inner map[string]any) (status int, headers, body string)) {
	var out []string
	for _, in := range r.inners(t) {
		status, headers, body := each(in)
		if headers == "" {
			headers = `{"Content-Type":"application/json"}`
		}
		if body == "" {
			body = "null"
		}
		out = append(out, fmt.Sprintf(`{"id":%q,"status":%d,"headers":%s,"body":%s}`, in["id"], status, headers, body))
	}
	say(w, 200, `{"responses":[`+strings.Join(out, ",")+`]}`)
}

// week is the window of most tests.
var week = slots.Window{Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)}
