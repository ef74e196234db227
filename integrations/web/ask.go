package web

import (
	"errors"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// fillWithin is how long a form may be filled in after its link has run out.
const fillWithin = time.Hour

// ask shows what a link is about. Nothing happens by it: mail scanners follow every link, and
// some press what they find, so the page has no script and sends nothing by itself.
func (h *pages) ask(w http.ResponseWriter, r *http.Request) {
	c, ok := h.claim(w, r, r.PathValue("token"))
	if !ok {
		return
	}
	m, err := h.Desk.Show(r.Context(), c.Answer())
	if err != nil {
		h.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	f := h.form(r, c, m)
	if now, there := sameAct(m, c); there && now.Version != c.Version {
		f.Notice = tongues[tongue(m.Lang)]["form.changed"]
	}
	h.showForm(w, http.StatusOK, m, f)
}

// openAgain answers somebody who reloads the address that forms are sent to.
func (h *pages) openAgain(w http.ResponseWriter, r *http.Request) {
	h.sorry(w, r, http.StatusOK, "error.open")
}

// claim opens a token, or answers the page that says why it does not open.
func (h *pages) claim(w http.ResponseWriter, r *http.Request, token string) (Claim, bool) {
	now := h.Now()
	if r.Method == http.MethodPost {
		now = now.Add(-fillWithin)
	}
	c, err := h.Links.Open(token, now)
	switch {
	case errors.Is(err, ErrOldLink):
		h.sorry(w, r, http.StatusGone, "error.old")
	case err != nil:
		h.sorry(w, r, http.StatusNotFound, "error.bad")
	case !h.pace.allow(string(c.Person), h.Now()):
		h.later(w, r, http.StatusTooManyRequests, "error.busy", nil)
	default:
		return c, true
	}
	return Claim{}, false
}

// answer takes a form. Who presses what is read from the button's own token; only the fields
// are the sender's words.
func (h *pages) answer(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			h.sorry(w, r, http.StatusRequestEntityTooLarge, "error.big")
			return
		}
		h.sorry(w, r, http.StatusBadRequest, "error.bad")
		return
	}
	c, ok := h.claim(w, r, r.PostForm.Get("do"))
	if !ok {
		return
	}
	in := typed(r.PostForm)
	m, err := h.Desk.Show(r.Context(), c.Answer())
	if err != nil {
		h.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	say := tongues[tongue(m.Lang)]
	again := func(code int, notice string, wrong map[string]string) {
		f := h.form(r, c, m)
		f.fill(in, wrong)
		f.Notice = notice
		h.showForm(w, code, m, f)
	}
	key, ours := h.Links.pressed(r.PostForm.Get("once"), c.Person)
	if !ours {
		again(http.StatusForbidden, say["form.stale"], nil)
		return
	}
	a := c.Answer()
	a.Key = key
	if act, there := sameAct(m, c); !there {
		a.Fields = anything(in)
	} else if !act.Skip {
		var wrong map[string]string
		if a.Fields, wrong = fields(m, in, say); len(wrong) > 0 {
			again(http.StatusUnprocessableEntity, "", wrong)
			return
		}
	}
	said, err := h.Desk.Answer(r.Context(), a)
	switch {
	case err != nil:
		h.later(w, r, http.StatusServiceUnavailable, "error.later", err)
	case said.Title == "" && len(said.Blocks) == 0:
		again(http.StatusUnprocessableEntity, said.Summary, nil)
	default:
		f := h.form(r, c, said)
		f.Done = true
		h.showForm(w, http.StatusOK, said, f)
	}
}

// oneClick takes the single POST with which mail programs unsubscribe somebody (RFC 8058). It
// pauses, which the next button undoes, and answers no other link.
func (h *pages) oneClick(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		h.sorry(w, r, http.StatusBadRequest, "error.bad")
		return
	}
	c, ok := h.claim(w, r, r.PathValue("token"))
	if !ok {
		return
	}
	if c.Verb != prompt.Pause || r.PostForm.Get("List-Unsubscribe") != "One-Click" {
		h.sorry(w, r, http.StatusForbidden, "error.open")
		return
	}
	a := c.Answer()
	a.Key = "unsubscribe/" + c.Ref + "/" + string(c.Person) + "/" + strconv.FormatInt(c.Until.Unix(), 10)
	said, err := h.Desk.Answer(r.Context(), a)
	if err != nil {
		h.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	f := h.form(r, c, said)
	f.Done = true
	h.showForm(w, http.StatusOK, said, f)
}

// sameAct finds the link's button among those of a message, whatever its version.
func sameAct(m prompt.Message, c Claim) (prompt.Action, bool) {
	i := slices.IndexFunc(m.Actions, func(a prompt.Action) bool { return a.Verb == c.Verb && a.Ref == c.Ref })
	if i < 0 {
		return prompt.Action{}, false
	}
	return m.Actions[i], true
}

// later says that it cannot be done just now. For somebody who has filled in a form the page
// carries all of it, and one button sends the very same press again.
func (h *pages) later(w http.ResponseWriter, r *http.Request, code int, key string, err error) {
	wait(w, err)
	if r.PostForm.Get("do") == "" {
		h.sorry(w, r, code, key)
		return
	}
	s := newSheet(wanted(r.Header.Get("Accept-Language")), "", "", sent(r.PostForm))
	s.Title = s.Say["retry.title"]
	h.show(w, code, "retry.html", s)
}

// sent lists a form's own fields, in order.
func sent(form url.Values) []struct{ Name, Value string } {
	var out []struct{ Name, Value string }
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, v := range form[name] {
			out = append(out, struct{ Name, Value string }{name, v})
		}
	}
	return out
}

// wait tells a client how long to wait, when the error knows.
func wait(w http.ResponseWriter, err error) {
	seconds := 30.0
	if e, knows := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err); knows && e.RetryAfter() > 0 {
		seconds = math.Ceil(e.RetryAfter().Seconds())
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
}
