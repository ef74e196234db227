package m365sim

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestOnlyPeopleWithTheAppCanBeWrittenTo(t *testing.T) {
	w := newWorld(t)
	var without *person
	for _, p := range w.employees() {
		if !p.Installed {
			without = p
		}
	}
	open := func(id string) result {
		return w.send("POST", "/v3/conversations", w.botToken(), map[string]any{"members": []any{map[string]any{"id": id}}, "tenantId": w.creds.TenantID})
	}
	if r := open(without.ID); r.status != 403 || r.code() != "ForbiddenOperationException" {
		t.Errorf("not installed: %d %s", r.status, r.raw)
	}
	b := w.connectBot(nil)
	w.api(201, "POST", "/v1.0/users/"+without.ID+"/teamwork/installedApps", map[string]any{"teamsApp@odata.bind": "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/" + w.creds.TeamsAppID})
	w.api(409, "POST", "/v1.0/users/"+without.ID+"/teamwork/installedApps", map[string]any{"teamsApp@odata.bind": "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/" + w.creds.TeamsAppID})
	w.api(404, "POST", "/v1.0/users/"+without.ID+"/teamwork/installedApps", map[string]any{"teamsApp@odata.bind": "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/another"})
	if n, err := w.Step(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	a := b.all()
	if len(a) != 2 || a[0]["type"] != "conversationUpdate" || a[1]["type"] != "installationUpdate" || a[1]["action"] != "add" {
		t.Fatalf("the bot heard %v", a)
	}
	if joined := a[0]["membersAdded"].([]any)[0].(map[string]any)["id"]; joined != a[0]["recipient"].(map[string]any)["id"] {
		t.Errorf("%v joined, not the bot", joined)
	}
	if r := open(without.ID); r.status != 201 {
		t.Errorf("installed: %d %s", r.status, r.raw)
	}
	first, again := open(without.ID).str("id"), open("29:"+without.ID).str("id")
	if first != again || !strings.HasPrefix(first, "a:1") {
		t.Errorf("two chats with one person: %s %s", first, again)
	}
	for id, status := range map[string]int{"nobody": 400, "": 400} {
		if r := open(id); r.status != status {
			t.Errorf("%q: %d %s", id, r.status, r.raw)
		}
	}
	if whats(w.Journal()) != "app.installed" {
		t.Error(whats(w.Journal()))
	}
}

func TestCardsAreSentReplacedAndTakenBack(t *testing.T) {
	w := newWorld(t)
	p := w.withApp()
	c := w.open(p)
	path := "/v3/conversations/" + url.PathEscape(c) + "/activities"
	id := w.conn(201, "POST", path, withCard(card("rp-1", "session/1", nil, "session:agree"))).str("id")
	w.conn(200, "PUT", path+"/"+id, withCard(card("rp-1", "session/1", nil)))
	if d, _ := w.Desk(p.ID); len(d.Chat) != 1 || !d.Chat[0].Updated || d.Chat[0].From != "bot" {
		t.Errorf("chat: %+v", d.Chat)
	}
	w.conn(200, "DELETE", path+"/"+id, nil)
	w.conn(404, "PUT", path+"/"+id, withCard(card("rp-1", "session/1", nil)))
	w.conn(404, "POST", "/v3/conversations/a:1nothing/activities", withCard(card("rp-1", "", nil)))
	w.conn(201, "POST", path, map[string]any{"type": "message", "text": "Hello there"})
	j := w.Journal()
	if whats(j) != "card.sent card.updated card.deleted text.sent" || j[0].Key != "rp-1" || j[0].ID != id || j[0].Conversation != c || j[0].To[0] != p.ID {
		t.Errorf("journal: %+v", j)
	}
	if r := w.conn(200, "GET", "/v3/conversations/"+url.PathEscape(c)+"/pagedmembers", nil); !strings.Contains(r.raw, p.ID) {
		t.Error(r.raw)
	}
}

func TestMessagesAreCheckedAsTheConnectorDoes(t *testing.T) {
	w := newWorld(t)
	path := "/v3/conversations/" + url.PathEscape(w.open(w.withApp())) + "/activities"
	w.conn(400, "POST", path, map[string]any{"type": "message"})
	w.conn(400, "POST", path, withCard(map[string]any{"type": "HeroCard"}))
	w.conn(413, "POST", path, map[string]any{"type": "message", "text": strings.Repeat("x", 52_000)})
}

func TestWhoBlocksTheBotIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.connectBot(nil)
	p := w.withApp()
	path := "/v3/conversations/" + url.PathEscape(w.open(p)) + "/activities"
	deed := func(do string) {
		t.Helper()
		if _, err := w.Act(t.Context(), Do{Person: p.ID, Do: do, Text: "hello"}); err != nil {
			t.Fatal(err)
		}
	}
	deed("block")
	if r := w.conn(403, "POST", path, withCard(card("rp-1", "", nil))); r.body["errorCode"] != 209.0 || !strings.Contains(r.str("message"), `"subCode":"MessageWritesBlocked"`) {
		t.Errorf("blocked: %s", r.raw)
	}
	deed("say") // speaking again lifts it
	w.conn(201, "POST", path, withCard(card("rp-1", "", nil)))
	deed("forget-chat")
	if r := w.conn(404, "POST", path, withCard(card("rp-2", "", nil))); r.code() != "ConversationNotFound" {
		t.Error(r.raw)
	}
	if again := w.open(p); strings.Contains(path, url.PathEscape(again)) {
		t.Error("a forgotten chat must come back under another id")
	}
	deed("uninstall")
	w.conn(403, "POST", "/v3/conversations", map[string]any{"members": []any{map[string]any{"id": p.ID}}, "tenantId": w.creds.TenantID})
}

func TestTheConnectorHasItsPace(t *testing.T) {
	w := newWorld(t)
	path := "/v3/conversations/" + url.PathEscape(w.open(w.withApp())) + "/activities"
	w.wallLater(time.Minute)
	token := w.botToken()
	send := func() result { return w.send("POST", path, token, withCard(card("rp-1", "", nil))) }
	for i := range 7 {
		if r := send(); r.status != 201 {
			t.Fatalf("message %d: %d", i, r.status)
		}
	}
	if r := send(); r.status != 429 || r.header.Get("Retry-After") != "1" || r.code() != "Throttled" {
		t.Errorf("the eighth in a second: %d %s", r.status, r.raw)
	}
	w.wallLater(1001 * time.Millisecond)
	if r := send(); r.status != 201 {
		t.Errorf("a second later: %d", r.status)
	}
	if r := send(); r.status != 429 || r.header.Get("Retry-After") != "2" {
		t.Errorf("the ninth in two seconds: %d %v", r.status, r.header)
	}
	var p pace
	refused := 0
	for range 60 {
		if p.take("", botLimits, monday) > 0 {
			refused++
		}
	}
	if refused != 10 {
		t.Errorf("%d of 60 refused in one second, want 10", refused)
	}
}

func TestGraphReadsCardsBack(t *testing.T) {
	w := newWorld(t)
	p := w.withApp()
	path := "/v3/conversations/" + url.PathEscape(w.open(p)) + "/activities"
	id := w.conn(201, "POST", path, withCard(card("rp-42", "session/1", nil, "session:agree"))).str("id")
	q := url.Values{"$expand": {"teamsApp"}, "$filter": {"teamsApp/externalId eq '" + w.creds.BotID + "'"}}
	apps := w.api(200, "GET", "/v1.0/users/"+p.ID+"/teamwork/installedApps?"+q.Encode(), nil).list()
	if len(apps) != 1 || apps[0]["teamsApp"] == nil {
		t.Fatalf("installed apps: %v", apps)
	}
	chat := w.api(200, "GET", "/v1.0/users/"+p.ID+"/teamwork/installedApps/"+apps[0]["id"].(string)+"/chat", nil).str("id")
	messages := w.api(200, "GET", "/v1.0/chats/"+url.PathEscape(chat)+"/messages?$top=50", nil).list()
	if len(messages) != 1 || messages[0]["id"] != id {
		t.Fatalf("messages: %v", messages)
	}
	att := messages[0]["attachments"].([]any)[0].(map[string]any)
	if att["contentType"] != cardType || !strings.Contains(att["content"].(string), `"rp-42"`) {
		t.Errorf("attachment: %v", att)
	}
	w.api(404, "GET", "/v1.0/chats/19:x_y@unq.gbl.spaces/messages", nil)
	if got := w.api(200, "GET", "/v1.0/appCatalogs/teamsApps?$filter="+url.QueryEscape("externalId eq '"+w.creds.BotID+"'"), nil).list(); len(got) != 1 || got[0]["id"] != w.creds.TeamsAppID {
		t.Errorf("catalogue: %v", got)
	}
}
