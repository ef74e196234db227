package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Error is everything that can go wrong here. Its text names what we were doing, the status,
// the service's code and what to do about it; never a name, an address, a token or a body.
type Error struct {
	op        string
	status    int
	code      string
	advice    string
	after     time.Duration
	permanent bool
	doubt     bool
	existing  string // id of the event that already used our transaction id
	ctx       error  // context.Canceled or context.DeadlineExceeded of the caller's context
	slow      bool   // no answer within our own limit
	login     bool   // the login service said so, before Graph was asked anything
}

// Error reads like "graph: book the meeting: 403 ErrorAccessDenied: grant Calendars.ReadWrite".
func (e *Error) Error() string {
	said := ""
	if e.status != 0 {
		said = strings.TrimSpace(strconv.Itoa(e.status) + " " + e.code)
	}
	parts := []string{"graph"}
	for _, p := range []string{e.op, said, e.advice} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ": ")
}

// RetryAfter is how long to wait before trying again, real time; 0 = no opinion.
func (e *Error) RetryAfter() time.Duration { return e.after }

// Permanent is true when trying again with the same arguments is useless.
func (e *Error) Permanent() bool { return e.permanent }

// InDoubt is true when Graph may have done it although we never heard so.
func (e *Error) InDoubt() bool { return e.doubt }

// Unwrap answers the end of the caller's context, if that was the cause.
func (e *Error) Unwrap() error { return e.ctx }

// The waits that we choose when the service names none. Real time.
const (
	throttledWait = 10 * time.Second // the service's own values are 2 to 10 s
	refusedWait   = 5 * time.Minute  // a missing permission or mailbox: an admin has to act
	longestWait   = time.Hour        // an absurd Retry-After must not freeze a programme
)

// retryAfter reads the header: seconds, or a date, which counts from the answer's own Date.
func retryAfter(status int, h http.Header) time.Duration {
	after, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	wait := time.Duration(after) * time.Second
	if err != nil {
		until, err1 := http.ParseTime(h.Get("Retry-After"))
		now, err2 := http.ParseTime(h.Get("Date"))
		if err1 == nil && err2 == nil {
			wait = until.Sub(now)
		}
	}
	if after > int(longestWait/time.Second) {
		wait = longestWait
	}
	if wait <= 0 && status == http.StatusTooManyRequests {
		return throttledWait
	}
	return min(max(wait, 0), longestWait)
}

// wellFormed is what a code of the service looks like; anything else is not repeated.
var wellFormed = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]{0,63}$`)

// tidy answers the code when it looks like one and nothing otherwise: it may end in a log.
func tidy(code string) string {
	if !wellFormed.MatchString(code) {
		return ""
	}
	return code
}

// refusal turns a refused request into an Error. The body may be empty, HTML or nonsense.
func refusal(status int, h http.Header, body []byte) *Error {
	var said struct {
		Error struct {
			Code     string `json:"code"`
			Existing string `json:"@event.existingEventId"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &said)
	e := &Error{status: status, code: tidy(said.Error.Code), existing: said.Error.Existing, after: retryAfter(status, h)}
	switch {
	case status < 400:
		e.advice, e.after = "an unexpected redirect: check the Graph address in the config", refusedWait
	case status == http.StatusUnauthorized:
		e.advice, e.after = "the token was refused: check tenant, client id and clock", max(e.after, signInWait)
	case status == http.StatusForbidden:
		e.advice, e.after = "the app may not do this here: grant the permission, or widen its mailbox scope", max(e.after, refusedWait)
	case status == http.StatusNotFound:
		e.advice, e.after = "not found: check the mailbox in the config", max(e.after, refusedWait)
	case status == http.StatusTooManyRequests:
		e.advice = "too many requests: come back in " + e.after.String()
	case status >= 500:
		e.advice = "the service is in trouble: come back later"
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusPreconditionFailed,
		status == http.StatusLocked, status == http.StatusFailedDependency, status == http.StatusTooEarly:
		e.advice = "not now: come back later"
	default:
		e.advice, e.permanent = "the request itself is refused", true
	}
	return e
}

// unclear says whether a refused write may nevertheless have been done: the server failed
// on the way, and did not cleanly say "later".
func unclear(status int) bool { return status >= 500 && status != http.StatusServiceUnavailable }

// explain turns whatever the SDK or the network said about q into an Error.
func explain(ctx context.Context, q call, err error, wrote bool) *Error {
	var e *Error
	if errors.As(err, &e) {
		out := *e
		if out.op == "" {
			out.op = q.op
		}
		if out.login {
			return &out
		}
		if out.status == http.StatusForbidden && q.needs != "" {
			out.advice = "grant " + q.needs + " to the app, for this mailbox too"
		}
		out.doubt = q.writes() && unclear(out.status)
		return &out
	}
	e = &Error{op: q.op, ctx: ctx.Err(), doubt: q.writes() && wrote}
	switch {
	case e.ctx != nil:
		e.advice = "stopped while waiting for the answer"
	case errors.Is(err, context.DeadlineExceeded):
		e.advice, e.slow = "no answer in time: come back later", true
	case errors.Is(err, errUnreadable):
		e.advice = "the answer could not be read: come back later"
	default:
		e.advice = "no usable answer: check the Graph address and the network"
	}
	return e
}

// errUnreadable stands for an answer that is not what the service documents.
var errUnreadable = errors.New("unreadable answer")

// unreadable is the Error for an answer without something that it must have.
func unreadable(q call) *Error {
	return explain(context.Background(), q, errUnreadable, true)
}

// status answers the HTTP status with which Graph refused a request, 0 for anything else.
func status(err error) int {
	var e *Error
	if errors.As(err, &e) && !e.login {
		return e.status
	}
	return 0
}

// code answers the service's code of a refused request, "" when there is none.
func code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.code
	}
	return ""
}

// gone says whether an event or a mail is not there. That its whole mailbox is not there is
// another matter: a wrong mailbox in the config must not look like a meeting called off.
func gone(err error) bool {
	if status(err) != http.StatusNotFound && status(err) != http.StatusGone {
		return false
	}
	c := code(err)
	return c != "ErrorInvalidUser" && c != "Request_ResourceNotFound" && !strings.Contains(c, "Mailbox")
}

// forGood marks an error as permanent.
func forGood(err error, advice string) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	out := *e
	out.permanent, out.after, out.advice = true, 0, advice
	return &out
}

// problem is the word that an Entry or a Calendar carries when a mailbox does not answer.
func problem(status int, code string) string {
	if code != "" {
		return code
	}
	return fmt.Sprintf("Status%d", status)
}

// enough is more than any error body that means something.
const enough = 64 << 10

// readSome reads the beginning of a body and ignores how it ends.
func readSome(r io.Reader) []byte {
	b, _ := io.ReadAll(io.LimitReader(r, enough))
	return b
}
