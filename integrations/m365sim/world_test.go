package m365sim

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// monday is when most stories begin: winter, so that clocks are easy to read.
var monday = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

// world is a tenant behind a real server, with a clock one can turn.
type world struct {
	*testing.T
	*Tenant
	srv  *httptest.Server
	mu   sync.Mutex
	at   time.Time
	wall time.Time
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{T: t, at: monday, wall: monday}
	o := Options{Seed: 7, Start: monday, Passive: true, Now: w.time, Wall: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.wall }, Patience: 2 * time.Second}
	for _, c := range change {
		c(&o)
	}
	tenant, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Tenant = tenant
	w.srv = httptest.NewServer(tenant.Handler())
	t.Cleanup(w.srv.Close)
	tenant.ServeAt(w.srv.URL)
	return w
}

func (w *world) time() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.at }

func (w *world) set(at time.Time) { w.mu.Lock(); defer w.mu.Unlock(); w.at = at }

func (w *world) later(d time.Duration) { w.set(w.time().Add(d)) }

func (w *world) wallLater(d time.Duration) { w.mu.Lock(); defer w.mu.Unlock(); w.wall = w.wall.Add(d) }

// result is an answer as a caller sees it.
type result struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
	err    error
}

func (w *world) send(method, path, token string, body any, headers ...string) result {
	w.Helper()
	var src io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		src = strings.NewReader(b)
	case []byte:
		src = bytes.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			w.Fatal(err)
		}
		src = bytes.NewReader(data)
	}
	target := path
	if !strings.HasPrefix(path, "http") {
		target = w.srv.URL + path
	}
	req, err := http.NewRequest(method, target, src)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Prefer" { // several wishes may be said
			req.Header.Add(headers[i], headers[i+1])
		} else {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return result{err: err}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	r := result{status: resp.StatusCode, header: resp.Header, raw: string(raw), err: err}
	_ = json.Unmarshal(raw, &r.body) // not every answer is JSON
	return r
}

// signedIn answers a fresh token for the app and resource.
func (w *world) signedIn(id, secret, resource string) string {
	w.Helper()
	r := w.send("POST", "/"+w.creds.TenantID+"/oauth2/v2.0/token", "", url.Values{"grant_type": {"client_credentials"}, "client_id": {id},
		"client_secret": {secret}, "scope": {resource + "/.default"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	token, _ := r.body["access_token"].(string)
	if token == "" {
		w.Fatalf("no token: %d %s", r.status, r.raw)
	}
	return token
}

func (w *world) graphToken() string {
	return w.signedIn(w.creds.ClientID, w.creds.ClientSecret, "https://graph.microsoft.com")
}

func (w *world) botToken() string { return w.signedIn(w.creds.BotID, w.creds.BotSecret, botAudience) }

// api calls Graph and wants the status.
func (w *world) api(want int, method, path string, body any, headers ...string) result {
	w.Helper()
	r := w.send(method, path, w.graphToken(), body, append(headers, "Prefer", `IdType="ImmutableId"`)...)
	if r.status != want {
		w.Fatalf("%s %s: %d, want %d: %s %v", method, path, r.status, want, r.raw, r.err)
	}
	return r
}

// conn calls the connector and wants the status.
func (w *world) conn(want int, method, path string, body any) result {
	w.Helper()
	r := w.send(method, path, w.botToken(), body)
	if r.status != want {
		w.Fatalf("%s %s: %d, want %d: %s", method, path, r.status, want, r.raw)
	}
	return r
}

func (r result) code() string {
	e, _ := r.body["error"].(map[string]any)
	s, _ := e["code"].(string)
	return s
}

func (r result) list() []map[string]any {
	var out []map[string]any
	value, _ := r.body["value"].([]any)
	for _, v := range value {
		o, _ := v.(map[string]any)
		out = append(out, o)
	}
	return out
}

func (r result) str(key string) string { s, _ := r.body[key].(string); return s }

// employees are those who could take part today.
func (w *world) employees() []*person {
	var out []*person
	people, _ := w.groups[0].members(true, w.time())
	for _, p := range people {
		if p.Purpose == "user" && !p.Guest && !p.Disabled && !p.NoMailbox {
			out = append(out, p)
		}
	}
	return out
}

func (w *world) box() string { return "/v1.0/users/" + url.PathEscape(w.creds.ServiceMailbox) }

const keyProperty = "String {6b1d5c1e-8f0a-4c55-9a53-2f7e0f6c7a10} Name RapportKey"

// booking is a meeting as the program under test would book it.
func (w *world) booking(key string, start time.Time, guests ...*person) map[string]any {
	var attendees []any
	for _, p := range guests {
		attendees = append(attendees, map[string]any{"@odata.type": "#microsoft.graph.attendee", "type": "required", "emailAddress": map[string]any{"address": p.Mail, "name": p.Name}})
	}
	return map[string]any{"subject": "Listening sprint", "body": map[string]any{"contentType": "html", "content": "<p>Agenda</p>"},
		"start": stampOf(start, "UTC"), "end": stampOf(start.Add(45*time.Minute), "UTC"), "attendees": attendees, "isOnlineMeeting": true,
		"onlineMeetingProvider": "teamsForBusiness", "transactionId": "tx-" + key,
		"singleValueExtendedProperties": []any{map[string]any{"id": keyProperty, "value": key}}}
}

// open opens a chat with somebody who has the app.
func (w *world) open(p *person) string {
	w.Helper()
	return w.conn(201, "POST", "/v3/conversations", map[string]any{"bot": map[string]any{"id": "28:" + w.creds.BotID}, "members": []any{map[string]any{"id": p.ID}},
		"isGroup": false, "tenantId": w.creds.TenantID, "channelData": map[string]any{"tenant": map[string]any{"id": w.creds.TenantID}}}).str("id")
}

func (w *world) withApp() *person {
	for _, p := range w.employees() {
		if p.Installed && !p.OldClient {
			return p
		}
	}
	w.Fatal("nobody has the app")
	return nil
}

// card is a small adaptive card with the given verbs as buttons.
func card(id, ref string, inputs []any, verbs ...string) map[string]any {
	var actions []any
	for _, v := range verbs {
		data := map[string]any{"verb": v, "ref": ref, "version": 1}
		actions = append(actions, map[string]any{"type": "Action.Execute", "title": v, "verb": v, "data": data, "fallback": map[string]any{"type": "Action.Submit", "title": v, "data": data}})
	}
	items := append([]any{map[string]any{"type": "TextBlock", "text": "Card about " + ref}}, inputs...)
	return map[string]any{"type": "AdaptiveCard", "version": "1.5", "body": []any{map[string]any{"type": "Container", "id": id, "items": items}}, "actions": actions}
}

func withCard(c map[string]any) map[string]any {
	return map[string]any{"type": "message", "attachments": []any{map[string]any{"contentType": cardType, "content": c}}}
}

// bot is the program on the other side: it writes down what it hears and answers clicks.
type bot struct {
	mu     sync.Mutex
	srv    *httptest.Server
	heard  []map[string]any
	auth   []string
	answer func(a map[string]any) (int, any)
}

func (w *world) connectBot(answer func(a map[string]any) (int, any)) *bot {
	b := &bot{answer: answer}
	b.srv = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var a map[string]any
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			rw.WriteHeader(http.StatusBadRequest)
			return
		}
		b.mu.Lock()
		b.heard, b.auth = append(b.heard, a), append(b.auth, r.Header.Get("Authorization"))
		b.mu.Unlock()
		status, body := http.StatusOK, any(nil)
		if b.answer != nil {
			status, body = b.answer(a)
		}
		rw.WriteHeader(status)
		if body != nil {
			_ = json.NewEncoder(rw).Encode(body)
		}
	}))
	w.Cleanup(b.srv.Close)
	w.Connect(b.srv.URL + "/api/messages")
	return b
}

func (b *bot) all() []map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]map[string]any(nil), b.heard...)
}

// thanks replaces a clicked card with one that asks nothing.
func thanks(a map[string]any) (int, any) {
	if a["type"] != "invoke" {
		return http.StatusAccepted, nil
	}
	return http.StatusOK, map[string]any{"statusCode": 200, "type": cardType, "value": card("rp-thanks", "", nil)}
}

// playUntil lets the virtual clock jump from act to act until the moment.
func (w *world) playUntil(end time.Time) int {
	w.Helper()
	total := 0
	for {
		next, any := w.Next()
		if !any || next.After(end) {
			w.set(end)
			return total
		}
		if next.After(w.time()) {
			w.set(next)
		}
		n, err := w.Step(context.Background())
		if err != nil {
			w.Fatal(err)
		}
		total += n
	}
}

func zipped(v any) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_ = json.NewEncoder(z).Encode(v)
	_ = z.Close()
	return b.Bytes()
}

func whats(entries []Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.What)
	}
	return strings.Join(out, " ")
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(fmt.Sprint("bad test time ", s))
	}
	return t.UTC()
}
