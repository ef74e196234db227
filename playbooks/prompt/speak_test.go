package prompt

import (
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"pgregory.net/rapid"
)

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	for lang, want := range map[string][4]string{
		"ar": {"999", "1,152", "1,000,007", "3.5"}, "de": {"999", "1.152", "1.000.007", "3,5"}, "en": {"999", "1,152", "1,000,007", "3.5"},
		"es": {"999", "1152", "1.000.007", "3,5"}, "fr": {"999", "1\u202f152", "1\u202f000\u202f007", "3,5"},
		"ja": {"999", "1,152", "1,000,007", "3.5"}, "pt": {"999", "1.152", "1.000.007", "3,5"},
	} {
		s := In(lang)
		if got := [4]string{s.number(999), s.number(1152), s.number(1_000_007), s.decimal(3.5)}; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestANumberLosesNoDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 1<<40).Draw(t, "n")
		lang := rapid.SampledFrom(Languages()).Draw(t, "lang")
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, In(lang).number(n))
		if digits != number(n) {
			t.Fatalf("%d in %s is %s", n, lang, In(lang).number(n))
		}
	})
}

// TestPluralsFollowTheRules checks what CLDR's plural rules give as examples.
func TestPluralsFollowTheRules(t *testing.T) {
	for lang, rule := range map[string]map[string][]int{
		"ar": {"zero": {0}, "one": {1}, "two": {2}, "few": {3, 10, 103, 110, 1003}, "many": {11, 26, 99, 111, 1011}, "other": {100, 102, 200, 202, 300, 1000}},
		"ja": {"other": {0, 1, 2, 100}},
		"fr": {"one": {0, 1}, "other": {2, 17, 100}}, "pt": {"one": {0, 1}, "other": {2, 17, 100}},
		"de": {"one": {1}, "other": {0, 2, 17, 100, 101}}, "en": {"one": {1}, "other": {0, 2, 21, 101}}, "es": {"one": {1}, "other": {0, 2, 17, 100, 101}},
	} {
		for form, numbers := range rule {
			for _, n := range numbers {
				if got := plural(lang, n); got != form {
					t.Errorf("%d in %s is %s, want %s", n, lang, got, form)
				}
			}
		}
	}
}

func TestAStretchOfTimeIsSaidAsPeopleDo(t *testing.T) {
	for lang, want := range map[string]map[int]string{
		"en": {0: "0 minutes", 1: "1 minute", 45: "45 minutes", 60: "1 hour", 125: "2 hours and 5 minutes", 480: "8 hours"},
		"de": {61: "1 Stunde und 1 Minute"}, "fr": {0: "0\u00a0minute", 150: "2\u00a0heures et 30\u00a0minutes"}, "es": {120: "2 horas"}, "pt": {90: "1 hora e 30 minutos"},
		"ja": {330: "5時間30分"}, "ar": {1: "دقيقة واحدة", 2: "دقيقتان", 5: "5 دقائق", 45: "45 دقيقة", 125: "ساعتان و5 دقائق", 690: "11 ساعة و30 دقيقة"},
	} {
		for minutes, said := range want {
			if got := In(lang).span(minutes); got != said {
				t.Errorf("%d in %s: %q, want %q", minutes, lang, got, said)
			}
		}
	}
}

func TestADayIsSaidOnTheReadersCalendar(t *testing.T) {
	start := time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC) // a Sunday, and Monday an hour further east
	east := time.FixedZone("east", 3600)
	for lang, want := range map[string]string{
		"en": "Monday 2 March, 00:30", "de": "Montag, 2. März, 00:30 Uhr", "fr": "lundi 2 mars à 00:30", "es": "lunes, 2 de marzo, 00:30",
		"pt": "segunda-feira, 2 de março, 00:30", "ja": "3月2日（月曜日）00:30", "ar": "الاثنين، 2 مارس، 00:30",
	} {
		if got := In(lang).moment(start, east); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	first := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	for lang, want := range map[string]string{"en": "Tuesday 1 December", "fr": "mardi 1er décembre", "pt": "terça-feira, 1º de dezembro", "es": "martes, 1 de diciembre", "de": "Dienstag, 1. Dezember"} {
		if got := In(lang).Day(first, time.UTC); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := In("en").moment(start, nil); got != "Sunday 1 March, 23:30 UTC" {
		t.Errorf("without a zone: %q", got)
	}
}

func TestPeopleAreNamedPolitely(t *testing.T) {
	ines := roster.Person{Name: "Inés"}
	for lang, want := range map[string]string{"en": "Ana, Ben & Cem", "de": "Ana, Ben und Cem", "fr": "Ana, Ben et Cem", "es": "Ana, Ben y Cem", "pt": "Ana, Ben e Cem", "ja": "Anaさん、BenさんとCemさん"} {
		if got := In(lang).names([]roster.Person{ana, ben, cem}); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := In("es").names([]roster.Person{ana, ines}); got != "Ana e Inés" {
		t.Errorf("%q", got)
	}
	if In("ja").names(nil) != "" || In("ja").called(roster.Person{}) != "" {
		t.Error("nobody is addressed")
	}
}

// TestANameKeepsItsDirection looks for a Latin name inside an Arabic sentence.
func TestANameKeepsItsDirection(t *testing.T) {
	if got := In("ar").Prompt(scene(ben), "pairing").Title; got != "في هذه الجولة تلتقي \u2068Ben\u2069" {
		t.Errorf("%q", got)
	}
	if got := In("ar").names([]roster.Person{ana, ben}); got != "\u2068Ana\u2069 و\u2068Ben\u2069" {
		t.Errorf("%q", got)
	}
	arabic := scene(roster.Person{ID: "ben", Name: "سامي"})
	if got := In("ar").Prompt(arabic, "pairing").Title; strings.Contains(got, isolate) {
		t.Errorf("%q", got)
	}
}
