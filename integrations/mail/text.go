package mail

import (
	"strings"
	"unicode/utf8"
)

// width is how long a line of the plain form gets before it goes on in the next.
const width = 72

// text draws the plain form: the same words, with the button as an address of its own line.
func (v *view) text() string {
	w := &writer{}
	w.para("", v.Title)
	w.line(strings.Repeat("=", min(width, utf8.RuneCountInString(v.Title))))
	for _, p := range v.Parts {
		w.part(v, p)
	}
	if len(v.Asked) > 0 {
		w.gap()
		w.para("", v.Say.Asked+v.Say.Colon)
		w.list(v.Asked)
	}
	if v.Button != nil {
		w.gap()
		w.line(v.Button.Title + v.Say.Colon)
		w.line(v.Button.URL)
	}
	if v.More != "" {
		w.gap()
		w.para("", v.More)
	}
	for _, l := range v.Links {
		w.gap()
		w.line(l.Title + v.Say.Colon)
		w.line(l.URL)
	}
	if v.Why != "" || v.Unsubscribe != "" {
		w.gap()
		w.line("--")
	}
	if v.Why != "" {
		w.para("", v.Why)
	}
	if v.Unsubscribe != "" {
		w.line(v.Say.Stop + v.Say.Colon)
		w.line(v.Unsubscribe)
	}
	return w.String()
}

type writer struct{ strings.Builder }

func (w *writer) line(s string) { w.WriteString(s + "\n") }

func (w *writer) gap() { w.WriteByte('\n') }

func (w *writer) part(v *view, p part) {
	w.gap()
	for i, t := range append(p.Texts, p.Notes...) {
		if i > 0 {
			w.gap()
		}
		for _, row := range strings.Split(t, "\n") {
			w.para("", row)
		}
	}
	if p.Head != "" {
		w.para("", p.Head)
		w.line(strings.Repeat("-", min(width, utf8.RuneCountInString(p.Head))))
	}
	w.list(p.List)
	for _, f := range p.Facts {
		w.para("", f.Label+v.Say.Colon+" "+f.Value)
	}
	if p.When != nil {
		w.when(v, *p.When)
	}
	for i, s := range p.Steps {
		if i > 0 {
			w.gap()
		}
		w.step(s)
	}
}

func (w *writer) list(items []string) {
	for _, it := range items {
		w.para("- ", it)
	}
}

func (w *writer) when(v *view, m moment) {
	if m.Label != "" {
		w.line(m.Label + v.Say.Colon)
	}
	w.line(m.Day)
	w.line(m.Clock + " (" + v.Say.Yours + ", " + m.Zone + ")")
	for _, o := range m.Others {
		day := ""
		if o.Day != "" {
			day = o.Day + ", "
		}
		w.para("", o.Name+v.Say.Colon+" "+day+o.Clock+" ("+o.Zone+")")
	}
}

func (w *writer) step(s step) {
	head := s.Number + " " + s.Title
	if s.Minutes != "" {
		head += " (" + s.Minutes + ")"
	}
	w.para("", head)
	for _, t := range append(append([]string{s.Who}, s.Texts...), s.Say...) {
		for _, row := range strings.Split(t, "\n") {
			if row != "" {
				w.para("   ", row)
			}
		}
	}
}

// para writes one paragraph of words, broken at spaces; the lines after the first stand under
// the first word. Words longer than a line, addresses and languages without spaces stay whole.
func (w *writer) para(lead, s string) {
	room := width - utf8.RuneCountInString(lead)
	at, begin := 0, true
	for _, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		switch {
		case begin:
			w.WriteString(lead)
		case at+1+n > room:
			w.WriteString("\n" + strings.Repeat(" ", utf8.RuneCountInString(lead)))
			at = 0
		default:
			w.WriteByte(' ')
			at++
		}
		w.WriteString(word)
		at, begin = at+n, false
	}
	w.WriteByte('\n')
}
