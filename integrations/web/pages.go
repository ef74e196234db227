package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Desk knows what a link is about and takes what people answer.
type Desk interface {
	// Show answers the message behind a button as it stands now, in the person's language; the
	// answer names person, verb, ref, version and card, and has no fields. It changes nothing,
	// however often and by whomever it is asked. What is no longer there is a message that says
	// what happened, not an error; an error means "later".
	Show(ctx context.Context, a prompt.Answer) (prompt.Message, error)
	// Answer writes the answer down, durably, before it returns what to show from then on. The
	// same Key twice is the same answer. A message with a Summary alone is an objection: the
	// form stays as it is. An error means "later": nothing was taken.
	Answer(ctx context.Context, a prompt.Answer) (prompt.Message, error)
}

// Pages are what people see in a browser: the forms behind the links in mails, the library,
// and how it works. They need no script and no build.
type Pages struct {
	Links   *Links
	Desk    Desk
	Library func() playbooks.Library // what everybody may read
	// Zone answers the clock on a person's wall; nil, or a nil location, is UTC, and the page
	// says so.
	Zone func(ctx context.Context, person roster.ID) (*time.Location, error)
	Now  func() time.Time
	Log  *slog.Logger // a line a request: the route, never the address with its token; nil = none
	// Within says that there are pages behind a sign-in, too; then they are in the navigation.
	Within bool
}

// The limits of one request.
const (
	mostForm    = 64 << 10 // bytes; the longest honest form is 20 KB
	pageWithin  = 10 * time.Second
	mostAtOnce  = 64 // pages being made at the same time, so that a burst waits nowhere
	staticLives = "public, max-age=31536000, immutable"
)

// pageRules is what a browser may do with a page: show it, with our own style and pictures,
// and send its form back here.
const pageRules = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Routes are the pages by their net/http pattern, for Options.Routes.
func (p Pages) Routes() map[string]http.Handler {
	if p.Now == nil {
		p.Now = time.Now
	}
	h := &pages{Pages: p, pace: newPace(), room: make(chan struct{}, mostAtOnce)}
	routes := map[string]http.Handler{}
	for pattern, serve := range map[string]http.HandlerFunc{
		"GET /a/{token}":    h.ask,
		"POST /a/{token}":   h.oneClick,
		"GET /a":            h.openAgain,
		"POST /a":           h.answer,
		"GET /library":      h.library,
		"GET /library/{id}": h.playbook,
		"GET /guides/{id}":  h.guide,
		"GET /guides":       h.guides,
		"GET /{$}":          func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/library", http.StatusSeeOther) },
		"/":                 h.missing, // without a method, so that it is behind every other route
	} {
		routes[pattern] = h.page(serve)
	}
	routes["GET /static/{name}"] = http.HandlerFunc(h.static)
	return routes
}

type pages struct {
	Pages
	pace *pace
	room chan struct{}
}

// page is what surrounds every page: limits, headers, the check that a form is our own, and a
// line in the log.
func (h *pages) page(serve http.HandlerFunc) http.Handler {
	safe := http.NewCrossOriginProtection()
	safe.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.sorry(w, r, http.StatusForbidden, "error.cross")
	}))
	inside := safe.Handler(serve)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := h.Now()
		w.Header().Set("Content-Security-Policy", pageRules)
		seen := &status{ResponseWriter: w, code: http.StatusOK}
		ctx, cancel := context.WithTimeout(r.Context(), pageWithin)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(seen, r.Body, mostForm)
		select {
		case h.room <- struct{}{}:
			defer func() { <-h.room }()
			inside.ServeHTTP(seen, r)
		default:
			w.Header().Set("Retry-After", "5")
			h.sorry(seen, r, http.StatusServiceUnavailable, "error.busy")
		}
		if h.Log != nil {
			h.Log.Info("page", "route", r.Pattern, "status", seen.code, "ms", h.Now().Sub(began).Milliseconds())
		}
	})
}

// status remembers what was answered.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

//go:embed pages
var pageFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"paragraphs": func(s string) []string { return strings.Split(s, "\n\n") },
	"joined":     func(list []string) string { return strings.Join(list, ", ") },
	"minutes":    func(say words, n int) string { return say.with("minutes", "n", strconv.Itoa(n)) },
	"day":        func(say words, n int) string { return say.with("turn.day", "n", strconv.Itoa(n)) },
	"dict":       dict,
	"style":      func() string { return asset("rapport.css") },
	"icon":       func() string { return asset("icon.svg") },
}).ParseFS(pageFiles, "pages/*.html"))

// dict hands several things to one piece of a template, by name.
func dict(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

// sheet is what every page is drawn from.
type sheet struct {
	Lang, Dir string
	Title     string
	Here      string // the part of the navigation one is in
	Say       words
	Body      any
	Within    bool // one's own page is in the navigation
}

// With is a text of the page's own with numbers or names in it.
func (s sheet) With(key string, pairs ...string) string { return s.Say.with(key, pairs...) }

func newSheet(lang, title, here string, body any) sheet {
	lang = tongue(lang)
	return sheet{Lang: lang, Dir: direction(lang), Title: title, Here: here, Say: tongues[lang], Body: body}
}

// show draws a page to its end before it answers, so that nobody gets half of one.
func (h *pages) show(w http.ResponseWriter, code int, name string, s sheet) {
	s.Within = h.Within
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, s); err != nil {
		if h.Log != nil {
			h.Log.Error("page cannot be drawn", "page", name)
		}
		http.Error(w, "this page cannot be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", s.Lang)
	w.WriteHeader(code)
	_, _ = w.Write(out.Bytes())
}

// sorry is a page that says what is wrong and what to do.
func (h *pages) sorry(w http.ResponseWriter, r *http.Request, code int, key string) {
	s := newSheet(wanted(r.Header.Get("Accept-Language")), "", "", nil)
	s.Title, s.Body = s.Say[key], s.Say[key+".text"]
	h.show(w, code, "sorry.html", s)
}

func (h *pages) missing(w http.ResponseWriter, r *http.Request) {
	h.sorry(w, r, http.StatusNotFound, "error.missing")
}

// assets are the files that pages refer to, by a name that changes with their content.
var assets = func() map[string][]byte {
	out := map[string][]byte{}
	for _, name := range []string{"rapport.css", "icon.svg"} {
		data, err := pageFiles.ReadFile("pages/" + name)
		if err != nil {
			panic(err)
		}
		out[hashed(name, data)] = data
	}
	return out
}()

func hashed(name string, data []byte) string {
	sum := sha256.Sum256(data)
	base, ending, _ := strings.Cut(name, ".")
	return base + "." + hex.EncodeToString(sum[:6]) + "." + ending
}

func asset(name string) string {
	data, _ := pageFiles.ReadFile("pages/" + name)
	return "/static/" + hashed(name, data)
}

func (h *pages) static(w http.ResponseWriter, r *http.Request) {
	data, ok := assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind := "text/css; charset=utf-8"
	if strings.HasSuffix(r.PathValue("name"), ".svg") {
		kind = "image/svg+xml"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", staticLives)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}
