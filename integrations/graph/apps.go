package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// installing is the least permission with which an app may install itself, and nothing else,
// for people. The Teams manifest must name the Entra app under webApplicationInfo.
const installing = "TeamsAppInstallation.ReadWriteSelfForUser.All"

// Apps brings the Teams app to people who have not got it, so that the bot may write to them.
// Only an app in the organisation's catalogue, or in the store, can be brought.
type Apps struct {
	c *Client

	mu    sync.Mutex
	entry string // the app's id in the catalogue, "" until somebody needs it
	given bool   // entry was configured, and is not ours to forget
}

// Apps installs the app whose id in the organisation's catalogue is entry (not the one in
// its manifest). With "" it is looked up once by Options.BotApp, which needs the permission
// AppCatalog.Read.All.
func (c *Client) Apps(entry string) *Apps { return &Apps{c: c, entry: entry, given: entry != ""} }

// Install brings the app to a person. That they have it already is success, so it may be
// repeated; the bot hears of a new installation by itself, a moment later. An error with
// Permanent true means that this person cannot have the app as things stand.
//
// Needs TeamsAppInstallation.ReadWriteSelfForUser.All.
func (a *Apps) Install(ctx context.Context, person roster.ID) error {
	entry, err := a.find(ctx)
	if err != nil {
		return err
	}
	q := call{op: "install the app for a person", method: abs.POST, path: "/users/{person}/teamwork/installedApps",
		vars: map[string]string{"person": string(person)}, needs: installing}
	q.json, err = json.Marshal(map[string]string{"teamsApp@odata.bind": a.c.base + "/v1.0/appCatalogs/teamsApps/" + entry})
	if err != nil {
		return unreadable(q)
	}
	err = a.c.tell(ctx, q)
	switch status(err) {
	case http.StatusConflict:
		return nil
	case http.StatusForbidden:
		return forGood(err, "grant "+installing+" to the app, and let this person have it in the app policies of Teams")
	case http.StatusNotFound:
		a.forget()
		return forGood(err, "the person is not in Teams, or the app is not in the organisation's catalogue")
	}
	return err
}

// Installed says whether a person has the app. An error with Permanent true means that the
// tenant does not let us look.
//
// Needs TeamsAppInstallation.ReadWriteSelfForUser.All or TeamsAppInstallation.ReadForUser.All,
// and Options.BotApp.
func (a *Apps) Installed(ctx context.Context, person roster.ID) (bool, error) {
	id, err := a.c.installation(ctx, person, "look for the app", installing)
	return id != "", err
}

// installation answers the id of a person's installation of the bot's app, "" when there is
// none.
func (c *Client) installation(ctx context.Context, person roster.ID, op, needs string) (string, error) {
	if c.bot == "" {
		return "", &Error{op: op, permanent: true, advice: "the bot's app id is not configured"}
	}
	q := call{op: op, method: abs.GET, needs: needs,
		path: "/users/{person}/teamwork/installedApps?$expand=teamsApp&$filter={filter}",
		vars: map[string]string{"person": string(person), "filter": "teamsApp/externalId eq " + quoted(c.bot)}}
	got, err := c.fetch(ctx, q, models.CreateUserScopeTeamsAppInstallationCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return "", absent(err)
	}
	page, ok := got.(models.UserScopeTeamsAppInstallationCollectionResponseable)
	if !ok {
		return "", unreadable(q)
	}
	for _, app := range page.GetValue() {
		if app != nil && text(app.GetId()) != "" && c.ours(app) {
			return *app.GetId(), nil
		}
	}
	return "", nil
}

// ours says whether the installation is the bot's; the service's filter is not believed
// when the answer says otherwise.
func (c *Client) ours(app models.UserScopeTeamsAppInstallationable) bool {
	about := app.GetTeamsApp()
	return about == nil || text(about.GetExternalId()) == "" || strings.EqualFold(*about.GetExternalId(), c.bot)
}

// find answers the app's id in the catalogue.
func (a *Apps) find(ctx context.Context) (string, error) {
	a.mu.Lock()
	entry := a.entry
	a.mu.Unlock()
	if entry != "" {
		return entry, nil
	}
	const op = "look for the app in the catalogue"
	if a.c.bot == "" {
		return "", &Error{op: op, permanent: true, advice: "the bot's app id is not configured"}
	}
	q := call{op: op, method: abs.GET, path: "/appCatalogs/teamsApps?$filter={filter}", needs: "AppCatalog.Read.All (or configure the app's id in the catalogue)",
		vars: map[string]string{"filter": "externalId eq " + quoted(a.c.bot)}}
	raw, err := a.c.raw(ctx, q)
	if err != nil {
		return "", err
	}
	var page struct {
		Value []struct{ ID, ExternalID, DistributionMethod string }
	}
	if json.Unmarshal(raw, &page) != nil {
		return "", unreadable(q)
	}
	for _, app := range page.Value {
		if app.ID == "" || !strings.EqualFold(app.ExternalID, a.c.bot) || app.DistributionMethod == "sideloaded" {
			continue
		}
		if entry = app.ID; app.DistributionMethod == "organization" {
			break // rather than one of the same id in the store
		}
	}
	if entry == "" {
		return "", &Error{op: op, after: refusedWait, advice: "upload the app package to the organisation's catalogue"}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.entry = entry
	return entry, nil
}

// forget makes the next installation look the app up again: one that is taken out of the
// catalogue and put in again has another id.
func (a *Apps) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.given {
		a.entry = ""
	}
}

// quoted writes a text as OData does.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
