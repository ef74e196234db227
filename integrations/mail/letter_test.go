package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// read takes a letter apart as a mail program does.
func read(t *testing.T, raw []byte) (mail.Header, map[string]string) {
	t.Helper()
	if n := bytes.Count(raw, []byte("\n")); n != bytes.Count(raw, []byte("\r\n")) || n != bytes.Count(raw, []byte("\r")) {
		t.Error("a line does not end with CRLF")
	}
	for _, row := range bytes.Split(raw, []byte("\r\n")) {
		if len(row) > 998 {
			t.Errorf("a line of %d characters", len(row))
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s %v", kind, err)
	}
	parts := map[string]string{}
	var order []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = p
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			body = quotedprintable.NewReader(p)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, p)
		default:
			t.Error("a part is not encoded")
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		kind, params, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if params["charset"] != "utf-8" {
			t.Errorf("%s in %q", kind, params["charset"])
		}
		order = append(order, kind)
		parts[kind] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	if !slices.Equal(order, []string{"text/plain", "text/html"}) {
		t.Errorf("parts %v: programs show the last one they know", order)
	}
	return m.Header, parts
}

func TestAMailProgramReadsWhatWasWritten(t *testing.T) {
	for name, m := range samples() {
		o := options(t)
		o.To.Name, o.From.Name = "Ana Señora-Duarte 山田", `Peer "coaching", Ltd.`
		l, err := Render(m, o)
		if err != nil {
			t.Fatal(name, err)
		}
		head, parts := read(t, l.MIME)
		if subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject")); err != nil || subject != l.Subject {
			t.Errorf("%s: subject %q, want %q (%v)", name, subject, l.Subject, err)
		}
		for field, want := range map[string]Address{"From": o.From, "To": o.To} {
			if got, err := head.AddressList(field); err != nil || len(got) != 1 || got[0].Name != want.Name || got[0].Address != want.Mail {
				t.Errorf("%s: %s %v %v", name, field, got, err)
			}
		}
		if d, err := head.Date(); err != nil || !d.Equal(o.Date) {
			t.Errorf("%s: date %v %v", name, d, err)
		}
		// base64 may need padding at its end, nothing else may differ
		if strings.TrimRight(parts["text/plain"], "\n") != strings.TrimRight(l.Text, "\n") || strings.TrimRight(parts["text/html"], "\n") != strings.TrimRight(l.HTML, "\n") {
			t.Errorf("%s: the parts are not what was written", name)
		}
	}
}

func TestTheHeadersOfACarefulSender(t *testing.T) {
	l, err := Render(followUp("en"), options(t))
	if err != nil {
		t.Fatal(err)
	}
	head, _ := read(t, l.MIME)
	for field, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "List-Unsubscribe": "<https://rapport.contoso.example/a/AZ1cGF1c2U>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Message-Id": "<6f1a@contoso.example>", "In-Reply-To": "<7f3a@contoso.example>", "References": "<7f3a@contoso.example>", "Content-Language": "en", "Mime-Version": "1.0",
	} {
		if got := head.Get(field); got != want {
			t.Errorf("%s: %q", field, got)
		}
	}
	o := options(t)
	o.Unsubscribe, o.Thread = "", o.MessageID
	l, err = Render(followUp("en"), o)
	if err != nil {
		t.Fatal(err)
	}
	head, _ = read(t, l.MIME)
	for _, none := range []string{"List-Unsubscribe", "List-Unsubscribe-Post", "In-Reply-To", "References"} {
		if head.Get(none) != "" {
			t.Errorf("%s: %q", none, head.Get(none))
		}
	}
}

// TestThreat9NoTextBecomesAHeader is row 9 of the threats, as far as headers go.
func TestThreat9NoTextBecomesAHeader(t *testing.T) {
	want, err := Render(followUp("en"), options(t))
	if err != nil {
		t.Fatal(err)
	}
	usual, _ := read(t, want.MIME)
	for _, text := range evil {
		m, o := followUp("en"), options(t)
		m.Title, m.Summary, m.Lang = text, text, text
		o.To.Name, o.From.Name, o.Programme = text, text, text
		l, err := Render(m, o)
		if err != nil {
			if text != "\x00\x1b[31m" {
				t.Logf("%q: %v", text, err)
			}
			continue
		}
		head, _ := read(t, l.MIME)
		if got, ours := slices.Sorted(maps.Keys(head)), slices.Sorted(maps.Keys(usual)); !slices.Equal(got, ours) {
			t.Errorf("%q: headers %v", text, got)
		}
		if to, err := head.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != o.To.Mail {
			t.Errorf("%q: to %v %v", text, to, err)
		}
		if s, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject")); err != nil || s != l.Subject || strings.ContainsAny(s, "\r\n\x00\u202e") {
			t.Errorf("%q: subject %q %v", text, s, err)
		}
	}
	for _, bad := range []func(*Options){
		func(o *Options) { o.To.Mail = "ana@contoso.example\r\nBcc: x@y.example" },
		func(o *Options) { o.To.Mail = "ana@contoso.example, ben@contoso.example" },
		func(o *Options) { o.From.Mail = "" },
		func(o *Options) { o.MessageID = "<a@b>\r\nBcc: x@y.example" },
		func(o *Options) { o.MessageID = "" },
		func(o *Options) { o.Thread = "a@b" },
		func(o *Options) { o.Date = time.Time{} },
	} {
		o := options(t)
		bad(&o)
		_, err := Render(followUp("en"), o)
		var e *Error
		if !errors.As(err, &e) || !e.Permanent() || e.InDoubt() || e.RetryAfter() != 0 || strings.Contains(err.Error(), "contoso") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestThreat9NoTextBecomesMarkup is row 9 of the threats, as far as HTML goes.
func TestThreat9NoTextBecomesMarkup(t *testing.T) {
	l, err := Render(hostile(), options(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", "href=\"javascript", "evil.example\"", "user:pass@", "onerror=alert(1)>", "\u202e", "\x00", "\x1b"} {
		if strings.Contains(l.HTML, bad) {
			t.Errorf("%q stands in the letter", bad)
		}
	}
	if n := strings.Count(l.HTML, "<style>"); n != 2 { // ours, and the one for the old Outlook
		t.Errorf("%d style blocks", n)
	}
	if strings.Contains(l.Text, "\u202e") || strings.Contains(l.Text, "\x1b") || strings.Contains(l.Text, "javascript:alert(1)\n\n--") {
		t.Error("the plain form carries hidden characters")
	}
}

func TestALetterHasOneClearButton(t *testing.T) {
	join := prompt.Action{Title: "Join", URL: "https://teams.example/j"}
	asks := []prompt.Block{{Input: &prompt.Input{ID: "x", Label: "Did you meet?", Form: prompt.Line}}}
	const page, answer = "https://rapport.example/a/x", "Answer now > https://rapport.example/a/x"
	for name, c := range map[string]struct {
		blocks       []prompt.Block
		actions      []prompt.Action
		page         string
		button, rest string
	}{
		"questions":               {asks, []prompt.Action{act("a:b", "Send"), skip(act("a:c", "Not now"))}, page, answer, "You can also: Not now"},
		"one thing to press":      {nil, []prompt.Action{act("a:b", "I agree")}, page, "I agree > " + page, ""},
		"a call, then questions":  {asks, []prompt.Action{join, act("a:b", "Send")}, page, "Join > https://teams.example/j", "Send > " + page},
		"an answer, then a call":  {nil, []prompt.Action{act("a:b", "I agree"), join}, page, "I agree > " + page, "Join > https://teams.example/j"},
		"nothing to press":        {nil, nil, page, "", ""},
		"no page to answer on":    {asks, []prompt.Action{act("a:b", "Send")}, "", "", ""},
		"a page that is no page":  {asks, []prompt.Action{act("a:b", "Send")}, "javascript:alert(1)", "", ""},
		"a page without its door": {asks, []prompt.Action{act("a:b", "Send")}, "http://rapport.example/a/x", "", ""},
		"a page on this machine":  {nil, []prompt.Action{act("a:b", "Go")}, "http://127.0.0.1:8080/a/x", "Go > http://127.0.0.1:8080/a/x", ""},
		"what only Teams can do":  {nil, []prompt.Action{act("member:leave", "Leave"), act("a:b", "Come back"), skip(act("member:leave", "Leave"))}, page, "Come back > " + page, ""},
	} {
		o := options(t)
		o.Link = func(prompt.Message) string { return c.page }
		o.Offered = func(a prompt.Action) bool { return a.Verb != "member:leave" }
		v, err := look(prompt.Message{Title: "T", Lang: "en", Blocks: c.blocks, Actions: c.actions}, o)
		if err != nil {
			t.Fatal(err)
		}
		button, rest := "", v.More
		if v.Button != nil {
			button = v.Button.Title + " > " + v.Button.URL
		}
		for _, l := range v.Links {
			rest += l.Title + " > " + l.URL
		}
		if button != c.button || rest != c.rest {
			t.Errorf("%s: %q, beside it %q", name, button, rest)
		}
		if c.button == "" && len(v.Asked) > 0 && c.page != page {
			t.Errorf("%s: asks what nobody can answer", name)
		}
	}
}

func TestBothPeopleReadTheirOwnClock(t *testing.T) {
	summer := time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		start  time.Time
		mine   string
		theirs string
		want   string
	}{
		"a day apart":       {at, "Europe/Berlin", "Pacific/Auckland", "Tuesday 24 November|10:00 – 10:25|UTC+1|Tuesday 24 November, no"},
		"after midnight":    {summer, "Europe/Berlin", "America/New_York", "Thursday 2 July|00:30 – 00:55|UTC+2|Wednesday 1 July 18:30 – 18:55 UTC−4"},
		"half hours":        {at, "Asia/Kolkata", "Europe/Berlin", "Tuesday 24 November|14:30 – 14:55|UTC+5:30| 10:00 – 10:25 UTC+1"},
		"clocks go back":    {time.Date(2026, 10, 25, 0, 50, 0, 0, time.UTC), "Europe/Berlin", "UTC", "Sunday 25 October|02:50 – 02:15|UTC+2| 00:50 – 01:15 UTC"},
		"twelve and a half": {at, "America/St_Johns", "Asia/Kathmandu", "Tuesday 24 November|05:30 – 05:55|UTC−3:30| 14:45 – 15:10 UTC+5:45"},
	} {
		o := options(t)
		o.Zone, o.Others = zone(t, c.mine), []Local{{"Ben", zone(t, c.theirs)}, {"nobody's clock", nil}}
		v := &view{Lang: "en"}
		m := v.when(prompt.When{Start: c.start, End: c.start.Add(25 * time.Minute)}, o)
		other := m.Others[0]
		got := strings.Join([]string{m.Day, m.Clock, m.Zone, other.Day + " " + other.Clock + " " + other.Zone}, "|")
		if name == "a day apart" {
			if len(m.Others) != 1 || other.Day != "" || other.Clock != "22:00 – 22:25" {
				t.Errorf("%s: %+v", name, m)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	v := &view{Lang: "en"}
	if m := v.when(prompt.When{Start: at}, Options{}); m.Zone != "UTC" || m.Clock != "09:00" {
		t.Errorf("without a zone: %+v", m)
	}
}

func TestALetterKeepsWithinWhatMailProgramsShow(t *testing.T) {
	big := prompt.Message{Title: "T", Lang: "en"}
	for range 400 {
		big.Blocks = append(big.Blocks, prompt.Block{Text: strings.Repeat("word ", 100)})
	}
	if _, err := Render(big, options(t)); err == nil {
		t.Error("200 KB were written; Gmail would cut them off")
	}
	if _, err := Render(prompt.Message{Lang: "en"}, options(t)); err == nil {
		t.Error("a letter without a subject was written")
	}
	for name, m := range samples() {
		l, err := Render(m, options(t))
		if err != nil || len(l.HTML) > 60<<10 {
			t.Errorf("%s: %d bytes, %v", name, len(l.HTML), err)
		}
		for _, no := range []string{"position:", "display:flex", "display: flex", "<script", "<form", "<img", "url(", "#ZgotmplZ", "ZgotmplZ"} {
			if name != "hostile.en" && strings.Contains(l.HTML, no) {
				t.Errorf("%s: %s stands in the letter", name, no)
			}
		}
		if !strings.Contains(l.HTML, `lang="`+m.Lang+`"`) || strings.Contains(l.HTML, `dir="rtl"`) != (m.Lang == "ar") {
			t.Errorf("%s: language or direction is missing", name)
		}
	}
}

func TestEveryLanguageHasEveryWord(t *testing.T) {
	for lang, w := range tongues {
		for _, s := range []string{w.Answer, w.Asked, w.Copied, w.Why, w.Stop, w.Yours, w.More, w.Colon} {
			if s == "" {
				t.Errorf("%s: a word is missing", lang)
			}
		}
		if !strings.Contains(w.Why, "{programme}") {
			t.Errorf("%s: why one gets the letter does not name the programme", lang)
		}
	}
	for _, lang := range prompt.Languages() {
		if _, ok := tongues[lang]; !ok {
			t.Errorf("%s is spoken elsewhere, not in mails", lang)
		}
	}
}

func FuzzLetter(f *testing.F) {
	for _, s := range evil {
		f.Add(s, s, s, "ana@contoso.example", "https://x.example/"+s)
	}
	f.Fuzz(func(t *testing.T, title, text, name, address, link string) {
		o := options(t)
		o.To = Address{name, address}
		o.Link = func(prompt.Message) string { return link }
		l, err := Render(prompt.Message{Title: title, Lang: "en", Blocks: []prompt.Block{{Text: text}}, Actions: []prompt.Action{act("a:b", name)}}, o)
		if err != nil {
			return
		}
		head, _ := read(t, l.MIME)
		if len(head) != 14 || len(head["To"]) != 1 {
			t.Errorf("headers %v", head)
		}
		if to, err := head.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != address {
			t.Errorf("to %v %v, want %s", to, err, address)
		}
	})
}

// TestEveryPromptOfTheFlowAsAMail holds each occasion on which rapport speaks, in each of its
// languages, against the words people get, and sends each through a mail program's eyes.
