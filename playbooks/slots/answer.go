package slots

import "time"

// Status says how a search ended.
type Status string

// The ends of a search. The last two name the people concerned and find nothing.
const (
	OK          Status = "ok"
	None        Status = "none"
	NoCalendar  Status = "unknown_availability" // a mailbox did not answer
	InvalidZone Status = "invalid_time_zone"    // it is not known where somebody is
)

// Stage is one sieve of the search, in this order.
type Stage string

// The stages; a Reason is the first one that let nothing through.
const (
	InWindow  Stage = "window"
	InNotice  Stage = "notice"
	InHours   Stage = "hours"
	InEvents  Stage = "events"
	Protected Stage = "protected"
	InLimits  Stage = "limits"
)

// Counts says how many starts were left after each stage: the honest reason behind a time.
type Counts struct {
	Window    int `json:"window"`
	Notice    int `json:"notice"`
	Hours     int `json:"hours"`
	Events    int `json:"events"`
	Protected int `json:"protected"`
	Limits    int `json:"limits"`
}

// empty answers the first stage that let nothing through, "" when something is left.
func (c Counts) empty() Stage {
	switch {
	case c.Window == 0:
		return InWindow
	case c.Notice == 0:
		return InNotice
	case c.Hours == 0:
		return InHours
	case c.Events == 0:
		return InEvents
	case c.Protected == 0:
		return Protected
	case c.Limits == 0:
		return InLimits
	}
	return ""
}

// Tier says whose comfort a time needs.
type Tier string

// Core times lie in everybody's working hours; Stretch times in the hours people agreed to
// lend when there is no other way.
const (
	Core    Tier = "core"
	Stretch Tier = "stretch"
)

// Slot is one time to meet and what it asks of each person.
type Slot struct {
	Window        // UTC
	Costs  []Cost `json:"costs,omitempty"` // one for each person, in the order of the request
}

// Cost is how many minutes a slot lies outside somebody's own core hours.
type Cost struct {
	ID      string `json:"id"`
	Minutes int    `json:"minutes"`
}

// Run is a row of starts, each one step after the other, both ends included; UTC.
type Run struct{ First, Last time.Time }

// Some is a part of the possible starts.
type Some struct {
	Count int
	Runs  []Run
}

// Fair is the fairest part of the starts: the least burden for whoever carries most, then
// the least in total.
type Fair struct {
	Some
	Worst time.Duration // greatest debt + cost of any one person
	Total time.Duration // costs of all
}

// Answer is what a search found.
type Answer struct {
	Status      Status
	Who         []string // the people a NoCalendar or InvalidZone is about
	Reason      Stage    // why there is None
	Counts      Counts
	Tier        Tier
	Some               // every possible start
	Pick        Slot   // the best of them
	Ranked      []Slot // the best ones, at most one a local day of the first person; Pick comes first
	Fair        *Fair  // only for Stretch; in Core every start costs nobody anything
	WishedByAll *Some  // starts inside the preferences of all who have some; nil if nobody has
	WishedMost  *Some  // starts inside as many people's preferences as possible
	Wishes      int    // how many people's that is
	Zones       string // version of the zone data used
}

// Why is what can honestly be said about a choice, without words and without anything
// private. It may be stored with the session.
type Why struct {
	Status  Status `json:"status"`
	Tier    Tier   `json:"tier,omitempty"`
	Reason  Stage  `json:"reason,omitempty"`
	Counts  Counts `json:"counts"`
	Outside []Cost `json:"outside,omitempty"` // who meets outside core hours, and by how much
	Zones   string `json:"zones"`             // version of the zone data
}

// Why explains the Pick, or why there is none.
func (a Answer) Why() Why {
	w := Why{Status: a.Status, Tier: a.Tier, Reason: a.Reason, Counts: a.Counts, Zones: a.Zones}
	for _, c := range a.Pick.Costs {
		if c.Minutes > 0 {
			w.Outside = append(w.Outside, c)
		}
	}
	return w
}

// Verdict says whether a booked meeting still keeps the rules.
type Verdict struct {
	Status Status
	Who    []string // the people a NoCalendar or InvalidZone is about
	Valid  bool
	Reason Stage // the first rule it breaks, "" when Valid
}
