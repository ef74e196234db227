package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fiveFriends is a triangle with a tail.
const fiveFriends = "5 6\n0 1 6\n1 2 6\n2 0 6\n2 3 9\n3 4 6\n4 2 1\n"

// runMatch runs the command with this standard input.
func runMatch(stdin string, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	c := matchCommand()
	c.SilenceUsage, c.SilenceErrors = true, true
	c.SetIn(strings.NewReader(stdin))
	c.SetOut(&out)
	c.SetErr(&errs)
	c.SetArgs(args)
	err = c.Execute()
	return out.String(), errs.String(), err
}

func TestMatchAnswersFromAFileInAFile(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte(fiveFriends), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[string]struct{ pairs, verdict string }{
		"max":     {"0 1\n2 3\n", "weight 15\ncardinality 2\ndual objective 15\noptimal\n"},
		"maxcard": {"0 1\n2 3\n", "weight 15\ncardinality 2\ndual objective 15\noptimal\n"},
		"perfect": {"INFEASIBLE\n", "infeasible: proven, no more than 2 pairs\n"},
		"trio":    {"0 1 2\n3 4\n", "weight 15\ncardinality 2\ndual objective 15\noptimal\n"},
	} {
		stdout, _, err := runMatch("", "--mode", mode, "--verify", in, out)
		if err != nil || stdout != want.verdict {
			t.Errorf("%s: %q %v, want %q", mode, stdout, err, want.verdict)
		}
		if got, err := os.ReadFile(out); err != nil || string(got) != want.pairs {
			t.Errorf("%s: %q %v, want %q", mode, got, err, want.pairs)
		}
	}
}

func TestMatchReadsAndWritesPipes(t *testing.T) {
	stdout, stderr, err := runMatch(fiveFriends, "--mode", "trio", "--seed", "3", "--verify", "-", "-")
	if err != nil || stdout != "0 1 2\n3 4\n" || !strings.HasSuffix(stderr, "optimal\n") {
		t.Errorf("%q %q %v", stdout, stderr, err)
	}
}

func TestMatchNamesTheLineAndLeavesTheOutputAlone(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	for text, want := range map[string]string{
		"3 1\n1 1 5\n":             "-: line 2: joins vertex 1 to itself",
		"3 2\n0 1 5\n1 0 5\n":      "-: line 3: repeats line 2",
		"3 1\n0 1 1000000000001\n": "-: line 2: weight 1000000000001 is outside",
		"3 1\n0 9 5\n":             "-: line 2: vertex 9 is outside 0..2",
	} {
		if _, _, err := runMatch(text, "--mode", "max", "-", out); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, _, err := runMatch(fiveFriends, "--mode", "best", "-", out); err == nil || !strings.Contains(err.Error(), "maxcard") {
		t.Errorf("an unknown mode: %v", err)
	}
	if _, _, err := runMatch("", "--mode", "max", filepath.Join(out, "nowhere"), out); err == nil {
		t.Error("a missing file was read")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("the output was written all the same")
	}
}
