package playbooks

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheStarterKitIsWholeAndInOrder(t *testing.T) {
	pages, err := Kit(English)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range pages {
		got = append(got, p.ID)
		if p.Title == "" || p.Version < 1 || p.Language != English || len(p.Parts) < 3 {
			t.Errorf("%s is no page: %+v", p.ID, p)
		}
		for _, part := range p.Parts {
			set := 0
			for _, is := range []bool{part.Head != "", part.Text != "", part.Say != "", len(part.List) > 0} {
				if is {
					set++
				}
			}
			if set != 1 {
				t.Errorf("%s: a part with %d fields: %+v", p.ID, set, part)
			}
		}
	}
	if strings.Join(got, " ") != "welcome first-two-weeks agreements questions managers" {
		t.Errorf("pages: %v", got)
	}
	other, err := Kit("xx")
	if err != nil || len(other) != len(pages) || other[0].Language != English {
		t.Errorf("a language nobody wrote falls back to English: %v, %v", other, err)
	}
}

func TestTheKitPassesTheLint(t *testing.T) {
	names, _ := filepath.Glob("library/kit/*.md")
	var files []File
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{name, data})
	}
	for _, p := range LintKit(files...) {
		t.Error(p)
	}
}

// What people are promised must stand in the texts they get.
func TestTheKitKeepsWhatTheProductPromises(t *testing.T) {
	all := map[string]string{}
	pages, _ := Kit(English)
	for _, p := range pages {
		for _, part := range p.Parts {
			all[p.ID] += part.Head + "\n" + part.Text + "\n" + part.Say + strings.Join(part.List, "\n") + "\n"
		}
	}
	for id, promises := range map[string][]string{
		"welcome":         {"five minutes", "pause", "without a reason", "forty-eight hours"},
		"first-two-weeks": {"at most one\treminder", "never two in a week", "Find another time", "over two days"},
		"agreements":      {"stays here", "want to share", "pause", "curious before we judge", "in danger"},
		"managers":        {"Take part yourself", "step back", "never see", "fewer than five", "fewer than ten", "reports to you"},
		"questions":       {"five answers", "ten", "records nothing", "forget me", "no ranks"},
	} {
		for _, words := range promises {
			if !strings.Contains(all[id], strings.ReplaceAll(words, "\t", " ")) {
				t.Errorf("%s does not say %q", id, words)
			}
		}
	}
}

const pageText = "---\nid: tea\nversion: 1\ntitle: Tea\nfor: member\nwhen: joined\n---\nTea is hot.\n\n## How\n\n- Boil\n- Pour\n\n> Say when.\n"

func TestAPageSaysWhatIsWrongWithIt(t *testing.T) {
	if ps := LintKit(File{"tea.md", []byte(pageText)}); len(ps) > 0 {
		t.Fatalf("the good page is not good: %v", ps)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"other file", "id: tea", "id: coffee", ":2: the id must be the name of the file"},
		{"version", "version: 1", "version: 0", ":3: the version counts"},
		{"reader", "for: member", "for: cats", ":5: for is one of"},
		{"moment", "when: joined", "when: never", ":6: when is one of"},
		{"missing key", "when: joined\n", "", "has no when"},
		{"unknown key", "when: joined", "when: joined\nskill: tea", "no key \"skill\""},
		{"language", "when: joined", "when: joined\nlanguage: de", "make language and file name agree"},
		{"script", "Tea is hot.", "<script>", ":8: take out the '<'"},
		{"step", "- Boil", "### Boil", "headings of one level"},
		{"empty", "Tea is hot.\n\n## How\n\n- Boil\n- Pour\n\n> Say when.\n", "", "the page is empty"},
		{"nothing below", "- Boil\n- Pour\n\n> Say when.\n", "", "nothing below this heading"},
		{"jargon", "Tea is hot.", "Leverage the tea.", "say it plainly"},
		{"blame", "Tea is hot.", "It is your fault.", "puts the blame"},
	} {
		ps := LintKit(File{"tea.md", []byte(strings.Replace(pageText, c.old, c.new, 1))})
		if len(ps) == 0 || !strings.Contains(ps.Error(), c.want) {
			t.Errorf("%s: got\n%v\nwant %q", c.name, ps, c.want)
		}
	}
}

func TestAPageAndItsTranslationStayInStep(t *testing.T) {
	german := strings.NewReplacer("when: joined", "when: joined\nlanguage: de", "title: Tea", "title: Tee", "Tea is hot.", "Tee ist warm.").Replace(pageText)
	for _, c := range []struct{ name, old, new, want string }{
		{"in step", "", "", ""},
		{"version", "version: 1", "version: 2", "the original has version 1"},
		{"reader", "for: member", "for: manager", "the original is for member"},
		{"one item less", "- Pour\n", "", "the original has these parts: .#-->"},
	} {
		files := fstest.MapFS{"tea.md": {Data: []byte(pageText)}, "tea.de.md": {Data: []byte(strings.Replace(german, c.old, c.new, 1))}}
		pages, err := kit(files)
		if c.want == "" && (err != nil || len(pages) != 2) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	if ps := LintKit(File{"tea.de.md", []byte(german)}); !strings.Contains(ps.Error(), "no original tea.md") {
		t.Errorf("a translation of nothing: %v", ps)
	}
}

func TestThePosterIsASafePicture(t *testing.T) {
	data, err := Poster()
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(string(data)))
	words := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if name := e.Name.Local; name == "script" || name == "image" || name == "foreignObject" {
				t.Errorf("the poster holds <%s>", name)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "://") && a.Name.Local != "xmlns" {
					t.Errorf("the poster holds %s=%q", a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			words += string(e)
		}
	}
	if !strings.Contains(string(data), `width="210mm" height="297mm"`) || !strings.Contains(words, "What is said here stays here.") {
		t.Error("the poster is no A4 page with the agreements")
	}
}
