package web

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// mostPage is the largest page, in bytes, without its style.
const mostPage = 60 << 10

func TestTheLibraryIsFoundAndRead(t *testing.T) {
	s := newSite(t)
	library, _ := playbooks.Embedded()
	all := s.do("GET", "/library", nil).Body.String()
	for _, b := range library.All() {
		if !strings.Contains(all, `href="/library/`+b.ID+`"`) {
			t.Errorf("%s is not on the shelf", b.ID)
		}
		w := s.do("GET", "/library/"+b.ID, nil)
		if w.Code != 200 || w.Body.Len() > mostPage {
			t.Errorf("%s: %d, %d bytes", b.ID, w.Code, w.Body.Len())
		}
		for _, part := range []string{b.Steps[0].Title, b.Debrief[0], b.Pitfalls[0].Rescue, b.Micro[0].Label, "CC BY 4.0"} {
			if !strings.Contains(plainly(w.Body.String()), part) {
				t.Errorf("%s does not say %q", b.ID, part)
			}
		}
	}
	for query, want := range map[string]bool{"text=rewind": true, "skill=difficult-conversations": true, "minutes=60": true, "difficulty=demanding": true, "minutes=30": false, "skill=empathy": false, "text=nobody-writes-this": false, "difficulty=easy": false,
		"skill=nonsense&text=rehearse": true, "minutes=x": true} {
		if got := strings.Contains(s.do("GET", "/library?"+query, nil).Body.String(), `href="/library/rehearse-it"`); got != want {
			t.Errorf("%s: found %v", query, got)
		}
	}
	for _, b := range library.All() {
		for _, lang := range spoken {
			told, _ := library.In(b.ID, lang)
			page := plainly(s.do("GET", "/library/"+b.ID, nil, "Accept-Language", lang).Body.String())
			if !strings.Contains(page, told.Steps[0].Title) || !strings.Contains(page, `<html lang="`+lang+`"`) {
				t.Errorf("%s cannot be read in %s", b.ID, lang)
			}
		}
	}
	if page := s.do("GET", "/library?text=nobody-writes-this", nil).Body.String(); !strings.Contains(page, "Nothing fits.") {
		t.Error("nobody is told that nothing fits")
	}
}

func plainly(page string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&#43;", "+").Replace(page)
}

func TestALargeLibraryStillFitsAPage(t *testing.T) {
	library, _ := playbooks.Embedded()
	books := library.All()
	if shown, more := firstFew(slices.Repeat(books, 100)); len(shown) != mostShown || !more {
		t.Errorf("%d shown, more: %v", len(shown), more)
	}
	if shown, more := firstFew(books); len(shown) != len(books) || more {
		t.Errorf("%d shown, more: %v", len(shown), more)
	}
}

func TestTheStarterKitIsRead(t *testing.T) {
	s := newSite(t)
	kit, err := playbooks.Kit("en")
	if len(kit) == 0 {
		t.Skipf("the starter kit has no pages: %v", err)
	}
	list := s.do("GET", "/guides", nil).Body.String()
	for _, p := range kit {
		if w := s.do("GET", "/guides/"+p.ID, nil); w.Code != 200 || !strings.Contains(list, `href="/guides/`+p.ID+`"`) || w.Body.Len() > mostPage {
			t.Errorf("%s: %d", p.ID, w.Code)
		}
	}
}

func TestEveryPageIsSmallAndGuarded(t *testing.T) {
	s := newSite(t)
	for path, code := range map[string]int{"/": 303, "/library": 200, "/guides": 200, "/nowhere": 404, "/library/nothing": 404, "/guides/nothing": 404, "/a/x": 404, "/a": 200, "/static/nothing.css": 404, "/a/" + sign(t, s.links, closing): 200} {
		w := s.do("GET", path, nil, "Accept-Language", "en")
		if w.Code != code || w.Body.Len() > mostPage {
			t.Errorf("%s: %d, %d bytes", path, w.Code, w.Body.Len())
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", path, w.Header())
		}
		if strings.Contains(w.Body.String(), " style=") || strings.Contains(w.Body.String(), "<style") {
			t.Errorf("%s has a style that the browser may not read", path)
		}
	}
	if w := s.do("GET", "/", nil); w.Header().Get("Location") != "/library" {
		t.Errorf("%v", w.Header())
	}
	for _, name := range []string{"rapport.css", "icon.svg"} {
		w := s.do("GET", asset(name), nil)
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	if w := s.do("POST", "/library", nil); w.Code != http.StatusNotFound {
		t.Errorf("a POST to the library: %d", w.Code)
	}
}

func TestAPageSpeaksThePersonsLanguage(t *testing.T) {
	s := newSite(t)
	for accept, want := range map[string]string{"de-CH,de;q=0.9,en;q=0.8": "de", "nl, pt-BR;q=0.7": "pt", "ar": "ar", "": "en", "*": "en", "x;;,,": "en", "JA": "ja"} {
		page := s.do("GET", "/nowhere", nil, "Accept-Language", accept).Body.String()
		if !strings.Contains(page, `<html lang="`+want+`" dir="`+direction(want)+`">`) || !strings.Contains(page, tongues[want]["error.missing"]) {
			t.Errorf("%q: not in %s", accept, want)
		}
	}
	s.desk.message = func(a prompt.Answer) prompt.Message { m := question(a); m.Lang = "ar"; return m }
	if page, _, _ := s.open(closing); !strings.Contains(page, `<html lang="ar" dir="rtl">`) || !strings.Contains(page, "الثلاثاء") {
		t.Errorf("the form is not in the message's language")
	}
}

var (
	saysKey = regexp.MustCompile(`"((?:nav|fill|form|retry|error|library|turn|book|offer|me|erase|trend)\.[a-z.]+|minutes)"`)
	holes   = regexp.MustCompile(`\{[a-z]+\}`)
)

// usedWords are the keys that code and templates name.
func usedWords(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{"name": true, "skip": true, "nav": true, "difficulty.easy": true, "difficulty.medium": true, "difficulty.demanding": true, "turn.both": true, "turn.first": true, "turn.second": true}
	for _, kind := range curation.Kinds {
		used["offer.kind."+string(kind)], used["offer.help."+string(kind)] = true, true
	}
	for _, state := range []curation.State{curation.Proposed, curation.Asked, curation.Declined, curation.Published, curation.Withdrawn, curation.Undone} {
		used["offer.state."+string(state)] = true
	}
	for _, glob := range []string{"*.go", "pages/*.html"} {
		files, _ := filepath.Glob(glob)
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range saysKey.FindAllStringSubmatch(string(data), -1) {
				if strings.HasSuffix(m[1], ".html") || strings.HasSuffix(m[1], ".") {
					continue // a template, or the beginning of the words above
				}
				used[m[1]] = true
				if strings.HasPrefix(m[1], "error.") {
					used[m[1]+".text"] = true
				}
			}
		}
	}
	return used
}

// TestEveryWordIsThereInEveryLanguage fails for a word that is missing, unused, or has other
// gaps than the English one.
func TestEveryWordIsThereInEveryLanguage(t *testing.T) {
	en := tongues["en"]
	for _, lang := range spoken {
		w := tongues[lang]
		for key, text := range en {
			if got := w[key]; got == "" {
				t.Errorf("%s: %s is missing", lang, key)
			} else if !slices.Equal(slices.Sorted(slices.Values(holes.FindAllString(got, -1))), slices.Sorted(slices.Values(holes.FindAllString(text, -1)))) {
				t.Errorf("%s: %s has other gaps: %s", lang, key, got)
			}
		}
		for key := range w {
			if en[key] == "" {
				t.Errorf("%s: nobody says %s", lang, key)
			}
		}
	}
	for _, lang := range prompt.Languages() {
		if tongues[lang] == nil {
			t.Errorf("%s is spoken elsewhere, not on pages", lang)
		}
	}
	used := usedWords(t)
	for _, key := range slices.Sorted(maps.Keys(used)) {
		if en[key] == "" {
			t.Errorf("%s is said and has no words", key)
		}
	}
	for key := range en {
		if !used[key] {
			t.Errorf("%s is never said", key)
		}
	}
}

// BenchmarkPages draws a form and takes its answer, without a network and with a desk that
// only remembers.
func BenchmarkPages(b *testing.B) {
	s := newSite(b)
	long := closing
	long.Until = noon.AddDate(100, 0, 0)
	token := sign(b, s.links, long)
	_, once, do := s.open(long)
	form := url.Values{"once": {once}, "do": {do["Send"]}, "f.met": {"yes"}}
	for name, ask := range map[string]func() int{
		"show":    func() int { return s.do("GET", "/a/"+token, nil).Code },
		"answer":  func() int { return s.do("POST", "/a", form).Code },
		"library": func() int { return s.do("GET", "/library?text=listen", nil).Code },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.now = s.now.Add(paceEvery) // one person stands for many
				if code := ask(); code != 200 {
					b.Fatal(code)
				}
			}
		})
	}
}
