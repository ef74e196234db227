package m365sim

import (
	"net/http"
	"strings"
)

// person finds an account by object id or address. t is locked.
func (t *Tenant) person(ref string) *person {
	if p := t.byID[ref]; p != nil {
		return p
	}
	return t.byMail[strings.ToLower(ref)]
}

func (t *Tenant) group(id string) *group {
	for _, g := range t.groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

func (t *Tenant) getGroup(c *call) reply {
	g := t.group(c.args[0])
	if g == nil {
		return noResource(c.args[0])
	}
	return ok(selected(object{"@odata.type": "#microsoft.graph.group", "id": g.ID, "displayName": g.Name, "securityEnabled": true, "mailEnabled": false}, c.query))
}

func (t *Tenant) listMembers(c *call) reply           { return t.membersOf(c, false) }
func (t *Tenant) listTransitiveMembers(c *call) reply { return t.membersOf(c, true) }

// membersOf lists a group; asking for one kind of member, a filter or an order is an
// advanced query and needs its header and $count.
func (t *Tenant) membersOf(c *call, deep bool) reply {
	g := t.group(c.args[0])
	if g == nil {
		return noResource(c.args[0])
	}
	cast := strings.HasSuffix(strings.ToLower(c.r.URL.Path), "graph.user")
	if cast || c.query.Has("$filter") || c.query.Has("$orderby") || c.query.Has("$search") {
		if !strings.EqualFold(c.r.Header.Get("ConsistencyLevel"), "eventual") || c.query.Get("$count") != "true" {
			return graphError(http.StatusBadRequest, "Request_UnsupportedQuery", "The request needs the header ConsistencyLevel: eventual and $count=true.")
		}
	}
	if f := c.query.Get("$filter"); f != "" && f != "accountEnabled eq true" {
		return graphError(http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause.")
	}
	people, nested := g.members(deep, t.now())
	var all []object
	for _, p := range people {
		if c.query.Has("$filter") && p.Disabled {
			continue
		}
		all = append(all, t.userObject(c, p))
	}
	if !cast {
		for _, n := range nested {
			all = append(all, selected(object{"@odata.type": "#microsoft.graph.group", "id": n.ID, "displayName": n.Name}, c.query))
		}
	}
	return paged(c, all, 100, 999)
}

func (t *Tenant) listUsers(c *call) reply {
	filter := c.query.Get("$filter")
	if filter != "" && !strings.HasPrefix(filter, "id in (") {
		return graphError(http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause.")
	}
	var all []object
	for _, p := range t.people {
		if filter == "" || strings.Contains(filter, "'"+p.ID+"'") {
			all = append(all, t.userObject(c, p))
		}
	}
	return paged(c, all, 100, 999)
}

func (t *Tenant) getUser(c *call) reply {
	p := t.person(c.args[0])
	if p == nil {
		return noResource(c.args[0])
	}
	return ok(t.userObject(c, p))
}

func (t *Tenant) getManager(c *call) reply {
	p := t.person(c.args[0])
	if p == nil {
		return noResource(c.args[0])
	}
	if p.Manager == nil {
		return graphError(http.StatusNotFound, "Request_ResourceNotFound", "Resource 'manager' does not exist or one of its queried reference-property objects are not present.")
	}
	return ok(t.userObject(c, p.Manager))
}

// userObject shows an account as Graph does: what $select asks for, else the usual few
// fields, and the manager when $expand says so.
func (t *Tenant) userObject(c *call, p *person) object {
	kind := "Member"
	if p.Guest {
		kind = "Guest"
	}
	full := object{"@odata.type": "#microsoft.graph.user", "id": p.ID, "displayName": p.Name, "mail": p.Mail, "userPrincipalName": p.Mail,
		"givenName": firstName(p.Name), "surname": lastName(p.Name), "jobTitle": orNull(p.Title), "preferredLanguage": orNull(p.Language),
		"accountEnabled": !p.Disabled, "userType": kind, "department": orNull(p.Department), "officeLocation": orNull(p.City), "usageLocation": orNull(p.Country),
		"country": orNull(p.Country), "city": orNull(p.City), "companyName": orNull(p.Team), "employeeOrgData": object{"division": orNull(p.Department), "costCenter": orNull(p.Team)}}
	if p.NoMailbox {
		full["mail"] = nil
		if p.Guest {
			full["mail"] = p.Mail
			full["userPrincipalName"] = strings.Replace(p.Mail, "@", "_", 1) + "#EXT#@" + t.domain
		}
	}
	out := full
	if c.query.Get("$select") != "" {
		out = selected(full, c.query)
	} else {
		for _, f := range []string{"accountEnabled", "userType", "department", "usageLocation", "country", "city", "companyName", "employeeOrgData"} {
			delete(out, f) // returned only on $select
		}
	}
	if strings.HasPrefix(c.query.Get("$expand"), "manager") && p.Manager != nil {
		out["manager"] = object{"@odata.type": "#microsoft.graph.user", "id": p.Manager.ID, "displayName": p.Manager.Name}
	}
	return out
}

func noResource(id string) reply {
	return graphError(http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
}

func (t *Tenant) listOrganization(c *call) reply {
	return ok(object{"value": []object{{"id": t.creds.TenantID, "displayName": "rapport demo", "verifiedDomains": []object{{"name": t.domain, "isDefault": true}}}}})
}

func firstName(s string) string { a, _, _ := strings.Cut(s, " "); return a }
func lastName(s string) string  { return s[strings.LastIndex(s, " ")+1:] }

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
