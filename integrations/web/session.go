package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Sessions remember who is signed in, for all copies of the program.
type Sessions interface {
	// Put keeps a record for so long, in place of what was there.
	Put(ctx context.Context, id string, record []byte, keep time.Duration) error
	// Get answers it, nil when there is none (any more).
	Get(ctx context.Context, id string) ([]byte, error)
	// Drop forgets it; one that is gone is success.
	Drop(ctx context.Context, id string) error
}

// How long somebody stays signed in: as long as a working day, and not over a long lunch.
const (
	signedInFor = 10 * time.Hour
	idleAtMost  = time.Hour
	touchEvery  = time.Minute // a record is written again at most so often
)

// visitor is somebody who is signed in.
type visitor struct {
	Who   roster.ID `json:"who"`
	Name  string    `json:"name,omitempty"`
	Began time.Time `json:"began"` // UTC, on the wall
	Seen  time.Time `json:"seen"`
	key   string    // the cookie's value; the store sees its hash
}

// cookie is a cookie of ours. Over https its name says that no other host, path or plain page
// can have set it; on loopback, where a demo speaks http, browsers take no such name.
func (x *inside) cookie(name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: x.cookieName(name), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(x.SignIn.entra.Public, "https://"), MaxAge: int(age.Seconds())}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

func (x *inside) cookieName(name string) string {
	if strings.HasPrefix(x.SignIn.entra.Public, "https://") {
		return "__Host-" + name
	}
	return name
}

const (
	visitCookie  = "rapport"
	signInCookie = "rapport-signin"
)

// visit finds out who is there; false for nobody. An error means "later".
func (x *inside) visit(r *http.Request) (visitor, bool, error) {
	c, err := r.Cookie(x.cookieName(visitCookie))
	if err != nil || len(c.Value) < len(rand.Text()) || len(c.Value) > mostField {
		return visitor{}, false, nil
	}
	raw, err := x.Sessions.Get(r.Context(), c.Value)
	if err != nil {
		return visitor{}, false, err
	}
	var v visitor
	now := x.SignIn.wall().UTC()
	if raw == nil || json.Unmarshal(raw, &v) != nil || v.Who == "" || now.Sub(v.Began) >= signedInFor || now.Sub(v.Seen) >= idleAtMost {
		return visitor{}, false, nil
	}
	v.key = c.Value
	if now.Sub(v.Seen) >= touchEvery {
		v.Seen = now
		return v, true, x.keep(r.Context(), v)
	}
	return v, true, nil
}

func (x *inside) keep(ctx context.Context, v visitor) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return x.Sessions.Put(ctx, v.key, raw, min(idleAtMost, signedInFor-v.Seen.Sub(v.Began)))
}

// signedIn lets only people through who are signed in; a page that was asked for waits for
// them until they are.
func (x *inside) signedIn(serve func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, there, err := x.visit(r)
		switch {
		case err != nil:
			x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		case !there && r.Method == http.MethodGet:
			http.Redirect(w, r, "/sign-in?to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		case !there:
			x.sorry(w, r, http.StatusUnauthorized, "error.signedout")
		case !x.pace.allow(string(v.Who), x.SignIn.wall()):
			x.later(w, r, http.StatusTooManyRequests, "error.busy", nil)
		default:
			serve(w, r, v)
		}
	}
}

// leave sends somebody to Entra.
func (x *inside) leave(w http.ResponseWriter, r *http.Request) {
	address, sealed, err := x.SignIn.leave(r.URL.Query().Get("to"))
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	http.SetCookie(w, x.cookie(signInCookie, sealed, signInWithin))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// back takes somebody who comes from Entra. Every sign-in is a new session: one that somebody
// put into the browser before is worth nothing.
func (x *inside) back(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, x.cookie(signInCookie, "", 0))
	ask := r.URL.Query()
	sealed := ""
	if c, err := r.Cookie(x.cookieName(signInCookie)); err == nil {
		sealed = c.Value
	}
	p, err := x.SignIn.open(sealed, ask.Get("state"))
	if err == nil && ask.Get("code") == "" {
		err = errRefused
	}
	var who person
	if err == nil {
		who, err = x.SignIn.redeem(r.Context(), ask.Get("code"), p)
	}
	switch {
	case errors.Is(err, errStrayed), errors.Is(err, errRefused):
		x.sorry(w, r, http.StatusForbidden, "error.signin")
		return
	case err != nil:
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	if old, there, err := x.visit(r); err == nil && there {
		_ = x.Sessions.Drop(r.Context(), old.key) // it ends by itself
	}
	now := x.SignIn.wall().UTC()
	v := visitor{Who: who.ID, Name: who.Name, Began: now, Seen: now, key: rand.Text()}
	if err := x.keep(r.Context(), v); err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	http.SetCookie(w, x.cookie(visitCookie, v.key, signedInFor))
	http.Redirect(w, r, p.To, http.StatusSeeOther)
}

// signOut ends the session here and in every copy.
func (x *inside) signOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(x.cookieName(visitCookie)); err == nil {
		if err := x.Sessions.Drop(r.Context(), c.Value); err != nil {
			x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
			return
		}
	}
	http.SetCookie(w, x.cookie(visitCookie, "", 0))
	x.sorry(w, r, http.StatusOK, "error.bye")
}
