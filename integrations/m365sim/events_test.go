package m365sim

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAnEventIsBookedOnceAndInvitesLand(t *testing.T) {
	w := newWorld(t)
	a, b := w.employees()[0], w.employees()[1]
	start := at("2026-12-02T14:00:00Z")
	made := w.api(201, "POST", w.box()+"/events", zipped(w.booking("s1", start, a, b)), "Content-Encoding", "gzip")
	if made.body["onlineMeeting"].(map[string]any)["joinUrl"] == "" || made.str("transactionId") != "tx-s1" {
		t.Errorf("created: %s", made.raw)
	}
	for range 2 {
		again := w.send("POST", w.box()+"/events", w.graphToken(), w.booking("s1", start, a, b))
		if again.code() != "ErrorDuplicateTransactionId" || again.status != 409 && again.status != 400 {
			t.Errorf("repeat: %d %s", again.status, again.raw)
		}
	}
	for _, p := range []*person{a, b} {
		d, _ := w.Desk(p.ID)
		var ours []EventView
		for _, e := range d.Calendar {
			if e.Ours {
				ours = append(ours, e)
			}
		}
		if len(ours) != 1 || ours[0].Status != "tentative" || ours[0].Response != "none" || len(ours[0].Attendees) != 2 || ours[0].Key != "s1" {
			t.Errorf("calendar of an attendee: %+v", ours)
		}
		if len(d.Mail) != 1 || d.Mail[0].Event != ours[0].ID || !strings.Contains(d.Mail[0].Text, "Agenda") {
			t.Errorf("mail of an attendee: %+v", d.Mail)
		}
	}
	j := w.Journal()
	if len(j) != 1 || j[0].What != "event.created" || j[0].Key != "s1" || j[0].Transaction != "tx-s1" || len(j[0].To) != 2 || j[0].ID != made.str("id") {
		t.Errorf("journal: %+v", j)
	}
}

func TestDuplicatesAreAnsweredInAllWaysOfTheService(t *testing.T) {
	w := newWorld(t)
	ways := map[string]int{}
	for i := range 24 {
		body := w.booking(fmt.Sprint("s", i), monday.Add(day))
		id := w.api(201, "POST", w.box()+"/events", body).str("id")
		r := w.send("POST", w.box()+"/events", w.graphToken(), body)
		existing, told := r.body["error"].(map[string]any)["@event.existingEventId"]
		if told && existing != id {
			t.Errorf("existingEventId %v, want %s", existing, id)
		}
		ways[fmt.Sprint(r.status, told)]++
	}
	if len(ways) != 4 {
		t.Errorf("not every way was seen: %v", ways)
	}
}

func TestAnEventIsFoundByItsKey(t *testing.T) {
	w := newWorld(t)
	for _, k := range []string{"one", "it's two"} {
		w.api(201, "POST", w.box()+"/events", w.booking(k, monday.Add(day)))
	}
	look := func(key string) []map[string]any {
		q := url.Values{"$filter": {"singleValueExtendedProperties/Any(ep: ep/id eq '" + keyProperty + "' and ep/value eq '" + strings.ReplaceAll(key, "'", "''") + "')"},
			"$expand": {"singleValueExtendedProperties($filter=id eq '" + keyProperty + "')"}, "$select": {"id,subject"}}
		return w.api(200, "GET", w.box()+"/events?"+q.Encode(), nil).list()
	}
	for _, k := range []string{"one", "it's two"} {
		got := look(k)
		if len(got) != 1 || got[0]["body"] != nil {
			t.Fatalf("%s: %v", k, got)
		}
	}
	if got := look("three"); len(got) != 0 {
		t.Errorf("found what is not there: %v", got)
	}
	if got := w.api(200, "GET", w.box()+"/events", nil).list(); len(got) != 2 {
		t.Errorf("all events: %d", len(got))
	}
	w.api(400, "GET", w.box()+"/events?$filter="+url.QueryEscape("startsWith(subject,'x')"), nil)
}

func TestBadEventsAreRefusedAndLeaveNothing(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(map[string]any){
		"no start":      func(b map[string]any) { delete(b, "start") },
		"ends first":    func(b map[string]any) { b["end"] = stampOf(monday, "UTC") },
		"unknown zone":  func(b map[string]any) { b["start"] = stamp{"2026-12-01T09:00:00", "Nowhere Standard Time"} },
		"501 attendees": func(b map[string]any) { b["attendees"] = make([]map[string]any, 501) },
	} {
		body := w.booking("bad", monday.Add(day))
		change(body)
		if r := w.send("POST", w.box()+"/events", w.graphToken(), body); r.status != 400 {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	if j := w.Journal(); len(j) != 0 {
		t.Errorf("something happened: %v", j)
	}
	w.api(201, "POST", w.box()+"/events", w.booking("bad", monday.Add(day))) // the transaction id was not used up
}

func TestZonesOfEventsAreWindowsOrIANAAndAnswersObeyPrefer(t *testing.T) {
	w := newWorld(t)
	for _, z := range []string{"Pacific Standard Time", "America/Los_Angeles"} {
		b := w.booking("z"+z, monday)
		b["start"], b["end"] = stamp{"2026-12-02T09:00:00.0000000", z}, stamp{"2026-12-02T10:00:00", z}
		id := w.api(201, "POST", w.box()+"/events", b).str("id")
		r := w.api(200, "GET", w.box()+"/events/"+url.PathEscape(id), nil)
		if got := r.body["start"].(map[string]any); got["dateTime"] != "2026-12-02T17:00:00.0000000" || got["timeZone"] != "UTC" {
			t.Errorf("%s: %v", z, got)
		}
		berlin := w.send("GET", w.box()+"/events/"+url.PathEscape(id), w.graphToken(), nil, "Prefer", `outlook.timezone="W. Europe Standard Time"`)
		if got := berlin.body["start"].(map[string]any); got["dateTime"] != "2026-12-02T18:00:00.0000000" {
			t.Errorf("%s in Berlin: %v", z, got)
		}
	}
	if n := w.Counts().WithoutImmutableID; n != 2 {
		t.Errorf("%d requests without immutable ids, want 2", n)
	}
}

func TestMovingAnEventResetsAnswers(t *testing.T) {
	w := newWorld(t)
	a := w.employees()[0]
	start := monday.Add(2 * day)
	made := w.api(201, "POST", w.box()+"/events", w.booking("s1", start, a))
	path := w.box() + "/events/" + url.PathEscape(made.str("id"))
	own := w.ownEvent(a)
	w.api(202, "POST", "/v1.0/users/"+a.ID+"/events/"+url.PathEscape(own)+"/tentativelyAccept", map[string]any{"sendResponse": true,
		"proposedNewTime": map[string]any{"start": stampOf(start.Add(time.Hour), "UTC"), "end": stampOf(start.Add(2*time.Hour), "UTC")}})
	seen := w.api(200, "GET", path, nil).body["attendees"].([]any)[0].(map[string]any)
	if seen["status"].(map[string]any)["response"] != "tentativelyAccepted" || seen["proposedNewTime"] == nil {
		t.Errorf("proposal: %v", seen)
	}
	move := map[string]any{"start": stampOf(start.Add(time.Hour), "UTC"), "end": stampOf(start.Add(2*time.Hour), "UTC")}
	for range 2 { // repeating it changes nothing
		w.api(200, "PATCH", path, move)
	}
	seen = w.api(200, "GET", path, nil).body["attendees"].([]any)[0].(map[string]any)
	if s := seen["status"].(map[string]any); s["response"] != "none" || s["time"] != resetTime || seen["proposedNewTime"] != nil {
		t.Errorf("after the move: %v", seen)
	}
	if got := whats(w.Journal()); got != "event.created event.moved" {
		t.Errorf("journal: %s", got)
	}
	w.api(200, "PATCH", path, map[string]any{"body": map[string]any{"contentType": "html", "content": "new agenda"}})
	if r := w.api(200, "GET", path, nil); r.body["onlineMeeting"] != nil {
		t.Error("a body without the meeting's link must kill it")
	}
}

// ownEvent answers the id of the first meeting of ours in somebody's calendar.
func (w *world) ownEvent(p *person) string {
	w.Helper()
	d, _ := w.Desk(p.ID)
	for _, e := range d.Calendar {
		if e.Ours {
			return e.ID
		}
	}
	w.Fatal("no event of ours")
	return ""
}

func TestAttendeesChangeOneByOne(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.employees()[0], w.employees()[1], w.employees()[2]
	made := w.api(201, "POST", w.box()+"/events", w.booking("s1", monday.Add(2*day), a, b))
	w.api(200, "PATCH", w.box()+"/events/"+url.PathEscape(made.str("id")), map[string]any{"attendees": w.booking("x", monday, a, c)["attendees"]})
	for p, mails := range map[*person]int{a: 1, b: 2, c: 1} {
		if d, _ := w.Desk(p.ID); len(d.Mail) != mails {
			t.Errorf("mails: %d, want %d", len(d.Mail), mails)
		}
	}
}

func TestCancellingTellsEverybodyOnce(t *testing.T) {
	w := newWorld(t)
	a := w.employees()[0]
	made := w.api(201, "POST", w.box()+"/events", w.booking("s1", monday.Add(2*day), a))
	path := w.box() + "/events/" + url.PathEscape(made.str("id"))
	own := "/v1.0/users/" + a.ID + "/events/" + url.PathEscape(w.ownEvent(a))
	if r := w.api(400, "POST", own+"/cancel", map[string]any{"comment": "no"}); !strings.Contains(r.raw, "organizer") {
		t.Error(r.raw)
	}
	w.api(403, "PATCH", own, map[string]any{"subject": "mine now"})
	w.api(202, "POST", path+"/cancel", map[string]any{"Comment": "A member left."})
	w.api(404, "POST", path+"/cancel", nil)
	w.api(404, "GET", path, nil)
	w.api(404, "DELETE", path, nil)
	d, _ := w.Desk(a.ID)
	last := d.Mail[len(d.Mail)-1]
	if !strings.HasPrefix(last.Subject, "Canceled: ") || last.Text != "A member left." {
		t.Errorf("mail: %+v", last)
	}
	if r := w.api(200, "GET", own, nil); r.body["isCancelled"] != true {
		t.Error("the attendee's copy is not cancelled")
	}
	if got := whats(w.Journal()); got != "event.created event.cancelled" {
		t.Errorf("journal: %s", got)
	}
	made = w.api(201, "POST", w.box()+"/events", w.booking("s2", monday.Add(2*day), a))
	w.api(204, "DELETE", w.box()+"/events/"+url.PathEscape(made.str("id")), nil)
	if got := whats(w.Journal()); got != "event.created event.cancelled event.created event.cancelled" {
		t.Errorf("journal: %s", got)
	}
}

func TestAnswersShowInFreeBusy(t *testing.T) {
	w := newWorld(t)
	a := w.employees()[0]
	start := at("2026-12-05T10:00:00Z") // a Saturday, nothing else there
	w.api(201, "POST", w.box()+"/events", w.booking("s1", start, a))
	own := "/v1.0/users/" + a.ID + "/events/" + url.PathEscape(w.ownEvent(a))
	status := func() string {
		r := w.api(200, "POST", w.box()+"/calendar/getSchedule", map[string]any{"schedules": []string{a.Mail}, "startTime": stampOf(start, "UTC"), "endTime": stampOf(start.Add(time.Hour), "UTC"), "availabilityViewInterval": 60})
		return r.list()[0]["availabilityView"].(string)
	}
	if got := status(); got != "1" {
		t.Errorf("unanswered: %s", got)
	}
	w.api(202, "POST", own+"/accept", map[string]any{})
	if got := status(); got != "2" {
		t.Errorf("accepted: %s", got)
	}
	w.api(202, "POST", own+"/decline", map[string]any{})
	if got := status(); got != "0" || !a.freeAt(span{start, start.Add(time.Hour)}, nil) {
		t.Errorf("declined: %s", got)
	}
}

func TestCalendarViewNeedsAWindowAndCountsOffsets(t *testing.T) {
	w := newWorld(t)
	w.api(201, "POST", w.box()+"/events", w.booking("s1", at("2026-12-02T09:00:00Z")))
	w.api(400, "GET", w.box()+"/calendarView", nil)
	w.api(400, "GET", w.box()+"/calendarView?startDateTime=2026-12-03T00:00:00Z&endDateTime=2026-12-02T00:00:00Z", nil)
	for q, want := range map[string]int{
		"startDateTime=2026-12-02T00:00:00&endDateTime=2026-12-03T00:00:00":                 1,
		"startDateTime=2026-12-02T11:00:00%2B02:00&endDateTime=2026-12-02T12:00:00%2B02:00": 1,
		"startDateTime=2026-12-02T12:00:00%2B02:00&endDateTime=2026-12-02T13:00:00%2B02:00": 0,
	} {
		if got := w.api(200, "GET", w.box()+"/calendarView?"+q, nil).list(); len(got) != want {
			t.Errorf("%s: %d events, want %d", q, len(got), want)
		}
	}
}

func TestDeltaTellsEveryChangeOnce(t *testing.T) {
	w := newWorld(t)
	a := w.employees()[0]
	var ids []string
	for i := range 23 {
		ids = append(ids, w.api(201, "POST", w.box()+"/events", w.booking(fmt.Sprint("s", i), monday.Add(day), a)).str("id"))
	}
	start := w.box() + "/calendarView/delta()?startDateTime=2026-11-30T00:00:00Z&endDateTime=2026-12-20T00:00:00Z"
	walk := func(path string) (items []map[string]any, link string, pages int) {
		for {
			r := w.api(200, "GET", path, nil)
			items, pages = append(items, r.list()...), pages+1
			if link := r.str("@odata.deltaLink"); link != "" {
				return items, strings.TrimPrefix(link, w.srv.URL), pages
			}
			path = strings.TrimPrefix(r.str("@odata.nextLink"), w.srv.URL)
		}
	}
	items, link, pages := walk(start)
	if len(items) != 23 || pages != 3 {
		t.Errorf("first walk: %d items on %d pages", len(items), pages)
	}
	if items, link, _ = walk(link); len(items) != 0 {
		t.Errorf("nothing changed, but %d items came", len(items))
	}
	if _, err := w.Act(t.Context(), Do{Person: a.ID, Do: "decline", Event: w.ownEvent(a)}); err != nil {
		t.Fatal(err)
	}
	w.api(202, "POST", w.box()+"/events/"+url.PathEscape(ids[5])+"/cancel", nil)
	w.api(200, "PATCH", w.box()+"/events/"+url.PathEscape(ids[6]), map[string]any{"start": stampOf(monday.Add(60*day), "UTC"), "end": stampOf(monday.Add(61*day), "UTC")})
	items, _, _ = walk(link)
	removed := 0
	for _, it := range items {
		if it["@removed"] != nil {
			removed++
		}
	}
	if len(items) != 3 || removed != 2 {
		t.Errorf("changes: %d items, %d removed", len(items), removed)
	}
	first := w.api(200, "GET", link, nil, "Prefer", `odata.maxpagesize=1`)
	w.api(200, "PATCH", w.box()+"/events/"+url.PathEscape(ids[7]), map[string]any{"subject": "changed while somebody walks"})
	rest, _, _ := walk(strings.TrimPrefix(first.str("@odata.nextLink"), w.srv.URL))
	if len(first.list())+len(rest) != 4 {
		t.Errorf("a change during the walk was lost or doubled: %d and %d", len(first.list()), len(rest))
	}
	if again, _, _ := walk(link); len(again) != 4 {
		t.Error("an old link must tell the same again")
	}
	w.later(deltaLife + day)
	if r := w.api(410, "GET", link, nil); r.header.Get("Location") == "" || r.code() != "syncStateNotFound" {
		t.Errorf("expired token: %s", r.raw)
	}
	w.api(410, "GET", w.box()+"/calendarView/delta?$deltatoken=garbage", nil)
	w.api(400, "GET", start+"&$select=id", nil)
	w.api(400, "GET", w.box()+"/calendarView/delta", nil)
}

func TestMailsAreDraftedSentAndFound(t *testing.T) {
	w := newWorld(t)
	a := w.employees()[0]
	message := map[string]any{"subject": "Hello", "body": map[string]any{"contentType": "html", "content": "<p>How did it go?</p>"},
		"toRecipients": []any{map[string]any{"emailAddress": map[string]any{"address": a.Mail}}}, "singleValueExtendedProperties": []any{map[string]any{"id": keyProperty, "value": "mail/1"}}}
	draft := w.api(201, "POST", w.box()+"/messages", message)
	look := func() []map[string]any {
		q := url.Values{"$filter": {"singleValueExtendedProperties/Any(ep:ep/id eq '" + keyProperty + "' and ep/value eq 'mail/1')"}, "$select": {"id,isDraft"}}
		return w.api(200, "GET", w.box()+"/messages?"+q.Encode(), nil).list()
	}
	if got := look(); len(got) != 1 || got[0]["isDraft"] != true || got[0]["id"] != draft.str("id") {
		t.Errorf("draft: %v", got)
	}
	if len(w.Journal()) != 0 {
		t.Error("a draft is not an effect")
	}
	send := w.box() + "/messages/" + url.PathEscape(draft.str("id")) + "/send"
	w.api(202, "POST", send, nil)
	w.api(404, "POST", send, nil)
	if got := look(); len(got) != 1 || got[0]["isDraft"] != false {
		t.Errorf("sent: %v", got)
	}
	w.api(202, "POST", w.box()+"/sendMail", map[string]any{"message": message})
	w.api(400, "POST", w.box()+"/sendMail", message) // without its wrapper
	j := w.Journal()
	if whats(j) != "mail.sent mail.sent" || j[0].Key != "mail/1" || j[0].To[0] != a.ID {
		t.Errorf("journal: %+v", j)
	}
	if d, _ := w.Desk(a.ID); len(d.Mail) != 2 || d.Mail[0].Text != "How did it go?" || d.Mail[0].From != w.creds.ServiceMailbox {
		t.Errorf("inbox: %+v", d.Mail)
	}
	if got := w.api(200, "GET", w.box()+"/mailFolders/SentItems/messages", nil).list(); len(got) != 2 {
		t.Errorf("sent items: %d", len(got))
	}
}
