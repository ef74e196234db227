package m365sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const maxAttendees = 500

// eventBody is what a caller may say about an event; a nil field was not said.
type eventBody struct {
	Subject                       *string
	Body                          *struct{ ContentType, Content string }
	Start, End                    *stamp
	Attendees                     *[]attendeeBody
	Location                      *struct{ DisplayName string }
	ShowAs                        *string
	IsOnlineMeeting               *bool
	OnlineMeetingProvider         *string
	AllowNewTimeProposals         *bool
	HideAttendees                 *bool
	TransactionID                 *string
	SingleValueExtendedProperties []property
}

type attendeeBody struct {
	Type         string
	EmailAddress struct{ Name, Address string }
}

// mailboxEvent finds the mailbox and, when the route names one, the event; the reply is the
// error to give when something is missing.
func (t *Tenant) mailboxEvent(c *call) (*person, *event, *reply) {
	p := t.person(c.args[0])
	if p == nil || p.NoMailbox {
		out := noUser()
		return nil, nil, &out
	}
	if len(c.args) == 1 {
		return p, nil, nil
	}
	e := p.mailbox.byID[c.args[1]] // ids are case-sensitive
	if e == nil || e.Deleted {
		out := noItem()
		return nil, nil, &out
	}
	return p, e, nil
}

func noItem() reply {
	return graphError(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
}

// createEvent makes an event and sends its invites, once per transactionId.
func (t *Tenant) createEvent(c *call) reply {
	p, _, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	var in eventBody
	if !c.decode(&in) {
		return graphError(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	}
	if in.TransactionID != nil {
		if first := p.mailbox.spent[*in.TransactionID]; first != nil {
			return t.duplicate(*in.TransactionID, first)
		}
	}
	m := &meeting{Organizer: p, UID: fmt.Sprintf("%s/%d", p.ID, t.serial()), Created: t.now(), Props: in.SingleValueExtendedProperties}
	if in.Start == nil || in.End == nil {
		return graphError(http.StatusBadRequest, "ErrorPropertyValidationFailure", "At least one property failed validation: Start and End are required.")
	}
	if in.TransactionID != nil {
		m.Transaction = *in.TransactionID
		m.UID = p.ID + "/" + m.Transaction
	}
	m.Online = in.IsOnlineMeeting != nil && *in.IsOnlineMeeting
	if m.Online {
		m.Join = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_" + t.digest("join", m.UID)[:32] + "%40thread.v2/0"
	}
	if wrong := t.apply(m, in, c); wrong != nil {
		return *wrong
	}
	if in.Body == nil {
		m.BodyType, m.Body = "html", t.blob(m)
	}
	e := t.put(p, m, true)
	if m.Transaction != "" {
		p.mailbox.spent[m.Transaction] = e
	}
	for _, a := range m.Attendees {
		t.invite(a, m)
	}
	t.write(Entry{What: "event.created", Key: m.key(), Transaction: m.Transaction, ID: e.ID, To: m.to(), Summary: m.Subject})
	return t.showEvent(c, p, e, http.StatusCreated)
}

// duplicate refuses a second event for a transactionId: 409 or 400, with or without the id
// of the first one, as seen in the wild; which one depends on the seed.
func (t *Tenant) duplicate(transaction string, first *event) reply {
	dice := t.dice("duplicate", transaction)
	out := graphError([]int{http.StatusConflict, http.StatusBadRequest}[dice.IntN(2)], "ErrorDuplicateTransactionId",
		"Your request can't be completed. The TransactionId has been used before to create an event.")
	if dice.IntN(2) == 0 {
		out.body.(object)["error"].(object)["@event.existingEventId"] = first.ID
	}
	return out
}

// blob is the part of an online meeting's body that keeps its link alive.
func (t *Tenant) blob(m *meeting) string {
	if m.Join == "" {
		return ""
	}
	return `<div id="meeting-blob"><a href="` + m.Join + `">Join the meeting now</a></div>`
}

// apply puts what was said into the meeting; the reply is the error to give, and then
// nothing has changed.
func (t *Tenant) apply(m *meeting, in eventBody, c *call) *reply {
	bad := func(code, text string) *reply {
		out := graphError(http.StatusBadRequest, code, text)
		return &out
	}
	start, end := m.Start, m.End
	for _, s := range []struct {
		said *stamp
		into *time.Time
	}{{in.Start, &start}, {in.End, &end}} {
		if s.said == nil {
			continue
		}
		at, err := s.said.time()
		if err != nil {
			out := badZone()
			return &out
		}
		*s.into = at
	}
	if !end.After(start) {
		return bad("ErrorCalendarEndDateIsEarlierThanStartDate", "The end of the event must be later than its start.")
	}
	if in.Attendees != nil && len(*in.Attendees) > maxAttendees {
		return bad("ErrorTooManyRecipients", "An event can have at most 500 attendees.")
	}
	if _, known := c.zone(); !known {
		out := badZone()
		return &out
	}
	m.Start, m.End = start, end
	setIf(&m.Subject, in.Subject)
	setIf(&m.ShowAs, in.ShowAs)
	if in.Body != nil {
		t.setBody(m, in.Body.ContentType, in.Body.Content)
	}
	if in.Location != nil {
		m.Place = in.Location.DisplayName
	}
	if in.AllowNewTimeProposals != nil {
		m.NoProposals = !*in.AllowNewTimeProposals
	}
	setIf(&m.HideOthers, in.HideAttendees)
	if in.Attendees != nil {
		t.setAttendees(m, *in.Attendees)
	}
	return nil
}

// setBody changes the body. A new online meeting gets its link appended; a later body that
// lost the link loses the meeting too, as it does in the real service.
func (t *Tenant) setBody(m *meeting, kind, content string) {
	fresh := m.Body == ""
	m.BodyType, m.Body = strings.ToLower(or(kind, "text")), content
	switch {
	case m.Join == "":
	case fresh:
		m.BodyType, m.Body = "html", content+t.blob(m)
	case !strings.Contains(content, m.Join):
		m.Join = ""
	}
}

func (t *Tenant) setAttendees(m *meeting, said []attendeeBody) {
	var next []*attendee
	for _, a := range said {
		var old *attendee
		for _, o := range m.Attendees {
			if strings.EqualFold(o.Mail, a.EmailAddress.Address) {
				old = o
			}
		}
		if old == nil {
			old = &attendee{Mail: a.EmailAddress.Address, Response: "none", Person: t.byMail[strings.ToLower(a.EmailAddress.Address)]}
		}
		old.Name, old.Type = or(a.EmailAddress.Name, old.Mail), or(a.Type, "required")
		next = append(next, old)
	}
	m.Attendees = next
}

func setIf[T any](into *T, said *T) {
	if said != nil {
		*into = *said
	}
}

// patchEvent changes an event. A new time resets every answer and invites again; new
// attendees are invited, removed ones told; the same values again change nothing.
func (t *Tenant) patchEvent(c *call) reply {
	p, e, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	if !e.Mine {
		return graphError(http.StatusForbidden, "ErrorAccessDenied", "Only the organizer can change a meeting.")
	}
	var in eventBody
	if !c.decode(&in) {
		return graphError(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	}
	m := e.Of
	before, guests := *m, append([]*attendee(nil), m.Attendees...)
	if wrong := t.apply(m, in, c); wrong != nil {
		return *wrong
	}
	moved := !m.Start.Equal(before.Start) || !m.End.Equal(before.End)
	for _, a := range guests {
		if m.guest(a.Mail) == nil {
			t.uninvite(a, m, "You were removed from the meeting.")
			t.dropCopy(a, m)
		}
	}
	if moved {
		m.Version++
	}
	for _, a := range m.Attendees {
		if moved || before.guest(a.Mail) == nil {
			t.invite(a, m)
		}
	}
	what := "event.updated"
	if moved {
		what = "event.moved"
	}
	if moved || m.Subject != before.Subject || m.Body != before.Body || len(m.Attendees) != len(guests) {
		t.touch(p, e, "updated")
		t.write(Entry{What: what, Key: m.key(), Transaction: m.Transaction, ID: e.ID, To: m.to(), Summary: m.Subject})
	}
	return t.showEvent(c, p, e, http.StatusOK)
}

func (m *meeting) guest(mail string) *attendee {
	for _, a := range m.Attendees {
		if strings.EqualFold(a.Mail, mail) {
			return a
		}
	}
	return nil
}

func (t *Tenant) dropCopy(a *attendee, m *meeting) {
	if a.Person == nil {
		return
	}
	if e := a.Person.copyOf(m); e != nil {
		e.Deleted = true
		t.touch(a.Person, e, "deleted")
	}
}

func (t *Tenant) getEvent(c *call) reply {
	p, e, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	return t.showEvent(c, p, e, http.StatusOK)
}

func (t *Tenant) deleteEvent(c *call) reply {
	p, e, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	if e.Mine {
		t.cancelMeeting(p, e, "")
	} else {
		e.Deleted = true
		t.touch(p, e, "deleted")
	}
	return reply{status: http.StatusNoContent}
}

func (t *Tenant) cancelEvent(c *call) reply {
	p, e, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	if !e.Mine {
		return graphError(http.StatusBadRequest, "ErrorInvalidRequest", "Your request can't be completed. You need to be an organizer to cancel a meeting.")
	}
	var in struct{ Comment string }
	if len(c.body) > 0 && json.Unmarshal(c.body, &in) != nil {
		return graphError(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	}
	t.cancelMeeting(p, e, in.Comment)
	return reply{status: http.StatusAccepted}
}

// answerEvent is accept, decline and tentativelyAccept.
func (t *Tenant) answerEvent(c *call) reply {
	p, e, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	var in struct{ ProposedNewTime *struct{ Start, End stamp } }
	if len(c.body) > 0 && json.Unmarshal(c.body, &in) != nil {
		return graphError(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	}
	path := c.r.URL.Path
	verb := strings.ToLower(path[strings.LastIndex(path, "/")+1:])
	response := map[string]string{"accept": "accepted", "decline": "declined", "tentativelyaccept": "tentativelyAccepted"}[verb]
	var proposed *span
	if in.ProposedNewTime != nil {
		start, err := in.ProposedNewTime.Start.time()
		end, err2 := in.ProposedNewTime.End.time()
		if err != nil || err2 != nil || verb == "accept" {
			return badZone()
		}
		proposed = &span{start, end}
	}
	if err := t.respond(p, e.Of, response, proposed); err != nil {
		return graphError(http.StatusBadRequest, "ErrorInvalidRequest", "Your request can't be completed: "+err.Error()+".")
	}
	return reply{status: http.StatusAccepted}
}
