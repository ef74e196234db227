package graph_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

const (
	settingsBerlin = `{"timeZone":"W. Europe Standard Time","userPurpose":"user","language":{"locale":"de-DE"},
	 "workingHours":{"daysOfWeek":["monday","friday"],"startTime":"08:30:00.0000000","endTime":"17:00:00.0000000","timeZone":{"name":"W. Europe Standard Time"}}}`
	settingsCustom = `{"timeZone":"America/Los_Angeles","userPurpose":"shared","workingHours":{"daysOfWeek":["tuesday"],"startTime":"09:00:00.0000000","endTime":"17:00:00.0000000",
	 "timeZone":{"@odata.type":"#microsoft.graph.customTimeZone","bias":480,"name":"Customized Time Zone",
	  "standardOffset":{"time":"02:00:00.0000000","dayOccurrence":1,"dayOfWeek":"sunday","month":11,"year":0},
	  "daylightOffset":{"daylightBias":-60,"time":"02:00:00.0000000","dayOccurrence":2,"dayOfWeek":"sunday","month":3,"year":0}}}}`
)

// members is the group of most tests: pages with a null, a repeat, and everybody who does not count.
func members(f **tenant, manager string) func(r request, w http.ResponseWriter) {
	return func(r request, w http.ResponseWriter) {
		if strings.Contains(r.Query, "skip=2") {
			say(w, 200, `{"value":[{"id":"a","displayName":"Ana"},{"id":"c","displayName":"Cleo","userType":"Guest","accountEnabled":true},
			 {"id":"d","displayName":"Dan","mail":"dan@contoso.example","userType":"Member","accountEnabled":false},
			 {"id":"e","displayName":"Eve","userType":"Member","accountEnabled":true},{"id":"f"}]}`)
			return
		}
		say(w, 200, `{"@odata.nextLink":"`+(*f).URL+`/v1.0/groups/g/transitiveMembers/microsoft.graph.user?skip=2","value":[null,
		 {"@odata.type":"#microsoft.graph.user","id":"a","displayName":"Ana","mail":"ana@contoso.example","userType":"Member","accountEnabled":true,"department":"Sales","usageLocation":"de","country":"Germany","preferredLanguage":"en-GB"`+manager+`},
		 {"id":"b","displayName":"Ben","mail":"ben@contoso.example","userType":null,"accountEnabled":true,"country":"US","manager":null}]}`)
	}
}

func TestMembersAreListedEachOnceWithWhatDecidesWhoTakesPart(t *testing.T) {
	var f *tenant
	list := members(&f, `,"manager":{"@odata.type":"#microsoft.graph.user","id":"boss"}`)
	f = newTenant(t, func(r request, w http.ResponseWriter) {
		if !strings.HasSuffix(r.Path, "$batch") {
			list(r, w)
			return
		}
		batchOf(t, r, w, func(in map[string]any) (int, string, string) {
			switch in["url"] {
			case "/users/a/mailboxSettings":
				return 200, "", settingsBerlin
			case "/users/b/mailboxSettings":
				return 200, "", settingsCustom
			}
			t.Errorf("asked for %v", in["url"])
			return 404, "", ""
		})
	})
	got, err := f.client(t).Directory().Members(t.Context(), "g")
	if err != nil || len(got) != 6 {
		t.Fatalf("%+v %v", got, err)
	}
	a, b := got[0], got[1]
	if a.ID != "a" || a.Name != "Ana" || a.Mail != "ana@contoso.example" || a.Manager != "boss" || a.Department != "Sales" || a.Country != "DE" ||
		a.Language != "de-DE" || a.Zone.Name != "W. Europe Standard Time" || a.Purpose != "user" || a.Problem != "" || a.Guest || a.Disabled {
		t.Errorf("%+v", a)
	}
	if h := a.Hours; len(h.Days) != 2 || h.Days[1] != time.Friday || h.Start != "08:30" || h.End != "17:00" || h.Zone.Name != "W. Europe Standard Time" {
		t.Errorf("%+v", h)
	}
	want := zone.Custom{Bias: 480, Standard: zone.Switch{Month: 11, Nth: 1, Minute: 120}, Daylight: zone.Switch{Bias: -60, Month: 3, Nth: 2, Minute: 120}}
	if b.Country != "US" || b.Purpose != "shared" || b.Hours.Zone.Custom == nil || *b.Hours.Zone.Custom != want {
		t.Errorf("%+v", b)
	}
	if c, d, e, g := got[2], got[3], got[4], got[5]; !c.Guest || c.Problem != "" || !d.Disabled || e.Problem != graph.NoAddress || g.Problem != graph.LimitedInfo {
		t.Errorf("%+v %+v %+v %+v", c, d, e, g)
	}
	for i, r := range f.requests()[:2] {
		if r.Header.Get("ConsistencyLevel") != "eventual" {
			t.Errorf("page %d without ConsistencyLevel", i)
		}
	}
	if q, _ := url.ParseQuery(f.requests()[0].Query); q.Get("$count") != "true" || !strings.Contains(q.Get("$select"), "usageLocation") || q.Get("$expand") != "manager($select=id)" {
		t.Errorf("%v", q)
	}
	if n := len(f.requests()); n != 3 {
		t.Errorf("%d requests, want two pages and one batch", n)
	}
}

func TestManagersAreAskedOneByOneWhenTheListDoesNotSay(t *testing.T) {
	for _, expandRefused := range []bool{true, false} {
		var f *tenant
		list := members(&f, "")
		f = newTenant(t, func(r request, w http.ResponseWriter) {
			switch {
			case strings.HasSuffix(r.Path, "$batch"):
				batchOf(t, r, w, func(in map[string]any) (int, string, string) {
					switch in["url"] {
					case "/users/a/manager?$select=id":
						return 200, "", `{"id":"boss"}`
					case "/users/b/manager?$select=id":
						return 404, "", `{"error":{"code":"Request_ResourceNotFound"}}`
					}
					return 200, "", settingsBerlin
				})
			case expandRefused && strings.Contains(r.Query, "expand"):
				say(w, 400, `{"error":{"code":"Request_UnsupportedQuery","message":"x"}}`)
			default:
				list(r, w)
			}
		})
		got, err := f.client(t).Directory().Members(t.Context(), "g")
		if err != nil || got[0].Manager != "boss" || got[1].Manager != "" {
			t.Errorf("refused %v: %+v %v", expandRefused, got, err)
		}
	}
}

func TestAMailboxThatCannotBeReadIsAProblemAndAThrottledOneAnError(t *testing.T) {
	for _, c := range []struct {
		status                int
		headers, body, wanted string
		after                 time.Duration
	}{
		{404, "", `{"error":{"code":"MailboxNotEnabledForRESTAPI"}}`, "MailboxNotEnabledForRESTAPI", 0},
		{403, "", `{"error":{"code":"ErrorAccessDenied","message":"x"}}`, "ErrorAccessDenied", 0},
		{403, "", `"<html>"`, "Status403", 0},
		{200, "", `[]`, "UnreadableSettings", 0},
		{429, `{"Retry-After":"6"}`, `{}`, "", 6 * time.Second},
		{429, `{"retry-after":6}`, ``, "", 6 * time.Second},
		{503, `{"Retry-After":2}`, `{"error":null}`, "", 2 * time.Second},
		{502, "", ``, "", 0},
	} {
		var f *tenant
		list := members(&f, `,"manager":{"id":"boss"}`)
		f = newTenant(t, func(r request, w http.ResponseWriter) {
			if !strings.HasSuffix(r.Path, "$batch") {
				list(r, w)
				return
			}
			batchOf(t, r, w, func(in map[string]any) (int, string, string) {
				if in["url"] == "/users/a/mailboxSettings" {
					return c.status, c.headers, c.body
				}
				return 200, "", settingsBerlin
			})
		})
		got, err := f.client(t).Directory().Members(t.Context(), "g")
		if c.wanted != "" {
			if err != nil || got[0].Problem != c.wanted || got[1].Problem != "" {
				t.Errorf("%d: %+v %v", c.status, got, err)
			}
			continue
		}
		if e := asError(t, err); e.RetryAfter() != c.after || e.Permanent() {
			t.Errorf("%d: %v %v", c.status, err, e.RetryAfter())
		}
	}
}

func TestABatchAnswerMayBeAnything(t *testing.T) {
	for _, body := range []string{`{}`, `{"responses":null}`, `{"responses":[null]}`, `{"responses":[{"id":"77","status":200}]}`, `{"responses":[{"id":null,"status":200}]}`, `null`, `[]`, `{"responses":[{"id":"0","status":"ok"}]}`} {
		var f *tenant
		list := members(&f, `,"manager":{"id":"boss"}`)
		f = newTenant(t, func(r request, w http.ResponseWriter) {
			if strings.HasSuffix(r.Path, "$batch") {
				say(w, 200, body)
				return
			}
			list(r, w)
		})
		_, err := f.client(t).Directory().Members(t.Context(), "g")
		if e := asError(t, err); e.Permanent() {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestAnUnknownGroupIsForEver(t *testing.T) {
	for _, status := range []int{404, 400} {
		f := newTenant(t, always(status, `{"error":{"code":"Request_ResourceNotFound","message":"x"}}`))
		_, err := f.client(t).Directory().Members(t.Context(), "g/../x")
		if e := asError(t, err); !e.Permanent() || !strings.Contains(err.Error(), "group") {
			t.Errorf("%v", err)
		}
		if p := f.requests()[0].Path; !strings.HasPrefix(p, "/v1.0/groups/g%2F..%2Fx/") {
			t.Errorf("path %s", p)
		}
	}
}

func TestALargeGroupIsAskedTwentyAtATime(t *testing.T) {
	var people []string
	for i := range 45 {
		people = append(people, fmt.Sprintf(`{"id":"p%d","mail":"p%d@contoso.example","accountEnabled":true,"manager":{"id":"boss"}}`, i, i))
	}
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		if strings.HasSuffix(r.Path, "$batch") {
			if n := len(r.inners(t)); n > 20 {
				t.Errorf("%d in a batch", n)
			}
			batchOf(t, r, w, func(map[string]any) (int, string, string) { return 200, "", settingsBerlin })
			return
		}
		say(w, 200, `{"value":[`+strings.Join(people, ",")+`]}`)
	})
	got, err := f.client(t).Directory().Members(t.Context(), "g")
	if err != nil || len(got) != 45 || len(f.requests()) != 4 {
		t.Fatalf("%d people, %d requests, %v", len(got), len(f.requests()), err)
	}
	for _, e := range got {
		if e.Hours.Start != "08:30" || e.Manager != roster.ID("boss") {
			t.Errorf("%+v", e)
		}
	}
}

// A mailbox may be in trouble for days (it is being moved, say). That must not keep everybody
// else from being read; a service in trouble must.
func TestOneMailboxInTroubleIsAProblemAndManyAreAServiceInTrouble(t *testing.T) {
	for _, c := range []struct {
		down   int
		passes bool
	}{{1, true}, {2, true}, {3, false}, {20, false}} {
		var people []string
		for i := range 20 {
			people = append(people, fmt.Sprintf(`{"id":"p%d","mail":"p%d@contoso.example","accountEnabled":true,"manager":{"id":"boss"}}`, i, i))
		}
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			if !strings.HasSuffix(r.Path, "$batch") {
				say(w, 200, `{"value":[`+strings.Join(people, ",")+`]}`)
				return
			}
			n := 0
			batchOf(t, r, w, func(map[string]any) (int, string, string) {
				if n++; n <= c.down {
					return 503, "", `{"error":{"code":"serviceNotAvailable"}}`
				}
				return 200, "", settingsBerlin
			})
		})
		got, err := f.client(t).Directory().Members(t.Context(), "g")
		if (err == nil) != c.passes {
			t.Errorf("%d of 20 down: %v", c.down, err)
			continue
		}
		problems := 0
		for _, e := range got {
			if e.Problem == "serviceNotAvailable" {
				problems++
			}
		}
		if c.passes && problems != c.down {
			t.Errorf("%d down, %d noted", c.down, problems)
		}
	}
}
