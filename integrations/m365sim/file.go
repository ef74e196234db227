package m365sim

import (
	"encoding/json"
	"fmt"
	"io"
	netmail "net/mail"
	"strings"
	"time"
)

// Company is the content of a tenant file: people defined by hand. It is JSON; unknown
// fields are refused.
type Company struct {
	Domain string     `json:"domain"` // of the addresses; "" = rapport-demo.example
	People []Employee `json:"people"`
}

// Employee is one line of a tenant file. Only a name is needed.
type Employee struct {
	Name       string        `json:"name"`
	Mail       string        `json:"mail"`  // "" = made of the name
	Zone       string        `json:"zone"`  // IANA or Windows name; "" = Europe/Berlin
	Days       []string      `json:"days"`  // "monday" ...; empty = Monday to Friday
	From       string        `json:"from"`  // "09:00", local; "" = 09:00
	Until      string        `json:"until"` // "17:00", local; "" = 17:00
	Department string        `json:"department"`
	Team       string        `json:"team"`
	Title      string        `json:"title"`
	Country    string        `json:"country"`
	Language   string        `json:"language"`
	Manager    string        `json:"manager"` // address of somebody in the file
	Guest      bool          `json:"guest"`
	Disabled   bool          `json:"disabled"`
	Purpose    string        `json:"purpose"` // user, shared, room; "" = user
	NoMailbox  bool          `json:"noMailbox"`
	NoApp      bool          `json:"noApp"`     // Teams app not installed yet
	Blocked    bool          `json:"blocked"`   // has blocked the bot
	OldClient  bool          `json:"oldClient"` // uses the Action.Submit fallback
	Passive    bool          `json:"passive"`   // does nothing by themselves
	Planted    bool          `json:"planted"`   // gets a plausible calendar beside Busy
	Joins      time.Time     `json:"joins"`     // the group, later
	Leaves     time.Time     `json:"leaves"`    // the group
	Busy       []Appointment `json:"busy"`
	Habits     Habits        `json:"habits"`
}

// Appointment is one busy time of an employee.
type Appointment struct {
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Status  string    `json:"status"` // free, tentative, busy, oof, workingElsewhere; "" = busy
	Subject string    `json:"subject"`
}

// Habits are how an employee deals with what is asked of them.
type Habits struct {
	Consent  string  `json:"consent"`  // yes, no, never; "" = yes
	Pace     float64 `json:"pace"`     // 1 = usual, 3 = three times as late
	Reminded bool    `json:"reminded"` // answers follow-ups only after the reminder
	Snoozes  bool    `json:"snoozes"`
	Declines int     `json:"declines"` // this many invites before accepting one
	Proposes bool    `json:"proposes"` // a new time for the first invite
	Silent   bool    `json:"silent"`   // after the consent
	Says     []struct {
		After string `json:"after"` // Go duration since the start of the story
		Text  string `json:"text"`
	} `json:"says"`
}

// readFile hires the people of a tenant file.
func (t *Tenant) readFile(r io.Reader) error {
	var co Company
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&co); err != nil {
		return fmt.Errorf("tenant file: %w", err)
	}
	if len(co.People) == 0 {
		return fmt.Errorf("tenant file: there is nobody in it; give at least one person under people")
	}
	t.domain = or(co.Domain, t.domain)
	for i, e := range co.People {
		if err := t.employ(i, e); err != nil {
			return fmt.Errorf("tenant file: people[%d]: %w", i, err)
		}
	}
	for i, e := range co.People {
		if e.Manager == "" {
			continue
		}
		boss := t.byMail[strings.ToLower(e.Manager)]
		if boss == nil {
			return fmt.Errorf("tenant file: people[%d]: the manager is not in the file", i)
		}
		t.people[i].Manager = boss
	}
	return nil
}

func (t *Tenant) employ(i int, e Employee) error {
	if strings.TrimSpace(e.Name) == "" {
		return fmt.Errorf("the name is missing")
	}
	zoneName := or(e.Zone, "Europe/Berlin")
	zone, err := location(zoneName)
	if err != nil {
		return fmt.Errorf("zone %q is not an IANA or Windows name the tenant knows", e.Zone)
	}
	p := &person{ID: t.uuid("person", fmt.Sprint(i)), Name: e.Name, Mail: or(e.Mail, t.address(e.Name, 0)), Department: e.Department, Team: e.Team, Title: e.Title,
		Country: e.Country, Language: or(e.Language, "en-GB"), Zone: zone, ZoneName: zoneName, Days: workweek, Guest: e.Guest, Disabled: e.Disabled,
		Purpose: or(e.Purpose, "user"), NoMailbox: e.NoMailbox, Installed: !e.NoApp, Blocked: e.Blocked, OldClient: e.OldClient, Passive: e.Passive, Joins: e.Joins, Leaves: e.Leaves, Planted: e.Planted}
	if _, err := netmail.ParseAddress(p.Mail); err != nil {
		return fmt.Errorf("the mail address cannot be read; give one under mail")
	}
	if t.byMail[strings.ToLower(p.Mail)] != nil {
		return fmt.Errorf("the mail address is taken")
	}
	if p.Starts, err = minutes(or(e.From, "09:00")); err != nil {
		return err
	}
	if p.Ends, err = minutes(or(e.Until, "17:00")); err != nil || p.Ends <= p.Starts {
		return fmt.Errorf("until must be a later time of the day than from")
	}
	if len(e.Days) > 0 {
		if p.Days, err = weekdays(e.Days); err != nil {
			return err
		}
	}
	h := e.Habits
	p.Habit = habit{Consent: h.Consent, Pace: h.Pace, Reminded: h.Reminded, Snoozes: h.Snoozes, Declines: h.Declines, Proposes: h.Proposes, Silent: h.Silent}
	for _, s := range h.Says {
		after, err := time.ParseDuration(s.After)
		if err != nil {
			return fmt.Errorf("habits.says.after must be a duration like 36h")
		}
		p.Habit.Says = append(p.Habit.Says, saying{after, s.Text})
	}
	t.enrol(p)
	for _, b := range e.Busy {
		if !b.End.After(b.Start) {
			return fmt.Errorf("busy: the end must be later than the start")
		}
		t.appoint(p, span{b.Start.UTC(), b.End.UTC()}, or(b.Status, "busy"), or(b.Subject, "Appointment"), false, false)
	}
	return nil
}

func minutes(clock string) (int, error) {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time of the day like 09:00", clock)
	}
	return at.Hour()*60 + at.Minute(), nil
}

func weekdays(names []string) ([]time.Weekday, error) {
	var out []time.Weekday
	for _, n := range names {
		found := false
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(d.String(), n) {
				out, found = append(out, d), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%q is not a weekday", n)
		}
	}
	return out, nil
}
