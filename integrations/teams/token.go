package teams

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	tokenSpare = 5 * time.Minute // a token is renewed this long before it ends
	tokenPause = 5 * time.Second // after a refusal nobody asks again for so long
	fixByHand  = 5 * time.Minute // what an administrator must repair is not tried more often
)

// tokens keeps the bot's access token. However many ask, one request is under way.
type tokens struct {
	web    *http.Client
	o      *Options
	gate   gate
	token  string
	renew  time.Time
	failed error
	until  time.Time // failed is the answer until then
}

func newTokens(o *Options, w *http.Client) *tokens { return &tokens{web: w, o: o, gate: newGate()} }

// get answers a token that is good for another five minutes, or half of its life if it is
// a short one.
func (t *tokens) get(ctx context.Context) (string, error) {
	if err := t.gate.enter(ctx); err != nil {
		return "", stopped("sign in")
	}
	defer t.gate.leave()
	now := t.o.Now()
	if t.token != "" && now.Before(t.renew) {
		return t.token, nil
	}
	if t.failed != nil && now.Before(t.until) {
		return "", t.failed
	}
	token, life, err := t.ask(ctx)
	if err != nil {
		if ctx.Err() == nil { // one caller's impatience is nobody else's problem
			t.failed, t.until = err, now.Add(tokenPause)
		}
		return "", err
	}
	t.token, t.failed, t.renew = token, nil, now.Add(max(life-tokenSpare, life/2))
	return token, nil
}

// drop forgets a token that the service refused.
func (t *tokens) drop(ctx context.Context, token string) {
	if t.gate.enter(ctx) != nil {
		return
	}
	defer t.gate.leave()
	if t.token == token {
		t.token = ""
	}
}

func (t *tokens) ask(ctx context.Context) (string, time.Duration, error) {
	secret, err := t.o.Secret()
	if err != nil || secret == "" {
		return "", 0, &Error{op: "sign in", advice: "the client secret cannot be read; check its file", after: fixByHand}
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {t.o.App}, "client_secret": {secret}, "scope": {t.o.Endpoints.Scope}}
	target := strings.ReplaceAll(t.o.Endpoints.Token, "{tenant}", url.PathEscape(t.o.Tenant))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, &Error{op: "sign in", advice: "the token address is not an address"}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := t.web.Do(req)
	if err != nil {
		return "", 0, &Error{op: "sign in", advice: "the sign-in service did not answer"}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", 0, t.refused(res)
	}
	var reply struct {
		Token string `json:"access_token"`
		Life  int64  `json:"expires_in"`
	}
	if json.NewDecoder(io.LimitReader(res.Body, maxReply)).Decode(&reply) != nil || reply.Token == "" || reply.Life <= 0 {
		return "", 0, &Error{op: "sign in", status: res.StatusCode, advice: "the sign-in service answered something that is no token"}
	}
	return reply.Token, time.Duration(reply.Life) * time.Second, nil
}

// refused reads the sign-in service's code, which names the reason without naming anybody.
func (t *tokens) refused(res *http.Response) error {
	e := &Error{op: "sign in", status: res.StatusCode, after: retryAfter(res.Header, t.o.Now()), advice: "the sign-in service is not available; this is tried again"}
	var reply struct {
		Code string `json:"error"`
	}
	if json.NewDecoder(io.LimitReader(res.Body, maxReply)).Decode(&reply) == nil {
		e.code = codeOnly(reply.Code)
	}
	if res.StatusCode < 500 && res.StatusCode != http.StatusTooManyRequests {
		e.advice, e.after = "check the bot's app id, tenant and secret", fixByHand
	}
	return e
}
