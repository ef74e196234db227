package m365sim

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Limits of subscriptions to events.
const (
	maxSubscriptionLife = 10_080 * time.Minute // without resource data
	minSubscriptionLife = 45 * time.Minute     // shorter becomes this
	handshakePatience   = 10 * time.Second     // wall
)

// subscription is a wish to be told about changes of one mailbox's events.
type subscription struct {
	ID, Resource, Types, URL, Lifecycle, State string
	Box                                        *person
	Until                                      time.Time
}

type subscriptionBody struct {
	ChangeType, NotificationURL, LifecycleNotificationURL, Resource, ClientState, ExpirationDateTime string
}

// subscribe takes a subscription after both URLs have echoed a validation token.
func (t *Tenant) subscribe(c *call) reply {
	var in subscriptionBody
	if !c.decode(&in) {
		return graphError(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	}
	parts := strings.Split(strings.Trim(in.Resource, "/"), "/")
	until, err := offsetTime(in.ExpirationDateTime)
	t.mu.Lock()
	var box *person
	if len(parts) == 3 && strings.EqualFold(parts[0], "users") && strings.EqualFold(parts[2], "events") {
		box = t.person(parts[1])
	}
	now := t.now()
	t.mu.Unlock()
	switch {
	case box == nil || box.NoMailbox:
		return graphError(http.StatusBadRequest, "InvalidRequest", "The resource is not one the tenant can watch: users/{id}/events.")
	case err != nil || until.After(now.Add(maxSubscriptionLife)) || until.Before(now):
		return graphError(http.StatusBadRequest, "InvalidRequest", "Subscription expiration can only be 10080 minutes in the future.")
	case len(in.ClientState) > 128 || in.ChangeType == "":
		return graphError(http.StatusBadRequest, "InvalidRequest", "The clientState is too long or the changeType is missing.")
	}
	for i, target := range []string{in.NotificationURL, in.LifecycleNotificationURL} {
		if optional := i > 0 && target == ""; !optional && !t.shakeHands(c.r.Context(), target) {
			return graphError(http.StatusBadRequest, "ValidationError", "Subscription validation request failed: the notification URL did not echo the token.")
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.living() {
		if s.Box == box && s.URL == in.NotificationURL && s.Types == in.ChangeType {
			return graphError(http.StatusConflict, "Conflict", "A subscription with the same resource and notification URL exists.")
		}
	}
	s := &subscription{ID: t.uuid("subscription", box.ID, fmt.Sprint(t.serial())), Resource: in.Resource, Types: in.ChangeType,
		URL: in.NotificationURL, Lifecycle: in.LifecycleNotificationURL, State: in.ClientState, Box: box, Until: atLeast(until, now.Add(minSubscriptionLife))}
	t.subs[s.ID] = s
	t.expect(s)
	return reply{status: http.StatusCreated, body: s.object()}
}

func atLeast(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// shakeHands posts a token to the URL and wants it back as plain text.
func (t *Tenant) shakeHands(ctx context.Context, target string) bool {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "https" && !thisMachine(u) {
		return false
	}
	token := "Validation: token +/= " + t.digest("handshake", target)[:16]
	q := u.Query()
	q.Set("validationToken", token)
	u.RawQuery = q.Encode()
	ctx, done := context.WithTimeout(ctx, handshakePatience)
	defer done()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), nil)
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	resp, err := t.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	echo, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	return err == nil && resp.StatusCode == http.StatusOK && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") && string(echo) == token
}

// thisMachine says whether plain http is good enough, as it is for tests.
func thisMachine(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

func (s *subscription) object() object {
	return object{"id": s.ID, "resource": s.Resource, "changeType": s.Types, "notificationUrl": s.URL, "lifecycleNotificationUrl": orNull(s.Lifecycle),
		"clientState": nil, "expirationDateTime": s.Until.Format(time.RFC3339)} // the state is never shown again
}

func (t *Tenant) subscriptionOf(c *call) *subscription {
	s := t.subs[c.args[0]]
	if s != nil && !s.Until.After(t.now()) {
		delete(t.subs, s.ID)
		return nil
	}
	return s
}

func noSubscription() reply {
	return graphError(http.StatusNotFound, "ResourceNotFound", "The subscription does not exist or has expired.")
}

func (t *Tenant) listSubscriptions(c *call) reply {
	value := []object{}
	for _, s := range t.living() {
		value = append(value, s.object())
	}
	return ok(object{"value": value})
}

func (t *Tenant) getSubscription(c *call) reply {
	s := t.subscriptionOf(c)
	if s == nil {
		return noSubscription()
	}
	return ok(s.object())
}

func (t *Tenant) renewSubscription(c *call) reply {
	s := t.subscriptionOf(c)
	if s == nil {
		return noSubscription()
	}
	var in subscriptionBody
	if !c.decode(&in) {
		return graphError(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	}
	until, err := offsetTime(in.ExpirationDateTime)
	switch {
	case in.LifecycleNotificationURL != "" && in.LifecycleNotificationURL != s.Lifecycle, in.NotificationURL != "" && in.NotificationURL != s.URL:
		return graphError(http.StatusBadRequest, "InvalidRequest", "The tenant changes no address of a subscription; make another one.")
	case err != nil || until.After(t.now().Add(maxSubscriptionLife)):
		return graphError(http.StatusBadRequest, "InvalidRequest", "Subscription expiration can only be 10080 minutes in the future.")
	}
	s.Until = atLeast(until, t.now().Add(minSubscriptionLife))
	t.expect(s)
	return ok(s.object())
}

func (t *Tenant) reauthorize(c *call) reply {
	if t.subscriptionOf(c) == nil {
		return noSubscription()
	}
	return reply{status: http.StatusOK}
}

func (t *Tenant) unsubscribe(c *call) reply {
	if t.subscriptionOf(c) == nil {
		return noSubscription()
	}
	delete(t.subs, c.args[0])
	return reply{status: http.StatusNoContent}
}
