package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/integrations/mail"
	"github.com/rapport-dev/rapport/integrations/teams"
	"github.com/rapport-dev/rapport/integrations/web"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// letters writes a programme's mails. Where people reach our pages a mail carries the button
// that leads to its question; elsewhere it is plain.
type letters struct {
	*graph.Mail
	app       *app
	programme config.Programme
}

// Draft writes the mail without sending it.
func (l letters) Draft(ctx context.Context, to roster.Person, m prompt.Message) (string, error) {
	if l.app.links == nil {
		return l.Mail.Draft(ctx, to, m)
	}
	letter, err := mail.Render(m, l.options(ctx, to, m))
	if err != nil {
		return "", err
	}
	return l.DraftMIME(ctx, m.Key, letter.MIME)
}

// The sending limits of an Exchange Online mailbox.
var mailLimits = map[time.Duration]int{time.Minute: 30, 24 * time.Hour: 10_000}

// Post sends the draft when the mailbox has its turn.
func (l letters) Post(ctx context.Context, id string) error {
	if err := mailTurn(ctx, pace(l.app.crew.Clock, l.app.store), l.programme.Mailbox); err != nil {
		return err
	}
	return l.Mail.Post(ctx, id)
}

// mailTurn waits for the mailbox's turn to send one mail, which all copies of rapport share;
// a turn that is too far off is not taken, and the error says when to come back.
func mailTurn(ctx context.Context, line teams.Pace, mailbox string) error {
	sum := sha256.Sum256([]byte(strings.ToLower(mailbox)))
	wait, err := line.Turn(ctx, "mail/"+hex.EncodeToString(sum[:8]), mailLimits, mailPatience)
	if err != nil {
		return err
	}
	if wait > mailPatience {
		return mailbox30{wait}
	}
	return pause(ctx, wait)
}

// mailPatience is how long a mail waits for its turn before its job comes back later.
const mailPatience = 5 * time.Second

// mailbox30 is a mailbox that has sent as many mails as it may.
type mailbox30 struct{ wait time.Duration }

func (m mailbox30) Error() string {
	return fmt.Sprintf("the mailbox has sent as many mails as it may; the next goes in %s", m.wait)
}
func (m mailbox30) RetryAfter() time.Duration { return m.wait }

// options are what the letter says beside the message: clocks, links, and the thread of its
// session.
func (l letters) options(ctx context.Context, to roster.Person, m prompt.Message) mail.Options {
	p := l.app.crew.Programmes[l.programme.ID]
	o := mail.Options{
		From: mail.Address{Name: l.programme.Name, Mail: l.programme.Mailbox}, To: mail.Address{Name: to.Name, Mail: to.Mail},
		MessageID: graph.MessageID(m.Key, l.programme.Mailbox), Date: l.app.crew.Clock.Now(), Zone: l.app.crew.ClockOf(p, to),
		Link: l.link, Offered: func(a prompt.Action) bool { return slices.Contains(web.LowPower, a.Verb) }, Programme: l.programme.Name,
		Unsubscribe: l.app.linkTo(prompt.Action{Verb: prompt.Pause, Ref: prompt.Programme{ID: l.programme.ID}.Ref()}, m),
	}
	if id := sessionOf(m.Key); id != "" {
		o.Thread = graph.MessageID("session/"+id, l.programme.Mailbox)
		if scene, err := l.app.crew.Scene(ctx, id); err == nil {
			for _, other := range scene.Partners {
				if other.ID != to.ID {
					o.Others = append(o.Others, mail.Local{Name: other.Name, Zone: l.app.crew.ClockOf(p, other)})
				}
			}
		}
	}
	return o
}

// sessionOf is the session a message's key names, "prepare-0/<session>/<person>"; "" for none.
func sessionOf(key string) string {
	parts := strings.Split(key, "/")
	if len(parts) != 3 {
		return ""
	}
	if programme, _ := session.RoundOf(parts[1]); programme == "" {
		return ""
	}
	return parts[1]
}

// link is the page where a message is answered, "" when it asks nothing that a link may carry.
func (l letters) link(m prompt.Message) string {
	for _, a := range m.Actions {
		if a.URL == "" {
			return l.app.linkTo(a, m)
		}
	}
	return ""
}

// linkTo is the address of the page behind a button for the person of a message.
func (a *app) linkTo(act prompt.Action, m prompt.Message) string {
	token, err := a.links.Sign(web.Claim{Person: m.To, Verb: act.Verb, Ref: act.Ref, Version: act.Version, Card: m.Key,
		Until: a.crew.Clock.Now().Add(web.LinkLives)})
	if err != nil {
		return ""
	}
	return a.cfg.Web.PublicURL + "/a/" + token
}

// openPages makes the pages behind links, where people can reach them.
func (a *app) openPages() error {
	keys := signingKeys(a.cfg)
	if a.cfg.Web.PublicURL == "" || len(keys) == 0 {
		return nil
	}
	var signing []web.Key
	for _, key := range keys {
		print := sha256.Sum256(key)
		signing = append(signing, web.Key{ID: hex.EncodeToString(print[:4]), Secret: derived(key, "links")})
	}
	var err error
	a.links, err = web.NewLinks(a.cfg.Tenant.ID, signing...)
	return err
}

// people are the routes of the pages that people see.
func (a *app) people() map[string]http.Handler {
	if a.links == nil {
		return map[string]http.Handler{}
	}
	return a.forms().Routes()
}

// forms are what all pages are made with.
func (a *app) forms() web.Pages {
	return web.Pages{Links: a.links, Desk: jobs.Desk{Crew: a.crew}, Library: func() playbooks.Library { return a.crew.Editor.Base }, Zone: a.crew.ZoneOf,
		Now: a.crew.Clock.Now, Log: a.crew.Log, Within: true}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
