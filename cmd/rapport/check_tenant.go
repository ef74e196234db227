package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/teams"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// tenant looks at everything in Microsoft 365.
func (e *examiner) tenant(ctx context.Context) {
	e.bot(ctx)
	if !e.roles(ctx) {
		return // nothing else would say anything new
	}
	var person *roster.Person
	for _, p := range e.app.cfg.Programmes {
		if found := e.group(ctx, p); found != nil {
			person = found
		}
	}
	e.person(ctx, person)
	done := map[string]bool{}
	for _, p := range e.app.cfg.Programmes {
		if !done[p.Mailbox] {
			done[p.Mailbox] = true
			e.calendar(ctx, p)
			e.mail(ctx, p, person)
		}
	}
	e.card(ctx, person)
}

// bot signs the bot in.
func (e *examiner) bot(ctx context.Context) {
	if err := e.app.crew.Messenger.(*teams.Client).SignIn(ctx); err != nil {
		e.trouble("bot", err, "make a new secret for the app "+e.app.cfg.Bot.AppID+", or correct bot.app_id and tenant.id (bots of one tenant sign in there)")
		return
	}
	e.say(fine, "bot", "app id and secret are accepted", "")
}

// group reads a programme's group and answers the person who was named, if they are in it.
func (e *examiner) group(ctx context.Context, p config.Programme) *roster.Person {
	topic := "group of " + p.ID
	all, err := e.app.graph.Directory().Members(ctx, p.Group)
	if err != nil {
		e.trouble(topic, err, "")
		return nil
	}
	people, out := roster.Admit(all, p.Mailbox)
	unread := map[string]int{}
	for _, o := range out {
		if o.Reason == roster.Unreadable {
			unread[o.Problem]++
		}
	}
	e.say(fine, topic, fmt.Sprintf("%d members, %d of whom can take part", len(all), len(people)), "")
	if len(people) == 0 {
		e.say(fail, topic, "nobody in it can take part", "see that it holds employees with mailboxes, and that the app may read their mailbox settings")
	}
	for problem, n := range unread {
		e.say(warn, topic, fmt.Sprintf("the mailboxes of %d cannot be read (%s)", n, problem), "see that the app's mailbox scope covers them, and that they have mailboxes in Exchange Online")
	}
	if i := slices.IndexFunc(people, func(one roster.Person) bool { return e.o.person != "" && strings.EqualFold(one.Mail, e.o.person) }); i >= 0 {
		return &people[i]
	}
	return nil
}

// person reads the calendar and the working hours of the person who was named.
func (e *examiner) person(ctx context.Context, who *roster.Person) {
	const topic = "free/busy"
	switch {
	case e.o.person == "":
		e.say(left, topic, "nobody was named to be read", "name somebody who agreed: --person MAIL")
		return
	case who == nil:
		e.say(fail, topic, "whom --person names is in no programme's group", "name somebody from a group")
		return
	}
	from := e.now.UTC().Truncate(time.Hour)
	read, err := e.app.crew.Programmes[e.app.cfg.Programmes[0].ID].FreeBusy.Busy(ctx, []string{who.Mail}, slots.Window{Start: from, End: from.Add(7 * 24 * time.Hour)})
	if err != nil {
		e.trouble(topic, err, "")
		return
	}
	got := read[who.Mail]
	if got.Problem != "" {
		e.say(fail, topic, "the calendar cannot be read ("+got.Problem+")", "see that the mailbox is in Exchange Online and in the app's scope")
		return
	}
	e.say(fine, topic, fmt.Sprintf("%d busy times in the next seven days", len(got.Events)), "")
	hours := who.Hours
	if len(hours.Days) == 0 && got.Hours != nil {
		hours = *got.Hours
	}
	if len(hours.Days) == 0 {
		e.say(warn, "working hours", "the mailbox states none; rapport assumes nine to five on weekdays", "set them in Outlook, and see that the app has MailboxSettings.Read")
		return
	}
	e.say(fine, "working hours", fmt.Sprintf("%s to %s on %d days", hours.Start, hours.End, len(hours.Days)), "")
}

// trialAhead is how far away the trial event is: nobody looks there.
const trialAhead = 300 * 24 * time.Hour

// calendar writes an event into the service mailbox, finds it and deletes it.
func (e *examiner) calendar(ctx context.Context, p config.Programme) {
	topic, c := "calendar of "+p.ID, e.app.graph.Calendar(p.Mailbox)
	at := e.now.UTC().Add(trialAhead).Truncate(time.Hour)
	key := "check/" + rand.Text()
	event, err := c.Book(ctx, session.Booking{Key: key, Title: "rapport check", Agenda: "Deleted again at once.", When: slots.Window{Start: at, End: at.Add(15 * time.Minute)}})
	if err != nil {
		e.trouble(topic, err, "")
		return
	}
	_, found, err := c.Find(ctx, key)
	removed := c.Remove(ctx, event.ID)
	switch {
	case err != nil:
		e.trouble(topic, err, "")
	case removed != nil:
		e.trouble(topic, removed, `delete the event "rapport check" by hand`)
	case !found:
		e.say(warn, topic, "what was written cannot be found by its key yet", "check again in a minute: rapport settles doubts by this")
	default:
		e.say(fine, topic, "an event was written, found and deleted", "")
	}
	if err == nil && event.Join == "" {
		e.say(warn, topic, "the event has no Teams link", "give the service mailbox a licence with Teams, or people will have to bring their own link")
	}
}

// mail writes a draft into the service mailbox, finds it, and sends or deletes it.
func (e *examiner) mail(ctx context.Context, p config.Programme, to *roster.Person) {
	topic, m := "mail of "+p.ID, e.app.graph.Mail(p.Mailbox)
	addressee := roster.Person{Mail: p.Mailbox}
	if to != nil {
		addressee = *to
	}
	message := trial("check/" + rand.Text())
	id, err := m.Draft(ctx, addressee, message)
	if err != nil {
		e.trouble(topic, err, "")
		return
	}
	_, _, found, err := m.Find(ctx, message.Key)
	if err == nil && !found {
		e.say(warn, topic, "what was written cannot be found by its key yet", "check again in a minute: rapport settles doubts by this")
	}
	if e.o.send && to != nil && err == nil {
		e.sent(topic, m.Post(ctx, id), "a mail was written and sent")
		return
	}
	if removed := m.Remove(ctx, id); err == nil {
		err = removed
	}
	e.sent(topic, err, "a draft was written, found and deleted; sending was not tried")
}

func (e *examiner) sent(topic string, err error, says string) {
	if err != nil {
		e.trouble(topic, err, "")
		return
	}
	e.say(fine, topic, says, "")
}

// card shows the named person a card.
func (e *examiner) card(ctx context.Context, to *roster.Person) {
	const topic = "card"
	if !e.o.send || to == nil {
		e.say(left, topic, "no card was sent", "let somebody who agreed get one: --person MAIL --send")
		return
	}
	message := trial("check/" + rand.Text())
	message.To = to.ID
	_, err := e.app.crew.Messenger.Send(ctx, message)
	if err != nil {
		e.trouble(topic, err, "see that the Teams app is in the catalogue, and that an app policy or bot.install brings it to this person")
		return
	}
	e.say(fine, topic, "a card was sent", "")
	if !bool(e.app.cfg.Bot.ReadBack) {
		return
	}
	if _, found, err := e.app.crew.Messenger.Find(ctx, to.ID, message.Key); err != nil {
		e.say(warn, "reading back", err.Error(), "grant Chat.Read.WhereInstalled, or set bot.read_back: off")
	} else if !found {
		e.say(warn, "reading back", "the card cannot be found in the chat yet", "check again; if it stays so, set bot.read_back: off")
	} else {
		e.say(fine, "reading back", "the card was found in the chat", "")
	}
}

// trial is what the person who agreed gets to see.
func trial(key string) prompt.Message {
	return prompt.Message{Key: key, Kind: "reply", Lang: prompt.Fallback, Title: "rapport check", Summary: "rapport check",
		Blocks: []prompt.Block{{Text: "An administrator tries whether messages arrive. There is nothing to do."}}}
}

// public asks our own pages by their public address.
func (e *examiner) public(ctx context.Context) {
	const topic = "public address"
	base := e.app.cfg.Web.PublicURL
	if base == "" {
		e.say(warn, topic, "there is none: mails carry no links, calendars are only polled, Teams cannot deliver answers",
			"set web.public_url to the https address under which Microsoft 365 reaches these pages")
		return
	}
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path string) int {
		req, err := http.NewRequestWithContext(ctx, method, base+path, nil)
		if err != nil {
			return 0
		}
		answer, err := client.Do(req)
		if err != nil {
			return 0
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	switch status := ask(http.MethodGet, "/healthz"); status {
	case http.StatusOK:
		e.say(fine, topic, "answers, seen from here; whether it does from Microsoft's side only a card shows", "")
	case 0:
		e.say(fail, topic, "does not answer, seen from here", `start "rapport run", and look at DNS, certificate, ingress and firewall`)
		return
	default:
		e.say(fail, topic, fmt.Sprintf("answers %d: something else is there", status), "let the ingress pass all paths to rapport's web part")
		return
	}
	if status := ask(http.MethodPost, "/api/messages"); status != http.StatusUnauthorized && status != http.StatusForbidden {
		e.say(fail, "messaging endpoint", fmt.Sprintf("answers %d to a stranger, not 401", status), "let the ingress pass POST /api/messages, with its Authorization header, to rapport")
	} else {
		e.say(fine, "messaging endpoint", "turns strangers away; enter "+base+"/api/messages in the Azure Bot", "")
	}
	if ask(http.MethodGet, "/metrics") == http.StatusOK && !onThisMachine(base) {
		e.say(warn, "metrics", "can be read under the public address", "do not pass /metrics at the ingress")
	}
}

// onThisMachine says whether an address is this very machine.
func onThisMachine(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}
