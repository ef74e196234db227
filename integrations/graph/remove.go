package graph

import (
	"context"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// Remove deletes an event of ours. Attendees, where there are any, are told by the service.
// An event that is gone is success.
//
// Needs Calendars.ReadWrite for the service mailbox.
func (b *Calendar) Remove(ctx context.Context, event string) error {
	err := b.c.tell(ctx, b.call("delete the meeting", abs.DELETE, "/events/{event}", map[string]string{"event": event}))
	if gone(err) {
		return nil
	}
	return err
}

// Remove deletes a mail from the mailbox, sent or not: it moves to the deleted items. A mail
// that is gone is success.
//
// Needs Mail.ReadWrite for the service mailbox.
func (m *Mail) Remove(ctx context.Context, id string) error {
	err := m.c.tell(ctx, m.call("delete a mail", abs.DELETE, "/messages/{id}", map[string]string{"id": id}))
	if gone(err) {
		return nil
	}
	return err
}
