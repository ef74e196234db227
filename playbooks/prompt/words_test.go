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
var groups = regexp.MustCompile(`^(invite|energy|pairing|moved|reason|prepare|guide|who|closing|async|cancelled|followup|pulse|say|data|standing|state|reply|mail|agenda)\.`)

// builders are the beginnings of keys to which a text is added that is no literal key itself:
// a value, or the ending ".text" of a note, ".error" of a field, ".alone" of a title.
var endings = []string{".text", ".error", ".alone", ".title", ".again.title", ".again.title.alone"}

func TestEveryTextIsUsed(t *testing.T) {
	used := literals(t)
	for key := range words[Fallback] {
		if used[key] {
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
	return slices.Contains([]string{".yes", ".no", ".partly", ".morning", ".afternoon", ".any", ".1", ".2", ".3", ".4", ".5"}, rest)
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
		if _, ok := words[Fallback][lit]; !ok {
			t.Errorf("the key %s has no text", lit)
		}
	}
}

func keys(lang string) []string {
	var l []string
	for k := range words[lang] {
		l = append(l, k)
	}
	slices.Sort(l)
	return l
}

var gap = regexp.MustCompile(`\{[a-z]+\}`)

func TestAllLanguagesSayTheSameThings(t *testing.T) {
	for _, lang := range Languages() {
		if !slices.Equal(keys(lang), keys(Fallback)) {
			t.Errorf("%s and %s have different keys", lang, Fallback)
		}
		for key, text := range words[lang] {
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s of %s is empty or has blanks around it", key, lang)
			}
			if a, b := gaps(text), gaps(words[Fallback][key]); !slices.Equal(a, b) {
				t.Errorf("%s of %s fills in %v, %s %v", key, lang, a, Fallback, b)
			}
		}
	}
}

func gaps(text string) []string {
	g := gap.FindAllString(text, -1)
	slices.Sort(g)
	return slices.Compact(g)
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
	for lang, want := range map[string]string{"en": "en", "en-GB": "en", "EN-us": "en", "": "en", "tlh": "en", "-": "en"} {
		if got := In(lang).Lang; got != want {
			t.Errorf("%q is spoken to in %q", lang, got)
		}
	}
}
