package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Chats settles the doubt whether a card of ours reached a person's chat with the bot.
type Chats struct{ c *Client }

// chatDepth is how many of the latest messages are looked at.
const chatDepth = "50"

// Find looks for a card whose JSON has an element with the id cardID among the latest fifty
// messages of the person's chat with the bot, and answers the id of the message. Nothing
// else of the chat is kept. It is not found when the bot is not installed for the person.
// An error with Permanent true means that the tenant does not let us look.
//
// Needs TeamsAppInstallation.ReadForUser.All and Chat.Read.WhereInstalled, and Options.BotApp.
func (h *Chats) Find(ctx context.Context, person roster.ID, cardID string) (found bool, messageID string, err error) {
	chat, err := h.chat(ctx, person)
	if err != nil || chat == "" {
		return false, "", err
	}
	q := call{op: "look for a card", method: abs.GET, path: "/chats/{chat}/messages?$top=" + chatDepth,
		vars: map[string]string{"chat": chat}, needs: "Chat.Read.WhereInstalled"}
	got, err := h.c.fetch(ctx, q, models.CreateChatMessageCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return false, "", mayNotLook(err)
	}
	page, ok := got.(models.ChatMessageCollectionResponseable)
	if !ok {
		return false, "", unreadable(q)
	}
	for _, m := range page.GetValue() {
		if m == nil || m.GetDeletedDateTime() != nil {
			continue
		}
		for _, a := range m.GetAttachments() {
			if a != nil && shows(text(a.GetContent()), cardID) {
				return true, text(m.GetId()), nil
			}
		}
	}
	return false, "", nil
}

// chat answers the id of the person's chat with the bot, "" when there is none.
func (h *Chats) chat(ctx context.Context, person roster.ID) (string, error) {
	const op, needs = "look for the bot's chat", "TeamsAppInstallation.ReadForUser.All"
	app, err := h.c.installation(ctx, person, op, needs)
	if err != nil || app == "" {
		return "", err
	}
	q := call{op: op, method: abs.GET, needs: needs, path: "/users/{person}/teamwork/installedApps/{app}/chat",
		vars: map[string]string{"person": string(person), "app": app}}
	got, err := h.c.fetch(ctx, q, models.CreateChatFromDiscriminatorValue)
	if err != nil {
		return "", absent(err)
	}
	if chat, ok := got.(models.Chatable); ok {
		return text(chat.GetId()), nil
	}
	return "", unreadable(q)
}

// absent makes "not found" of a 404 and "may not look" of a 403.
func absent(err error) error {
	if status(err) == http.StatusNotFound {
		return nil
	}
	return mayNotLook(err)
}

// mayNotLook makes a refused permission permanent: this tenant does not let us look.
func mayNotLook(err error) error {
	if e, ok := err.(*Error); ok && status(e) == http.StatusForbidden {
		return forGood(e, e.advice)
	}
	return err
}

// shows says whether a card's JSON has an element with the id.
func shows(card, id string) bool {
	if id == "" || !strings.Contains(card, id) {
		return false
	}
	var tree any
	return json.Unmarshal([]byte(card), &tree) == nil && contains(tree, id)
}

// contains walks the JSON; encoding/json has bounded its depth.
func contains(tree any, id string) bool {
	switch t := tree.(type) {
	case map[string]any:
		if t["id"] == id {
			return true
		}
		for _, v := range t {
			if contains(v, id) {
				return true
			}
		}
	case []any:
		for _, v := range t {
			if contains(v, id) {
				return true
			}
		}
	}
	return false
}
