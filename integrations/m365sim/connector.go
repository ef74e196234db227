package m365sim

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
	"unicode/utf16"
)

const (
	cardType   = "application/vnd.microsoft.card.adaptive"
	maxMessage = 100 << 10 // bytes as UTF-16, cards included
)

// chat is the one-to-one conversation of the bot with a person.
type chat struct {
	ID       string // as the connector calls it
	With     *person
	Messages []*message
	seen     int // how many messages the person has read
}

// message is one entry of a chat.
type message struct {
	ID      string
	At      time.Time
	FromBot bool
	Text    string
	Card    object // nil for plain text
	Updated bool
	Deleted bool
	Used    map[string]bool // verbs pressed on it so far
}

func (ch *chat) message(id string) *message {
	for _, m := range ch.Messages {
		if m.ID == id {
			return m
		}
	}
	return nil
}

var connectorRoutes = []route{
	{"POST", "/v3/conversations", (*Tenant).openConversation, false},
	{"POST", "/v3/conversations/{}/activities", (*Tenant).sendActivity, false},
	{"POST", "/v3/conversations/{}/activities/{}", (*Tenant).sendActivity, false},
	{"PUT", "/v3/conversations/{}/activities/{}", (*Tenant).updateActivity, false},
	{"DELETE", "/v3/conversations/{}/activities/{}", (*Tenant).deleteActivity, false},
	{"GET", "/v3/conversations/{}/members", (*Tenant).listChatMembers, false},
	{"GET", "/v3/conversations/{}/members/{}", (*Tenant).getChatMember, false},
	{"GET", "/v3/conversations/{}/pagedmembers", (*Tenant).pageChatMembers, false},
}

// activity is what the bot may say; the rest of an activity does not matter here.
type activity struct {
	Type        string
	Text        string
	Summary     string
	Attachments []struct {
		ContentType string
		Content     json.RawMessage
	}
}

// connector answers a request of the bot: token, pace, then the call itself.
func (t *Tenant) connector(c *call) reply {
	if status, wrong := t.bearer(c, t.creds.BotID, func(aud string) bool { return aud == botAudience }); status != 0 {
		return connectorError(status, "BotNotRegistered", wrong)
	}
	rt, args, known := find(connectorRoutes, c.r.Method, c.r.URL.EscapedPath())
	switch {
	case rt.do == nil && known:
		return connectorError(http.StatusMethodNotAllowed, "BadArgument", "This method is not allowed here.")
	case rt.do == nil:
		return connectorError(http.StatusNotFound, "NotFound", "There is nothing here.")
	}
	c.args = args
	now := t.opts.Wall()
	wait := t.pace.take("", botLimits, now)
	if wait == 0 && rt.method == http.MethodPost && len(args) > 0 {
		wait = t.pace.take(args[0], threadLimits, now)
	}
	if wait > 0 {
		t.countThrottle()
		return throttled(int(math.Ceil(wait.Seconds())), connectorError(http.StatusTooManyRequests, "Throttled", "Too many requests."))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Routes[rt.method+" "+rt.path]++
	return rt.do(t, c)
}

func connectorError(status int, code, text string) reply {
	return reply{status: status, body: object{"error": object{"code": code, "message": text}}}
}

// openConversation opens the one-to-one chat with a member, by Entra object id or by the
// channel's id; the app must be installed for them. Asking again answers the same chat.
func (t *Tenant) openConversation(c *call) reply {
	var in struct {
		Bot      struct{ ID string }
		Members  []struct{ ID, AadObjectID string }
		TenantID string
		IsGroup  bool
	}
	if !c.decode(&in) || len(in.Members) != 1 || in.IsGroup || in.Members[0].ID == "" {
		return connectorError(http.StatusBadRequest, "BadSyntax", "Bad format of conversation parameters: one member with an id is needed.")
	}
	p := t.byID[strings.TrimPrefix(in.Members[0].ID, "29:")]
	switch {
	case in.Bot.ID != "" && strings.TrimPrefix(in.Bot.ID, "28:") != t.creds.BotID:
		return connectorError(http.StatusForbidden, "BotNotRegistered", "The bot is not registered.")
	case in.TenantID != t.creds.TenantID:
		return connectorError(http.StatusForbidden, "Forbidden", "The tenant is not one this bot belongs to.")
	case p == nil:
		return connectorError(http.StatusBadRequest, "BadArgument", "Failed to decrypt pairwise id.")
	}
	if no := t.closedFor(p); no != nil {
		return *no
	}
	return reply{status: http.StatusCreated, body: object{"id": t.chatWith(p).ID}}
}

// closedFor answers why the bot may not write to the person, nil when it may.
func (t *Tenant) closedFor(p *person) *reply {
	var out reply
	switch {
	case p.Blocked:
		out = reply{status: http.StatusForbidden, body: object{"errorCode": 209, "message": `{"subCode":"MessageWritesBlocked","details":"Thread is blocked by the user."}`}}
	case !p.Installed:
		out = connectorError(http.StatusForbidden, "ForbiddenOperationException", "The bot is not part of the conversation roster.")
	default:
		return nil
	}
	return &out
}

// chatWith answers the person's chat, opening it when there is none.
func (t *Tenant) chatWith(p *person) *chat {
	if p.chat == nil {
		p.chat = &chat{ID: "a:1" + t.digest("chat", p.ID, fmt.Sprint(len(t.chats)))[:44], With: p}
		t.chats[p.chat.ID] = p.chat
	}
	return p.chat
}

// openChat finds the conversation a request is about, or says why it is closed.
func (t *Tenant) openChat(c *call) (*chat, *reply) {
	ch := t.chats[c.args[0]]
	if ch == nil || ch.With.chat != ch {
		out := connectorError(http.StatusNotFound, "ConversationNotFound", "Conversation not found.")
		return nil, &out
	}
	return ch, t.closedFor(ch.With)
}

// said reads what the bot says; the reply is the error to give.
func (c *call) said() (text string, card object, wrong *reply) {
	var in activity
	bad := func(status int, code, why string) *reply {
		out := connectorError(status, code, why)
		return &out
	}
	if !c.decode(&in) {
		return "", nil, bad(http.StatusBadRequest, "BadSyntax", "The activity is not JSON.")
	}
	if 2*len(utf16.Encode([]rune(string(c.body)))) > maxMessage {
		return "", nil, bad(http.StatusRequestEntityTooLarge, "MessageSizeTooBig", "Message size too large.")
	}
	for _, a := range in.Attachments {
		if a.ContentType != cardType {
			continue
		}
		if json.Unmarshal(a.Content, &card) != nil || card["type"] != "AdaptiveCard" {
			return "", nil, bad(http.StatusBadRequest, "BadArgument", "The card is not an adaptive card.")
		}
	}
	if card == nil && in.Text == "" && in.Type != "typing" {
		return "", nil, bad(http.StatusBadRequest, "BadArgument", "Activity must have a text or an attachment.")
	}
	return in.Text, card, nil
}

func (t *Tenant) sendActivity(c *call) reply {
	ch, wrong := t.openChat(c)
	if wrong != nil {
		return *wrong
	}
	text, card, wrong := c.said()
	if wrong != nil {
		return *wrong
	}
	if text == "" && card == nil { // typing
		return reply{status: http.StatusAccepted, body: object{}}
	}
	m := t.say(ch, &message{FromBot: true, Text: text, Card: card})
	e := Entry{What: "text.sent", ID: m.ID, Conversation: ch.ID, To: []string{ch.With.ID}, Summary: firstWords(text)}
	if card != nil {
		e.What, e.Key, e.Summary = "card.sent", cardID(card), firstWords(headline(card))
	}
	t.write(e)
	t.spoken(ch.With, m)
	return reply{status: http.StatusCreated, body: object{"id": m.ID}}
}

// say appends a message to the chat.
func (t *Tenant) say(ch *chat, m *message) *message {
	m.At, m.Used = t.now(), map[string]bool{}
	m.ID = fmt.Sprint(t.opts.Start.UnixMilli() + int64(t.serial()))
	ch.Messages = append(ch.Messages, m)
	return m
}

// ofBot finds the bot's own message a request is about.
func (t *Tenant) ofBot(c *call) (*chat, *message, *reply) {
	ch, wrong := t.openChat(c)
	if wrong != nil {
		return nil, nil, wrong
	}
	if m := ch.message(c.args[1]); m != nil && m.FromBot && !m.Deleted {
		return ch, m, nil
	}
	out := connectorError(http.StatusNotFound, "ActivityNotFoundInConversation", "The specified activity was not found in the conversation.")
	return nil, nil, &out
}

func (t *Tenant) updateActivity(c *call) reply {
	ch, m, wrong := t.ofBot(c)
	if wrong != nil {
		return *wrong
	}
	text, card, wrong := c.said()
	if wrong != nil {
		return *wrong
	}
	m.Text, m.Card, m.Updated = text, card, true
	t.write(Entry{What: "card.updated", Key: cardID(card), ID: m.ID, Conversation: ch.ID, To: []string{ch.With.ID}, Summary: firstWords(or(headline(card), text))})
	t.spoken(ch.With, m)
	return ok(object{"id": m.ID})
}

func (t *Tenant) deleteActivity(c *call) reply {
	ch, m, wrong := t.ofBot(c)
	if wrong != nil {
		return *wrong
	}
	t.write(Entry{What: "card.deleted", Key: cardID(m.Card), ID: m.ID, Conversation: ch.ID, To: []string{ch.With.ID}, Summary: firstWords(or(headline(m.Card), m.Text))})
	m.Deleted, m.Card, m.Text = true, nil, ""
	return reply{status: http.StatusOK}
}

func (t *Tenant) chatMember(p *person) object {
	return object{"id": "29:" + p.ID, "name": p.Name, "aadObjectId": p.ID, "objectId": p.ID, "email": p.Mail, "userPrincipalName": p.Mail,
		"givenName": firstName(p.Name), "surname": lastName(p.Name), "tenantId": t.creds.TenantID, "userRole": "user"}
}

func (t *Tenant) listChatMembers(c *call) reply {
	ch, wrong := t.openChat(c)
	if wrong != nil {
		return *wrong
	}
	return ok([]object{t.chatMember(ch.With)})
}

func (t *Tenant) pageChatMembers(c *call) reply {
	ch, wrong := t.openChat(c)
	if wrong != nil {
		return *wrong
	}
	return ok(object{"members": []object{t.chatMember(ch.With)}})
}

func (t *Tenant) getChatMember(c *call) reply {
	ch, wrong := t.openChat(c)
	if wrong != nil {
		return *wrong
	}
	if id := strings.TrimPrefix(c.args[1], "29:"); id != ch.With.ID {
		return connectorError(http.StatusNotFound, "MemberNotFoundInConversation", "The member is not part of the conversation.")
	}
	return ok(t.chatMember(ch.With))
}

func firstWords(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return string(r)
}
