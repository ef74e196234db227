package teams

import (
	"regexp"
	"strings"
	"unicode"
)

// breaker is a zero-width space: nobody sees it, but no client joins the two sides into a
// link, a date function or a list.
const breaker = "\u200b"

// plain prepares a text for a place that knows no Markdown (text runs, labels, choices,
// buttons): control characters go, and nothing in it can turn into a link or a {{function}}.
// Line breaks stay.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e': // would turn the rest of the sentence round
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	for range 2 { // {{{: the matches overlap
		s = strings.ReplaceAll(s, "{{", "{"+breaker+"{")
	}
	s = unlink(s)
	if longest(s) >= 24 {
		s = endless.ReplaceAllString(s, "$0"+breaker)
	}
	return strings.TrimSpace(s)
}

// longest is the length of the longest run without a space.
func longest(s string) int {
	most, run := 0, 0
	for _, r := range s {
		if run++; unicode.IsSpace(r) {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

// endless is a run of letters too long for a phone; a client may break it after this many.
var endless = regexp.MustCompile(`[\p{Latin}\p{Cyrillic}\p{Greek}\pN\pP\pS]{24}`)

var (
	scheme = regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*:)(//)`)
	speaks = regexp.MustCompile(`(?i)\b(www|mailto|tel)([.:])`)
	domain = regexp.MustCompile(`([\pL\pN])([.@])([\pL])`)
)

// unlink breaks up what a client may recognise as an address by itself. Teams on a phone
// does so even where Markdown is off.
func unlink(s string) string {
	if !mayLink(s) {
		return s
	}
	s = scheme.ReplaceAllString(s, "$1"+breaker+"$2")
	s = speaks.ReplaceAllString(s, "$1"+breaker+"$2")
	for range 2 { // a.b.c: the matches overlap
		s = domain.ReplaceAllString(s, "$1"+breaker+"$2$3")
	}
	return s
}

// mayLink tells whether there is anything for unlink to do. Most sentences have nothing, and
// the expressions above are slow to find that out: they were half the time of a card.
func mayLink(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if c := s[i]; (c == '.' || c == ':' || c == '@') && s[i+1] != ' ' && s[i+1] != '\n' {
			return true
		}
	}
	low := strings.ToLower(s)
	return strings.Contains(low, "www") || strings.Contains(low, "mailto") || strings.Contains(low, "tel")
}

// line is plain on a single line, for places where a line break means nothing.
func line(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

var (
	always  = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, "`", "\\`", `[`, `\[`, `]`, `\]`, `~`, `\~`, `|`, `\|`)
	opening = regexp.MustCompile(`^(#|>|[-+=])`)
	ordinal = regexp.MustCompile(`^(\d+)([.)])`)
	tag     = regexp.MustCompile(`<([a-zA-Z/!?])`)
	entity  = regexp.MustCompile(`&(#?[a-zA-Z0-9]+;)`)
)

// marked prepares a text for a TextBlock or a fact, where Teams reads a subset of Markdown:
// what would be markup is escaped, and only that, because clients on phones have been seen
// to show a needless backslash. Longer texts stand in text runs, which know no Markdown.
func marked(s string) string {
	s = always.Replace(line(s))
	if s != "" && (s[0] < 'A' || s[0] > 'z') { // a letter begins no list and no heading
		s = opening.ReplaceAllString(s, `\$1`)
		s = ordinal.ReplaceAllString(s, `$1\$2`)
	}
	if strings.ContainsAny(s, "<&") {
		s = tag.ReplaceAllString(s, `\<$1`)
		s = entity.ReplaceAllString(s, `\&$1`)
	}
	return s
}

// paragraphs splits a text at its blank lines.
func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = plain(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
