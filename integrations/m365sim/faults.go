package m365sim

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is a rule by which the tenant misbehaves towards the program (never towards /sim).
// The first rule that matches and still has a turn applies.
type Fault struct {
	Match Match `json:"match"`
	// Do is one of: throttle (429), fail (Status), stall (wait DelayMS, then answer; without
	// DelayMS never answer), drop-reply (act, then close the connection without an answer),
	// garbage (200 with something that is not JSON, without acting), empty-error (Status with
	// an error body that says nothing). Inside a $batch stall, drop-reply and garbage fail.
	// One more, lose, is not for requests but for notices on their way to the program: they
	// never arrive. Its Match.Path is compared with "/notices/" and what happened ("updated",
	// "missed").
	Do         string  `json:"do"`
	Status     int     `json:"status,omitempty"`      // of fail and empty-error; 0 = 503
	RetryAfter int     `json:"retry_after,omitempty"` // seconds, said with throttle and fail; 0 = throttle says 3, fail nothing
	Times      int     `json:"times,omitempty"`       // how often it applies; 0 = always
	Chance     float64 `json:"chance,omitempty"`      // of applying when it matches, by seed; 0 = certain
	DelayMS    int     `json:"delay_ms,omitempty"`    // of stall; wall time
	Hits       int     `json:"hits"`                  // how often it applied (read only)
}

// Match says which requests a Fault is for.
type Match struct {
	Method string `json:"method,omitempty"` // "" = any
	Path   string `json:"path,omitempty"`   // regular expression on the decoded path, "" = any
}

type faults struct {
	mu    sync.Mutex
	seed  uint64
	rules []Fault
	paths []*regexp.Regexp
	dice  []*rand.Rand
}

// SetFaults replaces all rules; a rule it cannot use is an error and changes nothing.
func (t *Tenant) SetFaults(rules ...Fault) error {
	f := &t.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	var paths []*regexp.Regexp
	var dice []*rand.Rand
	for i, r := range rules {
		re, err := regexp.Compile(r.Match.Path)
		if err != nil {
			return fmt.Errorf("fault %d: the path is not a regular expression: %w", i+1, err)
		}
		switch r.Do {
		case "throttle", "fail", "stall", "drop-reply", "garbage", "empty-error", lose:
		default:
			return fmt.Errorf("fault %d: cannot do %q; choose throttle, fail, stall, drop-reply, garbage, empty-error or lose", i+1, r.Do)
		}
		paths, dice = append(paths, re), append(dice, rand.New(rand.NewPCG(f.seed, uint64(i))))
	}
	f.rules, f.paths, f.dice = append([]Fault{}, rules...), paths, dice
	for i := range f.rules {
		f.rules[i].Hits = 0
	}
	return nil
}

// Faults answers the rules and how often each applied.
func (t *Tenant) Faults() []Fault {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	return append([]Fault{}, t.faults.rules...)
}

// lose is the fault that befalls notices.
const lose = "lose"

// loses says whether a notice of this kind never arrives.
func (f *faults) loses(how string) bool {
	_, applies := f.apply(true, "", "/notices/"+how)
	return applies
}

// hit answers the rule that applies to this request, if any, and counts it.
func (f *faults) hit(method, path string) (Fault, bool) { return f.apply(false, method, path) }

// apply is hit, for requests or for notices.
func (f *faults) apply(notices bool, method, path string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.rules {
		r := &f.rules[i]
		if notices != (r.Do == lose) {
			continue
		}
		if r.Match.Method != "" && !strings.EqualFold(r.Match.Method, method) || !f.paths[i].MatchString(path) {
			continue
		}
		if r.Times > 0 && r.Hits >= r.Times || r.Chance > 0 && f.dice[i].Float64() >= r.Chance {
			continue
		}
		r.Hits++
		return *r, true
	}
	return Fault{}, false
}

// misbehave answers the request as the rules say; drop means that nothing must be answered.
func (t *Tenant) misbehave(c *call, answer func(*call) reply) (out reply, drop bool) {
	f, applies := t.faults.hit(c.r.Method, c.r.URL.Path)
	if !applies {
		return answer(c), false
	}
	if c.inner && (f.Do == "stall" || f.Do == "drop-reply" || f.Do == "garbage") {
		f.Do = "fail"
	}
	status := or(f.Status, http.StatusServiceUnavailable)
	switch f.Do {
	case "throttle":
		return throttled(or(f.RetryAfter, 3), serviceError(c, http.StatusTooManyRequests)), false
	case "fail":
		out = serviceError(c, status)
		if f.RetryAfter > 0 {
			out.header = map[string]string{"Retry-After": strconv.Itoa(f.RetryAfter)}
		}
		return out, false
	case "empty-error":
		return reply{status: status, body: map[string]any{}}, false
	case "garbage":
		return reply{status: http.StatusOK, body: []byte("<!doctype html><title>Just a moment</title>"), header: map[string]string{"Content-Type": "text/html"}}, false
	case "drop-reply":
		answer(c)
		return reply{}, true
	}
	if f.DelayMS == 0 {
		<-c.r.Context().Done()
		return reply{}, true
	}
	select {
	case <-c.r.Context().Done():
	case <-time.After(time.Duration(f.DelayMS) * time.Millisecond):
	}
	return answer(c), false
}

// serviceError is a failure in the words of the service the path belongs to.
func serviceError(c *call, status int) reply {
	codes := map[int]string{400: "BadRequest", 401: "InvalidAuthenticationToken", 403: "ErrorAccessDenied", 404: "ErrorItemNotFound",
		410: "syncStateNotFound", 412: "PreconditionFailed", 429: "ApplicationThrottled", 500: "generalException", 503: "serviceNotAvailable", 504: "gatewayTimeout"}
	code := or(codes[status], "generalException")
	if strings.HasPrefix(c.r.URL.Path, "/v3/") {
		code = or(map[int]string{429: "Throttled", 500: "ServiceError", 503: "ServiceUnavailable"}[status], code)
		return connectorError(status, code, "The service says no, as it was told to.")
	}
	return graphError(status, code, "The service says no, as it was told to.")
}

func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
