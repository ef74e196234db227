package curation

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rapport-dev/rapport/playbooks"
)

// Result answers the file that the draft becomes when it is published into this library: the
// next version of its playbook, tidied, with its credit. A prompt is added to the playbook as
// it is now. A story becomes no file, and a draft with problems none either.
func (d Draft) Result(lib playbooks.Library) (playbooks.File, error) {
	if d.Kind == Story {
		return playbooks.File{}, errors.New("curation: a story is no playbook")
	}
	if found := d.Check(lib); len(found) > 0 {
		return playbooks.File{}, fmt.Errorf("curation: the draft cannot be published: %s", found[0])
	}
	f, _, err := d.file(lib)
	if err != nil {
		return f, err
	}
	p, err := playbooks.Parse(f.Name, f.Data)
	if err != nil {
		return f, err
	}
	p.Authors = d.authors(lib)
	return playbooks.File{Name: f.Name, Data: p.Markdown()}, nil
}

// file is the draft as a file with the version it would have; its lines are those of the
// draft. The line is where the error is.
func (d Draft) file(lib playbooks.Library) (playbooks.File, int, error) {
	current, known := lib.Find(d.Playbook)
	name, version := d.Playbook+".md", current.Version+1
	if known && d.Language != "" && d.Language != current.Language {
		name, version = d.Playbook+"."+d.Language+".md", current.Version
	}
	if d.Kind != Prompt {
		at := versionLine.FindStringIndex(d.Text)
		if at == nil {
			return playbooks.File{Name: name, Data: []byte(d.Text + "\n")}, 0, nil // the reader says what is missing
		}
		text := d.Text[:at[0]] + fmt.Sprintf("version: %d", version) + d.Text[at[1]:] + "\n"
		return playbooks.File{Name: name, Data: []byte(text)}, 0, nil
	}
	if version == current.Version {
		return playbooks.File{}, 1, fmt.Errorf("this playbook was written in another language (%s): offer the prompt in it", current.Language)
	}
	if slices.Contains(current.Prompts, d.Text) {
		return playbooks.File{}, 1, errors.New("the playbook asks this already: offer something else")
	}
	line, found := playbooks.Plain(d.Text, MaxPrompt)
	if len(found) > 0 {
		return playbooks.File{}, 1, errors.New(found[0].Text)
	}
	current.Version = version
	current.Prompts = append(slices.Clip(current.Prompts), line)
	return playbooks.File{Name: name, Data: current.Markdown()}, 1, nil
}

// authors are those of the playbook so far and the one who asked to be named: what the text
// itself says of its authors names nobody.
func (d Draft) authors(lib playbooks.Library) []string {
	var all []string
	if current, known := lib.Find(d.Playbook); known {
		all = slices.Clone(current.Authors)
	}
	const most = 10 // as many as a playbook names
	if d.Credit != "" && !slices.Contains(all, d.Credit) && len(all) < most {
		all = append(slices.DeleteFunc(all, func(a string) bool { return a == Nobody }), d.Credit)
	}
	if len(all) == 0 {
		all = []string{Nobody}
	}
	return all
}

// Uncredited answers a published file without a name that is no longer to be shown; the same
// bytes when the name is not in it.
func Uncredited(f playbooks.File, name string) (playbooks.File, error) {
	p, err := playbooks.Parse(f.Name, f.Data)
	if err != nil || !slices.Contains(p.Authors, name) {
		return f, err
	}
	p.Authors = slices.DeleteFunc(slices.Clone(p.Authors), func(a string) bool { return a == name })
	if len(p.Authors) == 0 {
		p.Authors = []string{Nobody}
	}
	return playbooks.File{Name: f.Name, Data: p.Markdown()}, nil
}
