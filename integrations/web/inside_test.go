package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

func TestOnlyATokenForUsFromOurTenantForThisSignInCounts(t *testing.T) {
	_, other := signing()
	hs := func(text string) []byte {
		own, _ := signing()
		h := hmac.New(sha256.New, own.N.Bytes())
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	claim := func(k string, v any) func(_, claims map[string]any) {
		return func(_, claims map[string]any) {
			if claims[k] = v; v == nil {
				delete(claims, k)
			}
		}
	}
	for name, c := range map[string]struct {
		change func(head, claims map[string]any)
		key    func(string) []byte
		status int
		want   int
	}{
		"all right":            {want: 303},
		"another issuer":       {change: claim("iss", "https://login.example/"+tenantID+"/v2.0"), want: 403},
		"another audience":     {change: claim("aud", "another-app"), want: 403},
		"another tenant":       {change: claim("tid", "99999999-2222-3333-4444-555555555555"), want: 403},
		"no tenant":            {change: claim("tid", nil), want: 403},
		"another nonce":        {change: claim("nonce", "x"), want: 403},
		"no nonce":             {change: claim("nonce", nil), want: 403},
		"nobody":               {change: claim("oid", nil), want: 403},
		"an address only":      {change: func(_, c map[string]any) { delete(c, "oid"); c["email"] = "ana@contoso.example" }, want: 403},
		"run out":              {change: claim("exp", noon.Add(-time.Minute).Unix()), want: 403},
		"not yet":              {change: claim("nbf", noon.Add(time.Hour).Unix()), want: 403},
		"unsigned":             {change: func(h, _ map[string]any) { h["alg"] = "none" }, key: func(string) []byte { return nil }, want: 403},
		"our key as a secret":  {change: func(h, _ map[string]any) { h["alg"] = "HS256" }, key: hs, want: 403},
		"another key":          {key: func(text string) []byte { return rs256(other, text) }, want: 403},
		"an unknown key":       {change: func(h, _ map[string]any) { h["kid"] = "z" }, key: func(text string) []byte { return rs256(other, text) }, want: 403},
		"a refused code":       {status: 400, want: 403},
		"a service in trouble": {status: 503, want: 503},
	} {
		t.Run(name, func(t *testing.T) {
			m := newManor(t, "https://rapport.example")
			if c.change != nil {
				m.entra.change = c.change
			}
			m.entra.key, m.entra.status = c.key, c.status
			w := m.come("/me")
			if w.Code != c.want {
				t.Errorf("%d, want %d", w.Code, c.want)
			}
			if in := len(m.memory.kept) == 1 && m.cookies["__Host-rapport"] != ""; in != (c.want == 303) {
				t.Errorf("signed in: %v", in)
			}
			if m.entra.asked.Get("client_secret") != "hush" || len(m.entra.asked.Get("code_verifier")) < 43 {
				t.Errorf("the code was redeemed with %v", m.entra.asked)
			}
		})
	}
}

func TestASessionEnds(t *testing.T) {
	m := newManor(t, "https://rapport.example")
	me := func() int { return m.ask("GET", "/me", nil).Code }
	m.come("/me")
	for range 12 { // used every fifty minutes, it lasts ten hours
		if me() != 200 {
			t.Fatalf("ended at %s", m.wall)
		}
		m.wall = m.wall.Add(50 * time.Minute)
	}
	m.wall = noon.Add(signedInFor - time.Second)
	if me() != 200 {
		t.Error("ended too early")
	}
	m.wall = noon.Add(signedInFor)
	if me() != 303 {
		t.Error("used for more than ten hours")
	}
	m = newManor(t, "https://rapport.example")
	m.come("/me")
	if m.wall = m.wall.Add(idleAtMost); me() != 303 {
		t.Error("idle for an hour and still signed in")
	}
	m.wall = noon
	m.ask("POST", "/sign-out", url.Values{})
	if me() != 303 || len(m.memory.kept) != 0 {
		t.Error("signed out, and the session still counts")
	}
}

func TestCookiesAreBoundToThisHostAndHttps(t *testing.T) {
	for public, want := range map[string]struct {
		name   string
		secure bool
	}{"https://rapport.example": {"__Host-rapport", true}, "http://127.0.0.1:8080": {"rapport", false}} {
		m := newManor(t, public)
		w := m.come("/me")
		found := false
		for _, c := range w.Result().Cookies() {
			found = found || c.Name == want.name && c.MaxAge > 0
			if c.Secure != want.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: %s", public, c)
			}
		}
		if !found {
			t.Errorf("%s: no cookie %s", public, want.name)
		}
		if strings.Contains(w.Header().Get("Set-Cookie"), "ana") {
			t.Error("the cookie says who it is")
		}
	}
}

func TestASessionChosenBySomebodyElseIsNotTaken(t *testing.T) {
	m := newManor(t, "https://rapport.example")
	m.come("/me")
	before := m.cookies["__Host-rapport"]
	m.come("/me")
	if after := m.cookies["__Host-rapport"]; after == before || len(m.memory.kept) != 1 {
		t.Error("the sign-in kept the session that was there before")
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	m := newManor(t, "https://rapport.example")
	m.come("/me")
	for _, path := range []string{"/me", "/me/erase", "/me/settings/peers", "/admin", "/sign-out"} {
		for _, head := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
			if w := m.ask("POST", path, url.Values{"once": {m.links.once("ana")}, "act": {"stop"}, "reason": {"x"}, "word": {"ERASE"}}, head...); w.Code != 403 {
				t.Errorf("%s from %v: %d", path, head, w.Code)
			}
		}
	}
	if m.desk.pressed != 0 || len(m.memory.halts) != 0 || len(m.memory.kept) != 1 {
		t.Error("a form of another site did something")
	}
}

func TestNobodyIsSentElsewhere(t *testing.T) {
	for to, want := range map[string]string{"/me": "/me", "/admin?x=1": "/admin?x=1", "": home, "me": home, "//evil.example": home, "/\\evil.example": home, "https://evil.example/": home,
		"/%5cevil.example": "/%5cevil.example", "javascript:alert(1)": home, "/me\r\nX: y": home, "/\t/evil.example": home, "///evil.example": home, "/" + strings.Repeat("a", 300): home, "/./me": "/./me"} {
		if got := ownPath(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

func FuzzOwnPath(f *testing.F) {
	for _, to := range []string{"/me", "//e", "/\\e", "/%2f/e", "https://e", "/..//e", "/./\\e"} {
		f.Add(to)
	}
	base, _ := url.Parse("https://rapport.example/sign-in")
	f.Fuzz(func(t *testing.T, to string) {
		u, err := base.Parse(ownPath(to))
		if err != nil || u.Host != base.Host || u.Scheme != "https" || u.User != nil || strings.HasPrefix(ownPath(to), "//") || strings.ContainsAny(ownPath(to), "\\\r\n") {
			t.Errorf("%q leads to %v %v", to, u, err)
		}
	})
}

func TestACalendarsTokenOpensThatCalendarOnly(t *testing.T) {
	l := links(t, "contoso", autumn)
	own := l.FeedToken("peers", "ana")
	if who, err := l.OpenFeed("peers", own); who != "ana" || err != nil {
		t.Errorf("%q %v", who, err)
	}
	if who, err := l.OpenFeed("peers", l.FeedToken("peers", "")); who != "" || err != nil {
		t.Errorf("%q %v", who, err)
	}
	if _, err := l.OpenFeed("others", own); !errors.Is(err, ErrBadLink) {
		t.Errorf("another programme's: %v", err)
	}
	if _, err := links(t, "fabrikam", autumn).OpenFeed("peers", own); !errors.Is(err, ErrBadLink) {
		t.Errorf("another tenant's: %v", err)
	}
	if _, err := l.Open(own, noon); err == nil {
		t.Error("a calendar's token presses buttons")
	}
	if _, err := l.OpenFeed("peers", sign(t, l, closing)); err == nil {
		t.Error("a button's token opens a calendar")
	}
	for i := range own {
		changed := own[:i] + string(rune('A'+(own[i]+1)%26)) + own[i+1:]
		if who, err := l.OpenFeed("peers", changed); changed != own && err == nil {
			t.Fatalf("a changed token opens the calendar of %q", who)
		}
		if _, err := l.OpenFeed("peers", own[:i]); err == nil {
			t.Fatal("a cut-off token counts")
		}
	}
}

func FuzzOpenFeed(f *testing.F) {
	l := links(f, "contoso", autumn)
	f.Add("peers", l.FeedToken("peers", "ana"))
	f.Add("", "AA")
	f.Fuzz(func(t *testing.T, programme, token string) {
		if who, err := l.OpenFeed(programme, token); err == nil && l.FeedToken(programme, who) != token {
			t.Errorf("%q opens %q", token, who)
		}
	})
}

// sample is what a programme knows of somebody who has told it everything.
func sample(lang string) Known {
	k := Known{Programme: "peers", Name: "Peer coaching", Standing: roster.In, Zone: time.UTC, Record: map[string]string{"secret": "reflection"},
		Words: prompt.Message{Lang: lang, Title: "What we know", Blocks: []prompt.Block{{Head: "You"}, {Facts: []prompt.Fact{{Label: "Name", Value: "Ana <b>Alves</b>"}}}, {Head: "Sessions"}, {Text: "Round 1"}, {List: []string{"A word with Dan"}}, {Note: "Nobody else sees this."}}},
		Ahead: []Meeting{{Title: "Listening sprint", With: []string{"Ben Brandt"}, Start: noon.Add(time.Hour), End: noon.Add(2 * time.Hour), Join: "https://teams.example/j"}}}
	k.Card = k.Words
	for _, id := range []string{"understood", "practised", "attempts", "paraphrases"} {
		k.Trends = append(k.Trends, Trend{id, []Point{{noon, 2}, {noon.AddDate(0, 0, 14), 5}, {noon.AddDate(0, 0, 28), 4}}})
	}
	return k
}

var sampleState = State{Configured: true, Stopped: true, Reason: "the council asked", By: "cleo", Since: noon, Ahead: []Due{{"Peer coaching", 8, noon, noon}},
	Owed: []Owed{{"session:prompt", 3, 9}}, Doubts: []Doubt{{"abcdef0123456789", "card", "intent", noon, 1}}, Deeds: []Deed{{noon, "cleo", "send:stop", "the council asked"}}}

func TestAPictureHasItsNumbersBesideIt(t *testing.T) {
	all := pictures([]Trend{{"understood", []Point{{noon, 2}, {noon.AddDate(0, 0, 14), 5}}}, {"practised", []Point{{noon, 9}}}, {"height", []Point{{noon, 1}, {noon, 2}}}}, "en", time.UTC)
	if len(all) != 1 {
		t.Fatalf("%d pictures; one value is no trend, and what has no name is not drawn", len(all))
	}
	if p := all[0]; p.Line != "8,56 312,8" || p.Text != tongues["en"]["trend.understood"]+": 2, 5" || len(p.Rows) != 2 || p.Rows[1].Value != "5" {
		t.Errorf("%+v", p)
	}
	long := Trend{ID: "practised"}
	for i := range 400 {
		long.Points = append(long.Points, Point{noon.AddDate(0, 0, i), i})
	}
	if p := pictures([]Trend{long}, "en", time.UTC)[0]; len(p.Rows) != mostPoints || p.Rows[mostPoints-1].Value != "399" {
		t.Errorf("%d points are drawn", len(p.Rows))
	}
	zero := pictures([]Trend{{"attempts", []Point{{noon, 0}, {noon, 0}}}}, "en", time.UTC)
	if len(zero) != 1 || strings.Contains(zero[0].Line, "NaN") {
		t.Errorf("%+v", zero)
	}
}

func TestNothingTypedOrToldBecomesMarkup(t *testing.T) {
	m := newManor(t, "https://rapport.example")
	m.come("/me")
	for _, path := range []string{"/me", "/me/export.html", "/champion/peers"} {
		page := m.ask("GET", path, nil).Body.String()
		if strings.Contains(page, "<b>Alves") || strings.Contains(page, "<Costa>") {
			t.Errorf("%s writes markup that somebody typed", path)
		}
		if len(page) > 60<<10 {
			t.Errorf("%s has %d bytes", path, len(page))
		}
	}
}
