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
	leave, err := c.lanes.enter(ctx, "person/"+string(person))
	if err != nil {
		return reference{}, &Error{op: "open a conversation", advice: "the caller stopped waiting"}
	}
	defer leave()
	if r, ok, err = c.known(ctx, person); ok || err != nil { // somebody else opened it meanwhile
		return r, err
	}
	return c.open(ctx, person, c.o.Endpoints.Service)
}

// open creates the conversation between the bot and a person. Teams answers the existing
// one when there is one, so it may be repeated. The person is named by Entra id, in the
// member's id, and must have the app.
func (c *Client) open(ctx context.Context, person roster.ID, service string) (reference, error) {
	if person == "" {
		return reference{}, &Error{op: "open a conversation", advice: "the message is addressed to nobody", permanent: true}
	}
	if service == "" {
		return reference{}, &Error{op: "open a conversation", unreachable: true, permanent: true,
			advice: "no service address is known before this person writes to the bot"}
	}
	r := reference{Service: service}
	id, err := c.onHost(&r, func(service string) (string, error) {
		return c.call(ctx, request{op: "open a conversation", method: http.MethodPost, service: service, path: "/v3/conversations", body: node{
			"bot": node{"id": "28:" + c.o.App}, "members": []node{{"id": string(person)}}, "isGroup": false,
			"tenantId": c.o.Tenant, "channelData": node{"tenant": node{"id": c.o.Tenant}},
		}})
	})
	if gone(err) {
		var e *Error
		errors.As(err, &e)
		e.unreachable, e.permanent, e.advice = true, true, "Teams does not know this person; is the app installed for them?"
	}
	if err != nil {
		return reference{}, err
	}
	r.Conversation = id
	return r, c.keep(ctx, person, r)
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

// gone tells that Teams no longer has what was asked for.
func gone(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.status == http.StatusNotFound
}

// A card's reference is conversation and activity, escaped and joined by a slash. Where the
// conversation lives is not in it: that may change.
func joinRef(conversation, activity string) string {
	return url.QueryEscape(conversation) + "/" + url.QueryEscape(activity)
}

func splitRef(ref string) (conversation, activity string, ok bool) {
	a, b, _ := strings.Cut(ref, "/")
	conversation, err1 := url.QueryUnescape(a)
	activity, err2 := url.QueryUnescape(b)
	return conversation, activity, err1 == nil && err2 == nil && conversation != "" && activity != ""
}

func activitiesPath(conversation string) string {
	return "/v3/conversations/" + url.PathEscape(conversation) + "/activities"
}
