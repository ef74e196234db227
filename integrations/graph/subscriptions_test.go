package graph_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/graph"
)

var hooks = graph.Hooks{Changes: "https://coach.contoso.example/api/graph/notifications", Lifecycle: "https://coach.contoso.example/api/graph/lifecycle", Secret: "notice-secret"}

// until is when the subscriptions of these tests shall end.
var until = time.Date(2026, 3, 8, 9, 0, 0, 0, time.FixedZone("CET", 3600))

func subscriptions(t *testing.T, f *tenant, change ...func(*graph.Hooks)) *graph.Subscriptions {
	t.Helper()
	h := hooks
	for _, c := range change {
		c(&h)
	}
	s, err := f.client(t).Subscriptions(service, h)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// subscribed is a subscription as Graph shows it.
func subscribed(id string) string {
	return `{"id":"` + id + `","resource":"Users/coach@contoso.example/events","changeType":"updated,deleted","clientState":null,"notificationUrl":"` + hooks.Changes +
		`","lifecycleNotificationUrl":"` + hooks.Lifecycle + `","expirationDateTime":"2026-03-08T08:00:00.1234567Z"}`
}

// script answers each request in turn, and says what was asked as "METHOD path".
func script(t *testing.T, answers ...string) (*tenant, func() string) {
	t.Helper()
	n := 0
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		if n >= len(answers) {
			t.Errorf("asked once more: %s %s", r.Method, r.Path)
			say(w, 500, "{}")
			return
		}
		status, body, _ := strings.Cut(answers[n], " ")
		n++
		code := map[string]int{"200": 200, "201": 201, "204": 204, "400": 400, "403": 403, "404": 404, "409": 409, "410": 410, "429": 429, "500": 500}[status]
		if code == 204 {
			w.WriteHeader(code)
			return
		}
		say(w, code, body)
	})
	return f, func() string {
		var out []string
		for _, r := range f.requests() {
			out = append(out, r.Method+" "+strings.TrimPrefix(r.Path, "/v1.0"))
		}
		return strings.Join(out, ", ")
	}
}

func TestASubscriptionIsMadeAsDocumentedAndRenewed(t *testing.T) {
	f, asked := script(t, "201 "+subscribed("s1"), "200 "+subscribed("s1"))
	s := subscriptions(t, f)
	id, ends, err := s.Keep(t.Context(), "", until)
	if err != nil || id != "s1" || !ends.Equal(until.Add(123456700*time.Nanosecond)) || ends.Location() != time.UTC {
		t.Fatal(id, ends, err)
	}
	var sent any
	_ = json.Unmarshal([]byte(f.requests()[0].Body), &sent)
	if !same(t, sent, `{"changeType":"updated,deleted","resource":"users/coach@contoso.example/events","notificationUrl":"`+hooks.Changes+
		`","lifecycleNotificationUrl":"`+hooks.Lifecycle+`","clientState":"notice-secret","expirationDateTime":"2026-03-08T08:00:00Z"}`) {
		t.Errorf("sent %v", sent)
	}
	if id, _, err = s.Keep(t.Context(), "s1", until); err != nil || id != "s1" {
		t.Fatal(id, err)
	}
	if got := f.requests()[1].Body; got != `{"expirationDateTime":"2026-03-08T08:00:00Z"}` {
		t.Errorf("renewed with %s", got)
	}
	if asked() != "POST /subscriptions, PATCH /subscriptions/s1" {
		t.Error(asked())
	}
	if graph.SubscriptionLife >= 7*24*time.Hour {
		t.Error("events can be watched for less than seven days")
	}
}

func TestKeepFindsItsWayBackToOneSubscription(t *testing.T) {
	list := `200 {"value":[` + subscribed("s1") + `]}`
	moved := strings.ReplaceAll(subscribed("s1"), "coach.contoso", "old.contoso")
	for _, c := range []struct {
		name, id string
		answers  []string
		asked    string
	}{
		{"the old one is gone", "s1", []string{"404 {}", "201 " + subscribed("s2")}, "PATCH /subscriptions/s1, POST /subscriptions"},
		{"the old one has just gone", "s1", []string{"410 {}", "201 " + subscribed("s2")}, "PATCH /subscriptions/s1, POST /subscriptions"},
		{"one that nobody remembers", "", []string{"409 {}", list, "204", "201 " + subscribed("s2")},
			"POST /subscriptions, GET /subscriptions, DELETE /subscriptions/s1, POST /subscriptions"},
		{"one that ended meanwhile", "", []string{"409 {}", list, "404 {}", "201 " + subscribed("s2")},
			"POST /subscriptions, GET /subscriptions, DELETE /subscriptions/s1, POST /subscriptions"},
		{"the public address has changed", "s1", []string{"200 " + moved, "204", "201 " + subscribed("s2")},
			"PATCH /subscriptions/s1, DELETE /subscriptions/s1, POST /subscriptions"},
		{"the address of life events has changed", "s1", []string{"200 " + strings.Replace(subscribed("s1"), "/lifecycle", "/other", 1), "204", "201 " + subscribed("s2")},
			"PATCH /subscriptions/s1, DELETE /subscriptions/s1, POST /subscriptions"},
	} {
		f, asked := script(t, c.answers...)
		id, _, err := subscriptions(t, f).Keep(t.Context(), c.id, until)
		if err != nil || id != "s2" || asked() != c.asked {
			t.Errorf("%s: %q %v, asked %s", c.name, id, err, asked())
		}
	}
}

func TestASubscriptionThatCannotBeKeptSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name, id  string
		answers   []string
		after     time.Duration
		permanent bool
		says      string
	}{
		{"nobody answered the handshake", "", []string{`400 {"error":{"code":"ValidationError"}}`}, 5 * time.Minute, false, "reachable from the internet"},
		{"no permission", "", []string{"403 {}"}, 5 * time.Minute, false, "grant Calendars.Read"},
		{"no permission to renew", "s1", []string{"403 {}"}, 5 * time.Minute, false, "renew the subscription"},
		{"throttled", "s1", []string{"429 {}"}, 10 * time.Second, false, "429"},
		{"two at once", "", []string{"409 {}", `200 {"value":[]}`, "409 {}"}, 0, false, "not now"},
		{"the list cannot be read", "", []string{"409 {}", "200 []"}, 0, false, "list the subscriptions"},
		{"the old one cannot be ended", "", []string{"409 {}", `200 {"value":[` + subscribed("s1") + `]}`, "500 {}"}, 0, false, "end the subscription"},
		{"the moved one cannot be ended", "s1", []string{"200 " + strings.ReplaceAll(subscribed("s1"), "coach.", "old."), "500 {}"}, 0, false, "end the subscription"},
		{"an answer without an id", "", []string{`201 {"expirationDateTime":"2026-03-08T08:00:00Z"}`}, 0, false, "could not be read"},
		{"an answer without an end", "", []string{`201 {"id":"s1"}`}, 0, false, "could not be read"},
		{"an answer that is none", "s1", []string{`200 {"id":7}`}, 0, false, "could not be read"},
	} {
		f, asked := script(t, c.answers...)
		id, ends, err := subscriptions(t, f).Keep(t.Context(), c.id, until)
		if err == nil || id != "" || !ends.IsZero() {
			t.Errorf("%s: %q %v %v", c.name, id, ends, err)
			continue
		}
		if e := asError(t, err); e.RetryAfter() != c.after || e.Permanent() != c.permanent || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "notice-secret") {
			t.Errorf("%s: %v, after %v, permanent %v, asked %s", c.name, err, e.RetryAfter(), e.Permanent(), asked())
		}
	}
}

func TestASubscriptionEndsOnce(t *testing.T) {
	for answer, fine := range map[string]bool{"204": true, "404 {}": true, "410 {}": true, "500 {}": false, "403 {}": false} {
		f, _ := script(t, answer)
		err := subscriptions(t, f).End(t.Context(), "s/1")
		if (err == nil) != fine || f.requests()[0].Path != "/v1.0/subscriptions/s%2F1" {
			t.Errorf("%s: %v %s", answer, err, f.requests()[0].Path)
		}
		if err != nil {
			asError(t, err)
		}
	}
}

func TestOnlyOurSubscriptionsAreListed(t *testing.T) {
	other := strings.ReplaceAll(subscribed("s3"), "coach@", "boss@")
	foreign := strings.ReplaceAll(subscribed("s4"), hooks.Changes, "https://else.example/")
	var f *tenant
	f = newTenant(t, func(r request, w http.ResponseWriter) {
		if r.Query == "" {
			say(w, 200, `{"value":[null,`+subscribed("s1")+`,`+other+`],"@odata.nextLink":"`+f.URL+`/v1.0/subscriptions?$skiptoken=x%3D"}`)
			return
		}
		say(w, 200, `{"value":[`+foreign+`,`+strings.Replace(subscribed("s2"), "2026-03", "soon", 1)+`]}`)
	})
	got, err := subscriptions(t, f).List(t.Context())
	if err != nil || len(got) != 2 || got[0].ID != "s1" || got[0].Expires.IsZero() || got[1].ID != "s2" || !got[1].Expires.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
	endless := newTenant(t, func(r request, w http.ResponseWriter) {
		say(w, 200, `{"@odata.nextLink":"http://`+r.Header.Get("X")+`/"}`)
	})
	if _, err := subscriptions(t, endless).List(t.Context()); err == nil {
		t.Error("a link to nowhere was followed")
	}
}

func TestHooksAreCheckedBeforeAnybodyIsAsked(t *testing.T) {
	f := newTenant(t, always(500, ""))
	for name, c := range map[string]struct {
		change func(*graph.Hooks)
		says   string
	}{
		"plain http":         {func(h *graph.Hooks) { h.Changes = "http://coach.contoso.example/" }, "for changes must"},
		"no host":            {func(h *graph.Hooks) { h.Lifecycle = "/api" }, "for lifecycle must"},
		"a user":             {func(h *graph.Hooks) { h.Changes = "https://ana:x@contoso.example/" }, "for changes must"},
		"no secret":          {func(h *graph.Hooks) { h.Secret = "" }, "1 to 128"},
		"too long a secret":  {func(h *graph.Hooks) { h.Secret = strings.Repeat("s", 129) }, "1 to 128"},
		"everything at once": {func(h *graph.Hooks) { *h = graph.Hooks{} }, "for lifecycle must"},
	} {
		h := hooks
		c.change(&h)
		if _, err := f.client(t).Subscriptions(service, h); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "contoso") || strings.Contains(err.Error(), "sss") {
			t.Errorf("%s: %v", name, err)
		}
	}
	subscriptions(t, f, func(h *graph.Hooks) { h.Changes, h.Secret = "http://127.0.0.1:8080/x", strings.Repeat("s", 128) })
}
