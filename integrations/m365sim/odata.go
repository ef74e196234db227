package m365sim

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// object is a JSON object on its way out.
type object = map[string]any

// selected keeps only what $select asks for; id and annotations always stay.
func selected(o object, query url.Values) object {
	want := query.Get("$select")
	if want == "" {
		return o
	}
	keep := map[string]bool{"id": true}
	for _, f := range strings.Split(want, ",") {
		keep[strings.ToLower(strings.TrimSpace(f))] = true
	}
	out := object{}
	for k, v := range o {
		if keep[strings.ToLower(k)] || strings.HasPrefix(k, "@") {
			out[k] = v
		}
	}
	return out
}

// paged answers one page of a collection, with a link to the next one when there is more.
// The link must be followed as it is: it carries our own $skiptoken.
func paged(c *call, all []object, size, most int) reply {
	if top := c.query.Get("$top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 || n > most {
			return graphError(http.StatusBadRequest, "Request_BadRequest", "Invalid value for $top.")
		}
		size = n
	}
	if n, err := strconv.Atoi(c.prefer("odata.maxpagesize")); err == nil && n > 0 {
		size = min(n, most)
	}
	from := 0
	if token := c.query.Get("$skiptoken"); token != "" {
		raw, err := base64.RawURLEncoding.DecodeString(token)
		n, err2 := strconv.Atoi(string(raw))
		if err != nil || err2 != nil || n < 0 || n > len(all) {
			return graphError(http.StatusBadRequest, "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be included in your request.")
		}
		from = n
	}
	to := min(from+size, len(all))
	body := object{"value": all[from:to]}
	if to == from {
		body["value"] = []object{}
	}
	if c.query.Get("$count") == "true" && from == 0 {
		body["@odata.count"] = len(all)
	}
	if to < len(all) {
		body["@odata.nextLink"] = c.link(map[string]string{"$skiptoken": base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(to)))})
	}
	return ok(body)
}

// link answers the caller's own address with some of the query changed.
func (c *call) link(change map[string]string) string {
	q := url.Values{}
	for k, v := range c.query {
		q[k] = v
	}
	for k, v := range change {
		q.Set(k, v)
	}
	return c.base + c.r.URL.EscapedPath() + "?" + q.Encode()
}

var (
	propertyFilter = regexp.MustCompile(`(?i)singleValueExtendedProperties/any\(\s*(\w+)\s*:\s*(\w+)/id\s+eq\s+'((?:[^']|'')*)'\s+and\s+(\w+)/value\s+eq\s+'((?:[^']|'')*)'\s*\)`)
	expandProperty = regexp.MustCompile(`(?i)singleValueExtendedProperties\s*\(\s*\$filter\s*=\s*(.*)\)`)
	quotedID       = regexp.MustCompile(`(?i)\bid\s+eq\s+'((?:[^']|'')*)'`)
	draftFilter    = regexp.MustCompile(`(?i)\bisDraft\s+eq\s+(true|false)`)
	messageFilter  = regexp.MustCompile(`(?i)\binternetMessageId\s+eq\s+'((?:[^']|'')*)'`)
	externalFilter = regexp.MustCompile(`(?i)^\s*(?:teamsApp/)?externalId\s+eq\s+'([^']*)'\s*$`)
)

// sought is what a $filter on events or messages looks for.
type sought struct {
	property  *property
	draft     *bool   // of mails only
	messageID *string // of mails only
}

// ofMail says whether the filter asks for what only mails have.
func (s sought) ofMail() bool { return s.draft != nil || s.messageID != nil }

// filter reads the $filter; false when it asks for something the tenant does not know.
func (c *call) filter() (sought, bool) {
	var s sought
	rest := c.query.Get("$filter")
	if m := propertyFilter.FindStringSubmatch(rest); m != nil {
		s.property = &property{ID: unquote(m[3]), Value: unquote(m[5])}
		rest = strings.Replace(rest, m[0], "", 1)
	}
	if m := draftFilter.FindStringSubmatch(rest); m != nil {
		draft := strings.EqualFold(m[1], "true")
		s.draft = &draft
		rest = strings.Replace(rest, m[0], "", 1)
	}
	if m := messageFilter.FindStringSubmatch(rest); m != nil {
		id := unquote(m[1])
		s.messageID = &id
		rest = strings.Replace(rest, m[0], "", 1)
	}
	rest = strings.ReplaceAll(strings.ToLower(rest), "and", "")
	return s, strings.Trim(rest, " ()") == ""
}

func (s sought) fits(props []property) bool {
	if s.property == nil {
		return true
	}
	for _, p := range props {
		if sameProperty(p.ID, s.property.ID) && p.Value == s.property.Value {
			return true
		}
	}
	return false
}

// expanded answers the extended properties the caller asked to see; nil when it did not.
func (c *call) expanded(props []property) []property {
	m := expandProperty.FindStringSubmatch(c.query.Get("$expand"))
	if m == nil {
		return nil
	}
	out := []property{}
	for _, id := range quotedID.FindAllStringSubmatch(m[1], -1) {
		for _, p := range props {
			if sameProperty(p.ID, unquote(id[1])) {
				out = append(out, p)
			}
		}
	}
	return out
}

// sameProperty compares two property names as the service does: the type and the GUID
// without case, and spaces do not count.
func sameProperty(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

func unquote(s string) string { return strings.ReplaceAll(s, "''", "'") }
