package playbooks

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest texts, in characters, so that every part fits a card on a narrow phone.
const (
	maxTitle     = 60
	maxLine      = 240 // a list item, a prompt, words said aloud
	maxParagraph = 700
)

// plain squeezes white space and refuses everything that is more than plain words, so that
// no channel ever shows stray markup or carries a hidden instruction.
func (r *reader) plain(line int, s string, longest int) string {
	s = squeeze(s)
	if n := utf8.RuneCountInString(s); n > longest {
		r.refuse(line, "this text has %d characters; a card has room for %d, so shorten it", n, longest)
	}
	if i := strings.IndexAny(s, "*_`<>[]|\\"); i >= 0 {
		r.refuse(line, "take out the %q: cards show plain words, no emphasis, code, links, tables or HTML", s[i])
	}
	if strings.Contains(s, "://") || strings.Contains(strings.ToLower(s), "www.") {
		r.refuse(line, "take out the link: name the work under based-on instead")
	}
	for _, c := range s {
		if hidden(c) {
			r.refuse(line, "take out the invisible character %U: nobody can see what it does", c)
			break
		}
	}
	return s
}

// Plain squeezes a text of one paragraph to one line of plain words, and answers what keeps it
// from being that in at most so many characters, each problem with what to do.
func Plain(text string, longest int) (string, Problems) {
	r := &reader{}
	if !utf8.ValidString(text) {
		r.refuse(1, "this text is not UTF-8: write it anew")
		return "", r.problems
	}
	text = r.plain(1, text, longest)
	return text, r.problems
}

// squeeze makes one line with single spaces.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// hidden is true for controls and for format characters that reorder or hide text. The two
// joiners stay, because Persian, Hindi and some emoji cannot be written without them.
func hidden(c rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.IsControl(c) || unicode.Is(unicode.Cf, c) && c != nonJoiner && c != joiner
}

// maxSlug is the longest id or tag.
const maxSlug = 40

// slug is true for ids and tags: small letters, digits and single hyphens, a letter first.
func slug(s string) bool {
	if s == "" || len(s) > maxSlug || s[0] < 'a' || s[0] > 'z' || strings.HasSuffix(s, "-") || strings.Contains(s, "--") {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
