package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Inside are the pages behind a sign-in: one's own page, the champion's and the
// administrator's, and the calendars one can subscribe to. Whose page it is, is always read
// from the sign-in and never from the request.
type Inside struct {
	Pages
	SignIn   *SignIn
	Sessions Sessions
	Mine     Mine
	Roles    Roles
	Champion Champion
	Admin    Admin
	Feeds    Feeds
	Workshop Workshop
	Curation Curation
	// Living answers the library with what the organisation wrote and published, for its own
	// people; Pages.Library is what everybody may read.
	Living func() playbooks.Library
}

// Mine knows what is kept about a person. What people change about themselves goes to the Desk.
type Mine interface {
	// Known answers what every programme keeps about the person, nothing for a stranger. It
	// changes nothing.
	Known(ctx context.Context, who roster.ID) ([]Known, error)
}

// Known is what one programme keeps about one person.
type Known struct {
	Programme, Name string // its id and its name
	Standing        roster.Standing
	Card            prompt.Message // as much of it as fits a page, in the person's language
	Words           prompt.Message // all of it
	Record          any            // all of it, for machines
	Zone            *time.Location
	Ahead           []Meeting // soonest first
	Trends          []Trend
}

// Meeting is a session ahead.
type Meeting struct {
	Title string
	With  []string
	Start time.Time
	End   time.Time
	Join  string // https, "" for none
}

// Roles say who may see more than themselves.
type Roles interface {
	// ChampionOf answers the ids of the programmes the person is champion of.
	ChampionOf(ctx context.Context, who roster.ID) ([]string, error)
	// Admin says whether the person is an administrator.
	Admin(ctx context.Context, who roster.ID) (bool, error)
}

type inside struct {
	*pages
	SignIn   *SignIn
	Sessions Sessions
	Mine     Mine
	Roles    Roles
	Champion Champion
	Admin    Admin
	Feeds    Feeds
	Workshop Workshop
	Curation Curation
	Living   func() playbooks.Library
}

// Routes are the pages by their net/http pattern, for Options.Routes, beside those of Pages.
func (i Inside) Routes() map[string]http.Handler {
	if i.Now == nil {
		i.Now = time.Now
	}
	i.Within = true
	x := &inside{&pages{Pages: i.Pages, pace: newPace(), room: make(chan struct{}, mostAtOnce)},
		i.SignIn, i.Sessions, i.Mine, i.Roles, i.Champion, i.Admin, i.Feeds, i.Workshop, i.Curation, i.Living}
	routes := map[string]http.Handler{}
	for pattern, serve := range map[string]http.HandlerFunc{
		"GET /sign-in":                  x.leave,
		"GET " + BackPath:               x.back,
		"POST /sign-out":                x.signOut,
		"GET /me":                       x.signedIn(x.me),
		"POST /me":                      x.signedIn(x.stand),
		"GET /me/settings/{programme}":  x.signedIn(x.settings),
		"POST /me/settings/{programme}": x.signedIn(x.settle),
		"GET /me/export.json":           x.signedIn(x.exportJSON),
		"GET /me/export.html":           x.signedIn(x.exportHTML),
		"GET /me/erase":                 x.signedIn(x.askErase),
		"POST /me/erase":                x.signedIn(x.erase),
		"GET /champion/{programme}":     x.signedIn(x.champion),
		"GET /admin":                    x.signedIn(x.admin),
		"POST /admin":                   x.signedIn(x.command),
		"GET /feed/{programme}/{token}": x.feed,
		"GET /library":                  x.livingLibrary,
		"GET /library/{id}":             x.livingBook,
		"GET /contribute":               x.offering(x.offers),
		"GET /contribute/new":           x.offering(x.write),
		"POST /contribute/new":          x.offering(x.offer),
		"GET /contribute/{id}":          x.offering(x.look),
		"POST /contribute/{id}":         x.offering(x.decide),
		"GET /curate":                   x.offering(x.curate),
	} {
		routes[pattern] = x.page(serve)
	}
	return routes
}

// own is my page.
type own struct {
	Name     string
	Once     string
	Known    []ownProgramme
	Champion []string
	Admin    bool
	Offer    bool        // may offer something for the library, or curates it
	Told     string      // what the last press came to
	Offers   []offerLine // for the export: what one offered for the library
}

type ownProgramme struct {
	Known
	Parts    []piece
	Meetings []ownMeeting
	Pictures []picture
	Acts     []act
	Feed     string // address of the person's own calendar
	All      string // address of the programme's calendar
}

type ownMeeting struct {
	Meeting
	When *moment
}

// act is a button that changes how one takes part.
type act struct{ Verb, Word string }

// stands are what one may do about taking part, by where one stands.
var stands = map[roster.Standing][]act{
	roster.In:     {{prompt.Pause, "me.pause"}, {prompt.Leave, "me.leave"}},
	roster.Paused: {{prompt.Resume, "me.resume"}, {prompt.Leave, "me.leave"}},
}

func (x *inside) me(w http.ResponseWriter, r *http.Request, v visitor) { x.showMe(w, r, v, "") }

func (x *inside) showMe(w http.ResponseWriter, r *http.Request, v visitor, told string) {
	known, err := x.Mine.Known(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	page := own{Name: v.Name, Once: x.Links.once(v.Who), Told: told}
	if page.Champion, err = x.Roles.ChampionOf(r.Context(), v.Who); err == nil {
		page.Admin, err = x.Roles.Admin(r.Context(), v.Who)
	}
	if err == nil {
		var hand curation.Hand
		page.Offer, hand, err = x.Workshop.May(r.Context(), v.Who)
		page.Offer = page.Offer || hand.Curator
	}
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	lang := x.tongueOf(r, known)
	for _, k := range known {
		page.Known = append(page.Known, x.drawKnown(k, k.Card, v.Who, lang))
	}
	s := newSheet(lang, "", "me", page)
	s.Title = s.Say["me.title"]
	x.show(w, http.StatusOK, "me.html", s)
}

// tongueOf is the language a person chose, or their browser's.
func (x *inside) tongueOf(r *http.Request, known []Known) string {
	if len(known) > 0 && known[0].Words.Lang != "" {
		return tongue(known[0].Words.Lang)
	}
	return wanted(r.Header.Get("Accept-Language"))
}

func (x *inside) drawKnown(k Known, words prompt.Message, who roster.ID, lang string) ownProgramme {
	p := ownProgramme{Known: k, Acts: stands[k.Standing], Pictures: pictures(k.Trends, lang, k.Zone)}
	for _, b := range words.Blocks {
		p.Parts = append(p.Parts, piece{Block: b})
	}
	for _, m := range k.Ahead {
		m.Join = opens(m.Join)
		p.Meetings = append(p.Meetings, ownMeeting{m, on(prompt.When{Start: m.Start, End: m.End}, lang, k.Zone)})
	}
	if k.Standing == roster.In || k.Standing == roster.Paused {
		p.Feed = x.SignIn.entra.Public + "/feed/" + k.Programme + "/" + x.Links.FeedToken(k.Programme, who) + ".ics"
		p.All = x.SignIn.entra.Public + "/feed/" + k.Programme + "/" + x.Links.FeedToken(k.Programme, "") + ".ics"
	}
	return p
}

// posted reads a form that only a page of ours, made for this person, can have sent.
func (x *inside) posted(w http.ResponseWriter, r *http.Request, v visitor) (key string, ok bool) {
	if err := r.ParseForm(); err != nil {
		x.sorry(w, r, http.StatusBadRequest, "error.bad")
		return "", false
	}
	key, ok = x.Links.pressed(r.PostForm.Get("once"), v.Who)
	if !ok {
		x.sorry(w, r, http.StatusForbidden, "error.cross")
	}
	return key, ok
}

// about is a press of a button about oneself in one programme.
func about(v visitor, verb, programme, key string) prompt.Answer {
	return prompt.Answer{Key: key, From: v.Who, Verb: verb, Ref: prompt.Programme{ID: programme}.Ref()}
}

// stand pauses, comes back or leaves.
func (x *inside) stand(w http.ResponseWriter, r *http.Request, v visitor) {
	key, ok := x.posted(w, r, v)
	if !ok {
		return
	}
	verb := r.PostForm.Get("act")
	if verb != prompt.Pause && verb != prompt.Resume && verb != prompt.Leave {
		x.sorry(w, r, http.StatusBadRequest, "error.bad")
		return
	}
	said, err := x.Desk.Answer(r.Context(), about(v, verb, r.PostForm.Get("programme"), key))
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	x.showMe(w, r, v, said.Summary)
}

// preferences is the page of the settings.
type preferences struct {
	Once, Programme string
	Parts           []piece
	Wrong           []*field
	Notice          string
	Save            string
}

// card is the settings of a programme as they stand; false when there are none to change.
func (x *inside) card(w http.ResponseWriter, r *http.Request, v visitor) (prompt.Message, bool) {
	m, err := x.Desk.Answer(r.Context(), about(v, prompt.Settings, r.PathValue("programme"), ""))
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return m, false
	}
	if !slices.ContainsFunc(m.Actions, func(a prompt.Action) bool { return a.Verb == prompt.SetProfile }) {
		x.missing(w, r)
		return m, false
	}
	return m, true
}

func (x *inside) settings(w http.ResponseWriter, r *http.Request, v visitor) {
	if m, ok := x.card(w, r, v); ok {
		x.showSettings(w, r, v, http.StatusOK, m, nil, nil)
	}
}

func (x *inside) showSettings(w http.ResponseWriter, r *http.Request, v visitor, code int, m prompt.Message, in map[string][]string, wrong map[string]string) {
	f := x.form(r, Claim{Person: v.Who}, m)
	if in != nil {
		f.fill(in, wrong)
	}
	x.show(w, code, "settings.html", newSheet(m.Lang, m.Title, "me",
		preferences{Once: f.Once, Programme: r.PathValue("programme"), Parts: f.Parts, Wrong: f.Wrong, Save: m.Actions[0].Title}))
}

func (x *inside) settle(w http.ResponseWriter, r *http.Request, v visitor) {
	key, ok := x.posted(w, r, v)
	if !ok {
		return
	}
	m, ok := x.card(w, r, v)
	if !ok {
		return
	}
	in := typed(r.PostForm)
	out, wrong := fields(m, in, tongues[tongue(m.Lang)])
	if len(wrong) > 0 {
		x.showSettings(w, r, v, http.StatusUnprocessableEntity, m, in, wrong)
		return
	}
	a := about(v, prompt.SetProfile, r.PathValue("programme"), key)
	a.Fields = out
	said, err := x.Desk.Answer(r.Context(), a)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	x.showMe(w, r, v, said.Summary)
}

// exported is what a person takes along.
type exported struct {
	Person     roster.ID `json:"person"`
	Made       time.Time `json:"made"`
	Programmes []any     `json:"programmes"`
}

func (x *inside) exportJSON(w http.ResponseWriter, r *http.Request, v visitor) {
	known, err := x.Mine.Known(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	out := exported{Person: v.Who, Made: x.Now().UTC(), Programmes: []any{}}
	for _, k := range known {
		out.Programmes = append(out.Programmes, k.Record)
	}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="rapport.json"`)
	_, _ = w.Write(data)
}

// exportHTML is the same to read, in one file that needs no other.
func (x *inside) exportHTML(w http.ResponseWriter, r *http.Request, v visitor) {
	known, err := x.Mine.Known(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	lang := x.tongueOf(r, known)
	page := own{Name: v.Name}
	for _, k := range known {
		page.Known = append(page.Known, x.drawKnown(k, k.Words, v.Who, lang))
	}
	mine, err := x.Workshop.Offers(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	for _, o := range mine {
		page.Offers = append(page.Offers, x.line(o, tongues[lang]))
	}
	s := newSheet(lang, "", "", page)
	s.Title = s.Say["me.title"]
	w.Header().Set("Content-Disposition", `attachment; filename="rapport.html"`)
	x.show(w, http.StatusOK, "export.html", s)
}

// farewell is the page on which somebody has everything erased.
type farewell struct {
	Once, Word string
	Problem    string
	Names      []string // of the programmes
}

func (x *inside) askErase(w http.ResponseWriter, r *http.Request, v visitor) {
	x.showErase(w, r, v, http.StatusOK, false)
}

func (x *inside) showErase(w http.ResponseWriter, r *http.Request, v visitor, code int, wrong bool) {
	known, err := x.Mine.Known(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	s := newSheet(x.tongueOf(r, known), "", "me", nil)
	page := farewell{Once: x.Links.once(v.Who), Word: s.Say["erase.word"]}
	if wrong {
		page.Problem = s.With("erase.wrong", "word", page.Word)
	}
	for _, k := range known {
		if k.Standing != roster.Forgotten {
			page.Names = append(page.Names, k.Name)
		}
	}
	s.Title, s.Body = s.Say["erase.title"], page
	x.show(w, code, "erase.html", s)
}

// erase forgets a person in every programme, and signs them out. Doing it twice is doing it
// once; one programme after another, so that an error in the middle is made up for by pressing
// again.
func (x *inside) erase(w http.ResponseWriter, r *http.Request, v visitor) {
	key, ok := x.posted(w, r, v)
	if !ok {
		return
	}
	known, err := x.Mine.Known(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	s := newSheet(x.tongueOf(r, known), "", "", nil)
	if !strings.EqualFold(strings.TrimSpace(r.PostForm.Get("word")), s.Say["erase.word"]) {
		x.showErase(w, r, v, http.StatusUnprocessableEntity, true)
		return
	}
	for _, k := range known {
		if k.Standing == roster.Forgotten {
			continue
		}
		if _, err := x.Desk.Answer(r.Context(), about(v, prompt.ForgetYes, k.Programme, key+"/"+k.Programme)); err != nil {
			x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
			return
		}
	}
	if err := x.Sessions.Drop(r.Context(), v.key); err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	http.SetCookie(w, x.cookie(visitCookie, "", 0))
	s.Title, s.Body = s.Say["erase.done"], s.Say["erase.done.text"]
	x.show(w, http.StatusOK, "sorry.html", s)
}
