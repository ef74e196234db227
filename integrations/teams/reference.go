package teams

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// reference is where a person's chat with the bot lives.
type reference struct {
	Service      string `json:"service"`
	Conversation string `json:"conversation"`
}

func noteKey(person roster.ID) string { return "teams/chat/" + string(person) }

// known recalls a person's reference; false when there is none, or none that may be used.
func (c *Client) known(ctx context.Context, person roster.ID) (reference, bool, error) {
	raw, err := c.o.Notes.Recall(ctx, noteKey(person))
	if err != nil {
		return reference{}, false, &Error{op: "recall a conversation", advice: "the notes cannot be read; is Redis there?"}
	}
	var r reference
	if len(raw) == 0 || json.Unmarshal(raw, &r) != nil || r.Conversation == "" || !c.o.Endpoints.allows(r.Service) {
		return reference{}, false, nil
	}
	return r, true, nil
}

// keep remembers a reference, if it is news.
func (c *Client) keep(ctx context.Context, person roster.ID, r reference) error {
	if old, ok, err := c.known(ctx, person); err == nil && ok && old == r {
		return nil
	}
	raw, err := json.Marshal(r)
	if err == nil {
		err = c.o.Notes.Remember(ctx, noteKey(person), raw)
	}
	if err != nil {
		return &Error{op: "remember a conversation", advice: "the notes cannot be written; is Redis there?"}
	}
	return nil
}

func (c *Client) forget(ctx context.Context, person roster.ID) error {
	if err := c.o.Notes.Remember(ctx, noteKey(person), nil); err != nil {
		return &Error{op: "forget a conversation", advice: "the notes cannot be written; is Redis there?"}
	}
	return nil
}

// chat answers the person's conversation and opens one when none is known.
func (c *Client) chat(ctx context.Context, person roster.ID) (reference, error) {
	r, ok, err := c.known(ctx, person)
	if ok || err != nil {
		return r, err
	}
	return c.open(ctx, person, reference{Service: c.o.Endpoints.Service})
}

// open creates the conversation between the bot and a person in place of the one that is
// gone, unless somebody else has done so meanwhile. Teams answers the existing one when there
// is one, so it may be repeated. The person is named by Entra id, in the member's id, and must
// have the app.
func (c *Client) open(ctx context.Context, person roster.ID, gone reference) (reference, error) {
	const op = "open a conversation"
	if person == "" {
		return reference{}, &Error{op: op, advice: "the message is addressed to nobody", permanent: true}
	}
	if gone.Service == "" {
		return reference{}, &Error{op: op, unreachable: true, permanent: true,
			advice: "no service address is known before this person writes to the bot"}
	}
	ctx, leave, err := c.enter(ctx, op, string(person))
	if err != nil {
		return reference{}, err
	}
	defer leave()
	if r, ok, err := c.known(ctx, person); err != nil || ok && r.Conversation != gone.Conversation {
		return r, err
	}
	r := reference{Service: gone.Service}
	r.Conversation, err = c.onHost(&r, func(service string) (string, error) {
		return c.call(ctx, request{op: op, chat: string(person), method: http.MethodPost, service: service, path: "/v3/conversations", body: node{
			"bot": node{"id": "28:" + c.o.App}, "members": []node{{"id": string(person)}}, "isGroup": false,
			"tenantId": c.o.Tenant, "channelData": node{"tenant": node{"id": c.o.Tenant}},
		}})
	})
	if err != nil {
		return reference{}, uninstalled(err)
	}
	return r, c.keep(ctx, person, r)
}

// uninstalled reads a "not found" on opening as what it is: this person does not have the app.
func uninstalled(err error) error {
	var e *Error
	if gone(err) && errors.As(err, &e) {
		e.unreachable, e.permanent, e.advice = true, true, "Teams does not know this person; is the app installed for them?"
	}
	return err
}

// onHost does a call on the reference's host and once more on the GCC host when the service
// says that the conversation lives there; the reference then moves with it.
func (c *Client) onHost(r *reference, do func(service string) (string, error)) (string, error) {
	id, err := do(r.Service)
	var e *Error
	gcc := c.o.Endpoints.GCC
	if errors.As(err, &e) && e.code == codeWrongHost && gcc != "" && r.Service != gcc {
		r.Service = gcc
		return do(gcc)
	}
	return id, err
}

// A card's reference is conversation, activity and, third, where the conversation lived when
// the card was shown; escaped and joined by slashes. The third is only for those who do not
// know better: a conversation may move. References written before it was added have two parts.
func joinRef(chat reference, activity string) string {
	return url.QueryEscape(chat.Conversation) + "/" + url.QueryEscape(activity) + "/" + url.QueryEscape(chat.Service)
}

func splitRef(ref string) (chat reference, activity string, ok bool) {
	parts := strings.Split(ref, "/")
	if len(parts) != 2 && len(parts) != 3 {
		return chat, "", false
	}
	for i, p := range parts {
		clear, err := url.QueryUnescape(p)
		if err != nil || clear == "" && i < 2 {
			return chat, "", false
		}
		parts[i] = clear
	}
	chat.Conversation = parts[0]
	if len(parts) == 3 {
		chat.Service = parts[2]
	}
	return chat, parts[1], true
}

func activitiesPath(conversation string) string {
	return "/v3/conversations/" + url.PathEscape(conversation) + "/activities"
}

func activityPath(conversation, id string) string {
	return activitiesPath(conversation) + "/" + url.PathEscape(id)
}
