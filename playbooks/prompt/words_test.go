package prompt

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// literals lists the string literals of this package's own source, test files excluded.
func literals(t *testing.T) map[string]bool {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				s, err := strconv.Unquote(l.Value)
				if err != nil {
					t.Fatal(err)
				}
				found[s] = true
			}
			return true
		})
	}
	return found
}

// groups are the first parts of our keys; a literal that begins with one is a key, or the
// beginning of keys that are put together ("standing." and a standing).
var groups = regexp.MustCompile(`^(invite|energy|pairing|moved|reason|prepare|guide|who|closing|async|cancelled|followup|pulse|say|data|standing|state|reply|mail|agenda|another|times|swap|offer|why|settings|flex|language|channel|form|command|list|number|span|date|weekday|month|skill)\.`)

// endings are what is added to a literal that is no key itself: the ending ".text" of a
// note, ".error" of a field, ".alone" of a title.
var endings = []string{".text", ".error", ".alone", ".title", ".again.title", ".again.title.alone"}

func TestEveryTextIsUsed(t *testing.T) {
	used := literals(t)
	for key := range words[Fallback] {
		base, _ := pluralOf(key)
		if used[key] || used[base] {
			continue
		}
		built := false
		for lit := range used {
			if rest, ok := strings.CutPrefix(key, lit); ok && groups.MatchString(lit+".") {
				built = built || strings.HasSuffix(lit, ".") || slices.Contains(endings, rest) || isChoice(rest)
			}
		}
		if !built {
			t.Errorf("the text %s is never said", key)
		}
	}
}

// isChoice says whether the rest of a key is one choice of an input: ".yes", ".3".
func isChoice(rest string) bool {
	return slices.Contains(strings.Fields(".yes .no .partly .morning .afternoon .any .1 .2 .3 .4 .5 .none .early .late .both .teams .mail .meet .writing"), rest)
}

func TestEveryKeyHasAText(t *testing.T) {
	verbs := []string{Close, FollowUp, Snooze, Drop, CastVote} // "closing:answer" is no key
	for lit := range literals(t) {
		if !groups.MatchString(lit) || slices.Contains(verbs, lit) {
			continue
		}
		if strings.HasSuffix(lit, ".") { // a beginning: something must follow it
			if !slices.ContainsFunc(keys(Fallback), func(k string) bool { return strings.HasPrefix(k, lit) }) {
				t.Errorf("no text begins with %s", lit)
			}
			continue
		}
		if !slices.Contains(keys(Fallback), lit) {
			t.Errorf("the key %s has no text", lit)
		}
	}
}

// categories are the plural categories of each language by CLDR; see plural.
var categories = map[string][]string{
	"ar": {"few", "many", "one", "other", "two", "zero"}, "ja": {"other"},
	"de": {"one", "other"}, "en": {"one", "other"}, "es": {"one", "other"}, "fr": {"one", "other"}, "pt": {"one", "other"},
}

// pluralOf splits the key of a plural form into the text it is a form of and its category.
func pluralOf(key string) (base, category string) {
	i := strings.LastIndex(key, ".")
	if i < 0 || !slices.Contains(categories["ar"], key[i+1:]) {
		return key, ""
	}
	if _, counted := words[Fallback][key[:i]+".other"]; !counted {
		return key, ""
	}
	return key[:i], key[i+1:]
}

// keys lists what a language says, the forms of a plural once.
func keys(lang string) []string {
	var l []string
	for k := range words[lang] {
		base, _ := pluralOf(k)
		l = append(l, base)
	}
	slices.Sort(l)
	return slices.Compact(l)
}

var gap = regexp.MustCompile(`\{[a-z]+\}`)

func TestAllLanguagesSayTheSameThings(t *testing.T) {
	if !slices.Equal(Languages(), []string{"ar", "de", "en", "es", "fr", "ja", "pt"}) {
		t.Fatalf("we speak %v", Languages())
	}
	for _, lang := range Languages() {
		for _, key := range keys(Fallback) {
			if !slices.Contains(keys(lang), key) {
				t.Errorf("%s does not say %s", lang, key)
			}
		}
		for _, key := range keys(lang) {
			if !slices.Contains(keys(Fallback), key) {
				t.Errorf("%s says %s, and English does not", lang, key)
			}
		}
		for key, text := range words[lang] {
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s of %s is empty or has blanks around it", key, lang)
			}
			base, form := pluralOf(key)
			english := words[Fallback][key]
			if form != "" {
				english = words[Fallback][base+".other"]
			}
			got, want := gaps(text), gaps(english)
			if slices.Contains([]string{"zero", "one", "two"}, form) { // "two hours" may be one word
				got, want = uncounted(got), uncounted(want)
			}
			if form != "zero" && !slices.Equal(got, want) || form == "zero" && len(got) > len(want) {
				t.Errorf("%s of %s fills in %v, English %v", key, lang, got, want)
			}
		}
	}
}

func TestEveryLanguageHasItsOwnPlurals(t *testing.T) {
	for _, lang := range Languages() {
		have := map[string][]string{}
		for key := range words[lang] {
			if base, form := pluralOf(key); form != "" {
				have[base] = append(have[base], form)
			}
		}
		for base, got := range have {
			if slices.Sort(got); !slices.Equal(got, categories[lang]) {
				t.Errorf("%s of %s has the forms %v, wants %v", base, lang, got, categories[lang])
			}
		}
		for n := range 1200 {
			if form := plural(lang, n); !slices.Contains(categories[lang], form) {
				t.Errorf("%d in %s is %q", n, lang, form)
			}
		}
	}
}

// alike are the texts that are the same in several languages, and rightly so.
var alike = regexp.MustCompile(`^(closing\.understood\.[24]|pulse\.confidence\.[24]|closing\.met\.no|pulse\.quote\.no|flex\.none|data\.(beyond|name|team)|agenda\.title|swap\.option|async\.day|channel\.teams|person|language\.name|data\.counted|month\.[0-9]+|(list|number|date|span)\..*)$`)

// TestNothingIsLeftInEnglish finds what was never translated, and marks of another language's
// typing.
func TestNothingIsLeftInEnglish(t *testing.T) {
	for _, lang := range Languages() {
		for key, text := range words[lang] {
			if lang != Fallback && text == words[Fallback][key] && !alike.MatchString(key) {
				t.Errorf("%s of %s is English: %q", key, lang, text)
			}
			if lang != Fallback && strings.Contains(text, `"`) {
				t.Errorf("%s of %s has typewriter quotes: %q", key, lang, text)
			}
			if strings.Contains(text, "  ") {
				t.Errorf("%s of %s has two blanks", key, lang)
			}
		}
	}
}

// TestTheHelpNamesWordsThatWork types what the help and other texts put in quotes.
func TestTheHelpNamesWordsThatWork(t *testing.T) {
	quoted := regexp.MustCompile(`["“„«「]\x{a0}?([^"”“»」]+?)\x{a0}?["”“»」]`)
	for _, lang := range Languages() {
		for key, verb := range map[string]string{"say.help.pause": Pause, "say.help.resume": Resume, "say.help.leave": Leave, "say.help.join": Join, "say.help.forget": Forget, "say.help.data": Data, "say.help.settings": Settings,
			"invite.declined.text": Join, "say.paused.text": Resume, "settings.saved.text": Settings, "say.forgotten.text": Join} {
			m := quoted.FindStringSubmatch(words[lang][key])
			if m == nil || Command(m[1]) != verb {
				t.Errorf("%s of %s tells people to type %q, which is no %s", key, lang, m, verb)
			}
		}
		if n := len(quoted.FindAllString(words[lang]["invite.accepted.text"], -1)); n != 4 {
			t.Errorf("%s names %d commands after a yes", lang, n)
		}
		if !strings.Contains(words[lang]["followup.enough"], words[lang]["followup.drop"]) {
			t.Errorf("%s names a button that is not there", lang)
		}
	}
}

// TestNoTwoLanguagesMeanDifferentThings by the same words, and no command is padding alone.
func TestNoTwoLanguagesMeanDifferentThings(t *testing.T) {
	for _, lang := range Languages() {
		for key, verb := range commands {
			for _, said := range strings.Split(words[lang][key], "|") {
				if got := Command(said); got != verb {
					t.Errorf("%q of %s means %s, want %s", said, lang, got, verb)
				}
			}
		}
	}
	for _, l := range lexicons {
		if _, empty := l.verbs[""]; empty {
			t.Errorf("a command is nothing but padding: %v", l.verbs)
		}
	}
}

func gaps(text string) []string {
	g := gap.FindAllString(text, -1)
	slices.Sort(g)
	return slices.Compact(g)
}

func uncounted(gaps []string) []string {
	return slices.DeleteFunc(gaps, func(g string) bool { return g == "{count}" })
}

func TestATextIsWordedOnce(t *testing.T) {
	s := Speaker{Lang: "en", text: map[string]string{"k": "{a} and {b}"}}
	if got := s.say("k", "a", "{b}", "b", "{a}"); got != "{b} and {a}" {
		t.Errorf("a name was read as a gap: %q", got)
	}
	if got := s.say("no.such.key"); got != "no.such.key" {
		t.Errorf("%q", got)
	}
	if got := s.say("agenda.title", "playbook", "Tea", "partners", "Ana"); got != "Tea: Ana" {
		t.Errorf("no fallback: %q", got)
	}
}

func TestEverybodyIsSpokenToInALanguageWeHave(t *testing.T) {
	for lang, want := range map[string]string{"en": "en", "en-GB": "en", "EN-us": "en", "": "en", "tlh": "en", "-": "en", "pt-BR": "pt", "ar-EG": "ar", "zh-TW": "en", "DE": "de"} {
		if got := In(lang).Lang; got != want {
			t.Errorf("%q is spoken to in %q", lang, got)
		}
	}
}
