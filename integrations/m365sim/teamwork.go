package m365sim

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// listInstalled lists a person's Teams apps: ours or none.
func (t *Tenant) listInstalled(c *call) reply {
	p := t.person(c.args[0])
	if p == nil {
		return noResource(c.args[0])
	}
	value := []object{}
	if f := c.query.Get("$filter"); p.Installed && t.aboutOurApp(f) {
		o := object{"id": t.installation(p)}
		if strings.Contains(strings.ToLower(c.query.Get("$expand")), "teamsapp") {
			o["teamsApp"] = t.teamsApp()
		}
		value = append(value, o)
	}
	return ok(object{"value": value})
}

func (t *Tenant) aboutOurApp(filter string) bool {
	if filter == "" {
		return true
	}
	if m := externalFilter.FindStringSubmatch(filter); m != nil {
		return m[1] == t.creds.BotID
	}
	return strings.Contains(filter, "'"+t.creds.TeamsAppID+"'")
}

func (t *Tenant) teamsApp() object {
	return object{"id": t.creds.TeamsAppID, "externalId": t.creds.BotID, "displayName": "rapport", "distributionMethod": "organization"}
}

func (t *Tenant) listTeamsApps(c *call) reply {
	value := []object{}
	if t.aboutOurApp(c.query.Get("$filter")) {
		value = append(value, t.teamsApp())
	}
	return ok(object{"value": value})
}

func (t *Tenant) installation(p *person) string {
	return "inst" + t.digest("installation", p.ID)[:24]
}

// install installs the app for a person; the bot hears of it a moment later.
func (t *Tenant) install(c *call) reply {
	p := t.person(c.args[0])
	if p == nil {
		return noResource(c.args[0])
	}
	var in struct {
		App string `json:"teamsApp@odata.bind"`
	}
	switch {
	case !c.decode(&in) || !strings.HasSuffix(in.App, "/appCatalogs/teamsApps/"+t.creds.TeamsAppID):
		return graphError(http.StatusNotFound, "NotFound", "The app is not in the organisation's catalogue.")
	case p.Guest || p.Disabled || p.Purpose != "user":
		return graphError(http.StatusForbidden, "Forbidden", "The user has no Teams licence.")
	case p.Installed:
		return graphError(http.StatusConflict, "Conflict", "App is already installed in the specified scope.")
	}
	p.Installed, p.Blocked = true, false
	t.write(Entry{What: "app.installed", ID: t.installation(p), To: []string{p.ID}, Summary: "app installed"})
	t.plan(&act{at: t.now(), who: p, do: "install", key: p.ID})
	return reply{status: http.StatusCreated}
}

// tellInstalled tells the bot that the app came to a person, or went: Teams says the former
// twice, first that the bot joined the chat and then that the app was installed.
func (t *Tenant) tellInstalled(ctx context.Context, p *person, action string) error {
	t.mu.Lock()
	var told []object
	if action == "add" {
		joined := t.activityFrom(p)
		joined["type"], joined["membersAdded"] = "conversationUpdate", []object{{"id": "28:" + t.creds.BotID}}
		told = append(told, joined)
	}
	installed := t.activityFrom(p)
	installed["type"], installed["action"] = "installationUpdate", action
	told = append(told, installed)
	t.mu.Unlock()
	for _, a := range told {
		if _, err := t.post(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tenant) installedChat(c *call) reply {
	p := t.person(c.args[0])
	if p == nil || !p.Installed || c.args[1] != t.installation(p) {
		return graphError(http.StatusNotFound, "NotFound", "The app is not installed for this user.")
	}
	return ok(object{"id": t.graphChatID(p), "chatType": "oneOnOne", "tenantId": t.creds.TenantID, "topic": nil})
}

// graphChatID is the chat's name in Graph; the connector calls the same chat "a:1...".
func (t *Tenant) graphChatID(p *person) string {
	return "19:" + p.ID + "_" + t.creds.BotID + "@unq.gbl.spaces"
}

func (t *Tenant) chatByGraphID(id string) *chat {
	for _, p := range t.people {
		if t.graphChatID(p) == id {
			return p.chat
		}
	}
	return nil
}

// listChat reads a chat back, newest message first, cards as JSON text in attachments.
func (t *Tenant) listChat(c *call) reply {
	var all []object
	if ch := t.chatByGraphID(c.args[0]); ch != nil {
		for _, m := range slices.Backward(ch.Messages) {
			all = append(all, t.chatObject(ch, m))
		}
	} else if !strings.HasSuffix(c.args[0], "_"+t.creds.BotID+"@unq.gbl.spaces") {
		return graphError(http.StatusNotFound, "NotFound", "The chat was not found.")
	}
	return paged(c, all, 20, 50)
}

func (t *Tenant) getChatMessage(c *call) reply {
	if ch := t.chatByGraphID(c.args[0]); ch != nil {
		if m := ch.message(c.args[1]); m != nil {
			return ok(t.chatObject(ch, m))
		}
	}
	return graphError(http.StatusNotFound, "NotFound", "The message was not found.")
}

func (t *Tenant) chatObject(ch *chat, m *message) object {
	o := object{"id": m.ID, "messageType": "message", "chatId": t.graphChatID(ch.With), "createdDateTime": m.At.Format(time.RFC3339), "deletedDateTime": nil,
		"body": object{"contentType": "html", "content": m.Text}, "attachments": []object{}}
	if m.FromBot {
		o["from"] = object{"user": nil, "application": object{"id": t.creds.BotID, "displayName": "rapport", "applicationIdentityType": "bot"}}
	} else {
		o["from"] = object{"application": nil, "user": object{"id": ch.With.ID, "displayName": ch.With.Name}}
	}
	if m.Deleted {
		o["deletedDateTime"], o["body"] = m.At.Format(time.RFC3339), object{"contentType": "text", "content": ""}
		return o
	}
	if m.Card != nil {
		text, err := json.Marshal(m.Card)
		if err != nil {
			panic("m365sim: " + err.Error())
		}
		id := "att" + m.ID
		o["body"] = object{"contentType": "html", "content": `<attachment id="` + id + `"></attachment>`}
		o["attachments"] = []object{{"id": id, "contentType": cardType, "content": string(text)}}
	}
	return o
}
