package m365sim

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"
)

// letter is a mail in MIME form, as a program would write it.
func letter(from, to, id string) string {
	return strings.ReplaceAll(`From: rapport <`+from+`>
To: =?utf-8?q?Zo=C3=AB?= <`+to+`>
Subject: =?utf-8?q?Did_it_happen=3F_=E2=80=93_Listening?=
Message-ID: `+id+`
List-Unsubscribe: <https://coach.example/u>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hello Zo=C3=AB,
it is a very long =
line.
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

`+base64.StdEncoding.EncodeToString([]byte("<p>Hello Zoë</p>"))+`
--b--
`, "\n", "\r\n")
}

func mimed(s string) []byte { return []byte(base64.StdEncoding.EncodeToString([]byte(s))) }

func TestAMailInMIMEFormKeepsItsHeadersAndItsID(t *testing.T) {
	w := newWorld(t)
	a := w.employees()[0]
	const id = "<0123456789abcdef@rapport-demo.example>"
	draft := w.api(201, "POST", w.box()+"/messages", mimed(letter(w.creds.ServiceMailbox, a.Mail, id)), "Content-Type", "text/plain")
	if draft.body["isDraft"] != true || draft.str("internetMessageId") != id || draft.str("subject") != "Did it happen? – Listening" {
		t.Errorf("draft: %s", draft.raw)
	}
	find := func(id string) []map[string]any {
		q := url.Values{"$filter": {"internetMessageId eq '" + id + "'"}, "$select": {"id,isDraft,internetMessageId"}}
		return w.api(200, "GET", w.box()+"/messages?"+q.Encode(), nil).list()
	}
	if got := find(id); len(got) != 1 || got[0]["id"] != draft.str("id") || got[0]["isDraft"] != true {
		t.Errorf("found %v", got)
	}
	w.api(202, "POST", w.box()+"/messages/"+url.PathEscape(draft.str("id"))+"/send", nil)
	if got := find(id); len(got) != 1 || got[0]["isDraft"] != false || len(find("<other>")) != 0 {
		t.Errorf("found %v", got)
	}
	d, _ := w.Desk(a.ID)
	m := d.Mail[0]
	if m.Subject != "Did it happen? – Listening" || m.Text != "Hello Zoë,\r\nit is a very long line." || m.HTML != "<p>Hello Zoë</p>" ||
		m.Headers["Auto-Submitted"] != "auto-generated" || m.Headers["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click" || m.Headers["Message-Id"] != id {
		t.Errorf("%+v", m)
	}
	if j := w.Journal(); len(j) != 1 || j[0].What != "mail.sent" || j[0].Key != id || j[0].To[0] != a.ID {
		t.Errorf("journal: %+v", j)
	}
	w.api(400, "GET", w.box()+"/events?"+url.Values{"$filter": {"internetMessageId eq 'x'"}}.Encode(), nil)
	w.api(202, "POST", w.box()+"/sendMail", mimed(letter(w.creds.ServiceMailbox, a.Mail, "<2@x>")), "Content-Type", "text/plain; charset=utf-8")
	if got := find("<2@x>"); len(got) != 1 || got[0]["isDraft"] != false {
		t.Errorf("sent in one: %v", got)
	}
}

func TestWhatIsNoMailIsRefused(t *testing.T) {
	w := newWorld(t)
	good := letter(w.creds.ServiceMailbox, "a@b.example", "<1@x>")
	for name, body := range map[string][]byte{
		"not base64": []byte("From: me"), "no header": mimed("hello"), "no boundary": mimed(strings.Replace(good, `; boundary="b"`, "", 1)),
		"no end": mimed(strings.Replace(good, "--b--", "", 1)), "a recipient that is none": mimed(strings.Replace(good, "<a@b.example>", "<a", 1)),
	} {
		if r := w.send("POST", w.box()+"/messages", w.graphToken(), body, "Content-Type", "text/plain"); r.status != 400 || r.code() == "" {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	foreign := w.api(201, "POST", w.box()+"/messages", mimed(letter("boss@rapport-demo.example", "a@b.example", "<3@x>")), "Content-Type", "text/plain")
	if r := w.api(403, "POST", w.box()+"/messages/"+url.PathEscape(foreign.str("id"))+"/send", nil); r.code() != "ErrorSendAsDenied" {
		t.Error(r.raw)
	}
	headers := map[string]any{"subject": "x", "internetMessageHeaders": []any{map[string]any{"name": "List-Unsubscribe", "value": "x"}}}
	if r := w.api(400, "POST", w.box()+"/messages", headers); r.code() != "InvalidInternetMessageHeader" {
		t.Error(r.raw)
	}
}

func TestAMailboxSendsThirtyMailsAMinuteWhenToldSo(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.MailsPerMinute = 30 })
	mail := map[string]any{"message": map[string]any{"subject": "x", "toRecipients": []any{map[string]any{"emailAddress": map[string]any{"address": "a@b.example"}}}}}
	for range 30 {
		w.api(202, "POST", w.box()+"/sendMail", mail)
	}
	w.wallLater(20 * time.Second)
	if r := w.api(429, "POST", w.box()+"/sendMail", mail); r.header.Get("Retry-After") != "40" {
		t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
	}
	draft := w.api(201, "POST", w.box()+"/messages", mail["message"]).str("id")
	w.api(429, "POST", w.box()+"/messages/"+url.PathEscape(draft)+"/send", nil)
	w.wallLater(40 * time.Second)
	w.api(202, "POST", w.box()+"/messages/"+url.PathEscape(draft)+"/send", nil)
	if n := len(w.Journal()); n != 31 || w.Counts().Throttled != 2 {
		t.Errorf("%d sent, %d throttled", n, w.Counts().Throttled)
	}
}

// FuzzMIME reads anything as a mail: it may refuse it, it must not panic.
func FuzzMIME(f *testing.F) {
	tenant, err := New(Options{People: 1, Passive: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(letter("a@b.example", "c@d.example", "<1@x>"))
	f.Add("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b--\r\n--a--")
	f.Add("Subject: =?koi8-r?b?zz?=\r\nTo: @\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, wrong := tenant.unwrap(tenant.people[0], mimed(text))
		if (m == nil) == (wrong == nil) {
			t.Errorf("%v %v", m, wrong)
		}
	})
}
