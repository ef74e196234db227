package web

import (
	"net/http"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// insider says whether somebody is signed in who takes part or curates, and may offer
// something. What an organisation wrote itself is for its own people: everybody else sees the
// playbooks that rapport brings.
func (x *inside) insider(r *http.Request) (inside, offer bool) {
	v, there, err := x.visit(r)
	if err != nil || !there {
		return false, false
	}
	offer, hand, err := x.Workshop.May(r.Context(), v.Who)
	return err == nil && (offer || hand.Curator), offer
}

// livingLibrary is the library page.
func (x *inside) livingLibrary(w http.ResponseWriter, r *http.Request) {
	lib := x.Library()
	inside, offer := x.insider(r)
	if inside {
		lib = x.Living()
	}
	x.showShelf(w, r, lib, offer)
}

// livingBook is the page of a playbook, with its stories for insiders.
func (x *inside) livingBook(w http.ResponseWriter, r *http.Request) {
	inside, offer := x.insider(r)
	if !inside {
		x.playbook(w, r)
		return
	}
	stories, err := x.Curation.Stories(r.Context(), r.PathValue("id"))
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	x.showBook(w, r, x.Living(), stories, offer)
}

// reading is a playbook as one reads it.
type reading struct {
	playbooks.Playbook
	Label   string // of its skill
	Other   bool   // it is not in the reader's language
	Stories []curation.Tale
	Offer   bool // the reader may offer something for it
}

func (h *pages) playbook(w http.ResponseWriter, r *http.Request) {
	h.showBook(w, r, h.Library(), nil, false)
}

func (h *pages) showBook(w http.ResponseWriter, r *http.Request, lib playbooks.Library, stories []curation.Tale, offer bool) {
	lang := wanted(r.Header.Get("Accept-Language"))
	book, _ := lib.In(r.PathValue("id"), lang) // the original, where there is no translation
	if book.ID == "" {
		h.missing(w, r)
		return
	}
	v := reading{Playbook: book, Other: book.Language != lang, Stories: stories[:min(len(stories), mostStories)], Offer: offer}
	s := newSheet(lang, book.Title, "library", nil)
	v.Label = prompt.In(lang).Skill(book.Skill)
	s.Body = v
	h.show(w, http.StatusOK, "playbook.html", s)
}

// mostStories is how many stories stand below a playbook.
const mostStories = 10
