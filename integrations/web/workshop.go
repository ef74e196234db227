package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Workshop takes what people offer for the library, and what curators decide.
type Workshop interface {
	// May says what somebody may do: offer something, and decide about what others offer.
	May(ctx context.Context, who roster.ID) (offer bool, hand curation.Hand, err error)
	// Offers lists what a person offered, newest first; of "" what everybody did, open ones first.
	Offers(ctx context.Context, of roster.ID) ([]curation.Contribution, error)
	// Propose keeps an offer, durably; the same key twice is the same offer. With problems
	// nothing was kept.
	Propose(ctx context.Context, who roster.ID, d curation.Draft) (curation.Contribution, []curation.Problem, error)
	// Decide does what a curator decided or the author answered; a refusal is one of curation's
	// errors. With problems nothing has changed.
	Decide(ctx context.Context, by curation.Hand, id string, d curation.Decision) (curation.Contribution, []curation.Problem, error)
}

// Curation is what is known of the library beside its playbooks.
type Curation interface {
	// Findings is this quarter's list of what to look at.
	Findings(ctx context.Context) ([]curation.Finding, error)
	// Stories are those of a playbook that their authors share, newest first.
	Stories(ctx context.Context, playbook string) ([]curation.Tale, error)
}

// offers is the page of what one offered.
type offers struct {
	Mine    []offerLine
	Curator bool
}

type offerLine struct {
	curation.Contribution
	Title, State, Kind string
}

// line says an offer in a few words.
func (x *inside) line(o curation.Contribution, say words) offerLine {
	l := offerLine{Contribution: o, Title: o.Draft.Playbook, State: say["offer.state."+string(o.State)], Kind: say["offer.kind."+string(o.Draft.Kind)]}
	if b, there := x.Living().Find(o.Draft.Playbook); there {
		l.Title = b.Title
	}
	return l
}

// offering lets only people through who may offer something or curate.
func (x *inside) offering(serve func(http.ResponseWriter, *http.Request, visitor, curation.Hand)) http.HandlerFunc {
	return x.signedIn(func(w http.ResponseWriter, r *http.Request, v visitor) {
		offer, hand, err := x.Workshop.May(r.Context(), v.Who)
		switch {
		case err != nil:
			x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		case !offer && !hand.Curator:
			x.missing(w, r)
		default:
			serve(w, r, v, hand)
		}
	})
}

func (x *inside) offers(w http.ResponseWriter, r *http.Request, v visitor, hand curation.Hand) {
	mine, err := x.Workshop.Offers(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	s := newSheet(wanted(r.Header.Get("Accept-Language")), "", "me", nil)
	page := offers{Curator: hand.Curator}
	for _, o := range mine[:min(len(mine), mostShown)] {
		page.Mine = append(page.Mine, x.line(o, s.Say))
	}
	s.Title, s.Body = s.Say["offer.mine"], page
	x.show(w, http.StatusOK, "offers.html", s)
}

// offerForm is the form for an offer, with what was typed and what is wrong with it.
type offerForm struct {
	curation.Draft
	Once, Name, Title, Help string
	Long                    bool // a whole file is written, not some lines
	Named                   bool
	Problems                []curation.Problem
	Shown                   template.HTML // the text as others will read it
}

// blank is a form for a kind of offer about a playbook, as it stands before anybody types.
func (x *inside) blank(r *http.Request) (curation.Draft, bool) {
	d := curation.Draft{Kind: curation.Kind(r.FormValue("kind")), Playbook: r.FormValue("playbook")}
	if !slices.Contains(curation.Kinds, d.Kind) {
		return d, false
	}
	if d.Kind == curation.NewPlaybook {
		d.Playbook = ""
		text, err := playbooks.Skeleton("a-name-for-it", playbooks.Skills[0].ID, playbooks.Drill)
		d.Text = string(text)
		return d, err == nil
	}
	b, there := x.Living().Find(d.Playbook)
	d.Base = b.Version
	if d.Kind == curation.Improvement {
		d.Text = string(b.Markdown())
	}
	return d, there
}

func (x *inside) write(w http.ResponseWriter, r *http.Request, v visitor, _ curation.Hand) {
	d, ok := x.blank(r)
	if !ok {
		x.missing(w, r)
		return
	}
	x.showOfferForm(w, r, v, http.StatusOK, offerForm{Draft: d})
}

func (x *inside) showOfferForm(w http.ResponseWriter, r *http.Request, v visitor, code int, p offerForm) {
	s := newSheet(wanted(r.Header.Get("Accept-Language")), "", "me", nil)
	p.Once, p.Name, p.Help = x.Links.once(v.Who), v.Name, s.Say["offer.help."+string(p.Kind)]
	p.Long = p.Kind == curation.NewPlaybook || p.Kind == curation.Improvement
	if b, there := x.Living().Find(p.Playbook); there {
		p.Title = b.Title
	}
	s.Title, s.Body = s.Say["offer.kind."+string(p.Kind)], p
	x.show(w, code, "offer_new.html", s)
}

// draft is what was typed into the form.
func draft(r *http.Request, v visitor, key string) curation.Draft {
	f := r.PostForm
	d := curation.Draft{Kind: curation.Kind(f.Get("kind")), Playbook: f.Get("playbook"), Text: f.Get("text"), Share: f.Get("share") != "", Key: key}
	d.Base, _ = strconv.Atoi(f.Get("base")) // what is no number is an old version, and said to be
	if f.Get("credit") != "" {
		d.Credit = v.Name
	}
	return d.Tidy()
}

// offer shows a preview of what was typed, or takes it. Nothing typed is ever lost.
func (x *inside) offer(w http.ResponseWriter, r *http.Request, v visitor, _ curation.Hand) {
	key, ok := x.posted(w, r, v)
	if !ok {
		return
	}
	d := draft(r, v, key)
	p := offerForm{Draft: d, Named: d.Credit != "", Shown: rendered(d.Text)}
	if r.PostForm.Get("do") != "send" {
		p.Problems = d.Check(x.Living())
		x.showOfferForm(w, r, v, http.StatusOK, p)
		return
	}
	o, problems, err := x.Workshop.Propose(r.Context(), v.Who, d)
	switch {
	case errors.Is(err, curation.ErrNotAuthor):
		x.missing(w, r)
	case err != nil:
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
	case len(problems) > 0:
		p.Problems = problems
		x.showOfferForm(w, r, v, http.StatusUnprocessableEntity, p)
	default:
		http.Redirect(w, r, "/contribute/"+o.ID, http.StatusSeeOther)
	}
}

// find is an offer that this person may see: their own, or any for a curator.
func (x *inside) find(w http.ResponseWriter, r *http.Request, v visitor, hand curation.Hand) (curation.Contribution, bool) {
	of := v.Who
	if hand.Curator {
		of = ""
	}
	all, err := x.Workshop.Offers(r.Context(), of)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return curation.Contribution{}, false
	}
	i := slices.IndexFunc(all, func(o curation.Contribution) bool { return o.ID == r.PathValue("id") })
	if i < 0 {
		x.missing(w, r)
		return curation.Contribution{}, false
	}
	return all[i], true
}

// offerPage is one offer, for its author or a curator.
type offerPage struct {
	offerLine
	Once     string
	Own      bool
	Curator  bool // may decide about it
	Diff     []curation.Line
	Problems []curation.Problem
	Shown    template.HTML
	Refused  string // why the last decision was not taken
	Typed    string
	Text     string // what the author wrote, to change it
}

func (x *inside) look(w http.ResponseWriter, r *http.Request, v visitor, hand curation.Hand) {
	if o, ok := x.find(w, r, v, hand); ok {
		x.showOffer(w, r, v, hand, http.StatusOK, o, offerPage{})
	}
}

func (x *inside) showOffer(w http.ResponseWriter, r *http.Request, v visitor, hand curation.Hand, code int, o curation.Contribution, d offerPage) {
	s := newSheet(wanted(r.Header.Get("Accept-Language")), "", "me", nil)
	d.offerLine, d.Once, d.Own = x.line(o, s.Say), x.Links.once(v.Who), o.By == v.Who
	d.Curator = hand.Curator && (!d.Own || hand.Alone || o.State == curation.Published)
	if d.Text == "" {
		d.Text = o.Draft.Text
	}
	d.Shown = rendered(o.Draft.Text)
	if o.State.Open() {
		lib := x.Living()
		if d.Problems == nil {
			d.Problems = o.Draft.Check(lib)
		}
		d.Diff = changes(o.Draft, lib)
	}
	s.Title, s.Body = d.Kind+": "+d.Title, d
	x.show(w, code, "offer.html", s)
}

// changes compares what is offered with what there is; nothing for what is new.
func changes(d curation.Draft, lib playbooks.Library) []curation.Line {
	b, there := lib.Find(d.Playbook)
	f, err := d.Result(lib)
	if !there || err != nil {
		return nil
	}
	return curation.Diff(string(b.Markdown()), string(f.Data))
}

// decide takes a curator's decision, or the author's answer.
func (x *inside) decide(w http.ResponseWriter, r *http.Request, v visitor, hand curation.Hand) {
	if _, ok := x.posted(w, r, v); !ok {
		return
	}
	o, ok := x.find(w, r, v, hand)
	if !ok {
		return
	}
	d := curation.Decision{Act: curation.Act(r.PostForm.Get("act")), Text: tidy(r.PostForm.Get("words"))}
	changed := o.Draft
	changed.Text = r.PostForm.Get("text")
	if changed = changed.Tidy(); d.Act == curation.Reply && changed.Text != "" && changed.Text != o.Draft.Text {
		d.Draft = &changed
	}
	hand.ID = v.Who
	next, problems, err := x.Workshop.Decide(r.Context(), hand, o.ID, d)
	typed := offerPage{Typed: d.Text, Text: r.PostForm.Get("text")}
	switch {
	case refusal(err) != "":
		typed.Refused = refusal(err)
		x.showOffer(w, r, v, hand, http.StatusUnprocessableEntity, o, typed)
	case err != nil:
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
	case len(problems) > 0:
		typed.Problems = problems
		x.showOffer(w, r, v, hand, http.StatusUnprocessableEntity, o, typed)
	default:
		http.Redirect(w, r, "/contribute/"+next.ID, http.StatusSeeOther)
	}
}

// refusal is what a person reads when a decision was not taken, "" for any other error.
func refusal(err error) string {
	for _, e := range []error{curation.ErrNotCurator, curation.ErrOwn, curation.ErrNotAuthor, curation.ErrClosed, curation.ErrCovered, curation.ErrNoWords, curation.ErrOtherThing} {
		if errors.Is(err, e) {
			said := strings.TrimPrefix(e.Error(), "curation: ")
			return strings.ToUpper(said[:1]) + said[1:] + "."
		}
	}
	return ""
}

// curate is the curators' desk: what waits for them, and the quarter's list.
func (x *inside) curate(w http.ResponseWriter, r *http.Request, _ visitor, hand curation.Hand) {
	if !hand.Curator {
		x.missing(w, r)
		return
	}
	all, err := x.Workshop.Offers(r.Context(), "")
	var found []curation.Finding
	if err == nil {
		found, err = x.Curation.Findings(r.Context())
	}
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	var open, closed []offerLine
	for _, o := range all[:min(len(all), mostShown)] {
		if l := x.line(o, tongues["en"]); o.State.Open() {
			open = append(open, l)
		} else {
			closed = append(closed, l)
		}
	}
	x.show(w, http.StatusOK, "curate.html", newSheet("en", "Curators' desk", "me", dict("Open", open, "Closed", closed, "Findings", found[:min(len(found), mostShown)])))
}
