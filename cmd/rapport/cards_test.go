package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

func TestEveryCardIsWrittenInEveryLanguage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "cards")
	said, err := rapportCards("--out", dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(prompt.Samples("en")) * len(prompt.Languages()); len(files) != want || !strings.Contains(said, dir) {
		t.Errorf("%d files, want %d; it says %q", len(files), want, said)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "pairing.ar.json"))
	if err != nil {
		t.Fatal(err)
	}
	var card struct {
		Lang string
		RTL  bool
	}
	if err := json.Unmarshal(raw, &card); err != nil || card.Lang != "ar" || !card.RTL {
		t.Errorf("the Arabic card: %+v, %v", card, err)
	}
}

func TestOneLanguageCanBeAskedFor(t *testing.T) {
	dir := t.TempDir()
	if _, err := rapportCards("--out", dir, "--lang", "ja"); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		if !strings.HasSuffix(f, ".ja.json") {
			t.Errorf("%s is not Japanese", f)
		}
	}
	if len(files) == 0 {
		t.Error("no card was written")
	}
	if _, err := rapportCards("--out", dir, "--lang", "tlh"); err == nil || !strings.Contains(err.Error(), "ar, de, en") {
		t.Errorf("an unknown language: %v", err)
	}
}

func rapportCards(args ...string) (string, error) {
	var out bytes.Buffer
	c := cardsCommand()
	c.SetOut(&out)
	c.SetErr(&out)
	c.SilenceUsage, c.SilenceErrors = true, true
	c.SetArgs(args)
	err := c.Execute()
	return out.String(), err
}
