package teams

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// request is one call to the Bot Connector.
type request struct {
	op      string // for errors: "send a card"
	chat    string // whose turn it takes: the conversation, or the person's name for a new one
	method  string
	service string // base address
	path    string // below it, already escaped
	body    any    // nil = none
	once    bool   // not to be repeated blindly: a lost answer leaves us in doubt
}

// call does the request and answers the id in the reply; the caller is in the conversation's
// lane. A token that is refused is renewed once, a busy conversation asked again twice, and
// a throttled one left alone for as long as the service says. It never goes to a host that is
// not on the list.
func (c *Client) call(ctx context.Context, r request) (id string, err error) {
	if !c.o.Endpoints.allows(r.service) {
		return "", &Error{op: r.op, advice: "the service address is not on the list of allowed hosts", permanent: true}
	}
	body, err := encode(r.body)
	if err != nil {
		return "", &Error{op: r.op, advice: "the request cannot be written as JSON", permanent: true}
	}
	for try, renewed := 1, false; ; {
		token, err := c.tokens.get(ctx)
		if err != nil {
			return "", err
		}
		// The turn comes last: whatever else takes its time would bunch requests together.
		if err := c.turns(ctx, r); err != nil {
			return "", err
		}
		id, err = c.try(ctx, r, body, token)
		switch s := statusOf(err); {
		case s == http.StatusUnauthorized && !renewed:
			c.tokens.drop(ctx, token)
			renewed = true
			continue
		case s == http.StatusPreconditionFailed && try < busyTries:
			if err := busy(ctx, r.op, try); err != nil {
				return "", err
			}
			try++
			continue
		case s == http.StatusTooManyRequests:
			var e *Error
			errors.As(err, &e)
			c.slowed(ctx, r.chat, e.after)
		}
		return id, err
	}
}

func (c *Client) try(ctx context.Context, r request, body []byte, token string) (string, error) {
	target := strings.TrimRight(r.service, "/") + r.path
	var payload io.Reader
	if r.body != nil {
		payload = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, payload)
	if err != nil {
		return "", &Error{op: r.op, advice: "the service address is not an address", permanent: true}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if payload != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	left := leaving(&req)
	res, err := c.web.Do(req)
	if err != nil {
		c.seen(r.op, 0)
		return "", &Error{op: r.op, advice: "the Bot Connector did not answer", inDoubt: r.once && left()}
	}
	defer res.Body.Close()
	c.seen(r.op, res.StatusCode)
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return "", refusal(r, res, raw, c.o.Now())
	}
	var reply struct {
		ID string `json:"id"`
	}
	if r.method == http.MethodPost && (err != nil || json.Unmarshal(raw, &reply) != nil || reply.ID == "") {
		return "", &Error{op: r.op, status: res.StatusCode, advice: "the answer names no id", inDoubt: r.once}
	}
	return reply.ID, nil
}

// leaving watches a request and tells afterwards whether it may have reached the service:
// not when no connection was made or the headers were never written out.
func leaving(req **http.Request) func() bool {
	var watched, wrote atomic.Bool
	*req = (*req).WithContext(httptrace.WithClientTrace((*req).Context(), &httptrace.ClientTrace{
		GetConn:      func(string) { watched.Store(true) },
		WroteHeaders: func() { wrote.Store(true) },
	}))
	return func() bool { return !watched.Load() || wrote.Load() }
}

// codeWrongHost is the one code that the client itself acts on.
const codeWrongHost = "InvalidBotApiHost"

// refusal turns a status into what to do about it, as Microsoft's table of status codes for
// bot conversations says. Two rows differ on purpose: a refused token is not permanent for
// the card, because an administrator can repair the registration; and an error inside the
// service leaves a send in doubt rather than lost.
func refusal(r request, res *http.Response, raw []byte, now time.Time) *Error {
	e := &Error{op: r.op, status: res.StatusCode, code: serviceCode(raw), after: retryAfter(res.Header, now)}
	switch s := res.StatusCode; {
	case s == http.StatusUnauthorized:
		e.advice = "check that the bot is registered and its secret has not expired"
		e.after = max(e.after, fixByHand)
	case s == http.StatusForbidden && e.code == codeWrongHost:
		e.advice, e.permanent = "this conversation lives on another host; set the cloud", true
	case s == http.StatusForbidden:
		e.advice = "the person has not installed the bot, or blocked it, or an administrator did"
		e.unreachable, e.permanent = true, true
	case s == http.StatusNotFound:
		e.advice = "the conversation or card is gone"
	case s == http.StatusPreconditionFailed:
		e.advice = "the conversation was busy; this is tried again"
	case s == http.StatusTooManyRequests:
		e.advice = "Teams asks us to slow down; this is tried again"
	case s == http.StatusRequestEntityTooLarge:
		e.advice, e.permanent = "the message is too big", true
	case s == http.StatusRequestTimeout || s == http.StatusServiceUnavailable:
		e.advice = "the Bot Connector is not available; this is tried again"
	case s >= 500:
		e.advice, e.inDoubt = "the Bot Connector failed", r.once
	case s >= 300 && s < 400:
		e.advice = "the service address redirects, which is never followed; check it"
		e.after = max(e.after, fixByHand)
	default:
		e.advice, e.permanent = "the request was refused", true
	}
	return e
}

// serviceCode finds the code in the shapes the service has: {"error":{"code"}}, and
// {"errorCode":209,"message":"{\"subCode\":\"…\"}"} with JSON inside a string. Texts are
// never taken over: they may quote what was sent.
func serviceCode(raw []byte) string {
	var reply struct {
		Error     struct{ Code string }
		ErrorCode int
		Message   string
	}
	if json.Unmarshal(raw, &reply) != nil {
		return ""
	}
	if reply.Error.Code != "" {
		return codeOnly(reply.Error.Code)
	}
	if m := subCode.FindStringSubmatch(reply.Message); m != nil {
		return m[1]
	}
	if reply.ErrorCode != 0 {
		return strconv.Itoa(reply.ErrorCode)
	}
	return ""
}

var (
	subCode  = regexp.MustCompile(`(?i)"?subCode"?\s*:\s*"?([A-Za-z]{1,64})`)
	codeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z_]{0,63}$`)
)

// codeOnly lets through what looks like a code; anything else might be a name or a secret.
func codeOnly(s string) string {
	if codeForm.MatchString(s) {
		return s
	}
	return ""
}

// retryAfter reads the header: seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil && n > 0 {
		return time.Duration(min(n, 24*60*60)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil && t.After(now) {
		return min(t.Sub(now), 24*time.Hour)
	}
	return 0
}
