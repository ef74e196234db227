package graph_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

func message() prompt.Message {
	return prompt.Message{Key: "prepare/s1/id-ana", To: "id-ana", Title: "Get <ready>", Summary: "s",
		Blocks: []prompt.Block{{Text: "Hello & welcome"}, {Head: "Steps", List: []string{"one"}}, {Note: "private"}}}
}

func TestADraftCarriesItsKey(t *testing.T) {
	f := newTenant(t, always(201, `{"id":"d1","isDraft":true}`))
	id, err := f.client(t).Mail(service).Draft(t.Context(), ana, message())
	if err != nil || id != "d1" {
		t.Fatal(id, err)
	}
	r := f.requests()[0]
	var sent map[string]any
	_ = json.Unmarshal([]byte(r.Body), &sent)
	if r.Method != "POST" || r.Path != "/v1.0/users/coach%40contoso.example/messages" || sent["subject"] != "Get <ready>" ||
		!same(t, sent["singleValueExtendedProperties"], `[{"id":"`+property+`","value":"prepare/s1/id-ana"}]`) ||
		!strings.Contains(r.Body, "ana@contoso.example") {
		t.Errorf("%s %s %s", r.Method, r.Path, r.Body)
	}
	body, _ := sent["body"].(map[string]any)
	if want := "<h2>Get &lt;ready&gt;</h2><p>Hello &amp; welcome</p><h3>Steps</h3><li>one</li><small>private</small>"; body["content"] != want {
		t.Errorf("body %q", body["content"])
	}
}

func TestALetterHandedInIsSent(t *testing.T) {
	f := newTenant(t, always(201, `{"id":"d1"}`))
	write := func(roster.Person, prompt.Message) (graph.Letter, error) {
		return graph.Letter{Subject: "S", HTML: "<b>H</b>"}, nil
	}
	if _, err := f.client(t, func(o *graph.Options) { o.Letter = write }).Mail(service).Draft(t.Context(), ana, message()); err != nil {
		t.Fatal(err)
	}
	var sent struct{ Body struct{ Content string } }
	if _ = json.Unmarshal([]byte(f.requests()[0].Body), &sent); sent.Body.Content != "<b>H</b>" {
		t.Errorf("%s", f.requests()[0].Body)
	}
	broken := func(roster.Person, prompt.Message) (graph.Letter, error) { return graph.Letter{}, errors.New("Ana") }
	_, err := f.client(t, func(o *graph.Options) { o.Letter = broken }).Mail(service).Draft(t.Context(), ana, message())
	if !asError(t, err).Permanent() {
		t.Error("a message that cannot be written stays so")
	}
}

func TestPostSendsADraftOnce(t *testing.T) {
	for _, c := range []struct {
		name       string
		read, send int
		body       string
		sends      int
		fine       bool
	}{
		{"a draft", 200, 202, `{"id":"d1","isDraft":true}`, 1, true},
		{"sent before", 200, 202, `{"id":"d1","isDraft":false}`, 0, true},
		{"gone", 404, 202, `{"error":{"code":"ErrorItemNotFound"}}`, 0, true},
		{"gone meanwhile", 200, 404, `{"id":"d1","isDraft":true}`, 1, true},
		{"the mailbox is wrong", 404, 202, `{"error":{"code":"ErrorInvalidUser"}}`, 0, false},
		{"refused", 200, 403, `{"id":"d1","isDraft":true}`, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			sends := 0
			f := newTenant(t, func(r request, w http.ResponseWriter) {
				if r.Method == "POST" && strings.HasSuffix(r.Path, "/messages/d1/send") {
					sends++
					say(w, c.send, "")
					return
				}
				say(w, c.read, c.body)
			})
			err := f.client(t).Mail(service).Post(t.Context(), "d1")
			if (err == nil) != c.fine || sends != c.sends {
				t.Errorf("%v, %d sent", err, sends)
			}
			if err != nil {
				asError(t, err)
			}
		})
	}
}

func TestFindAMailSaysHowFarItCame(t *testing.T) {
	key := `"singleValueExtendedProperties":[{"id":"` + property + `","value":"k"}]`
	for _, c := range []struct {
		name, list, id string
		sent, found    bool
	}{
		{"nothing", `null`, "", false, false},
		{"a draft", `{"id":"d","isDraft":true,` + key + `}`, "d", false, true},
		{"sent", `{"id":"s","isDraft":false,` + key + `}`, "s", true, true},
		{"both: sent wins", `{"id":"s","isDraft":false,` + key + `},{"id":"d","isDraft":true,` + key + `}`, "s", true, true},
		{"somebody else's", `{"id":"d","isDraft":true}`, "", false, false},
	} {
		f := newTenant(t, always(200, `{"value":[`+c.list+`]}`))
		id, sent, found, err := f.client(t).Mail(service).Find(t.Context(), "k")
		if err != nil || id != c.id || sent != c.sent || found != c.found {
			t.Errorf("%s: %q %v %v %v", c.name, id, sent, found, err)
		}
		if q, _ := url.ParseQuery(f.requests()[0].Query); !strings.Contains(q.Get("$filter"), "ep/value eq 'k'") {
			t.Errorf("%v", q)
		}
	}
}
