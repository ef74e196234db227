package prompt

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
)

//go:embed words/*.json
var wordFiles embed.FS

// words holds every text by language and key, read once.
var words = mustRead(wordFiles)

// Fallback is the language of people whose own is not translated yet.
const Fallback = "en"

func mustRead(fsys fs.FS) map[string]map[string]string {
	all := map[string]map[string]string{}
	files, err := fs.Glob(fsys, "words/*.json")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(fsys, f)
		if err != nil {
			panic(err)
		}
		var w map[string]string
		if err := json.Unmarshal(data, &w); err != nil {
			panic(fmt.Errorf("%s: %w", f, err))
		}
		all[strings.TrimSuffix(strings.TrimPrefix(f, "words/"), ".json")] = w
	}
	return all
}

// Languages lists the languages rapport speaks, sorted.
func Languages() []string {
	var l []string
	for k := range words {
		l = append(l, k)
	}
	slices.Sort(l)
	return l
}

// Speaker says things in one language.
type Speaker struct {
	Lang string // BCP 47
	text map[string]string
}

// In answers a speaker of the wanted BCP 47 language, by its primary subtag, or of Fallback.
func In(lang string) Speaker {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if w, ok := words[primary]; ok {
		return Speaker{Lang: primary, text: w}
	}
	return Speaker{Lang: Fallback, text: words[Fallback]}
}

// say is the text of a key with {name} replaced by the value that follows it in args. In a
// language written from right to left a value keeps its own direction. A key without a text
// is a mistake of ours that a test catches; people then see the key.
func (s Speaker) say(key string, args ...string) string {
	t, ok := s.text[key]
	if !ok {
		if t, ok = words[Fallback][key]; !ok {
			return key
		}
	}
	if len(args) == 0 {
		return t
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", s.apart(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(t)
}

// apart keeps a value from being torn apart by the right-to-left sentence around it: what has
// Latin letters, or numbers with a hyphen ("2026-10"), stands between Unicode's first-strong
// isolate and its end, which nobody sees.
func (s Speaker) apart(value string) string {
	foreign := strings.ContainsFunc(value, latin) || strings.Contains(value, "-") && !strings.ContainsFunc(value, unicode.IsLetter)
	if s.Lang != "ar" || !foreign || strings.HasPrefix(value, isolate) {
		return value
	}
	return isolate + value + isolateEnd
}

const isolate, isolateEnd = "\u2068", "\u2069"

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) }
