package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestASecretFromAFileFollowsTheFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "secret")
	put := func(text string) {
		t.Helper()
		// As Kubernetes does it: a new file takes the old one's place.
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	put("first\n")
	text := strings.Replace(string(mustRead(t, "example.yaml")), "/run/secrets/tenant-client-secret", file, 1)
	c, err := Parse([]byte(text), dir, func(k string) string { return map[string]string{"RAPPORT_BOT_APP_SECRET": "fixed"}[k] })
	if err != nil {
		t.Fatal(err)
	}
	s := c.Tenant.ClientSecret
	if s.Now() != "first" || s.Reveal() != "first" || c.Bot.AppSecret.Now() != "fixed" {
		t.Fatal("the value at the start")
	}
	put("other")
	if s.Now() != "other" || s.Reveal() != "first" {
		t.Error("a new file is not seen, or changes what was derived from the old one")
	}
	put("")
	if s.Now() != "other" {
		t.Error("an empty file took the secret away")
	}
	put("third")
	if s.Now() != "third" {
		t.Error("after an empty file")
	}
	if err := os.WriteFile(file, []byte("fourt"), 0o600); err != nil { // same size, same file
		t.Fatal(err)
	}
	if err := os.Chtimes(file, time.Now(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if s.Now() != "fourt" {
		t.Error("a file that was written over is not seen")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if s.Now() != "fourt" {
		t.Error("without the file the secret is gone")
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", c.Tenant, c.Tenant, c.Tenant, s); strings.Contains(shown, "fourt") || strings.Contains(shown, "first") {
		t.Error("it shows itself: " + shown)
	}
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
