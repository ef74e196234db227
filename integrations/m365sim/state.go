package m365sim

import (
	"net/http"
	"time"
)

// The state is what one sees when sitting down at somebody's desk. All times are UTC.

// PersonLine is a person in the list of all.
type PersonLine struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Mail   string `json:"mail"`
	Zone   string `json:"zone"` // IANA
	Title  string `json:"title"`
	Cards  int    `json:"cards"`
	Unread int    `json:"unread"` // messages of the bot since the person last did something
}

// Desk is everything one person sees.
type Desk struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Calendar []EventView `json:"calendar"` // three weeks back, six ahead
	Chat     []ChatView  `json:"chat"`
	Mail     []MailView  `json:"mail"`
}

// EventView is a meeting in a person's calendar.
type EventView struct {
	ID        string         `json:"id"`
	Subject   string         `json:"subject"`
	Start     time.Time      `json:"start"`
	End       time.Time      `json:"end"`
	Status    string         `json:"status"` // free, tentative, busy, oof, workingElsewhere
	Ours      bool           `json:"ours"`   // booked by the service mailbox
	Organizer string         `json:"organizer"`
	Response  string         `json:"response"` // organizer, none, accepted, declined, tentativelyAccepted
	Join      string         `json:"join"`
	Body      string         `json:"body"`
	Attendees []AttendeeView `json:"attendees"`
	Cancelled bool           `json:"cancelled"`
	Key       string         `json:"key,omitempty"` // extended property
}

// AttendeeView is a guest of a meeting and what they answered.
type AttendeeView struct {
	ID       string `json:"id"` // "" for people outside
	Name     string `json:"name"`
	Response string `json:"response"`
}

// ChatView is one message of the chat with the bot.
type ChatView struct {
	ID      string         `json:"id"`
	At      time.Time      `json:"at"`
	From    string         `json:"from"` // bot, me
	Text    string         `json:"text"`
	Card    map[string]any `json:"card"` // adaptive card, null when there is none
	Updated bool           `json:"updated"`
}

// MailView is one received mail.
type MailView struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	From    string    `json:"from"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`           // the plain text beside the HTML, else the HTML without its markup
	HTML    string    `json:"html,omitempty"` // as it was sent
	Event   string    `json:"event"`          // of the person's calendar, for invites

	Headers map[string]string `json:"headers,omitempty"` // decoded, by canonical name
}

// People lists everybody of the directory who has a mailbox of their own or a chat.
func (t *Tenant) People() []PersonLine {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines()
}

func (t *Tenant) lines() []PersonLine {
	out := []PersonLine{}
	for _, p := range t.people {
		if p.Purpose != "user" || p.NoMailbox || p.Disabled {
			continue
		}
		l := PersonLine{ID: p.ID, Name: p.Name, Mail: p.Mail, Zone: p.Zone.String(), Title: p.Title}
		if p.chat != nil {
			for i, m := range p.chat.Messages {
				if m.Card != nil {
					l.Cards++
				}
				if m.FromBot && !m.Deleted && i >= p.chat.seen {
					l.Unread++
				}
			}
		}
		out = append(out, l)
	}
	return out
}

// Desk answers what a person sees; false when there is no such person.
func (t *Tenant) Desk(id string) (Desk, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.byID[id]
	if p == nil {
		return Desk{}, false
	}
	return t.desk(p), true
}

func (t *Tenant) desk(p *person) Desk {
	d := Desk{ID: p.ID, Name: p.Name, Calendar: []EventView{}, Chat: []ChatView{}, Mail: []MailView{}}
	now := t.now()
	for _, e := range p.in(span{now.Add(-3 * week), now.Add(6 * week)}) {
		d.Calendar = append(d.Calendar, t.eventView(p, e))
	}
	if p.chat != nil {
		for _, m := range p.chat.Messages {
			if m.Deleted {
				continue
			}
			v := ChatView{ID: m.ID, At: m.At, From: "me", Text: m.Text, Updated: m.Updated}
			if m.FromBot {
				v.From = "bot"
			}
			if m.Card != nil {
				v.Card = clone(m.Card)
			}
			d.Chat = append(d.Chat, v)
		}
	}
	for _, m := range p.mailbox.mails {
		if m.Draft || m.Sent {
			continue
		}
		v := MailView{ID: m.ID, At: m.At, From: m.From, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Event: m.Event, Headers: m.Headers}
		if v.Text == "" {
			v.Text = plain(m.Body)
		}
		d.Mail = append(d.Mail, v)
	}
	return d
}

func (t *Tenant) eventView(p *person, e *event) EventView {
	m := e.Of
	v := EventView{ID: e.ID, Subject: m.Subject, Start: m.Start, End: m.End, Status: or(e.status(p), "free"), Ours: m.Organizer == t.service,
		Organizer: m.Organizer.Name, Response: e.response(p), Join: m.Join, Body: m.Body, Attendees: []AttendeeView{}, Cancelled: m.Cancelled, Key: m.key()}
	for _, a := range m.Attendees {
		g := AttendeeView{Name: a.Name, Response: a.Response}
		if a.Person != nil {
			g.ID = a.Person.ID
		}
		v.Attendees = append(v.Attendees, g)
	}
	return v
}

// serveState answers everybody in a line, and on request one desk or all of them.
func (t *Tenant) serveState(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := object{"now": t.now().Format(time.RFC3339), "people": t.lines()}
	if id := r.URL.Query().Get("person"); id != "" {
		p := t.byID[id]
		if p == nil {
			send(w, simError(http.StatusNotFound, "there is no such person"))
			return
		}
		out["person"] = t.desk(p)
	}
	if r.URL.Query().Get("all") == "1" {
		var all []Desk
		for _, p := range t.people {
			all = append(all, t.desk(p))
		}
		out["persons"] = all
	}
	send(w, ok(out))
}
