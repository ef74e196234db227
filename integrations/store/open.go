package store

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	// answerWithin bounds one reply of Redis. Every command here takes microseconds, so a
	// silence of three seconds is a broken connection and not a slow answer.
	answerWithin = 3 * time.Second
	// dialWithin bounds one attempt to connect.
	dialWithin = 3 * time.Second
	// lookAgain is the pause between two looks at a Redis that is not there yet.
	lookAgain = 250 * time.Millisecond
)

// Options say where Redis is and how long things are kept.
type Options struct {
	// URL is redis://, rediss:// (TLS) or unix://, with user name and password if any. Of
	// many servers: redis-sentinel://user:password@host:26379,host:26379/0?master=name (the
	// login is that of Redis; the Sentinels' own are sentinel_username and sentinel_password),
	// or redis-cluster://host:6379,host:6379; rediss-sentinel and rediss-cluster with TLS.
	URL string
	// Tenant separates programmes that share one Redis: letters, digits, dot, dash and
	// underscore, at most 64.
	Tenant string
	// Keep says by noun how long a finished document is kept after its last save. A document
	// with a step still to come is not finished and does not expire. A noun that is missing
	// here, or has 0, is kept until it is deleted.
	Keep map[string]time.Duration
	// DemandAOF refuses a Redis that would forget everything since its last snapshot if it
	// crashed; otherwise Inspect only notes it.
	DemandAOF bool
	// Patience is how long Open goes on looking for a Redis that does not answer or is still
	// loading its data. 0 is one look.
	Patience time.Duration
	// Through wraps the way to Redis, the embedded one too: a tunnel, or a test that breaks
	// connections. With TLS it sees the plain text. nil is the plain way. Where there are many
	// servers it has no meaning.
	Through func(Dialer) Dialer
}

// Dialer opens one connection to Redis.
type Dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// Store remembers for one tenant. Its methods may be called from many goroutines at once. A
// call ends at the deadline of its context; when the context is cancelled while Redis hangs,
// within three seconds.
type Store struct {
	tenant   string
	keep     map[string]time.Duration
	demand   bool
	embedded bool
	options  func() *redis.Options
	reach    reach
	client   redis.UniversalClient
	stop     func()
}

var hush sync.Once

// quiet swallows what go-redis would print: the lines hold addresses, and every failure
// comes back as an error anyway.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

// Open connects to the Redis of the URL and looks whether it can be relied on: version 6.2
// or newer, no eviction, writable, not full. The error is one sentence that says what to do;
// it never holds the URL.
func Open(ctx context.Context, o Options) (*Store, error) {
	to, err := parseReach(o.URL)
	if err != nil {
		return nil, err
	}
	s, err := build(o, to)
	if err != nil {
		return nil, err
	}
	if err := s.await(ctx, o.Patience); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// build makes the store without a word to Redis.
func build(o Options, to reach) (*Store, error) {
	if err := checkTenant(o.Tenant); err != nil {
		return nil, err
	}
	for _, keep := range o.Keep {
		if keep != 0 && keep < time.Second {
			return nil, wrong("open", "documents are kept for at least a second, or with 0 for ever")
		}
	}
	hush.Do(func() { redis.SetLogger(quiet{}) })
	s := &Store{tenant: o.Tenant, keep: o.Keep, demand: o.DemandAOF, reach: to, stop: func() {}}
	s.options = func() *redis.Options {
		ro := to.Options
		if o.Through != nil {
			next := ro.Dialer
			if next == nil {
				next = redis.NewDialer(&ro)
			}
			ro.Dialer = o.Through(next)
		}
		// Both only tell Redis about us, and a locked-down user may not.
		ro.DisableIdentity = true
		ro.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
		return &ro
	}
	own := s.options()
	own.ContextTimeoutEnabled = true
	own.DialTimeout, own.ReadTimeout, own.WriteTimeout = dialWithin, answerWithin, answerWithin
	// run repeats, and knows whether an earlier attempt may have got through.
	own.MaxRetries, own.DialerRetries = -1, 1
	s.client = to.connect(own)
	return s, nil
}

// await looks at Redis until it is fit, or unfit for good, or patience ends.
func (s *Store) await(ctx context.Context, patience time.Duration) error {
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		_, err := s.Inspect(ctx)
		if !comesBack(err) || !pause(patient, lookAgain) {
			return err
		}
	}
}

// Client is the store's own connection pool, for those who own no other way to Redis. It
// does not repeat failed commands by itself.
func (s *Store) Client() redis.UniversalClient { return s.client }

// Close ends all connections of the store; what an embedded store knew is gone. Clients made
// by Conn belong to whoever made them. Closing twice is harmless.
func (s *Store) Close() error {
	err := s.client.Close()
	s.stop()
	if err != nil && err != redis.ErrClosed {
		return end(context.Background(), "close", err, false)
	}
	return nil
}
