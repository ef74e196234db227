package m365sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequests throws anything at the tenant: it may refuse, it must not panic.
func FuzzRequests(f *testing.F) {
	tenant, err := New(Options{Seed: 7, Start: monday, Passive: true})
	if err != nil {
		f.Fatal(err)
	}
	w := &world{Tenant: tenant}
	c := tenant.creds
	claims := func(app, aud string) string {
		return sign(keys().entra, map[string]any{"aud": aud, "appid": app, "tid": c.TenantID, "exp": monday.AddDate(50, 0, 0).Unix()})
	}
	graph, bot := claims(c.ClientID, "https://graph.microsoft.com"), claims(c.BotID, botAudience)
	for _, seed := range [][3]string{
		{"POST", w.box() + "/events", `{"subject":"x","start":{"dateTime":"2026-12-01T09:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T10:00:00"},"attendees":[null]}`},
		{"POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"%zz"},{"id":"2","method":"PUT","url":"//users?$top=-1","body":1}]}`},
		{"GET", w.box() + "/calendarView/delta?$skiptoken=e30", ""},
		{"GET", w.box() + "/messages?$filter=isDraft%20eq%20true&$skiptoken=LTE", ""},
		{"PATCH", w.box() + "/events/x", `{"start":null}`},
		{"POST", w.box() + "/calendar/getSchedule", `{"schedules":["a"],"startTime":{"dateTime":"2026-12-01T09:00:00"},"endTime":{"dateTime":"2026-12-02T09:00:00"}}`},
		{"POST", "/v3/conversations", `{"members":[{}]}`},
		{"POST", "/v3/conversations/a/activities", `{"attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":[]}]}`},
		{"POST", "/sim/act", `{"person":"x","do":"press","data":{"verb":1}}`},
		{"POST", "/sim/clock", `{"to":"x"}`},
		{"POST", "/" + c.TenantID + "/oauth2/v2.0/token", "grant_type=%zz"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		r, err := http.NewRequest(method, "http://sim.example"+path, strings.NewReader(body))
		if err != nil || strings.Contains(path, "follow") || strings.Contains(path, "subscriptions") || strings.Contains(path, "faults") {
			return
		}
		token := graph
		if strings.HasPrefix(path, "/v3/") {
			token = bot
		}
		r.Header.Set("Authorization", "Bearer "+token)
		tenant.Handler().ServeHTTP(httptest.NewRecorder(), r)
	})
}

// FuzzCards reads any JSON as a card and fills it in.
func FuzzCards(f *testing.F) {
	tenant, err := New(Options{People: 1, Passive: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"type":"AdaptiveCard","body":[{"type":"Input.Number","id":"n","min":5,"max":1},{"type":"Input.ChoiceSet","id":"c","choices":[{"value":1}]}],"actions":[{"type":"Action.Execute","data":[]}]}`)
	f.Add(`{"body":{"items":[null,{"type":1,"id":{}}]},"actions":[{"type":"Action.Submit","fallback":{"type":"Action.Submit"}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var card map[string]any
		if json.Unmarshal([]byte(text), &card) != nil {
			return
		}
		buttons, fields := read(card)
		fill(fields, tenant.dice(text), monday)
		for _, b := range buttons {
			joined(b.Data, map[string]string{"x": "y"})
		}
		_, _, _ = cardID(card), headline(card), familyOf(buttons)
	})
}
