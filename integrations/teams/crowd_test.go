package teams

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// crowd plays the Bot Connector for a whole company on the clock of a synctest bubble, with
// the limits as Microsoft writes them, and remembers which cards every chat has been shown.
type crowd struct {
	mu        sync.Mutex
	dice      *rand.Rand
	shown     map[string][]string // card ids by conversation
	all       []time.Time         // accepted within the last second
	chats     map[string][]time.Time
	inside    map[string]bool // conversations with a request under way
	throttled int
	collided  int
	worst     int // accepted within any second
}

func newCrowd(seed uint64) *crowd {
	return &crowd{dice: rand.New(rand.NewPCG(seed, 1)), shown: map[string][]string{}, chats: map[string][]time.Time{}, inside: map[string]bool{}}
}

// options are those of one replica: everything it shares with the others is handed in.
func (c *crowd) options(notes Notes, pace Pace) Options {
	return Options{App: app, Tenant: tenant, Secret: func() (string, error) { return "hush", nil }, Notes: notes, Pace: pace, Now: time.Now,
		Endpoints: Endpoints{Token: "https://login.example/token", Scope: "bot/.default", Metadata: "https://login.example/metadata",
			Issuer: "https://api.botframework.com", Service: "https://smba.trafficmanager.net/teams/"},
		Transport: c, Lookup: c.lookup}
}

func chatOf(person roster.ID) string { return "a:" + string(person) }

// road is how long a request takes, there or back.
func (c *crowd) road() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return 20*time.Millisecond + time.Duration(c.dice.Int64N(int64(60*time.Millisecond)))
}

func travel(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var cardIDs = regexp.MustCompile(`"id":"(rp-[0-9a-f]+)"`)

// RoundTrip carries one request there and the answer back. Whoever dies on the way there has
// sent nothing; whoever dies on the way back has.
func (c *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	if err := travel(r.Context(), c.road()); err != nil {
		return nil, err
	}
	status, answer, header := c.arrive(r, body)
	if err := travel(r.Context(), c.road()); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, nil
}

func (c *crowd) arrive(r *http.Request, body []byte) (int, []byte, http.Header) {
	if r.URL.Host == "login.example" {
		return http.StatusOK, []byte(`{"access_token":"token","expires_in":3600}`), http.Header{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	chat := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/teams/v3/conversations/"), "/activities")
	if c.inside[chat] {
		c.collided++
		return http.StatusPreconditionFailed, []byte(`{"error":{"code":"PreconditionFailed"}}`), http.Header{}
	}
	if wait := c.tooFast(chat, time.Now()); wait > 0 {
		c.throttled++
		return http.StatusTooManyRequests, []byte(`{"error":{"code":"Throttled"}}`), http.Header{"Retry-After": {fmt.Sprint(int(wait.Seconds()))}}
	}
	c.inside[chat] = true
	time.AfterFunc(10*time.Millisecond, func() { c.mu.Lock(); delete(c.inside, chat); c.mu.Unlock() })
	id := fmt.Sprint("m", len(c.shown[chat]))
	if m := cardIDs.FindSubmatch(body); m != nil {
		c.shown[chat] = append(c.shown[chat], string(m[1]))
	}
	answer, _ := json.Marshal(map[string]string{"id": id})
	return http.StatusCreated, answer, http.Header{}
}

// tooFast keeps the service's own books: 50 requests in any second for the bot, and 7, 8, 60
// and 1,800 in 1, 2, 30 and 3,600 seconds for a conversation.
func (c *crowd) tooFast(chat string, now time.Time) time.Duration {
	since := func(moments []time.Time, d time.Duration) (n int) {
		for _, m := range moments {
			if m.After(now.Add(-d)) {
				n++
			}
		}
		return n
	}
	for len(c.all) > 0 && !c.all[0].After(now.Add(-time.Second)) {
		c.all = c.all[1:]
	}
	if len(c.all) >= 50 {
		return time.Second
	}
	for d, most := range map[time.Duration]int{time.Second: 7, 2 * time.Second: 8, 30 * time.Second: 60, time.Hour: 1800} {
		if since(c.chats[chat], d) >= most {
			return d
		}
	}
	c.all, c.chats[chat] = append(c.all, now), append(c.chats[chat], now)
	c.worst = max(c.worst, len(c.all))
	return 0
}

// lookup is the question through Graph whether a card was shown.
func (c *crowd) lookup(ctx context.Context, person roster.ID, card string) (bool, string, error) {
	if err := travel(ctx, 2*c.road()); err != nil {
		return false, "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, id := range c.shown[chatOf(person)] {
		if id == card {
			return true, fmt.Sprint("m", i), nil
		}
	}
	return false, "", nil
}
