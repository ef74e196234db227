package graph_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/integrations/graph"
)

// chatWith is a tenant in whose chat the attachments stand.
func chatWith(t *testing.T, installations string, cards ...string) *tenant {
	var list []string
	for _, c := range cards {
		content, _ := json.Marshal(c)
		list = append(list, `{"id":"m1","attachments":[null,{"contentType":"application/vnd.microsoft.card.adaptive","content":`+string(content)+`},{"content":null}]}`)
	}
	return newTenant(t, func(r request, w http.ResponseWriter) {
		switch {
		case strings.HasSuffix(r.Path, "/users/id-ana/teamwork/installedApps"):
			if q, _ := url.ParseQuery(r.Query); q.Get("$expand") != "teamsApp" || q.Get("$filter") != "teamsApp/externalId eq 'bot-app'" {
				t.Errorf("%v", q)
			}
			say(w, 200, `{"value":[`+installations+`]}`)
		case strings.HasSuffix(r.Path, "/installedApps/inst/chat"):
			say(w, 200, `{"id":"19:chat@unq"}`)
		case strings.HasSuffix(r.Path, "/chats/19%3Achat%40unq/messages"):
			say(w, 200, `{"value":[null,{"id":"m0","attachments":[]},`+strings.Join(append(list, `{"id":"m2","deletedDateTime":"2026-03-03T10:00:00Z"}`), ",")+`]}`)
		default:
			t.Errorf("asked %s", r.Path)
			say(w, 404, "")
		}
	})
}

func TestACardIsFoundByItsIdentity(t *testing.T) {
	const here = `null,{"id":"inst","teamsApp":{"externalId":"bot-app"}}`
	card := `{"type":"AdaptiveCard","body":[{"type":"Container","id":"rp-1","items":[{"type":"TextBlock","text":"rp-9"}]}]}`
	for _, c := range []struct {
		name, installed, id string
		cards               []string
		want                bool
	}{
		{"it is there", here, "rp-1", []string{"{}", card}, true},
		{"deep inside", here, "rp-1", []string{`[[{"a":{"id":"rp-1"}}]]`}, true},
		{"another card", here, "rp-2", []string{card}, false},
		{"only its text says so", here, "rp-9", []string{card}, false},
		{"not JSON", here, "rp-1", []string{`<attachment id="rp-1">`}, false},
		{"an empty chat", here, "rp-1", nil, false},
		{"the bot is not installed", ``, "rp-1", []string{card}, false},
		{"another app", `{"id":"other","teamsApp":{"externalId":"game"}}`, "rp-1", []string{card}, false},
		{"no id asked", here, "", []string{card}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, id, err := chatWith(t, c.installed, c.cards...).client(t).Chats().Find(t.Context(), "id-ana", c.id)
			if err != nil || found != c.want || found && id != "m1" {
				t.Errorf("%v %q %v", found, id, err)
			}
		})
	}
}

func TestATenantThatDoesNotLetUsLookIsForEver(t *testing.T) {
	for status, permanent := range map[int]bool{403: true, 429: false, 500: false} {
		f := newTenant(t, always(status, `{"error":{"code":"Forbidden"}}`))
		_, _, err := f.client(t).Chats().Find(t.Context(), "id-ana", "rp-1")
		if e := asError(t, err); e.Permanent() != permanent {
			t.Errorf("%d: %v", status, err)
		}
	}
	f := newTenant(t, always(404, ""))
	if found, _, err := f.client(t).Chats().Find(t.Context(), "id-ana", "rp-1"); found || err != nil {
		t.Errorf("nobody there: %v %v", found, err)
	}
	_, _, err := f.client(t, func(o *graph.Options) { o.BotApp = "" }).Chats().Find(t.Context(), "id-ana", "rp-1")
	if !asError(t, err).Permanent() {
		t.Error("without the bot's app id there is nothing to look for")
	}
}
