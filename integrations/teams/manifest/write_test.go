package manifest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

func good() Options {
	return Options{AppID: "11111111-aaaa-4aaa-8aaa-111111111111", Name: "rapport", PublicURL: "https://rapport.contoso.example:8443/x",
		PrivacyURL: "https://contoso.example/privacy", TermsURL: "https://contoso.example/terms", Developer: "Contoso", Version: "1.4.0"}
}

// unpacked writes the package and reads it again.
func unpacked(t *testing.T, o Options) map[string][]byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, o); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if !f.Modified.Equal(packed) {
			t.Errorf("%s tells when it was packed: %v", f.Name, f.Modified)
		}
	}
	return files
}

// lookaheads are the two patterns that Go's expressions cannot say, each with what it means
// here: a text that is not blank (and not "null"), and the name of an Excel add-in.
var lookaheads = map[string]string{
	`^(?![nN][uU][lL]{2}$)\s*\S.*`:           `^\s*\S`,
	`^(?!.*[\r\n\f\b\v\u0007\t])[\S]*\.xll$`: `\.xll$`,
}

// schema compiles one of Microsoft's.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile("testdata/schema/" + name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseRegexpEngine(func(s string) (jsonschema.Regexp, error) {
		if said, ok := lookaheads[s]; ok {
			s = said
		}
		return regexp.Compile(s)
	})
	if err := c.AddResource("mem:///schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:///schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, raw []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestThePackageIsWhatMicrosoftsSchemasAskFor(t *testing.T) {
	long := good()
	long.Name, long.Developer = strings.Repeat("ä", longestName), strings.Repeat("ö", longestDeveloper)
	app, words := schema(t, "MicrosoftTeams.schema-1.29.json"), schema(t, "MicrosoftTeams.Localization.schema-1.29.json")
	for _, o := range []Options{good(), long} {
		files := unpacked(t, o)
		if err := valid(t, app, files["manifest.json"]); err != nil {
			t.Errorf("the manifest: %v", err)
		}
		for _, lang := range []string{"ar", "de", "es", "fr", "ja", "pt"} {
			if err := valid(t, words, files[lang+".json"]); err != nil {
				t.Errorf("%s: %v", lang, err)
			}
		}
		if len(files) != 9 {
			t.Errorf("%d files, want manifest, two icons, six languages", len(files))
		}
	}
	// The check must be able to fail.
	broken := bytes.Replace(unpacked(t, good())["manifest.json"], []byte(`"personal"`), []byte(`"everywhere"`), 1)
	if valid(t, app, broken) == nil {
		t.Error("the schema takes a scope that does not exist")
	}
}

func TestThePackageSaysWhatItWasToldTo(t *testing.T) {
	files := unpacked(t, good())
	var m app
	if err := json.Unmarshal(files["manifest.json"], &m); err != nil {
		t.Fatal(err)
	}
	o := good()
	if m.Format != "1.29" { // the schema says so with a word that draft 4 does not know
		t.Errorf("written for schema %s", m.Format)
	}
	if m.ID != o.AppID || m.Bots[0].ID != o.AppID || m.Entra.ID != o.AppID || m.Version != o.Version || m.Name.Short != o.Name {
		t.Errorf("got %+v", m)
	}
	if !slices.Equal(m.Domains, []string{"rapport.contoso.example"}) || m.Developer != (developer{o.Developer, o.PublicURL, o.PrivacyURL, o.TermsURL}) {
		t.Errorf("got %v, %v", m.Domains, m.Developer)
	}
	if strings.Contains(string(files["manifest.json"]), "permissions") {
		t.Error("the app asks for a permission; the bot needs none")
	}
	for _, l := range m.Localization.More {
		if files[l.File] == nil {
			t.Errorf("%s is named and not there", l.File)
		}
	}
	for name, data := range files {
		if bytes.Contains(data, []byte("{name}")) {
			t.Errorf("%s: the name is not put in", name)
		}
	}
}

func TestTheSameOptionsMakeTheSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	if Write(&a, good()) != nil || Write(&b, good()) != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two packages differ")
	}
}

func TestABadOptionIsNamed(t *testing.T) {
	for field, bad := range map[string][]Options{
		"AppID":      change(func(o *Options, s string) { o.AppID = s }, "", "my-bot", "11111111-aaaa-4aaa-8aaa-11111111111"),
		"Name":       change(func(o *Options, s string) { o.Name = s }, "", " ", strings.Repeat("x", 31), "a\nb", "\xff"),
		"PublicURL":  change(func(o *Options, s string) { o.PublicURL = s }, "", "http://contoso.example", "https://", "https://u:p@contoso.example", "contoso.example"),
		"PrivacyURL": change(func(o *Options, s string) { o.PrivacyURL = s }, "", "javascript:alert(1)"),
		"TermsURL":   change(func(o *Options, s string) { o.TermsURL = s }, "", "https://contoso.example/"+strings.Repeat("x", 2048)),
		"Developer":  change(func(o *Options, s string) { o.Developer = s }, "", strings.Repeat("x", 33)),
		"Version":    change(func(o *Options, s string) { o.Version = s }, "", "dev", "1.2", "v1.2.3", "01.2.3", "1.2.3-rc"),
	} {
		for _, o := range bad {
			var b bytes.Buffer
			if err := Write(&b, o); err == nil || !strings.HasPrefix(err.Error(), "manifest: "+field+" must") || b.Len() > 0 {
				t.Errorf("%s: %v, %d bytes written", field, err, b.Len())
			}
		}
	}
}

func change(set func(*Options, string), to ...string) (all []Options) {
	for _, s := range to {
		o := good()
		set(&o, s)
		all = append(all, o)
	}
	return all
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAFullDiskIsNoPackage(t *testing.T) {
	if err := Write(full{}, good()); err == nil {
		t.Error("the error was lost")
	}
}

// What Teams types for somebody who picks a command must be understood.
func TestEveryCommandIsOneThatTheBotKnows(t *testing.T) {
	verbs := []string{prompt.Help, prompt.Pause, prompt.Resume, prompt.Data, prompt.Settings, prompt.Leave}
	for _, lang := range []string{"en", "ar", "de", "es", "fr", "ja", "pt"} {
		said, err := good().text(lang)
		if err != nil {
			t.Fatal(err)
		}
		if len(said.Commands) != len(verbs) || utf8.RuneCountInString(said.Short) > 80 {
			t.Fatalf("%s: %d commands, %d characters", lang, len(said.Commands), utf8.RuneCountInString(said.Short))
		}
		for i, c := range said.Commands {
			if got := prompt.Command(c.Title); got != verbs[i] {
				t.Errorf("%s: %q means %s, want %s", lang, c.Title, got, verbs[i])
			}
			if c.Description == "" {
				t.Errorf("%s: %q is not explained", lang, c.Title)
			}
		}
	}
}
