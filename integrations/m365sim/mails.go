package m365sim

import (
	"fmt"
	"html"
	"math"
	"net/http"
	"net/textproto"
	"regexp"
	"strings"
	"time"
)

// mail is one message in one mailbox.
type mail struct {
	ID, From, Subject, Body, BodyType string
	MessageID, Text, HTML             string // Text and HTML of a mail that came as MIME
	Headers                           map[string]string
	To                                []string
	Event                             string // id of the recipient's event an invite is about
	Draft, Sent                       bool   // neither = received
	Props                             []property
	At                                time.Time
}

type messageBody struct {
	Subject                                   string
	Body                                      struct{ ContentType, Content string }
	ToRecipients, CcRecipients, BccRecipients []struct {
		EmailAddress struct{ Name, Address string }
	}
	SingleValueExtendedProperties []property
	InternetMessageHeaders        []struct{ Name, Value string }
}

// deliver puts a mail into somebody's inbox.
func (t *Tenant) deliver(p *person, m *mail) {
	if p == nil || p.NoMailbox {
		return
	}
	m.At, m.ID = t.now(), t.mailID(p)
	m.MessageID = or(m.MessageID, t.messageID(m))
	p.mailbox.mails = append(p.mailbox.mails, m)
}

func (t *Tenant) mailID(p *person) string {
	return "AAkALgM" + t.digest("mail", p.ID, fmt.Sprint(t.serial()))[:36] + "="
}

func (t *Tenant) mailOf(c *call) (*person, *mail, *reply) {
	p := t.person(c.args[0])
	if p == nil || p.NoMailbox {
		out := noUser()
		return nil, nil, &out
	}
	if len(c.args) > 1 {
		for _, m := range p.mailbox.mails {
			if m.ID == c.args[1] {
				return p, m, nil
			}
		}
		out := noItem()
		return p, nil, &out
	}
	return p, nil, nil
}

func (t *Tenant) written(p *person, in messageBody) (*mail, *reply) {
	m := &mail{ID: t.mailID(p), From: p.Mail, Subject: in.Subject, Body: in.Body.Content, BodyType: strings.ToLower(or(in.Body.ContentType, "text")),
		Props: in.SingleValueExtendedProperties, At: t.now(), Headers: map[string]string{}}
	m.MessageID = t.messageID(m)
	if m.BodyType == "html" {
		m.HTML = m.Body
	}
	for _, h := range in.InternetMessageHeaders {
		if !strings.HasPrefix(strings.ToLower(h.Name), "x-") {
			out := graphError(http.StatusBadRequest, "InvalidInternetMessageHeader", "The internet message header name should start with 'x-' or 'X-'.")
			return nil, &out
		}
		m.Headers[textproto.CanonicalMIMEHeaderKey(h.Name)] = h.Value
	}
	for _, list := range [][]struct {
		EmailAddress struct{ Name, Address string }
	}{in.ToRecipients, in.CcRecipients, in.BccRecipients} {
		for _, r := range list {
			m.To = append(m.To, r.EmailAddress.Address)
		}
	}
	return m, nil
}

// createMessage writes a draft, from JSON or from MIME; nobody gets it yet.
func (t *Tenant) createMessage(c *call) reply {
	p, _, wrong := t.mailOf(c)
	if wrong != nil {
		return *wrong
	}
	var m *mail
	var in messageBody
	switch {
	case c.typed():
		m, wrong = t.unwrap(p, c.body)
	case !c.decode(&in):
		return graphError(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	default:
		m, wrong = t.written(p, in)
	}
	if wrong != nil {
		return *wrong
	}
	m.Draft = true
	p.mailbox.mails = append(p.mailbox.mails, m)
	return reply{status: http.StatusCreated, body: messageObject(c, m)}
}

// maySend answers why p may not send the mail now, nil when it may, and counts it then.
func (t *Tenant) maySend(p *person, m *mail) *reply {
	var out reply
	switch {
	case len(m.To) == 0:
		out = graphError(http.StatusBadRequest, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
	case !strings.EqualFold(m.From, p.Mail):
		out = graphError(http.StatusForbidden, "ErrorSendAsDenied", "The user account does not have the right to send mail on behalf of the specified sending account.")
	default:
		wait := t.overMails(p)
		if wait == 0 {
			return nil
		}
		out = throttled(int(math.Ceil(wait.Seconds())), graphError(http.StatusTooManyRequests, "ApplicationThrottled", "The mailbox sends too many messages a minute."))
	}
	return &out
}

// sendDraft sends it. The id stays the same on the way to Sent Items, as immutable ids do;
// a draft that was sent already is not found among the drafts any more.
func (t *Tenant) sendDraft(c *call) reply {
	p, m, wrong := t.mailOf(c)
	if wrong != nil {
		return *wrong
	}
	if !m.Draft {
		return noItem()
	}
	if wrong := t.maySend(p, m); wrong != nil {
		return *wrong
	}
	m.Draft = false
	t.mailOut(p, m, true)
	return reply{status: http.StatusAccepted}
}

// sendMail writes and sends in one; the answer only says that it was accepted.
func (t *Tenant) sendMail(c *call) reply {
	p, _, wrong := t.mailOf(c)
	if wrong != nil {
		return *wrong
	}
	var in struct {
		Message         *messageBody
		SaveToSentItems *bool
	}
	var m *mail
	switch {
	case c.typed():
		m, wrong = t.unwrap(p, c.body)
	case !c.decode(&in) || in.Message == nil:
		return graphError(http.StatusBadRequest, "ErrorInvalidParameter", "The message is missing.")
	default:
		m, wrong = t.written(p, *in.Message)
	}
	if wrong == nil {
		wrong = t.maySend(p, m)
	}
	if wrong != nil {
		return *wrong
	}
	keep := in.SaveToSentItems == nil || *in.SaveToSentItems
	if keep {
		p.mailbox.mails = append(p.mailbox.mails, m)
	}
	t.mailOut(p, m, keep)
	return reply{status: http.StatusAccepted}
}

func (t *Tenant) mailOut(p *person, m *mail, kept bool) {
	m.Sent, m.At = kept, t.now()
	to := []string{}
	for _, address := range m.To {
		if r := t.byMail[strings.ToLower(address)]; r != nil {
			to = append(to, r.ID)
			got := *m
			got.Draft, got.Sent, got.Props = false, false, nil
			t.deliver(r, &got)
		} else {
			to = append(to, address)
		}
	}
	t.write(Entry{What: "mail.sent", Key: or(keyOf(m.Props), m.Headers["Message-Id"]), ID: m.ID, To: to, Summary: m.Subject})
}

func (t *Tenant) getMessage(c *call) reply {
	_, m, wrong := t.mailOf(c)
	if wrong != nil {
		return *wrong
	}
	return ok(messageObject(c, m))
}

func (t *Tenant) deleteMessage(c *call) reply {
	p, m, wrong := t.mailOf(c)
	if wrong != nil {
		return *wrong
	}
	for i, o := range p.mailbox.mails {
		if o == m {
			p.mailbox.mails = append(p.mailbox.mails[:i:i], p.mailbox.mails[i+1:]...)
		}
	}
	return reply{status: http.StatusNoContent}
}

// listMessages lists a mailbox or one of its folders, newest first.
func (t *Tenant) listMessages(c *call) reply {
	p := t.person(c.args[0])
	if p == nil || p.NoMailbox {
		return noUser()
	}
	want, known := c.filter()
	if !known {
		return graphError(http.StatusBadRequest, "ErrorInvalidUrlQueryFilter", "The filter is not supported here.")
	}
	folder := ""
	if len(c.args) > 1 {
		folder = strings.ToLower(c.args[1])
	}
	var all []object
	for i := len(p.mailbox.mails) - 1; i >= 0; i-- {
		m := p.mailbox.mails[i]
		inFolder := map[string]bool{"": true, "drafts": m.Draft, "sentitems": m.Sent, "inbox": !m.Draft && !m.Sent}[folder]
		if inFolder && want.fits(m.Props) && (want.draft == nil || *want.draft == m.Draft) && (want.messageID == nil || *want.messageID == m.MessageID) {
			all = append(all, messageObject(c, m))
		}
	}
	return paged(c, all, 10, 1000)
}

func messageObject(c *call, m *mail) object {
	to := []object{}
	for _, a := range m.To {
		to = append(to, object{"emailAddress": object{"name": a, "address": a}})
	}
	at := m.At.Format(time.RFC3339)
	from := object{"emailAddress": object{"name": m.From, "address": m.From}}
	o := object{"id": m.ID, "internetMessageId": m.MessageID, "subject": m.Subject, "isDraft": m.Draft, "body": object{"contentType": or(m.BodyType, "html"), "content": m.Body}, "bodyPreview": preview(m.Body),
		"toRecipients": to, "from": from, "sender": from, "createdDateTime": at, "sentDateTime": at, "receivedDateTime": at}
	if props := c.expanded(m.Props); props != nil {
		o["singleValueExtendedProperties"] = props
	}
	return selected(o, c.query)
}

var tags = regexp.MustCompile(`(?s)<(?:style|script|head)\b.*?</(?:style|script|head)>|<[^>]*>`)

// plain is a body without its markup.
func plain(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, " "))), " ")
}

func preview(body string) string {
	text := []rune(plain(body))
	return string(text[:min(len(text), 255)])
}
