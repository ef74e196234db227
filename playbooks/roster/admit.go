package roster

import (
	"sort"
	"strings"
)

// Reason says, as a word that prompt and the admin pages put into sentences, why somebody
// in the group does not take part.
type Reason string

// The reasons to skip an entry of the directory.
const (
	Guest       Reason = "guest"              // an account of another organisation
	Disabled    Reason = "disabled"           // the account is blocked
	NoMailbox   Reason = "no-mailbox"         // no address to invite
	NotAPerson  Reason = "not-a-person"       // a shared, room or equipment mailbox
	Unreadable  Reason = "mailbox-unreadable" // the mailbox answered with an error
	ServiceSelf Reason = "service-mailbox"    // the programme's own mailbox
)

// Skip is an entry that does not take part, and why.
type Skip struct {
	ID      ID     `json:"id"`
	Reason  Reason `json:"reason"`
	Problem string `json:"problem,omitempty"` // the mailbox's error code, for the admin
}

// Admit sorts the directory's entries into people who may be invited and those skipped with
// a reason, both in order of id. service is the programme's own mailbox address.
func Admit(entries []Entry, service string) (people []Person, skipped []Skip) {
	for _, e := range entries {
		if why := whyNot(e, service); why != "" {
			skipped = append(skipped, Skip{ID: e.ID, Reason: why, Problem: e.Problem})
			continue
		}
		people = append(people, e.Person)
	}
	sort.Slice(people, func(i, j int) bool { return people[i].ID < people[j].ID })
	sort.Slice(skipped, func(i, j int) bool { return skipped[i].ID < skipped[j].ID })
	return people, skipped
}

func whyNot(e Entry, service string) Reason {
	switch {
	case e.Guest:
		return Guest
	case e.Disabled:
		return Disabled
	case e.Mail == "":
		return NoMailbox
	case strings.EqualFold(e.Mail, service):
		return ServiceSelf
	case e.Purpose != "" && e.Purpose != "user" && e.Purpose != "linked":
		return NotAPerson
	case e.Problem != "":
		return Unreadable
	}
	return ""
}
