package graph_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

const property = "String {6b1d5c1e-8f0a-4c55-9a53-2f7e0f6c7a10} Name RapportKey"

var (
	ana  = roster.Person{ID: "id-ana", Name: "Ana", Mail: "ana@contoso.example"}
	ben  = roster.Person{ID: "id-ben", Name: "Ben", Mail: "ben@contoso.example"}
	slot = slots.Window{Start: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), End: time.Date(2026, 3, 3, 9, 45, 0, 0, time.UTC)}
)

func booking() session.Booking {
	return session.Booking{Key: "book/s1/1", Title: "A coaching conversation", Agenda: "Hello <you>\nline two\n\nSecond & last",
		When: slot, Attendees: []roster.Person{ana, ben}}
}

// event is what the service says about our booking.
const event = `{"@odata.type":"#microsoft.graph.event","id":"ev1","subject":"x","isOrganizer":true,"isCancelled":false,
 "start":{"dateTime":"2026-03-03T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-03-03T09:45:00.0000000","timeZone":"UTC"},
 "onlineMeeting":{"joinUrl":"https://teams.example/join"},
 "singleValueExtendedProperties":[null,{"id":"` + property + `","value":"book/s1/1"}],
 "attendees":[null,{"type":"required","emailAddress":{"address":"ana@contoso.example"},"status":{"response":"accepted","time":"2026-03-02T10:00:00Z"}},
  {"emailAddress":{"address":"ben@contoso.example"},"status":{"response":"notResponded","time":"0001-01-01T00:00:00Z"},
   "proposedNewTime":{"start":{"dateTime":"2026-03-04T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-03-04T09:45:00.0000000","timeZone":"UTC"}}},
  {"emailAddress":{"address":"coach@contoso.example"},"status":{"response":"organizer"}}]}`

func wantEvent(t *testing.T, got session.Event) {
	t.Helper()
	if got.ID != "ev1" || got.Join != "https://teams.example/join" || got.When != slot || got.Gone || len(got.Replies) != 2 {
		t.Fatalf("got %+v", got)
	}
	a, b := got.Replies[0], got.Replies[1]
	if a.Mail != ana.Mail || a.Response != "accepted" || a.Proposed != nil {
		t.Errorf("got %+v", a)
	}
	if b.Mail != ben.Mail || b.Response != "none" || b.Proposed == nil || !b.Proposed.Start.Equal(slot.Start.Add(24*time.Hour)) {
		t.Errorf("got %+v", b)
	}
}

func TestABookingIsWrittenWholeAndOnce(t *testing.T) {
	f := newTenant(t, always(201, event))
	got, err := f.client(t).Calendar(service).Book(t.Context(), booking())
	if err != nil {
		t.Fatal(err)
	}
	wantEvent(t, got)
	r := f.requests()[0]
	if r.Method != "POST" || r.Path != "/v1.0/users/coach%40contoso.example/events" || r.Header.Get("Content-Length") == "" {
		t.Errorf("%s %s %v", r.Method, r.Path, r.Header)
	}
	var sent map[string]any
	if err := json.Unmarshal([]byte(r.Body), &sent); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{
		"subject":                       `"A coaching conversation"`,
		"body":                          `{"content":"<p>Hello &lt;you&gt;<br>line two</p><p>Second &amp; last</p>","contentType":"html"}`,
		"start":                         `{"dateTime":"2026-03-03T09:00:00.0000000","timeZone":"UTC"}`,
		"end":                           `{"dateTime":"2026-03-03T09:45:00.0000000","timeZone":"UTC"}`,
		"transactionId":                 `"` + uuid.NewSHA1(uuid.MustParse("6b1d5c1e-8f0a-4c55-9a53-2f7e0f6c7a10"), []byte("book/s1/1")).String() + `"`,
		"isOnlineMeeting":               `true`,
		"onlineMeetingProvider":         `"teamsForBusiness"`,
		"allowNewTimeProposals":         `true`,
		"singleValueExtendedProperties": `[{"id":"` + property + `","value":"book/s1/1"}]`,
	} {
		if !same(t, sent[k], want) {
			got, _ := json.Marshal(sent[k])
			t.Errorf("%s is %s, want %s", k, got, want)
		}
	}
	if people, _ := sent["attendees"].([]any); len(people) != 2 || !strings.Contains(r.Body, `"address":"ben@contoso.example"`) || !strings.Contains(r.Body, `"required"`) {
		t.Errorf("attendees %v", sent["attendees"])
	}
	once, again := graph.TransactionID("a"), graph.TransactionID("a")
	if once != again || once == graph.TransactionID("b") {
		t.Error("a transaction id must follow its key")
	}
}

// same compares a value with JSON text.
func same(t *testing.T, got any, want string) bool {
	t.Helper()
	var w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(w)
	return string(a) == string(b)
}

func TestARepeatedBookingAnswersTheFirstEvent(t *testing.T) {
	found := `{"value":[null,` + event + `]}`
	for _, c := range []struct {
		name, list, byID string
		status           int
		existing         string
		want, doubt      bool
	}{
		{name: "201 with the event", status: 201, want: true},
		{name: "400", status: 400, list: found, want: true},
		{name: "409", status: 409, list: found, want: true},
		{name: "409 with the id, not listed yet", status: 409, list: `{"value":[]}`, existing: `,"@event.existingEventId":"ev1"`, byID: event, want: true},
		{name: "not to be found yet", status: 409, list: `{"value":[]}`, doubt: true},
		{name: "another event in the list", status: 409, list: `{"value":[{"id":"other","singleValueExtendedProperties":[{"id":"` + property + `","value":"book/s1/11"}]}]}`, doubt: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newTenant(t, func(r request, w http.ResponseWriter) {
				switch {
				case r.Method == "POST" && c.status == 201:
					say(w, 201, event)
				case r.Method == "POST":
					say(w, c.status, `{"error":{"code":"ErrorDuplicateTransactionId","message":"used"`+c.existing+`}}`)
				case strings.HasSuffix(r.Path, "/events/ev1"):
					say(w, 200, c.byID)
				default:
					say(w, 200, c.list)
				}
			})
			got, err := f.client(t).Calendar(service).Book(t.Context(), booking())
			if c.want {
				if err != nil {
					t.Fatal(err)
				}
				wantEvent(t, got)
				return
			}
			if e := asError(t, err); !e.InDoubt() || e.Permanent() || e.RetryAfter() == 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestFindAsksByTheKeyAndBelievesOnlyTheKey(t *testing.T) {
	var list string
	f := newTenant(t, func(_ request, w http.ResponseWriter) { say(w, 200, list) })
	find := f.client(t).Calendar(service).Find
	list = `{"value":[` + strings.Replace(event, `"isCancelled":false`, `"isCancelled":true`, 1) + `,` + event + `]}`
	got, ok, err := find(t.Context(), "book/s1/1")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	wantEvent(t, got)
	q, _ := url.ParseQuery(f.requests()[0].Query)
	if q.Get("$filter") != "singleValueExtendedProperties/Any(ep: ep/id eq '"+property+"' and ep/value eq 'book/s1/1')" {
		t.Errorf("filter %q", q.Get("$filter"))
	}
	if q.Get("$expand") != "singleValueExtendedProperties($filter=id eq '"+property+"')" {
		t.Errorf("query %v", q)
	}
	if _, ok, err = find(t.Context(), "it's"); ok || err != nil {
		t.Errorf("a foreign event was believed: %v %v", ok, err)
	}
	if q, _ = url.ParseQuery(f.requests()[1].Query); !strings.Contains(q.Get("$filter"), "'it''s'") {
		t.Errorf("filter %q", q.Get("$filter"))
	}
	list = `{"value":[` + strings.Replace(event, `"isCancelled":false`, `"isCancelled":true`, 1) + `]}`
	if got, ok, err = find(t.Context(), "book/s1/1"); !ok || err != nil || !got.Gone {
		t.Errorf("a cancelled event: %+v %v %v", got, ok, err)
	}
}

func TestMoveWritesTheTimesAndNothingElse(t *testing.T) {
	f := newTenant(t, always(200, event))
	if err := f.client(t).Calendar(service).Move(t.Context(), "ev/1==", slot); err != nil {
		t.Fatal(err)
	}
	r := f.requests()[0]
	var sent map[string]any
	_ = json.Unmarshal([]byte(r.Body), &sent)
	delete(sent, "@odata.type")
	if r.Method != "PATCH" || r.Path != "/v1.0/users/coach%40contoso.example/events/ev%2F1%3D%3D" || len(sent) != 2 || sent["start"] == nil || sent["end"] == nil {
		t.Errorf("%s %s %s", r.Method, r.Path, r.Body)
	}
}

func TestMovingWhatIsGoneIsForEver(t *testing.T) {
	for code, permanent := range map[string]bool{"ErrorItemNotFound": true, "": true, "ErrorInvalidUser": false, "MailboxNotEnabledForRESTAPI": false} {
		f := newTenant(t, always(404, `{"error":{"code":"`+code+`","message":"x"}}`))
		err := f.client(t).Calendar(service).Move(t.Context(), "ev1", slot)
		if e := asError(t, err); e.Permanent() != permanent {
			t.Errorf("%s: permanent %v", code, e.Permanent())
		}
	}
}

func TestCancellingWhatIsGoneIsSuccess(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		event  string
		there  int
		fine   bool
	}{
		{"done", 202, "", "", 0, true},
		{"gone", 404, `{"error":{"code":"ErrorItemNotFound"}}`, "", 0, true},
		{"gone for good", 410, "", "", 0, true},
		{"the mailbox is wrong", 404, `{"error":{"code":"ErrorInvalidUser"}}`, "", 0, false},
		{"cancelled already", 400, `{"error":{"code":"ErrorCalendarIsCancelled"}}`, `{"id":"ev1","isCancelled":true}`, 200, true},
		{"gone meanwhile", 400, `{"error":{"code":"ErrorInvalidRequest"}}`, `{"error":{"code":"ErrorItemNotFound"}}`, 404, true},
		{"not ours", 400, `{"error":{"code":"ErrorInvalidRequest"}}`, `{"id":"ev1","isCancelled":false}`, 200, false},
		{"not allowed", 403, `{"error":{"code":"ErrorAccessDenied"}}`, "", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newTenant(t, func(r request, w http.ResponseWriter) {
				if r.Method == "GET" {
					say(w, c.there, c.event)
					return
				}
				if r.Path != "/v1.0/users/coach%40contoso.example/events/ev1/cancel" || r.Body != `{"comment":"Ana \"left\""}` {
					t.Errorf("%s %s", r.Path, r.Body)
				}
				say(w, c.status, c.body)
			})
			err := f.client(t).Calendar(service).Cancel(t.Context(), "ev1", `Ana "left"`)
			if (err == nil) != c.fine {
				t.Errorf("got %v", err)
			}
			if err != nil {
				asError(t, err)
			}
		})
	}
}
