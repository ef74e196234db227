package graph

import (
	"context"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// Rewrite gives the event another title and agenda and leaves the rest alone; repeating it
// changes nothing. What Teams itself wrote into the invite stays: an event whose body loses it
// is no longer an online meeting. An event that is gone is a permanent error.
//
// Needs Calendars.ReadWrite for the service mailbox.
func (b *Calendar) Rewrite(ctx context.Context, event, title, agenda string) error {
	q := b.call("read the invite", abs.GET, "/events/{event}?$select=id,body,onlineMeeting", map[string]string{"event": event})
	got, err := b.c.fetch(ctx, q, models.CreateEventFromDiscriminatorValue)
	if gone(err) {
		return forGood(err, "the meeting is gone")
	}
	if err != nil {
		return err
	}
	ev, ok := got.(models.Eventable)
	if !ok {
		return unreadable(q)
	}
	content, join := "", ""
	if body := ev.GetBody(); body != nil {
		content = text(body.GetContent())
	}
	if m := ev.GetOnlineMeeting(); m != nil {
		join = text(m.GetJoinUrl())
	}
	q = b.call("rewrite the invite", abs.PATCH, "/events/{event}", map[string]string{"event": event})
	change := models.NewEvent()
	change.SetSubject(new(title))
	change.SetBody(htmlBody(paragraphs(agenda) + teamsPart(content, join)))
	q.body = change
	_, err = b.c.raw(ctx, q)
	if gone(err) {
		return forGood(err, "the meeting is gone")
	}
	return err
}

// fence is the line with which Teams begins its own part of an invite.
const fence = "____________________"

// teamsPart is what Teams wrote below our agenda: everything after the last paragraph of ours
// that comes before its first line or, without one, before the link. Nothing when there is
// neither.
func teamsPart(content, join string) string {
	at := strings.Index(content, fence)
	for _, link := range []string{join, strings.ReplaceAll(join, "&", "&amp;"), "/l/meetup-join/", "teams.microsoft.com/meet/"} {
		if at < 0 && link != "" {
			at = strings.Index(content, link)
		}
	}
	if at < 0 {
		return ""
	}
	begin := 0
	if i := strings.LastIndex(content[:at], "</p>"); i >= 0 {
		begin = i + len("</p>")
	} else if i := strings.Index(content[:at], "<body"); i >= 0 {
		begin = i + strings.IndexByte(content[i:], '>') + 1
	}
	part := content[begin:]
	if i := strings.LastIndex(part, "</body>"); i >= 0 {
		part = part[:i]
	}
	return strings.TrimSpace(part)
}
