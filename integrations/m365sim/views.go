package m365sim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Times the service writes when there is none, before and after a meeting was moved.
const (
	neverTime = "0001-01-01T00:00:00Z"
	resetTime = "4501-01-01T00:00:00Z"
)

func (t *Tenant) showEvent(c *call, p *person, e *event, status int) reply {
	zone, known := c.zone()
	if !known {
		return badZone()
	}
	o := eventObject(p, e, zone)
	if props := c.expanded(e.Of.Props); props != nil && e.Mine {
		o["singleValueExtendedProperties"] = props
	}
	return reply{status: status, body: selected(o, c.query)}
}

// eventObject is one mailbox's view of a meeting: only the organizer sees what the others
// answered.
func eventObject(p *person, e *event, zone string) object {
	m := e.Of
	o := object{"@odata.etag": e.etag(), "id": e.ID, "iCalUId": "040000008200E00074C5B7101A82E008" + base64.RawURLEncoding.EncodeToString([]byte(m.UID)),
		"createdDateTime": m.Created.Format(time.RFC3339), "lastModifiedDateTime": m.Modified.Format(time.RFC3339), "changeKey": fmt.Sprint(e.Changed),
		"subject": m.Subject, "bodyPreview": preview(m.Body), "body": object{"contentType": or(m.BodyType, "html"), "content": m.Body},
		"start": stampOf(m.Start, zone), "end": stampOf(m.End, zone), "originalStartTimeZone": zone, "originalEndTimeZone": zone, "showAs": or(e.status(p), "free"),
		"location": object{"displayName": m.Place}, "isAllDay": m.AllDay, "isCancelled": m.Cancelled, "isOrganizer": e.Mine, "isDraft": false, "responseRequested": true,
		"allowNewTimeProposals": !m.NoProposals, "hideAttendees": m.HideOthers, "type": "singleInstance", "seriesMasterId": nil, "sensitivity": "normal", "importance": "normal",
		"isOnlineMeeting": m.Online, "onlineMeetingProvider": "unknown", "onlineMeeting": nil, "onlineMeetingUrl": nil, "recurrence": nil,
		"organizer": object{"emailAddress": object{"name": m.Organizer.Name, "address": m.Organizer.Mail}}, "attendees": attendeeObjects(p, e, zone),
		"responseStatus": object{"response": ownResponse(p, e), "time": neverTime}}
	if m.Cancelled {
		o["subject"] = "Canceled: " + m.Subject
	}
	if m.Online {
		o["onlineMeetingProvider"] = "teamsForBusiness"
	}
	if m.Join != "" {
		o["onlineMeeting"] = object{"joinUrl": m.Join}
	}
	if e.Mine && m.Transaction != "" {
		o["transactionId"] = m.Transaction
	}
	return o
}

// etag names this state of the event.
func (e *event) etag() string {
	return fmt.Sprintf(`W/"%s-%d"`, e.ID[len(e.ID)-9:len(e.ID)-1], e.Changed)
}

func ownResponse(p *person, e *event) string {
	if r := e.response(p); r != "none" {
		return r
	}
	return "notResponded" // none, as the attendee sees it
}

func attendeeObjects(p *person, e *event, zone string) []object {
	out := []object{}
	for _, a := range e.Of.Attendees {
		if e.Of.HideOthers && !e.Mine && a.Person != p {
			continue
		}
		status := object{"response": "none", "time": neverTime}
		if e.Of.Version > 0 {
			status["time"] = resetTime
		}
		if (e.Mine || a.Person == p) && a.Response != "none" {
			status = object{"response": a.Response, "time": a.At.Format(time.RFC3339)}
		}
		o := object{"type": a.Type, "status": status, "emailAddress": object{"name": a.Name, "address": a.Mail}}
		if e.Mine && a.Proposed != nil {
			o["proposedNewTime"] = object{"start": stampOf(a.Proposed.Start, zone), "end": stampOf(a.Proposed.End, zone)}
		}
		out = append(out, o)
	}
	return out
}

// listEvents lists a mailbox's events, usually looking one up by our extended property.
func (t *Tenant) listEvents(c *call) reply {
	p, _, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	want, known := c.filter()
	if !known || want.ofMail() {
		return graphError(http.StatusBadRequest, "ErrorInvalidUrlQueryFilter", "The filter is not supported here.")
	}
	var found []*event
	for _, e := range p.mailbox.events {
		if !e.Deleted && (want.property == nil || e.Mine) && want.fits(e.Of.Props) {
			found = append(found, e)
		}
	}
	return t.showEvents(c, p, found)
}

// calendarView lists what touches a window.
func (t *Tenant) calendarView(c *call) reply {
	p, _, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	w, good := c.window()
	if !good {
		return noWindow()
	}
	want, known := c.filter()
	if !known || want.ofMail() {
		return graphError(http.StatusBadRequest, "ErrorInvalidUrlQueryFilter", "The filter is not supported here.")
	}
	found := slices.DeleteFunc(p.in(w), func(e *event) bool { return want.property != nil && !(e.Mine && want.fits(e.Of.Props)) })
	return t.showEvents(c, p, found)
}

func (t *Tenant) showEvents(c *call, p *person, found []*event) reply {
	var all []object
	for _, e := range found {
		out := t.showEvent(c, p, e, http.StatusOK)
		o, isObject := out.body.(object)
		if out.status != http.StatusOK || !isObject {
			return out
		}
		all = append(all, o)
	}
	return paged(c, all, 10, 1000)
}

func (c *call) window() (span, bool) {
	var w span
	for k, v := range c.query {
		if len(v) != 1 {
			continue
		}
		at, err := offsetTime(v[0])
		switch strings.ToLower(k) {
		case "startdatetime":
			w.Start = at
		case "enddatetime":
			w.End = at
		default:
			err = nil
		}
		if err != nil {
			return span{}, false
		}
	}
	return w, !w.Start.IsZero() && w.End.After(w.Start)
}

func noWindow() reply {
	return graphError(http.StatusBadRequest, "ErrorInvalidParameter", "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.")
}

// deltaLife is how long, in the tenant's time, a delta token is good when nobody uses it.
const deltaLife = 30 * 24 * time.Hour

// delta is what a delta token remembers: the window is frozen in it.
type delta struct {
	Box        string
	Start, End time.Time
	Since      int // change number up to which the caller knows everything
	After      int // pages: the last change number shown
	Made       time.Time
}

// calendarDelta answers what changed in a window since the token, or all of it without one.
func (t *Tenant) calendarDelta(c *call) reply {
	p, _, wrong := t.mailboxEvent(c)
	if wrong != nil {
		return *wrong
	}
	for _, no := range []string{"$select", "$expand", "$filter", "$orderby", "$search"} {
		if c.query.Has(no) {
			return graphError(http.StatusBadRequest, "ErrorInvalidUrlQuery", "The query parameter '"+no+"' is not supported with delta on calendarView.")
		}
	}
	zone, known := c.zone()
	if !known {
		return badZone()
	}
	d := delta{Box: p.ID, Since: -1, After: -1, Made: t.now()}
	token := or(c.query.Get("$deltatoken"), c.query.Get("$skiptoken"))
	if token == "" {
		w, good := c.window()
		if !good {
			return noWindow()
		}
		d.Start, d.End = w.Start, w.End
	} else {
		old, good := readDelta(token)
		if !good || old.Box != p.ID || old.Since > p.mailbox.changeNo || t.now().Sub(old.Made) > deltaLife {
			out := graphError(http.StatusGone, "syncStateNotFound", "The sync state generation is not found; synchronize again from the start.")
			out.header = map[string]string{"Location": c.base + c.r.URL.EscapedPath()}
			return out
		}
		d.Start, d.End, d.Since, d.After = old.Start, old.End, old.Since, old.After
	}
	return t.deltaPage(c, p, d, zone)
}

func (t *Tenant) deltaPage(c *call, p *person, d delta, zone string) reply {
	size := 10
	if n, err := strconv.Atoi(c.prefer("odata.maxpagesize")); err == nil && n > 0 {
		size = n
	}
	w := span{d.Start, d.End}
	var changed []*event
	for _, e := range p.mailbox.events {
		gone := e.Deleted || !e.Of.span().overlaps(w)
		if e.Changed > max(d.Since, d.After) && !(d.Since < 0 && gone) {
			changed = append(changed, e)
		}
	}
	slices.SortStableFunc(changed, func(a, b *event) int { return a.Changed - b.Changed })
	// an event that changes during the walk moves to its end, so nothing is missed;
	// events nobody ever touched share change number 0 and travel on the first page together
	more := false
	if len(changed) > size {
		cut := size
		for cut < len(changed) && changed[cut].Changed == changed[cut-1].Changed {
			cut++
		}
		more = cut < len(changed)
		changed = changed[:cut]
	}
	value := []object{}
	for _, e := range changed {
		if e.Deleted || !e.Of.span().overlaps(w) {
			value = append(value, object{"id": e.ID, "@removed": object{"reason": "deleted"}})
		} else {
			value = append(value, eventObject(p, e, zone))
		}
		d.After = e.Changed
	}
	link := c.base + c.r.URL.EscapedPath() + "?"
	if more {
		return ok(object{"value": value, "@odata.nextLink": link + "$skiptoken=" + d.token()})
	}
	d.Since, d.After = p.mailbox.changeNo, -1
	return ok(object{"value": value, "@odata.deltaLink": link + "$deltatoken=" + d.token()})
}

func (d delta) token() string {
	data, err := json.Marshal(d)
	if err != nil {
		panic("m365sim: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func readDelta(token string) (delta, bool) {
	var d delta
	data, err := base64.RawURLEncoding.DecodeString(token)
	return d, err == nil && json.Unmarshal(data, &d) == nil
}
