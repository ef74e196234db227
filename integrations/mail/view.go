package mail

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// view is a message in the shape of a letter: plain texts, nothing escaped yet. The HTML and
// the plain form are drawn from the same view, so they say the same.
type view struct {
	Lang, Dir   string
	Start, End  string // the sides a line begins and ends on, as CSS calls them
	Subject     string
	Title       string
	Preview     string // the line that inboxes show beside the subject
	Parts       []part
	Asked       []string // the questions of the page
	Button      *link
	Links       []link // what else one can open
	More        string // what else the page offers, in words
	Why         string
	Unsubscribe string
	Say         words
}

// part is a block as it is drawn; exactly one field is set.
type part struct {
	Texts []string // paragraphs
	Head  string
	List  []string
	Steps []step
	Facts []prompt.Fact
	When  *moment
	Notes []string
}

type step struct {
	Number, Title, Minutes, Who string
	Texts, Say                  []string
}

type link struct{ Title, URL string }

func look(m prompt.Message, o Options) (*view, error) {
	v := &view{Lang: m.Lang, Dir: direction(m.Lang), Title: line(m.Title), Preview: line(m.Summary), Say: in(m.Lang), Unsubscribe: web(o.Unsubscribe)}
	v.Start, v.End = "left", "right"
	if v.Dir == "rtl" {
		v.Start, v.End = v.End, v.Start
	}
	if v.Lang == "" {
		v.Lang = "en"
	}
	if v.Title == "" { // an aside has a summary alone
		v.Title, v.Preview = v.Preview, ""
	}
	if v.Subject = v.Title; v.Subject == "" {
		return nil, &Error{what: "the message has no title and no summary to make a subject of"}
	}
	for _, b := range m.Blocks {
		if b.Input != nil {
			v.Asked = append(v.Asked, line(b.Input.Label))
			continue
		}
		v.Parts = append(v.Parts, v.part(b, o))
	}
	v.buttons(m, o)
	if o.Programme != "" {
		v.Why = strings.ReplaceAll(v.Say.Why, "{programme}", line(o.Programme))
	}
	return v, nil
}

func (v *view) part(b prompt.Block, o Options) part {
	switch {
	case b.Head != "":
		return part{Head: line(b.Head)}
	case b.Text != "":
		return part{Texts: paragraphs(b.Text)}
	case b.Note != "":
		return part{Notes: paragraphs(b.Note)}
	case len(b.List) > 0:
		return part{List: lines(b.List)}
	case len(b.Steps) > 0:
		return part{Steps: v.steps(b.Steps)}
	case len(b.Facts) > 0:
		var p part
		for _, f := range b.Facts {
			p.Facts = append(p.Facts, prompt.Fact{Label: line(f.Label), Value: line(f.Value)})
		}
		return p
	case b.When != nil:
		w := v.when(*b.When, o)
		return part{When: &w}
	}
	return part{}
}

func (v *view) steps(steps []prompt.Step) []step {
	var out []step
	for i, s := range steps {
		x := step{Number: strconv.Itoa(i+1) + ".", Title: line(s.Title), Who: line(s.Who), Texts: paragraphs(s.Text)}
		if s.Minutes > 0 {
			x.Minutes = minutes(v.Lang, s.Minutes)
		}
		for _, w := range s.Say {
			x.Say = append(x.Say, quoted(v.Lang, line(w)))
		}
		out = append(out, x)
	}
	return out
}

// buttons chooses the one button: the message's first action. An action that opens a page
// elsewhere keeps its address; all that are answers share one page.
func (v *view) buttons(m prompt.Message, o Options) {
	var page string
	if o.Link != nil {
		page = web(o.Link(m))
	}
	var answers []string
	for i, a := range m.Actions {
		switch to := web(a.URL); {
		case a.URL != "" && to == "", a.URL == "" && o.Offered != nil && !o.Offered(a):
		case a.URL != "" && i == 0:
			v.Button = &link{line(a.Title), to}
		case a.URL != "":
			v.Links = append(v.Links, link{line(a.Title), to})
		case page != "" && v.Button == nil:
			v.Button = &link{v.pageTitle(a), page}
			if len(v.Asked) > 0 {
				continue // the page's own send button says the rest
			}
		case page != "":
			answers = append(answers, line(a.Title))
		}
	}
	if page == "" {
		v.Asked = nil // nobody can be asked without a page
		return
	}
	if len(answers) > 0 && v.Button.URL != page {
		v.Links = append([]link{{answers[0], page}}, v.Links...)
		answers = answers[1:]
	}
	if len(answers) > 0 {
		v.More = v.Say.More + strings.Join(answers, " · ")
	}
}

// pageTitle is what the button to the page says: its one act, or that there are questions.
func (v *view) pageTitle(a prompt.Action) string {
	if len(v.Asked) > 0 {
		return v.Say.Answer
	}
	return line(a.Title)
}

// plain takes out what must not reach a mail program: controls, and characters that turn the
// rest of a sentence round. Line breaks stay.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\ufffd"))
}

// line is plain on a single line.
func line(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

func lines(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = line(s)
	}
	return out
}

// paragraphs splits a text at its blank lines; a single line break stays one.
func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(plain(s), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
