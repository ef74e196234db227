package graph_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/web"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// company is the simulated tenant with our web server beside it, on a clock one can turn.
type company struct {
	*m365sim.Tenant
	*graph.Client
	box  string
	web  *httptest.Server
	down bool // the web server cannot write anything down

	mu    sync.Mutex
	at    time.Time
	heard []string
}

func (c *company) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *company) fail(down bool) { c.mu.Lock(); defer c.mu.Unlock(); c.down = down }

func (c *company) hear(what string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return context.DeadlineExceeded
	}
	c.heard = append(c.heard, what)
	return nil
}

func (c *company) Changed(_ context.Context, sub string) error { return c.hear("changed " + sub) }
func (c *company) Lifecycle(_ context.Context, sub, event string) error {
	return c.hear(event + " " + sub)
}

// told is what was heard since the last time it was asked for, after all that is due until
// then was delivered.
func (c *company) told(t *testing.T, until time.Duration) string {
	t.Helper()
	end := c.now().Add(until)
	for {
		next, any := c.Next()
		if !any || next.After(end) {
			next = end
		}
		c.mu.Lock()
		c.at = next
		c.mu.Unlock()
		if _, err := c.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !next.Before(end) {
			break
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out := strings.Join(c.heard, ", ")
	c.heard = nil
	return out
}

const hookSecret = "a-secret-of-notices"

func newCompany(t *testing.T, change ...func(*m365sim.Options)) *company {
	t.Helper()
	c := &company{at: time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)}
	o := m365sim.Options{Seed: 3, Start: c.at, Passive: true, Now: c.now, Patience: 2 * time.Second}
	for _, f := range change {
		f(&o)
	}
	sim, err := m365sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	sim.ServeAt(server.URL)
	secrets := sim.Credentials()
	c.Tenant, c.box = sim, secrets.ServiceMailbox
	c.Client, err = graph.New(graph.Options{Tenant: secrets.TenantID, ClientID: secrets.ClientID, Secret: secrets.ClientSecret, Graph: server.URL, Login: server.URL,
		BotApp: secrets.BotID, Pause: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	n := web.Notices{Tenant: secrets.TenantID, Secrets: []string{hookSecret}, Tell: c}
	c.web = httptest.NewServer(web.Handler(web.Options{Routes: map[string]http.Handler{"POST " + web.ChangesPath: n, "POST " + web.LifecyclePath: n}}))
	t.Cleanup(c.web.Close)
	return c
}

// watching answers the subscriptions of the service mailbox to our web server.
func (c *company) watching(t *testing.T) *graph.Subscriptions {
	t.Helper()
	s, err := c.Subscriptions(c.box, graph.Hooks{Changes: c.web.URL + web.ChangesPath, Lifecycle: c.web.URL + web.LifecyclePath, Secret: hookSecret})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASimulatedTenantTellsUsOfItsChanges(t *testing.T) {
	c := newCompany(t)
	s := c.watching(t)
	keep := func(id string) string {
		t.Helper()
		id, ends, err := s.Keep(t.Context(), id, c.now().Add(graph.SubscriptionLife))
		if err != nil || !ends.Equal(c.now().Add(graph.SubscriptionLife)) {
			t.Fatal(id, ends, err)
		}
		return id
	}
	id := keep("")
	slot := slots.Window{Start: c.now().Add(26 * time.Hour), End: c.now().Add(27 * time.Hour)}
	people := c.People()
	ev, err := c.Calendar(c.box).Book(t.Context(), session.Booking{Key: "book/1", Title: "Talk", When: slot,
		Attendees: []roster.Person{{ID: roster.ID(people[0].ID), Mail: people[0].Mail}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.told(t, 0); got != "" {
		t.Errorf("we were told of what we did ourselves: %s", got)
	}
	desk, _ := c.Desk(people[0].ID)
	for _, e := range desk.Calendar {
		if e.Ours {
			if _, err := c.Act(t.Context(), m365sim.Do{Person: people[0].ID, Do: "decline", Event: e.ID}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := c.told(t, 0); got != "changed "+id {
		t.Errorf("somebody declined: %s", got)
	}
	c.fail(true)
	if err := c.Calendar(c.box).Cancel(t.Context(), ev.ID, "off"); err != nil {
		t.Fatal(err)
	}
	if got := c.told(t, 0); got != "" {
		t.Errorf("nothing can be written down: %s", got)
	}
	c.fail(false)
	if got := c.told(t, time.Minute); got != "changed "+id {
		t.Errorf("it must be told again: %s", got)
	}
	if again := keep(id); again != id {
		t.Error("a living subscription was not renewed")
	}
	if again := keep(""); again == id {
		t.Error("the one nobody remembered was not replaced")
	} else {
		id = again
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("%+v %v", list, err)
	}
	if got := c.told(t, 5*24*time.Hour+time.Hour); got != "reauthorizationRequired "+id {
		t.Errorf("a day before its end: %s", got)
	}
	if _, err := c.Tenant.Lifecycle("subscriptionRemoved"); err != nil {
		t.Fatal(err)
	}
	if got := c.told(t, 0); got != "subscriptionRemoved "+id {
		t.Errorf("removed: %s", got)
	}
	next := keep(id)
	if next == id || s.End(t.Context(), next) != nil || s.End(t.Context(), next) != nil {
		t.Error("a subscription that is gone is made again, and ends once")
	}
	c.web.Close()
	if _, _, err := s.Keep(t.Context(), "", c.now().Add(graph.SubscriptionLife)); asError(t, err).Permanent() {
		t.Errorf("a server that is down comes back: %v", err)
	}
}

func TestASimulatedTenantGivesPeopleTheApp(t *testing.T) {
	c := newCompany(t, func(o *m365sim.Options) { o.AppMissing = 1 })
	bot := make(chan string, 4)
	inbound := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bot <- r.Header.Get("Authorization")[:6]
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(inbound.Close)
	c.Connect(inbound.URL)
	who := roster.ID(c.People()[0].ID)
	apps := c.Apps("")
	if has, err := apps.Installed(t.Context(), who); has || err != nil {
		t.Fatal(has, err)
	}
	for range 2 {
		if err := apps.Install(t.Context(), who); err != nil {
			t.Fatal(err)
		}
	}
	if has, err := apps.Installed(t.Context(), who); !has || err != nil {
		t.Error(has, err)
	}
	if c.told(t, 0); len(bot) != 2 {
		t.Errorf("the bot heard %d times", len(bot))
	}
	if err := apps.Install(t.Context(), "nobody"); !asError(t, err).Permanent() {
		t.Errorf("%v", err)
	}
	if looks := c.Counts().Routes["GET /v1.0/appCatalogs/teamsApps"]; looks != 1 {
		t.Errorf("the catalogue was asked %d times", looks)
	}
}

func TestASimulatedTenantSendsWholeMailsOnce(t *testing.T) {
	c := newCompany(t)
	m, to := c.Mail(c.box), c.People()[0]
	const key = "prepare/s1/ana"
	mail := "From: <" + c.box + ">\r\nTo: <" + to.Mail + ">\r\nSubject: Tomorrow\r\nMessage-ID: " + graph.MessageID(key, c.box) +
		"\r\nList-Unsubscribe: <https://coach.example/u>\r\nAuto-Submitted: auto-generated\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Ready?</p>"
	id, err := m.DraftMIME(t.Context(), key, []byte(mail))
	if err != nil {
		t.Fatal(err)
	}
	if got, sent, found, err := m.Find(t.Context(), key); got != id || sent || !found || err != nil {
		t.Error(got, sent, found, err)
	}
	for range 2 {
		if err := m.Post(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if got, sent, found, err := m.Find(t.Context(), key); got != id || !sent || !found || err != nil {
		t.Error(got, sent, found, err)
	}
	if _, _, found, err := m.Find(t.Context(), "another"); found || err != nil {
		t.Error(found, err)
	}
	desk, _ := c.Desk(to.ID)
	if len(desk.Mail) != 1 || desk.Mail[0].HTML != "<p>Ready?</p>" || desk.Mail[0].Headers["Auto-Submitted"] != "auto-generated" || len(c.Journal()) != 1 {
		t.Errorf("%+v", desk.Mail)
	}
}

func TestASimulatedTenantThrottlesPartsOfABatch(t *testing.T) {
	c := newCompany(t, func(o *m365sim.Options) { o.People = 100 })
	if err := c.SetFaults(m365sim.Fault{Do: "throttle", RetryAfter: 2, Times: 2, Match: m365sim.Match{Path: "getSchedule$"}}); err != nil {
		t.Fatal(err)
	}
	var ask []string
	for _, p := range c.People() {
		ask = append(ask, p.Mail)
	}
	w := slots.Window{Start: c.now(), End: c.now().Add(14 * 24 * time.Hour)}
	got, err := c.FreeBusy(c.box).Busy(t.Context(), ask, w)
	if err != nil || len(got) != len(ask) {
		t.Fatalf("%d of %d: %v", len(got), len(ask), err)
	}
	if n := len(c.Calls(c.box)); n != (len(ask)+19)/20 {
		t.Errorf("%d parts reached the mailbox for %d people: who was answered is asked again", n, len(ask))
	}
}

func TestASimulatedTenantTellsOurPermissions(t *testing.T) {
	c := newCompany(t, func(o *m365sim.Options) { o.Roles = []string{"User.Read.All", "Calendars.ReadWrite"} })
	if got, err := c.Roles(t.Context()); err != nil || strings.Join(got, " ") != "Calendars.ReadWrite User.Read.All" {
		t.Errorf("%v %v", got, err)
	}
}
