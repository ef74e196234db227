package m365sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// verified checks a channel token the way a bot must.
func verified(t *testing.T, authorization string) jwt.MapClaims {
	t.Helper()
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(strings.TrimPrefix(authorization, "Bearer "), claims, func(*jwt.Token) (any, error) { return &keys().channel.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired())
	if err != nil {
		t.Errorf("the channel's token: %v", err)
	}
	return claims
}

func TestFaultsMisbehaveExactlyAsTold(t *testing.T) {
	w := newWorld(t)
	token := w.graphToken()
	book := func(key string) result {
		return w.send("POST", w.box()+"/events", token, w.booking(key, monday.Add(day)))
	}
	rules := func(body string) {
		t.Helper()
		if r := w.send("POST", "/sim/faults", "", body); r.status != 200 {
			t.Fatalf("faults: %d %s", r.status, r.raw)
		}
	}
	const match = `"match":{"method":"POST","path":"/events$"},"times":1`
	for _, c := range []struct {
		rule  string
		check func(result) bool
		acted bool
	}{
		{`{"do":"throttle","retry_after":7,` + match + `}`, func(r result) bool { return r.status == 429 && r.header.Get("Retry-After") == "7" && r.code() != "" }, false},
		{`{"do":"fail","status":504,` + match + `}`, func(r result) bool { return r.status == 504 && r.code() == "gatewayTimeout" }, false},
		{`{"do":"fail","status":503,"retry_after":2,` + match + `}`, func(r result) bool { return r.status == 503 && r.header.Get("Retry-After") == "2" }, false},
		{`{"do":"empty-error","status":400,` + match + `}`, func(r result) bool { return r.status == 400 && strings.TrimSpace(r.raw) == "{}" }, false},
		{`{"do":"garbage",` + match + `}`, func(r result) bool { return r.status == 200 && r.body == nil && strings.Contains(r.raw, "<") }, false},
		{`{"do":"drop-reply",` + match + `}`, func(r result) bool { return r.err != nil }, true},
		{`{"do":"stall","delay_ms":20,` + match + `}`, func(r result) bool { return r.status == 201 }, true},
	} {
		before := len(w.Journal())
		rules("[" + c.rule + "]")
		if r := book(c.rule); !c.check(r) {
			t.Errorf("%s: %d %s %v", c.rule, r.status, r.raw, r.err)
		}
		if acted := len(w.Journal()) > before; acted != c.acted {
			t.Errorf("%s: acted %v, want %v", c.rule, acted, c.acted)
		}
		if r := book("after " + c.rule); r.status != 201 {
			t.Errorf("%s: it applied more than once: %d", c.rule, r.status)
		}
	}
	rules(`[{"do":"fail","chance":0.3}]`)
	failed := 0
	for range 200 {
		if w.send("GET", w.box(), token, nil).status == 503 {
			failed++
		}
	}
	if failed < 35 || failed > 85 {
		t.Errorf("chance 0.3 failed %d of 200", failed)
	}
	if f := w.Faults(); f[0].Hits != failed {
		t.Errorf("hits %d, want %d", f[0].Hits, failed)
	}
	for _, bad := range []string{`{`, `[{"do":"explode"}]`, `[{"do":"fail","match":{"path":"("}}]`} {
		if r := w.send("POST", "/sim/faults", "", bad); r.status != 400 || r.str("error") == "" {
			t.Errorf("%s: %d %s", bad, r.status, r.raw)
		}
	}
	rules(`[]`)
	if r := w.send("GET", "/sim/faults", "", nil); strings.TrimSpace(r.raw) != "[]" {
		t.Errorf("faults are left: %s", r.raw)
	}
}

func TestJournalFollows(t *testing.T) {
	w := newWorld(t)
	w.api(201, "POST", w.box()+"/events", w.booking("s1", monday.Add(day)))
	resp, err := http.Get(w.srv.URL + "/sim/journal?follow=1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for i, want := range []string{"s1", "s2"} {
		if i == 1 {
			w.api(201, "POST", w.box()+"/events", w.booking("s2", monday.Add(day)))
		}
		var e Entry
		if !lines.Scan() || json.Unmarshal(lines.Bytes(), &e) != nil || e.Key != want || e.Seq != i+1 || !e.At.Equal(monday) {
			t.Fatalf("line %d: %s", i+1, lines.Text())
		}
	}
	if r := w.send("GET", "/sim/journal", "", nil); strings.Count(r.raw, "\n") != 2 {
		t.Errorf("journal: %s", r.raw)
	}
}

func TestStateShowsOneDeskOrAll(t *testing.T) {
	w := newWorld(t)
	p := w.withApp()
	w.conn(201, "POST", "/v3/conversations/"+url.PathEscape(w.open(p))+"/activities", withCard(card("rp-1", "x", nil, "session:agree")))
	r := w.send("GET", "/sim/state?person="+p.ID, "", nil)
	desk := r.body["person"].(map[string]any)
	if desk["id"] != p.ID || len(desk["chat"].([]any)) != 1 || len(desk["calendar"].([]any)) < 20 || r.body["persons"] != nil {
		t.Errorf("desk: %.300s", r.raw)
	}
	for _, line := range r.body["people"].([]any) {
		if l := line.(map[string]any); l["id"] == p.ID && (l["cards"] != 1.0 || l["unread"] != 1.0 || l["zone"] != p.Zone.String()) {
			t.Errorf("line: %v", l)
		}
	}
	w.connectBot(nil)
	if _, err := w.Act(t.Context(), Do{Person: p.ID, Do: "say", Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	for _, l := range w.People() {
		if l.ID == p.ID && l.Unread != 0 {
			t.Errorf("%d unread after the person looked", l.Unread)
		}
	}
	if r := w.send("GET", "/sim/state?all=1", "", nil); len(r.body["persons"].([]any)) != len(w.people) {
		t.Error("not everybody is there")
	}
	if r := w.send("GET", "/sim/state?person=x", "", nil); r.status != 404 {
		t.Error(r.status)
	}
}

func TestActsOverHTTP(t *testing.T) {
	w := newWorld(t)
	b := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusAccepted) }))
	defer b.Close()
	p := w.withApp()
	say := map[string]any{"person": p.ID, "do": "say", "text": "hello"}
	if r := w.send("POST", "/sim/act", "", say); r.status != 424 || r.str("error") == "" {
		t.Errorf("no bot: %d %s", r.status, r.raw)
	}
	w.send("POST", "/sim/bot", "", map[string]any{"endpoint": b.URL})
	if r := w.send("POST", "/sim/act", "", say); r.status != 200 || r.body["ok"] != true {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if r := w.send("POST", "/sim/act", "", say, "Sec-Fetch-Site", "cross-site"); r.status != 403 {
		t.Errorf("another site may act: %d", r.status)
	}
	if r := w.send("POST", "/sim/act", "", map[string]any{"person": p.ID, "do": "fly"}); r.status != 422 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if r := w.send("GET", "/sim/acts", "", nil); r.status != 200 || strings.Count(r.raw, `"do":"say"`) != 2 {
		t.Errorf("acts: %s", r.raw)
	}
}

func TestTheClockCanBeTurnedWhenSomebodyHandsInTheKey(t *testing.T) {
	w := newWorld(t)
	if r := w.send("POST", "/sim/clock", "", `{"step":"1h"}`); r.status != 409 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if r := w.send("GET", "/sim/clock", "", nil); r.body["control"] != false || r.str("now") != "2026-11-30T08:00:00Z" {
		t.Error(r.raw)
	}
	var got []Command
	w = newWorld(t, func(o *Options) {
		o.Control = func(c Command) (ClockState, error) {
			got = append(got, c)
			if c.Step > 24*time.Hour {
				return ClockState{}, errors.New("at most a day at a time")
			}
			return ClockState{Now: monday.Add(c.Step), Speed: 60, Control: true}, nil
		}
	})
	if r := w.send("POST", "/sim/clock", "", `{"step":"1h"}`); r.status != 200 || r.str("now") != "2026-11-30T09:00:00Z" || r.body["control"] != true {
		t.Error(r.raw)
	}
	if r := w.send("POST", "/sim/clock", "", `{"step":"48h"}`); r.status != 409 || r.str("error") != "at most a day at a time" {
		t.Error(r.raw)
	}
	if r := w.send("POST", "/sim/clock", "", `{"step":"soon"}`); r.status != 400 {
		t.Error(r.raw)
	}
	if r := w.send("GET", "/sim/clock", "", nil); r.body["speed"] != 60.0 {
		t.Error(r.raw)
	}
	if len(got) != 3 {
		t.Errorf("commands: %v", got)
	}
}

func TestTheDeskIsMounted(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Desk = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { _, _ = rw.Write([]byte("desk " + r.URL.Path)) })
	})
	for _, path := range []string{"/", "/desk/app.js"} {
		if r := w.send("GET", path, "", nil); r.raw != "desk "+path {
			t.Errorf("%s: %q", path, r.raw)
		}
	}
}

func TestSubscriptionsShakeHandsNotifyAndEnd(t *testing.T) {
	w := newWorld(t)
	var notes []string
	echo := true
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if token := r.URL.Query().Get("validationToken"); token != "" {
			rw.Header().Set("Content-Type", "text/plain")
			if echo {
				_, _ = rw.Write([]byte(token))
			}
			return
		}
		var in struct {
			Value []struct{ ClientState, ChangeType, Resource string }
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		for _, v := range in.Value {
			notes = append(notes, v.ClientState+" "+v.ChangeType)
		}
		rw.WriteHeader(http.StatusAccepted)
	}))
	defer hook.Close()
	ask := func() map[string]any {
		return map[string]any{"changeType": "created,updated,deleted", "notificationUrl": hook.URL, "lifecycleNotificationUrl": hook.URL + "/life", "clientState": "shh",
			"resource": "users/" + w.service.ID + "/events", "expirationDateTime": monday.Add(6 * day).Format(time.RFC3339)}
	}
	echo = false
	w.api(400, "POST", "/v1.0/subscriptions", ask())
	echo = true
	long := ask()
	long["expirationDateTime"] = monday.Add(8 * day).Format(time.RFC3339)
	w.api(400, "POST", "/v1.0/subscriptions", long)
	foreign := ask()
	foreign["resource"] = "me/events"
	w.api(400, "POST", "/v1.0/subscriptions", foreign)
	id := w.api(201, "POST", "/v1.0/subscriptions", ask()).str("id")
	w.api(409, "POST", "/v1.0/subscriptions", ask())
	w.api(201, "POST", w.box()+"/events", w.booking("s1", monday.Add(day)))
	if n, err := w.Step(t.Context()); n != 1 || err != nil || len(notes) != 1 || notes[0] != "shh created" {
		t.Errorf("notifications: %d %v %v", n, err, notes)
	}
	w.api(200, "PATCH", "/v1.0/subscriptions/"+id, map[string]any{"expirationDateTime": monday.Add(7 * day).Format(time.RFC3339)})
	w.api(200, "POST", "/v1.0/subscriptions/"+id+"/reauthorize", nil)
	if got := w.api(200, "GET", "/v1.0/subscriptions", nil).list(); len(got) != 1 || got[0]["clientState"] != nil {
		t.Errorf("list: %v", got)
	}
	w.later(8 * day)
	w.api(404, "PATCH", "/v1.0/subscriptions/"+id, map[string]any{"expirationDateTime": monday.Add(9 * day).Format(time.RFC3339)})
	w.api(201, "POST", w.box()+"/events", w.booking("s2", monday.Add(9*day)))
	if _, err := w.Step(t.Context()); err != nil || len(notes) != 1 {
		t.Errorf("an expired subscription was notified: %v %v", notes, err)
	}
	again := ask()
	again["expirationDateTime"] = monday.Add(9 * day).Format(time.RFC3339)
	id = w.api(201, "POST", "/v1.0/subscriptions", again).str("id")
	w.api(204, "DELETE", "/v1.0/subscriptions/"+id, nil)
	w.api(404, "GET", "/v1.0/subscriptions/"+id, nil)
}

func TestATenantFileDefinesPeople(t *testing.T) {
	const file = `{"domain":"acme.example","people":[
		{"name":"Ana Boss","zone":"Pacific Standard Time","from":"08:00","until":"16:00","days":["monday","tuesday"]},
		{"name":"Ben Report","manager":"ana.boss@acme.example","noApp":true,"language":"de-DE",
		 "busy":[{"start":"2026-12-01T09:00:00Z","end":"2026-12-01T10:00:00Z","status":"oof","subject":"Holiday"}]}]}`
	w := newWorld(t, func(o *Options) { o.TenantFile = strings.NewReader(file) })
	people := w.People()
	if len(people) != 2 || people[1].Mail != "ben.report@acme.example" || people[0].Zone != "America/Los_Angeles" || w.creds.ServiceMailbox != "rapport@acme.example" {
		t.Errorf("people: %+v", people)
	}
	if r := w.api(200, "GET", "/v1.0/users/ana.boss@acme.example/mailboxSettings", nil); r.str("timeZone") != "Pacific Standard Time" {
		t.Error(r.raw)
	}
	r := w.api(200, "POST", w.box()+"/calendar/getSchedule", map[string]any{"schedules": []string{"ben.report@acme.example"}, "startTime": stampOf(monday.Add(day), "UTC"), "endTime": stampOf(monday.Add(30*time.Hour), "UTC"), "availabilityViewInterval": 60})
	if view := r.list()[0]["availabilityView"]; view != "030000" {
		t.Errorf("view %v", view)
	}
	for want, bad := range map[string]string{
		"nobody":         `{"people":[]}`,
		"unknown field":  `{"people":[{"name":"A","zune":"x"}]}`,
		"name":           `{"people":[{"mail":"a@b.example"}]}`,
		"not an IANA":    `{"people":[{"name":"A","zone":"Mars"}]}`,
		"manager":        `{"people":[{"name":"A","manager":"x@y.example"}]}`,
		"taken":          `{"people":[{"name":"A"},{"name":"A"}]}`,
		"until":          `{"people":[{"name":"A","from":"10:00","until":"09:00"}]}`,
		"not a weekday":  `{"people":[{"name":"A","days":["someday"]}]}`,
		"later than":     `{"people":[{"name":"A","busy":[{"start":"2026-12-01T09:00:00Z","end":"2026-12-01T09:00:00Z"}]}]}`,
		"cannot be read": `{"people":[{"name":"A","mail":"nonsense"}]}`,
		"duration":       `{"people":[{"name":"A","habits":{"says":[{"after":"soon","text":"x"}]}}]}`,
	} {
		if _, err := New(Options{TenantFile: strings.NewReader(bad)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want something about %q", bad, err, want)
		}
	}
}
