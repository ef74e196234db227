package main

import (
	"bufio"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

const (
	benchTenant  = "22222222-bbbb-4bbb-8bbb-222222222222"
	benchBot     = "11111111-aaaa-4aaa-8aaa-111111111111"
	benchPeople  = 64
	benchHands   = 8 // people who press at the same time
	benchLong    = 5 * time.Second
	answerWithin = 50 * time.Millisecond // ninety-nine of a hundred answers, the write included
	roomy        = 64                    // MB resident
)

// connector plays the part of the Bot Connector that a press needs: keys and signatures.
type connector struct {
	*httptest.Server
	key *rsa.PrivateKey
}

func newConnector(b *testing.B) *connector {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	c := &connector{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("/botframework/v1/.well-known/openidconfiguration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"jwks_uri": c.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{"kid": "k", "kty": "RSA", "endorsements": []string{"msteams"},
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}}})
	})
	c.Server = httptest.NewServer(mux)
	b.Cleanup(c.Close)
	return c
}

// sign makes the token that comes with every activity.
func (c *connector) sign(b *testing.B) string {
	part := func(v any) string {
		raw, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	said := part(map[string]string{"alg": "RS256", "kid": "k", "typ": "JWT"}) + "." + part(map[string]any{
		"iss": "https://api.botframework.com", "aud": benchBot, "serviceurl": c.URL + "/", "exp": time.Now().Add(time.Hour).Unix()})
	sum := sha256.Sum256([]byte(said))
	signature, err := rsa.SignPKCS1v15(rand.Reader, c.key, crypto.SHA256, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	return said + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// press is a button pressed by a person, as it comes over the network.
func (c *connector) press(token, person, verb string, version int) []byte {
	body, _ := json.Marshal(map[string]any{
		"type": "invoke", "name": "adaptiveCard/action", "id": fmt.Sprint(version), "channelId": "msteams", "serviceUrl": c.URL + "/", "locale": "en",
		"replyToId": "card", "from": map[string]string{"id": "29:" + person, "aadObjectId": person}, "recipient": map[string]string{"id": "28:" + benchBot},
		"conversation": map[string]any{"id": "a:" + person, "conversationType": "personal", "tenantId": benchTenant},
		"value":        map[string]any{"action": map[string]any{"verb": verb, "data": map[string]any{"verb": verb, "version": version}}},
	})
	return fmt.Appendf(nil, "POST /api/messages HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", token, len(body), body)
}

// BenchmarkPressesWithADurableWrite lets people press for a while: rapport is a process of its
// own on one core, checks every token in full, and answers only when Redis has the answer on
// its disk. Every answered press must then be found there.
func BenchmarkPressesWithADurableWrite(b *testing.B) {
	server, c := redistest.Start(b, redistest.AppendOnly("always")), newConnector(b)
	st, err := store.Open(b.Context(), store.Options{URL: server.URL(), Tenant: benchTenant})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close() })
	written := staff(b, st)
	rapport, address := waiter(b, c, server.URL())
	for b.Loop() {
		took := c.everybodyPresses(b, address)
		slices.Sort(took)
		if n := versions(b, st) - written; n != int64(len(took)) {
			b.Errorf("%d presses were answered and %d written", len(took), n)
		}
		written += int64(len(took))
		p99 := took[len(took)*99/100]
		b.ReportMetric(float64(len(took))/benchLong.Seconds(), "answers/s")
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(p99.Microseconds())/1000, "p99-ms")
		room := resident(rapport)
		b.ReportMetric(room, "RSS-MB")
		if p99 > answerWithin {
			b.Errorf("one in a hundred waits longer than %v, want at most %v; half of %d wait %v", p99, answerWithin, len(took), took[len(took)/2])
		}
		if room > roomy {
			b.Errorf("%.0f MB resident, want at most %d", room, roomy)
		}
	}
}

func benchPerson(i int) string { return fmt.Sprintf("44444444-dddd-4ddd-8ddd-%012d", i) }

// staff are people who take part.
func staff(b *testing.B, st *store.Store) (written int64) {
	b.Helper()
	for i := range benchPeople {
		id := benchPerson(i)
		m := roster.Member{Programme: "peers", Person: roster.Person{ID: roster.ID(id), Name: "Somebody", Language: "en"}, Standing: roster.In}
		if ok, err := st.Save(b.Context(), jobs.MemberNoun, "peers."+id, 0, m, nil); err != nil || !ok {
			b.Fatal(ok, err)
		}
		written++
	}
	return written
}

// versions is how often all members were written, ever.
func versions(b *testing.B, st *store.Store) (n int64) {
	b.Helper()
	for i := range benchPeople {
		var m roster.Member
		v, err := st.Load(b.Context(), jobs.MemberNoun, "peers."+benchPerson(i), &m)
		if err != nil {
			b.Fatal(err)
		}
		n += v
	}
	return n
}

// waiter is "rapport run --only web" in a process of its own.
func waiter(b *testing.B, c *connector, redis string) (*process, string) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	dir := b.TempDir()
	file := filepath.Join(dir, "rapport.yaml")
	yaml := simYAML(m365sim.Credentials{TenantID: benchTenant, ClientID: "55555555-eeee-4eee-8eee-555555555555", BotID: benchBot,
		GroupID: "66666666-ffff-4fff-8fff-666666666666", ServiceMailbox: "coaching@contoso.example"}, c.URL, redis, "", demoStart)
	if err := os.WriteFile(file, []byte(yaml+"web:\n  listen: "+address+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	p := &process{name: "rapport", log: filepath.Join(dir, "rapport.log"), args: []string{"run", "--config", file, "--only", "web"},
		env: []string{"GOMAXPROCS=1", "RAPPORT_TENANT_CLIENT_SECRET=hush", "RAPPORT_BOT_APP_SECRET=hush"}}
	if err := p.start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.kill)
	for end := time.Now().Add(killReady); ; time.Sleep(50 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return p, address
		}
		if time.Now().After(end) || !p.running() {
			b.Fatalf("rapport did not start: %s", p.printed())
		}
	}
}

// everybodyPresses answers how long each press took.
func (c *connector) everybodyPresses(b *testing.B, address string) (took []time.Duration) {
	b.Helper()
	token := c.sign(b)
	ctx, cancel := context.WithTimeout(b.Context(), benchLong)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for hand := range benchHands {
		wg.Go(func() {
			mine, err := c.presses(ctx, address, token, hand)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			if err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	if len(took) < 100 {
		b.Fatalf("only %d answers", len(took))
	}
	return took
}

// presses are those of one hand, for its share of the people: they pause and come back.
func (c *connector) presses(ctx context.Context, address, token string, hand int) (took []time.Duration, err error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for round := 1; ctx.Err() == nil || round%2 == 0; round++ { // in the end everybody is back
		verb := prompt.Pause
		if round%2 == 0 {
			verb = prompt.Resume
		}
		for i := hand; i < benchPeople; i += benchHands {
			request := c.press(token, benchPerson(i), verb, round)
			start := time.Now()
			if _, err := conn.Write(request); err != nil {
				return took, err
			}
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				return took, err
			}
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != 200 || !strings.Contains(string(body), `"statusCode":200`) {
				return took, fmt.Errorf("answered %d %.200s %v", res.StatusCode, body, err)
			}
			took = append(took, time.Since(start))
		}
	}
	return took, nil
}

// resident is the most memory a process has had resident, in MB; 0 where /proc does not say.
func resident(p *process) float64 {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	for _, l := range strings.Split(string(raw), "\n") {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.Atoi(f[1])
			return float64(kb) / 1024
		}
	}
	return 0
}
