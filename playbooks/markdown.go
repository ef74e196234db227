package playbooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Markdown writes the playbook as the file it came from, tidied: Parse of it answers the same
// Playbook.
func (p Playbook) Markdown() []byte {
	w := &writer{}
	w.front(p)
	w.section("Purpose", p.Purpose)
	w.items("Outcomes", p.Outcomes)
	w.section("Roles", p.Starts)
	for _, r := range p.Roles {
		w.line("- %s: %s", r.Name, r.Does)
	}
	w.items("Bring", p.Bring)
	w.items("Agreements", p.Agreements)
	w.steps("Steps", p.Steps)
	w.items("Prompts", p.Prompts)
	w.items("Debrief", p.Debrief)
	w.section("Pitfalls", "")
	for _, f := range p.Pitfalls {
		w.line("- %s\n  Rescue: %s", f.Sign, f.Rescue)
	}
	w.section("Commitment", p.Conversation)
	for _, m := range p.Micro {
		w.line("- `%s` %s", m.ID, m.Label)
	}
	w.items("Follow-up", p.FollowUp)
	w.items("What is counted", p.Counted)
	if p.Offers(Trio) {
		w.section("Trio", p.Trio)
	}
	if p.Offers(Asynchronous) {
		w.steps("Asynchronous", p.Asynchronous)
	}
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writer) front(p Playbook) {
	w.line("---\nid: %s\nversion: %d\ntitle: %s\nskill: %s\nminutes: %d\ndifficulty: %s",
		quoted(p.ID), p.Version, quoted(p.Title), p.Skill, p.Minutes, p.Difficulty)
	w.line("format: %s\nenergy: %s\ntags: %s\nauthors: %s\nlicence: %s\nbased-on:%s",
		flow(p.Formats), p.Energy, flow(p.Tags), flow(p.Authors), p.Licence, works(p.BasedOn))
	if p.Language != English {
		w.line("%s: %s", languageKey, p.Language)
	}
	w.line("---")
}

func works(list []Citation) string {
	if len(list) == 0 {
		return " []"
	}
	var out strings.Builder
	for _, c := range list {
		fmt.Fprintf(&out, "\n  - {author: %s, year: %d, title: %s}", quoted(c.Author), c.Year, quoted(c.Title))
	}
	return out.String()
}

func flow[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = quoted(string(v))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// quoted writes a JSON string, which is YAML too and has no surprises.
func quoted(s string) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSpace(out.String())
}

func (w *writer) section(name, text string) {
	w.line("\n## %s\n", name)
	if text != "" {
		w.line("%s\n", text)
	}
}

func (w *writer) items(name string, list []string) {
	w.section(name, "")
	for _, s := range list {
		w.line("- %s", s)
	}
}

func (w *writer) steps(name string, list []Step) {
	w.section(name, "")
	for _, s := range list {
		w.line("### %s: %s\n\n%s\n", s.form(), s.Title, s.Text)
		for _, words := range s.Say {
			w.line("> %s\n", words)
		}
	}
}

// form is the start of a step's heading.
func (st Step) form() string {
	out := fmt.Sprintf("%d min, %s", st.Minutes, st.Turn)
	if st.Day > 0 {
		out = fmt.Sprintf("Day %d, %s", st.Day, out)
	}
	if st.Silent {
		out += ", silent"
	}
	return out
}
