package curation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rapport-dev/rapport/playbooks"
)

// The longest texts. A file is what playbooks read at most; a story fits on one screen.
const (
	MaxFile      = 64 << 10 // bytes
	MaxPrompt    = 130      // characters, as the lint asks
	MaxStory     = 1500     // characters
	MaxNote      = 600      // characters
	maxParagraph = 700
	maxName      = 60
	maxKey       = 100
)

// Nobody is the author of a playbook whose authors all want to stay unnamed.
const Nobody = "A colleague"

// Problem is one thing that keeps a draft from being taken, told to its author.
type Problem struct {
	Field string // kind, playbook, language, base, text, credit or share
	Line  int    // of the text, counted from 1; 0 elsewhere
	Text  string // what is wrong and what to do
}

// String reads "field, line: what is wrong and what to do".
func (p Problem) String() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s, line %d: %s", p.Field, p.Line, p.Text)
	}
	return p.Field + ": " + p.Text
}

// mostProblems is how many anybody reads; a hostile file has thousands.
const mostProblems = 100

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Tidy answers the draft as it is kept: one kind of line ends, no space around, and the id of
// a new playbook taken from its text when it was not given.
func (d Draft) Tidy() Draft {
	d.Text = strings.TrimSpace(lineEnds.Replace(d.Text))
	d.Credit = strings.Join(strings.Fields(d.Credit), " ")
	d.Playbook, d.Language = strings.TrimSpace(d.Playbook), strings.TrimSpace(d.Language)
	switch {
	case d.Kind == NewPlaybook && d.Playbook == "" && len(d.Text) <= MaxFile:
		if m := idLine.FindStringSubmatch(d.Text); m != nil {
			d.Playbook = m[1]
		}
	case d.Kind == Prompt:
		d.Text = strings.Join(strings.Fields(d.Text), " ")
	}
	if len(d.Key) > maxKey {
		d.Key = d.Key[:maxKey]
	}
	return d
}

var (
	idLine      = regexp.MustCompile(`(?m)^id: *"?([a-z0-9-]{1,40})"? *$`)
	versionLine = regexp.MustCompile(`(?m)^version:.*$`)
)

// Check answers everything that keeps the draft from being taken into this library, nil when
// nothing does. What is hostile is refused here: a text that is too large or not UTF-8,
// scripts, links, markup, hidden characters, tricks of the front matter.
func (d Draft) Check(lib playbooks.Library) []Problem {
	if found := d.readable(); len(found) > 0 {
		return found
	}
	var out []Problem
	if d.Credit != "" {
		out = append(out, plain("credit", 0, d.Credit, maxName)...)
	}
	current, known := lib.Find(d.Playbook)
	switch {
	case d.Kind == NewPlaybook && known:
		out = append(out, Problem{"playbook", 0, "there is a playbook " + d.Playbook + " already: choose another id, or offer an improvement of it"})
	case d.Kind != NewPlaybook && !known:
		out = append(out, Problem{"playbook", 0, "there is no such playbook: choose one of the library"})
	case d.Kind == Improvement && d.Base != current.Version:
		out = append(out, Problem{"base", 0, fmt.Sprintf("the playbook is at version %d by now: look at what changed and offer your words for that", current.Version)})
	case d.Kind == Story:
		out = append(out, d.story()...)
	default:
		out = append(out, d.lint(lib)...)
	}
	if len(out) > mostProblems {
		out = out[:mostProblems]
	}
	return out
}

// readable refuses what nobody should even try to read.
func (d Draft) readable() []Problem {
	switch {
	case !slices.Contains(Kinds, d.Kind):
		return []Problem{{"kind", 0, "choose a prompt, a story, an improvement or a new playbook"}}
	case len(d.Text) > MaxFile:
		return []Problem{{"text", 0, fmt.Sprintf("the text has %d bytes, more than %d: a playbook fits on a few pages", len(d.Text), MaxFile)}}
	case !utf8.ValidString(d.Text):
		return []Problem{{"text", 1 + strings.Count(d.Text[:validTo(d.Text)], "\n"), "this line is not UTF-8: save the text as UTF-8"}}
	case strings.TrimSpace(d.Text) == "":
		return []Problem{{"text", 0, "there is no text yet: write it"}}
	case d.Language != "" && !language.MatchString(d.Language):
		return []Problem{{"language", 0, "a language is two or three small letters, such as de"}}
	case d.Kind == NewPlaybook && !slug.MatchString(d.Playbook):
		return []Problem{{"playbook", 0, "the id must be small letters, digits and hyphens, at most 40, and stand in the text as id: your-id"}}
	}
	return nil
}

var (
	language = regexp.MustCompile(`^[a-z]{2,3}$`)
	slug     = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
)

func validTo(s string) int {
	for i, c := range s {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return len(s)
}

func plain(field string, line int, text string, longest int) []Problem {
	_, found := playbooks.Plain(text, longest)
	out := make([]Problem, len(found))
	for i, p := range found {
		out[i] = Problem{field, line, p.Text}
	}
	return out
}

// story asks for consent and for plain words.
func (d Draft) story() []Problem {
	var out []Problem
	if !d.Share {
		out = append(out, Problem{"share", 0, "a story is only shown with your consent: say yes to sharing it, or keep it to yourself"})
	}
	if n := utf8.RuneCountInString(d.Text); n > MaxStory {
		out = append(out, Problem{"text", 0, fmt.Sprintf("the story has %d characters: tell it in %d", n, MaxStory)})
	}
	for i, l := range strings.Split(d.Text, "\n") {
		out = append(out, plain("text", i+1, l, maxParagraph)...)
	}
	return out
}

// lint reads the file that would be published as an editor does.
func (d Draft) lint(lib playbooks.Library) []Problem {
	f, line, err := d.file(lib)
	if err != nil {
		return []Problem{{"text", line, err.Error()}}
	}
	var out []Problem
	for _, p := range playbooks.Lint(lib, f) {
		at := p.Line
		if d.Kind == Prompt {
			at = 1
		}
		out = append(out, Problem{"text", at, p.Text})
	}
	return out
}
