package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/rapport-dev/rapport/integrations/mail"
	"github.com/rapport-dev/rapport/integrations/web/browsertest"
	"github.com/rapport-dev/rapport/playbooks/prompt"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// looks are a phone and two desks, by day and by night.
var looks = []browsertest.Look{{Width: 320, Height: 640}, {Width: 320, Height: 640, Dark: true}, {Width: 768, Height: 900}, {Width: 1440, Height: 900, Dark: true}}

func named(l browsertest.Look) string {
	if l.Dark {
		return fmt.Sprintf("%d-dark", l.Width)
	}
	return fmt.Sprintf("%d-light", l.Width)
}

func listens(t *testing.T, s *site) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// wrong is a form that was sent with everything wrong.
func wrong(t *testing.T, s *site) string {
	t.Helper()
	_, once, do := s.open(closing)
	w := s.do("POST", "/a", url.Values{"once": {once}, "do": {do["Send"]}, "f.conversation": {strings.Repeat("long ", 9)}, "f.practised": {"many"}, "f.day": {"x"}})
	if w.Code != 422 {
		t.Fatal(w.Code)
	}
	return w.Body.String()
}

func TestEveryPageCanBeUsedByEverybody(t *testing.T) {
	s := newSite(t)
	arabic := newSite(t)
	arabic.desk.message = func(a prompt.Answer) prompt.Message {
		m := question(a)
		m.Lang, m.Title = "ar", "كيف سارت المحادثة مع Ben؟"
		m.Blocks[1].Text = "قبل يومين اخترت محادثة واحدة. لا يقرأ إجابتك أحد غيرك."
		return m
	}
	base, rtl := listens(t, s), listens(t, arabic)
	token := "/a/" + sign(t, s.links, closing)
	mistakes := wrong(t, s)
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc("/wrong", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(mistakes))
	})
	again := httptest.NewServer(mux)
	t.Cleanup(again.Close)
	for name, address := range map[string]string{
		"form": base + token, "form-ar": rtl + token, "form-wrong": again.URL + "/wrong", "library": base + "/library", "library-none": base + "/library?text=nobody-writes-this",
		"playbook": base + "/library/rehearse-it", "guides": base + "/guides", "guide": base + "/guides/welcome", "sorry": base + "/nowhere",
	} {
		for _, look := range looks {
			t.Run(name+"/"+named(look), func(t *testing.T) {
				s.now, arabic.now = s.now.Add(time.Minute), arabic.now.Add(time.Minute) // nobody is too fast here
				p := browsertest.Open(t, address, look)
				if n := p.TooWide(); n > 0 {
					t.Errorf("%d pixels too wide", n)
				}
				p.Picture("page-" + name + "-" + named(look))
				for _, f := range p.Findings() {
					t.Error(f)
				}
				if small := browsertest.Ask[[]string](p, `[...document.querySelectorAll("button, .choices label, select, input:not([type=hidden],[type=radio],[type=checkbox]), nav a")].filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))`); len(small) > 0 {
					t.Errorf("too small for a thumb: %q", small)
				}
			})
		}
	}
}

// TestFromTheMailToTheAnswer walks as a person does: the mail's button, a mistake, the answer,
// the way back, all without a script; the keyboard does what the mouse does.
func TestFromTheMailToTheAnswer(t *testing.T) {
	s := newSite(t)
	mux := http.NewServeMux()
	mux.Handle("/", s)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	letter, err := mail.Render(question(prompt.Answer{}), mail.Options{
		From: mail.Address{Mail: "coach@contoso.example"}, To: mail.Address{Name: "Ana", Mail: "ana@contoso.example"}, MessageID: "<1@contoso.example>", Date: noon,
		Link: func(prompt.Message) string { return server.URL + "/a/" + sign(t, s.links, closing) },
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.HandleFunc("/mail", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(letter.HTML))
	})
	p := browsertest.Open(t, server.URL+"/mail", browsertest.Look{Width: 360, Height: 740})
	p.Picture("walk-1-mail")
	p.Press("td.go a")
	p.Picture("walk-2-form")
	text := func() string { return browsertest.Ask[string](p, "document.body.innerText") }
	if !strings.Contains(text(), "Did you meet?") {
		t.Fatalf("%s", text())
	}
	// sent without the one required answer: it is named, and what was typed is still there
	p.Do(chromedp.SendKeys(`#f\.reflection`, "It was fine."))
	p.Press("button.main")
	p.Picture("walk-3-mistake")
	if got := text(); !strings.Contains(got, "Not sent yet") || !strings.Contains(got, "Please say whether it took place.") || s.desk.pressed != 0 {
		t.Fatalf("%s", got)
	}
	if v := browsertest.Ask[string](p, `document.getElementById("f.reflection").value`); v != "It was fine." {
		t.Errorf("what was typed is now %q", v)
	}
	// by keyboard: the first radio, then Enter
	p.Do(chromedp.Focus(`input[name="f.met"][value=yes]`), chromedp.KeyEvent(" "))
	p.Picture("walk-4-keyboard")
	if _, err := chromedp.RunResponse(p.Ctx, chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	p.Picture("walk-5-answered")
	if got := text(); !strings.Contains(got, "Received") || !strings.Contains(got, "We ask again on Thursday.") {
		t.Fatalf("%s", got)
	}
	if len(s.desk.answers) != 1 {
		t.Fatalf("%d answers", len(s.desk.answers))
	}
	for _, a := range s.desk.answers {
		if a.Fields["met"] != "yes" || a.Fields["reflection"] != "It was fine." {
			t.Errorf("%+v", a)
		}
	}
	if at := browsertest.Ask[string](p, "location.pathname"); at != "/a" {
		t.Errorf("the token is still in the address: %s", at)
	}
	for _, f := range p.Findings() {
		t.Error(f)
	}
}
