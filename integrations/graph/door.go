package graph

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	abs "github.com/microsoft/kiota-abstractions-go"
	ser "github.com/microsoft/kiota-abstractions-go/serialization"
	khttp "github.com/microsoft/kiota-http-go"
)

// prefer goes with every request, also inside a batch: ids that survive a move between
// folders, and times in UTC.
const prefer = `IdType="ImmutableId", outlook.timezone="UTC"`

// call is one request before it is sent.
type call struct {
	op      string // what we are doing, in plain words, for errors
	method  abs.HttpMethod
	path    string            // URL template below /v1.0
	vars    map[string]string // of the template
	link    string            // a whole link that Graph gave us, used as it is, instead of path
	body    ser.Parsable      // built afresh, never from an answer
	json    []byte            // a body without an SDK model, instead of body
	plain   []byte            // a body of plain text, instead of body
	prefer  string            // further preferences
	search  bool              // an advanced directory query: ConsistencyLevel eventual
	mailbox string            // whose place to take while it runs, "" = none
	places  int               // how many places, 1 when zero
	reads   bool              // a POST that only reads
	needs   string            // permission to name when it is refused
}

// writes says whether the request may change something outside.
func (q call) writes() bool { return q.method != abs.GET && !q.reads }

// fetch sends q and reads the answer as the model that make makes; nil when it is empty.
func (c *Client) fetch(ctx context.Context, q call, make ser.ParsableFactory) (ser.Parsable, error) {
	var out ser.Parsable
	err := c.through(ctx, q, func(ctx context.Context, r *abs.RequestInformation) (err error) {
		out, err = c.adapter.Send(ctx, r, make, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// raw sends q and answers the body as it came.
func (c *Client) raw(ctx context.Context, q call) ([]byte, error) {
	var out []byte
	err := c.through(ctx, q, func(ctx context.Context, r *abs.RequestInformation) error {
		got, err := c.adapter.SendPrimitive(ctx, r, "[]byte", nil)
		out, _ = got.([]byte)
		return err
	})
	return out, err
}

// tell sends q and wants no answer but success.
func (c *Client) tell(ctx context.Context, q call) error {
	return c.through(ctx, q, func(ctx context.Context, r *abs.RequestInformation) error {
		return c.adapter.SendNoContent(ctx, r, nil)
	})
}

// through is the only way out: it takes a place at the mailbox, sends, and turns whatever
// goes wrong into an Error.
func (c *Client) through(ctx context.Context, q call, send func(context.Context, *abs.RequestInformation) error) (err error) {
	leave, err := c.enter(ctx, q)
	if err != nil {
		return err
	}
	defer leave()
	wait, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	var wrote atomic.Bool
	wait = httptrace.WithClientTrace(wait, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	defer func() {
		// The generated models assert types; a strange answer must not end the worker.
		if recover() != nil {
			err = explain(ctx, q, errUnreadable, true)
		}
	}()
	r, err := c.request(wait, q)
	if err == nil {
		err = send(wait, r)
	}
	if err == nil {
		return nil
	}
	if wait.Err() != nil && ctx.Err() == nil {
		err = context.DeadlineExceeded // our own limit, however the transport words it
	}
	e := explain(ctx, q, err, wrote.Load())
	if status(e) == http.StatusUnauthorized {
		c.signIn.forget()
	}
	return e
}

// request builds the SDK's form of q with the headers that everything carries.
func (c *Client) request(ctx context.Context, q call) (*abs.RequestInformation, error) {
	vars := map[string]string{}
	for k, v := range q.vars {
		vars[k] = v
	}
	r := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(q.method, "{+baseurl}"+q.path, vars)
	if q.link != "" {
		to, err := url.Parse(q.link)
		if err != nil {
			return nil, errUnreadable
		}
		r.SetUri(*to)
	}
	r.Headers.Add("Accept", "application/json")
	r.Headers.Add("User-Agent", "rapport")
	r.Headers.Add("Prefer", with(prefer, q.prefer))
	if q.search {
		r.Headers.Add("ConsistencyLevel", "eventual")
	}
	if q.body != nil {
		if err := r.SetContentFromParsable(ctx, c.adapter, "application/json", q.body); err != nil {
			return nil, err
		}
	}
	if q.json != nil {
		r.SetStreamContentAndContentType(q.json, "application/json")
	}
	if q.plain != nil {
		r.SetStreamContentAndContentType(q.plain, "text/plain")
	}
	if len(r.Content) > 0 {
		r.Headers.Add("Content-Length", strconv.Itoa(len(r.Content))) // or the SDK sends chunks
	}
	return r, nil
}

// with joins preferences into one header line, which every server understands.
func with(always, more string) string {
	if more == "" {
		return always
	}
	return always + ", " + more
}

// doorkeeper is the innermost middleware: a refused request becomes an Error before the SDK
// sees it, because the SDK's own handling panics on an empty error body and on an unquoted
// claims challenge, and loses the status of an HTML page.
type doorkeeper struct{ throttled func() }

// Intercept lets successful answers pass. A web page is none, whatever its status: something
// in between answered, and where no answer is read nobody else would notice.
func (d doorkeeper) Intercept(p khttp.Pipeline, i int, r *http.Request) (*http.Response, error) {
	answer, err := p.Next(r, i)
	if err == nil && answer.StatusCode == http.StatusTooManyRequests && d.throttled != nil {
		d.throttled()
	}
	if err != nil || answer.StatusCode < 300 && !page(answer.Header) {
		return answer, err
	}
	body := readSome(answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode < 300 {
		return nil, errUnreadable
	}
	return nil, refusal(answer.StatusCode, answer.Header, body)
}

// page says whether an answer is made for people.
func page(h http.Header) bool { return strings.HasPrefix(h.Get("Content-Type"), "text/html") }
