package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/slots"
)

func TestChangesFollowTheChainAndKeepTheLastWord(t *testing.T) {
	var f *tenant
	f = newTenant(t, func(r request, w http.ResponseWriter) {
		switch {
		case strings.Contains(r.Query, "skiptoken"):
			say(w, 200, `{"value":[null,`+event+`,{"id":"ev2","@removed":{"reason":"deleted"}},{"id":"theirs","isOrganizer":false}],"@odata.deltaLink":"`+f.URL+`/v1.0/x/delta?$deltatoken=a%2Bb"}`)
		case strings.Contains(r.Query, "deltatoken"):
			say(w, 200, `{"value":[],"@odata.deltaLink":"`+f.URL+`/v1.0/x/delta?$deltatoken=c"}`)
		default:
			say(w, 200, `{"value":[`+strings.Replace(event, "accepted", "declined", 1)+`],"@odata.nextLink":"`+f.URL+`/v1.0/x/delta?$skiptoken=s%3D"}`)
		}
	})
	watch := f.client(t).Watcher(service).Changes
	got, cursor, err := watch(t.Context(), "", week)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	wantEvent(t, got[0])
	if got[1].ID != "ev2" || !got[1].Gone {
		t.Errorf("got %+v", got[1])
	}
	first := f.requests()[0]
	q, _ := url.ParseQuery(first.Query)
	if first.Path != "/v1.0/users/coach%40contoso.example/calendarView/delta" || len(q) != 2 ||
		q.Get("startDateTime") != "2026-03-02T00:00:00Z" || q.Get("endDateTime") != "2026-03-16T00:00:00Z" {
		t.Errorf("%s?%s", first.Path, first.Query)
	}
	if second := f.requests()[1]; second.Query != "$skiptoken=s%3D" || !strings.Contains(second.Header.Get("Prefer"), "odata.maxpagesize") {
		t.Errorf("the next link was not used as given: %s", second.Query)
	}
	tomorrow := slots.Window{Start: week.Start.Add(24 * time.Hour), End: week.End.Add(24 * time.Hour)}
	if got, cursor, err = watch(t.Context(), cursor, tomorrow); err != nil || len(got) != 0 {
		t.Fatalf("%+v %v", got, err)
	}
	if third := f.requests()[2]; third.Query != "$deltatoken=a%2Bb" {
		t.Errorf("the delta link was not used as given: %s", third.Query)
	}
	later := slots.Window{Start: week.Start, End: week.End.Add(8 * 24 * time.Hour)}
	if got, _, err = watch(t.Context(), cursor, later); err != nil || len(got) != 2 {
		t.Errorf("a window outside the chain needs a new one: %+v %v", got, err)
	}
}

func TestAnExpiredCursorStartsAgain(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		again  bool
	}{{410, "", true}, {410, "resyncRequired", true}, {400, "syncStateNotFound", true}, {404, "SyncStateNotFound", true}, {409, "syncStateInvalid", true}, {400, "ErrorOther", false}, {429, "", false}} {
		expired := false
		var f *tenant
		f = newTenant(t, func(r request, w http.ResponseWriter) {
			if strings.Contains(r.Query, "deltatoken") && expired {
				say(w, c.status, `{"error":{"code":"`+c.code+`","message":"x"}}`)
				return
			}
			say(w, 200, `{"value":[`+event+`],"@odata.deltaLink":"`+f.URL+`/v1.0/x?$deltatoken=a"}`)
		})
		watch := f.client(t).Watcher(service).Changes
		_, cursor, err := watch(t.Context(), "", week)
		if err != nil {
			t.Fatal(err)
		}
		expired = true
		got, next, err := watch(t.Context(), cursor, week)
		if c.again != (err == nil && len(got) == 1 && next != "") {
			t.Errorf("%d %s: %v %v", c.status, c.code, got, err)
		}
	}
}

func TestAForeignOrBrokenCursorStartsAgain(t *testing.T) {
	var f *tenant
	f = newTenant(t, func(r request, w http.ResponseWriter) {
		say(w, 200, `{"value":[],"@odata.deltaLink":"`+f.URL+`/v1.0/x"}`)
	})
	for _, cursor := range []string{"x", "a b c", "2026-03-02T00:00:00Z 2026-03-16T00:00:00Z "} {
		if _, _, err := f.client(t).Watcher(service).Changes(t.Context(), cursor, week); err != nil {
			t.Errorf("%q: %v", cursor, err)
		}
	}
	if _, _, err := f.client(t).Watcher(service).Changes(t.Context(), "2026-03-02T00:00:00Z 2026-03-16T00:00:00Z http://other.contoso.example/", week); err == nil {
		t.Error("a cursor that points elsewhere was followed")
	} else {
		asError(t, err)
	}
}

func TestSentinelTimesAndUnknownWordsAreNoAnswers(t *testing.T) {
	odd := `{"id":"ev1","isOrganizer":true,"start":{"dateTime":"2026-03-03T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-03-03T09:45:00","timeZone":"tzone://Microsoft/Utc"},
	 "attendees":[{"emailAddress":{"address":"ana@contoso.example"},"status":{"response":"tentativelyAccepted","time":"4501-01-01T00:00:00Z"},
	   "proposedNewTime":{"start":{"dateTime":"4501-01-01T00:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"4501-01-01T00:00:00.0000000","timeZone":"UTC"}}},
	  {"emailAddress":{"address":"ben@contoso.example"},"status":{"response":"applauded"},"proposedNewTime":{"start":null}},{"emailAddress":{}},{}]}`
	var f *tenant
	f = newTenant(t, func(r request, w http.ResponseWriter) {
		say(w, 200, `{"value":[`+odd+`],"@odata.deltaLink":"`+f.URL+`/v1.0/x"}`)
	})
	got, _, err := f.client(t).Watcher(service).Changes(t.Context(), "", week)
	if err != nil || len(got) != 1 || len(got[0].Replies) != 2 || got[0].When != slot {
		t.Fatalf("%+v %v", got, err)
	}
	a, b := got[0].Replies[0], got[0].Replies[1]
	if a.Response != "tentative" || a.Proposed != nil || b.Response != "none" || b.Proposed != nil {
		t.Errorf("%+v %+v", a, b)
	}
}

func TestAChainWithoutEndIsGivenUp(t *testing.T) {
	n := 0
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		n++
		say(w, 200, `{"value":[]}`)
	})
	_, _, err := f.client(t).Watcher(service).Changes(t.Context(), "", week)
	asError(t, err)
	if n != 1 {
		t.Errorf("%d requests", n)
	}
}
