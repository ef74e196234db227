package playbooks

import (
	"errors"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxFront is the longest front matter in bytes: four times the longest of ours.
const maxFront = 8 << 10

// frontKeys are the keys of the front matter in the order in which they are written.
var frontKeys = []string{
	"id", "version", "title", "skill", "minutes", "difficulty", "format", "energy",
	"tags", "authors", "licence", "based-on",
}

// languageKey may be left out, which means English.
const languageKey = "language"

// front reads the YAML between the two --- lines. into answers where the value of a key goes;
// required keys must be there, in the order in which they are written. It answers the line of
// every key that was there, so that rules can point at it; negative if it was unreadable.
func (r *reader) front(src string, first int, required []string, into func(key string) (any, bool)) map[string]int {
	where := map[string]int{}
	top, ok := r.mapping(src, first)
	if !ok {
		return where
	}
	for _, pair := range top {
		key, line := pair.Key.String(), first+pair.Key.GetToken().Position.Line-1
		value, known := into(key)
		if !known {
			r.refuse(line, "there is no key %s; the keys are %s", short(key), strings.Join(required, ", "))
			continue
		}
		where[key] = line
		if err := yaml.NodeToValue(pair.Value, value, yaml.Strict()); err != nil {
			at, reason := yamlProblem(err, line, first)
			r.refuse(at, "%s cannot be read: %s", key, reason)
			where[key] = -line
		}
	}
	for _, key := range required {
		if where[key] == 0 {
			r.refuse(first-1, "the front matter has no %s: add it", key)
		}
	}
	return where
}

// field answers where the value of a front matter key goes.
func (p *Playbook) field(key string) (any, bool) {
	into, ok := map[string]any{
		"id": &p.ID, "version": &p.Version, "title": &p.Title, "skill": &p.Skill,
		"minutes": &p.Minutes, "difficulty": &p.Difficulty, "format": &p.Formats,
		"energy": &p.Energy, "tags": &p.Tags, "authors": &p.Authors,
		"licence": &p.Licence, "based-on": &p.BasedOn, languageKey: &p.Language,
	}[key]
	return into, ok
}

// mapping parses the YAML as far as its top-level keys.
func (r *reader) mapping(src string, first int) ([]*ast.MappingValueNode, bool) {
	if len(src) > maxFront {
		r.refuse(first, "the front matter is longer than %d bytes: shorten it", maxFront)
		return nil, false
	}
	tokens := lexer.Tokenize(src)
	if tk := trick(tokens); tk != nil {
		r.refuse(first+tk.Position.Line-1, "put the text with %s in quotes: the front matter has no anchors, aliases, tags or deep nesting", short(tk.Value))
		return nil, false
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		at, reason := yamlProblem(err, first, first)
		r.refuse(at, "the front matter is not YAML: %s", reason)
		return nil, false
	}
	if len(file.Docs) == 1 {
		switch body := file.Docs[0].Body.(type) {
		case *ast.MappingNode:
			return body.Values, true
		case *ast.MappingValueNode:
			return []*ast.MappingValueNode{body}, true
		}
	}
	r.refuse(first, "the front matter must be lines of key: value, starting with id")
	return nil, false
}

// trick finds the first token that a plain front matter never needs and an attacker likes.
func trick(tokens token.Tokens) *token.Token {
	const deepest = 3
	refused := []token.Type{token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType}
	depth := 0
	for _, tk := range tokens {
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if depth > deepest || slices.Contains(refused, tk.Type) {
			return tk
		}
	}
	return nil
}

// yamlProblem takes line and reason out of the parser's error, without its source excerpt.
func yamlProblem(err error, fallback, first int) (line int, reason string) {
	var at yaml.Error
	if !errors.As(err, &at) {
		return fallback, "it has another shape than expected"
	}
	if tk := at.GetToken(); tk != nil && tk.Position != nil {
		fallback = first + tk.Position.Line - 1
	}
	return fallback, at.GetMessage()
}
