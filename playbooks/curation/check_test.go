package curation

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rapport-dev/rapport/playbooks"
)

func ours(t testing.TB) playbooks.Library {
	t.Helper()
	lib, err := playbooks.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

const sprint = "listening-sprint"

func markdown(t testing.TB, id string) string {
	t.Helper()
	p, ok := ours(t).Find(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	return string(p.Markdown())
}

func version(t testing.TB, id string) int {
	t.Helper()
	p, _ := ours(t).Find(id)
	return p.Version
}

// better is an improvement that can be taken.
func better(t testing.TB) Draft {
	t.Helper()
	text := strings.Replace(markdown(t, sprint), "\n## Prompts\n\n", "\n## Prompts\n\n- What did you almost leave out?\n", 1)
	return Draft{Kind: Improvement, Playbook: sprint, Base: version(t, sprint), Text: text}.Tidy()
}

// fresh is a new playbook that can be taken.
func fresh(t testing.TB) Draft {
	t.Helper()
	text := strings.Replace(markdown(t, sprint), `id: "`+sprint+`"`, "id: our-own", 1)
	return Draft{Kind: NewPlaybook, Text: text}.Tidy()
}

func TestWhatIsFineIsTakenAndPublishesTheNextVersion(t *testing.T) {
	lib := ours(t)
	now := version(t, sprint)
	for name, c := range map[string]struct {
		draft   Draft
		file    string
		version int
		has     string
	}{
		"an improvement": {better(t), sprint + ".md", now + 1, "What did you almost leave out?"},
		"a new playbook": {fresh(t), "our-own.md", 1, "our-own"},
		"a prompt":       {Draft{Kind: Prompt, Playbook: sprint, Text: "What did you almost leave out?"}, sprint + ".md", now + 1, "- What did you almost leave out?"},
	} {
		if found := c.draft.Check(lib); len(found) > 0 {
			t.Fatalf("%s: %v", name, found)
		}
		f, err := c.draft.Result(lib)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p, err := playbooks.Parse(f.Name, f.Data)
		if err != nil || f.Name != c.file || p.Version != c.version || !strings.Contains(string(f.Data), c.has) {
			t.Errorf("%s: %s version %d, %v", name, f.Name, p.Version, err)
		}
		if left := playbooks.Lint(lib, f); left != nil {
			t.Errorf("%s: published with problems: %v", name, left)
		}
	}
	story := Draft{Kind: Story, Playbook: sprint, Share: true, Text: "We tried it on a train.\n\nIt was quiet for once."}
	if found := story.Check(lib); len(found) > 0 {
		t.Error(found)
	}
	if _, err := story.Result(lib); err == nil {
		t.Error("a story became a playbook")
	}
}

func TestATranslationKeepsTheVersionOfItsOriginal(t *testing.T) {
	german, _ := ours(t).In(sprint, "de")
	d := Draft{Kind: Improvement, Playbook: sprint, Language: "de", Base: version(t, sprint), Text: string(german.Markdown())}.Tidy()
	f, err := d.Result(ours(t))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := playbooks.Parse(f.Name, f.Data); err != nil || f.Name != sprint+".de.md" || p.Version != version(t, sprint) {
		t.Errorf("%s %d %v", f.Name, p.Version, err)
	}
}

func TestNobodyIsNamedWhoDidNotAskForIt(t *testing.T) {
	lib := ours(t)
	for _, c := range []struct{ credit, want string }{{"", Nobody}, {"Ana Prieto", "Ana Prieto"}} {
		d := fresh(t)
		d.Credit = c.credit
		d.Text = authorLine(d.Text, "Somebody Else Entirely")
		f, err := d.Result(lib)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := playbooks.Parse(f.Name, f.Data)
		if !slices.Equal(p.Authors, []string{c.want}) {
			t.Errorf("credit %q: authors %q", c.credit, p.Authors)
		}
		if c.credit != "" {
			without, err := Uncredited(f, c.credit)
			if err != nil || strings.Contains(string(without.Data), c.credit) || !strings.Contains(string(without.Data), Nobody) {
				t.Errorf("the name stays: %v", err)
			}
		}
	}
}

func authorLine(text, name string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "authors:") {
			lines[i] = fmt.Sprintf("authors: [%q]", name)
		}
	}
	return strings.Join(lines, "\n")
}

func TestHostileDraftsAreRefusedAndToldWhy(t *testing.T) {
	good := better(t)
	text := func(s string) Draft { d := good; d.Text = s; return d }
	in := func(s string) Draft { return text(strings.Replace(good.Text, "What did you almost leave out?", s, 1)) }
	front := func(s string) Draft { return text(strings.Replace(good.Text, "\nenergy:", "\n"+s+"\nenergy:", 1)) }
	prompt := func(s string) Draft { return Draft{Kind: Prompt, Playbook: sprint, Text: s} }
	story := func(s string) Draft { return Draft{Kind: Story, Playbook: sprint, Share: true, Text: s} }
	for name, c := range map[string]struct {
		d     Draft
		field string
		says  string
	}{
		"a script":                  {in("<script>alert(1)</script> What now?"), "text", "take out the '<'"},
		"a link":                    {in("What does https://evil.example say?"), "text", "take out the link"},
		"a Markdown link":           {in("What does [this](javascript:alert) say?"), "text", "take out"},
		"an image":                  {in("![x](x) What now?"), "text", "take out"},
		"a hidden character":        {in("What \u202enow?"), "text", "invisible"},
		"a huge file":               {text(good.Text + strings.Repeat("x", MaxFile)), "text", "more than"},
		"deep nesting":              {text(good.Text + "\n" + strings.Repeat("> ", 5000) + "x"), "text", ""},
		"deep lists":                {text(good.Text + "\n" + strings.Repeat("- ", 5000) + "x"), "text", ""},
		"deep front matter":         {front("tags: " + strings.Repeat("[", 500) + strings.Repeat("]", 500)), "text", "quotes"},
		"a million lines":           {text(strings.Repeat("\n", MaxFile-1) + "x"), "text", ""},
		"bad UTF-8":                 {text(good.Text + "\n\xff\xfe"), "text", "not UTF-8"},
		"an anchor":                 {front("title: &a x"), "text", "quotes"},
		"a billion laughs":          {front("a: &a [x,x]\nb: [*a,*a]"), "text", "quotes"},
		"a tag":                     {front("title: !!binary x"), "text", "quotes"},
		"a second front matter":     {text(good.Text + "\n---\nid: other\n---\n"), "text", "card cannot show"},
		"no front matter":           {text("# Hello"), "text", "front matter"},
		"a foreign id":              {text(strings.Replace(good.Text, `id: "`+sprint+`"`, "id: rehearse-it", 1)), "text", "rename the file"},
		"a path as id":              {Draft{Kind: NewPlaybook, Playbook: "../../etc/passwd", Text: good.Text}, "playbook", "small letters"},
		"an id that is taken":       {Draft{Kind: NewPlaybook, Playbook: sprint, Text: good.Text}, "playbook", "already"},
		"nothing about nothing":     {Draft{Kind: Improvement, Playbook: "nowhere", Text: "x"}, "playbook", "no such playbook"},
		"an old base":               {func() Draft { d := good; d.Base--; return d }(), "base", "by now"},
		"a strange language":        {func() Draft { d := good; d.Language = "../de"; return d }(), "language", "small letters"},
		"a kind nobody knows":       {Draft{Kind: "rant", Playbook: sprint, Text: "x"}, "kind", "choose"},
		"no text":                   {prompt("  "), "text", "no text"},
		"a script as prompt":        {prompt("What about <b>this</b>?"), "text", "take out"},
		"a prompt that is too long": {prompt("What " + strings.Repeat("and what ", 20) + "?"), "text", "characters"},
		"a closed prompt":           {prompt("Do you like it?"), "text", "yes or no"},
		"a link in a story":         {story("See www.evil.example"), "text", "link"},
		"a script in a story":       {story("Fine.\n\n<img src=x onerror=alert(1)>"), "text", "take out"},
		"a long story":              {story(strings.Repeat("word ", 400)), "text", "tell it in"},
		"a story without consent":   {Draft{Kind: Story, Playbook: sprint, Text: "It was fine."}, "share", "consent"},
		"a name with markup":        {func() Draft { d := good; d.Credit = "<b>Ana</b>"; return d }(), "credit", "take out"},
	} {
		found := c.d.Check(ours(t))
		if !slices.ContainsFunc(found, func(p Problem) bool { return p.Field == c.field && strings.Contains(p.Text, c.says) }) {
			t.Errorf("%s: %v", name, found)
		}
		if _, err := c.d.Result(ours(t)); err == nil {
			t.Errorf("%s can be published", name)
		}
	}
}

func FuzzADraftIsHarmlessOrRefused(f *testing.F) {
	lib := ours(f)
	f.Add(string(Improvement), better(f).Text, "Ana", "")
	f.Add(string(NewPlaybook), fresh(f).Text, "", "")
	f.Add(string(Prompt), "What now?", "<b>", "de")
	f.Add(string(Story), "It was fine.\n\n<script>", "", "")
	f.Fuzz(func(t *testing.T, kind, text, credit, language string) {
		d := Draft{Kind: Kind(kind), Playbook: sprint, Language: language, Base: version(t, sprint), Text: text, Credit: credit, Share: true}
		if d.Kind == NewPlaybook {
			d.Playbook = ""
		}
		if d = d.Tidy(); len(d.Check(lib)) > 0 {
			return
		}
		shown := d.Text + d.Credit
		if d.Kind != Story {
			file, err := d.Result(lib)
			if err != nil {
				t.Fatalf("checked, and yet: %v", err)
			}
			if left := playbooks.Lint(lib, file); left != nil {
				t.Fatalf("published with problems: %v", left)
			}
			p, _ := playbooks.Parse(file.Name, file.Data)
			shown = strings.Join(append(append(p.Authors, p.Prompts...), p.Purpose, p.Title, p.Trio), "\n")
		}
		if !utf8.ValidString(shown) || strings.ContainsAny(shown, "<>[]`\\") || strings.Contains(shown, "://") {
			t.Fatalf("not harmless: %q", shown)
		}
	})
}
