package playbooks

import (
	"strings"
	"testing"
	"testing/fstest"
)

// german turns a fixture into its own translation.
func german(text string) string {
	return strings.NewReplacer("licence: CC BY 4.0", "licence: CC BY 4.0\nlanguage: de", "Tea for two", "Tee zu zweit", "I pour for others first.", "Ich schenke anderen zuerst ein.").Replace(text)
}

func TestAPlaybookIsReadInOnesOwnLanguageOrInTheOriginal(t *testing.T) {
	text := fixture(t, "lint/working.md")
	l, err := Load(fstest.MapFS{"working.md": {Data: []byte(text)}, "working.de.md": {Data: []byte(german(text))}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		language, title string
		translated      bool
	}{{"de", "Tee zu zweit", true}, {"en", "Tea for two", true}, {"fr", "Tea for two", false}} {
		p, ok := l.In("working", c.language)
		if ok != c.translated || p.Title != c.title {
			t.Errorf("in %s: %q, %v", c.language, p.Title, ok)
		}
	}
	if p, ok := l.In("unknown", "de"); ok || p.ID != "" {
		t.Errorf("an unknown playbook is %q", p.ID)
	}
	if got := strings.Join(l.Languages("working"), " "); got != "en de" || l.Languages("unknown") != nil {
		t.Errorf("languages %q", got)
	}
	if len(l.All()) != 1 || len(l.Search(Query{Text: "zweit"})) != 0 {
		t.Error("a translation counts as a playbook of its own")
	}
	p, _ := l.In("working", "de")
	again, err := Parse("working.de.md", p.Markdown())
	if err != nil || again.Language != "de" {
		t.Errorf("written and read again: %v", err)
	}
}

func TestATranslationOutOfStepIsNotUsed(t *testing.T) {
	text := fixture(t, "lint/working.md")
	for _, c := range []struct{ name, file, old, new, want string }{
		{"older version", "working.de.md", "version: 2", "version: 1", "working.de.md:3: the original has version 2"},
		{"other times", "working.de.md", "### 2 min, both, silent", "### 2 min, both", "as 2 min, both, silent, not as 2 min, both"},
		{"a step less", "working.de.md", "### 2 min, both, silent: Boil\n\nThe water boils.\n\n### 4 min, first: Pour", "### 6 min, first: Pour", "working.de.md:4"},
		{"the original's language", "working.de.md", "language: de", "language: en", "the file name says de"},
		{"language of four letters", "working.de.md", "language: de", "language: deutsch", "two or three small letters"},
		{"no original", "other.de.md", "id: working", "id: other", "no original other.md"},
	} {
		data := []byte(strings.Replace(german(text), c.old, c.new, 1))
		l, err := Load(fstest.MapFS{"working.md": {Data: []byte(text)}, c.file: {Data: data}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got\n%v\nwant %q", c.name, err, c.want)
		}
		if len(l.Languages("working")) != 1 || len(l.All()) != 1 {
			t.Errorf("%s: it is used all the same", c.name)
		}
	}
}

func TestAnOrganisationReplacesOursById(t *testing.T) {
	text := fixture(t, "lint/working.md")
	ours, err := Load(fstest.MapFS{"working.md": {Data: []byte(text)}, "working.de.md": {Data: []byte(german(text))},
		"second.md": {Data: []byte(strings.Replace(text, "id: working", "id: second", 1))}})
	if err != nil {
		t.Fatal(err)
	}
	theirs := func(change ...string) Library {
		l, err := Load(fstest.MapFS{"working.md": {Data: []byte(strings.NewReplacer(change...).Replace(text))}})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	both, err := ours.With(theirs("Tea for two", "Coffee for two"))
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := both.Find("working"); p.Title != "Coffee for two" || len(both.All()) != 2 {
		t.Errorf("found %q among %v", p.Title, ids(both.All()))
	}
	if p, translated := both.In("working", "de"); translated || p.Title != "Coffee for two" {
		t.Errorf("our translation of what they replaced is still read: %q", p.Title)
	}
	if got := both.Search(Query{Text: "coffee"}); len(got) != 1 {
		t.Errorf("search finds %v", ids(got))
	}
	if back, _ := theirs().With(ours); len(back.Languages("working")) != 2 {
		t.Error("translations of the second library are lost")
	}
	if p, _ := ours.Find("working"); p.Title != "Tea for two" {
		t.Error("our own library has changed")
	}
	if _, err := ours.With(theirs("licence:", "language: de\nlicence:", "I pour for others first.", "Ich schenke anderen zuerst ein.")); err != nil {
		t.Errorf("the same behaviour in an original in German: %v", err)
	}
	if _, err := ours.With(theirs("I pour for others first.", "I pour last.")); err == nil || !strings.Contains(err.Error(), "has other words") {
		t.Errorf("a behaviour that means two things: %v", err)
	}
}
