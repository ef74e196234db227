package web

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/rapport-dev/rapport/playbooks"
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
	Labels       map[string]string    // of skills
}

// lengths are the minutes one can ask for.
var lengths = []int{5, 15, 30, 45, 60}

// mostSearch is how much of a search counts, in bytes.
const mostSearch = 200

func (h *pages) library(w http.ResponseWriter, r *http.Request) {
	v := shelf{Skills: playbooks.Skills, Lengths: lengths, Difficulties: []playbooks.Difficulty{playbooks.Easy, playbooks.Medium, playbooks.Demanding}, Labels: map[string]string{}}
	for _, s := range playbooks.Skills {
		v.Labels[s.ID] = s.Label
	}
	ask := r.URL.Query()
	v.Text = ask.Get("text")
	v.Text = v.Text[:min(len(v.Text), mostSearch)]
	v.Minutes, _ = strconv.Atoi(ask.Get("minutes")) // what is no number asks for any
	v.Difficulty = playbooks.Difficulty(ask.Get("difficulty"))
	if _, known := v.Labels[ask.Get("skill")]; known {
		v.Skill = ask.Get("skill")
	}
	found := h.Library().Search(v.Query)
	v.Found = len(found)
	v.Books, v.More = firstFew(found)
	lang := wanted(r.Header.Get("Accept-Language"))
	for i, b := range v.Books {
		v.Books[i], _ = h.Library().In(b.ID, lang)
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

// reading is a playbook as one reads it.
type reading struct {
	playbooks.Playbook
	Label string // of its skill
}

func (h *pages) playbook(w http.ResponseWriter, r *http.Request) {
	lang := wanted(r.Header.Get("Accept-Language"))
	book, _ := h.Library().In(r.PathValue("id"), lang) // the original, where there is no translation
	if book.ID == "" {
		h.missing(w, r)
		return
	}
	v := reading{Playbook: book}
	v.Label, _ = playbooks.SkillLabel(book.Skill)
	h.show(w, http.StatusOK, "playbook.html", newSheet(lang, book.Title, "library", v))
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
