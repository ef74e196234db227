package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// envelope puts both forms into one MIME message. What goes into a header was checked or is
// encoded, so that no text can end a header and begin another.
func envelope(l Letter, o Options, lang string) ([]byte, error) {
	from, err := o.From.header("From")
	if err != nil {
		return nil, err
	}
	to, err := o.To.header("To")
	if err != nil {
		return nil, err
	}
	if !messageID.MatchString(o.MessageID) || o.Thread != "" && !messageID.MatchString(o.Thread) {
		return nil, &Error{what: "a letter needs a Message-ID like <word@example.com>, and a thread is one too"}
	}
	if o.Date.IsZero() {
		return nil, &Error{what: "a letter needs a date"}
	}
	edge := boundary(o.MessageID)
	var out bytes.Buffer
	head := func(name, value string) { fmt.Fprintf(&out, "%s: %s\r\n", name, value) }
	head("From", from)
	head("To", to)
	head("Subject", header(l.Subject, len("Subject: ")))
	head("Date", o.Date.Format(time.RFC1123Z))
	head("Message-ID", o.MessageID)
	if o.Thread != "" && o.Thread != o.MessageID {
		head("In-Reply-To", o.Thread)
		head("References", o.Thread)
	}
	head("Auto-Submitted", "auto-generated")               // RFC 3834: nobody's holiday answers it
	head("X-Auto-Response-Suppress", "OOF, AutoReply, DR") // the same for Exchange
	if stop := web(o.Unsubscribe); stop != "" {
		head("List-Unsubscribe", "<"+stop+">")
		head("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058
	}
	head("Content-Language", tag(lang))
	head("MIME-Version", "1.0")
	head("Content-Type", `multipart/alternative; boundary="`+edge+`"`)
	body(&out, edge, "text/plain", l.Text)
	body(&out, edge, "text/html", l.HTML)
	fmt.Fprintf(&out, "\r\n--%s--\r\n", edge)
	return out.Bytes(), nil
}

// body writes one part. Western text stays readable in its encoding; what would grow beyond
// that of base64 takes base64.
func body(out *bytes.Buffer, edge, kind, text string) {
	encoding := "quoted-printable"
	if foreign(text)*5 > len(text) {
		encoding = "base64"
	}
	fmt.Fprintf(out, "\r\n--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", edge, kind, encoding)
	text = strings.ReplaceAll(text, "\n", "\r\n")
	if encoding == "quoted-printable" {
		w := quotedprintable.NewWriter(out)
		_, _ = w.Write([]byte(text)) // a buffer takes everything
		_ = w.Close()
		return
	}
	const row = 57 // bytes that make 76 characters
	for b := []byte(text); len(b) > 0; {
		n := min(row, len(b))
		out.WriteString(base64.StdEncoding.EncodeToString(b[:n]) + "\r\n")
		b = b[n:]
	}
}

func foreign(s string) (n int) {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// boundary cannot stand in a body: "=_" is not quoted-printable, and base64 has no "_".
func boundary(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "=_" + hex.EncodeToString(sum[:12])
}

var (
	messageID = regexp.MustCompile(`^<[!-;=?A-~]{1,120}@[A-Za-z0-9.-]{1,120}>$`)
	mailbox   = regexp.MustCompile("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}$")
	languages = regexp.MustCompile(`^[A-Za-z0-9-]{1,35}$`)
)

func tag(lang string) string {
	if languages.MatchString(lang) {
		return lang
	}
	return "en"
}

// header is the address as the field wants it.
func (a Address) header(field string) (string, error) {
	if !mailbox.MatchString(a.Mail) {
		return "", &Error{what: "the letter's " + field + " address is none that mail servers understand"}
	}
	name := line(a.Name)
	if name == "" {
		return a.Mail, nil
	}
	if ascii(name) && len(name) <= 60 {
		return (&mail.Address{Name: name, Address: a.Mail}).String(), nil
	}
	return header(name, len(field)+2) + "\r\n <" + a.Mail + ">", nil
}

// The longest line of a header that has encoded words in it (RFC 2047, section 2).
const headerLine = 76

// header writes a text into a header that begins at a column: as it is when it is short and
// plain ASCII, else as encoded words, one a line, never cutting a character.
func header(s string, column int) string {
	if ascii(s) && column+len(s) <= headerLine {
		return s
	}
	const open, shut = "=?utf-8?B?", "?="
	var out strings.Builder
	var chunk []byte
	flush := func() {
		if out.Len() > 0 {
			out.WriteString("\r\n ")
		}
		out.WriteString(open + base64.StdEncoding.EncodeToString(chunk) + shut)
		chunk, column = chunk[:0], 1
	}
	for _, r := range s {
		need := base64.StdEncoding.EncodedLen(len(chunk) + utf8.RuneLen(r))
		if len(chunk) > 0 && column+len(open)+need+len(shut) > headerLine {
			flush()
		}
		chunk = utf8.AppendRune(chunk, r)
	}
	flush()
	return out.String()
}

// ascii says whether a text may stand in a header as it is. What looks like an encoded word
// may not: a reader would decode it.
func ascii(s string) bool {
	return foreign(s) == 0 && !strings.Contains(s, "=?")
}
