package web

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// shelf is the library page: what was asked for, and what fits.
type shelf struct {
	playbooks.Query
	Skills       []playbooks.Skill
	Lengths      []int
	Difficulties []playbooks.Difficulty
	Books        []playbooks.Playbook // the first of those that fit
	Found        int                  // how many fit
	More         bool                 // not all of them are shown
	Labels       map[string]string    // of skills, in the reader's language
	Offer        bool                 // the reader may offer a new one
}

// lengths are the minutes one can ask for.
var lengths = []int{5, 15, 30, 45, 60}

// mostSearch is how much of a search counts, in bytes.
const mostSearch = 200

func (h *pages) library(w http.ResponseWriter, r *http.Request) {
	h.showShelf(w, r, h.Library(), false)
}

func (h *pages) showShelf(w http.ResponseWriter, r *http.Request, lib playbooks.Library, offer bool) {
	lang := wanted(r.Header.Get("Accept-Language"))
	v := shelf{Lengths: lengths, Difficulties: []playbooks.Difficulty{playbooks.Easy, playbooks.Medium, playbooks.Demanding}, Labels: map[string]string{}, Offer: offer}
	for _, s := range playbooks.Skills {
		v.Labels[s.ID] = prompt.In(lang).Skill(s.ID)
		v.Skills = append(v.Skills, playbooks.Skill{ID: s.ID, Label: v.Labels[s.ID]})
	}
	ask := r.URL.Query()
	v.Text = ask.Get("text")
	v.Text = v.Text[:min(len(v.Text), mostSearch)]
	v.Minutes, _ = strconv.Atoi(ask.Get("minutes")) // what is no number asks for any
	v.Difficulty = playbooks.Difficulty(ask.Get("difficulty"))
	if _, known := v.Labels[ask.Get("skill")]; known {
		v.Skill = ask.Get("skill")
	}
	found := lib.Search(v.Query)
	v.Found = len(found)
	v.Books, v.More = firstFew(found)
	for i, b := range v.Books {
		v.Books[i], _ = lib.In(b.ID, lang)
	}
	s := newSheet(lang, "", "library", v)
	s.Title = s.Say["library.title"]
	h.show(w, http.StatusOK, "library.html", s)
}

// mostShown is how many playbooks fit a page of 60 KB.
const mostShown = 50

func firstFew(books []playbooks.Playbook) (shown []playbooks.Playbook, more bool) {
	return books[:min(len(books), mostShown)], len(books) > mostShown
}

// kits are the pages of the starter kit by language, read once. A page that is broken is left
// out; a test of the kit's own says so.
var kits = sync.OnceValue(func() map[string][]playbooks.Page {
	all := map[string][]playbooks.Page{}
	for _, lang := range spoken {
		all[lang], _ = playbooks.Kit(lang)
	}
	return all
})

// guides lists the pages of the starter kit.
func (h *pages) guides(w http.ResponseWriter, r *http.Request) {
	s := newSheet(wanted(r.Header.Get("Accept-Language")), "", "guides", nil)
	s.Title, s.Body = s.Say["nav.guides"], kits()[s.Lang]
	h.show(w, http.StatusOK, "guides.html", s)
}

func (h *pages) guide(w http.ResponseWriter, r *http.Request) {
	lang := wanted(r.Header.Get("Accept-Language"))
	for _, p := range kits()[lang] {
		if p.ID == r.PathValue("id") {
			h.show(w, http.StatusOK, "guide.html", newSheet(lang, p.Title, "guides", p))
			return
		}
	}
	h.missing(w, r)
}
