package graph_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	installedApps = "/v1.0/users/id-ana/teamwork/installedApps"
	catalogue     = "/v1.0/appCatalogs/teamsApps"
)

// teams is a tenant with the app in its catalogue under the ids, that answers an installation
// with the statuses in turn.
func teams(t *testing.T, entries string, statuses ...int) *tenant {
	n := 0
	return newTenant(t, func(r request, w http.ResponseWriter) {
		switch r.Method + " " + r.Path {
		case "GET " + catalogue:
			if r.Query != "$filter=externalId%20eq%20%27bot-app%27" && r.Query != "$filter=externalId%20eq%20'bot-app'" {
				t.Errorf("looked for %s", r.Query)
			}
			say(w, 200, `{"value":[`+entries+`]}`)
		case "POST " + installedApps:
			status := statuses[min(n, len(statuses)-1)]
			if n++; status == 201 {
				w.WriteHeader(status)
				return
			}
			say(w, status, `{"error":{"code":"X","message":"Ana"}}`)
		default:
			t.Errorf("asked %s %s", r.Method, r.Path)
		}
	})
}

func TestTheAppIsInstalledFromTheCatalogueWhichIsAskedOnce(t *testing.T) {
	f := teams(t, `null,{"id":"c0","externalId":"game","distributionMethod":"organization"},{"id":"c1","externalId":"BOT-APP","distributionMethod":"sideloaded"},
		{"id":"c2","externalId":"bot-app","distributionMethod":"organization"},{"id":"c3","externalId":"bot-app","distributionMethod":"store"}`, 201, 409)
	apps := f.client(t).Apps("")
	for range 2 { // the second time they have it already
		if err := apps.Install(t.Context(), "id-ana"); err != nil {
			t.Fatal(err)
		}
	}
	got := f.requests()
	if len(got) != 3 || got[1].Body != `{"teamsApp@odata.bind":"`+f.URL+`/v1.0/appCatalogs/teamsApps/c2"}` {
		t.Errorf("%d requests, %+v", len(got), got)
	}
	configured := teams(t, "", 201)
	if err := configured.client(t).Apps("c9").Install(t.Context(), "id-ana"); err != nil || len(configured.requests()) != 1 || !strings.Contains(configured.requests()[0].Body, "/c9") {
		t.Errorf("%v %+v", err, configured.requests())
	}
}

func TestWhoCannotHaveTheAppIsSaidOnceAndForAll(t *testing.T) {
	const entry = `{"id":"c2","externalId":"bot-app"}`
	for status, c := range map[int]struct {
		permanent bool
		after     time.Duration
		says      string
	}{
		403: {true, 0, "TeamsAppInstallation.ReadWriteSelfForUser.All"}, 404: {true, 0, "catalogue"}, 400: {true, 0, "400"},
		429: {false, 10 * time.Second, "429"}, 500: {false, 0, "500"}, 503: {false, 0, "503"},
	} {
		f := teams(t, entry, status)
		err := f.client(t).Apps("").Install(t.Context(), "id-ana")
		if e := asError(t, err); e.Permanent() != c.permanent || e.RetryAfter() != c.after || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%d: %v, permanent %v, after %v", status, err, e.Permanent(), e.RetryAfter())
		}
	}
}

func TestAnAppThatWasPutInAgainIsLookedUpAgain(t *testing.T) {
	f := teams(t, `{"id":"c2","externalId":"bot-app"}`, 404, 201)
	apps := f.client(t).Apps("")
	_ = apps.Install(t.Context(), "id-ana")
	if err := apps.Install(t.Context(), "id-ana"); err != nil || len(f.requests()) != 4 {
		t.Errorf("%v after %d requests", err, len(f.requests()))
	}
	g := teams(t, "", 404)
	apps = g.client(t).Apps("c9")
	_ = apps.Install(t.Context(), "id-ana")
	_ = apps.Install(t.Context(), "id-ana")
	if len(g.requests()) != 2 {
		t.Errorf("a configured id was looked up: %d requests", len(g.requests()))
	}
}

func TestAnAppThatIsNotInTheCatalogueWaitsForAnAdmin(t *testing.T) {
	for _, entries := range []string{"", `{"id":"c1","externalId":"bot-app","distributionMethod":"sideloaded"}`, `{"externalId":"bot-app"}`} {
		err := teams(t, entries, 201).client(t).Apps("").Install(t.Context(), "id-ana")
		if e := asError(t, err); e.Permanent() || e.RetryAfter() != 5*time.Minute || !strings.Contains(err.Error(), "upload the app package") {
			t.Errorf("%s: %v", entries, err)
		}
	}
	refused := newTenant(t, always(403, "{}"))
	if err := refused.client(t).Apps("").Install(t.Context(), "id-ana"); !strings.Contains(asError(t, err).Error(), "AppCatalog.Read.All") {
		t.Errorf("%v", err)
	}
	strange := newTenant(t, always(200, "[]"))
	if err := strange.client(t).Apps("").Install(t.Context(), "id-ana"); asError(t, err).Permanent() {
		t.Errorf("%v", err)
	}
}

func TestWhoHasTheAppIsAskedOfTeams(t *testing.T) {
	for list, want := range map[string]bool{``: false, `null`: false, `{"id":"i","teamsApp":{"externalId":"game"}}`: false, `{"id":"i","teamsApp":{"externalId":"bot-app"}}`: true, `{"id":"i"}`: true} {
		got, err := newTenant(t, always(200, `{"value":[`+list+`]}`)).client(t).Apps("").Installed(t.Context(), "id-ana")
		if err != nil || got != want {
			t.Errorf("%s: %v %v", list, got, err)
		}
	}
	if got, err := newTenant(t, always(404, "{}")).client(t).Apps("").Installed(t.Context(), "id-ana"); got || err != nil {
		t.Errorf("nobody there: %v %v", got, err)
	}
	_, err := newTenant(t, always(403, "{}")).client(t).Apps("").Installed(t.Context(), "id-ana")
	if e := asError(t, err); !e.Permanent() || !strings.Contains(err.Error(), "ReadWriteSelfForUser") {
		t.Errorf("%v", err)
	}
}
