package playbooks

import (
	"regexp"
	"strings"
)

// kind is what a block of Markdown is.
type kind int

const (
	paragraph kind = iota
	item           // "- "
	quote          // "> "
	heading        // "### "
)

// block is one piece of a section, its lines joined.
type block struct {
	kind kind
	line int // where it starts
	text string
}

// section is everything below one "## " heading.
type section struct {
	name   string
	line   int
	blocks []block
}

// foreign matches the starts of lines that Markdown would draw as something we do not use.
var foreign = regexp.MustCompile("^(#{1,6}( |$)|[-+*]( |$)|\\d+[.)]( |$)|---|===|```|~~~)")

// sections reads the small part of Markdown that playbooks are written in: "## " sections,
// "### " headings, "- " items, "> " words to say, and paragraphs. Wrapped lines are joined;
// a blank line ends a block. Anything else is refused.
func (r *reader) sections(lines []string, first int) []section {
	var out []section
	open := false // the last block goes on
	for i, raw := range lines {
		at, text := first+i, strings.TrimSpace(raw)
		if name, ok := strings.CutPrefix(text, "## "); ok {
			out, open = append(out, section{name: squeeze(name), line: at}), false
			continue
		}
		if text == "" || text == ">" {
			open = false
			continue
		}
		if len(out) == 0 && r.lead {
			out = append(out, section{line: at})
		}
		if len(out) == 0 {
			r.refuse(at, "there is text before the first section: start with ## Purpose")
			return nil
		}
		s := &out[len(out)-1]
		k, rest := classify(text)
		if k == paragraph && foreign.MatchString(rest) {
			r.refuse(at, "%s starts something a card cannot show: use ##, ###, - and > only", short(rest))
			continue
		}
		if open && goesOn(s.blocks[len(s.blocks)-1].kind, k) {
			s.blocks[len(s.blocks)-1].text += " " + rest
		} else {
			s.blocks = append(s.blocks, block{kind: k, line: at, text: rest})
		}
		open = k != heading
	}
	return out
}

// goesOn says whether a line of kind next belongs to the block before it, as in Markdown.
func goesOn(last, next kind) bool {
	return next == paragraph || next == quote && last == quote
}

func classify(text string) (kind, string) {
	for prefix, k := range map[string]kind{"- ": item, "> ": quote, "### ": heading} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			return k, squeeze(rest)
		}
	}
	return paragraph, squeeze(text)
}
