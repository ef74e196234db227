package teams

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Client carries messages to people in Teams. It is safe for concurrent use.
type Client struct {
	o      Options
	web    *http.Client
	tokens *tokens
	pace   Pace
	seen   Seen
}

// NewClient checks the options and makes a client; it calls nobody yet.
func NewClient(o Options) (*Client, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	c := &Client{o: o, web: web(o.Transport), pace: o.Pace, seen: o.Seen}
	c.tokens = newTokens(&c.o, c.web)
	if c.pace == nil {
		c.pace = newAlone(o.Now)
	}
	if c.seen == nil {
		c.seen = func(string, int) {}
	}
	return c, nil
}

// Send shows the message as a new card in the person's chat with the bot and answers an
// opaque reference to it. Repeating it shows a second card. A conversation that Teams no
// longer knows is opened again, once.
func (c *Client) Send(ctx context.Context, m prompt.Message) (ref string, err error) {
	act, err := activity(m)
	if err != nil {
		return "", err
	}
	chat, err := c.chat(ctx, m.To)
	if err != nil {
		return "", err
	}
	ref, err = c.post(ctx, m.To, chat, act)
	if !gone(err) {
		return ref, err
	}
	if chat, err = c.open(ctx, m.To, chat); err != nil {
		return "", err
	}
	return c.post(ctx, m.To, chat, act)
}

func (c *Client) post(ctx context.Context, to roster.ID, chat reference, act node) (string, error) {
	const op = "send a card"
	ctx, leave, err := c.enter(ctx, op, chat.Conversation)
	if err != nil {
		return "", err
	}
	defer leave()
	before := chat.Service
	id, err := c.onHost(&chat, func(service string) (string, error) {
		return c.call(ctx, request{op: op, chat: chat.Conversation, method: http.MethodPost, service: service,
			path: activitiesPath(chat.Conversation), body: act, once: true})
	})
	if err != nil {
		return "", err
	}
	if chat.Service != before {
		_ = c.keep(ctx, to, chat) // the card is out; at worst the next one takes the detour again
	}
	return joinRef(chat, id), nil
}

// Find looks for a card already shown to the person by its message key, through the handed
// in Lookup; without one it is a permanent error. Lookup answers the id of the chat message;
// that it equals the bot's activity id, so that Update can use it, is what Teams is seen to
// do but is documented nowhere (not verified against a real tenant).
func (c *Client) Find(ctx context.Context, to roster.ID, key string) (ref string, found bool, err error) {
	if c.o.Lookup == nil {
		return "", false, &Error{op: "find a card", advice: "this tenant does not let us look into chats", permanent: true}
	}
	found, id, err := c.o.Lookup(ctx, to, CardID(key))
	if err != nil || !found {
		return "", false, err
	}
	chat, err := c.chat(ctx, to)
	if err != nil {
		return "", false, err
	}
	return joinRef(chat, id), true, nil
}

// Update replaces the card at ref; repeating it changes nothing. A card or conversation that
// is gone is success: there is nothing left to be wrong.
func (c *Client) Update(ctx context.Context, ref string, m prompt.Message) error {
	chat, id, ok := splitRef(ref)
	if !ok {
		return &Error{op: "update a card", advice: "the reference is not one of ours", permanent: true}
	}
	act, err := activity(m)
	if err != nil {
		return err
	}
	now, known, err := c.known(ctx, m.To)
	if err != nil {
		return err
	}
	if known {
		chat.Service = now.Service
	}
	return c.put(ctx, c.housed(chat), id, act)
}

// Delete takes the card at ref out of the chat; repeating it changes nothing, and a card or
// conversation that is gone is success. What it said may still be in notifications.
func (c *Client) Delete(ctx context.Context, ref string) error {
	const op = "delete a card"
	chat, id, ok := splitRef(ref)
	if !ok {
		return &Error{op: op, advice: "the reference is not one of ours", permanent: true}
	}
	return c.change(ctx, c.housed(chat), request{op: op, method: http.MethodDelete, path: activityPath(chat.Conversation, id)})
}

// put writes over the card with this id.
func (c *Client) put(ctx context.Context, chat reference, id string, act node) error {
	act["id"] = id
	return c.change(ctx, chat, request{op: "update a card", method: http.MethodPut, path: activityPath(chat.Conversation, id), body: act})
}

// change does a request about a card that was shown; one that is gone is success.
func (c *Client) change(ctx context.Context, chat reference, r request) error {
	ctx, leave, err := c.enter(ctx, r.op, chat.Conversation)
	if err != nil {
		return err
	}
	defer leave()
	_, err = c.onHost(&chat, func(service string) (string, error) {
		r.service, r.chat = service, chat.Conversation
		return c.call(ctx, r)
	})
	if gone(err) {
		return nil
	}
	return err
}

// housed gives a chat whose address is not known, or not to be trusted any more, the one that
// everybody starts with.
func (c *Client) housed(chat reference) reference {
	if !c.o.Endpoints.allows(chat.Service) {
		chat.Service = c.o.Endpoints.Service
	}
	return chat
}

// activity wraps the message's card for the connector. The summary is what a notification
// shows.
func activity(m prompt.Message) (node, error) {
	card, err := Card(m)
	if err != nil {
		return nil, err
	}
	return node{"type": "message", "summary": line(m.Summary),
		"attachments": []node{{"contentType": cardType, "content": json.RawMessage(card)}}}, nil
}
