package playbooks

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func fixture(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestEveryPartOfAFileArrives(t *testing.T) {
	got, err := Parse("working.md", []byte(fixture(t, "working.md")))
	if err != nil {
		t.Fatal(err)
	}
	want := Playbook{
		ID: "working", Version: 2, Title: "Tea: an example", Skill: "appreciation", Minutes: 10,
		Difficulty: Easy, Formats: []Format{Pair, Trio, Asynchronous}, Energy: Calm, Language: "en",
		Tags: []string{"example"}, Authors: []string{"A. Tester"}, Licence: "CC BY 4.0", BasedOn: []Citation{},
		Purpose:  "Two people drink tea.\n\nThey like it.",
		Outcomes: []string{"Two empty cups"},
		Roles:    []Role{{"Pourer", "pours"}, {"Drinker", "drinks"}},
		Starts:   "The thirstier one starts.",
		Bring:    []string{"A cup"}, Agreements: []string{"Sugar is voluntary"},
		Steps: []Step{
			{Minutes: 2, Turn: Both, Silent: true, Title: "Boil", Text: "The water boils."},
			{Minutes: 4, Turn: First, Title: "Pour", Text: "Pour slowly.", Say: []string{"Say when.", "More?"}},
			{Minutes: 4, Turn: Second, Swap: true, Title: "Swap", Text: "The other one pours."},
		},
		Prompts: []string{"What does it taste of?"}, Debrief: []string{"How was it?"},
		Pitfalls:     []Pitfall{{"It is too hot.", "Wait."}},
		Conversation: "Drink tea with somebody within forty-eight hours.",
		Micro:        []Micro{{"pour-for-others", "I pour for others first."}},
		FollowUp:     []string{"Was there tea?"}, Counted: []string{"Cups"},
		Trio: "The third person brings the milk.",
		Asynchronous: []Step{
			{Day: 1, Minutes: 5, Turn: Both, Title: "Send a tea bag", Text: "By mail."},
			{Day: 2, Minutes: 5, Turn: Both, Title: "Drink it", Text: "Alone, but thinking of each other."},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWindowsFilesReadTheSame(t *testing.T) {
	text := fixture(t, "working.md")
	want, err := Parse("working.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse("working.md", []byte("\ufeff"+strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("with byte order mark and CRLF: %v", err)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// Every busted_* fixture differs from working.md in what its name says; the golden file
// beside it is what its author reads.
func TestBustedFilesSayWhereAndWhatToDo(t *testing.T) {
	files, err := filepath.Glob("testdata/busted_*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := Parse("working.md", []byte(fixture(t, filepath.Base(file))))
			if err == nil {
				t.Fatal("was accepted")
			}
			got, golden := err.Error()+"\n", strings.TrimSuffix(file, ".md")+".golden.txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := fixture(t, filepath.Base(golden)); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// TestEveryRuleCanFail changes one thing in working.md and expects one problem about it.
func TestEveryRuleCanFail(t *testing.T) {
	long := strings.Repeat("long ", 200)
	for _, c := range []struct{ name, old, new, want string }{
		{"id of another file", "id: working", "id: other", "rename the file to other.md"},
		{"id with spaces", "id: working", "id: Wor King", "small letters"},
		{"unreadable minutes", "minutes: 10", "minutes: ten", ":6: minutes cannot be read"},
		{"missing key", "energy: calm\n", "", "has no energy"},
		{"key twice", "energy: calm", "energy: calm\nenergy: calm", "energy"},
		{"nested flood", "[example]", "[[[[[[example]]]]]]", "deep nesting"},
		{"alias", "[A. Tester]", "*boom", "no anchors"},
		{"tag", "version: 2", "version: !!int 2", "tags or deep nesting"},
		{"front matter is a list", "id: working", "- id: working", "front matter"},
		{"unknown citation key", "based-on: []", "based-on:\n  - {author: A, year: 1999, title: B, page: 3}", "based-on cannot be read"},
		{"half a citation", "based-on: []", "based-on:\n  - {author: A, title: B}", "work 1 under based-on needs"},
		{"eleven works", "based-on: []", "based-on:" + strings.Repeat("\n  - {author: A, year: 1999, title: B}", 11), "more than ten works"},
		{"empty title", `"Tea: an example"`, `" "`, "title is empty"},
		{"long title", `"Tea: an example"`, long, "a card has room for 60"},
		{"empty author", "[A. Tester]", `[""]`, "at least one name"},
		{"huge front matter", "id: working", "id: working #" + strings.Repeat(long, 10), "longer than 8192 bytes"},
		{"not UTF-8", "drink tea.", "drink \xff.", ":19: this line is not UTF-8"},
		{"huge file", "drink tea.", strings.Repeat(long, 70), "more than 65536"},
		{"no front matter", "---\nid", "id", "must begin with front matter"},
		{"text before sections", "## Purpose", "Hello\n\n## Purpose", "before the first section"},
		{"section twice", "## Bring\n\n- A cup", "## Bring\n\n- A cup\n\n## Bring\n\n- A cup", "there twice"},
		{"empty section", "- Cups\n", "", "What is counted has 0 items"},
		{"empty text", "The third person brings the milk.", "", "Trio is empty"},
		{"thirteen items", "- Cups", strings.Repeat("- Cups\n", 13), "has 13 items"},
		{"sentence in a list", "- Cups", "Cups", "is a list"},
		{"list in a text", "The third person brings", "- The third person brings", "sentences only"},
		{"trio unannounced", "[pair, trio, asynchronous]", "[pair, asynchronous]", "add trio to format"},
		{"trio without words", "## Trio\n\nThe third person brings the milk.\n", "", "Trio is missing"},
		{"asynchronous without words", fixture(t, "working.md")[strings.Index(fixture(t, "working.md"), "## Asynchronous"):], "", "Asynchronous is missing"},
		{"third level of headings", "Pour slowly.", "#### Pour slowly.", "cannot show"},
		{"code fence", "Pour slowly.", "```\nrm\n```", "cannot show"},
		{"numbered list", "Pour slowly.", "1.\nPour", "cannot show"},
		{"empty item", "Pour slowly.", "-\nPour", "cannot show"},
		{"table", "Pour slowly.", "| a | b |", "no emphasis"},
		{"script", "Pour slowly.", "<script>alert(1)</script>", "take out the '<'"},
		{"link", "Pour slowly.", "[tea](javascript:x)", "take out the '['"},
		{"bare address", "Pour slowly.", "See WWW.example.com", "take out the link"},
		{"reordered text", "Pour slowly.", "Pour \u202eylwols.", "U+202E"},
		{"zero width", "Pour slowly.", "Pour\u200b slowly.", "U+200B"},
		{"control character", "Pour slowly.", "Pour\x07 slowly.", "U+0007"},
		{"long paragraph", "Pour slowly.", long, "a card has room for 700"},
		{"long text in short paragraphs", "Pour slowly.", strings.Repeat("Pour slowly.\n\n", 70), "too long for a card"},
		{"five things to say", "> More?", strings.Repeat("> More?\n\n", 5), "4 things to say"},
		{"step without text", "Pour slowly.\n", "", "does not say what happens"},
		{"step without a title", "first: Pour", "first: ", "write the step as"},
		{"step of a third person", "4 min, first", "4 min, third", "write the step as"},
		{"step of no minutes", "2 min, both", "0 min, both", "write the step as"},
		{"step with a day", "### 4 min, first", "### Day 1, 4 min, first", "write the step as"},
		{"day three", "### Day 2", "### Day 3", "write the step as ### Day 1"},
		{"one day only", "### Day 2", "### Day 1", "day 1 and on day 2"},
		{"days backwards", "### Day 1, 5 min, both: Send a tea bag\n\nBy mail.\n\n### Day 2", "### Day 2, 5 min, both: Send\n\nBy mail.\n\n### Day 1", "day 1 comes after day 2"},
		{"list in a step", "Pour slowly.", "Pour.\n\n- slowly", "no list"},
		{"text before steps", "### 2 min", "Begin.\n\n### 2 min", "begins with a step"},
		{"behaviour twice", "- `pour-for-others` I", "- `pour-for-others` I\n- `pour-for-others` I", "is there twice"},
		{"behaviour id in capitals", "`pour-for-others`", "`Pour`", "stable id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := fixture(t, "working.md")
			if !strings.Contains(text, c.old) {
				t.Fatal("working.md no longer holds what this case changes")
			}
			_, err := Parse("working.md", []byte(strings.Replace(text, c.old, c.new, 1)))
			var ps Problems
			if !errors.As(err, &ps) {
				t.Fatalf("was accepted: %v", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%s\nwant something with\n%s", err, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("*/*.md")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("---\n---\n"))
	f.Add([]byte("---\na: &a [*a, *a]\n---\n## Steps\n### 1 min, both: x\n> y"))
	f.Add([]byte("---\n{{{{{{{{\n---\n\x00\u202e"))
	f.Fuzz(holds)
}

// FuzzWords puts strange words where an author may write freely, so that many of the files
// are good ones.
func FuzzWords(f *testing.F) {
	text := fixture(f, "working.md")
	for _, words := range []string{"plain", "null", "1. one", "- two", "a: b", "x: Rescue: y", "é\u0301 \u200d", "> say\n>\n> more", "# no", "'", `"`, "a\n\n## Trio\n\nb", "~", "0x1F", "&amp;"} {
		f.Add(words, words)
	}
	f.Fuzz(func(t *testing.T, front, body string) {
		file := strings.ReplaceAll(text, `"Tea: an example"`, front)
		file = strings.ReplaceAll(file, "A. Tester", front)
		for _, place := range []string{"drink tea.", "Two empty cups", "pours\n", "Pour slowly.", "More?", "Wait.", "I pour for", "Boil", "By mail."} {
			file = strings.ReplaceAll(file, place, body+strings.TrimLeft(place, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		}
		holds(t, []byte(file))
	})
}

// holds is what must be true of every file there can be: its problems point into it, or it
// can be written, read again and put into an invite.
func holds(t *testing.T, data []byte) {
	r := &reader{file: "working.md"}
	p := r.playbook(data)
	for _, problem := range r.problems {
		if lines := strings.Count(ends.Replace(string(data)), "\n") + 1; problem.Line < 1 || problem.Line > lines {
			t.Errorf("%s: the file has %d lines", problem, lines)
		}
	}
	if len(r.problems) > 0 {
		return
	}
	again, err := Parse("working.md", p.Markdown())
	if err != nil || !reflect.DeepEqual(p, again) {
		t.Errorf("written and read again: %v\n%+v\n%+v\n%s", err, p, again, p.Markdown())
	}
	if n := len([]rune(p.Agenda())); n > maxAgenda || n == 0 {
		t.Errorf("an agenda of %d characters", n)
	}
}
