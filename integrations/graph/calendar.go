package graph

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// Calendar books meetings on the service mailbox's primary calendar.
type Calendar struct {
	c       *Client
	mailbox string
}

// booked names the property under which events and mails carry the key of the promise they
// keep, so that one can ask the mailbox whether it was kept.
const booked = "String {6b1d5c1e-8f0a-4c55-9a53-2f7e0f6c7a10} Name RapportKey"

// keySpace is the name space of our transaction ids.
var keySpace = uuid.MustParse("6b1d5c1e-8f0a-4c55-9a53-2f7e0f6c7a10")

// TransactionID answers the id under which the service accepts a booking only once: the
// name-based UUID (version 5) of the key.
func TransactionID(key string) string { return uuid.NewSHA1(keySpace, []byte(key)).String() }

// withKey asks for what carries a key, and for the key itself. There is no $select beside
// it: services differ in whether the expansion survives one.
const withKey = "?$filter={filter}&$expand=singleValueExtendedProperties($filter=id%20eq%20'{property}')&$top=10"

// settleWait is how long an event that was just written may take to be found.
const settleWait = 5 * time.Second

// Book creates the event with a Teams meeting and sends the invites. The key makes it happen
// once: a repeat answers the first event, also when the service says in one of its several
// ways that the key was used before. An error with InDoubt true may have booked: ask Find.
//
// Needs Calendars.ReadWrite for the service mailbox.
func (b *Calendar) Book(ctx context.Context, k session.Booking) (session.Event, error) {
	q := b.call("book the meeting", abs.POST, "/events", nil)
	q.body = invite(k)
	got, err := b.c.fetch(ctx, q, models.CreateEventFromDiscriminatorValue)
	if e, ok := err.(*Error); ok && e.code == "ErrorDuplicateTransactionId" {
		return b.first(ctx, k.Key, e)
	}
	if err != nil {
		return session.Event{}, err
	}
	ev, ok := got.(models.Eventable)
	if !ok {
		return session.Event{}, unreadable(q)
	}
	return seen(q, ev)
}

// first reads back the event that a key was used for before.
func (b *Calendar) first(ctx context.Context, key string, refused *Error) (session.Event, error) {
	ev, found, err := b.Find(ctx, key)
	if err != nil || found {
		return ev, stillInDoubt(err)
	}
	if refused.existing != "" {
		q := b.call("read the booked meeting", abs.GET, "/events/{event}", map[string]string{"event": refused.existing})
		got, err := b.c.fetch(ctx, q, models.CreateEventFromDiscriminatorValue)
		if err != nil {
			return session.Event{}, stillInDoubt(err)
		}
		if ev, ok := got.(models.Eventable); ok {
			return seen(q, ev)
		}
	}
	return session.Event{}, &Error{op: refused.op, status: refused.status, code: refused.code, doubt: true, after: settleWait,
		advice: "booked before but not to be found yet: ask again"}
}

// stillInDoubt marks an error of reading back: that something was booked, we know.
func stillInDoubt(err error) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	out := *e
	out.doubt, out.permanent = true, false
	return &out
}

// Find looks the event up by its key. When several carry it (a copy made by hand), the one
// that still stands wins.
func (b *Calendar) Find(ctx context.Context, key string) (session.Event, bool, error) {
	q := b.call("find the meeting", abs.GET, "/events"+withKey, byKey(key))
	got, err := b.c.fetch(ctx, q, models.CreateEventCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return session.Event{}, false, err
	}
	page, ok := got.(models.EventCollectionResponseable)
	if !ok {
		return session.Event{}, false, unreadable(q)
	}
	var out session.Event
	found := false
	for _, ev := range page.GetValue() {
		if ev == nil || !carries(ev.GetSingleValueExtendedProperties(), key) || (found && !out.Gone) {
			continue
		}
		if out, err = seen(q, ev); err != nil {
			return session.Event{}, false, err
		}
		found = true
	}
	return out, found, nil
}

// Move gives the event a new time and touches nothing else, so that the Teams link lives.
// Attendees are asked again. An event that is gone is a permanent error.
func (b *Calendar) Move(ctx context.Context, event string, w slots.Window) error {
	q := b.call("move the meeting", abs.PATCH, "/events/{event}", map[string]string{"event": event})
	change := models.NewEvent()
	change.SetStart(stamp(w.Start))
	change.SetEnd(stamp(w.End))
	q.body = change
	_, err := b.c.raw(ctx, q)
	if gone(err) {
		return forGood(err, "the meeting is gone")
	}
	return err
}

// Cancel calls the meeting off and mails the comment to the attendees. An event that is
// gone, or called off already, is success.
func (b *Calendar) Cancel(ctx context.Context, event, comment string) error {
	q := b.call("cancel the meeting", abs.POST, "/events/{event}/cancel", map[string]string{"event": event})
	body, err := json.Marshal(map[string]string{"comment": comment})
	if err != nil {
		return unreadable(q)
	}
	q.json = body
	err = b.c.tell(ctx, q)
	switch {
	case err == nil, gone(err):
		return nil
	case status(err) != http.StatusBadRequest && status(err) != http.StatusConflict:
		return err
	}
	// The service has many words for "cancelled already"; the event itself has one.
	q = b.call("read the cancelled meeting", abs.GET, "/events/{event}?$select=id,isCancelled", map[string]string{"event": event})
	got, readErr := b.c.fetch(ctx, q, models.CreateEventFromDiscriminatorValue)
	ev, ok := got.(models.Eventable)
	if gone(readErr) || (readErr == nil && ok && yes(ev.GetIsCancelled())) {
		return nil
	}
	return err
}

// call starts a request about this mailbox.
func (b *Calendar) call(op string, method abs.HttpMethod, path string, vars map[string]string) call {
	return mailboxCall(b.mailbox, op, method, path, vars, "Calendars.ReadWrite")
}

// mailboxCall starts a request about a mailbox; path goes on after the mailbox.
func mailboxCall(mailbox, op string, method abs.HttpMethod, path string, vars map[string]string, needs string) call {
	all := map[string]string{"mailbox": mailbox}
	for k, v := range vars {
		all[k] = v
	}
	return call{op: op, method: method, path: "/users/{mailbox}" + path, vars: all, mailbox: mailbox, needs: needs}
}

// byKey fills withKey.
func byKey(key string) map[string]string {
	return map[string]string{"property": booked, "filter": "singleValueExtendedProperties/Any(ep: ep/id eq '" + booked +
		"' and ep/value eq '" + strings.ReplaceAll(key, "'", "''") + "')"}
}

// carries says whether the properties hold this key: the service's filter is not believed.
func carries(properties []models.SingleValueLegacyExtendedPropertyable, key string) bool {
	for _, p := range properties {
		if p != nil && strings.EqualFold(text(p.GetId()), booked) && text(p.GetValue()) == key {
			return true
		}
	}
	return false
}

// keyed is the property that carries the key.
func keyed(key string) []models.SingleValueLegacyExtendedPropertyable {
	p := models.NewSingleValueLegacyExtendedProperty()
	p.SetId(new(booked))
	p.SetValue(new(key))
	return []models.SingleValueLegacyExtendedPropertyable{p}
}

// invite builds the event.
func invite(k session.Booking) models.Eventable {
	ev := models.NewEvent()
	ev.SetSubject(new(k.Title))
	ev.SetBody(htmlBody(paragraphs(k.Agenda)))
	ev.SetStart(stamp(k.When.Start))
	ev.SetEnd(stamp(k.When.End))
	ev.SetTransactionId(new(TransactionID(k.Key)))
	ev.SetSingleValueExtendedProperties(keyed(k.Key))
	ev.SetIsOnlineMeeting(new(true))
	ev.SetOnlineMeetingProvider(new(models.TEAMSFORBUSINESS_ONLINEMEETINGPROVIDERTYPE))
	ev.SetAllowNewTimeProposals(new(true))
	var attendees []models.Attendeeable
	for _, p := range k.Attendees {
		a := models.NewAttendee()
		a.SetEmailAddress(mailAddress(p))
		a.SetTypeEscaped(new(models.REQUIRED_ATTENDEETYPE))
		attendees = append(attendees, a)
	}
	ev.SetAttendees(attendees)
	return ev
}

// mailAddress is a person as Graph addresses one.
func mailAddress(p roster.Person) models.EmailAddressable {
	a := models.NewEmailAddress()
	a.SetAddress(new(p.Mail))
	if p.Name != "" {
		a.SetName(new(p.Name))
	}
	return a
}

// htmlBody is a body of HTML.
func htmlBody(content string) models.ItemBodyable {
	b := models.NewItemBody()
	b.SetContentType(new(models.HTML_BODYTYPE))
	b.SetContent(new(content))
	return b
}

// paragraphs makes HTML of plain text: blank lines part paragraphs, other ends of line stay.
func paragraphs(plain string) string {
	var out strings.Builder
	for p := range strings.SplitSeq(strings.ReplaceAll(plain, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>") + "</p>")
		}
	}
	return out.String()
}
