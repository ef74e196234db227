package graph

import (
	"context"
	"html"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Mail sends mails from the service mailbox, in two moves: a draft that carries the key of
// its promise, and the sending of that draft. So one can always ask the mailbox how far a
// mail has come.
type Mail struct {
	c       *Client
	mailbox string
}

// Draft writes the mail without sending it and answers its id. It is not idempotent: ask
// Find first when in doubt.
//
// Needs Mail.ReadWrite for the service mailbox.
func (m *Mail) Draft(ctx context.Context, to roster.Person, p prompt.Message) (string, error) {
	letter, err := m.c.letter(to, p)
	if err != nil {
		return "", &Error{op: "write the mail", permanent: true, advice: "the message cannot be turned into a mail"}
	}
	draft := models.NewMessage()
	draft.SetSubject(new(letter.Subject))
	draft.SetBody(htmlBody(letter.HTML))
	recipient := models.NewRecipient()
	recipient.SetEmailAddress(mailAddress(to))
	draft.SetToRecipients([]models.Recipientable{recipient})
	draft.SetSingleValueExtendedProperties(keyed(p.Key))
	q := m.call("write the draft of a mail", abs.POST, "/messages", nil)
	q.body = draft
	return m.drafted(ctx, q)
}

// Post sends the draft. A draft that is gone, or no draft any more, was sent: success. Ids
// outlive the move to the sent items, so it looks before it sends.
//
// Needs Mail.Send and Mail.ReadWrite for the service mailbox.
func (m *Mail) Post(ctx context.Context, id string) error {
	vars := map[string]string{"id": id}
	got, err := m.c.fetch(ctx, m.call("read the draft of a mail", abs.GET, "/messages/{id}?$select=id,isDraft", vars),
		models.CreateMessageFromDiscriminatorValue)
	if gone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if draft, ok := got.(models.Messageable); ok && draft.GetIsDraft() != nil && !*draft.GetIsDraft() {
		return nil
	}
	if err = m.c.tell(ctx, m.call("send a mail", abs.POST, "/messages/{id}/send", vars)); gone(err) {
		return nil
	}
	return err
}

// call starts a request about this mailbox.
func (m *Mail) call(op string, method abs.HttpMethod, path string, vars map[string]string) call {
	return mailboxCall(m.mailbox, op, method, path, vars, "Mail.ReadWrite and Mail.Send")
}

// plainLetter is the mail when nobody handed in a better one: the message's texts.
func plainLetter(_ roster.Person, m prompt.Message) (Letter, error) {
	var out strings.Builder
	say := func(tag, s string) {
		if s != "" {
			out.WriteString("<" + tag + ">" + html.EscapeString(s) + "</" + tag + ">")
		}
	}
	say("h2", m.Title)
	for _, b := range m.Blocks {
		say("h3", b.Head)
		say("p", b.Text)
		for _, s := range b.List {
			say("li", s)
		}
		for _, s := range b.Steps {
			say("p", s.Title)
			say("p", s.Text)
		}
		for _, f := range b.Facts {
			say("p", f.Label+": "+f.Value)
		}
		say("small", b.Note)
	}
	subject := m.Title
	if subject == "" {
		subject = m.Summary
	}
	return Letter{Subject: subject, HTML: out.String()}, nil
}
