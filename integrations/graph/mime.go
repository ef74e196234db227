package graph

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	netmail "net/mail"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// MessageID answers the Message-ID, with its angle brackets, of the mail that keeps the
// promise key and leaves from mailbox: a hash, which names nobody, at the mailbox's domain.
// The same key has the same Message-ID for ever, so that the mailbox can be asked for it.
func MessageID(key, mailbox string) string {
	mailbox = strings.ToLower(mailbox)
	domain := mailbox[strings.LastIndex(mailbox, "@")+1:]
	if domain == mailbox {
		domain = "rapport.invalid" // a mailbox named by its id
	}
	sum := sha256.Sum256([]byte("mail\n" + mailbox + "\n" + key))
	return "<" + hex.EncodeToString(sum[:20]) + "@" + domain + ">"
}

// DraftMIME writes a mail that is given whole, with headers of its own (Graph takes only
// "x-" headers with any other form), without sending it, and answers its id for Post. The
// mail must carry MessageID(key, mailbox) as its Message-ID, by which Find finds it. It is
// not idempotent: ask Find first when in doubt.
//
// Needs Mail.ReadWrite for the service mailbox.
func (m *Mail) DraftMIME(ctx context.Context, key string, mime []byte) (id string, err error) {
	q := m.call("write the draft of a mail", abs.POST, "/messages", nil)
	letter, err := netmail.ReadMessage(bytes.NewReader(mime))
	if err != nil || letter.Header.Get("Message-Id") != MessageID(key, m.mailbox) {
		return "", &Error{op: q.op, permanent: true, advice: "the mail does not carry the Message-ID of its key"}
	}
	q.plain = []byte(base64.StdEncoding.EncodeToString(mime))
	return m.drafted(ctx, q)
}

// drafted sends the draft to the mailbox and answers its id.
func (m *Mail) drafted(ctx context.Context, q call) (string, error) {
	got, err := m.c.fetch(ctx, q, models.CreateMessageFromDiscriminatorValue)
	if err != nil {
		return "", err
	}
	written, ok := got.(models.Messageable)
	if !ok || text(written.GetId()) == "" {
		return "", unreadable(q)
	}
	return *written.GetId(), nil
}

// Find looks for the mail by its key in all folders of the mailbox (drafts, on its way out,
// sent): its id, and whether it was sent. It finds what Draft wrote and what DraftMIME wrote.
func (m *Mail) Find(ctx context.Context, key string) (id string, sent, found bool, err error) {
	id, sent, found, err = m.search(ctx, withKey, byKey(key), func(letter models.Messageable) bool {
		return carries(letter.GetSingleValueExtendedProperties(), key)
	})
	if err != nil || found {
		return id, sent, found, err
	}
	name := MessageID(key, m.mailbox)
	return m.search(ctx, "?$filter={filter}&$select=id,isDraft,internetMessageId&$top=10", map[string]string{"filter": "internetMessageId eq " + quoted(name)},
		func(letter models.Messageable) bool { return text(letter.GetInternetMessageId()) == name })
}

// search looks for a mail; the service's filter is not believed. A sent one wins over a draft.
func (m *Mail) search(ctx context.Context, query string, vars map[string]string, is func(models.Messageable) bool) (id string, sent, found bool, err error) {
	q := m.call("find a mail", abs.GET, "/messages"+query, vars)
	got, err := m.c.fetch(ctx, q, models.CreateMessageCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return "", false, false, err
	}
	page, ok := got.(models.MessageCollectionResponseable)
	if !ok {
		return "", false, false, unreadable(q)
	}
	for _, letter := range page.GetValue() {
		if letter == nil || text(letter.GetId()) == "" || !is(letter) {
			continue
		}
		id, sent, found = *letter.GetId(), !yes(letter.GetIsDraft()), true
		if sent {
			break
		}
	}
	return id, sent, found, nil
}
