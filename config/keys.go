package config

import (
	"fmt"
	"reflect"
	"strings"
)

// field is one key of a group: its name in YAML, what the documentation says, its value.
type field struct {
	name, doc string
	value     reflect.Value
}

func fieldsOf(v reflect.Value) (list []field) {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		list = append(list, field{tag.Get("yaml"), tag.Get("doc"), v.Field(i)})
	}
	return list
}

// walk visits every single value below v, and every list of texts, with its path.
func walk(path string, v reflect.Value, visit func(path string, f field)) {
	for _, f := range fieldsOf(v) {
		below := join(path, f.name)
		switch {
		case !composite(f.value.Type()) || f.value.Type() == reflect.TypeFor[[]string]():
			visit(below, f)
		case f.value.Kind() == reflect.Slice:
			for i := range f.value.Len() {
				walk(at(below, i), f.value.Index(i), visit)
			}
		default:
			walk(below, f.value, visit)
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// envName is the variable that overrides the value at path: RAPPORT_TENANT_CLIENT_ID,
// RAPPORT_PROGRAMMES_0_ZONE.
func envName(path string) string {
	return "RAPPORT_" + strings.ToUpper(strings.NewReplacer(".", "_", "[", "_", "]", "").Replace(path))
}

// override sets everything that the environment names. An empty variable is none.
func override(c *Config, env func(string) string, problems *Problems) {
	walk("", reflect.ValueOf(c).Elem(), func(path string, f field) {
		text := env(envName(path))
		if text == "" {
			return
		}
		if what := setText(f.value, strings.TrimSpace(text)); what != "" {
			problems.report(path, what, "It comes from the variable "+envName(path))
		}
	})
}
