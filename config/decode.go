package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

const mostBytes = 1 << 20 // of a configuration file; more is some other file

// decode reads YAML into c, over what is there, and reports everything that does not fit.
// It walks the document itself, because a decoder stops at its first error. It answers
// false when there is no document to speak of.
func decode(data []byte, c *Config, problems *Problems) bool {
	if len(data) > mostBytes {
		problems.report("", "the file is larger than 1 MiB", "Check that it is the right file")
		return false
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		problems.report("", "the file is no valid YAML"+where(err), "Check indentation, quotes and that no key stands there twice")
		return false
	}
	if len(file.Docs) > 1 {
		problems.report("", "the file holds more than one YAML document", "Remove the lines ---")
		return false
	}
	if len(file.Docs) == 0 {
		return true
	}
	switch body := file.Docs[0].Body.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.CommentGroupNode, *ast.NullNode, nil:
		reader{problems}.read("", reflect.ValueOf(c).Elem(), body)
		return true
	}
	problems.report("", "the file is not a group of keys", "See config/example.yaml")
	return false
}

// where answers the line of a syntax error, without quoting the file.
func where(err error) string {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil && y.GetToken().Position != nil {
		return fmt.Sprintf(" (line %d)", y.GetToken().Position.Line)
	}
	return ""
}

type reader struct{ problems *Problems }

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// read sets v from node; a key without a value leaves the default.
func (r reader) read(path string, v reflect.Value, node ast.Node) {
	switch n := node.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.problems.report(path, "uses an anchor, alias or tag", "Write the value out")
		return
	case *ast.MappingValueNode:
		r.readMap(path, v, []*ast.MappingValueNode{n})
		return
	case *ast.MappingNode:
		r.readMap(path, v, n.Values)
		return
	case *ast.SequenceNode:
		r.readList(path, v, n.Values)
		return
	}
	text, ok := scalar(node)
	if !ok || composite(v.Type()) {
		r.problems.report(path, "is not "+expected(v.Type()), "See config/README.md")
		return
	}
	if v.Type() == reflect.TypeFor[Secret]() && !r.mayBeOpen(path, v, text) {
		return
	}
	if what := setText(v, text); what != "" {
		r.problems.report(path, what, "See config/README.md")
	}
}

// mayBeOpen refuses secrets in the file, but lets an address without a password pass.
func (r reader) mayBeOpen(path string, v reflect.Value, text string) bool {
	if path == "redis.url" && open(text) {
		return true
	}
	if text != "" {
		r.problems.report(path, "is a secret and does not belong in this file",
			"Put it into a file and name that in "+path+"_file, or set "+envName(path))
	}
	return false
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

func (r reader) readMap(path string, v reflect.Value, entries []*ast.MappingValueNode) {
	if v.Kind() != reflect.Struct || !composite(v.Type()) {
		r.problems.report(path, "is not "+expected(v.Type()), "See config/README.md")
		return
	}
	fields, names := fieldsOf(v), []string{}
	for _, f := range fields {
		names = append(names, f.name)
	}
	for _, e := range entries {
		name, _ := scalar(e.Key)
		i := slices.Index(names, name)
		if i < 0 {
			if !plainKey.MatchString(name) {
				name = "?"
			}
			r.problems.report(join(path, name), fmt.Sprintf("is unknown (line %d)", e.GetToken().Position.Line),
				"Known here: "+strings.Join(names, ", "))
			continue
		}
		r.read(join(path, name), fields[i].value, e.Value)
	}
}

func (r reader) readList(path string, v reflect.Value, items []ast.Node) {
	if v.Kind() != reflect.Slice {
		r.problems.report(path, "is not "+expected(v.Type()), "See config/README.md")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		if p, ok := list.Index(i).Addr().Interface().(*Programme); ok {
			p.setDefaults()
		}
		r.read(at(path, i), list.Index(i), item)
	}
	v.Set(list)
}

// scalar answers the text of a single value, quoted or not.
func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return node.GetToken().Value, true
	}
	return "", false
}

// setText sets a single value from text and answers what is wrong with it, or "".
func setText(v reflect.Value, text string) string {
	if s, ok := v.Addr().Interface().(*Secret); ok {
		*s = NewSecret(text)
		return ""
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return err.Error()
		}
		return ""
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return "is no whole number"
		}
		v.SetInt(int64(n))
	case reflect.Slice: // of strings, from the environment
		var list []string
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, strings.TrimSpace(part))
		}
		v.Set(reflect.ValueOf(list))
	}
	return ""
}

// composite answers whether a type has parts of its own in YAML.
func composite(t reflect.Type) bool {
	if t == reflect.TypeFor[Secret]() || reflect.PointerTo(t).Implements(textType) {
		return false
	}
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Slice
}

func expected(t reflect.Type) string {
	switch {
	case !composite(t):
		return "a single value"
	case t.Kind() == reflect.Slice:
		return "a list"
	}
	return "a group of keys"
}
