package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/integrations/teams/manifest"
)

func TestTheAppPackageIsMadeFromTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	o := teamsAppOptions{config: filepath.Join(dir, "rapport.yaml"), out: filepath.Join(dir, "rapport.zip"),
		app: manifest.Options{Name: "rapport", Developer: "Contoso", Version: "1.0.0"}}
	made := func(text string) string {
		if err := os.WriteFile(o.config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := teamsApp(o, secrets(nil), io.Discard); err != nil {
			return err.Error()
		}
		return ""
	}
	private, public := good(t), good(t)+"web:\n  public_url: https://rapport.contoso.example\n"
	if got := made(private); !strings.Contains(got, "web.public_url is empty") {
		t.Errorf("without a public address one reads %q", got)
	}
	o.app.Version = "one"
	if got := made(public); !strings.Contains(got, "Version") {
		t.Errorf("of a version that is none one reads %q", got)
	}
	o.app.Version = "1.0.0"
	if got := made(public); got != "" {
		t.Fatal(got)
	}
	data, err := os.ReadFile(o.out)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	for _, want := range []string{"manifest.json", "color.png", "outline.png", "ja.json"} {
		if !strings.Contains(strings.Join(names, " "), want) {
			t.Errorf("%s is not in the package: %v", want, names)
		}
	}
}
