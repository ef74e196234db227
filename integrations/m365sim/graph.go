package m365sim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
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
	if box := t.mailboxOf(c.r.URL.EscapedPath()); box != "" {
		if !t.gates.enter(box, t.opts.Wall()) {
			t.countThrottle()
			return throttled(graphRetrySecs, graphError(http.StatusTooManyRequests, "ApplicationThrottled", "Application is over its MailboxConcurrency limit."))
		}
		defer t.gates.leave(box)
		time.Sleep(t.opts.Latency)
	}
	t.mu.Lock()
	t.count(c, rt)
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

func (t *Tenant) countThrottle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Throttled++
}

// maxBatch is how many requests fit into one $batch.
const maxBatch = 20

type batchItem struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

// batch answers up to twenty calls in one: each with its own status, throttled and failing
// one by one, in an order of its own.
func (t *Tenant) batch(c *call) reply {
	var in struct{ Requests []batchItem }
	if c.r.Method != http.MethodPost || !c.decode(&in) {
		return graphError(http.StatusBadRequest, "BadRequest", "Invalid batch payload format.")
	}
	if len(in.Requests) == 0 || len(in.Requests) > maxBatch {
		return graphError(http.StatusBadRequest, "BadRequest", "Number of batch request steps exceeds the maximum value of 20, or is zero.")
	}
	status := map[string]int{}
	for _, it := range in.Requests {
		id := strings.ToLower(it.ID)
		if _, twice := status[id]; twice || id == "" || it.Method == "" || it.URL == "" {
			return graphError(http.StatusBadRequest, "BadRequest", "Every batch request needs a unique id, a method and a url.")
		}
		status[id] = 0
	}
	answers := make([]object, 0, len(in.Requests))
	for _, it := range in.Requests {
		out := t.batched(c, it, status)
		status[strings.ToLower(it.ID)] = out.status
		answer := object{"id": it.ID, "status": out.status}
		headers := object{}
		for k, v := range out.header {
			headers[k] = v
		}
		if out.body != nil {
			headers["Content-Type"], answer["body"] = "application/json", out.body
		}
		answer["headers"] = headers
		answers = append(answers, answer)
	}
	dice := t.dice("batch", string(c.body)) // the real order is nobody's to rely on
	dice.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
	return ok(object{"responses": answers})
}

func (t *Tenant) batched(c *call, it batchItem, status map[string]int) reply {
	for _, dep := range it.DependsOn {
		if s := status[strings.ToLower(dep)]; s == 0 || s >= 400 {
			return graphError(http.StatusFailedDependency, "FailedDependency", "A request this one depends on has failed.")
		}
	}
	target, err := url.Parse("/v1.0/" + strings.TrimLeft(it.URL, "/"))
	if err != nil {
		return graphError(http.StatusBadRequest, "BadRequest", "The url of the batch request is not valid.")
	}
	r := c.r.Clone(c.r.Context())
	r.Method, r.URL, r.Header = strings.ToUpper(it.Method), target, http.Header{}
	for k, v := range it.Headers {
		r.Header.Set(k, v)
	}
	if len(it.Body) > 0 && r.Header.Get("Content-Type") == "" {
		return graphError(http.StatusBadRequest, "BadRequest", "Content-Type header is required when a body is given.")
	}
	inner := &call{r: r, body: it.Body, query: target.Query(), base: c.base, inner: true}
	out, _ := t.misbehave(inner, t.resource)
	return out
}
