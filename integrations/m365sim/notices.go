package m365sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The life events of a subscription.
const (
	reauthorizationRequired = "reauthorizationRequired"
	subscriptionRemoved     = "subscriptionRemoved"
	missed                  = "missed"
)

// How notices are delivered. An answer must come within the patience (wall time), and be
// 2xx; otherwise the notice comes again after the next of the pauses (the tenant's time),
// four hours in all. Then it is lost, and the lifecycle address hears "missed".
const (
	firstPatience    = 3 * time.Second
	laterPatience    = 10 * time.Second
	reauthorizeAhead = day // before the end of a subscription
)

var redeliver = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour}

// notice is what a subscriber is going to be told: how an event changed, or, without one,
// a life event of the subscription itself.
type notice struct {
	sub   *subscription
	event *event
	how   string
	until time.Time // of a planned life event: it is off when the subscription now ends at another time
}

// announce plans a notice for everybody who wants to know of the change; Step posts it.
func (t *Tenant) announce(p *person, e *event, how string) {
	for _, s := range t.living() {
		if s.Box == p && strings.Contains(s.Types, how) {
			t.tell(t.now(), &notice{sub: s, event: e, how: how})
		}
	}
}

// tell plans a notice for the moment.
func (t *Tenant) tell(at time.Time, n *notice) {
	about := "life"
	if n.event != nil {
		about = n.event.ID
	}
	t.plan(&act{at: at, who: n.sub.Box, do: "notify", key: n.sub.ID + "/" + about + "/" + n.how, note: n})
}

// expect plans the reminder that a subscription is about to end.
func (t *Tenant) expect(s *subscription) {
	t.tell(atLeast(s.Until.Add(-reauthorizeAhead), t.now().Add(minSubscriptionLife/2)), &notice{sub: s, how: reauthorizationRequired, until: s.Until})
}

// notify posts one notice, and plans the next try when nobody took it.
func (t *Tenant) notify(ctx context.Context, a *act) {
	t.mu.Lock()
	to, body := t.noticeFor(a.note)
	t.mu.Unlock()
	if to == "" || a.try == 0 && t.faults.loses(a.note.how) {
		return
	}
	patience := laterPatience
	if a.try == 0 {
		patience = firstPatience
	}
	taken := t.deliverNotice(ctx, to, body, patience)
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case taken:
		t.counts.Notices++
	case ctx.Err() != nil: // nobody's fault: the story stopped
		t.plan(a)
	case a.try < len(redeliver):
		a.at, a.try = t.now().Add(redeliver[a.try]), a.try+1
		t.plan(a)
	case a.note.event != nil:
		t.tell(t.now(), &notice{sub: a.note.sub, how: missed})
	}
}

// noticeFor answers where a notice goes and what it says; "" when it is not to be told any more.
func (t *Tenant) noticeFor(n *notice) (to string, body []byte) {
	s := n.sub
	alive := t.subs[s.ID] == s && s.Until.After(t.now()) || n.how == subscriptionRemoved
	if !alive || !n.until.IsZero() && !n.until.Equal(s.Until) {
		return "", nil
	}
	o := object{"subscriptionId": s.ID, "subscriptionExpirationDateTime": s.Until.Format(time.RFC3339), "clientState": s.State, "tenantId": t.creds.TenantID}
	if n.event == nil {
		o["lifecycleEvent"], o["resource"] = n.how, s.Resource
		return s.Lifecycle, encode(object{"value": []object{o}})
	}
	path := "Users/" + s.Box.ID + "/Events/" + n.event.ID
	o["changeType"], o["resource"] = n.how, path
	o["resourceData"] = object{"@odata.type": "#Microsoft.Graph.Event", "@odata.id": path, "@odata.etag": n.event.etag(), "id": n.event.ID}
	return s.URL, encode(object{"value": []object{o}})
}

// deliverNotice posts it and says whether it was taken.
func (t *Tenant) deliverNotice(ctx context.Context, to string, body []byte, patience time.Duration) bool {
	ctx, done := context.WithTimeout(ctx, min(patience, t.opts.Patience))
	defer done()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := t.client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode/100 == 2
}

// Lifecycle makes something happen to all living subscriptions: reauthorizationRequired,
// missed, or subscriptionRemoved, which ends them. It answers how many there are; those
// with a lifecycle address are told by the next Step.
func (t *Tenant) Lifecycle(event string) (int, error) {
	if event != reauthorizationRequired && event != subscriptionRemoved && event != missed {
		return 0, fmt.Errorf("nothing like %q happens to subscriptions; choose %s, %s or %s", event, reauthorizationRequired, subscriptionRemoved, missed)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.living()
	for _, s := range all {
		t.tell(t.now(), &notice{sub: s, how: event})
		if event == subscriptionRemoved {
			delete(t.subs, s.ID)
		}
	}
	return len(all), nil
}

// living lists the subscriptions that have not run out, by id. t is locked.
func (t *Tenant) living() []*subscription {
	var out []*subscription
	for _, s := range t.subs {
		if s.Until.After(t.now()) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *subscription) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// serveSubscriptions shows who wants to know what.
func (t *Tenant) serveSubscriptions(w http.ResponseWriter, _ *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := []object{}
	for _, s := range t.living() {
		out = append(out, s.object())
	}
	send(w, ok(out))
}

func (t *Tenant) serveLifecycle(w http.ResponseWriter, r *http.Request) {
	var in struct{ Event string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		send(w, simError(http.StatusBadRequest, `say {"event":"missed"}`))
		return
	}
	n, err := t.Lifecycle(in.Event)
	if err != nil {
		send(w, simError(http.StatusBadRequest, err.Error()))
		return
	}
	send(w, ok(object{"subscriptions": n}))
}
