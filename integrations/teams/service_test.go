package teams

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	app    = "11111111-aaaa-4aaa-8aaa-111111111111"
	tenant = "22222222-bbbb-4bbb-8bbb-222222222222"
	ana    = "33333333-cccc-4ccc-8ccc-333333333333"
)

// signing keys are made once: they are slow to make.
var (
	teamsKey    = newKey(2048)
	strangerKey = newKey(2048)
	weakKey     = newKey(1024)
)

func newKey(bits int) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return k
}

// call is one request that reached the connector.
type seen struct {
	Method, Path, Token string
	Body                map[string]any
}

// reply is what the connector answers next.
type reply struct {
	status int
	body   string
	header map[string]string
	drop   bool // hang up after reading the request
}

// service plays sign-in, key document and Bot Connector on one loopback address.
type service struct {
	*httptest.Server
	mu       sync.Mutex
	now      time.Time
	calls    []seen
	replies  []reply // served before the usual answer
	tokens   int     // tokens handed out
	metadata int     // times the key document was read
	down     bool    // the key document
	refuse   bool    // sign-in
	life     int     // seconds a token lives
	keys     []map[string]any
}

func newService(t testing.TB) *service {
	t.Helper()
	s := &service{now: at, life: 3600}
	s.keys = []map[string]any{jwkOf("teams", teamsKey, "msteams"), jwkOf("skype", teamsKey, "skype"), jwkOf("both", teamsKey, "msteams", "directline"), jwkOf("bare", teamsKey), jwkOf("weak", weakKey, "msteams")}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("GET /metadata", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.metadata++
		if s.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"jwks_uri": s.URL + "/keys"})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": s.keys})
	})
	mux.HandleFunc("/v3/", s.connector)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func jwkOf(kid string, k *rsa.PrivateKey, endorsements ...string) map[string]any {
	return map[string]any{"kid": kid, "kty": "RSA", "use": "sig", "endorsements": endorsements,
		"n": base64.RawURLEncoding.EncodeToString(k.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.E)).Bytes())}
}

func (s *service) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens++
	if s.refuse || r.FormValue("client_secret") != "hush" || r.FormValue("client_id") != app || r.FormValue("scope") != "bot/.default" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"secret hush of bot is wrong"}`)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"token_type": "Bearer", "expires_in": s.life, "access_token": "token-" + string(rune('0'+s.tokens))})
}

func (s *service) connector(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := seen{Method: r.Method, Path: r.URL.EscapedPath(), Token: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}
	_ = json.NewDecoder(r.Body).Decode(&c.Body)
	s.calls = append(s.calls, c)
	if len(s.replies) > 0 {
		next := s.replies[0]
		s.replies = s.replies[1:]
		if next.drop {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
			return
		}
		if next.status != 0 {
			for k, v := range next.header {
				w.Header().Set(k, v)
			}
			w.WriteHeader(next.status)
			_, _ = io.WriteString(w, next.body)
			return
		}
	}
	w.WriteHeader(http.StatusCreated)
	if r.URL.Path == "/v3/conversations" {
		_, _ = io.WriteString(w, `{"id":"a:new/chat"}`)
		return
	}
	_, _ = io.WriteString(w, `{"id":"f:activity;1"}`)
}

// next lines up answers; a zero reply stands for the usual one.
func (s *service) next(replies ...reply) { s.replies = append(s.replies, replies...) }

// paths is what reached the connector, in order.
func (s *service) paths() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		out = append(out, c.Method+" "+c.Path)
	}
	return out
}

func (s *service) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *service) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// options are those of a bot that lives on the pretend service.
func (s *service) options(log *strings.Builder) Options {
	return Options{
		App: app, Tenant: tenant, Secret: func() (string, error) { return "hush", nil }, Notes: &notebook{}, Pace: atOnce{}, Now: s.clock,
		Endpoints: Endpoints{Token: s.URL + "/token", Scope: "bot/.default", Metadata: s.URL + "/metadata", Issuer: "https://api.botframework.com", Service: s.URL},
		Log:       slog.New(slog.NewTextHandler(&locked{w: log}, nil)),
	}
}

func (s *service) client(t testing.TB, change ...func(*Options)) *Client {
	t.Helper()
	o := s.options(&strings.Builder{})
	for _, f := range change {
		f(&o)
	}
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sign makes the token that the service would send with an activity.
func (s *service) sign(change ...func(*jwt.Token)) string {
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "https://api.botframework.com", "aud": app, "serviceurl": s.URL,
		"nbf": s.clock().Unix(), "exp": s.clock().Add(time.Hour).Unix(),
	})
	t.Header["kid"] = "teams"
	for _, f := range change {
		f(t)
	}
	raw, err := t.SignedString(teamsKey)
	if err != nil {
		panic(err)
	}
	return raw
}

type locked struct {
	mu sync.Mutex
	w  *strings.Builder
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// notebook is Notes in memory.
type notebook struct {
	mu   sync.Mutex
	m    map[string]string
	fail error
}

func (n *notebook) Recall(_ context.Context, key string) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return []byte(n.m[key]), n.fail
}

func (n *notebook) Remember(_ context.Context, key string, value []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.m == nil {
		n.m = map[string]string{}
	}
	n.m[key] = string(value)
	return n.fail
}

func (n *notebook) len() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, v := range n.m {
		if v != "" {
			count++
		}
	}
	return count
}

// atOnce is a pace without limits: the pretend clock stands still.
type atOnce struct{}

func (atOnce) Turn(context.Context, string, map[time.Duration]int, time.Duration) (time.Duration, error) {
	return 0, nil
}

func (atOnce) Rest(context.Context, string, time.Duration) error { return nil }

func (atOnce) Enter(context.Context, string, int, time.Duration) (func(), error) {
	return func() {}, nil
}
