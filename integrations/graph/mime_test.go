package graph_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rapport-dev/rapport/integrations/graph"
)

// letter is a whole mail with the Message-ID.
func letter(id string) []byte {
	return []byte("From: coach@contoso.example\r\nTo: ana@contoso.example\r\nSubject: S\r\nMessage-ID: " + id + "\r\nAuto-Submitted: auto-generated\r\n\r\nHello\r\n")
}

func TestAMessageIDNamesNobodyAndIsAlwaysTheSame(t *testing.T) {
	form := regexp.MustCompile(`^<[0-9a-f]{40}@contoso\.example>$`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		x, y := graph.MessageID(a, service), graph.MessageID(b, strings.ToUpper(service))
		if !form.MatchString(x) || !form.MatchString(y) || (x == y) != (a == b) {
			t.Fatalf("%q %q for %q %q", x, y, a, b)
		}
	})
	if graph.MessageID("k", "other@contoso.example") == graph.MessageID("k", service) {
		t.Error("two mailboxes share a Message-ID")
	}
	if id := graph.MessageID("k", "0a0a0a0a-0000"); !strings.HasSuffix(id, "@rapport.invalid>") {
		t.Error(id)
	}
	if id := graph.MessageID("prepare/s1/id-ana", service); id != "<0c6206edb1fea01a2c5d15fd0ca1e30837afecf4@contoso.example>" {
		t.Errorf("mails that were drafted before this change are not found any more: %s", id)
	}
}

func TestAWholeMailIsDraftedAsItIs(t *testing.T) {
	f := newTenant(t, always(201, `{"id":"d1","isDraft":true}`))
	m := f.client(t).Mail(service)
	mail := letter(graph.MessageID("k", service))
	id, err := m.DraftMIME(t.Context(), "k", mail)
	if err != nil || id != "d1" {
		t.Fatal(id, err)
	}
	r := f.requests()[0]
	got, err := base64.StdEncoding.DecodeString(r.Body)
	if err != nil || string(got) != string(mail) || r.Method != "POST" || r.Path != "/v1.0/users/coach%40contoso.example/messages" || r.Header.Get("Content-Type") != "text/plain" ||
		r.Header.Get("Content-Length") != fmt.Sprint(len(r.Body)) || !strings.Contains(r.Header.Get("Prefer"), "ImmutableId") {
		t.Errorf("%s %s %v: %q", r.Method, r.Path, r.Header, got)
	}
	for name, bad := range map[string][]byte{"another key's": letter(graph.MessageID("other", service)), "none": letter(""), "not a mail": []byte("hello")} {
		if _, err := m.DraftMIME(t.Context(), "k", bad); !asError(t, err).Permanent() || len(f.requests()) != 1 {
			t.Errorf("%s: %v after %d requests", name, err, len(f.requests()))
		}
	}
	broken := newTenant(t, always(504, ""))
	if _, err := broken.client(t).Mail(service).DraftMIME(t.Context(), "k", mail); !asError(t, err).InDoubt() {
		t.Errorf("%v", err)
	}
}

func TestAWholeMailIsFoundByItsMessageID(t *testing.T) {
	id := graph.MessageID("k", service)
	for _, c := range []struct {
		name, list, id string
		sent, found    bool
	}{
		{"nothing", "", "", false, false},
		{"a draft", `{"id":"d","isDraft":true,"internetMessageId":"` + id + `"}`, "d", false, true},
		{"sent wins", `{"id":"d","isDraft":true,"internetMessageId":"` + id + `"},{"id":"s","isDraft":false,"internetMessageId":"` + id + `"}`, "s", true, true},
		{"somebody else's", `{"id":"d","isDraft":true,"internetMessageId":"<x@y>"}`, "", false, false},
	} {
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			q, _ := url.ParseQuery(r.Query)
			if q.Get("$filter") == "internetMessageId eq '"+id+"'" {
				say(w, 200, `{"value":[`+c.list+`]}`)
				return
			}
			say(w, 200, `{"value":[]}`)
		})
		got, sent, found, err := f.client(t).Mail(service).Find(t.Context(), "k")
		if err != nil || got != c.id || sent != c.sent || found != c.found || len(f.requests()) != 2 {
			t.Errorf("%s: %q %v %v %v", c.name, got, sent, found, err)
		}
	}
	for _, broken := range []string{"internetMessageId", "ep%2Fvalue"} {
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			if strings.Contains(r.Query, broken) {
				say(w, 503, "{}")
				return
			}
			say(w, 200, `{"value":[]}`)
		})
		if _, _, _, err := f.client(t).Mail(service).Find(t.Context(), "k"); err == nil {
			t.Errorf("half an answer is none: %s", f.requests()[0].Query)
		}
	}
}
