package web

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

var signing = sync.OnceValues(func() (own, other *rsa.PrivateKey) {
	own, _ = rsa.GenerateKey(rand.Reader, 2048)
	other, _ = rsa.GenerateKey(rand.Reader, 2048)
	return own, other
})

// entra is a sign-in service that says what a test wants it to say.
type entra struct {
	*httptest.Server
	change func(head, claims map[string]any)
	key    func(text string) []byte // signs; nil = as Entra does
	status int                      // of the token request, 0 = 200
	asked  url.Values
}

const (
	tenantID = "11111111-2222-3333-4444-555555555555"
	clientID = "66666666-7777-8888-9999-000000000000"
)

func b64(v any) string {
	data, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(data)
}

func rs256(key *rsa.PrivateKey, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	out, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return out
}

func newEntra(t testing.TB, nonce func() string) *entra {
	own, _ := signing()
	e := &entra{change: func(_, _ map[string]any) {}}
	mux := http.NewServeMux()
	mux.HandleFunc("/"+tenantID+"/discovery/v2.0/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]string{"kty": "RSA", "use": "sig", "kid": "k",
			"n": base64.RawURLEncoding.EncodeToString(own.N.Bytes()), "e": "AQAB"}}})
	})
	mux.HandleFunc("/"+tenantID+"/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		e.asked = r.PostForm
		w.Header().Set("Content-Type", "application/json")
		if e.status != 0 {
			w.WriteHeader(e.status)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
		head := map[string]any{"alg": "RS256", "kid": "k", "typ": "JWT"}
		claims := map[string]any{"iss": e.URL + "/" + tenantID + "/v2.0", "aud": clientID, "tid": tenantID, "oid": "ana", "sub": "s", "name": "Ana Alves",
			"nonce": nonce(), "iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Add(time.Hour).Unix()}
		e.change(head, claims)
		text := b64(head) + "." + b64(claims)
		sig := rs256(own, text)
		if e.key != nil {
			sig = e.key(text)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": text + "." + base64.RawURLEncoding.EncodeToString(sig)})
	})
	e.Server = httptest.NewServer(mux)
	t.Cleanup(e.Close)
	return e
}

// shelf is everything the pages behind the sign-in need, from memory.
type memory struct {
	mu    sync.Mutex
	kept  map[string][]byte
	down  error
	known []Known
	state State
	halts []string
	bench
}

// bench is a workshop in memory, with the rules of curation.
type bench struct {
	offer  bool
	hand   curation.Hand
	all    []curation.Contribution
	living playbooks.Library
}

func (b *bench) May(_ context.Context, who roster.ID) (bool, curation.Hand, error) {
	hand := b.hand
	hand.ID = who
	return b.offer, hand, nil
}
func (b *bench) Offers(_ context.Context, of roster.ID) (found []curation.Contribution, err error) {
	for _, o := range b.all {
		if of == "" || o.By == of {
			found = append(found, o)
		}
	}
	return found, nil
}
func (b *bench) Propose(_ context.Context, who roster.ID, d curation.Draft) (curation.Contribution, []curation.Problem, error) {
	if problems := d.Check(b.living); len(problems) > 0 {
		return curation.Contribution{}, problems, nil
	}
	for _, o := range b.all {
		if o.By == who && o.Draft.Key == d.Key {
			return o, nil, nil
		}
	}
	b.all = append(b.all, curation.Contribution{ID: "o" + strconv.Itoa(len(b.all)+1), Draft: d, By: who, State: curation.Proposed, At: noon, Since: noon})
	return b.all[len(b.all)-1], nil, nil
}
func (b *bench) Decide(_ context.Context, by curation.Hand, id string, d curation.Decision) (curation.Contribution, []curation.Problem, error) {
	for i, o := range b.all {
		if o.ID == id {
			next, err := o.Decide(by, d, noon)
			if err == nil {
				b.all[i] = next
			}
			return next, nil, err
		}
	}
	return curation.Contribution{}, nil, curation.ErrClosed
}
func (b *bench) Findings(context.Context) ([]curation.Finding, error) {
	return []curation.Finding{{Code: curation.FindGapSkill, Text: "Nothing practises <patience>.", Action: "Ask somebody for a first playbook."}}, nil
}
func (b *bench) Stories(_ context.Context, playbook string) (found []curation.Tale, err error) {
	for _, o := range b.all {
		if tale, ok := o.Tell(); ok && tale.Playbook == playbook {
			found = append(found, tale)
		}
	}
	return found, nil
}

func (m *memory) Put(_ context.Context, id string, record []byte, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[id] = record
	return m.down
}
func (m *memory) Get(_ context.Context, id string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[id], m.down
}
func (m *memory) Drop(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, id)
	return m.down
}
func (m *memory) Known(context.Context, roster.ID) ([]Known, error) { return m.known, m.down }
func (m *memory) ChampionOf(_ context.Context, who roster.ID) ([]string, error) {
	return []string{"peers"}, nil
}
func (m *memory) Admin(context.Context, roster.ID) (bool, error)         { return true, nil }
func (m *memory) State(context.Context) (State, error)                   { return m.state, m.down }
func (m *memory) Cancel(context.Context, roster.ID, string) (int, error) { return 3, nil }
func (m *memory) Halt(_ context.Context, who roster.ID, on bool, reason string) error {
	m.halts = append(m.halts, reason)
	return m.down
}
func (m *memory) Checks() []Check {
	return []Check{{"redis", func(context.Context) error { return nil }}, {"sign-in", func(context.Context) error { return errors.New("Renew the client secret.") }}}
}
func (m *memory) Reach(context.Context, string) (Reach, error) {
	return Reach{Name: "Peer coaching", Round: 7, Least: 5, Reached: []string{"Ana Alves", "Ben Brandt"}, Unreached: []Reason{{"Cleo <Costa>", "Not asked yet."}},
		Waiting: []Reason{{"Dan, Eve", "Whenever you all work, a calendar is full."}}, Figures: []Figure{{"Take part", "about 60 %"}, {"Met", ""}}, Pulses: []PulseResult{{"2026-10", "withheld"}}}, m.down
}
func (m *memory) Feed(context.Context, string, roster.ID) (Feed, bool, error) {
	return Feed{Name: "Peer coaching"}, true, m.down
}

// manor is the pages behind a sign-in with a sign-in service of its own.
type manor struct {
	*site
	entra   *entra
	memory  *memory
	wall    time.Time
	cookies map[string]string
}

func newManor(t testing.TB, public string) *manor {
	t.Helper()
	s := newSite(t)
	m := &manor{site: s, wall: noon, cookies: map[string]string{}}
	nonce := ""
	m.entra = newEntra(t, func() string { return nonce })
	m.memory = &memory{kept: map[string][]byte{}, known: []Known{sample("en")}, state: sampleState}
	in, err := NewSignIn(Entra{Login: m.entra.URL, Tenant: tenantID, ClientID: clientID, Secret: func() string { return "hush" }, Public: public},
		make([]byte, 32), func() time.Time { return m.wall })
	if err != nil {
		t.Fatal(err)
	}
	library, err := playbooks.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	m.memory.bench = bench{offer: true, living: library}
	living := func() playbooks.Library { return m.memory.living }
	inside := Inside{Pages: Pages{Links: s.links, Desk: s.desk, Library: func() playbooks.Library { return library }, Now: func() time.Time { return s.now }, Within: true}, SignIn: in, Sessions: m.memory,
		Mine: m.memory, Roles: m.memory, Champion: m.memory, Admin: m.memory, Feeds: m.memory, Workshop: &m.memory.bench, Curation: &m.memory.bench, Living: living}
	routes := inside.Routes()
	routes["GET /static/{name}"] = s.Handler
	routes["/"] = s.Handler
	next := Handler(Options{Routes: routes})
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("nonce-of"); to != "" {
			u, _ := url.Parse(to)
			nonce = u.Query().Get("nonce")
		}
		next.ServeHTTP(w, r)
	})
	return m
}

// ask sends a request with the browser's cookies and keeps those it is given.
func (m *manor) ask(method, path string, form url.Values, head ...string) *httptest.ResponseRecorder {
	m.t.Helper()
	var jar []string
	for k, v := range m.cookies {
		jar = append(jar, k+"="+v)
	}
	w := m.do(method, path, form, append(head, "Cookie", strings.Join(jar, "; "))...)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(m.cookies, c.Name)
		} else {
			m.cookies[c.Name] = c.Value
		}
	}
	return w
}

// come leaves for Entra and comes back, and answers what the last page says.
func (m *manor) come(to string) *httptest.ResponseRecorder {
	m.t.Helper()
	away := m.ask("GET", "/sign-in?to="+url.QueryEscape(to), nil).Header().Get("Location")
	u, err := url.Parse(away)
	if err != nil {
		m.t.Fatal(err)
	}
	return m.ask("GET", BackPath+"?"+url.Values{"code": {"c"}, "state": {u.Query().Get("state")}, "nonce-of": {away}}.Encode(), nil)
}
