package main

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/jobs"
)

// Stories of people who sign in.

// visitor is a browser with its cookies. It follows no redirects by itself.
type visitor struct {
	w *town
	*http.Client
}

func (w *town) browser() *visitor {
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &visitor{w, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// get asks for one page, without following.
func (v *visitor) get(address string) (*http.Response, string) {
	v.w.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.w.cfg.Web.PublicURL + address
	}
	got, err := v.Get(address)
	v.w.must(err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	v.w.must(err)
	return got, string(body)
}

// signIn walks through Entra as a person and answers the page it ends on.
func (v *visitor) signIn(who, to string) string {
	v.w.Helper()
	got, page := v.get(to)
	for range 5 {
		if got.StatusCode == http.StatusOK {
			return page
		}
		next := got.Header.Get("Location")
		if strings.Contains(next, "/oauth2/v2.0/authorize") {
			next += "&person=" + string(v.w.id(who))
		}
		if next == "" {
			break
		}
		got, page = v.get(next)
	}
	v.w.Fatalf("%s does not get in to %s: status %d", who, to, got.StatusCode)
	return ""
}

var hiddenOnce = regexp.MustCompile(`name="once" value="([^"]+)"`)

// post sends a form with the mark of the page it stands on.
func (v *visitor) post(path, page string, pairs ...string) (int, string) {
	v.w.Helper()
	form := url.Values{}
	if m := hiddenOnce.FindStringSubmatch(page); m != nil {
		form.Set("once", html.UnescapeString(m[1]))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	got, err := v.PostForm(v.w.cfg.Web.PublicURL+path, form)
	v.w.must(err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	v.w.must(err)
	v.w.settle()
	return got.StatusCode, string(body)
}

// atHome plays until everybody of a small company is invited. Dan is champion, Cleo
// administrator, Eve, named by her address, champion of another programme.
func atHome(t testing.TB) *town {
	w := newTown(t, []employee{{Name: "Ana Alves"}, {Name: "Ben Brandt"}, {Name: "Cleo Costa"}, {Name: "Dan Dorn"}, {Name: "Eve Ernst", Mail: "eve@story.example"}}, reachable)
	w.start(actWithin, func(c *config.Config) {
		c.Web.Admins = []string{string(w.id("Cleo"))}
		c.Programmes[0].Champions = []string{strings.ToUpper(string(w.id("Dan")))}
		other := c.Programmes[0]
		other.ID, other.Name, other.Champions = "others", "Other circle", []string{"Eve@story.example"}
		other.Group = "00000000-0000-4000-8000-000000000000" // nobody is in it
		c.Programmes = append(c.Programmes, other)
	})
	w.rough = true // the other programme's group cannot be read
	w.At("Mon 5 Oct 12:00")
	return w
}

func TestOnesOwnPageFromSignInToErasure(t *testing.T) {
	t.Parallel()
	w := confidedOn(t, reachable)
	v := w.browser()
	page := v.signIn("Anastasia", "/me")
	for _, must := range []string{"Anastasia Quillfeather", "Peer coaching", "my voice trembled by the turbine", "tell Bartholomew about the dam", "Hydrology", says("data.never")} {
		if !strings.Contains(html.UnescapeString(page), must) {
			t.Errorf("her page does not say %q", must)
		}
	}
	if theirs := w.browser().signIn("Ben", "/me"); strings.Contains(theirs, "turbine") || strings.Contains(theirs, "Bartholomew") {
		t.Error("Ben reads what Anastasia told rapport")
	}
	got, file := v.get("/me/export.json")
	var out struct {
		Person     string
		Programmes []jobs.Record
	}
	if err := json.Unmarshal([]byte(file), &out); err != nil || len(out.Programmes) != 1 || len(out.Programmes[0].Sessions) != 1 ||
		out.Programmes[0].Sessions[0].Mine.FollowUp.Reflection != "my voice trembled by the turbine" || out.Person != string(w.id("Anastasia")) {
		t.Fatalf("the export is %v %s", err, file)
	}
	if d := got.Header.Get("Content-Disposition"); !strings.Contains(d, "attachment") {
		t.Errorf("the export is shown, not saved: %q", d)
	}
	if _, file := v.get("/me/export.html"); !strings.Contains(file, "trembled by the turbine") || strings.Contains(file, "/static/") {
		t.Error("the readable export lacks her words, or needs other files")
	}
	if code, page := v.post("/me", page, "programme", "peers", "act", "member:pause"); code != 200 || w.member("Anastasia").Standing != "paused" || !strings.Contains(html.UnescapeString(page), says("say.paused")) {
		t.Errorf("pausing: %d, she is %s", code, w.member("Anastasia").Standing)
	}
	if code, _ := v.post("/me", page, "programme", "peers", "act", "member:resume"); code != 200 || w.member("Anastasia").Standing != "in" {
		t.Errorf("coming back: %d, she is %s", code, w.member("Anastasia").Standing)
	}
	_, settings := v.get("/me/settings/peers")
	if code, _ := v.post("/me/settings/peers", settings, "f.strengths", "empathy", "f.energy", "morning", "f.language", "auto", "f.channel", "mail", "f.form", "meet", "f.flex", "none"); code != 200 ||
		w.member("Anastasia").Profile.Channel != "mail" || w.member("Anastasia").Profile.Energy != "morning" {
		t.Errorf("settings: %d %+v", code, w.member("Anastasia").Profile)
	}
	_, ask := v.get("/me/erase")
	if code, _ := v.post("/me/erase", ask, "word", "yes"); code != http.StatusUnprocessableEntity || w.member("Anastasia").Person.Name == "" {
		t.Fatalf("erased without the word: %d", code)
	}
	if code, done := v.post("/me/erase", ask, "word", "erase"); code != 200 || !strings.Contains(done, "You are forgotten") {
		t.Fatalf("erasing: %d %s", code, done)
	}
	for _, trace := range []string{"Quillfeather", "turbine", "Bartholomew", "Hydrology"} {
		if strings.Contains(w.everything(), trace) {
			t.Errorf("%q is still kept", trace)
		}
	}
	if got, _ := v.get("/me"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("she is still signed in: %d", got.StatusCode)
	}
	w.audit()
}

// TestWhoMaySeeWhat asks for every page as everybody.
func TestWhoMaySeeWhat(t *testing.T) {
	t.Parallel()
	w := atHome(t)
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	const to, ok, none, no = http.StatusSeeOther, 200, 404, 401
	actors := [6]string{"", "Ana", "Ben", "Dan", "Eve", "Cleo"} // anonymous, participant, partner, champion, another's champion, admin
	browsers := [6]*visitor{}
	for i, who := range actors {
		browsers[i] = w.browser()
		if who != "" {
			browsers[i].signIn(who, "/me")
		}
	}
	for _, c := range []struct {
		method, path string
		want         [6]int
	}{
		{"GET", "/me", [6]int{to, ok, ok, ok, ok, ok}},
		{"GET", "/me/export.json", [6]int{to, ok, ok, ok, ok, ok}},
		{"GET", "/me/export.html", [6]int{to, ok, ok, ok, ok, ok}},
		{"GET", "/me/erase", [6]int{to, ok, ok, ok, ok, ok}},
		{"GET", "/me/settings/peers", [6]int{to, ok, ok, none, none, none}},
		{"GET", "/me/settings/others", [6]int{to, none, none, none, none, none}},
		{"GET", "/me/settings/nothing", [6]int{to, none, none, none, none, none}},
		{"GET", "/champion/peers", [6]int{to, none, none, ok, none, none}},
		{"GET", "/champion/others", [6]int{to, none, none, none, ok, none}},
		{"GET", "/champion/nothing", [6]int{to, none, none, none, none, none}},
		{"GET", "/admin", [6]int{to, none, none, none, none, ok}},
		{"POST", "/admin", [6]int{no, none, none, none, none, 403}}, // without the page's mark
		{"POST", "/me", [6]int{no, 403, 403, 403, 403, 403}},
		{"POST", "/me/erase", [6]int{no, 403, 403, 403, 403, 403}},
		{"POST", "/me/settings/peers", [6]int{no, 403, 403, 403, 403, 403}},
		{"GET", "/feed/peers/guess.ics", [6]int{none, none, none, none, none, none}},
	} {
		for i, who := range actors {
			code := 0
			if c.method == "GET" {
				got, page := browsers[i].get(c.path)
				code = got.StatusCode
				pair := who == "Ana" || who == "Ben"
				if !pair && strings.HasPrefix(c.path, "/me") && (strings.Contains(page, "Ana Alves") || strings.Contains(page, "Ben Brandt")) {
					t.Errorf("%s reads of Ana or Ben on %s", who, c.path)
				}
				if code != ok && (strings.Contains(page, "Stop all sending") || strings.Contains(page, "Reached (")) {
					t.Errorf("%s reads %s all the same", who, c.path)
				}
				if got.Header.Get("Cache-Control") != "no-store" || !strings.Contains(got.Header.Get("Content-Security-Policy"), "default-src 'none'") || got.Header.Get("Referrer-Policy") != "no-referrer" {
					t.Errorf("%s: headers %v", c.path, got.Header)
				}
			} else {
				code, _ = browsers[i].post(c.path, "", "act", "stop", "reason", "x", "word", "ERASE", "programme", "peers")
			}
			if code != c.want[i] {
				t.Errorf("%s %s as %q: %d, want %d", c.method, c.path, who, code, c.want[i])
			}
		}
	}
	if w.member("Ana").Standing != "in" || w.member("Ben").Standing != "in" {
		t.Error("a forged form changed somebody")
	}
}

// TestAMarkOfSomebodyElseIsWorthNothing sends Ana's form as Ben.
func TestAMarkOfSomebodyElseIsWorthNothing(t *testing.T) {
	t.Parallel()
	w := atHome(t)
	w.Join("Ana", "Ben")
	anas := w.browser().signIn("Ana", "/me/erase")
	ben := w.browser()
	ben.signIn("Ben", "/me")
	if code, _ := ben.post("/me/erase", anas, "word", "ERASE"); code != http.StatusForbidden {
		t.Errorf("status %d", code)
	}
	if w.member("Ana").Standing != "in" || w.member("Ben").Standing != "in" {
		t.Error("somebody was erased")
	}
}

func TestAChampionSeesWhoIsReachedAndNobodysAnswer(t *testing.T) {
	t.Parallel()
	w := atHome(t)
	w.Join("Ana", "Ben")
	w.Presses("Cleo", "consent:no")
	page := w.browser().signIn("Dan", "/champion/peers")
	for _, must := range []string{"Ana Alves", "Cleo Costa", "Eve Ernst", "Reached (5)", "Not reached (0)", "about 40 %", "too few to say"} {
		if !strings.Contains(page, must) {
			t.Errorf("the champion's page does not say %q:\n%s", must, page)
		}
	}
	w.Presses("Eve", "consent:no")
	if after := w.browser().signIn("Dan", "/champion/peers"); after != page {
		t.Error("on the champion's page a no looks different from silence")
	}
}

func TestAnAdministratorStopsAllSending(t *testing.T) {
	t.Parallel()
	w := atHome(t)
	w.Join("Ana", "Ben")
	v := w.browser()
	page := v.signIn("Cleo", "/admin")
	if code, said := v.post("/admin", page, "act", "stop", "reason", " "); code != http.StatusUnprocessableEntity || !strings.Contains(said, "Say why") {
		t.Errorf("stopped without a reason: %d", code)
	}
	code, said := v.post("/admin", page, "act", "stop", "reason", "the works council asked")
	if code != 200 || !strings.Contains(said, "Stopped: nothing leaves") || !strings.Contains(said, "the works council asked") || !strings.Contains(said, jobs.DeedStop) {
		t.Fatalf("%d %s", code, said)
	}
	sent := len(w.tenant.Journal())
	w.At("Thu 8 Oct 12:00")
	if n := len(w.tenant.Journal()); n != sent {
		t.Errorf("%d things left while sending was stopped", n-sent)
	}
	if code, said := v.post("/admin", v.signIn("Cleo", "/admin"), "act", "allow", "reason", "settled"); code != 200 || strings.Contains(said, "Stopped:") {
		t.Errorf("%d: it is still stopped", code)
	}
	w.After(2 * time.Hour)
	w.Meeting("Ana")
	if code, _ := v.post("/admin", v.signIn("Cleo", "/admin"), "act", "cancel", "reason", "a drill"); code != 200 {
		t.Errorf("cancelling: %d", code)
	}
	deeds, err := w.app.crew.Deeds(t.Context(), 10)
	w.must(err)
	var did []string
	for _, d := range deeds {
		did = append(did, d.What)
	}
	if !slices.Equal(did, []string{jobs.DeedCancel, jobs.DeedAllow, jobs.DeedStop}) {
		t.Errorf("the list says %v", did)
	}
	w.audit()
}

func TestCalendarsToSubscribeTo(t *testing.T) {
	t.Parallel()
	w := atHome(t)
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	page := w.browser().signIn("Ana", "/me")
	feeds := regexp.MustCompile(`href="(http[^"]+\.ics)"`).FindAllStringSubmatch(page, -1)
	if len(feeds) != 2 {
		t.Fatalf("%d calendars on the page", len(feeds))
	}
	anybody := w.browser()
	got, own := anybody.get(feeds[0][1])
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(own, "Ben Brandt") || strings.Count(own, "BEGIN:VEVENT") != 1 {
		t.Errorf("%d %s", got.StatusCode, own)
	}
	_, all := anybody.get(feeds[1][1])
	if strings.Contains(all, "Ben") || strings.Count(all, "BEGIN:VEVENT") != 26+pulsesAhead || !strings.Contains(all, "Listening sprint") {
		t.Errorf("the programme's calendar: %s", all)
	}
	if got, _ := anybody.get(strings.Replace(feeds[0][1], "/peers/", "/others/", 1)); got.StatusCode != 404 {
		t.Errorf("a token opens another programme: %d", got.StatusCode)
	}
	w.start(actWithin, func(c *config.Config) { c.Web.SigningKey = config.NewSecret(strings.Repeat("new key ", 8)) })
	if got, _ := anybody.get(feeds[0][1]); got.StatusCode != 404 {
		t.Errorf("the old key still opens a calendar: %d", got.StatusCode)
	}
	mine := "/feed/peers/" + w.app.links.FeedToken("peers", w.id("Ana")) + ".ics"
	if got, _ := anybody.get(mine); got.StatusCode != 200 {
		t.Errorf("the new key opens none: %d", got.StatusCode)
	}
	w.Types("Ana", "leave")
	if got, _ := anybody.get(mine); got.StatusCode != 404 {
		t.Errorf("who left still has a calendar: %d", got.StatusCode)
	}
}

// TestASignInBelongsToTheBrowserThatBeganIt plays what goes wrong between leaving and coming back.
func TestASignInBelongsToTheBrowserThatBeganIt(t *testing.T) {
	t.Parallel()
	w := atHome(t)
	back := func(v *visitor, who string) string {
		got, _ := v.get("/sign-in?to=https://evil.example/")
		got, _ = v.get(got.Header.Get("Location") + "&person=" + string(w.id(who)))
		return got.Header.Get("Location")
	}
	mine, theirs := w.browser(), w.browser()
	address := back(mine, "Ana")
	if got, _ := theirs.get(address); got.StatusCode != http.StatusForbidden {
		t.Errorf("another browser finished the sign-in: %d", got.StatusCode)
	}
	address = back(mine, "Ana")
	if got, _ := mine.get(regexp.MustCompile(`state=[A-Z2-7]+`).ReplaceAllString(address, "state=GUESSED")); got.StatusCode != http.StatusForbidden {
		t.Errorf("another state counts: %d", got.StatusCode)
	}
	address = back(mine, "Ana")
	got, _ := mine.get(address)
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/me" {
		t.Errorf("%d to %s", got.StatusCode, got.Header.Get("Location"))
	}
	for _, c := range got.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("the cookie %s is %+v", c.Name, c)
		}
	}
	if got, _ := mine.get(address); got.StatusCode != http.StatusForbidden {
		t.Errorf("a code counted twice: %d", got.StatusCode)
	}
	if code, _ := mine.post("/sign-out", ""); code != 200 {
		t.Errorf("signing out: %d", code)
	}
	if got, _ := mine.get("/me"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("still signed in: %d", got.StatusCode)
	}
}
