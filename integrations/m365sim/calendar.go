package m365sim

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// meeting is what organizer and attendees share; each of them has an event of their own.
type meeting struct {
	Subject, Body, BodyType string
	Start, End              time.Time
	ShowAs, Place           string
	Organizer               *person
	Attendees               []*attendee
	Online                  bool
	Join                    string // "" when there is no link (or a careless body killed it)
	Cancelled, AllDay       bool
	Series                  bool
	NoProposals, HideOthers bool
	Transaction             string
	Props                   []property
	UID                     string
	Created, Modified       time.Time
	Version                 int // goes up when the meeting moves
}

// property is a singleValueLegacyExtendedProperty.
type property struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// attendee is a guest of a meeting; Person is nil for addresses outside the tenant.
type attendee struct {
	Name, Mail, Type string
	Person           *person
	Response         string // none, accepted, declined, tentativelyAccepted
	At               time.Time
	Proposed         *span
}

// span is a half-open stretch of time, UTC.
type span struct{ Start, End time.Time }

func (s span) overlaps(o span) bool { return s.Start.Before(o.End) && o.Start.Before(s.End) }

// event is one mailbox's copy of a meeting.
type event struct {
	ID      string
	Of      *meeting
	Mine    bool // the mailbox is the organizer
	Changed int  // the mailbox's change number of the latest change
	Deleted bool
}

// mailbox is one calendar, its mails and what changed in it.
type mailbox struct {
	owner    *person
	events   []*event
	byID     map[string]*event
	spent    map[string]*event // by transactionId, for ever
	mails    []*mail
	sent     []time.Time // wall, the latest minute
	calls    []Call
	changeNo int
}

func newMailbox(p *person) mailbox {
	return mailbox{owner: p, byID: map[string]*event{}, spent: map[string]*event{}}
}

// put adds the meeting to the mailbox.
func (t *Tenant) put(p *person, m *meeting, mine bool) *event {
	e := &event{ID: "AAkALg" + t.digest("event", p.ID, m.UID)[:40] + "=", Of: m, Mine: mine}
	p.mailbox.events = append(p.mailbox.events, e)
	p.mailbox.byID[e.ID] = e
	t.touch(p, e, "created")
	return e
}

// touch marks the event as changed, for delta and for subscriptions.
func (t *Tenant) touch(p *person, e *event, how string) {
	p.mailbox.changeNo++
	e.Changed = p.mailbox.changeNo
	e.Of.Modified = t.now()
	t.announce(p, e, how)
}

// copyOf finds p's own event of the meeting, deleted ones not.
func (p *person) copyOf(m *meeting) *event {
	for _, e := range slices.Backward(p.mailbox.events) {
		if e.Of == m && !e.Deleted {
			return e
		}
	}
	return nil
}

// response answers what the owner of the event said to it.
func (e *event) response(p *person) string {
	if e.Mine {
		return "organizer"
	}
	if a := e.Of.attendee(p); a != nil {
		return a.Response
	}
	return "none"
}

func (m *meeting) attendee(p *person) *attendee {
	for _, a := range m.Attendees {
		if a.Person == p {
			return a
		}
	}
	return nil
}

func (m *meeting) span() span { return span{m.Start, m.End} }

// status answers how the event makes its owner look in free/busy; "" = it does not show.
func (e *event) status(p *person) string {
	m := e.Of
	if e.Deleted || m.Cancelled {
		return ""
	}
	if e.Mine {
		return or(m.ShowAs, "busy")
	}
	switch e.response(p) {
	case "declined":
		return ""
	case "accepted":
		return or(m.ShowAs, "busy")
	}
	return "tentative"
}

// in lists the events of the mailbox that touch the window, in order of start; deleted and
// declined ones not.
func (p *person) in(w span) []*event {
	var out []*event
	for _, e := range p.mailbox.events {
		if !e.Deleted && e.Of.span().overlaps(w) && (e.Mine || e.response(p) != "declined") {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b *event) int {
		if c := a.Of.Start.Compare(b.Of.Start); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// freeAt tells whether p has nothing solid in the stretch, apart from the meeting itself.
func (p *person) freeAt(w span, except *meeting) bool {
	for _, e := range p.mailbox.events {
		if e.Of == except || !e.Of.span().overlaps(w) {
			continue
		}
		if s := e.status(p); s == "busy" || s == "oof" {
			return false
		}
	}
	return true
}

// invite puts the meeting into an attendee's calendar and tells them by mail.
func (t *Tenant) invite(a *attendee, m *meeting) {
	a.Response, a.At, a.Proposed = "none", time.Time{}, nil
	p := a.Person
	if p == nil || p.NoMailbox {
		return
	}
	e := p.copyOf(m)
	if e == nil {
		e = t.put(p, m, false)
		t.deliver(p, &mail{From: m.Organizer.Mail, Subject: m.Subject, Body: m.Body, Event: e.ID})
	} else {
		t.touch(p, e, "updated")
		t.deliver(p, &mail{From: m.Organizer.Mail, Subject: "Updated: " + m.Subject, Body: m.Body, Event: e.ID})
	}
	t.inviteArrived(p, m)
}

// uninvite tells an attendee that the meeting is off (for them).
func (t *Tenant) uninvite(a *attendee, m *meeting, why string) {
	if a.Person == nil || a.Person.NoMailbox {
		return
	}
	if e := a.Person.copyOf(m); e != nil {
		t.touch(a.Person, e, "updated")
		t.deliver(a.Person, &mail{From: m.Organizer.Mail, Subject: "Canceled: " + m.Subject, Body: html.EscapeString(why), Event: e.ID})
	}
}

// respond records an attendee's answer; the organizer's copy changes with it.
func (t *Tenant) respond(p *person, m *meeting, response string, proposed *span) error {
	a := m.attendee(p)
	switch {
	case a == nil:
		return fmt.Errorf("this person was not invited")
	case m.Cancelled:
		return fmt.Errorf("the meeting was called off")
	case proposed != nil && m.NoProposals:
		return fmt.Errorf("the organizer does not take proposals for a new time")
	}
	a.Response, a.At, a.Proposed = response, t.now(), proposed
	if e := p.copyOf(m); e != nil {
		t.touch(p, e, "updated")
	}
	if o := m.Organizer.copyOf(m); o != nil {
		t.touch(m.Organizer, o, "updated")
	}
	word := map[string]string{"accepted": "Accepted: ", "declined": "Declined: ", "tentativelyAccepted": "Tentative: "}[response]
	if proposed != nil {
		word = "New time proposed: "
	}
	t.deliver(m.Organizer, &mail{From: p.Mail, Subject: word + m.Subject})
	return nil
}

// cancelMeeting takes the meeting out of the organizer's calendar and tells everybody.
func (t *Tenant) cancelMeeting(p *person, e *event, why string) {
	e.Deleted, e.Of.Cancelled = true, true
	t.touch(p, e, "deleted")
	for _, a := range e.Of.Attendees {
		t.uninvite(a, e.Of, why)
	}
	t.write(Entry{What: "event.cancelled", Key: e.Of.key(), Transaction: e.Of.Transaction, ID: e.ID, To: e.Of.to(), Summary: e.Of.Subject})
}

// key answers the value of the first extended property: the promise the meeting keeps.
func (m *meeting) key() string { return keyOf(m.Props) }

func keyOf(props []property) string {
	if len(props) == 0 {
		return ""
	}
	return props[0].Value
}

// to lists the Entra ids of the attendees who are people of the tenant.
func (m *meeting) to() []string {
	out := []string{}
	for _, a := range m.Attendees {
		if a.Person != nil {
			out = append(out, a.Person.ID)
		}
	}
	return out
}
