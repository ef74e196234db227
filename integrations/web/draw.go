package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// form is a message in the shape of a page.
type form struct {
	Parts  []piece
	Acts   []button
	Links  []button
	Once   string // names the press that is to come
	Notice string
	Wrong  []*field // what has to be looked at again
	Done   bool     // it answers a press
	Wider  bool     // the message offers more than a link may do
}

// piece is a block as a page draws it.
type piece struct {
	prompt.Block
	When  *moment
	Field *field
}

type moment struct{ Label, Day, Clock, Zone string }

// field is an input with what was typed into it and what is wrong about it.
type field struct {
	prompt.Input
	Name    string
	Typed   []string
	Problem string
	Most    int
}

// Has says whether a choice is chosen.
func (f field) Has(value string) bool { return slices.Contains(f.Typed, value) }

// Text is what was typed into a field for words.
func (f field) Text() string { return strings.Join(f.Typed, "") }

type button struct {
	Title string
	To    string // a token, or an address
	Main  bool
}

func (h *pages) form(r *http.Request, c Claim, m prompt.Message) *form {
	f := &form{Once: h.Links.once(c.Person)}
	zone := time.UTC
	if h.Zone != nil {
		if z, err := h.Zone(r.Context(), c.Person); err == nil && z != nil {
			zone = z
		}
	}
	for _, b := range m.Blocks {
		x := piece{Block: b}
		if b.When != nil {
			x.When = on(*b.When, m.Lang, zone)
		}
		if b.Input != nil {
			x.Field = &field{Input: *b.Input, Name: fieldPrefix + b.Input.ID, Most: longest(*b.Input), Typed: given(*b.Input)}
		}
		f.Parts = append(f.Parts, x)
	}
	for _, a := range m.Actions {
		if a.URL != "" {
			if to := opens(a.URL); to != "" {
				f.Links = append(f.Links, button{Title: a.Title, To: to})
			}
			continue
		}
		to, err := h.Links.Sign(Claim{Person: c.Person, Verb: a.Verb, Ref: a.Ref, Version: a.Version, Card: c.Card, Until: c.Until})
		if err != nil {
			f.Wider = true // it needs a sign-in, or the chat
			continue
		}
		f.Acts = append(f.Acts, button{Title: a.Title, To: to, Main: len(f.Acts) == 0})
	}
	return f
}

// given is what a message fills in beforehand.
func given(in prompt.Input) []string {
	if in.Form == prompt.ChooseMany {
		return strings.FieldsFunc(in.Value, func(r rune) bool { return r == ',' || r == ' ' })
	}
	return []string{in.Value}
}

// fill puts what was typed, and what is wrong with it, into the fields.
func (f *form) fill(in map[string][]string, wrong map[string]string) {
	for _, p := range f.Parts {
		if p.Field == nil {
			continue
		}
		p.Field.Typed = in[p.Field.ID]
		if p.Field.Problem = wrong[p.Field.ID]; p.Field.Problem != "" {
			f.Wrong = append(f.Wrong, p.Field)
		}
	}
}

func (h *pages) showForm(w http.ResponseWriter, code int, m prompt.Message, f *form) {
	title := m.Title
	if title == "" {
		title = m.Summary
	}
	h.show(w, code, "form.html", newSheet(m.Lang, title, "", f))
}

// on is a When on the wall of its reader.
func on(w prompt.When, lang string, zone *time.Location) *moment {
	start := w.Start.In(zone)
	m := &moment{Label: w.Label, Day: prompt.In(lang).Day(w.Start, zone), Clock: start.Format("15:04"), Zone: start.Format("UTC-07:00")}
	if !w.End.IsZero() {
		m.Clock += " – " + w.End.In(zone).Format("15:04")
	}
	m.Zone = shortly.Replace(strings.TrimSuffix(m.Zone, ":00"))
	return m
}

// shortly writes an offset as people do: "UTC+1", "UTC−3:30", "UTC".
var shortly = strings.NewReplacer("UTC+00", "UTC", "UTC+0", "UTC+", "UTC-0", "UTC−", "UTC-", "UTC−")

// opens is an address that a page may point to: https and nothing hidden in it.
func opens(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}
