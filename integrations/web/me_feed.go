package web

import (
	"context"
	"crypto/hmac"
	"net/http"
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Feeds know the calendars that people subscribe to.
type Feeds interface {
	// Feed answers a programme's calendar, or with a person that person's own sessions in it;
	// false when there is no such programme or the person no longer takes part.
	Feed(ctx context.Context, programme string, person roster.ID) (Feed, bool, error)
}

// FeedToken is the secret part of a calendar's address: of the programme's with person "", else
// of the person's own. It says nothing to anybody but us, opens nothing else, and counts until
// the key that signed it is taken out: a calendar subscribed to is fetched for years.
func (l *Links) FeedToken(programme string, person roster.ID) string {
	key := l.keys[0]
	b := append([]byte{byte(len(key.ID))}, key.ID...)
	b = append(b, person...)
	return linkText.EncodeToString(append(b, l.mac(key, "feed", feedClaim(programme, b))...))
}

func feedClaim(programme string, b []byte) []byte { return append([]byte(programme+"\x00"), b...) }

// OpenFeed answers whose calendar of a programme a token opens, "" for the programme's own.
// The error is ErrBadLink, or ErrUnknownKey once its key is out of use.
func (l *Links) OpenFeed(programme, token string) (roster.ID, error) {
	if len(token) > mostLink {
		return "", ErrBadLink
	}
	raw, err := linkText.DecodeString(token)
	if err != nil || len(raw) < 1+macLength || len(raw) < 1+int(raw[0])+macLength {
		return "", ErrBadLink
	}
	said, mac := raw[:len(raw)-macLength], raw[len(raw)-macLength:]
	id := string(said[1 : 1+int(said[0])])
	at := slices.IndexFunc(l.keys, func(k Key) bool { return k.ID == id })
	if at < 0 {
		return "", ErrUnknownKey
	}
	if !hmac.Equal(mac, l.mac(l.keys[at], "feed", feedClaim(programme, said))) {
		return "", ErrBadLink
	}
	return roster.ID(said[1+len(id):]), nil
}

// feed answers a calendar to whoever has its address: calendar programs cannot sign in.
func (x *inside) feed(w http.ResponseWriter, r *http.Request) {
	programme := r.PathValue("programme")
	token, ours := strings.CutSuffix(r.PathValue("token"), ".ics")
	who, err := x.Links.OpenFeed(programme, token)
	if !ours || err != nil {
		x.missing(w, r)
		return
	}
	if !x.pace.allow("feed/"+programme+"/"+string(who), x.SignIn.wall()) {
		x.later(w, r, http.StatusTooManyRequests, "error.busy", nil)
		return
	}
	f, there, err := x.Feeds.Feed(r.Context(), programme, who)
	switch {
	case err != nil:
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
	case !there:
		x.missing(w, r)
	default:
		w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
		_, _ = w.Write(f.ICS())
	}
}
