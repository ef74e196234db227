package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Error says which operation failed, why, and what to do. It never holds a key, a value, an
// address or Redis's own words, which may hold all three.
type Error struct {
	op      string
	trouble trouble
	doubt   bool
	cause   error // context.Canceled or context.DeadlineExceeded, or nil
}

// Error answers one sentence: the operation, the trouble, what to do.
func (e *Error) Error() string { return "store: " + e.op + ": " + e.trouble.says }

// RetryAfter is how long Redis needs at least; 0 when that cannot be known.
func (e *Error) RetryAfter() time.Duration { return e.trouble.wait }

// Permanent is true when the same call can never succeed, because what was handed in is wrong.
// What an operator can put right is not permanent.
func (e *Error) Permanent() bool { return e.trouble.permanent }

// InDoubt is true when something may have been written although the answer never came.
func (e *Error) InDoubt() bool { return e.doubt }

// Unwrap answers the context's error when the caller's time ran out.
func (e *Error) Unwrap() error { return e.cause }

// trouble is a class of failures.
type trouble struct {
	says      string
	wait      time.Duration
	again     bool // a moment later it may work
	lost      bool // Redis may have acted
	permanent bool
}

// wrong is the error for what no repetition can put right.
func wrong(op, says string) *Error {
	return &Error{op: op, trouble: trouble{says: says, permanent: true}}
}

// refusals are Redis's error replies that mean something to us. A reply inside a script comes
// with text around it, so they are looked for anywhere in the reply, in this order.
var refusals = []struct {
	reply string
	trouble
}{
	{"OOM command not allowed", trouble{says: "Redis is full (maxmemory reached): raise maxmemory or give it a larger machine", wait: 10 * time.Second}},
	{"LOADING ", trouble{says: "Redis is still loading its data: wait, nothing is lost", wait: 2 * time.Second, again: true}},
	{"READONLY ", trouble{says: "this Redis is a read-only replica: point the URL to the primary", wait: 5 * time.Second, again: true}},
	{"MISCONF ", trouble{says: "Redis cannot save to its disk and refuses changes: free or repair the disk", wait: 10 * time.Second}},
	{"NOREPLICAS ", trouble{says: "Redis has fewer replicas than it demands and refuses changes: bring the replicas back", wait: 5 * time.Second, again: true}},
	{"MASTERDOWN ", trouble{says: "the replica has lost its primary: wait for the failover or point the URL to the primary", wait: 5 * time.Second, again: true}},
	{"CLUSTERDOWN ", trouble{says: "the Redis cluster is incomplete: bring its nodes back", wait: 5 * time.Second, again: true}},
	{"BUSY ", trouble{says: "Redis is held up by somebody's long script: find and end it", wait: 5 * time.Second, again: true}},
	{"max number of clients reached", trouble{says: "Redis has no connection left: raise maxclients or run fewer workers", wait: 2 * time.Second, again: true}},
	{"WRONGPASS ", trouble{says: "Redis does not accept user and password: correct them in the URL", wait: 10 * time.Second}},
	{"NOAUTH ", trouble{says: "Redis wants a password: put user and password into the URL", wait: 10 * time.Second}},
	{"invalid password", trouble{says: "Redis does not accept user and password: correct them in the URL", wait: 10 * time.Second}},
	{"without any password configured", trouble{says: "Redis has no password, but the URL gives one: take it out or set it in Redis", wait: 10 * time.Second}},
	{"NOPERM ", trouble{says: "the Redis user may not do this: allow it all data commands and EVALSHA on rp:* and asynq:*", wait: 10 * time.Second}},
	{"DB index is out of range", trouble{says: "this Redis has no such database: correct the number at the end of the URL", wait: 10 * time.Second}},
	{"WRONGTYPE ", trouble{says: "a key of ours holds something else: another program writes to this Redis database; give rapport its own", wait: 10 * time.Second}},
	{"CROSSSLOT ", trouble{says: "keys of one tenant lie in different slots: this is a fault in rapport, please report it", permanent: true}},
}

// refusal finds the class of Redis's own reply; false if it is none or an unknown one.
func refusal(err error) (trouble, bool) {
	var reply redis.Error
	if !errors.As(err, &reply) {
		return trouble{}, false
	}
	for _, r := range refusals {
		if strings.Contains(reply.Error(), r.reply) {
			return r.trouble, true
		}
	}
	return trouble{}, false
}

// classify finds the class of any error go-redis answers.
func classify(err error) trouble {
	if t, ok := refusal(err); ok {
		return t
	}
	var reply redis.Error
	var opErr *net.OpError
	var notTLS tls.RecordHeaderError
	var untrusted *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	dial := errors.As(err, &opErr) && opErr.Op == "dial"
	switch {
	case errors.As(err, &reply):
		return trouble{says: "Redis refused the command (" + code(reply.Error()) + "): rapport needs Redis 6.2 or newer", wait: 10 * time.Second}
	case errors.As(err, &notTLS):
		return trouble{says: "Redis does not speak TLS at this address: use redis:// or its TLS port", wait: 10 * time.Second}
	case errors.As(err, &untrusted), errors.As(err, &unknown):
		return trouble{says: "the certificate of Redis is not trusted: check its issuer and the name in the URL", wait: 10 * time.Second}
	case strings.Contains(err.Error(), "redis: can't parse"), strings.Contains(err.Error(), "redis: invalid reply"):
		return trouble{says: "what answers is not Redis: correct host and port in the URL", wait: 10 * time.Second, lost: true}
	case errors.Is(err, redis.ErrClosed):
		return trouble{says: "the store is closed"}
	case errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, redis.ErrPoolExhausted):
		return trouble{says: "all connections to Redis are in use: run fewer workers or raise pool_size in the URL", wait: time.Second, again: true}
	}
	t := silence
	t.lost = !dial
	return t
}

// silence is the trouble of a connection that cannot be made or breaks.
var silence = trouble{
	says: "Redis does not answer: check that it runs and that the URL points to it (rediss:// only where it speaks TLS)",
	wait: time.Second, again: true,
}

// end is the error of a call that is given up; doubt tells that Redis may have acted.
func end(ctx context.Context, op string, err error, doubt bool) *Error {
	e := &Error{op: op, trouble: classify(err), doubt: doubt, cause: ctx.Err()}
	if e.cause != nil && e.trouble.says == silence.says {
		e.trouble.says = "the caller's time ran out before Redis answered"
	}
	return e
}

// code is the first word of a reply if it is one of Redis's codes: the rest may hold values.
func code(reply string) string {
	word, _, _ := strings.Cut(reply, " ")
	if word == "" || strings.ToUpper(word) != word || len(word) > 20 {
		return "ERR"
	}
	return word
}

// comesBack says whether a moment later the same call may succeed.
func comesBack(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.trouble.again
}
