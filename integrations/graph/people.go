package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Directory reads who is in a group.
type Directory struct{ c *Client }

// The problems that an Entry carries beside the service's own codes.
const (
	NoAddress   = "NoAddress"   // the account has no mail address: nobody can be invited by it
	LimitedInfo = "LimitedInfo" // the app may see that the account exists, and no more: grant User.Read.All
)

// memberPath lists the users of a group, of nested groups too. The cast needs the
// directory's advanced queries (search).
const memberPath = "/groups/{group}/transitiveMembers/microsoft.graph.user?$count=true&$top=999" +
	"&$select=id,displayName,mail,userType,accountEnabled,department,country,usageLocation,preferredLanguage"

// pageLimit ends a chain of pages that never ends.
const pageLimit = 1000

// Members lists everybody in the group, each once. Guests and disabled accounts are marked
// and their mailboxes left alone; a mailbox that cannot be read, or that the directory does
// not show us, is an Entry with a Problem. An unknown group is a permanent error. A
// throttled or failing service is an error for the whole list, with RetryAfter. It only
// reads, so a repeat does no harm.
//
// Needs GroupMember.Read.All, User.Read.All and MailboxSettings.Read.
func (d *Directory) Members(ctx context.Context, group string) ([]roster.Entry, error) {
	q := call{op: "list the group's members", method: abs.GET, path: memberPath + "&$expand=manager($select=id)",
		vars: map[string]string{"group": group}, search: true, needs: "GroupMember.Read.All and User.Read.All"}
	list, err := d.list(ctx, q)
	if status(err) == http.StatusBadRequest {
		q.path = memberPath // the expansion is refused together with advanced queries
		list, err = d.list(ctx, q)
	}
	switch {
	case status(err) == http.StatusNotFound, status(err) == http.StatusBadRequest:
		return nil, forGood(err, "there is no such group: check the group id in the config")
	case err != nil:
		return nil, err
	}
	// Nobody with a manager is either a group without any, or a service that ignored the
	// expansion. Managers must never meet their reports, so it is asked again, one by one.
	if !anyManager(list) {
		if err := d.managers(ctx, list); err != nil {
			return nil, err
		}
	}
	if err := d.settings(ctx, list); err != nil {
		return nil, err
	}
	out := make([]roster.Entry, len(list))
	for i, e := range list {
		out[i] = *e
	}
	return out, nil
}

// list reads all pages of members.
func (d *Directory) list(ctx context.Context, q call) ([]*roster.Entry, error) {
	var out []*roster.Entry
	seen := map[roster.ID]bool{}
	for range pageLimit {
		got, err := d.c.fetch(ctx, q, models.CreateUserCollectionResponseFromDiscriminatorValue)
		if err != nil {
			return nil, err
		}
		page, ok := got.(models.UserCollectionResponseable)
		if !ok {
			return nil, unreadable(q)
		}
		for _, u := range page.GetValue() {
			if u == nil || text(u.GetId()) == "" || seen[roster.ID(*u.GetId())] {
				continue
			}
			seen[roster.ID(*u.GetId())] = true
			out = append(out, entry(u))
		}
		if q.link = text(page.GetOdataNextLink()); q.link == "" {
			return out, nil
		}
	}
	return nil, unreadable(q)
}

// entry takes from the directory what decides who takes part.
func entry(u models.Userable) *roster.Entry {
	e := &roster.Entry{Person: roster.Person{
		ID:         roster.ID(*u.GetId()),
		Name:       text(u.GetDisplayName()),
		Mail:       text(u.GetMail()),
		Department: text(u.GetDepartment()),
		Country:    country(text(u.GetUsageLocation()), text(u.GetCountry())),
		Language:   text(u.GetPreferredLanguage()),
	}}
	e.Guest = strings.EqualFold(text(u.GetUserType()), "guest")
	e.Disabled = u.GetAccountEnabled() != nil && !*u.GetAccountEnabled()
	if m := u.GetManager(); m != nil {
		e.Manager = roster.ID(text(m.GetId()))
	}
	switch {
	case u.GetAccountEnabled() == nil:
		e.Problem = LimitedInfo
	case e.Mail == "" && !e.Guest && !e.Disabled:
		e.Problem = NoAddress
	}
	return e
}

// country answers the first that is an ISO 3166 code of two letters; the directory's
// country is free text.
func country(from ...string) string {
	for _, c := range from {
		if len(c) == 2 {
			return strings.ToUpper(c)
		}
	}
	return ""
}

// anyManager says whether the list names at least one manager.
func anyManager(list []*roster.Entry) bool {
	for _, e := range list {
		if e.Manager != "" {
			return true
		}
	}
	return false
}

// candidates are the entries whose mailbox and manager matter.
func candidates(list []*roster.Entry) []*roster.Entry {
	var out []*roster.Entry
	for _, e := range list {
		if !e.Guest && !e.Disabled && e.Problem == "" {
			out = append(out, e)
		}
	}
	return out
}

// managers asks for each person's manager; none is a 404.
func (d *Directory) managers(ctx context.Context, list []*roster.Entry) error {
	q := call{op: "read the managers", needs: "User.Read.All"}
	ask := func(e *roster.Entry) inner {
		return inner{method: "GET", url: "/users/" + url.PathEscape(string(e.ID)) + "/manager?$select=id"}
	}
	return inBatches(ctx, d.c, q, candidates(list), ask, func(e *roster.Entry, o outcome) error {
		if o.status == http.StatusNotFound {
			return nil
		}
		if err := o.failed(q); err != nil {
			return err
		}
		var manager struct {
			ID roster.ID `json:"id"`
		}
		if json.Unmarshal(o.body, &manager) != nil || manager.ID == "" {
			return unreadable(q)
		}
		e.Manager = manager.ID
		return nil
	})
}

// settingsJSON is the part of mailboxSettings that we read.
type settingsJSON struct {
	Zone     string     `json:"timeZone"` // a Windows name, or IANA if the admin set it so
	Purpose  string     `json:"userPurpose"`
	Hours    *hoursJSON `json:"workingHours"`
	Language struct {
		Locale string `json:"locale"`
	} `json:"language"`
}

// settings asks each mailbox for its zone, hours, language and purpose.
func (d *Directory) settings(ctx context.Context, list []*roster.Entry) error {
	// All workers share the places of one door here, so that no single person's mailbox
	// can see more than that, without a place for each of a thousand mailboxes.
	q := call{op: "read the mailbox settings", mailbox: "settings", needs: "MailboxSettings.Read"}
	ask := func(e *roster.Entry) inner {
		return inner{method: "GET", url: "/users/" + url.PathEscape(string(e.ID)) + "/mailboxSettings"}
	}
	down, trouble := 0, error(nil)
	asked := candidates(list)
	if err := inBatches(ctx, d.c, q, asked, ask, func(e *roster.Entry, o outcome) error {
		err := o.failed(q)
		var s settingsJSON
		switch {
		case err != nil && o.status == http.StatusTooManyRequests:
			return err
		case err != nil && o.passing():
			down, trouble = down+1, err
			e.Problem = problem(err.status, err.code)
		case err != nil:
			e.Problem = problem(err.status, err.code)
		case json.Unmarshal(o.body, &s) != nil:
			e.Problem = "UnreadableSettings"
		default:
			e.Zone.Name, e.Hours, e.Purpose = s.Zone, s.Hours.hours(), s.Purpose
			if s.Language.Locale != "" {
				e.Language = s.Language.Locale
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if down*fewAre > len(asked) {
		return trouble
	}
	return nil
}

// fewAre tells a mailbox in trouble from a service in trouble: up to one in ten mailboxes may
// fail for days without keeping everybody else from being read.
const fewAre = 10
