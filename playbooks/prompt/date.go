package prompt

import "time"

// Day is a date on a zone's wall calendar in the speaker's language, with its weekday and
// without a year, for channels that draw a When themselves.
func (s Speaker) Day(t time.Time, zone *time.Location) string { return s.day(t, zone) }
