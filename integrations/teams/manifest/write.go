package manifest

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

var (
	//go:embed texts/*.json
	texts embed.FS
	//go:embed icons/*.png
	icons embed.FS
)

const english = "en"

// text is what the app says about itself in one language; "{name}" in it is the app's name.
// Command titles are typed into the chat when somebody chooses them, so they are words that
// prompt.Command knows.
type text struct {
	Short    string    `json:"short"` // at most 80 characters
	Full     string    `json:"full"`
	Commands []command `json:"commands"`
}

// file is one entry of the package.
type file struct {
	name string
	data []byte
}

// packed is the time on every entry: the earliest a zip can say.
var packed = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Write writes the app package as a zip. It refuses options that Teams would refuse, naming
// the first one; then nothing has been written. Any other error is the writer's.
func Write(w io.Writer, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	files, err := o.files()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		entry, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: packed})
		if err != nil {
			return fmt.Errorf("manifest: pack: %w", err)
		}
		if _, err := entry.Write(f.data); err != nil {
			return fmt.Errorf("manifest: pack: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("manifest: pack: %w", err)
	}
	_, err = b.WriteTo(w)
	return err
}

// files are the entries of the package: the manifest, the icons, the further languages.
func (o Options) files() ([]file, error) {
	own, err := o.text(english)
	if err != nil {
		return nil, err
	}
	all, err := texts.ReadDir("texts")
	if err != nil {
		return nil, fmt.Errorf("manifest: texts: %w", err)
	}
	var further []translation
	var translated []file
	for _, f := range all {
		lang := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
		if lang == english {
			continue
		}
		said, err := o.text(lang)
		if err != nil {
			return nil, err
		}
		data, err := encode(said.strings(o.Name))
		if err != nil {
			return nil, err
		}
		further = append(further, translation{lang, f.Name()})
		translated = append(translated, file{f.Name(), data})
	}
	data, err := encode(o.app(own, further))
	if err != nil {
		return nil, err
	}
	files := []file{{"manifest.json", data}}
	for _, n := range []string{"color.png", "outline.png"} {
		data, err := icons.ReadFile("icons/" + n)
		if err != nil {
			return nil, fmt.Errorf("manifest: icons: %w", err)
		}
		files = append(files, file{n, data})
	}
	return append(files, translated...), nil
}

// text reads what the app says in a language, with its name put in.
func (o Options) text(lang string) (said text, err error) {
	raw, err := texts.ReadFile("texts/" + lang + ".json")
	if err == nil {
		err = json.Unmarshal(raw, &said)
	}
	if err != nil {
		return said, fmt.Errorf("manifest: texts in %s: %w", lang, err)
	}
	put := func(s *string) { *s = strings.ReplaceAll(*s, "{name}", o.Name) }
	put(&said.Short)
	put(&said.Full)
	for i := range said.Commands {
		put(&said.Commands[i].Description)
	}
	return said, nil
}

// strings are the text as a localisation file writes it: one flat object.
func (t text) strings(name string) map[string]string {
	s := map[string]string{"$schema": schemaText, "name.short": name, "name.full": name, "description.short": t.Short, "description.full": t.Full}
	for i, c := range t.Commands {
		at := fmt.Sprintf("bots[0].commandLists[0].commands[%d].", i)
		s[at+"title"], s[at+"description"] = c.Title, c.Description
	}
	return s
}

// encode is JSON for people to read.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return b.Bytes(), nil
}
