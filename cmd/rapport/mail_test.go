package main

import (
	"errors"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/store"
)

// Stories of people whom rapport reaches by mail.

var (
	mailLink  = regexp.MustCompile(`http://127\.0\.0\.1:\d+/a/[A-Za-z0-9_-]+`)
	formInput = regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"`)
	formPress = regexp.MustCompile(`<button[^>]*name="do"[^>]*value="([^"]*)"`)
)

// Mailed expects a mail with these words and answers the newest one.
func (w *town) Mailed(who string, words ...string) m365sim.MailView {
	w.Helper()
	mails := w.desk(who).Mail
	for i := len(mails) - 1; i >= 0; i-- {
		if mails[i].Event == "" && holds(mails[i].Subject+"\n"+mails[i].Text, words) {
			return mails[i]
		}
	}
	var have []string
	for _, m := range mails {
		have = append(have, m.Subject)
	}
	w.Fatalf("%s: %s has no mail with %q; there are %q", w.clock.Now().In(berlin).Format("Mon 2 Jan 15:04"), who, words, have)
	return m365sim.MailView{}
}

// Opens follows the button of a mail and answers the page.
func (w *town) Opens(m m365sim.MailView) (address, page string) {
	w.Helper()
	address = mailLink.FindString(m.Text)
	if address == "" {
		w.Fatalf("the mail %q has no link:\n%s", m.Subject, m.Text)
	}
	got, err := http.Get(address)
	w.must(err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	w.must(err)
	if got.StatusCode != http.StatusOK {
		w.Fatalf("%s: status %d\n%s", m.Subject, got.StatusCode, body)
	}
	return address, string(body)
}

// Posts fills in the page and presses its nth button.
func (w *town) Posts(address, page string, press int, inputs ...string) string {
	w.Helper()
	form := url.Values{}
	for _, in := range formInput.FindAllStringSubmatch(page, -1) {
		if strings.Contains(in[0], `type="hidden"`) {
			form.Set(in[1], html.UnescapeString(in[2]))
		}
	}
	buttons := formPress.FindAllStringSubmatch(page, -1)
	if len(buttons) <= press {
		w.Fatalf("the page has %d buttons:\n%s", len(buttons), page)
	}
	form.Set("do", html.UnescapeString(buttons[press][1]))
	for i := 0; i+1 < len(inputs); i += 2 {
		form.Add("f."+inputs[i], inputs[i+1])
	}
	u, err := url.Parse(address)
	w.must(err)
	got, err := http.PostForm(u.Scheme+"://"+u.Host+"/a", form)
	w.must(err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	w.must(err)
	if got.StatusCode != http.StatusOK {
		w.Fatalf("posting: status %d\n%s", got.StatusCode, body)
	}
	w.settle()
	return string(body)
}

func TestWhoTeamsCannotReachTakesPartByMail(t *testing.T) {
	t.Parallel()
	people := two()
	people[1].NoApp = true
	w := newTown(t, people, reachable)
	w.At("Mon 5 Oct 12:00")
	invite := w.Mailed("Ben", says("invite.title"))
	address, page := w.Opens(invite)
	w.Opens(invite) // a scanner looks at it, too
	if w.member("Ben").Standing != "invited" {
		t.Fatal("a link that was opened answered for Ben")
	}
	w.Posts(address, page, 0, "energy", "morning")
	if m := w.member("Ben"); m.Standing != "in" || m.Profile.Energy != "morning" {
		t.Fatalf("Ben pressed yes on the page and is %+v", m)
	}
	w.Join("Ana")
	w.At("Wed 7 Oct 10:01")
	w.Mailed("Ben", says("pairing.title", "Ana Alves"))
	e := w.Meeting("Ben")
	w.until(e.End.Add(time.Minute))
	address, page = w.Opens(w.Mailed("Ben", says("closing.title", "Ana Alves")))
	micro, _ := w.app.crew.Library().Find(w.sessions("Ben")[0].Playbook)
	w.Posts(address, page, 0, "met", "yes", "understood", "4", "micro", micro.Micro[0].ID)
	w.After(4 * day)
	address, page = w.Opens(w.Mailed("Ben", says("followup.title")))
	w.Posts(address, page, 0, "happened", "yes", "reflection", "it went well")
	if f := w.sessions("Ben")[0].Parts[w.id("Ben")].FollowUp; f == nil || f.Happened != "yes" || f.Reflection != "it went well" {
		t.Errorf("Ben answered by mail; %+v is kept", f)
	}
	for _, m := range w.desk("Ben").Mail {
		if m.Event == "" && (m.Headers["Auto-Submitted"] == "" || m.Headers["List-Unsubscribe"] == "") {
			t.Errorf("%q is sent without the headers of an automatic mail: %v", m.Subject, m.Headers)
		}
	}
	w.audit()
}

func TestWhoPrefersMailGetsNoCards(t *testing.T) {
	t.Parallel()
	w := newTown(t, two(), reachable)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.Types("Ana", "settings")
	w.Presses("Ana", "member:set", "channel", "mail")
	w.At("Wed 7 Oct 10:01")
	w.Mailed("Ana", says("pairing.title", "Ben Brandt"))
	w.SeesNot("Ana", says("pairing.title", "Ben Brandt"))
	w.Sees("Ben", says("pairing.title", "Ana Alves"))
	w.audit()
}

// Exchange Online lets a mailbox send thirty mails a minute; the next one says when to come back.
func TestAMailboxSendsThirtyMailsAMinuteAndNoMore(t *testing.T) {
	t.Parallel()
	st, err := store.OpenEmbedded(store.Options{Tenant: "mails"})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for i := range 30 {
		if err := mailTurn(t.Context(), st, "Coaching@story.example"); err != nil {
			t.Fatalf("mail %d: %v", i+1, err)
		}
	}
	var later interface{ RetryAfter() time.Duration }
	if err := mailTurn(t.Context(), st, "coaching@story.example"); !errors.As(err, &later) || later.RetryAfter() < mailPatience || later.RetryAfter() > time.Minute {
		t.Errorf("the thirty-first in a minute: %v", err)
	}
	if err := mailTurn(t.Context(), st, "other@story.example"); err != nil {
		t.Errorf("another mailbox waits for this one: %v", err)
	}
}
