package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/web/browsertest"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// athome serves the pages to a browser that is signed in already, in a language.
func athome(t *testing.T, lang string) (*manor, string) {
	t.Helper()
	var m *manor
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Cookie", "rapport="+m.cookies["rapport"])
		r.Header.Set("Accept-Language", lang)
		if r.URL.Query().Get("post") != "" { // a page that only follows a press
			r.Method, r.Body = http.MethodPost, nil
			r.PostForm = url.Values{"once": {m.links.once("ana")}, "word": {"no"}}
			r.Form = r.PostForm
		}
		m.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	m = newManor(t, server.URL)
	m.memory.known = []Known{sample(lang)}
	m.desk.said = func(a prompt.Answer) prompt.Message {
		return prompt.In(lang).SettingsCard(prompt.Programme{ID: "peers", Name: "Peer coaching"}, roster.Member{Person: roster.Person{ID: a.From}})
	}
	m.come("/me")
	return m, server.URL
}

func TestEveryPageBehindTheSignInCanBeUsedByEverybody(t *testing.T) {
	m, base := athome(t, "en")
	arabic, rtl := athome(t, "ar")
	for _, house := range []*manor{m, arabic} {
		house.memory.hand = curation.Hand{Curator: true, Alone: true}
		house.memory.all = someOffers(t, house.memory.living)
	}
	for name, address := range map[string]string{
		"me": base + "/me", "me-ar": rtl + "/me", "settings": base + "/me/settings/peers", "settings-ar": rtl + "/me/settings/peers",
		"erase": base + "/me/erase", "erase-wrong": base + "/me/erase?post=1", "erase-ar": rtl + "/me/erase",
		"export": base + "/show", "champion": base + "/champion/peers", "admin": base + "/admin", "admin-reason": base + "/admin?post=1",
		"offers": base + "/contribute", "offers-ar": rtl + "/contribute", "curate": base + "/curate", "book": base + "/library/listening-sprint",
		"offer-new": base + "/contribute/new?kind=playbook", "offer-story": base + "/contribute/new?kind=story&playbook=rehearse-it", "offer-story-ar": rtl + "/contribute/new?kind=story&playbook=rehearse-it",
		"offer-diff": base + "/contribute/o1", "offer-told": base + "/contribute/o2", "offer-diff-ar": rtl + "/contribute/o1",
	} {
		for _, look := range looks {
			t.Run(name+"/"+named(look), func(t *testing.T) {
				m.wall, arabic.wall = m.wall.Add(time.Second), arabic.wall.Add(time.Second) // nobody is too fast here
				if name == "export" {                                                       // a download: shown here to look at it
					page := m.ask("GET", "/me/export.html", nil).Body.String()
					p := browsertest.Show(t, page, look)
					check(t, p, name, look)
					return
				}
				p := browsertest.Open(t, address, look)
				check(t, p, name, look)
				if small := browsertest.Ask[[]string](p, `[...document.querySelectorAll("button, .choices label, select, summary, input:not([type=hidden],[type=radio],[type=checkbox]), nav a")].filter(e => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))`); len(small) > 0 {
					t.Errorf("too small for a thumb: %q", small)
				}
			})
		}
	}
}

func check(t *testing.T, p *browsertest.Tab, name string, look browsertest.Look) {
	t.Helper()
	browsertest.Ask[bool](p, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
	if n := p.TooWide(); n > 0 {
		t.Errorf("%d pixels too wide", n)
	}
	p.Picture("inside-" + name + "-" + named(look))
	for _, f := range p.Findings() {
		t.Error(f)
	}
	// what somebody wrote may have braces of its own
	if strings.Contains(browsertest.Ask[string](p, `document.querySelectorAll(".written, .diff").forEach(e => e.remove()), document.body.innerText`), "{") {
		t.Error("a gap in the words is not filled")
	}
}
