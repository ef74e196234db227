// Package desk makes the page where one sits down as a pretend employee of the simulated
// tenant: their calendar, their Teams chat with rapport's cards, their mail, and the clock.
//
// It is made from files embedded here (HTML, CSS, plain JavaScript modules and Microsoft's
// own card renderer) and asks the tenant's /sim/state, /sim/act and /sim/clock for
// everything it shows. It decides nothing, keeps nothing, never loads anything from another
// host and never meets a real tenant. It goes to m365sim, which mounts it, and to the
// browser of whoever tries the demo.
package desk

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed page
var files embed.FS

// policy lets the page use its own files and nothing else: no inline script or style, no
// other host, no frame around it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pages are the addresses that answer with a whole page rather than with one file.
var pages = map[string]string{
	"/":          "index.html",
	"/desk/":     "index.html",
	"/desk/shot": "shot.html", // one card beside its invite, for pictures
}

// types names the media type of each kind of file here, so that no answer depends on the
// machine's own table.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
	".md":   "text/plain; charset=utf-8",
}

// Handler serves the desk. Mount it at "/" and "/desk/" of the server that also answers
// /sim/*; it looks at whole paths, so no prefix is to be stripped. It answers GET and HEAD
// only, 404 for what it does not have, and may be called any number of times.
func Handler() http.Handler {
	served, err := load()
	if err != nil {
		panic("desk: the embedded files cannot be read: " + err.Error()) // a broken build, not a bad day
	}
	return served
}

// shelf holds every address with its ready answer.
type shelf map[string]file

type file struct {
	body []byte
	mime string
	tag  string // entity tag: the content's hash, so a new build is seen at once
}

// load reads the embedded files into a shelf.
func load() (shelf, error) {
	root, err := fs.Sub(files, "page")
	if err != nil {
		return nil, err
	}
	s := shelf{}
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		s["/desk/"+name] = file{body, types[path.Ext(name)], `"` + hex.EncodeToString(sum[:8]) + `"`}
		return nil
	})
	for address, name := range pages {
		s[address] = s["/desk/"+name]
	}
	return s, err
}

// ServeHTTP answers one request for a file.
func (s shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the desk only shows pages; act through /sim/act", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/desk" {
		http.Redirect(w, r, "/desk/", http.StatusPermanentRedirect)
		return
	}
	f, ok := s[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", f.tag)
	if strings.Contains(r.Header.Get("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(f.body) // net/http leaves the body out for HEAD; a gone browser is no error of ours
}
