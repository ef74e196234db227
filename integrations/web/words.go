package web

import (
	"embed"
	"encoding/json"
	"strings"
)

//go:embed words/*.json
var wordFiles embed.FS

// words are what a page says of its own accord, in one language, by key.
type words map[string]string

// spoken are the languages of the pages; the first is for everybody else.
var spoken = []string{"en", "de", "fr", "es", "pt", "ja", "ar"}

var tongues = mustSpeak()

func mustSpeak() map[string]words {
	all := map[string]words{}
	for _, lang := range spoken {
		data, err := wordFiles.ReadFile("words/" + lang + ".json")
		if err != nil {
			panic(err)
		}
		var w words
		if err := json.Unmarshal(data, &w); err != nil {
			panic("words/" + lang + ".json: " + err.Error())
		}
		all[lang] = w
	}
	return all
}

// with is the text of a key with {name} replaced by the value that follows it.
func (w words) with(key string, pairs ...string) string {
	s := w[key]
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// tongue is the language of ours that fits a BCP 47 tag, the first of ours when none does.
func tongue(tag string) string {
	t, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	if _, ok := tongues[t]; ok {
		return t
	}
	return spoken[0]
}

// wanted is the first language of ours that a browser asks for. It reads the header's order
// and not its weights, which browsers write in that order anyway.
func wanted(accept string) string {
	for tag := range strings.SplitSeq(accept, ",") {
		tag, _, _ = strings.Cut(tag, ";")
		if t, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-"); tongues[t] != nil {
			return t
		}
	}
	return spoken[0]
}

// direction is how a language is written: "rtl" or "ltr".
func direction(lang string) string {
	if lang == "ar" {
		return "rtl"
	}
	return "ltr"
}
