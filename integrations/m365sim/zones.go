package m365sim

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones must not depend on the machine
)

// windowsZones are the Windows names the tenant understands and hands out.
var windowsZones = map[string]string{
	"UTC": "UTC", "GMT Standard Time": "Europe/London", "Greenwich Standard Time": "Atlantic/Reykjavik",
	"W. Europe Standard Time": "Europe/Berlin", "Romance Standard Time": "Europe/Paris",
	"Central Europe Standard Time": "Europe/Budapest", "Central European Standard Time": "Europe/Warsaw",
	"E. Europe Standard Time": "Europe/Chisinau", "FLE Standard Time": "Europe/Kiev", "GTB Standard Time": "Europe/Bucharest",
	"Turkey Standard Time": "Europe/Istanbul", "Russian Standard Time": "Europe/Moscow", "Israel Standard Time": "Asia/Jerusalem",
	"South Africa Standard Time": "Africa/Johannesburg", "Egypt Standard Time": "Africa/Cairo", "W. Central Africa Standard Time": "Africa/Lagos",
	"Arabian Standard Time": "Asia/Dubai", "Pakistan Standard Time": "Asia/Karachi", "India Standard Time": "Asia/Kolkata",
	"Nepal Standard Time": "Asia/Kathmandu", "SE Asia Standard Time": "Asia/Bangkok", "Singapore Standard Time": "Asia/Singapore",
	"China Standard Time": "Asia/Shanghai", "Tokyo Standard Time": "Asia/Tokyo", "Korea Standard Time": "Asia/Seoul",
	"AUS Eastern Standard Time": "Australia/Sydney", "New Zealand Standard Time": "Pacific/Auckland",
	"Eastern Standard Time": "America/New_York", "Central Standard Time": "America/Chicago", "Mountain Standard Time": "America/Denver",
	"US Mountain Standard Time": "America/Phoenix", "Pacific Standard Time": "America/Los_Angeles", "Alaskan Standard Time": "America/Anchorage",
	"Hawaiian Standard Time": "Pacific/Honolulu", "Atlantic Standard Time": "America/Halifax", "Newfoundland Standard Time": "America/St_Johns",
	"E. South America Standard Time": "America/Sao_Paulo", "Argentina Standard Time": "America/Buenos_Aires",
	"SA Pacific Standard Time": "America/Bogota", "Central Standard Time (Mexico)": "America/Mexico_City",
}

// windowsName answers the Windows name of an IANA zone, or the IANA name when there is none.
func windowsName(iana string) string {
	for w, i := range windowsZones {
		if i == iana {
			return w
		}
	}
	return iana
}

// location reads an IANA or Windows name; unlike time.LoadLocation it refuses "" and "Local".
func location(name string) (*time.Location, error) {
	if i, ok := windowsZones[name]; ok {
		name = i
	}
	if name == "" || strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("no zone")
	}
	return time.LoadLocation(name)
}

// stamp is Graph's dateTimeTimeZone.
type stamp struct {
	DateTime string `json:"dateTime"`
	TimeZone string `json:"timeZone"`
}

const stampLayout = "2006-01-02T15:04:05.0000000"

func stampOf(at time.Time, zone string) stamp {
	loc, err := location(zone)
	if err != nil {
		loc, zone = time.UTC, "UTC"
	}
	return stamp{at.In(loc).Format(stampLayout), zone}
}

func (s stamp) time() (time.Time, error) {
	loc, err := location(or(s.TimeZone, "UTC"))
	if err != nil {
		return time.Time{}, err
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.RFC3339Nano} {
		if at, err := time.ParseInLocation(layout, s.DateTime, loc); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("not a time")
}

// offsetTime reads a query's date: an offset in the value counts, without one it is UTC.
func offsetTime(s string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err == nil {
		return at.UTC(), nil
	}
	if at, err = time.Parse("2006-01-02", s); err == nil {
		return at, nil
	}
	return stamp{DateTime: s}.time()
}

// customBerlin is central European time written as Graph's customTimeZone, the way older
// Outlook clients store it: UTC = local + bias.
func customBerlin() map[string]any {
	change := func(month int, bias int) map[string]any {
		s := map[string]any{"dayOccurrence": 5, "dayOfWeek": "sunday", "month": month, "year": 0, "time": "02:00:00.0000000"}
		if month == 3 {
			s["daylightBias"] = bias
		} else {
			s["time"] = "03:00:00.0000000"
		}
		return s
	}
	return map[string]any{"@odata.type": "#microsoft.graph.customTimeZone", "name": "Customized Time Zone",
		"bias": -60, "standardOffset": change(10, 0), "daylightOffset": change(3, -60)}
}
