package web

import (
	"bytes"
	"html/template"
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
)

// What people write is Markdown. goldmark draws it without any HTML of theirs, and bluemonday
// lets only plain text elements through: no link, no picture, no script, no attribute.
var harmless = sync.OnceValue(func() *bluemonday.Policy {
	return bluemonday.NewPolicy().AllowElements("h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "blockquote", "code", "pre", "hr", "br")
})

// frontMatter is what stands above a playbook's words, for machines.
var frontMatter = regexp.MustCompile(`(?s)\A---\n.*?\n---\n`)

// rendered draws a Markdown text as harmless HTML, without its front matter.
func rendered(text string) template.HTML {
	var out bytes.Buffer
	if err := goldmark.Convert([]byte(frontMatter.ReplaceAllString(text, "")), &out); err != nil {
		return ""
	}
	return template.HTML(harmless().SanitizeBytes(out.Bytes())) // nothing is in it that the policy does not name
}
