package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Where Graph finds Notices, below the public address. Both pages take both kinds of
// notices; Graph wants two addresses and may be given different ones.
const (
	ChangesPath   = "/api/graph/notifications"
	LifecyclePath = "/api/graph/lifecycle"
)

// The life events of a subscription that Graph tells of. After Reauthorise it must be
// renewed, after Removed there is none any more, after Missed some changes were not told:
// whoever hears of the latter two reads the calendar's own list of changes.
const (
	Reauthorise = "reauthorizationRequired"
	Removed     = "subscriptionRemoved"
	Missed      = "missed"
)

// Notified hears that something changed. Both methods write down durably what has to be
// done and do it later: Graph waits three seconds for its answer. An error means that it
// was not written down, and makes Graph tell it again. The subscription's id is only known
// to be well formed; one that the listener does not know is not an error. The same is told
// more than once.
type Notified interface {
	// Changed hears that an event on the calendar of the subscription changed; which one,
	// the calendar's own list of changes says.
	Changed(ctx context.Context, subscription string) error
	// Lifecycle hears of the subscription itself: Reauthorise, Removed or Missed.
	Lifecycle(ctx context.Context, subscription, event string) error
}

// Notices answers Microsoft Graph's change notifications: the handshake with which a
// subscription begins, and the notices themselves. Whatever is in a notice is a hint that
// there is something to look up, and is neither believed, kept nor logged.
//
// A notice counts when it carries one of Secrets and comes from Tenant. One that does not is
// answered like any other, with 202: a refusal would make Graph slow down or drop the good
// notices to the same address (an old subscription with an old secret is enough for that),
// and would tell a stranger whether a guess was right.
type Notices struct {
	Tenant  string   // directory (tenant) id
	Secrets []string // the clientState of the subscriptions; two while one is being replaced. Empty ones never fit
	Tell    Notified
}

const (
	mostNotice = 1 << 20 // bytes; a notice takes about 700, and Graph puts several into one request
	mostToken  = 1 << 10 // bytes of a handshake's token; Graph's have about 150
	mostID     = 64      // bytes of a subscription's id; they are GUIDs
	// tellWithin bounds the writing down: after three seconds without an answer Graph counts
	// us as slow, and 503 in time is better than 202 too late.
	tellWithin = 2500 * time.Millisecond
)

// ServeHTTP answers 200 and the token to a handshake, 202 to notices, 503 when they could
// not be written down, 400 and 413 to what is no notice, and 405 to anything but POST.
func (n Notices) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if tokens, asked := query["validationToken"]; err != nil || asked {
		shakeHands(w, tokens)
		return
	}
	w.WriteHeader(n.take(w, r))
}

// shakeHands gives the token back as plain text. Graph's tokens are words, numbers and a
// few signs; what could be read as a page is refused.
func shakeHands(w http.ResponseWriter, tokens []string) {
	if len(tokens) != 1 || tokens[0] == "" || len(tokens[0]) > mostToken || strings.ContainsFunc(tokens[0], strange) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, tokens[0]) // a service that hung up asks again
}

// strange says whether a character has no place in a handshake's token.
func strange(c rune) bool { return c < ' ' || c > '~' || strings.ContainsRune(`<>"'&`, c) }

// notice is what we read of one notice: where it comes from, and that it came.
type notice struct {
	Subscription string `json:"subscriptionId"`
	Secret       string `json:"clientState"`
	Tenant       string `json:"tenantId"`
	Event        string `json:"lifecycleEvent"` // "" = a change
}

// take passes on what a request tells and answers its status.
func (n Notices) take(w http.ResponseWriter, r *http.Request) int {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostNotice))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return http.StatusRequestEntityTooLarge
	}
	var in struct{ Value []notice }
	if err != nil || json.Unmarshal(body, &in) != nil {
		return http.StatusBadRequest
	}
	ctx, cancel := context.WithTimeout(r.Context(), tellWithin)
	defer cancel()
	told := map[notice]bool{}
	for _, one := range in.Value {
		one, ok := n.admit(one)
		if !ok || told[one] {
			continue
		}
		told[one] = true
		if n.tell(ctx, one) != nil {
			return http.StatusServiceUnavailable
		}
	}
	return http.StatusAccepted
}

// admit checks a notice and answers what is left to tell of it.
func (n Notices) admit(one notice) (notice, bool) {
	ours := n.knows(one.Secret) && strings.EqualFold(one.Tenant, n.Tenant) && n.Tenant != ""
	id := one.Subscription
	if !ours || id == "" || len(id) > mostID || strings.ContainsFunc(id, func(c rune) bool { return !idSign(c) }) {
		return notice{}, false
	}
	switch one.Event {
	case "", Reauthorise, Removed, Missed:
		return notice{Subscription: id, Event: one.Event}, true
	}
	return notice{}, false // an event of the future
}

// idSign says whether a character may stand in a subscription's id.
func idSign(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-'
}

// knows compares with every secret in the same time, however much of it fits.
func (n Notices) knows(said string) bool {
	found, guess := 0, sha256.Sum256([]byte(said))
	for _, s := range n.Secrets {
		secret := sha256.Sum256([]byte(s))
		if s != "" {
			found |= subtle.ConstantTimeCompare(guess[:], secret[:])
		}
	}
	return found == 1
}

func (n Notices) tell(ctx context.Context, one notice) error {
	if one.Event == "" {
		return n.Tell.Changed(ctx, one.Subscription)
	}
	return n.Tell.Lifecycle(ctx, one.Subscription, one.Event)
}
