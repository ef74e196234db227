package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// batchSize is how many requests Graph takes in one $batch.
const batchSize = 20

// inner is one request of a batch. Only requests that read belong into a batch here.
type inner struct {
	method string
	url    string // below /v1.0
	body   any    // nil for GET
}

// outcome is what one request of a batch came to.
type outcome struct {
	status int // 0: the answer left it out
	header http.Header
	body   json.RawMessage
}

// failed answers the refusal of one inner request, nil when it went well.
func (o outcome) failed(q call) *Error {
	if o.status >= 200 && o.status < 300 {
		return nil
	}
	if o.status == 0 {
		return unreadable(q)
	}
	return explain(context.Background(), q, refusal(o.status, o.header, o.body), true)
}

// passing says whether a later repeat may go well although the mailbox itself is fine: such
// an inner failure is the whole call's failure and not the mailbox's problem.
func (o outcome) passing() bool {
	return o.status == 0 || o.status == http.StatusUnauthorized || o.status == http.StatusTooManyRequests || o.status >= 500
}

// The batch as JSON. The SDK's own batch helper panics on a null element, on a number
// among the headers and on a missing id, and loses the inner Retry-After.
type (
	batchItem struct {
		ID      string            `json:"id"`
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body,omitempty"`
	}
	batchReply struct {
		ID      string                     `json:"id"`
		Status  int                        `json:"status"`
		Headers map[string]json.RawMessage `json:"headers"`
		Body    json.RawMessage            `json:"body"`
	}
)

// batch sends at most batchSize requests at once and answers their outcomes in order. An
// error is the failure of the batch as a whole; inner failures are in the outcomes.
func (c *Client) batch(ctx context.Context, q call, items []inner) ([]outcome, error) {
	var out struct {
		Requests []batchItem `json:"requests"`
	}
	for i, it := range items {
		item := batchItem{ID: strconv.Itoa(i), Method: it.method, URL: it.url, Body: it.body,
			Headers: map[string]string{"Prefer": prefer, "Accept": "application/json"}}
		if it.body != nil {
			item.Headers["Content-Type"] = "application/json"
		}
		out.Requests = append(out.Requests, item)
	}
	body, err := json.Marshal(out)
	if err != nil {
		return nil, unreadable(q)
	}
	q.method, q.path, q.json, q.reads, q.places = abs.POST, "/$batch", body, true, len(items)
	answer, err := c.raw(ctx, q)
	if err != nil {
		return nil, err
	}
	all, err := outcomes(q, answer, len(items))
	for _, o := range all {
		if o.status == http.StatusTooManyRequests && c.throttled != nil {
			c.throttled()
		}
	}
	return all, err
}

// outcomes reads a batch's answer; whatever it leaves out stays an outcome without status.
func outcomes(q call, answer []byte, n int) ([]outcome, error) {
	var in struct {
		Responses []*batchReply `json:"responses"`
	}
	if json.Unmarshal(answer, &in) != nil {
		return nil, unreadable(q)
	}
	out := make([]outcome, n)
	for _, r := range in.Responses {
		if r == nil {
			continue
		}
		i, err := strconv.Atoi(r.ID)
		if err != nil || i < 0 || i >= n {
			continue
		}
		header := http.Header{}
		for k, v := range r.Headers {
			header.Set(k, strings.Trim(string(v), `"`)) // a value may be a string or a number
		}
		out[i] = outcome{status: r.Status, header: header, body: r.Body}
	}
	return out, nil
}

// inBatches asks the same question about every one of things, batchSize at a time, and
// hands each outcome to take; it stops at the first error.
func inBatches[T any](ctx context.Context, c *Client, q call, things []T, ask func(T) inner, take func(T, outcome) error) error {
	for len(things) > 0 {
		now := things[:min(batchSize, len(things))]
		things = things[len(now):]
		items := make([]inner, len(now))
		for i, t := range now {
			items[i] = ask(t)
		}
		got, err := c.batch(ctx, q, items)
		if err != nil {
			return err
		}
		for i, t := range now {
			if err := take(t, got[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
