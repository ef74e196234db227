package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// someOffers are one to decide about, and a story that is told.
func someOffers(t *testing.T, lib playbooks.Library) []curation.Contribution {
	t.Helper()
	b, there := lib.Find("listening-sprint")
	if !there {
		t.Fatal("the library has no listening-sprint")
	}
	text := strings.Replace(string(b.Markdown()), b.Debrief[0], "What did you hear that was never said?", 1)
	return []curation.Contribution{
		{ID: "o1", By: "ben", State: curation.Asked, At: noon, Since: noon, Draft: curation.Draft{Kind: curation.Improvement, Playbook: b.ID, Base: b.Version, Text: text, Credit: "Ben Brandt"},
			Notes: []curation.Note{{At: noon, By: "ana", Curator: true, Act: curation.Ask, Text: "Why this question?"}}},
		{ID: "o2", By: "ana", State: curation.Published, At: noon, Since: noon, Draft: curation.Draft{Kind: curation.Story, Playbook: b.ID, Share: true, Credit: "Ana Alves",
			Text: "I kept quiet for a whole minute.\n\nThen he told me what it was really about."}},
	}
}

// said sends a form of the offers' pages and answers the status and the page behind it.
func (m *manor) said(path string, form url.Values) (int, string) {
	m.t.Helper()
	form.Set("once", m.links.once("ana"))
	w := m.ask("POST", path, form)
	if to := w.Header().Get("Location"); w.Code == 303 {
		return 303, m.ask("GET", to, nil).Body.String()
	}
	return w.Code, w.Body.String()
}

func newWorkshop(t *testing.T) *manor {
	t.Helper()
	m := newManor(t, "https://rapport.example")
	m.come("/me")
	return m
}

func TestAnOfferIsPreviewedMendedAndSentOnce(t *testing.T) {
	m := newWorkshop(t)
	form := url.Values{"kind": {"prompt"}, "playbook": {"listening-sprint"}, "text": {"Do you agree?"}, "do": {"preview"}, "credit": {"yes"}}
	code, page := m.said("/contribute/new", form)
	if code != 200 || !strings.Contains(page, "Do you agree?") || !strings.Contains(page, `value="yes" checked`) || len(m.memory.all) != 0 {
		t.Fatalf("a preview answers %d and keeps %d:\n%s", code, len(m.memory.all), page)
	}
	form.Set("do", "send")
	form.Set("text", "")
	if code, page = m.said("/contribute/new", form); code != 422 || !strings.Contains(page, "there is no text yet") {
		t.Errorf("nothing at all is answered with %d:\n%s", code, page)
	}
	form.Set("text", "What would you say if nobody could hear it?")
	once := m.links.once("ana")
	form.Set("once", once)
	for range 2 { // pressed twice
		if w := m.ask("POST", "/contribute/new", form); w.Code != 303 {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
	}
	if len(m.memory.all) != 1 || m.memory.all[0].Draft.Credit != "Ana Alves" || m.memory.all[0].By != "ana" {
		t.Errorf("kept: %+v", m.memory.all)
	}
	form.Del("credit")
	form.Set("text", "What else?")
	m.said("/contribute/new", form)
	if last := m.memory.all[len(m.memory.all)-1]; last.Draft.Credit != "" {
		t.Errorf("she did not want to be named and is: %q", last.Draft.Credit)
	}
}

func TestACuratorAsksTheAuthorAnswersAndItIsPublished(t *testing.T) {
	m := newWorkshop(t)
	m.memory.hand.Curator = true
	m.memory.all = someOffers(t, m.memory.living)
	page := m.ask("GET", "/contribute/o1", nil).Body.String()
	for _, want := range []string{"<ins>+ ", "What did you hear that was never said?", "<del>- ", "Why this question?"} {
		if !strings.Contains(page, want) {
			t.Errorf("the curator does not see %q", want)
		}
	}
	if code, page := m.said("/contribute/o1", url.Values{"act": {"decline"}, "words": {""}}); code != 422 || !strings.Contains(page, "Write a sentence or two") {
		t.Errorf("no without a reason is answered with %d", code)
	}
	if code, _ := m.said("/contribute/o1", url.Values{"act": {"accept"}}); code != 303 || m.memory.all[0].State != curation.Published {
		t.Errorf("%d, it is %s", code, m.memory.all[0].State)
	}
	if code, _ := m.said("/contribute/o1", url.Values{"act": {"undo"}}); code != 303 || m.memory.all[0].State != curation.Undone {
		t.Errorf("%d, it is %s", code, m.memory.all[0].State)
	}
}

// TestThreat8NobodyDecidesWithoutTheRight is the matrix of who may do what to whose offer.
func TestThreat8NobodyDecidesWithoutTheRight(t *testing.T) {
	for _, actor := range []struct {
		name           string
		offer, curates bool
	}{{"a stranger", false, false}, {"a member", true, false}, {"a curator", true, true}, {"a curator who takes no part", false, true}} {
		for _, owner := range []roster.ID{"ana", "ben"} {
			for _, act := range []string{"accept", "ask", "decline", "undo", "reply", "withdraw", "nonsense"} {
				m := newWorkshop(t)
				m.memory.offer, m.memory.hand.Curator = actor.offer, actor.curates
				offers := someOffers(t, m.memory.living)
				offers[0].By = owner
				m.memory.all = offers[:1]
				before := offers[0].State
				code, _ := m.said("/contribute/o1", url.Values{"act": {act}, "words": {"A sentence."}})
				changed := m.memory.all[0].State != before || len(m.memory.all[0].Notes) > 1
				own := owner == "ana"
				may := actor.curates && !own && (act == "accept" || act == "ask" || act == "decline") ||
					own && (actor.offer || actor.curates) && (act == "reply" || act == "withdraw")
				if changed != may || may != (code == 303) {
					t.Errorf("%s, an offer of %s, %s: changed %v, answered %d", actor.name, owner, act, changed, code)
				}
				sees := m.ask("GET", "/contribute/o1", nil).Code == 200
				if want := actor.curates || own && actor.offer; sees != want {
					t.Errorf("%s sees an offer of %s: %v", actor.name, owner, sees)
				}
			}
		}
		m := newWorkshop(t)
		m.memory.offer, m.memory.hand.Curator = actor.offer, actor.curates
		if code := m.ask("GET", "/curate", nil).Code; (code == 200) != actor.curates {
			t.Errorf("%s: the curators' desk answers %d", actor.name, code)
		}
	}
}

// TestThreat9NoMarkdownBecomesMarkup is row 9 of the threats, for what people write at length.
func TestThreat9NoMarkdownBecomesMarkup(t *testing.T) {
	corpus := []string{
		"<script>alert(1)</script>", `<img src=x onerror="alert(1)">`, "[press](javascript:alert(1))", "[press](https://evil.example)", "![p](https://evil.example/p.png)",
		"<https://evil.example>", "https://evil.example", "<svg/onload=alert(1)>", "<iframe src=//evil.example>", "<a href='x' onclick='y'>z</a>", "`</code><script>1</script>`",
		"```html\n<script>1</script>\n```", "> <b onmouseover=1>x</b>", "[ref]: javascript:alert(1)\n[ref]", "<style>*{display:none}</style>", "&lt;script&gt;", "<!-- --><script>1</script>",
		"# <script>1</script>", "- <details open ontoggle=alert(1)>", "[a](data:text/html;base64,PHNjcmlwdD4=)", "<form action=//evil.example><input name=once>", strings.Repeat("> ", 3000) + "deep",
		strings.Repeat("[", 5000), strings.Repeat("*a ", 5000), "\x00\x1b[2J", "\u202egnp.exe", "{{.Say}}", "=cmd|'/C calc'!A0",
	}
	tag := regexp.MustCompile(`<[a-zA-Z/!][^>]*>`)
	plain := regexp.MustCompile(`^</?(h[234]|p|ul|ol|li|strong|em|blockquote|code|pre|hr|br)/?>$`)
	m := newWorkshop(t)
	for _, evil := range corpus {
		for _, got := range tag.FindAllString(string(rendered(evil)), -1) {
			if !plain.MatchString(got) {
				t.Errorf("%.40q is drawn with %s", evil, got)
			}
		}
		for _, kind := range []string{"story", "prompt", "improvement", "playbook"} {
			form := url.Values{"kind": {kind}, "playbook": {"rehearse-it"}, "text": {evil}, "share": {"yes"}, "do": {"preview"}}
			m.wall = m.wall.Add(2e9) // nobody is too fast here
			_, page := m.said("/contribute/new", form)
			for _, never := range []string{"<script", "<svg", "<iframe", "onerror=\"", "<img src=x", "<style", "<details", "<form action=//", `href="https://evil`, `href="javascript`} {
				if strings.Contains(page, never) {
					t.Errorf("%s %.40q: the page says %s", kind, evil, never)
				}
			}
			if len(page) > 60<<10 && len(evil) < 1000 {
				t.Errorf("%s %.40q: a page of %d bytes", kind, evil, len(page))
			}
		}
	}
}

func TestWhatAnOrganisationWroteIsForItsOwnPeople(t *testing.T) {
	m := newWorkshop(t)
	b, _ := m.memory.living.Find("listening-sprint")
	b.Title, b.Version = "Listening at Contoso", b.Version+1
	living, err := m.memory.living.Join(playbooks.File{Name: b.ID + ".md", Data: b.Markdown()})
	if err != nil {
		t.Fatal(err)
	}
	m.memory.living, m.memory.all = living, someOffers(t, living)[1:]
	for path, want := range map[string][]string{"/library/listening-sprint": {"Listening at Contoso", "I kept quiet for a whole minute."}, "/library?text=contoso": {"Listening at Contoso"}} {
		own := m.ask("GET", path, nil).Body.String()
		visit := m.cookies
		m.cookies = map[string]string{}
		public := m.ask("GET", path, nil).Body.String()
		m.cookies = visit
		for _, words := range want {
			if !strings.Contains(own, words) || strings.Contains(public, words) {
				t.Errorf("%s: %q is seen inside: %v, outside: %v", path, words, strings.Contains(own, words), strings.Contains(public, words))
			}
		}
	}
}
