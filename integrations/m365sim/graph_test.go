package m365sim

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestGroupHoldsEverybodyOnceNestedTooInPages(t *testing.T) {
	w := newWorld(t)
	path := "/v1.0/groups/" + w.creds.GroupID + "/transitiveMembers/microsoft.graph.user?$count=true&$top=7&$select=id,displayName,mail,userType,accountEnabled&$expand=manager($select=id)"
	seen, pages, managed := map[string]map[string]any{}, 0, 0
	for path != "" {
		r := w.api(200, "GET", path, nil, "ConsistencyLevel", "eventual")
		for _, u := range r.list() {
			id := u["id"].(string)
			if seen[id] != nil {
				t.Errorf("somebody is listed twice")
			}
			seen[id] = u
			if u["manager"] != nil {
				managed++
			}
		}
		path = strings.TrimPrefix(r.str("@odata.nextLink"), w.srv.URL)
		pages++
	}
	if len(seen) != 24-1+5 || pages != 4 { // one employee joins later; five odd ones
		t.Errorf("%d members on %d pages", len(seen), pages)
	}
	if managed < 15 {
		t.Errorf("only %d have a manager", managed)
	}
	kinds := map[string]int{}
	for _, u := range seen {
		kinds[fmt.Sprint(u["userType"], u["accountEnabled"])]++
	}
	if kinds["Guesttrue"] != 1 || kinds["Memberfalse"] != 1 {
		t.Errorf("guest and disabled account are missing: %v", kinds)
	}
	all := w.api(200, "GET", "/v1.0/groups/"+w.creds.GroupID+"/transitiveMembers?$top=999", nil).list()
	if len(all) != len(seen)+2 {
		t.Errorf("%d members of all kinds, want everybody and the two nested groups once", len(all))
	}
	direct := w.api(200, "GET", "/v1.0/groups/"+w.creds.GroupID+"/members?$top=999", nil).list()
	if len(direct) >= 24 {
		t.Errorf("nobody is nested: %d direct members", len(direct))
	}
}

func TestAdvancedQueriesNeedTheirHeader(t *testing.T) {
	w := newWorld(t)
	path := "/v1.0/groups/" + w.creds.GroupID + "/transitiveMembers/microsoft.graph.user"
	if r := w.api(400, "GET", path+"?$count=true", nil); r.code() != "Request_UnsupportedQuery" {
		t.Error(r.raw)
	}
	if r := w.api(400, "GET", path, nil, "ConsistencyLevel", "eventual"); r.code() != "Request_UnsupportedQuery" {
		t.Error(r.raw)
	}
	if r := w.api(404, "GET", "/v1.0/groups/nope/transitiveMembers", nil); r.code() != "Request_ResourceNotFound" {
		t.Error(r.raw)
	}
}

func TestPeopleJoinAndLeaveTheGroup(t *testing.T) {
	w := newWorld(t)
	count := func() int { return len(w.employees()) }
	first := count()
	w.set(monday.Add(10 * day))
	second := count()
	w.set(monday.Add(20 * day))
	if third := count(); first != 23 || second != 24 || third != 23 {
		t.Errorf("members over time: %d %d %d", first, second, third)
	}
}

func TestManagerOrNone(t *testing.T) {
	w := newWorld(t)
	var boss, report *person
	for _, p := range w.people {
		if p.Manager != nil {
			boss, report = w.people[0], p
		}
	}
	if r := w.api(404, "GET", "/v1.0/users/"+boss.ID+"/manager", nil); r.code() != "Request_ResourceNotFound" {
		t.Error(r.raw)
	}
	if r := w.api(200, "GET", "/v1.0/users/"+report.ID+"/manager?$select=id", nil); r.str("id") != report.Manager.ID || r.body["displayName"] != nil {
		t.Error(r.raw)
	}
	if r := w.api(200, "GET", "/v1.0/users/"+url.PathEscape(report.Mail), nil); r.str("id") != report.ID || r.body["accountEnabled"] != nil {
		t.Errorf("fields that come only on $select came without: %s", r.raw)
	}
}

func TestMailboxSettingsComeInEveryDialect(t *testing.T) {
	w := newWorld(t)
	var windows, iana, custom int
	for _, p := range w.employees() {
		r := w.api(200, "GET", "/v1.0/users/"+p.ID+"/mailboxSettings", nil)
		if strings.Contains(r.str("timeZone"), "/") {
			iana++
		} else {
			windows++
		}
		if _, err := location(r.str("timeZone")); err != nil {
			t.Errorf("zone %q is unknown", r.str("timeZone"))
		}
		hours := r.body["workingHours"].(map[string]any)
		zone := hours["timeZone"].(map[string]any)
		if zone["@odata.type"] == "#microsoft.graph.customTimeZone" {
			custom++
			if zone["bias"] != -60.0 || zone["daylightOffset"].(map[string]any)["daylightBias"] != -60.0 {
				t.Errorf("custom zone: %v", zone)
			}
		}
	}
	if windows == 0 || iana == 0 || custom != 1 {
		t.Errorf("%d Windows, %d IANA, %d custom", windows, iana, custom)
	}
	p := w.employees()[0]
	if r := w.api(200, "GET", "/v1.0/users/"+p.ID+"/mailboxSettings/timeZone", nil); r.str("value") != p.ZoneName {
		t.Error(r.raw)
	}
	if r := w.api(200, "GET", "/v1.0/users/"+p.ID+"/mailboxSettings/workingHours", nil); r.body["daysOfWeek"] == nil {
		t.Error(r.raw)
	}
	for mail, want := range map[string]string{"sam.frontline@rapport-demo.example": "MailboxNotEnabledForRESTAPI", "alex.former@rapport-demo.example": "MailboxNotEnabledForRESTAPI"} {
		if r := w.api(404, "GET", "/v1.0/users/"+mail+"/mailboxSettings", nil); r.code() != want {
			t.Error(r.raw)
		}
	}
	for mail, want := range map[string]string{"room.spree@rapport-demo.example": "room", "info@rapport-demo.example": "shared"} {
		if r := w.api(200, "GET", "/v1.0/users/"+mail+"/mailboxSettings/userPurpose", nil); r.str("value") != want {
			t.Error(r.raw)
		}
	}
}

func TestFreeBusyShowsWhatIsThereAndWhoCannotBeRead(t *testing.T) {
	w := newWorld(t)
	p := w.employees()[0]
	start := monday.Truncate(day)
	for _, pascal := range []bool{false, true} {
		body := map[string]any{"schedules": []string{strings.ToUpper(p.Mail), "nobody@rapport-demo.example"}, "startTime": stampOf(start, "UTC"), "endTime": stampOf(start.Add(5*day), "UTC"), "availabilityViewInterval": 60}
		if pascal {
			body = map[string]any{"Schedules": body["schedules"], "StartTime": body["startTime"], "EndTime": body["endTime"], "AvailabilityViewInterval": 60}
		}
		r := w.api(200, "POST", w.box()+"/calendar/getSchedule", zipped(body), "Content-Encoding", "gzip")
		first, second := r.list()[0], r.list()[1]
		items := first["scheduleItems"].([]any)
		if len(items) < 5 || first["scheduleId"] != strings.ToUpper(p.Mail) || first["workingHours"] == nil || len(first["availabilityView"].(string)) != 120 {
			t.Errorf("schedule: %v", first)
		}
		if items[0].(map[string]any)["subject"] == "" {
			t.Error("subjects are missing: a leak would not be seen")
		}
		if second["error"].(map[string]any)["responseCode"] != "ErrorMailRecipientNotFound" {
			t.Errorf("unknown mailbox: %v", second)
		}
	}
}

func TestFreeBusyRefusesWhatTheServiceRefuses(t *testing.T) {
	w := newWorld(t)
	many := make([]string, 21)
	good := func() map[string]any {
		return map[string]any{"schedules": []string{w.employees()[0].Mail}, "startTime": stampOf(monday, "UTC"), "endTime": stampOf(monday.Add(day), "UTC")}
	}
	for name, change := range map[string]func(map[string]any){
		"21 mailboxes":  func(b map[string]any) { b["schedules"] = many },
		"no mailbox":    func(b map[string]any) { b["schedules"] = []string{} },
		"62 days":       func(b map[string]any) { b["endTime"] = stampOf(monday.Add(62*day), "UTC") },
		"backwards":     func(b map[string]any) { b["endTime"] = stampOf(monday.Add(-day), "UTC") },
		"odd interval":  func(b map[string]any) { b["availabilityViewInterval"] = 4 },
		"unknown zone":  func(b map[string]any) { b["startTime"] = stamp{"2026-12-01T00:00:00", "Mars/Olympus"} },
		"not even JSON": nil,
	} {
		var body any = "{"
		if change != nil {
			b := good()
			change(b)
			body = b
		}
		if r := w.send("POST", w.box()+"/calendar/getSchedule", w.graphToken(), body); r.status != 400 || r.code() == "" {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	w.api(200, "POST", w.box()+"/calendar/getSchedule", good())
}

func TestStandUpsStayAtTheirLocalTimeWhenClocksChange(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Start = at("2026-03-16T08:00:00Z"); o.Weeks = 4 })
	for _, p := range w.people {
		local := map[string]int{}
		for _, e := range p.mailbox.events {
			if e.Of.Subject == "Stand-up" {
				local[e.Of.Start.In(p.Zone).Format("15:04")]++
			}
		}
		if len(local) > 1 {
			t.Errorf("a stand-up in %s moves: %v", p.Zone, local)
		}
	}
}

func TestMostPairsCanFindAnHourButNotAnyHour(t *testing.T) {
	w := newWorld(t)
	people := w.employees()
	free, taken := 0, 0
	for _, p := range people {
		for d := range 5 {
			at := p.inHours(monday.Add(time.Duration(d) * day))
			for s := range 14 {
				x := at.Add(time.Duration(s) * 30 * time.Minute)
				if p.freeAt(span{x, x.Add(30 * time.Minute)}, nil) {
					free++
				} else {
					taken++
				}
			}
		}
	}
	if share := float64(taken) / float64(free+taken); share < 0.2 || share > 0.6 {
		t.Errorf("calendars are %.0f %% full", share*100)
	}
}

func TestBatchAnswersEachCallByItself(t *testing.T) {
	w := newWorld(t)
	p := w.employees()[0]
	items := []map[string]any{
		{"id": "1", "method": "GET", "url": "/users/" + p.ID + "/mailboxSettings"},
		{"id": "2", "method": "GET", "url": "/users/nobody/mailboxSettings"},
		{"id": "3", "method": "GET", "url": "/users/" + p.ID, "dependsOn": []string{"2"}},
		{"id": "4", "method": "POST", "url": w.box()[len("/v1.0"):] + "/calendar/getSchedule", "headers": map[string]string{"Content-Type": "application/json"},
			"body": map[string]any{"schedules": []string{p.Mail}, "startTime": stampOf(monday, "UTC"), "endTime": stampOf(monday.Add(day), "UTC")}},
		{"id": "5", "method": "GET", "url": "/users/" + p.ID + "?$select=id", "dependsOn": []string{"1"}},
	}
	r := w.api(200, "POST", "/v1.0/$batch", map[string]any{"requests": items})
	got := map[string]int{}
	for _, a := range r.body["responses"].([]any) {
		a := a.(map[string]any)
		got[a["id"].(string)] = int(a["status"].(float64))
	}
	if want := fmt.Sprint(map[string]int{"1": 200, "2": 404, "3": 424, "4": 200, "5": 200}); fmt.Sprint(got) != want {
		t.Errorf("%v, want %v: %s", got, want, r.raw)
	}
	var many []map[string]any
	for i := range 21 {
		many = append(many, map[string]any{"id": fmt.Sprint(i), "method": "GET", "url": "/users"})
	}
	w.api(400, "POST", "/v1.0/$batch", map[string]any{"requests": many})
	w.api(400, "POST", "/v1.0/$batch", map[string]any{"requests": []any{items[0], items[0]}})
	if err := w.SetFaults(Fault{Do: "throttle", RetryAfter: 9, Times: 1, Match: Match{Path: "mailboxSettings$"}}); err != nil {
		t.Fatal(err)
	}
	inner := w.api(200, "POST", "/v1.0/$batch", map[string]any{"requests": items[:1]}).body["responses"].([]any)[0].(map[string]any)
	if inner["status"] != 429.0 || inner["headers"].(map[string]any)["Retry-After"] != "9" {
		t.Errorf("a throttled call inside a batch: %v", inner)
	}
}

func TestAMailboxTakesFourAtATime(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Latency = 300 * time.Millisecond })
	token := w.graphToken()
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[int]int{}
	for range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := w.send("GET", w.box()+"/mailboxSettings", token, nil)
			mu.Lock()
			defer mu.Unlock()
			got[r.status]++
			if r.status == 429 && r.header.Get("Retry-After") == "" {
				t.Error("a 429 without Retry-After")
			}
		}()
	}
	wg.Wait()
	if got[200] != 4 || got[429] != 2 || w.Counts().Throttled != 2 {
		t.Errorf("%v, throttled %d", got, w.Counts().Throttled)
	}
	w.api(200, "GET", w.box()+"/mailboxSettings", nil) // and then there is room again
}

func TestABatchTakesUpToFourPlacesAtAMailbox(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Latency = 300 * time.Millisecond })
	batch := func(n int) map[string]any {
		var items []any
		for i := range n {
			items = append(items, map[string]any{"id": fmt.Sprint(i), "method": "GET", "url": w.box()[len("/v1.0"):] + "/mailboxSettings"})
		}
		return map[string]any{"requests": items}
	}
	statuses := func(r result) map[float64]int {
		got := map[float64]int{}
		list, _ := r.body["responses"].([]any)
		for _, a := range list {
			got[a.(map[string]any)["status"].(float64)]++
		}
		return got
	}
	token := w.graphToken()
	if got := statuses(w.send("POST", "/v1.0/$batch", token, batch(20))); got[200] != 20 {
		t.Errorf("alone: %v", got)
	}
	first := make(chan map[float64]int)
	go func() { first <- statuses(w.send("POST", "/v1.0/$batch", token, batch(3))) }()
	time.Sleep(100 * time.Millisecond)
	if got := statuses(w.send("POST", "/v1.0/$batch", token, batch(8))); got[200] != 2 || got[429] != 6 {
		t.Errorf("beside three others: %v", got)
	}
	if got := <-first; got[200] != 3 {
		t.Errorf("the three: %v", got)
	}
	if got := statuses(w.send("POST", "/v1.0/$batch", token, batch(4))); got[200] != 4 || w.Counts().Throttled != 6 {
		t.Errorf("afterwards: %v, throttled %d", got, w.Counts().Throttled)
	}
}

func TestAMailboxTakesTenThousandInTenMinutes(t *testing.T) {
	var g gates
	for i := range maxRequests {
		if !g.enter("box", monday) {
			t.Fatalf("refused at %d", i)
		}
		g.leave("box")
	}
	if g.enter("box", monday.Add(time.Minute)) {
		t.Error("one too many was let in")
	}
	if !g.enter("box", monday.Add(maxRequestsIn+time.Second)) {
		t.Error("the window does not move on")
	}
}

func TestUnknownPathsAndMethodsAreErrorsNotGuesses(t *testing.T) {
	w := newWorld(t)
	w.api(400, "GET", "/v1.0/me/events", nil)
	w.api(405, "DELETE", "/v1.0/users/"+w.people[0].ID+"/manager", nil)
	if r := w.send("GET", "/nothing", "", nil); r.status != 404 {
		t.Error(r.status)
	}
}
