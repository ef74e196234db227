package graph

import (
	"context"
	"net/http"
	"strings"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// Watcher follows what people do with our events.
type Watcher struct {
	c       *Client
	mailbox string
}

// ahead is how much further than asked a chain of changes looks. Its window is frozen in
// the service's token; with this margin a window that moves on day by day needs a new
// chain once a week instead of every time.
const ahead = 7 * 24 * time.Hour

// Changes answers the events that changed since cursor, each once, the latest state last
// seen; events that were deleted have an ID and Gone and nothing else. With "" , with a
// cursor that has run out and with one whose chain does not cover the window, it answers all
// events of the window (and a week more). The cursor holds the service mailbox's address.
//
// Needs Calendars.Read (or more) for the service mailbox.
func (t *Watcher) Changes(ctx context.Context, cursor string, w slots.Window) ([]session.Event, string, error) {
	span, link, ok := openCursor(cursor)
	if ok && !w.Start.Before(span.Start) && !w.End.After(span.End) {
		out, next, err := t.follow(ctx, span, link)
		if !runOut(err) {
			return out, next, err
		}
	}
	return t.follow(ctx, slots.Window{Start: w.Start.UTC().Truncate(time.Second), End: w.End.UTC().Add(ahead).Truncate(time.Second)}, "")
}

// follow reads all pages of changes; link "" begins a new chain.
func (t *Watcher) follow(ctx context.Context, span slots.Window, link string) ([]session.Event, string, error) {
	q := mailboxCall(t.mailbox, "follow the meetings", abs.GET, "/calendarView/delta?startDateTime={start}&endDateTime={end}",
		map[string]string{"start": span.Start.Format(time.RFC3339), "end": span.End.Format(time.RFC3339)}, "Calendars.Read")
	q.prefer, q.link = "odata.maxpagesize=100", link
	var changes latest
	for range pageLimit {
		got, err := t.c.fetch(ctx, q, models.CreateEventCollectionResponseFromDiscriminatorValue)
		if err != nil {
			return nil, "", err
		}
		page, ok := got.(models.EventCollectionResponseable)
		if !ok {
			return nil, "", unreadable(q)
		}
		for _, ev := range page.GetValue() {
			if err := changes.take(q, ev); err != nil {
				return nil, "", err
			}
		}
		if end, _ := page.GetAdditionalData()["@odata.deltaLink"].(*string); text(end) != "" {
			return changes.list(), closeCursor(span, *end), nil
		}
		if q.link = text(page.GetOdataNextLink()); q.link == "" {
			break
		}
	}
	return nil, "", unreadable(q)
}

// latest keeps the last state of each event in the order of first sight: the service may
// name an event more than once.
type latest struct {
	order []string
	by    map[string]session.Event
}

// take adds one change, if it is about a meeting of ours.
func (l *latest) take(q call, ev models.Eventable) error {
	if ev == nil {
		return nil
	}
	if _, removed := ev.GetAdditionalData()["@removed"]; !removed && !yes(ev.GetIsOrganizer()) {
		return nil
	}
	out, err := seen(q, ev)
	if err != nil {
		return err
	}
	if l.by == nil {
		l.by = map[string]session.Event{}
	}
	if _, known := l.by[out.ID]; !known {
		l.order = append(l.order, out.ID)
	}
	l.by[out.ID] = out
	return nil
}

// list answers the events.
func (l *latest) list() []session.Event {
	var out []session.Event
	for _, id := range l.order {
		out = append(out, l.by[id])
	}
	return out
}

// runOut says whether the service no longer knows the cursor.
func runOut(err error) bool {
	switch status(err) {
	case http.StatusGone:
		return true
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed:
		c := strings.ToLower(code(err))
		return strings.Contains(c, "syncstate") || strings.Contains(c, "resync")
	}
	return false
}

// closeCursor writes "start end link"; the window is that of the chain.
func closeCursor(span slots.Window, link string) string {
	return span.Start.Format(time.RFC3339) + " " + span.End.Format(time.RFC3339) + " " + link
}

// openCursor reads what closeCursor wrote; false for anything else.
func openCursor(cursor string) (span slots.Window, link string, ok bool) {
	parts := strings.SplitN(cursor, " ", 3)
	if len(parts) != 3 || parts[2] == "" {
		return slots.Window{}, "", false
	}
	start, err1 := time.Parse(time.RFC3339, parts[0])
	end, err2 := time.Parse(time.RFC3339, parts[1])
	return slots.Window{Start: start, End: end}, parts[2], err1 == nil && err2 == nil
}
