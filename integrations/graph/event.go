package graph

import (
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// seen reads one of our events. An event without an id or readable times is an unreadable
// answer, unless it is gone.
func seen(q call, ev models.Eventable) (session.Event, error) {
	_, removed := ev.GetAdditionalData()["@removed"]
	out := session.Event{ID: text(ev.GetId()), Gone: removed || yes(ev.GetIsCancelled())}
	if out.ID == "" {
		return session.Event{}, unreadable(q)
	}
	if m := ev.GetOnlineMeeting(); m != nil {
		out.Join = text(m.GetJoinUrl())
	}
	when, ok := between(ev.GetStart(), ev.GetEnd())
	if !ok && !out.Gone {
		return session.Event{}, unreadable(q)
	}
	out.When = when
	for _, a := range ev.GetAttendees() {
		if r, ok := reply(a); ok {
			out.Replies = append(out.Replies, r)
		}
	}
	return out, nil
}

// reply reads what one attendee answered; false for nobody and for the organizer.
func reply(a models.Attendeeable) (session.Reply, bool) {
	if a == nil || a.GetEmailAddress() == nil || text(a.GetEmailAddress().GetAddress()) == "" {
		return session.Reply{}, false
	}
	out := session.Reply{Mail: *a.GetEmailAddress().GetAddress(), Response: "none"}
	if s := a.GetStatus(); s != nil && s.GetResponse() != nil {
		switch *s.GetResponse() {
		case models.ORGANIZER_RESPONSETYPE:
			return session.Reply{}, false
		case models.TENTATIVELYACCEPTED_RESPONSETYPE:
			out.Response = "tentative"
		case models.ACCEPTED_RESPONSETYPE:
			out.Response = "accepted"
		case models.DECLINED_RESPONSETYPE:
			out.Response = "declined"
		}
	}
	out.Proposed = proposed(a.GetProposedNewTime())
	return out, true
}

// proposed reads a proposed new time, nil when there is none or it cannot be read.
func proposed(slot models.TimeSlotable) *slots.Window {
	if slot == nil {
		return nil
	}
	w, ok := between(slot.GetStart(), slot.GetEnd())
	if !ok || !w.End.After(w.Start) {
		return nil
	}
	return &w
}
