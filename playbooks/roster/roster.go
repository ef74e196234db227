// Package roster says who takes part in a programme.
//
// It makes a Person from what the directory knows, and a Member from a Person and what
// that person told us (consent, profile, pause). It never decides for anybody: nobody is
// in before a recorded consent to the current text. Members go to match and slots.
package roster

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/zone"
)

// ID is a person's Entra object id. It is the only name of a person that may stand in
// keys, task payloads and logs.
type ID string

// Person is what the directory and the mailbox say about somebody.
type Person struct {
	ID         ID       `json:"id"`
	Name       string   `json:"name"`
	Mail       string   `json:"mail"` // SMTP address
	Manager    ID       `json:"manager,omitempty"`
	Department string   `json:"department,omitempty"`
	Team       string   `json:"team,omitempty"`
	Country    string   `json:"country,omitempty"`  // ISO 3166 code, for Windows zone names
	Language   string   `json:"language,omitempty"` // BCP 47 tag
	Zone       zone.Ref `json:"zone"`
	Hours      Hours    `json:"hours"`
}

// Hours are a person's weekly working hours in the zone the mailbox keeps them in.
// Start and End are "15:04" wall-clock times; no Days means the hours are not known.
type Hours struct {
	Days  []time.Weekday `json:"days,omitempty"`
	Start string         `json:"start,omitempty"`
	End   string         `json:"end,omitempty"`
	Zone  zone.Ref       `json:"zone"`
}

// Entry is one line of the directory before anybody decided who takes part.
type Entry struct {
	Person
	Guest    bool   `json:"guest,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
	Purpose  string `json:"purpose,omitempty"` // Graph mailboxSettings.userPurpose: user, linked, shared, room, equipment, others
	Problem  string `json:"problem,omitempty"` // error code when the mailbox could not be read, "" when it could
}
