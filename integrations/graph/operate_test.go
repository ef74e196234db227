package graph_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

func TestANewSecretNeedsNoRestart(t *testing.T) {
	f := newTenant(t, always(200, `{"value":[]}`))
	var secrets []string
	f.sign = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			secrets = append(secrets, r.FormValue("client_secret"))
		}
		return false
	}
	now := "old"
	c := f.client(t, func(o *graph.Options) { o.Secret, o.SecretNow = "", func() string { return now } })
	ask := func() {
		t.Helper()
		if _, err := c.Token(t.Context(), f.URL+"/.default"); err != nil {
			t.Log(err) // whether the tenant likes the secret is not the question
		}
	}
	ask()
	now = "new"
	ask()
	ask()
	if len(secrets) < 2 || secrets[0] != "old" || slices.Contains(secrets[1:], "old") {
		t.Errorf("signed in with %q", secrets)
	}
}

func TestEveryThrottledRequestIsToldAlsoInABatch(t *testing.T) {
	var told atomic.Int32
	count := func(o *graph.Options) { o.Throttled = func() { told.Add(1) } }
	f := newTenant(t, always(429, ""))
	_ = f.client(t, count).Calendar(service).Cancel(t.Context(), "event", "")
	if told.Load() != 1 {
		t.Errorf("told %d times of one", told.Load())
	}
	f = newTenant(t, always(200, `{"responses":[{"id":"0","status":429,"headers":{"Retry-After":"1"},"body":{}}]}`))
	at := time.Date(2026, time.October, 5, 6, 0, 0, 0, time.UTC)
	_, _ = f.client(t, count).FreeBusy(service).Busy(t.Context(), []string{"a@contoso.example"}, slots.Window{Start: at, End: at.Add(time.Hour)})
	if told.Load() != 2 {
		t.Errorf("told %d times of two", told.Load())
	}
}

func TestWhatIsRemovedTwiceIsGoneBothTimes(t *testing.T) {
	status := 204
	f := newTenant(t, func(_ request, w http.ResponseWriter) { w.WriteHeader(status) })
	c := f.client(t)
	for _, status = range []int{204, 404, 410} {
		if err := c.Calendar(service).Remove(t.Context(), "event"); err != nil {
			t.Error(status, err)
		}
		if err := c.Mail(service).Remove(t.Context(), "mail"); err != nil {
			t.Error(status, err)
		}
	}
	for _, r := range f.requests() {
		if r.Method != http.MethodDelete || !strings.HasSuffix(r.Path, "/events/event") && !strings.HasSuffix(r.Path, "/messages/mail") {
			t.Errorf("asked %s %s", r.Method, r.Path)
		}
	}
	status = 403
	if c.Calendar(service).Remove(t.Context(), "event") == nil || c.Mail(service).Remove(t.Context(), "mail") == nil {
		t.Error("a refusal passes for done")
	}
}
