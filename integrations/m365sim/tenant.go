package m365sim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options shape a tenant. The zero value is a company of 24 that starts now.
type Options struct {
	People int       // how many employees the group has over time; 0 = 24
	Seed   uint64    // the same seed makes the same company, ids, secrets and behaviour
	Start  time.Time // where pretend calendars and habits begin; zero = Now at New
	Weeks  int       // how far the story goes; calendars reach four weeks further; 0 = 5

	Now  func() time.Time // the time people and calendars live in; nil = the wall clock
	Wall func() time.Time // the time rate limits are measured in; nil = the wall clock

	URL       string        // where Handler will be reachable, "http://127.0.0.1:8085"; may be told later with ServeAt
	Passive   bool          // people do nothing by themselves, only through Do or /sim/act
	Patience  time.Duration // how long (wall) the channel waits for the bot's answer; 0 = 15 s
	Latency   time.Duration // how long (wall) each mailbox request takes at least; 0 = no time
	TokenLife time.Duration // of access tokens (wall); 0 = one hour

	AppMissing     float64  // share of the employees who have not got the Teams app yet; 0 = one in eleven, negative = nobody, 1 = everybody
	MailsPerMinute int      // how many mails a mailbox may send in a minute (wall), 30 in the real service; 0 = as many as it likes
	Roles          []string // application permissions in the tokens for Graph; nil = all that the tenant knows a use for

	Desk       http.Handler                      // the page of pretend employees, mounted at / and /desk/; nil = none
	Control    func(Command) (ClockState, error) // turns the virtual clock; nil = it cannot be turned
	TenantFile io.Reader                         // people defined by hand (JSON); nil = people by seed
}

// Credentials are what an administrator would have written down while registering the two
// apps. They depend on the seed only.
type Credentials struct {
	TenantID       string `json:"tenantId"`
	ClientID       string `json:"clientId"`     // the app that may use Graph
	ClientSecret   string `json:"clientSecret"` // of ClientID
	BotID          string `json:"botId"`        // the bot's app id
	BotSecret      string `json:"botSecret"`    // of BotID
	GroupID        string `json:"groupId"`      // the programme's group
	ServiceMailbox string `json:"serviceMailbox"`
	TeamsAppID     string `json:"teamsAppId"` // in the organisation's catalogue; its manifest id is BotID
}

// Tenant is the simulated tenant. It is safe for concurrent use.
type Tenant struct {
	opts   Options
	creds  Credentials
	domain string
	client *http.Client

	mu      sync.Mutex // guards everything below
	base    string     // our own address, learnt from ServeAt or from the requests we get
	bot     string     // the bot's endpoint, "" while there is none
	ids     uint64
	people  []*person // in the order of the directory
	byID    map[string]*person
	byMail  map[string]*person
	service *person
	groups  []*group
	chats   map[string]*chat // by connector conversation id
	subs    map[string]*subscription
	counts  Counts
	agenda  []*act
	acts    []Act
	changed chan struct{}
	tokens  map[string]signed

	stepping sync.Mutex // one Step at a time
	journal  journal
	faults   faults
	gates    gates
	grants   grants
	pace     pace
}

// New builds the company. It fails only on a tenant file it cannot use.
func New(o Options) (*Tenant, error) {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Now().UTC() }
	}
	if o.Wall == nil {
		o.Wall = time.Now
	}
	o.People, o.Weeks = or(o.People, 24), or(o.Weeks, 5)
	o.Patience, o.TokenLife = or(o.Patience, 15*time.Second), or(o.TokenLife, time.Hour)
	if o.Start.IsZero() {
		o.Start = o.Now()
	}
	o.Start = o.Start.UTC()
	t := &Tenant{opts: o, base: strings.TrimRight(o.URL, "/"), domain: "rapport-demo.example",
		client: &http.Client{Timeout: o.Patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		byID:   map[string]*person{}, byMail: map[string]*person{}, chats: map[string]*chat{},
		subs: map[string]*subscription{}, changed: make(chan struct{}, 1), tokens: map[string]signed{}}
	t.counts.Routes = map[string]int{}
	t.journal.wake = make(chan struct{})
	t.faults.seed = o.Seed
	t.creds = Credentials{TenantID: t.uuid("tenant"), ClientID: t.uuid("client"), ClientSecret: "sim~" + t.digest("client secret")[:32],
		BotID: t.uuid("bot"), BotSecret: "sim~" + t.digest("bot secret")[:32], GroupID: t.uuid("group"),
		TeamsAppID: t.uuid("teams app")}
	if err := t.hire(); err != nil {
		return nil, err
	}
	t.creds.ServiceMailbox = t.service.Mail
	t.plant()
	return t, nil
}

// Credentials answers what a program needs to sign in.
func (t *Tenant) Credentials() Credentials { return t.creds }

// Handler answers everything the tenant serves, on one address.
func (t *Tenant) Handler() http.Handler { return http.HandlerFunc(t.serve) }

// ServeAt tells the tenant under which address its Handler is reachable; the bot gets it as
// its serviceUrl. Without it the tenant uses the address of the latest request it got.
func (t *Tenant) ServeAt(url string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.opts.URL = url
	t.base = strings.TrimRight(url, "/")
}

// Connect tells the tenant where the bot listens, "http://127.0.0.1:8080/api/messages"; ""
// disconnects it, and people's presses then fail as they would against a bot that is down.
func (t *Tenant) Connect(endpoint string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bot = endpoint
	t.nudge()
}

// Counts are the requests the tenant has answered, for tests that count.
type Counts struct {
	Requests           int            // HTTP requests from outside (/sim and /desk not counted), a batch once
	Routes             map[string]int // answered calls by "METHOD /path/{}", batched ones too
	WithoutImmutableID int            // calls to events, views and messages that did not ask for immutable ids
	Notices            int            // change and lifecycle notices that were taken
	Throttled          int            // 429s the tenant gave by its limits (not by faults), batched ones too
}

// Counts answers a copy of the counters.
func (t *Tenant) Counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts
	c.Routes = map[string]int{}
	for k, v := range t.counts.Routes {
		c.Routes[k] = v
	}
	return c
}

func (t *Tenant) now() time.Time { return t.opts.Now().UTC() }

// digest is the tenant's only source of names: a hash of the seed and what it is for.
func (t *Tenant) digest(parts ...string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d", t.opts.Seed)
	for _, p := range parts {
		fmt.Fprintf(h, "|%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// dice are chance that depends on the seed and the occasion, never on the order in which
// requests happen to arrive.
func (t *Tenant) dice(parts ...string) *rand.Rand {
	sum := sha256.Sum256([]byte(t.digest(parts...)))
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])))
}

func (t *Tenant) uuid(parts ...string) string {
	d := t.digest(parts...)
	return d[:8] + "-" + d[8:12] + "-4" + d[13:16] + "-a" + d[17:20] + "-" + d[20:32]
}

// serial answers a number nobody got before.
func (t *Tenant) serial() uint64 {
	t.ids++
	return t.ids
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
