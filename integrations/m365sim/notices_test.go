package m365sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// subscriber is a program that wants to be told.
type subscriber struct {
	mu     sync.Mutex
	srv    *httptest.Server
	heard  []map[string]any // with the path they came to under "path"
	status int              // of the answers to changes; life events are always taken
	shaken []string         // paths that were asked to shake hands
}

func (w *world) subscriber() *subscriber {
	s := &subscriber{status: http.StatusAccepted}
	s.srv = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if token := r.URL.Query().Get("validationToken"); token != "" {
			s.shaken = append(s.shaken, r.URL.Path)
			rw.Header().Set("Content-Type", "text/plain")
			_, _ = rw.Write([]byte(token))
			return
		}
		var in struct{ Value []map[string]any }
		_ = json.NewDecoder(r.Body).Decode(&in)
		for _, v := range in.Value {
			v["path"] = r.URL.Path
			s.heard = append(s.heard, v)
		}
		if r.URL.Path == "/changes" {
			rw.WriteHeader(s.status)
		}
	}))
	w.Cleanup(s.srv.Close)
	return s
}

// events are what was heard, as "path what".
func (s *subscriber) events() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, h := range s.heard {
		what, change := h["changeType"].(string)
		if !change {
			what, _ = h["lifecycleEvent"].(string)
		}
		out = append(out, h["path"].(string)+" "+what)
	}
	return strings.Join(out, ", ")
}

func (s *subscriber) answer(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.heard = status, nil
}

func (s *subscriber) wish(w *world, life time.Duration) map[string]any {
	return map[string]any{"changeType": "updated,deleted", "notificationUrl": s.srv.URL + "/changes", "lifecycleNotificationUrl": s.srv.URL + "/life", "clientState": "shh",
		"resource": "users/" + w.creds.ServiceMailbox + "/events", "expirationDateTime": w.time().Add(life).Format(time.RFC3339)}
}

// move gives a meeting another time, which is a change to tell.
func (w *world) move(id string) {
	w.api(200, "PATCH", w.box()+"/events/"+id, map[string]any{"start": stampOf(w.time().Add(3*day), "UTC"), "end": stampOf(w.time().Add(3*day+time.Hour), "UTC")})
}

func (w *world) step() {
	w.Helper()
	if _, err := w.Step(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func TestANoticeSaysWhichEventChangedAndForWhom(t *testing.T) {
	w := newWorld(t)
	s := w.subscriber()
	id := w.api(201, "POST", "/v1.0/subscriptions", s.wish(w, 6*day)).str("id")
	if strings.Join(s.shaken, " ") != "/changes /life" {
		t.Errorf("both addresses shake hands, got %v", s.shaken)
	}
	event := w.api(201, "POST", w.box()+"/events", w.booking("s1", monday.Add(day))).str("id")
	w.step()
	if s.events() != "" {
		t.Errorf("nobody wanted to hear of new events: %s", s.events())
	}
	w.move(event)
	w.step()
	if s.events() != "/changes updated" {
		t.Fatal(s.events())
	}
	n := s.heard[0]
	data, _ := n["resourceData"].(map[string]any)
	if n["subscriptionId"] != id || n["clientState"] != "shh" || n["tenantId"] != w.creds.TenantID || n["resource"] != "Users/"+w.service.ID+"/Events/"+event ||
		data["id"] != event || data["@odata.type"] != "#Microsoft.Graph.Event" || n["subscriptionExpirationDateTime"] != "2026-12-06T08:00:00Z" || w.Counts().Notices != 1 {
		t.Errorf("%v", n)
	}
	w.api(400, "PATCH", "/v1.0/subscriptions/"+id, map[string]any{"expirationDateTime": monday.Add(day).Format(time.RFC3339), "lifecycleNotificationUrl": s.srv.URL + "/other"})
}

// echo is a network in which everybody shakes hands.
type echo struct{}

func (echo) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.WriteString(r.URL.Query().Get("validationToken"))
	return w.Result(), nil
}

func TestOnlyAnEncryptedAddressIsToldUnlessItIsThisMachine(t *testing.T) {
	w := newWorld(t)
	s := w.subscriber()
	w.client.Transport = echo{}
	for address, status := range map[string]int{"https://rapport.example/changes": 201, "http://localhost:1/changes": 201, "http://127.0.0.1:1/a?b=c": 201, "http://[::1]:1/": 201,
		"http://rapport.example/changes": 400, "http://127.0.0.1.rapport.example/": 400, "ftp://127.0.0.1/changes": 400, "/changes": 400, "": 400, ":": 400} {
		wish := s.wish(w, day)
		wish["notificationUrl"] = address
		w.api(status, "POST", "/v1.0/subscriptions", wish)
	}
}

func TestANoticeThatNobodyTakesComesAgainForFourHoursAndIsThenMissed(t *testing.T) {
	w := newWorld(t)
	s := w.subscriber()
	w.api(201, "POST", "/v1.0/subscriptions", s.wish(w, 6*day))
	event := w.api(201, "POST", w.box()+"/events", w.booking("s1", monday.Add(day))).str("id")
	s.answer(503)
	w.move(event)
	w.step()
	if s.events() != "/changes updated" || w.Counts().Notices != 0 {
		t.Fatalf("%s, %d taken", s.events(), w.Counts().Notices)
	}
	s.answer(202)
	w.playUntil(monday.Add(10 * time.Second))
	if s.events() != "/changes updated" || w.Counts().Notices != 1 {
		t.Fatalf("the second try: %s, %d taken", s.events(), w.Counts().Notices)
	}
	s.answer(500)
	w.move(event)
	start := w.time()
	w.playUntil(start.Add(3 * time.Hour))
	if tries := strings.Count(s.events(), "/changes updated"); tries != 7 || strings.Contains(s.events(), "missed") {
		t.Errorf("after three hours: %s", s.events())
	}
	s.answer(500)
	w.playUntil(start.Add(4 * time.Hour))
	if s.events() != "/changes updated, /life missed" {
		t.Errorf("in the end: %s", s.events())
	}
}

func TestASubscriptionRemindsOfItsEndUnlessItIsRenewed(t *testing.T) {
	w := newWorld(t)
	s := w.subscriber()
	id := w.api(201, "POST", "/v1.0/subscriptions", s.wish(w, 6*day)).str("id")
	w.playUntil(monday.Add(4 * day))
	w.api(200, "PATCH", "/v1.0/subscriptions/"+id, map[string]any{"expirationDateTime": monday.Add(10 * day).Format(time.RFC3339)})
	w.playUntil(monday.Add(8 * day))
	if s.events() != "" {
		t.Errorf("it was renewed in time: %s", s.events())
	}
	w.playUntil(monday.Add(11 * day))
	if s.events() != "/life reauthorizationRequired" || s.heard[0]["clientState"] != "shh" || s.heard[0]["changeType"] != nil {
		t.Errorf("%s", s.events())
	}
	w.api(404, "GET", "/v1.0/subscriptions/"+id, nil)
}

func TestLifeEventsHappenOnDemand(t *testing.T) {
	w := newWorld(t)
	s := w.subscriber()
	id := w.api(201, "POST", "/v1.0/subscriptions", s.wish(w, 6*day)).str("id")
	if r := w.send("GET", "/sim/subscriptions", "", nil); r.status != 200 || !strings.Contains(r.raw, id) || strings.Contains(r.raw, "shh") {
		t.Errorf("%d %s", r.status, r.raw)
	}
	for _, event := range []string{"missed", "reauthorizationRequired", "subscriptionRemoved"} {
		s.answer(202)
		if r := w.send("POST", "/sim/lifecycle", "", map[string]any{"event": event}); r.status != 200 || r.body["subscriptions"] != 1.0 {
			t.Errorf("%d %s", r.status, r.raw)
		}
		w.step()
		if s.events() != "/life "+event {
			t.Errorf("want %s, heard %s", event, s.events())
		}
	}
	w.api(404, "PATCH", "/v1.0/subscriptions/"+id, map[string]any{"expirationDateTime": monday.Add(day).Format(time.RFC3339)})
	if n, err := w.Lifecycle("missed"); n != 0 || err != nil {
		t.Error(n, err)
	}
	if _, err := w.Lifecycle("born"); err == nil {
		t.Error("nothing of that kind happens")
	}
	again := w.api(201, "POST", "/v1.0/subscriptions", s.wish(w, 6*day)).str("id")
	if again == id {
		t.Error("a new subscription has the old one's id")
	}
}

func TestNoticesCanBeLostAndRequestsAreNot(t *testing.T) {
	w := newWorld(t)
	s := w.subscriber()
	w.api(201, "POST", "/v1.0/subscriptions", s.wish(w, 6*day))
	event := w.api(201, "POST", w.box()+"/events", w.booking("s1", monday.Add(day))).str("id")
	if err := w.SetFaults(Fault{Do: "lose", Times: 1, Match: Match{Path: "/notices/updated"}}, Fault{Do: "lose", Match: Match{Path: "deleted"}}); err != nil {
		t.Fatal(err)
	}
	w.move(event)
	w.playUntil(monday.Add(5 * time.Hour))
	if s.events() != "" {
		t.Errorf("heard %s", s.events())
	}
	w.move(event)
	w.step()
	w.api(204, "DELETE", w.box()+"/events/"+event, nil)
	w.playUntil(monday.Add(10 * time.Hour))
	if s.events() != "/changes updated" {
		t.Errorf("heard %s", s.events())
	}
	if f := w.Faults(); f[0].Hits != 1 || f[1].Hits != 1 {
		t.Errorf("%+v", f)
	}
	if err := w.SetFaults(Fault{Do: "lose", Match: Match{Path: "box|messages"}, DelayMS: 1}, Fault{Do: "fail", Match: Match{Path: "notices"}}); err != nil {
		t.Fatal(err)
	}
	w.api(200, "GET", w.box()+"/messages", nil)
	if f := w.Faults(); f[0].Hits != 0 {
		t.Error("a request got lost like a notice")
	}
	if _, err := w.Lifecycle("missed"); err != nil {
		t.Fatal(err)
	}
	w.step()
	if s.events() != "/changes updated, /life missed" {
		t.Errorf("a fault of requests hit a notice: %s", s.events())
	}
}

func TestAMailboxTellsWhichCallsItGot(t *testing.T) {
	w := newWorld(t)
	w.api(200, "GET", w.box()+"/messages", nil)
	w.api(200, "POST", "/v1.0/$batch", map[string]any{"requests": []any{map[string]any{"id": "1", "method": "GET", "url": w.box()[len("/v1.0"):] + "/mailboxSettings"}}})
	w.api(200, "GET", "/v1.0/users/"+w.employees()[0].ID+"/mailboxSettings", nil)
	got := w.Calls(w.creds.ServiceMailbox)
	if len(got) != 2 || got[0].Route != "GET /v1.0/users/{}/messages" || got[0].Batched || !got[1].Batched || got[1].Refused || !got[1].At.Equal(monday) {
		t.Errorf("%+v", got)
	}
	if w.Calls("nobody") != nil {
		t.Error("nobody got calls")
	}
}

func TestHowManyHaveTheAppIsAChoice(t *testing.T) {
	for share, want := range map[float64]int{0: 22, -1: 24, 1: 0, 0.5: 12, 0.25: 18} {
		w := newWorld(t, func(o *Options) { o.AppMissing = share })
		have := 0
		for _, p := range w.people[:24] {
			if p.Installed {
				have++
			}
		}
		if have != want {
			t.Errorf("share %v: %d have it, want %d", share, have, want)
		}
	}
}
