package config

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write README.md and the golden files anew")

// TestBustedFilesAreReportedCompletely loads every testdata/busted_*.yaml and compares all
// that is said about it.
func TestBustedFilesAreReportedCompletely(t *testing.T) {
	files, err := filepath.Glob("testdata/busted_*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		_, err := Load(file, given())
		if err == nil {
			t.Errorf("%s loads clean", file)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: a value is shown:\n%v", file, err)
		}
		golden(t, strings.TrimSuffix(file, ".yaml")+".golden.txt", err.Error()+"\n")
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s is stale (go test ./config -update renews it): %v\n%s", file, err, got)
	}
}

func TestTheTableOfKeysIsUpToDate(t *testing.T) {
	golden(t, "README.md", table())
}

type row struct{ path, preset, doc string }

// rows lists every key with its default.
func rows() (list []row) {
	c := Default()
	c.Programmes = make([]Programme, 1)
	c.Programmes[0].setDefaults()
	walk("", reflect.ValueOf(&c).Elem(), func(path string, f field) {
		preset := ""
		switch v := f.value.Interface().(type) {
		case Secret:
			preset = v.Reveal()
		case []string:
		default:
			preset = asText(f.value)
		}
		list = append(list, row{path, preset, f.doc})
	})
	return list
}

func asText(v reflect.Value) string {
	if s, ok := v.Interface().(interface{ String() string }); ok {
		return s.String()
	}
	if v.CanInt() {
		return strconv.FormatInt(v.Int(), 10)
	}
	return v.String()
}

// table writes README.md.
func table() string {
	var b strings.Builder
	b.WriteString("# Configuration\n\n")
	b.WriteString("One YAML file; [example.yaml](example.yaml) shows every key. Unknown keys are refused, and all problems are reported at once.\n")
	b.WriteString("Every value can be overridden by the variable beside it (lists of words: separated by commas; further programmes: `_1_`, `_2_` ..).\n")
	b.WriteString("Secrets come from the environment or from files only. This page is made from the code: `go test ./config -update`.\n\n")
	b.WriteString("| Key | Default | Variable | Meaning |\n| --- | --- | --- | --- |\n")
	for _, r := range rows() {
		preset := r.preset
		if preset != "" {
			preset = "`" + preset + "`"
		}
		b.WriteString("| `" + r.path + "` | " + preset + " | `" + envName(r.path) + "` | " + r.doc + " |\n")
	}
	return b.String()
}

func FuzzAnyFileIsReadOrRefused(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range append(files, "example.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data, "testdata", given())
		if err == nil && (len(c.Programmes) == 0 || c.Tenant.Graph == "") {
			t.Error("an incomplete configuration passed")
		}
	})
}
