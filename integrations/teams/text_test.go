package teams

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	source "github.com/yuin/goldmark/text"
	"pgregory.net/rapid"
)

// markdown reads more Markdown than Teams does: also tables, strike-through and bare links.
var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM))

// words answers the text of a Markdown source and what markup was found in it.
func words(md string) (out, markup string) {
	src := []byte(md)
	_ = ast.Walk(markdown.Parser().Parse(source.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph:
		case *ast.Text:
			out += string(n.Segment.Value(src))
		default:
			markup = n.Kind().String()
		}
		return ast.WalkContinue, nil
	})
	return out, markup
}

func TestWhatPeopleWriteIsNeverMarkup(t *testing.T) {
	piece := rapid.SampledFrom([]string{"*", "**", "_", "`", "```", "[", "]", "(", ")", "#", "# ", ">", "- ", "+ ", "1. ", "2) ", "~~", "|", "\\", "<", "</b>", "<b>",
		"<!--", "&amp;", "&#42;", "!", "a", "Ben", " ", "\n", "\n\n", "    ", "\t", "---", "===", "https://evil.example", "www.evil.example", "a@evil.example", "mailto:a@b.cd",
		"{{DATE(2026-11-24T09:00:00Z)}}", "{{", "}}", "\u202e", "é", "日本", "\x00", "[x](y)", "![x](y)"})
	rapid.Check(t, func(t *rapid.T) {
		said := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "said"), "")
		escaped := marked(said)
		read, markup := words(escaped)
		if markup != "" {
			t.Errorf("%q became %q: markup %s", said, escaped, markup)
		}
		for _, s := range []string{escaped, plain(said), line(said)} {
			if strings.Contains(s, "{{") || strings.Contains(s, "://") || strings.ContainsRune(s, '\u202e') || strings.ContainsRune(s, 0) {
				t.Errorf("%q became %q", said, s)
			}
		}
		if got, want := visible(unescape(read)), visible(line(said)); got != want {
			t.Errorf("%q reads %q", said, got)
		}
	})
}

// The short way must only ever be taken where the long one would change nothing.
func TestTheShortWayThroughATextChangesNothing(t *testing.T) {
	piece := rapid.SampledFrom([]string{"Tel", "tel:", "TEL.", "mailto:", "www.", "a.b", "x@y", "://", "http:", "//", ".", ":", "@", " ", "\n", "\u00a0", "é", "ß", "日本", "７", "İ", "ſ", "K", "Anything", ". ", ": "})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(piece, 0, 10).Draw(t, "s"), "")
		if !mayLink(s) && (scheme.MatchString(s) || speaks.MatchString(s) || domain.MatchString(s)) {
			t.Errorf("%q may link", s)
		}
		if longest(s) < 24 && endless.MatchString(s) {
			t.Errorf("%q is too long", s)
		}
	})
	if n, want := utf16Bytes([]byte("aé日𝄞\xff")), 2*(1+1+1+2+1); n != want {
		t.Errorf("%d bytes of UTF-16, want %d", n, want)
	}
}

// visible drops what nobody sees.
func visible(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, breaker, "")), " ")
}

// unescape does what a renderer does with the escapes that the parser left in the text.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\\*_`[]~|#>-+=.)<&", s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func TestFunctionsAndAddressesAreBrokenUpWhereverTheyOverlap(t *testing.T) {
	for said, want := range map[string]string{
		"{{{{TIME(x)}}":    "{|{|{|{TIME(x)}}",
		"{{{":              "{|{|{",
		"a.b.c":            "a|.b|.c",
		"me@www.a.example": "me|@www|.a|.example",
		"HTTPS://x":        "HTTPS:|//x",
	} {
		if got := strings.ReplaceAll(plain(said), breaker, "|"); strings.ReplaceAll(got, "||", "|") != want {
			t.Errorf("%q became %q", said, got)
		}
	}
}

func TestOrdinaryWordsStayAsTheyAre(t *testing.T) {
	for _, s := range []string{"O'Brien (she/her), R&D", "2026-11-24: a talk - about money", "Über 50 % <3", "¿Qué tal?", "コーチング", "She said: “no!”", "3 < 4 > 2", "C# #1"} {
		if marked(s) != s || plain(s) != s || line(s) != s {
			t.Errorf("%q became %q, %q, %q", s, marked(s), plain(s), line(s))
		}
	}
}

func TestEveryLanguageHasItsExcuses(t *testing.T) {
	for _, l := range []string{"en", "de", "fr", "es", "pt", "ja", "ar"} {
		if e, ok := excuses[l]; !ok || e.later == "" || e.never == "" {
			t.Errorf("%s has none", l)
		}
	}
	if sorry("de-CH") != excuses["de"] || sorry("xx") != excuses["en"] || sorry("") != excuses["en"] {
		t.Error("a language is not found")
	}
}

func TestLongTextsKeepTheirParagraphs(t *testing.T) {
	got := paragraphs("one\r\n\r\ntwo\nthree\n\n\n\n four ")
	if strings.Join(got, "|") != "one|two\nthree|four" {
		t.Errorf("%q", got)
	}
}
