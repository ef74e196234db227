package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rapport-dev/rapport/integrations/web"
)

const (
	noticeSecret = "a-secret-of-128-bits"
	noticeTenant = "7a5c0000-0000-4000-8000-00000000000a"
	noticeSub    = "5b1d0000-0000-4000-8000-00000000000b"
)

// ear writes down what it hears.
type ear struct {
	heard []string
	fail  error
	slow  bool
}

func (e *ear) hear(ctx context.Context, what string) error {
	if e.slow {
		<-ctx.Done()
		return ctx.Err()
	}
	if e.fail == nil {
		e.heard = append(e.heard, what)
	}
	return e.fail
}

func (e *ear) Changed(ctx context.Context, sub string) error { return e.hear(ctx, "changed "+sub) }

func (e *ear) Lifecycle(ctx context.Context, sub, event string) error {
	return e.hear(ctx, event+" "+sub)
}

func notices(e *ear) web.Notices {
	return web.Notices{Tenant: noticeTenant, Secrets: []string{"the-one-before", noticeSecret, ""}, Tell: e}
}

func post(h http.Handler, target, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, target, strings.NewReader(body)))
	return w
}

// told is a notice as Graph writes it; change says what is different this time.
func told(change ...string) string {
	n := map[string]any{"subscriptionId": noticeSub, "subscriptionExpirationDateTime": "2026-12-06T11:00:00Z", "clientState": noticeSecret,
		"changeType": "updated", "resource": "Users/u/Events/e", "tenantId": noticeTenant,
		"resourceData": map[string]any{"@odata.type": "#Microsoft.Graph.Event", "@odata.id": "Users/u/Events/e", "@odata.etag": `W/"1"`, "id": "e"}}
	for i := 0; i+1 < len(change); i += 2 {
		n[change[i]] = change[i+1]
	}
	if n["lifecycleEvent"] != nil {
		delete(n, "changeType")
	}
	b, _ := json.Marshal(n)
	return string(b)
}

func list(all ...string) string { return `{"value":[` + strings.Join(all, ",") + `]}` }

func TestThreat4TheHandshakeGivesTheTokenBackAndNothingElse(t *testing.T) {
	good := "Validation: Testing client application reachability for subscription Request-Id: 522a8e7e-096a + 100%"
	for _, path := range []string{web.ChangesPath, web.LifecyclePath} {
		e := &ear{}
		w := post(notices(e), path+"?validationToken="+url.QueryEscape(good), list(told()))
		if w.Code != 200 || w.Body.String() != good || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" ||
			w.Header().Get("X-Content-Type-Options") != "nosniff" || len(e.heard) != 0 {
			t.Errorf("%s: %d %q %v %v", path, w.Code, w.Body, w.Header(), e.heard)
		}
	}
	for name, query := range map[string]string{
		"a page":               "validationToken=" + url.QueryEscape("<script>alert(1)</script>"),
		"an attribute":         "validationToken=" + url.QueryEscape(`x" onload=`),
		"another line":         "validationToken=a%0d%0aSet-Cookie:+a",
		"an unprintable sign":  "validationToken=%00",
		"another alphabet":     "validationToken=" + url.QueryEscape("＜script＞"),
		"nothing":              "validationToken=",
		"two":                  "validationToken=a&validationToken=b",
		"a book":               "validationToken=" + strings.Repeat("a", 1025),
		"a query that is none": "validationToken=%zz",
	} {
		if w := post(notices(&ear{}), web.ChangesPath+"?"+query, ""); w.Code != 400 || w.Body.Len() != 0 {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
	}
}

func TestANoticeIsWrittenDownAndTakenAtOnce(t *testing.T) {
	other := strings.Replace(noticeSub, "5b1d", "6c2e", 1)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"a change":                        {list(told()), []string{"changed " + noticeSub}},
		"the tenant in capitals":          {list(told("tenantId", strings.ToUpper(noticeTenant))), []string{"changed " + noticeSub}},
		"with the secret before":          {list(told("clientState", "the-one-before")), []string{"changed " + noticeSub}},
		"many changes of one calendar":    {list(told(), told("changeType", "deleted"), told()), []string{"changed " + noticeSub}},
		"of two calendars":                {list(told(), told("subscriptionId", other)), []string{"changed " + noticeSub, "changed " + other}},
		"reauthorise":                     {list(told("lifecycleEvent", "reauthorizationRequired")), []string{"reauthorizationRequired " + noticeSub}},
		"removed":                         {list(told("lifecycleEvent", "subscriptionRemoved")), []string{"subscriptionRemoved " + noticeSub}},
		"missed beside a change":          {list(told("lifecycleEvent", "missed"), told()), []string{"missed " + noticeSub, "changed " + noticeSub}},
		"a good one among strangers":      {list("null", told("clientState", "x"), told()), []string{"changed " + noticeSub}},
		"none":                            {list(), nil},
		"a life event of the future":      {list(told("lifecycleEvent", "subscriptionPaused")), nil},
		"a wrong secret":                  {list(told("clientState", noticeSecret+"x")), nil},
		"no secret":                       {list(told("clientState", "")), nil},
		"another tenant":                  {list(told("tenantId", other)), nil},
		"no tenant":                       {list(told("tenantId", "")), nil},
		"an id that is none":              {list(told("subscriptionId", "../../x")), nil},
		"no id":                           {list(told("subscriptionId", "")), nil},
		"an id without an end":            {list(told("subscriptionId", strings.Repeat("a", 65))), nil},
		"a life event of the wrong state": {list(told("lifecycleEvent", "missed", "clientState", "guess")), nil},
	} {
		e := &ear{}
		if w := post(notices(e), web.ChangesPath, c.body); w.Code != 202 || w.Body.Len() != 0 || !slices.Equal(e.heard, c.want) {
			t.Errorf("%s: %d %q, heard %q", name, w.Code, w.Body, e.heard)
		}
	}
}

func TestThreat4WhatIsNoNoticeIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"nothing": {"", 400}, "not JSON": {"{", 400}, "a list": {"[]", 400}, "numbers": {`{"value":[{"clientState":7}]}`, 400},
		"a flood": {list(strings.Repeat(" ", 1<<20)), 413},
	} {
		e := &ear{}
		if w := post(notices(e), web.ChangesPath, c.body); w.Code != c.want || len(e.heard) != 0 {
			t.Errorf("%s: %d, heard %q", name, w.Code, e.heard)
		}
	}
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS"} {
		w := httptest.NewRecorder()
		notices(&ear{}).ServeHTTP(w, httptest.NewRequest(method, web.ChangesPath+"?validationToken=x", nil))
		if w.Code != 405 || w.Header().Get("Allow") != "POST" || w.Body.Len() != 0 {
			t.Errorf("%s: %d %q", method, w.Code, w.Body)
		}
	}
}

func TestWhatCouldNotBeWrittenDownIsToldAgain(t *testing.T) {
	e := &ear{fail: errors.New("redis is gone")}
	if w := post(notices(e), web.ChangesPath, list(told())); w.Code != 503 || w.Body.Len() != 0 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if w := post(notices(&ear{slow: true}), web.ChangesPath, list(told())); w.Code != 503 || time.Since(start) > 3*time.Second {
			t.Errorf("%d after %v: Graph waits three seconds", w.Code, time.Since(start))
		}
	})
}

func TestWithoutASecretOrATenantNothingIsBelieved(t *testing.T) {
	e := &ear{}
	for _, n := range []web.Notices{{Tenant: noticeTenant, Tell: e}, {Tenant: noticeTenant, Secrets: []string{""}, Tell: e}, {Secrets: []string{noticeSecret}, Tell: e}} {
		post(n, web.ChangesPath, list(told(), told("clientState", ""), told("tenantId", "")))
	}
	if len(e.heard) != 0 {
		t.Errorf("heard %q", e.heard)
	}
}

func TestThreat4TenThousandNoticesInARow(t *testing.T) {
	e := &ear{}
	h := notices(e)
	for range 10_000 {
		if w := post(h, web.ChangesPath, list(told(), told("clientState", "guess"))); w.Code != 202 {
			t.Fatal(w.Code)
		}
	}
	if len(e.heard) != 10_000 {
		t.Errorf("heard %d", len(e.heard))
	}
}

// FuzzNotice: whatever comes, only notices with the secret are passed on, and the answer
// repeats nothing.
func FuzzNotice(f *testing.F) {
	f.Add([]byte(list(told())), "")
	f.Add([]byte(list("null", told("lifecycleEvent", "missed"))), "")
	f.Add([]byte(`{"value":{"clientState":null}}`), "validationToken=a+b")
	f.Add([]byte(`{"VALUE":[{"clientstate":"`+noticeSecret+`"}]}`), "validationToken=%3Cb%3E")
	f.Fuzz(func(t *testing.T, body []byte, query string) {
		e := &ear{}
		r := httptest.NewRequest(http.MethodPost, web.ChangesPath, bytes.NewReader(body))
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		notices(e).ServeHTTP(w, r)
		switch w.Code {
		case 200:
			if strings.ContainsAny(w.Body.String(), `<>"'&`) || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
				t.Errorf("echoed %q", w.Body)
			}
		case 202, 400, 413:
			if w.Body.Len() != 0 {
				t.Errorf("%d says %q", w.Code, w.Body)
			}
		default:
			t.Errorf("answered %d", w.Code)
		}
		if len(e.heard) > 0 && !bytes.Contains(body, []byte(noticeSecret)) && !bytes.Contains(body, []byte("the-one-before")) && !bytes.Contains(body, []byte(`\u`)) {
			t.Errorf("heard %q without the secret", e.heard)
		}
		for _, h := range e.heard {
			if _, id, _ := strings.Cut(h, " "); len(id) > 64 || strings.ContainsAny(id, "/\\ .:") {
				t.Errorf("passed on %q", h)
			}
		}
	})
}

func ExampleNotices() {
	n := web.Notices{Tenant: noticeTenant, Secrets: []string{noticeSecret}, Tell: &ear{}}
	h := web.Handler(web.Options{Routes: map[string]http.Handler{"POST " + web.ChangesPath: n, "POST " + web.LifecyclePath: n}})
	w := post(h, web.ChangesPath+"?validationToken=hello", "")
	fmt.Println(w.Code, w.Body)
	// Output: 200 hello
}
