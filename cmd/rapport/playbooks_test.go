package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks"
)

// runPlaybooks runs a subcommand of playbooks.
func runPlaybooks(args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	c := playbooksCommand()
	c.SilenceUsage, c.SilenceErrors = true, true
	c.SetOut(&out)
	c.SetErr(&errs)
	c.SetArgs(args)
	err = c.Execute()
	return out.String(), errs.String(), err
}

func TestPlaybooksLintFindsNothingInOurs(t *testing.T) {
	out, _, err := runPlaybooks("lint")
	if err != nil || !strings.Contains(out, "nothing to say") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestPlaybooksFromASkeletonToAnOwnLibrary(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "our-own.md")
	out, _, err := runPlaybooks("new", "our-own", "--skill", "empathy", "--folder", folder)
	if err != nil || !strings.Contains(out, name) {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, _, err := runPlaybooks("new", "our-own", "--skill", "empathy", "--folder", folder); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("the skeleton overwrites somebody's work: %v", err)
	}
	out, _, err = runPlaybooks("lint", name)
	if err == nil || !strings.HasPrefix(out, name+":") || !strings.Contains(out, "advice of the skeleton") {
		t.Errorf("an unfinished playbook passes: %v\n%s", err, out)
	}
	out, _, err = runPlaybooks("list", "--folder", folder, "--skill", "empathy", "--kind", "drill")
	if err != nil || !strings.Contains(out, "our-own ") || !strings.Contains(out, "behind-the-grumble ") || strings.Contains(out, "listening-sprint") {
		t.Errorf("%v\n%s", err, out)
	}
	if err := os.WriteFile(name, []byte("<script>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := runPlaybooks("list", "--folder", folder); err == nil || !strings.Contains(err.Error(), "our-own.md:1: ") {
		t.Errorf("a folder that cannot be read is listed: %v", err)
	}
}

func TestPlaybooksShowPrintsTheFile(t *testing.T) {
	out, note, err := runPlaybooks("show", "listening-sprint")
	p, parseErr := playbooks.Parse("listening-sprint.md", []byte(out))
	if err != nil || parseErr != nil || p.Title != "Listening sprint" || note != "" {
		t.Errorf("%v, %v, note %q", err, parseErr, note)
	}
	if _, note, err := runPlaybooks("show", "listening-sprint", "--language", "xx"); err != nil || !strings.Contains(note, "no translation") {
		t.Errorf("%v, note %q", err, note)
	}
	if _, _, err := runPlaybooks("show", "levitation"); err == nil || !strings.Contains(err.Error(), "no playbook") {
		t.Errorf("levitation: %v", err)
	}
}

func TestPlaybooksExportCanBeLintedAndUsed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "ours")
	if _, _, err := runPlaybooks("export", folder); err != nil {
		t.Fatal(err)
	}
	if out, _, err := runPlaybooks("lint", folder, filepath.Join(folder, "kit")); err != nil || !strings.Contains(out, "nothing to say") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, _, err := runPlaybooks("export", folder); err == nil {
		t.Error("a second export overwrites what was changed")
	}
	out, _, err := runPlaybooks("list", "--folder", folder, "--text", "zeppelin")
	if err != nil || !strings.Contains(out, "No playbook fits") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, args := range [][]string{{"lint", "no-such-file.md"}, {"list", "--skill", "juggling"}, {"new", "x", "--skill", "juggling"}, {"list", "--folder", folder + "/kit"}} {
		if _, _, err := runPlaybooks(args...); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}
