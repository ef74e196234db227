package m365sim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

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
	bays := t.openBays(in.Requests)
	defer t.closeBays(bays)
	answers := make([]object, 0, len(in.Requests))
	for _, it := range in.Requests {
		out := t.batched(c, it, status, bays)
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

// bay is what the calls of one batch to one mailbox share: the places they got, and how many
// calls have used them so far.
type bay struct{ places, used int }

// openBays takes places for a batch: like the real service it has up to four calls to a
// mailbox in flight at once, so it counts as that many.
func (t *Tenant) openBays(items []batchItem) map[string]*bay {
	calls := map[string]int{}
	for _, it := range items {
		if target, err := url.Parse("/v1.0/" + strings.TrimLeft(it.URL, "/")); err == nil {
			calls[t.mailboxOf(target.EscapedPath())]++
		}
	}
	delete(calls, "")
	bays := map[string]*bay{}
	for box, n := range calls {
		bays[box] = &bay{places: t.gates.reserve(box, n)}
	}
	return bays
}

func (t *Tenant) closeBays(bays map[string]*bay) {
	for box, b := range bays {
		t.gates.release(box, b.places)
	}
}

// admit lets a call in at a mailbox. One of a batch uses a place that the batch has: of each
// four calls as many are served as it got places.
func (t *Tenant) admit(box string, c *call) (leave func(), admitted bool) {
	if c.bay == nil {
		if !t.gates.enter(box, t.opts.Wall()) {
			return nil, false
		}
		time.Sleep(t.opts.Latency)
		return func() { t.gates.leave(box) }, true
	}
	turn := c.bay.used % maxConcurrent
	c.bay.used++
	if !t.gates.batched(box, t.opts.Wall()) || turn >= c.bay.places {
		return nil, false
	}
	if turn == 0 {
		time.Sleep(t.opts.Latency)
	}
	return func() {}, true
}

func (t *Tenant) batched(c *call, it batchItem, status map[string]int, bays map[string]*bay) reply {
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
	inner := &call{r: r, body: it.Body, query: target.Query(), base: c.base, inner: true, bay: bays[t.mailboxOf(target.EscapedPath())]}
	out, _ := t.misbehave(inner, t.resource)
	return out
}
