package teams

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

const (
	callTimeout = 15 * time.Second // the connector answers within seconds or not at all
	maxReply    = 1 << 20          // bytes of a reply that we read
)

// web makes the client for calls to the outside. It follows no redirect: a redirect would
// carry the token to a host that nobody listed.
func web(rt http.RoundTripper) *http.Client {
	if rt == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 32
		t.ResponseHeaderTimeout = callTimeout
		rt = t
	}
	return &http.Client{
		Transport:     rt,
		Timeout:       callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetch gets a JSON document of at most maxReply bytes.
func fetch(ctx context.Context, c *http.Client, url string, into any) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, nil
	}
	return res.StatusCode, json.NewDecoder(io.LimitReader(res.Body, maxReply)).Decode(into)
}

// gate lets one caller through at a time; waiting for it ends with the context.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }
