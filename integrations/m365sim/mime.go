package m365sim

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	netmail "net/mail"
	"strings"
)

// mimeDepth is how deep parts may lie inside parts.
const mimeDepth = 5

// typed says whether the caller sent a message in MIME form: base64 as plain text.
func (c *call) typed() bool {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	return err == nil && kind == "text/plain"
}

// unwrap reads a message in MIME form: header, plain text and HTML. The reply is the error
// to give.
func (t *Tenant) unwrap(p *person, body []byte) (*mail, *reply) {
	bad := func(code, why string) (*mail, *reply) {
		out := graphError(http.StatusBadRequest, code, why)
		return nil, &out
	}
	raw, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(body)))
	if err != nil {
		return bad("ErrorMimeContentInvalidBase64String", "The MIME content is not base64.")
	}
	in, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return bad("ErrorMimeContentInvalid", "The MIME content is invalid.")
	}
	m := &mail{ID: t.mailID(p), From: p.Mail, Headers: map[string]string{}, MessageID: in.Header.Get("Message-Id"), At: t.now()}
	words := new(mime.WordDecoder)
	for name, values := range in.Header {
		value, err := words.DecodeHeader(strings.Join(values, ", "))
		if err != nil {
			return bad("ErrorMimeContentInvalid", "A header of the MIME content is invalid.")
		}
		m.Headers[name] = value
	}
	m.Subject = m.Headers["Subject"]
	for _, list := range []string{"To", "Cc", "Bcc"} {
		if in.Header.Get(list) == "" {
			continue
		}
		to, err := in.Header.AddressList(list)
		if err != nil {
			return bad("ErrorMimeContentInvalid", "A recipient of the MIME content is invalid.")
		}
		for _, a := range to {
			m.To = append(m.To, a.Address)
		}
	}
	if from, err := in.Header.AddressList("From"); err == nil && len(from) == 1 {
		m.From = from[0].Address
	}
	if err := m.parts(in.Header.Get("Content-Type"), in.Header.Get("Content-Transfer-Encoding"), in.Body, mimeDepth); err != nil {
		return bad("ErrorMimeContentInvalid", "The body of the MIME content is invalid.")
	}
	m.MessageID = or(m.MessageID, t.messageID(m))
	m.BodyType, m.Body = "html", m.HTML
	if m.HTML == "" {
		m.BodyType, m.Body = "text", m.Text
	}
	return m, nil
}

// parts finds the first plain text and the first HTML.
func (m *mail) parts(contentType, encoding string, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(or(contentType, "text/plain"))
	if err != nil || depth == 0 {
		return mime.ErrInvalidMediaParameter
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	if strings.HasPrefix(kind, "multipart/") {
		return m.multi(multipart.NewReader(body, params["boundary"]), depth)
	}
	text, err := io.ReadAll(io.LimitReader(body, maxBody))
	switch {
	case err != nil:
		return err
	case kind == "text/html":
		m.HTML = or(m.HTML, string(text))
	case kind == "text/plain":
		m.Text = or(m.Text, string(text))
	}
	return nil
}

func (m *mail) multi(parts *multipart.Reader, depth int) error {
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.parts(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, depth-1); err != nil {
			return err
		}
	}
}

// messageID makes the Message-ID of a mail that came without one.
func (t *Tenant) messageID(m *mail) string {
	return "<" + t.digest("message id", m.ID)[:32] + "@" + t.domain + ">"
}
