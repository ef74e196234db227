package web

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

func TestThreat5ScannersDoNothing(t *testing.T) {
	s := newSite(t)
	for _, verb := range []string{prompt.Close, prompt.Yes, prompt.No, prompt.Pause, prompt.Snooze} {
		c := closing
		c.Verb = verb
		path := "/a/" + sign(t, s.links, c)
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE"} {
			s.do(method, path, nil)
			s.do(method, "/a", url.Values{"do": {path[3:]}})
		}
		if w := s.do("POST", path, url.Values{"do": {path[3:]}}); w.Code == 200 {
			t.Errorf("%s: a POST to the link itself: %d", verb, w.Code)
		}
		if w := s.do("POST", "/a", url.Values{"do": {path[3:]}, "f.met": {"yes"}}); w.Code != 403 {
			t.Errorf("%s: a POST without the page's mark: %d", verb, w.Code)
		}
	}
	if s.desk.pressed != 0 {
		t.Fatalf("%d presses by a scanner", s.desk.pressed)
	}
	page, _, do := s.open(closing)
	for _, bad := range []string{"<script", "onload", "http-equiv", "javascript:"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s: it could send itself", bad)
		}
	}
	if len(do) == 0 {
		t.Error("the scanner has used up the link")
	}
}

func TestThreat6ALinkThatIsNoLongerRight(t *testing.T) {
	s := newSite(t)
	token := sign(t, s.links, closing)
	for name, c := range map[string]struct {
		path string
		now  time.Time
		code int
		says string
	}{
		"cut off":        {"/a/" + token[:60], noon, 404, "This link does not work"},
		"nonsense":       {"/a/%2e%2e%2fetc", noon, 404, "This link does not work"},
		"too old":        {"/a/" + token, closing.Until.Add(time.Second), 410, "This link is too old"},
		"another tenant": {"/a/" + sign(t, links(t, "fabrikam", autumn), closing), noon, 404, "This link does not work"},
		"an old key":     {"/a/" + sign(t, links(t, "contoso", winter), closing), noon, 404, "This link does not work"},
		"no token":       {"/a", noon, 200, "Please open the link again"},
	} {
		s.now = c.now
		w := s.do("GET", c.path, nil)
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	s.now = noon
	if s.desk.shown != 0 {
		t.Error("a bad link reaches the desk")
	}
	// the thing changed: the page says so, and the button carries the present version
	old := closing
	old.Version = 3
	page, _, _ := s.open(old)
	if !strings.Contains(page, "This has changed since the mail was written.") {
		t.Error("nobody is told that it has changed")
	}
	// it is gone: the desk says what happened, and there is nothing to press
	s.desk.message = func(prompt.Answer) prompt.Message {
		return prompt.Message{Lang: "en", Title: "This session was called off", Summary: "s"}
	}
	page, _, do := s.open(old)
	if !strings.Contains(page, "This session was called off") || len(do) != 0 {
		t.Errorf("%v %s", do, page)
	}
	// Ana's mark does not send Ben's button
	s.desk.message = question
	_, mark, _ := s.open(closing)
	ben := closing
	ben.Person = "ben"
	if w := s.do("POST", "/a", url.Values{"once": {mark}, "do": {sign(t, s.links, ben)}, "f.met": {"yes"}}); w.Code != 403 || s.desk.pressed != 0 {
		t.Errorf("%d", w.Code)
	}
	for _, path := range []string{"/a/" + token, "/library"} {
		if head := s.do("GET", path, nil).Header(); head.Get("Referrer-Policy") != "no-referrer" || head.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, head)
		}
	}
}

func TestThreat7AnotherSiteCannotPress(t *testing.T) {
	s := newSite(t)
	_, once, do := s.open(closing)
	form := url.Values{"once": {once}, "do": {do["Send"]}, "f.met": {"yes"}}
	for name, head := range map[string][]string{
		"a foreign form": {"Sec-Fetch-Site", "cross-site"}, "a sister site": {"Sec-Fetch-Site", "same-site"},
		"an old browser": {"Origin", "https://evil.example"}, "no origin to tell": {"Origin", "null"},
	} {
		if w := s.do("POST", "/a", form, head...); w.Code != 403 || !strings.Contains(w.Body.String(), "another site") {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if s.desk.pressed != 0 {
		t.Error("another site pressed")
	}
	if w := s.do("POST", "/a", form, "Origin", "null", "Sec-Fetch-Site", "same-origin"); w.Code != 200 {
		t.Errorf("our own page, which tells no origin: %d", w.Code)
	}
	head := s.do("GET", "/library", nil).Header()
	for _, rule := range []string{"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(head.Get("Content-Security-Policy"), rule) {
			t.Errorf("%s is missing", rule)
		}
	}
	if strings.Contains(head.Get("Content-Security-Policy"), "unsafe") || strings.Contains(head.Get("Content-Security-Policy"), "script-src") || head.Get("Set-Cookie") != "" {
		t.Errorf("%v", head)
	}
}

func TestThreat9NoWordBecomesMarkup(t *testing.T) {
	evil := []string{"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</textarea><script>1</script>", "{{.Say}}", "javascript:alert(1)", "' onfocus=alert(1) x='", "<!--", "\x00\x1b", "\xff", "=cmd|'/C calc'!A0", "[x](javascript:1)"}
	s := newSite(t)
	all := strings.Join(evil, " ")
	s.desk.message = func(a prompt.Answer) prompt.Message {
		m := question(a)
		m.Title, m.Summary = all, all
		m.Blocks = append(m.Blocks, prompt.Block{Head: all}, prompt.Block{Text: all}, prompt.Block{Note: all}, prompt.Block{List: evil}, prompt.Block{Facts: []prompt.Fact{{Label: all, Value: all}}},
			prompt.Block{Steps: []prompt.Step{{Title: all, Who: all, Text: all, Say: evil}}}, prompt.Block{When: &prompt.When{Label: all, Start: noon}},
			prompt.Block{Input: &prompt.Input{ID: `x" onfocus="alert(1)`, Label: all, Hint: all, Form: prompt.Line, Value: all}}, prompt.Block{Input: &prompt.Input{ID: "y", Label: all, Form: prompt.ChooseMany, Choices: []prompt.Choice{{Value: all, Label: all}}}})
		return m
	}
	page, once, do := s.open(closing)
	form := url.Values{"once": {once}, "do": {do["Send"]}}
	for i, e := range evil {
		form.Add("f."+[]string{"met", "understood", "conversation", "reflection", "micro", "practised", "day"}[i%7], e)
	}
	w := s.do("POST", "/a", form)
	if w.Code != 422 {
		t.Errorf("%d", w.Code)
	}
	s.desk.down = errors.New("redis")
	retry := s.do("POST", "/a", form)
	shelf := s.do("GET", "/library?text="+url.QueryEscape(all)+"&skill="+url.QueryEscape(all)+"&minutes=-9e99&difficulty="+url.QueryEscape(all), nil)
	for name, p := range map[string]string{"the page": page, "the form again": w.Body.String(), "the page for later": retry.Body.String(), "the library": shelf.Body.String()} {
		// a browser knows a tag by its first character, and an attribute only inside a tag
		for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(p, -1) {
			if quoted := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(tag, `""`); strings.Contains(quoted, "onerror") || strings.Contains(quoted, "onfocus") || strings.Contains(quoted, "<script") || strings.Contains(quoted, "javascript") {
				t.Errorf("%s: %s", name, tag)
			}
		}
		if strings.Contains(p, "<script") || strings.Contains(p, "src=x") && strings.Contains(p, "<img src=x") || strings.Contains(p, `href="javascript`) || strings.Contains(p, "ZgotmplZ") {
			t.Errorf("%s carries markup", name)
		}
	}
}

func TestThreat8NobodyActsForAnother(t *testing.T) {
	people := []roster.ID{"ana", "ben", "cem"}
	refs := []string{"session/team.1.4b52", "session/team.1.9999", "programme/team"}
	for _, actor := range people {
		for _, ref := range refs {
			for _, verb := range LowPower {
				s := newSite(t)
				c := Claim{Person: actor, Verb: verb, Ref: ref, Version: 2, Until: noon.Add(time.Hour)}
				var shownTo []prompt.Answer
				s.desk.message = func(a prompt.Answer) prompt.Message {
					shownTo = append(shownTo, a)
					return prompt.Message{To: a.From, Lang: "en", Title: "T", Actions: []prompt.Action{{Verb: a.Verb, Title: "Go", Ref: a.Ref, Version: a.Version}}}
				}
				_, once, do := s.open(c)
				form := url.Values{"once": {once}, "do": {do["Go"]}, "from": {"zoe"}, "From": {"zoe"}, "verb": {prompt.Leave}, "ref": {"session/other"}, "version": {"99"}, "key": {"web/x"}}
				for _, other := range people {
					if other == actor {
						continue
					}
					stolen := c
					stolen.Person = other
					if w := s.do("POST", "/a", url.Values{"once": {once}, "do": {sign(t, s.links, stolen)}}); w.Code != 403 {
						t.Fatalf("%s presses for %s: %d", actor, other, w.Code)
					}
				}
				if w := s.do("POST", "/a", form); w.Code != 200 || len(s.desk.answers) != 1 {
					t.Fatalf("%s: %d, %d answers", verb, w.Code, len(s.desk.answers))
				}
				for _, a := range s.desk.answers {
					if a.From != actor || a.Ref != ref || a.Verb != verb || a.Version != 2 || len(a.Fields) != 0 {
						t.Fatalf("%+v", a)
					}
				}
				if shownTo[0].From != actor {
					t.Fatalf("%s reads what is %s's", actor, shownTo[0].From)
				}
			}
		}
	}
}

func TestThreat14NoTokenAndNoWordIsLogged(t *testing.T) {
	s := newSite(t)
	token := sign(t, s.links, closing)
	_, once, do := s.open(closing)
	s.do("POST", "/a", url.Values{"once": {once}, "do": {do["Send"]}, "f.met": {"yes"}, "f.reflection": {"canary words"}})
	s.do("GET", "/a/"+token[:50], nil)
	s.do("GET", "/library?text=canary", nil)
	s.desk.down = errors.New("canary: ana@contoso.example")
	s.do("POST", "/a", url.Values{"once": {once}, "do": {do["Send"]}, "f.reflection": {"canary words"}})
	for _, secret := range []string{token, token[:50], once, do["Send"], "canary", "ana", "Ben"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	if !strings.Contains(s.log.String(), `"route":"GET /a/{token}","status":200`) || !strings.Contains(s.log.String(), `"status":503`) {
		t.Errorf("%s", s.log)
	}
}

func TestThreat15NobodyFloods(t *testing.T) {
	s := newSite(t)
	_, once, do := s.open(closing)
	big := url.Values{"once": {once}, "do": {do["Send"]}, "f.met": {"yes"}, "f.reflection": {strings.Repeat("x", mostForm)}}
	if w := s.do("POST", "/a", big); w.Code != 413 || !strings.Contains(w.Body.String(), "too much") {
		t.Errorf("%d", w.Code)
	}
	if w := s.do("POST", "/a", nil, "Content-Type", "multipart/form-data; boundary=x"); w.Code != 404 {
		t.Errorf("another kind of form: %d", w.Code)
	}
	token, codes := sign(t, s.links, closing), map[int]int{}
	for range 100 {
		codes[s.do("GET", "/a/"+token, nil).Code]++
	}
	if codes[429] < 60 || codes[200] < 20 {
		t.Errorf("%v", codes)
	}
	if w := s.do("GET", "/a/"+token, nil); w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "wait a minute") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := s.do("POST", "/a", url.Values{"once": {once}, "do": {do["Send"]}, "f.reflection": {"kept"}}); w.Code != 429 || !strings.Contains(w.Body.String(), `value="kept"`) {
		t.Errorf("what was typed is lost: %d", w.Code)
	}
	ben := closing
	ben.Person = "ben"
	if w := s.do("GET", "/a/"+sign(t, s.links, ben), nil); w.Code != 200 {
		t.Errorf("Ben waits for Ana: %d", w.Code)
	}
	s.now = s.now.Add(time.Minute)
	if w := s.do("GET", "/a/"+token, nil); w.Code != 200 {
		t.Errorf("a minute later: %d", w.Code)
	}
	full := &pages{Pages: Pages{Now: time.Now}, pace: newPace(), room: make(chan struct{})}
	w := httptest.NewRecorder()
	full.page(full.missing).ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("no room: %d", w.Code)
	}
	p := newPace()
	for i := range paceMost + 5 {
		p.allow(string(rune(i)), noon)
	}
	if len(p.full) > paceMost {
		t.Errorf("%d people remembered", len(p.full))
	}
}
