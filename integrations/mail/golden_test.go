package mail

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEveryMailAsItIsWritten(t *testing.T) {
	seen := map[string]bool{}
	for name, m := range samples() {
		l, err := Render(m, options(t))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for ending, got := range map[string]string{".html": l.HTML, ".txt": l.Text, ".eml": string(l.MIME)} {
			if ending == ".eml" && !slices.Contains([]string{"followup.en", "followup.ja", "followup.ar"}, name) {
				continue
			}
			file := filepath.Join("testdata", name+".golden"+ending)
			seen[file] = true
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v; run with -update and read what changed", err)
			}
			if got != string(want) {
				t.Errorf("%s is no longer what it was; run with -update and read what changed", file)
			}
		}
	}
	files, _ := filepath.Glob("testdata/*.golden.*")
	for _, f := range files {
		if !seen[f] {
			t.Errorf("%s is of no message; delete it", f)
		}
	}
}

func TestEveryPromptOfTheFlowAsAMail(t *testing.T) {
	seen := map[string]bool{}
	for _, lang := range prompt.Languages() {
		for _, s := range prompt.Samples(lang) {
			l, err := Render(s.Message, options(t))
			if err != nil {
				t.Errorf("%s, %s: %v", s.Name, lang, err)
				continue
			}
			if _, parts := read(t, l.MIME); parts["text/html"] == "" || len(l.HTML) > mostHTML/2 || !strings.Contains(l.HTML, `<html lang="`+lang+`" dir="`+direction(lang)+`">`) {
				t.Errorf("%s, %s: %d bytes", s.Name, lang, len(l.HTML))
			}
			file := filepath.Join("testdata", "letters", s.Name+"."+lang+".golden.txt")
			seen[file] = true
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(l.Subject+"\n\n"+l.Text), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil || l.Subject+"\n\n"+l.Text != string(want) {
				t.Errorf("%s is no longer what it was (%v); run with -update and read what changed", file, err)
			}
		}
	}
	files, _ := filepath.Glob("testdata/letters/*")
	for _, f := range files {
		if !seen[f] {
			t.Errorf("%s is of no message; delete it", f)
		}
	}
}
