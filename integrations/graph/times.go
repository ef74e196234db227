package graph

import (
	"errors"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/rapport-dev/rapport/playbooks/slots"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

// wallClock is how Graph writes a moment beside a zone: no offset, seven digits.
const wallClock = "2006-01-02T15:04:05.0000000"

// moment reads a dateTimeTimeZone. Every request asks for UTC; an answer in another zone is
// read in that zone, and one in a zone that nobody knows is an error. The service's
// sentinels ("never", year 1 or 4501) are the zero time.
func moment(clock, name string) (time.Time, error) {
	in := time.UTC
	if !strings.EqualFold(name, "UTC") {
		var err error
		if in, err = zone.Load(zone.Ref{Name: name}, ""); err != nil {
			return time.Time{}, errors.New("a zone that cannot be resolved")
		}
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", strings.TrimSuffix(clock, "Z"), in)
	if err != nil {
		return time.Time{}, errors.New("not a time")
	}
	if t.Year() <= 1 || t.Year() >= 4500 {
		return time.Time{}, nil
	}
	return t.UTC(), nil
}

// stamp writes a moment for a new object.
func stamp(t time.Time) models.DateTimeTimeZoneable {
	s := models.NewDateTimeTimeZone()
	s.SetDateTime(new(t.UTC().Format(wallClock)))
	s.SetTimeZone(new("UTC"))
	return s
}

// between reads a start and an end; false when either is missing, unreadable or "never".
func between(start, end models.DateTimeTimeZoneable) (slots.Window, bool) {
	if start == nil || end == nil {
		return slots.Window{}, false
	}
	from, err1 := moment(text(start.GetDateTime()), text(start.GetTimeZone()))
	to, err2 := moment(text(end.GetDateTime()), text(end.GetTimeZone()))
	if err1 != nil || err2 != nil || from.IsZero() || to.IsZero() {
		return slots.Window{}, false
	}
	return slots.Window{Start: from, End: to}, true
}

// text answers what p points to, "" for nil: the SDK's every field may be nil.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// yes answers what p points to, false for nil.
func yes(p *bool) bool { return p != nil && *p }
