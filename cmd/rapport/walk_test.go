package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/rapport-dev/rapport/integrations/web/browsertest"
)

// TestAWalkFromTheMailToBeingForgotten is the whole way in a real browser, without a script:
// the mail's button, the answer, one's own page, the download, being forgotten.
func TestAWalkFromTheMailToBeingForgotten(t *testing.T) {
	people := two()
	people[1].NoApp = true
	w := newTown(t, people, reachable)
	w.At("Mon 5 Oct 12:00")
	p := browsertest.Open(t, mailLink.FindString(w.Mailed("Ben", says("invite.title")).Text), browsertest.Look{Width: 390, Height: 844})
	text := func() string { return browsertest.Ask[string](p, "document.body.innerText") }
	read := func(name string, words ...string) {
		t.Helper()
		p.Picture("walk-" + name)
		for _, word := range words {
			if !strings.Contains(text(), word) {
				t.Fatalf("%s does not say %q:\n%s", name, word, text())
			}
		}
		for _, f := range p.Findings() {
			t.Errorf("%s: %s", name, f)
		}
	}
	read("1-invitation")
	p.Press("button.main")
	read("2-joined", "Received")
	w.Join("Ana")
	w.At("Wed 7 Oct 10:01")
	w.until(w.Meeting("Ben").End.Add(time.Minute))
	p.Do(chromedp.Navigate(mailLink.FindString(w.Mailed("Ben", says("closing.title", "Ana Alves")).Text)))
	read("3-question", "Ana Alves")
	p.Do(chromedp.Click(`input[name="f.met"][value=yes]`), chromedp.SendKeys(`[name="f.conversation"]`, "a word with Dora about the plan"))
	p.Press("button.main")
	read("4-answered", "Received")
	// Entra is another host, and this browser is kept to ours: a client of ours signs in, and
	// the browser gets its cookie.
	v := w.browser()
	v.signIn("Ben", "/me")
	home, err := url.Parse(w.cfg.Web.PublicURL)
	w.must(err)
	for _, c := range v.Jar.Cookies(home) {
		_, err := chromedp.Call(p.Ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: home.String()})
		w.must(err)
	}
	p.Do(chromedp.Navigate(w.cfg.Web.PublicURL + "/me"))
	read("5-my-page", "Peer coaching", "My page")
	p.Do(chromedp.Click("article details > summary"))
	read("6-known", "a word with Dora about the plan")
	if _, file := v.get("/me/export.json"); !strings.Contains(file, "a word with Dora about the plan") {
		t.Errorf("the download lacks his words: %s", file)
	}
	p.Press(`a[href="/me/erase"]`)
	read("7-erase", "ERASE")
	p.Do(chromedp.SendKeys("#word", "erase"))
	p.Press("button.main")
	w.settle()
	read("8-forgotten", "You are forgotten")
	if strings.Contains(w.everything(), "Dora") || w.member("Ben").Person.Name != "" {
		t.Error("what Ben said is still kept")
	}
	w.audit()
}
