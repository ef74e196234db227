package tests

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const (
	tableBegins = "<!-- The table is made from values.yaml: go test . -update in tests/ -->\n"
	tableEnds   = "<!-- end of the table -->\n"
)

// The table of values in README.md is made from the comments in values.yaml.
func TestReadmeSaysWhatEveryValueDoes(t *testing.T) {
	data, err := os.ReadFile(chartDir + "/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| Value | Default | Meaning |\n| --- | --- | --- |\n")
	rows(t, &table, "", root.Content[0])
	readme, err := os.ReadFile(chartDir + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(readme), tableBegins)
	_, after, ends := strings.Cut(rest, tableEnds)
	if !found || !ends {
		t.Fatal("README.md has lost the marks around its table")
	}
	fresh(t, chartDir+"/README.md", []byte(before+tableBegins+table.String()+tableEnds+after))
}

// rows writes a row for each value that has a comment; a group has none, but members that do.
func rows(t *testing.T, out *strings.Builder, under string, group *yaml.Node) {
	t.Helper()
	for i := 0; i+1 < len(group.Content); i += 2 {
		key, value := group.Content[i], group.Content[i+1]
		path := strings.TrimPrefix(under+"."+key.Value, ".")
		_, doc, documented := strings.Cut(key.HeadComment, "# -- ")
		switch {
		case documented:
			doc = strings.ReplaceAll(doc, "\n# ", " ")
			fmt.Fprintf(out, "| `%s` | `%s` | %s |\n", path, short(t, value), strings.ReplaceAll(doc, "|", "\\|"))
		case value.Kind == yaml.MappingNode && len(value.Content) > 0:
			rows(t, out, path, value)
		default:
			t.Errorf("%s in values.yaml has no comment that begins with \"# -- \"", path)
		}
	}
}

// short is a default on one line.
func short(t *testing.T, n *yaml.Node) string {
	t.Helper()
	one := *n
	one.Style = yaml.FlowStyle
	if n.Kind == yaml.ScalarNode {
		one.Style = n.Style
	}
	flow(&one)
	text, err := yaml.Marshal(&one)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

func flow(n *yaml.Node) {
	n.HeadComment = ""
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			c.Style = yaml.FlowStyle
		}
		flow(c)
	}
}
