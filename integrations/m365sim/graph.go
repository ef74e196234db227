package m365sim

import (
	"net/http"
	"strings"
)

// graphRoutes is all of Graph the tenant knows.
var graphRoutes = []route{
	{"GET", "/v1.0/groups/{}", (*Tenant).getGroup, false},
	{"GET", "/v1.0/groups/{}/members", (*Tenant).listMembers, false},
	{"GET", "/v1.0/groups/{}/transitiveMembers", (*Tenant).listTransitiveMembers, false},
	{"GET", "/v1.0/groups/{}/members/microsoft.graph.user", (*Tenant).listMembers, false},
	{"GET", "/v1.0/groups/{}/transitiveMembers/microsoft.graph.user", (*Tenant).listTransitiveMembers, false},
	{"GET", "/v1.0/groups/{}/transitiveMembers/graph.user", (*Tenant).listTransitiveMembers, false},
	{"GET", "/v1.0/users", (*Tenant).listUsers, false},
	{"GET", "/v1.0/users/{}", (*Tenant).getUser, false},
	{"GET", "/v1.0/users/{}/manager", (*Tenant).getManager, false},
	{"GET", "/v1.0/users/{}/mailboxSettings", (*Tenant).getMailboxSettings, false},
	{"GET", "/v1.0/users/{}/mailboxSettings/{}", (*Tenant).getMailboxSettings, false},
	{"POST", "/v1.0/users/{}/calendar/getSchedule", (*Tenant).getSchedule, false},
	{"GET", "/v1.0/users/{}/calendar", (*Tenant).getCalendar, false},
	{"POST", "/v1.0/users/{}/events", (*Tenant).createEvent, false},
	{"POST", "/v1.0/users/{}/calendar/events", (*Tenant).createEvent, false},
	{"GET", "/v1.0/users/{}/events", (*Tenant).listEvents, false},
	{"GET", "/v1.0/users/{}/calendar/events", (*Tenant).listEvents, false},
	{"GET", "/v1.0/users/{}/events/{}", (*Tenant).getEvent, false},
	{"PATCH", "/v1.0/users/{}/events/{}", (*Tenant).patchEvent, false},
	{"DELETE", "/v1.0/users/{}/events/{}", (*Tenant).deleteEvent, false},
	{"POST", "/v1.0/users/{}/events/{}/cancel", (*Tenant).cancelEvent, false},
	{"POST", "/v1.0/users/{}/events/{}/accept", (*Tenant).answerEvent, false},
	{"POST", "/v1.0/users/{}/events/{}/decline", (*Tenant).answerEvent, false},
	{"POST", "/v1.0/users/{}/events/{}/tentativelyAccept", (*Tenant).answerEvent, false},
	{"GET", "/v1.0/users/{}/calendarView", (*Tenant).calendarView, false},
	{"GET", "/v1.0/users/{}/calendar/calendarView", (*Tenant).calendarView, false},
	{"GET", "/v1.0/users/{}/calendarView/delta", (*Tenant).calendarDelta, false},
	{"GET", "/v1.0/users/{}/calendar/calendarView/delta", (*Tenant).calendarDelta, false},
	{"POST", "/v1.0/users/{}/messages", (*Tenant).createMessage, false},
	{"GET", "/v1.0/users/{}/messages", (*Tenant).listMessages, false},
	{"GET", "/v1.0/users/{}/mailFolders/{}/messages", (*Tenant).listMessages, false},
	{"GET", "/v1.0/users/{}/messages/{}", (*Tenant).getMessage, false},
	{"DELETE", "/v1.0/users/{}/messages/{}", (*Tenant).deleteMessage, false},
	{"POST", "/v1.0/users/{}/messages/{}/send", (*Tenant).sendDraft, false},
	{"POST", "/v1.0/users/{}/sendMail", (*Tenant).sendMail, false},
	{"GET", "/v1.0/users/{}/teamwork/installedApps", (*Tenant).listInstalled, false},
	{"POST", "/v1.0/users/{}/teamwork/installedApps", (*Tenant).install, false},
	{"GET", "/v1.0/users/{}/teamwork/installedApps/{}/chat", (*Tenant).installedChat, false},
	{"GET", "/v1.0/chats/{}/messages", (*Tenant).listChat, false},
	{"GET", "/v1.0/chats/{}/messages/{}", (*Tenant).getChatMessage, false},
	{"GET", "/v1.0/appCatalogs/teamsApps", (*Tenant).listTeamsApps, false},
	{"GET", "/v1.0/organization", (*Tenant).listOrganization, false},
	{"POST", "/v1.0/subscriptions", (*Tenant).subscribe, true},
	{"GET", "/v1.0/subscriptions", (*Tenant).listSubscriptions, false},
	{"GET", "/v1.0/subscriptions/{}", (*Tenant).getSubscription, false},
	{"PATCH", "/v1.0/subscriptions/{}", (*Tenant).renewSubscription, false},
	{"POST", "/v1.0/subscriptions/{}/reauthorize", (*Tenant).reauthorize, false},
	{"DELETE", "/v1.0/subscriptions/{}", (*Tenant).unsubscribe, false},
}

// graph answers a request to Graph from outside.
func (t *Tenant) graph(c *call) reply {
	status, wrong := t.bearer(c, t.creds.ClientID, func(aud string) bool { return isGraph(aud, c.base) })
	switch status {
	case http.StatusForbidden:
		return graphError(status, "Authorization_RequestDenied", wrong)
	case http.StatusUnauthorized:
		out := graphError(status, "InvalidAuthenticationToken", wrong)
		out.header = map[string]string{"WWW-Authenticate": `Bearer realm="", authorization_uri="` + c.base + `/common/oauth2/authorize", error="invalid_token"`}
		return out
	}
	if strings.EqualFold(c.r.URL.Path, "/v1.0/$batch") {
		return t.batch(c)
	}
	return t.resource(c)
}

// resource answers one call, batched or not: the mailbox's limits first, then its handler.
func (t *Tenant) resource(c *call) reply {
	rt, args, known := find(graphRoutes, c.r.Method, c.r.URL.EscapedPath())
	if rt.do == nil {
		if known {
			return graphError(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
		}
		return graphError(http.StatusBadRequest, "BadRequest", "Resource not found for the segment.")
	}
	c.args = args
	box := t.mailboxOf(c.r.URL.EscapedPath())
	if box != "" {
		leave, admitted := t.admit(box, c)
		if !admitted {
			t.refused(box, c, rt)
			return throttled(graphRetrySecs, graphError(http.StatusTooManyRequests, "ApplicationThrottled", "Application is over its MailboxConcurrency limit."))
		}
		defer leave()
	}
	t.mu.Lock()
	t.count(c, rt)
	t.noteCall(box, c, rt, false)
	if rt.free {
		t.mu.Unlock()
		return rt.do(t, c)
	}
	defer t.mu.Unlock()
	return rt.do(t, c)
}

func (t *Tenant) count(c *call, rt route) {
	t.counts.Routes[rt.method+" "+rt.path]++
	for _, part := range []string{"/events", "calendarView", "/messages"} {
		if strings.Contains(rt.path, part) && !strings.Contains(rt.path, "/chats/") && !strings.EqualFold(c.prefer("IdType"), "ImmutableId") {
			t.counts.WithoutImmutableID++
			return
		}
	}
}

// refused counts a call that the mailbox's limits did not let in.
func (t *Tenant) refused(box string, c *call, rt route) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Throttled++
	t.noteCall(box, c, rt, true)
}

func (t *Tenant) countThrottle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Throttled++
}
