package mail

import (
	"net/url"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// Address is a mailbox and the name shown for it.
type Address struct {
	Name string
	Mail string // "ana@example.com", ASCII
}

// Local is another person of the conversation, and the clock on their wall.
type Local struct {
	Name string
	Zone *time.Location
}

// Options are what a letter needs beside the message. From, To, MessageID and Date are needed
// for the MIME form; Render refuses a letter without them.
type Options struct {
	From Address // the service mailbox
	To   Address

	MessageID string    // "<...@...>"; the same for the same promise, so that the letter can be found again
	Thread    string    // "<...@...>" that all letters about one conversation refer to; "" = none
	Date      time.Time // when it is written

	Zone   *time.Location // the reader's; nil = UTC, and the letter says so
	Others []Local        // whose clocks stand beside the reader's at a moment

	// Link answers the https address of the page where the message is answered; "" or nil =
	// there is none, and the letter has no button.
	Link func(prompt.Message) string

	// Offered says whether that page offers an answer; nil = it offers all. What it does not
	// offer, the letter does not speak of.
	Offered func(prompt.Action) bool

	// Unsubscribe is the https address that stops these letters with a single POST (RFC 8058)
	// and shows a page when it is opened; "" = no such header, no such link.
	Unsubscribe string

	Programme string // its name, for the line that says why one gets this letter
}

// Letter is a mail in all its forms. HTML and Text end with a newline and have bare newlines
// inside; MIME has CRLF everywhere.
type Letter struct {
	Subject string
	Text    string
	HTML    string
	MIME    []byte // headers and both forms, as RFC 5322 and 2046 want them
}

// The largest HTML part. Gmail cuts off a mail at about 102 KB.
const mostHTML = 100 << 10

// Render writes the letter. The same message and options give the same bytes. Errors are
// *Error and permanent: what is missing now is missing at the next try too.
func Render(m prompt.Message, o Options) (Letter, error) {
	v, err := look(m, o)
	if err != nil {
		return Letter{}, err
	}
	html, err := v.html()
	if err != nil {
		return Letter{}, err
	}
	if len(html) > mostHTML {
		return Letter{}, &Error{what: "the message is too long for a mail: a mail program would cut it off after 100 KB"}
	}
	l := Letter{Subject: v.Subject, Text: v.text(), HTML: html}
	l.MIME, err = envelope(l, o, v.Lang)
	return l, err
}

// web is a link that may stand in a letter: https, or http on the way to a tried-out server
// on this machine. Anything else is left out.
func web(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return ""
	}
	loopback := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1"
	if u.Scheme == "https" || u.Scheme == "http" && loopback {
		return u.String()
	}
	return ""
}
