// Package zone turns the zone names that calendars use into clocks.
//
// It makes *time.Location values from IANA names, Windows names (by country, with
// CLDR's map) and Graph's custom rules, using its own embedded time-zone data.
// It never falls back to UTC in silence: a name it cannot resolve is an error.
// The clocks go to roster, cadence and slots.
//
// The data is data/zoneinfo.zip (the IANA database) and data/windows.txt (CLDR); gen/ renews
// both. The machine's own zones and Go's are never read: both lag behind the law.
package zone

//go:generate sh gen/renew.sh

// Ref names a zone the way Microsoft 365 does: an IANA or Windows name, or custom rules.
// The zero Ref means "not known".
type Ref struct {
	Name   string  `json:"name,omitempty"`
	Custom *Custom `json:"custom,omitempty"`
}

// Custom is Graph's customTimeZone. UTC = local + Bias (+ Daylight.Bias in daylight
// time), all in minutes: the Windows rule, as the examples of the Graph page use it.
type Custom struct {
	Bias     int    `json:"bias"`
	Standard Switch `json:"standard"` // the switch back to standard time
	Daylight Switch `json:"daylight"` // the switch into daylight time
}

// Switch is one change of the clock in a year: the nth weekday of a month at a local time.
// Month 0 means the zone has no daylight time.
type Switch struct {
	Bias    int `json:"bias"` // added to Custom.Bias while it is in force
	Month   int `json:"month"`
	Nth     int `json:"nth"`     // 1..5, 5 = last
	Weekday int `json:"weekday"` // 0 = Sunday
	Minute  int `json:"minute"`  // of the local day
}
