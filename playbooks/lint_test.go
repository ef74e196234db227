package playbooks

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// whole answers every file of our own library.
func whole(t testing.TB) (files []File) {
	t.Helper()
	names, _ := filepath.Glob("library/*.md")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{name, data})
	}
	return files
}

func TestOurWholeLibraryPassesTheLint(t *testing.T) {
	files := whole(t)
	if len(files) < 24 {
		t.Errorf("%d files are no library", len(files))
	}
	for _, p := range Lint(Library{}, files...) {
		t.Error(p)
	}
}

// between are the rules that only show between files: how such a file is linted.
var between = map[string]func(t *testing.T, busted []byte) Problems{
	"version": func(t *testing.T, busted []byte) Problems {
		return Lint(good(t), File{"working.md", busted})
	},
	"twin": func(t *testing.T, busted []byte) Problems {
		return Lint(Library{}, File{"first/working.md", busted}, File{"second/working.md", busted})
	},
	"meaning": func(t *testing.T, busted []byte) Problems {
		return Lint(good(t), File{"second.md", busted})
	},
	"translation": func(t *testing.T, busted []byte) Problems {
		return Lint(good(t), File{"working.de.md", busted})
	},
}

// good is the library of the one fixture that passes.
func good(t *testing.T) Library {
	t.Helper()
	l, err := Load(fstest.MapFS{"working.md": {Data: []byte(fixture(t, "lint/working.md"))}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Every rule has a fixture that breaks it and nothing else; the golden file beside it is what
// its author reads.
func TestEveryRuleHasAFileThatBreaksIt(t *testing.T) {
	if ps := Lint(Library{}, File{"working.md", []byte(fixture(t, "lint/working.md"))}); len(ps) > 0 {
		t.Fatalf("the good fixture is not good:\n%v", ps)
	}
	names := map[string]bool{}
	for _, r := range rules {
		names[r.name] = true
	}
	for name := range between {
		names[name] = true
	}
	files, _ := filepath.Glob("testdata/lint/busted_*.md")
	if len(files) != len(names) {
		t.Errorf("%d rules, %d fixtures", len(names), len(files))
	}
	for name := range names {
		t.Run(name, func(t *testing.T) {
			busted := []byte(fixture(t, "lint/busted_"+name+".md"))
			var ps Problems
			if check := between[name]; check != nil {
				ps = check(t, busted)
			} else {
				ps = Lint(Library{}, File{"working.md", busted})
			}
			if len(ps) == 0 {
				t.Fatal("was accepted")
			}
			got, golden := ps.Error()+"\n", "testdata/lint/busted_"+name+".golden.txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := fixture(t, "lint/busted_"+name+".golden.txt"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// A rule that no longer looks must show: without it, its fixture passes.
func TestEachRuleAloneFindsItsFixture(t *testing.T) {
	for _, rule := range rules {
		r := &reader{file: "working.md"}
		s := sheet{r, r.playbook([]byte(fixture(t, "lint/busted_"+rule.name+".md")))}
		if len(r.problems) > 0 {
			t.Errorf("%s: the fixture cannot even be read: %v", rule.name, r.problems)
			continue
		}
		if rule.check(s); len(r.problems) == 0 {
			t.Errorf("%s finds nothing in its own fixture", rule.name)
		}
		for _, other := range rules {
			before := len(r.problems)
			if other.check(s); other.name != rule.name && len(r.problems) > before {
				t.Errorf("the fixture of %s breaks %s too: %v", rule.name, other.name, r.problems[before:])
			}
		}
	}
}

func TestAFileMayReplaceOursUnderANewVersion(t *testing.T) {
	text := strings.Replace(fixture(t, "lint/busted_version.md"), "version: 2", "version: 3", 1)
	if ps := Lint(good(t), File{"working.md", []byte(text)}); len(ps) > 0 {
		t.Errorf("refused: %v", ps)
	}
	if ps := Lint(good(t), File{"anywhere/working.md", []byte(fixture(t, "lint/working.md"))}); len(ps) > 0 {
		t.Errorf("the very same file is refused: %v", ps)
	}
}

// hostile are files somebody might send to do harm, each with the reason they are told.
func hostile(working string) map[string]struct{ text, why string } {
	put := func(words string) string { return strings.Replace(working, "Pour slowly.", words, 1) }
	return map[string]struct{ text, why string }{
		"script":          {put("<script>alert(1)</script>"), "no emphasis, code, links, tables or HTML"},
		"image":           {put("![x](https://evil.example/a.png)"), "no emphasis, code, links"},
		"link":            {put("Look at https://evil.example"), "take out the link"},
		"javascript":      {put("[tea](javascript:alert(1))"), "no emphasis, code, links"},
		"event":           {put(`<img src=x onerror="alert(1)">`), "take out the '<'"},
		"huge":            {put(strings.Repeat("tea ", 20_000)), "more than 65536"},
		"one long word":   {put(strings.Repeat("x", 5000)), "a card has room for"},
		"nested quotes":   {put(strings.Repeat("> ", 5000) + "deep"), "take out the '>'"},
		"nested lists":    {put(strings.Repeat("- ", 5000) + "deep"), "has sentences and words to say"},
		"nested yaml":     {strings.Replace(working, "[practice]", strings.Repeat("[", 500)+strings.Repeat("]", 500), 1), "deep nesting"},
		"yaml bomb":       {strings.Replace(working, "tags: [practice]", "tags: &a [*a, *a]", 1), "no anchors"},
		"bad UTF-8":       {put("Pour \xc3\x28"), "not UTF-8"},
		"null byte":       {put("Pour \x00"), "invisible character U+0000"},
		"right to left":   {put("Pour \u202e wols"), "invisible character U+202E"},
		"a million marks": {strings.Repeat("#", 60_000), "must begin with front matter"},
		"many headings":   {working + strings.Repeat("\n## x", 9000), "more problems than anybody reads"},
		"nothing":         {"", "must begin with front matter"},
	}
}

func TestHostileFilesAreRefusedWithTheReason(t *testing.T) {
	for name, c := range hostile(fixture(t, "lint/working.md")) {
		ps := Lint(Library{}, File{"working.md", []byte(c.text)})
		if !strings.Contains(ps.Error(), c.why) {
			t.Errorf("%s: got\n%.500s\nwant %q", name, ps.Error(), c.why)
		}
		if len(ps) > maxProblems+1 || len(ps.Error()) > 40_000 {
			t.Errorf("%s: %d problems in %d bytes are more than anybody reads", name, len(ps), len(ps.Error()))
		}
	}
}

func FuzzLint(f *testing.F) {
	working := fixture(f, "lint/working.md")
	f.Add([]byte(working))
	for _, c := range hostile(working) {
		if len(c.text) < 4000 {
			f.Add([]byte(c.text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		holds(t, data)
		lines := strings.Count(ends.Replace(string(data)), "\n") + 1
		for _, name := range []string{"working.md", "working.de.md"} {
			for _, p := range Lint(Library{}, File{name, data}) {
				if p.Line < 1 || p.Line > lines || p.Text == "" || p.File != name {
					t.Errorf("%+v: the file has %d lines", p, lines)
				}
			}
		}
		for _, p := range LintKit(File{"working.md", data}) {
			if p.Line < 1 || p.Line > lines {
				t.Errorf("%+v: the page has %d lines", p, lines)
			}
		}
		_, _ = Load(fstest.MapFS{"working.md": {Data: data}, "folder": {Mode: fs.ModeDir}})
	})
}
