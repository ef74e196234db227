package m365sim

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The limits of getSchedule.
const (
	maxSchedules   = 20
	maxScheduleFor = 62 * 24 * time.Hour // the period must be shorter
)

// getMailboxSettings answers all settings or, with a name behind it, one of them.
func (t *Tenant) getMailboxSettings(c *call) reply {
	p := t.person(c.args[0])
	if p == nil {
		return noUser()
	}
	if p.NoMailbox || p.Disabled && p.Purpose == "user" {
		return graphError(http.StatusNotFound, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
	}
	all := object{"archiveFolder": "", "timeZone": p.ZoneName, "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly", "dateFormat": "yyyy-MM-dd", "timeFormat": "HH:mm",
		"userPurpose": p.Purpose, "workingHours": p.workingHours(), "language": object{"locale": or(p.Language, "en-US"), "displayName": or(p.Language, "en-US")},
		"automaticRepliesSetting": object{"status": "disabled", "externalAudience": "all"}}
	if len(c.args) == 1 {
		return ok(selected(all, c.query))
	}
	for name, v := range all {
		if strings.EqualFold(name, c.args[1]) {
			if o, isObject := v.(object); isObject {
				return ok(o)
			}
			return ok(object{"value": v})
		}
	}
	return graphError(http.StatusBadRequest, "BadRequest", "Resource not found for the segment.")
}

func (p *person) workingHours() object {
	zone := object{"name": p.ZoneName}
	if p.Custom {
		zone = customBerlin()
	}
	days := []string{}
	for _, d := range p.Days {
		days = append(days, strings.ToLower(d.String()))
	}
	clock := func(min int) string { return fmt.Sprintf("%02d:%02d:00.0000000", min/60, min%60) }
	return object{"daysOfWeek": days, "startTime": clock(p.Starts), "endTime": clock(p.Ends), "timeZone": zone}
}

// getSchedule answers free/busy for up to twenty addresses. A mailbox that cannot be read
// is an error of its own inside a 200.
func (t *Tenant) getSchedule(c *call) reply {
	if box := t.person(c.args[0]); box == nil || box.NoMailbox {
		return noUser()
	}
	var in struct {
		Schedules                []string
		StartTime, EndTime       stamp
		AvailabilityViewInterval int
	}
	if !c.decode(&in) {
		return graphError(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	}
	step := or(in.AvailabilityViewInterval, minutesOfGrid)
	start, err := in.StartTime.time()
	end, err2 := in.EndTime.time()
	zone, known := c.zone()
	switch {
	case err != nil || err2 != nil || !known:
		return badZone()
	case len(in.Schedules) == 0 || len(in.Schedules) > maxSchedules:
		return graphError(http.StatusBadRequest, "ErrorInvalidParameter", "The number of schedules must be between 1 and 20.")
	case !end.After(start) || end.Sub(start) >= maxScheduleFor:
		return graphError(http.StatusBadRequest, "ErrorInvalidTimeInterval", "The requested time duration must be positive and under 62 days.")
	case step < 5 || step > 1440:
		return graphError(http.StatusBadRequest, "ErrorInvalidMergedFreeBusyInterval", "The interval must be between 5 and 1440 minutes.")
	}
	value := []object{}
	for _, address := range in.Schedules {
		value = append(value, t.scheduleOf(address, span{start, end}, time.Duration(step)*time.Minute, zone))
	}
	return ok(object{"value": value})
}

func (t *Tenant) scheduleOf(address string, w span, step time.Duration, zone string) object {
	p := t.byMail[strings.ToLower(address)]
	if p == nil || p.NoMailbox {
		return object{"scheduleId": address, "availabilityView": "", "scheduleItems": []object{}, "error": object{"message": "Unable to resolve the e-mail address to a mailbox.", "responseCode": "ErrorMailRecipientNotFound"}}
	}
	items := []object{}
	view := make([]byte, int((w.End.Sub(w.Start)+step-1)/step))
	for i := range view {
		view[i] = '0'
	}
	for _, e := range p.in(w) {
		status := e.status(p)
		if status == "" {
			continue
		}
		items = append(items, object{"status": status, "subject": e.Of.Subject, "location": e.Of.Place, "isPrivate": false, "isMeeting": len(e.Of.Attendees) > 0,
			"isRecurring": e.Of.Series, "isException": false, "isReminderSet": true, "start": stampOf(e.Of.Start, zone), "end": stampOf(e.Of.End, zone)})
		digit := map[string]byte{"tentative": '1', "busy": '2', "oof": '3'}[status]
		for i := range view {
			slot := span{w.Start.Add(time.Duration(i) * step), w.Start.Add(time.Duration(i+1) * step)}
			if e.Of.span().overlaps(slot) && digit > view[i] {
				view[i] = digit
			}
		}
	}
	return object{"scheduleId": address, "availabilityView": string(view), "scheduleItems": items, "workingHours": p.workingHours()}
}

func (t *Tenant) getCalendar(c *call) reply {
	p := t.person(c.args[0])
	if p == nil || p.NoMailbox {
		return noUser()
	}
	return ok(object{"id": "AAMkCal" + t.digest("calendar id", p.ID)[:20], "name": "Calendar", "isDefaultCalendar": true, "canEdit": true,
		"allowedOnlineMeetingProviders": []string{"teamsForBusiness"}, "defaultOnlineMeetingProvider": "teamsForBusiness", "isTallyingResponses": true})
}

func noUser() reply {
	return graphError(http.StatusNotFound, "ErrorInvalidUser", "The requested user is invalid, or has no mailbox here.")
}

func badZone() reply {
	return graphError(http.StatusBadRequest, "TimeZoneNotSupportedException", "A valid time and TimeZone value must be specified.")
}
