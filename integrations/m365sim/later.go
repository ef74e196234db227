package m365sim

import (
	"fmt"
	"time"
)

// Things that happen to employees while a story runs.

// Appoint puts one more busy time into an employee's calendar.
func (t *Tenant) Appoint(id string, a Appointment) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.byID[id]
	if p == nil {
		return fmt.Errorf("there is no employee with this id")
	}
	if !a.End.After(a.Start) {
		return fmt.Errorf("the end must be later than the start")
	}
	t.appoint(p, span{a.Start.UTC(), a.End.UTC()}, or(a.Status, "busy"), or(a.Subject, "Appointment"), false, false)
	return nil
}

// Relocate changes where an employee lives and when they work: the zone (an IANA name, "" keeps
// it) and the hours in minutes after midnight.
func (t *Tenant) Relocate(id, zone string, starts, ends int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.byID[id]
	if p == nil {
		return fmt.Errorf("there is no employee with this id")
	}
	if zone != "" {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			return fmt.Errorf("zone: there is no %q", zone)
		}
		p.Zone, p.ZoneName = loc, zone
	}
	p.Starts, p.Ends = starts, ends
	return nil
}
