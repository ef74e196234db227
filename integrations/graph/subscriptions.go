package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// SubscriptionLife is how long to let a subscription live from now on: Graph ends one after
// less than seven days. Renewed every day, it outlives a long weekend without us.
const SubscriptionLife = 6 * 24 * time.Hour

// Hooks are where Graph tells us that something changed. Graph calls both addresses while a
// subscription is being made, so our server must be reachable from the internet by then.
type Hooks struct {
	Changes   string // "https://coach.example/api/graph/notifications"; http is accepted for loopback only
	Lifecycle string // "https://coach.example/api/graph/lifecycle"
	Secret    string // comes back with every notice, 1 to 128 characters
}

// longestSecret is how long a clientState may be.
const longestSecret = 128

// Subscriptions asks Graph to tell us when events on the calendar of one service mailbox are
// changed or deleted. New events are not told: they are our own. What a notice says is never
// more than a hint to look at the Watcher's changes, which must go on without any notices
// as well: they get lost, they come twice, and not every cluster can be reached.
type Subscriptions struct {
	c       *Client
	mailbox string
	hooks   Hooks
}

// Subscriptions keeps the subscriptions of mailbox, the service mailbox. The error says
// everything that is wrong with the hooks, and no secret.
func (c *Client) Subscriptions(mailbox string, h Hooks) (*Subscriptions, error) {
	var problems []error
	for _, to := range []struct{ name, address string }{{"changes", h.Changes}, {"lifecycle", h.Lifecycle}} {
		u, err := url.Parse(to.address)
		if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
			problems = append(problems, fmt.Errorf("graph: the public address for %s must be a whole https address", to.name))
		}
	}
	if h.Secret == "" || len(h.Secret) > longestSecret {
		problems = append(problems, fmt.Errorf("graph: the secret of notices must have 1 to %d characters", longestSecret))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return &Subscriptions{c, mailbox, h}, nil
}

// Subscription is one of our subscriptions as Graph knows it.
type Subscription struct {
	ID      string
	Expires time.Time // UTC; without a renewal it is gone then
}

// The parts of a subscription that we write and read. Its secret can never be read back.
type subscriptionJSON struct {
	ID        string `json:"id,omitempty"`
	Types     string `json:"changeType,omitempty"`
	Resource  string `json:"resource,omitempty"`
	Changes   string `json:"notificationUrl,omitempty"`
	Lifecycle string `json:"lifecycleNotificationUrl,omitempty"`
	Secret    string `json:"clientState,omitempty"`
	Expires   string `json:"expirationDateTime,omitempty"`
}

// Keep lets the subscription live until the moment (less than seven days ahead, see
// SubscriptionLife) and answers its id and when it really ends. With the id "", with one that is
// gone and with one made for other addresses it makes a new subscription, in place of one
// that exists already without our knowing; after that some changes were not told, so look at
// all of them. Renewing is also the right answer to "reauthorizationRequired". It may be
// repeated. On an error keep the id you have. A new Secret does not reach a subscription
// that lives: End it first.
//
// Needs Calendars.Read (or more) for the service mailbox.
func (s *Subscriptions) Keep(ctx context.Context, id string, until time.Time) (newID string, expires time.Time, err error) {
	if id != "" {
		got, err := s.send(ctx, "renew the subscription", abs.PATCH, id, subscriptionJSON{Expires: whole(until)})
		switch {
		case ended(err): // make another
		case err != nil:
			return "", time.Time{}, err
		case s.here(got):
			return s.kept(got)
		default:
			if err := s.End(ctx, id); err != nil {
				return "", time.Time{}, err
			}
		}
	}
	got, err := s.create(ctx, until)
	if err != nil {
		return "", time.Time{}, err
	}
	return s.kept(got)
}

// create makes a subscription. When Graph has one like it already, which nobody remembers and
// whose secret nobody can read, that one is ended first.
func (s *Subscriptions) create(ctx context.Context, until time.Time) (subscriptionJSON, error) {
	wish := subscriptionJSON{Types: "updated,deleted", Resource: s.resource(), Changes: s.hooks.Changes, Lifecycle: s.hooks.Lifecycle,
		Secret: s.hooks.Secret, Expires: whole(until)}
	const op = "subscribe to changes"
	got, err := s.send(ctx, op, abs.POST, "", wish)
	if status(err) == http.StatusConflict {
		old, listErr := s.List(ctx)
		if listErr != nil {
			return subscriptionJSON{}, listErr
		}
		for _, o := range old {
			if err := s.End(ctx, o.ID); err != nil {
				return subscriptionJSON{}, err
			}
		}
		got, err = s.send(ctx, op, abs.POST, "", wish)
	}
	return got, unreachable(err)
}

// unreachable explains the refusal that is most often the handshake's: Graph could not talk
// to our server. That passes, or an admin has to act; it is never for ever.
func unreachable(err error) error {
	var e *Error
	if !errors.As(err, &e) || status(err) != http.StatusBadRequest {
		return err
	}
	out := *e
	out.permanent, out.after = false, refusedWait
	out.advice = "is the public address reachable from the internet, with a certificate that Microsoft trusts, and does it lead here?"
	return &out
}

// End gives the subscription up. One that is gone is success.
func (s *Subscriptions) End(ctx context.Context, id string) error {
	q := s.call("end the subscription", abs.DELETE, id)
	if err := s.c.tell(ctx, q); !ended(err) {
		return err
	}
	return nil
}

// List answers the subscriptions for this mailbox and these addresses, whoever made them:
// more than one means that notices come more than once.
func (s *Subscriptions) List(ctx context.Context) ([]Subscription, error) {
	q := s.call("list the subscriptions", abs.GET, "")
	var out []Subscription
	for range pageLimit {
		raw, err := s.c.raw(ctx, q)
		if err != nil {
			return nil, err
		}
		var page struct {
			Value []subscriptionJSON `json:"value"`
			Next  string             `json:"@odata.nextLink"`
		}
		if json.Unmarshal(raw, &page) != nil {
			return nil, unreadable(q)
		}
		for _, one := range page.Value {
			if one.ID == "" || one.Changes != s.hooks.Changes || !strings.EqualFold(strings.Trim(one.Resource, "/"), s.resource()) {
				continue
			}
			expires, _ := time.Parse(time.RFC3339, one.Expires) // zero = cannot be read, and is only shown
			out = append(out, Subscription{ID: one.ID, Expires: expires.UTC()})
		}
		if q.link = page.Next; q.link == "" {
			return out, nil
		}
	}
	return nil, unreadable(q)
}

// here says whether a subscription leads to our addresses of today.
func (s *Subscriptions) here(got subscriptionJSON) bool {
	return (got.Changes == "" || got.Changes == s.hooks.Changes) && (got.Lifecycle == "" || got.Lifecycle == s.hooks.Lifecycle)
}

// kept reads what Graph says of a subscription that lives.
func (s *Subscriptions) kept(got subscriptionJSON) (string, time.Time, error) {
	expires, err := time.Parse(time.RFC3339, got.Expires)
	if err != nil || got.ID == "" {
		return "", time.Time{}, unreadable(s.call("subscribe to changes", abs.POST, ""))
	}
	return got.ID, expires.UTC(), nil
}

// send writes a subscription and reads what became of it.
func (s *Subscriptions) send(ctx context.Context, op string, method abs.HttpMethod, id string, what subscriptionJSON) (out subscriptionJSON, err error) {
	q := s.call(op, method, id)
	if q.json, err = json.Marshal(what); err != nil {
		return out, unreadable(q)
	}
	raw, err := s.c.raw(ctx, q)
	if err != nil {
		return out, err
	}
	if json.Unmarshal(raw, &out) != nil {
		return out, unreadable(q)
	}
	return out, nil
}

// call starts a request about a subscription, or about all of them with id "".
func (s *Subscriptions) call(op string, method abs.HttpMethod, id string) call {
	q := call{op: op, method: method, path: "/subscriptions", needs: "Calendars.Read"}
	if id != "" {
		q.path, q.vars = "/subscriptions/{id}", map[string]string{"id": id}
	}
	return q
}

func (s *Subscriptions) resource() string { return "users/" + s.mailbox + "/events" }

// ended says whether Graph does not know the subscription, or knows it no longer.
func ended(err error) bool {
	return status(err) == http.StatusNotFound || status(err) == http.StatusGone
}

// whole writes a moment to the second.
func whole(t time.Time) string { return t.UTC().Format(time.RFC3339) }
