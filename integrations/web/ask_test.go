package web

import (
	"errors"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

func TestALinkShowsAndAPressActs(t *testing.T) {
	s := newSite(t)
	page, once, do := s.open(closing)
	for _, want := range []string{"How was it with Ben?", "Did you meet?", "Tuesday 24 November", "11:00 – 12:00", "UTC+1<", "Only you see this.", "Join the call", "More can be done in Teams", `lang="en" dir="ltr"`} {
		if !strings.Contains(html.UnescapeString(page), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if got := slices.Sorted(maps.Keys(do)); !slices.Equal(got, []string{"Ask me tomorrow", "Send"}) {
		t.Errorf("buttons %v: leaving needs a sign-in", got)
	}
	form := url.Values{"once": {once}, "do": {do["Send"]}, "f.met": {"yes"}, "f.understood": {"4"}, "f.conversation": {" Sam, the plan "}, "f.reflection": {"One.\r\nTwo."}, "f.micro": {"a", "b"}, "f.practised": {"20"}, "f.day": {"c"}, "f.unasked": {"x"}}
	w := s.do("POST", "/a", form, "Sec-Fetch-Site", "same-origin")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "We ask again on Thursday.") || !strings.Contains(w.Body.String(), "Received") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := map[string]string{"met": "yes", "understood": "4", "conversation": "Sam, the plan", "reflection": "One.\nTwo.", "micro": "a,b", "practised": "20", "day": "c"}
	for key, a := range s.desk.answers {
		if !strings.HasPrefix(key, "web/") || a.From != "ana" || a.Verb != prompt.Close || a.Ref != closing.Ref || a.Version != 4 || a.Card != closing.Card || !maps.Equal(a.Fields, want) {
			t.Errorf("%q: %+v", key, a)
		}
	}
	// a double click, and the page loaded anew, are the same press
	s.do("POST", "/a", form)
	if len(s.desk.answers) != 1 || s.desk.pressed != 2 {
		t.Errorf("%d answers of %d presses", len(s.desk.answers), s.desk.pressed)
	}
}

// TestThreat5ScannersDoNothing is row 5 of the threats: a scanner follows a mail's links, by
// any method that is safe, and even sends what it finds.
// TestThreat6ALinkThatIsNoLongerRight is row 6 of the threats: replayed after a change, cut
// off, too old, somebody else's.
// TestThreat7AnotherSiteCannotPress is row 7 of the threats.
// TestThreat9NoWordBecomesMarkup is row 9 of the threats, as far as pages go.
func TestAWrongFieldIsNamedAndNothingTypedIsLost(t *testing.T) {
	s := newSite(t)
	_, once, do := s.open(closing)
	form := url.Values{"once": {once}, "do": {do["Send"]}, "f.conversation": {strings.Repeat("long ", 9)}, "f.reflection": {"What <I> typed"}, "f.micro": {"b"}, "f.practised": {"many"}, "f.understood": {"6"}, "f.day": {"d"}}
	w := s.do("POST", "/a", form)
	if w.Code != 422 || s.desk.pressed != 0 {
		t.Fatalf("%d, pressed %d", w.Code, s.desk.pressed)
	}
	page := html.UnescapeString(w.Body.String())
	for _, want := range []string{"Not sent yet", `href="#f.met"`, "Please say whether it took place.", "at most 30 characters", "a whole number from 0 to 600", "choose one of the answers shown",
		"What <I> typed", `value="many"`, `value="b" checked`, `value="d" selected`, `aria-invalid="true"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	if strings.Contains(page, `value="a" checked`) {
		t.Error("what was taken out is there again")
	}
	// "ask me tomorrow" needs no field
	if w := s.do("POST", "/a", url.Values{"once": {once}, "do": {do["Ask me tomorrow"]}}); w.Code != 200 || s.desk.pressed != 1 {
		t.Errorf("%d", w.Code)
	}
	// the desk objects: its sentence stands above the form
	s.desk.said = func(prompt.Answer) prompt.Message { return prompt.Message{Lang: "en", Summary: "That time is gone."} }
	w = s.do("POST", "/a", url.Values{"once": {once}, "do": {do["Send"]}, "f.met": {"no"}, "f.reflection": {"kept"}})
	if page := w.Body.String(); w.Code != 422 || !strings.Contains(page, "That time is gone.") || !strings.Contains(page, "kept") || !strings.Contains(page, `value="no" checked`) {
		t.Errorf("%d %s", w.Code, page)
	}
}

type slow struct{ error }

func (slow) RetryAfter() time.Duration { return 90 * time.Second }

func TestWhenSomethingIsDownNothingTypedIsLost(t *testing.T) {
	s := newSite(t)
	_, once, do := s.open(closing)
	form := url.Values{"once": {once}, "do": {do["Send"]}, "f.met": {"yes"}, "f.reflection": {"kept \"safe\""}}
	for _, fail := range []func(error){func(err error) { s.desk.down = err }, func(err error) { s.desk.downSave = err }} {
		fail(slow{errors.New("redis is gone: ana@contoso.example")})
		w := s.do("POST", "/a", form)
		if w.Code != 503 || w.Header().Get("Retry-After") != "90" || strings.Contains(w.Body.String(), "redis") {
			t.Errorf("%d %v", w.Code, w.Header())
		}
		// the page's one button sends all of it again
		again := url.Values{}
		for _, in := range regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			again.Add(html.UnescapeString(in[1]), html.UnescapeString(in[2]))
		}
		fail(nil)
		if w := s.do("POST", "/a", again); w.Code != 200 {
			t.Errorf("%d %v", w.Code, again)
		}
	}
	if len(s.desk.answers) != 1 {
		t.Errorf("%d answers", len(s.desk.answers))
	}
	for _, a := range s.desk.answers {
		if a.Fields["reflection"] != `kept "safe"` {
			t.Errorf("%+v", a)
		}
	}
	s.desk.down = errors.New("redis")
	if w := s.do("GET", "/a/"+sign(t, s.links, closing), nil); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d", w.Code)
	}
}

func TestAnAnswerThatCanBeUndoneSaysHow(t *testing.T) {
	s := newSite(t)
	pause := closing
	pause.Verb, pause.Ref = prompt.Pause, "programme/team"
	s.desk.message = func(a prompt.Answer) prompt.Message {
		return prompt.Message{Lang: "en", Title: "Take a break?", Actions: []prompt.Action{{Verb: prompt.Pause, Title: "Pause", Ref: a.Ref}}}
	}
	_, once, do := s.open(pause)
	_, once, do = s.read(s.do("POST", "/a", url.Values{"once": {once}, "do": {do["Pause"]}}).Body.String())
	if w := s.do("POST", "/a", url.Values{"once": {once}, "do": {do["Come back"]}}); w.Code != 200 {
		t.Errorf("%d", w.Code)
	}
	verbs := map[string]bool{}
	for _, a := range s.desk.answers {
		verbs[a.Verb] = true
	}
	if !verbs[prompt.Pause] || !verbs[prompt.Resume] {
		t.Errorf("%v", verbs)
	}
}

func TestOneClickPausesAndNothingElse(t *testing.T) {
	s := newSite(t)
	pause := closing
	pause.Verb, pause.Ref = prompt.Pause, "programme/team"
	one := url.Values{"List-Unsubscribe": {"One-Click"}}
	for range 2 {
		if w := s.do("POST", "/a/"+sign(t, s.links, pause), one); w.Code != 200 || !strings.Contains(w.Body.String(), "You are on a break") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if len(s.desk.answers) != 1 {
		t.Errorf("%d answers", len(s.desk.answers))
	}
	before := s.desk.pressed
	for name, code := range map[string]int{
		"without the words": s.do("POST", "/a/"+sign(t, s.links, pause), url.Values{}).Code,
		"another verb":      s.do("POST", "/a/"+sign(t, s.links, closing), one).Code,
		"another site":      s.do("POST", "/a/"+sign(t, s.links, pause), one, "Sec-Fetch-Site", "cross-site").Code,
	} {
		if code != 403 {
			t.Errorf("%s: %d", name, code)
		}
	}
	if s.desk.pressed != before {
		t.Error("something was pressed")
	}
}

// TestThreat8NobodyActsForAnother is rows 8 and 11 of the threats: who acts on what is in the
// signed button alone, whatever else a form claims.
func TestAFormMayBeFinishedAfterItsLinkRanOut(t *testing.T) {
	s := newSite(t)
	_, once, do := s.open(closing)
	form := url.Values{"once": {once}, "do": {do["Send"]}, "f.met": {"yes"}}
	s.now = closing.Until.Add(59 * time.Minute)
	if w := s.do("POST", "/a", form); w.Code != 200 {
		t.Errorf("%d", w.Code)
	}
	s.now = closing.Until.Add(2 * time.Hour)
	if w := s.do("POST", "/a", form); w.Code != 410 {
		t.Errorf("%d", w.Code)
	}
}

// TestThreat14NoTokenAndNoWordIsLogged is row 14 of the threats.
// TestThreat15NobodyFloods is row 15 of the threats.
func TestAPageOpensOnlyWhatIsSafe(t *testing.T) {
	for address, want := range map[string]string{
		"https://teams.example/j?x=1": "https://teams.example/j?x=1", "http://teams.example/j": "", "javascript:alert(1)": "", "javascript://teams.example/%0aalert(1)": "",
		"data:text/html,x": "", "//teams.example": "", "https://ana:secret@teams.example": "", "https://": "", "": "", "https://a b": "", "msteams://x": "",
	} {
		if got := opens(address); got != want {
			t.Errorf("%q opens %q", address, got)
		}
	}
}
