package playbooks

import (
	"regexp"
	"strings"
	"unicode"
)

// ReadingEase answers how easy a text is to read, about 0 (very hard) to 100 (very easy);
// false for a language without a formula and for a text without words. English follows
// Rudolf Flesch, A New Readability Yardstick (1948); German follows Toni Amstad, Wie
// verständlich sind unsere Zeitungen? (1978).
func ReadingEase(language, text string) (float64, bool) {
	var inSentences, inWords, spoken float64
	for _, s := range sentences(text) {
		if list := words(s); len(list) > 0 {
			inSentences++
			for _, word := range list {
				inWords, spoken = inWords+1, spoken+float64(syllables(language, word))
			}
		}
	}
	if inSentences == 0 {
		return 0, false
	}
	perSentence, perWord := inWords/inSentences, spoken/inWords
	switch language {
	case English:
		return 206.835 - 1.015*perSentence - 84.6*perWord, true
	case "de":
		return 180 - perSentence - 58.5*perWord, true
	}
	return 0, false
}

// stop matches what ends a sentence: a full stop, not the dots of an unfinished one.
var stop = regexp.MustCompile(`([^.][.]|[!?:;؟])["')]?(\s+|$)|\n+|\.\.\.|[。！？]」?`)

// sentences takes a text apart. Colons and semicolons end a sentence too, as in Flesch.
func sentences(text string) []string {
	var out []string
	from := 0
	for _, at := range append(stop.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		if s := strings.TrimSpace(text[from:at[1]]); s != "" {
			out = append(out, s)
		}
		from = at[1]
	}
	return out
}

// words answers the words of a text without what stands around them.
func words(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '\'' && c != '’'
	})
}

// syllables estimates them by groups of vowels, as readers of the formulas do by ear. In
// English a last e is silent, except in a word like "table".
func syllables(language, word string) int {
	word = strings.ToLower(word)
	n, last := 0, false
	for _, c := range word {
		vowel := strings.ContainsRune("aeiouyäöüáàâéèêíìîóòôúùû", c)
		if vowel && !last {
			n++
		}
		last = vowel
	}
	if language == English && n > 1 {
		consonant := func(i int) bool { return len(word) >= i && !strings.ContainsRune("aeiouy", rune(word[len(word)-i])) }
		switch {
		case strings.HasSuffix(word, "le") && consonant(3), strings.HasSuffix(word, "les") && consonant(4):
		case strings.HasSuffix(word, "e") && consonant(2),
			strings.HasSuffix(word, "es") && consonant(3) && !strings.ContainsAny(word[len(word)-3:len(word)-2], "sxzcg"),
			strings.HasSuffix(word, "ed") && consonant(3) && !strings.ContainsAny(word[len(word)-3:len(word)-2], "td"):
			n--
		}
	}
	return max(n, 1)
}
