package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Admin knows the state of the program and lets administrators stop it.
type Admin interface {
	// State answers everything the page shows, except the checks. It changes nothing.
	State(ctx context.Context) (State, error)
	// Halt stops all sending in every copy at once (on), or allows it again as far as the
	// configuration does. The reason is for everybody to read; "" is refused by the page.
	Halt(ctx context.Context, who roster.ID, on bool, reason string) error
	// Cancel breaks off what is being done at this moment, in every copy, and answers how much.
	Cancel(ctx context.Context, who roster.ID, reason string) (int, error)
	// Checks answers what must be true for the program to be ready.
	Checks() []Check
}

// State is what an administrator sees. It names no participant.
type State struct {
	Configured bool // the configuration lets things leave
	Stopped    bool // an administrator stopped it
	Reason     string
	By         string // Entra id
	Since      time.Time
	Ahead      []Due
	Owed       []Owed
	Doubts     []Doubt
	Deeds      []Deed
	Changed    bool // somebody changed the list of deeds by hand
}

// Due is what a programme does next.
type Due struct {
	Name           string
	Round          int
	RoundAt, Pulse time.Time // UTC
}

// Owed is how much work of a kind is due, now and within a day.
type Owed struct {
	Kind      string
	Now, Soon int
}

// Doubt is an effect of which nobody knows yet whether it happened.
type Doubt struct {
	ID, Kind, State string
	At              time.Time // UTC
	Tries           int
}

// Deed is what somebody with power did.
type Deed struct {
	At                time.Time // UTC
	Who, What, Reason string
}

// control is the page of the administrators.
type control struct {
	State
	Once    string
	Checks  []Figure // name, and what is wrong; "" when all is well
	Told    string
	Problem string
}

// Sends says whether anything leaves at this moment.
func (c control) Sends() bool { return c.Configured && !c.Stopped }

// ruling lets only administrators through; for everybody else there is no such page.
func (x *inside) ruling(w http.ResponseWriter, r *http.Request, v visitor) bool {
	admin, err := x.Roles.Admin(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return false
	}
	if !admin {
		x.missing(w, r)
	}
	return admin
}

func (x *inside) admin(w http.ResponseWriter, r *http.Request, v visitor) {
	if x.ruling(w, r, v) {
		x.showAdmin(w, r, v, http.StatusOK, "", "")
	}
}

func (x *inside) showAdmin(w http.ResponseWriter, r *http.Request, v visitor, code int, told, problem string) {
	state, err := x.Admin.State(r.Context())
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	page := control{State: state, Once: x.Links.once(v.Who), Told: told, Problem: problem}
	checks := x.Admin.Checks()
	bad := failing(r.Context(), checks)
	for _, c := range checks {
		f := Figure{Name: c.Name}
		for _, line := range bad {
			if wrong, ours := strings.CutPrefix(line, c.Name+": "); ours {
				f.Value = wrong
			}
		}
		page.Checks = append(page.Checks, f)
	}
	x.show(w, code, "admin.html", newSheet("en", "Administration", "me", page))
}

// command does what an administrator asks for. Without a reason nothing is done.
func (x *inside) command(w http.ResponseWriter, r *http.Request, v visitor) {
	if !x.ruling(w, r, v) {
		return
	}
	if _, ok := x.posted(w, r, v); !ok {
		return
	}
	reason := tidy(r.PostForm.Get("reason"))
	if reason == "" || len([]rune(reason)) > longestLine {
		x.showAdmin(w, r, v, http.StatusUnprocessableEntity, "", "Say why, in up to 200 characters: others will read it in the list below.")
		return
	}
	told := ""
	var err error
	switch r.PostForm.Get("act") {
	case "stop":
		told, err = "Nothing leaves any more, in any copy. What is due waits.", x.Admin.Halt(r.Context(), v.Who, true, reason)
	case "allow":
		told, err = "Sending is no longer stopped from here.", x.Admin.Halt(r.Context(), v.Who, false, reason)
	case "cancel":
		_, err = x.Admin.Cancel(r.Context(), v.Who, reason)
		told = "What was being done is broken off. Effects that were under way are looked up before anybody acts again."
	default:
		x.sorry(w, r, http.StatusBadRequest, "error.bad")
		return
	}
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	x.showAdmin(w, r, v, http.StatusOK, told, "")
}
