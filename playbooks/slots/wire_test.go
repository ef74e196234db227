package slots

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// decode reads participants from JSON and answers the request, with the window of one day.
func decode(t *testing.T, participant, policy string) (Request, error) {
	t.Helper()
	var in wireInput
	text := fmt.Sprintf(`{"now":"2026-06-08T00:00:00Z","window":{"start":"2026-06-08T00:00:00Z","end":"2026-06-09T00:00:00Z"},
		"duration_minutes":30,"step_minutes":15,"policy":{%s},"participants":[{"id":"a",%s}]}`, policy, participant)
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return Request{}, err
	}
	return in.request()
}

func only(t *testing.T, participant string) Participant {
	t.Helper()
	r, err := decode(t, participant, "")
	if err != nil {
		t.Fatal(err)
	}
	return r.People[0]
}

func utc(hour, minute int) time.Time { return time.Date(2026, 6, 8, hour, minute, 0, 0, time.UTC) }

func TestHoursNoneAndNever(t *testing.T) {
	if p := only(t, `"working_hours":null`); p.Hours != nil {
		t.Errorf("null: %v", p.Hours)
	}
	if p := only(t, `"working_hours":[]`); p.Hours == nil || len(p.Hours) != 0 {
		t.Errorf("[]: %v", p.Hours)
	}
	schedule := `"schedule":{"workingHours":{"daysOfWeek":["monday"],"startTime":"08:00:00.0000000","endTime":"12:00:00.0000000","timeZone":{"name":"Tokyo Standard Time"}}}`
	want := []Range{{1 << time.Monday, 8 * time.Hour, 12 * time.Hour}}
	if p := only(t, schedule); !reflect.DeepEqual(p.Hours, want) || p.Zone.Name != "Tokyo Standard Time" {
		t.Errorf("schedule: %+v", p)
	}
	if p := only(t, `"time_zone":"UTC","working_hours":[],`+schedule); len(p.Hours) != 0 || p.Zone.Name != "UTC" {
		t.Errorf("the person's own word: %+v", p)
	}
	if p := only(t, `"time_zone":"",`+schedule); p.Zone.Name != "" {
		t.Errorf("an empty zone is a zone that cannot be resolved: %+v", p.Zone)
	}
}

func TestEventsThatNeverBlockAreDropped(t *testing.T) {
	p := only(t, `"events":[
		{"start":"2026-06-08T09:00:00Z","end":"2026-06-08T10:00:00Z","status":"busy","is_cancelled":true},
		{"start":"2026-06-08T09:00:00Z","end":"2026-06-08T10:00:00Z","status":"busy","response":"Declined"},
		{"start":"2026-06-08T09:00:30","end":"2026-06-08T12:00:00+02:00","status":"busy","response":"accepted","ref":"x"},
		{"all_day":true,"start_date":"2026-06-08","end_date":"2026-06-10","status":"oof"}]`)
	if len(p.Events) != 1 || !p.Events[0].Start.Equal(utc(9, 0).Add(30*time.Second)) || !p.Events[0].End.Equal(utc(10, 0)) || p.Events[0].Ref != "x" {
		t.Errorf("events %+v", p.Events)
	}
	if len(p.AllDay) != 1 || p.AllDay[0].Until-p.AllDay[0].From != 2 {
		t.Errorf("all day %+v", p.AllDay)
	}
}

func TestGraphItemsBecomeEvents(t *testing.T) {
	p := only(t, `"schedule":{"scheduleItems":[
		{"status":"busy","isPrivate":true,"subject":"Surgery","start":{"dateTime":"2026-06-08T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-06-08T09:30:00.0000000","timeZone":"UTC"}},
		{"status":"oof","start":{"dateTime":"2026-06-08T09:00:00.0000000","timeZone":"Tokyo Standard Time"},"end":{"dateTime":"2026-06-08T10:00:00.0000000","timeZone":"Asia/Tokyo"}}]}`)
	want := []Event{{utc(9, 0), utc(9, 30), "busy", ""}, {utc(0, 0), utc(1, 0), "oof", ""}}
	if !reflect.DeepEqual(p.Events, want) || p.Problem != "" {
		t.Errorf("%+v %q", p.Events, p.Problem)
	}
}

func TestGraphViewBecomesEvents(t *testing.T) {
	p := only(t, `"schedule":{"availabilityView":"0022301 4"},"schedule_request":{"StartTime":{"DateTime":"2026-06-08T08:00:00","TimeZone":"UTC"},"AvailabilityViewInterval":15}`)
	want := []Event{
		{utc(8, 30), utc(9, 0), "busy", ""}, {utc(9, 0), utc(9, 15), "oof", ""}, {utc(9, 30), utc(9, 45), "tentative", ""},
		{utc(9, 45), utc(10, 0), "unknown", ""}, {utc(10, 0), utc(10, 15), "workingElsewhere", ""},
	}
	if !reflect.DeepEqual(p.Events, want) || p.Problem != "" {
		t.Errorf("%+v %q", p.Events, p.Problem)
	}
}

func TestWhatGraphSentUnreadablyIsNeverFreeTime(t *testing.T) {
	for name, schedule := range map[string]string{
		"error":              `{"error":{"responseCode":"ErrorX","message":"m"}}`,
		"error without code": `{"error":{}}`,
		"view of no request": `{"availabilityView":"0020"}`,
		"times":              `{"scheduleItems":[{"status":"busy","start":{"dateTime":"soon"},"end":{"dateTime":"later"}}]}`,
		"zone":               `{"scheduleItems":[{"status":"busy","start":{"dateTime":"2026-06-08T09:00:00","timeZone":"Moon"},"end":{"dateTime":"2026-06-08T10:00:00","timeZone":"Moon"}}]}`,
	} {
		if p := only(t, `"schedule":`+schedule); p.Problem == "" {
			t.Errorf("%s: no problem", name)
		}
	}
	if p := only(t, `"schedule":{"availabilityView":"0000"}`); p.Problem != "" {
		t.Error("a view that shows nothing needs no request")
	}
}

func TestLocalTimesAroundAClockChange(t *testing.T) {
	at := func(text string) graphDate { return graphDate{text, "Europe/Berlin"} }
	for name, c := range map[string]struct {
		date        graphDate
		first, last string
	}{
		"plain":  {at("2026-06-08T09:00:00.0000000"), "2026-06-08T07:00:00Z", "2026-06-08T07:00:00Z"},
		"twice":  {at("2026-10-25T02:30:00"), "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		"after":  {at("2026-10-25T03:30:00"), "2026-10-25T02:30:00Z", "2026-10-25T02:30:00Z"},
		"before": {at("2026-03-29T01:30:00"), "2026-03-29T00:30:00Z", "2026-03-29T00:30:00Z"},
		"never":  {at("2026-03-29T02:30:00"), "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"},
	} {
		first, last, ok := c.date.instants()
		if !ok || first.UTC().Format(time.RFC3339) != c.first || last.UTC().Format(time.RFC3339) != c.last {
			t.Errorf("%s: %v, %v, %v", name, first, last, ok)
		}
	}
}

func TestBadLinesSayWhatIsWrong(t *testing.T) {
	for line, want := range map[string]string{
		`{"id":7,"op":"slots","input":{"duration_minutes":"x"}}`:                                                                         `"id":7`,
		`{"id":"a","op":"slots","input":{}}`:                                                                                             "duration_minutes",
		`{"id":"a","op":"slots","input":{"duration_minutes":30}}`:                                                                        "participants",
		`{"id":"a","op":"slots","input":{"duration_minutes":30,"step_minutes":-1}}`:                                                      "step_minutes",
		`{"id":"a","op":"slots","input":{"duration_minutes":1e300}}`:                                                                     "out of all proportion",
		`{"id":"a","op":"recheck","input":{"duration_minutes":30,"participants":[{}]}}`:                                                  "booking",
		`{"id":"a","op":"slots","input":{"now":"tomorrow"}}`:                                                                             "a time is not like",
		`{"id":"a","op":"slots","input":{"participants":[{"days_off":["8 June"]}]}}`:                                                     "not a date",
		`{"id":"a","op":"slots","input":{"participants":[{"working_hours":[{"start":"9"}]}]}}`:                                           "not a time of day",
		`{"id":"a","op":"slots","input":{"participants":[{"prefer":[{"days":["someday"]}]}]}}`:                                           "not a weekday",
		`{"id":"a","op":"slots","input":{"duration_minutes":30,"participants":[{"id":"ana","events":[{"status":"busy"}]}]}}`:             "ana",
		`{"id":"a","op":"slots","input":{"duration_minutes":30,"participants":[{}],"policy":{"unknown":"whatever"}}}`:                    "policy.unknown",
		`{"id":"a","op":"slots","input":{"duration_minutes":30,"window":{"start":"0001-01-01T00:00:00Z","end":"9999-01-01T00:00:00Z"}}}`: "ten years",
		`nonsense`: `"id":null`,
		``:         "cannot be read",
	} {
		got := string(Line([]byte(line)))
		if !strings.Contains(got, want) || !strings.Contains(got, `"status":"error"`) || !json.Valid([]byte(got)) {
			t.Errorf("%s\n got %s, want %q in it", line, got, want)
		}
	}
}

func TestSubjectsNeverComeOut(t *testing.T) {
	line := `{"id":"a","op":"slots","input":{"now":"2026-06-08T00:00:00Z","window":{"start":"2026-06-08T00:00:00Z","end":"2026-06-09T00:00:00Z"},"duration_minutes":30,"step_minutes":15,
	"participants":[{"id":"p","time_zone":"UTC","events":[{"start":"2026-06-08T09:00:00Z","end":"2026-06-08T10:00:00Z","status":"busy","is_private":true,"subject":"CANARY"}],
	"schedule":{"scheduleItems":[{"subject":"CANARY","location":"CANARY","status":"CANARY","start":{"dateTime":"CANARY"}}],"error":{"message":"CANARY"}}}]}}`
	if got := string(Line([]byte(line))); strings.Contains(got, "CANARY") {
		t.Error(got)
	}
}

func FuzzLine(f *testing.F) {
	for _, e := range examples(f) {
		if len(e.Line) < 4000 {
			f.Add(e.Line)
		}
	}
	f.Add([]byte(`{"op":"slots","input":{"duration_minutes":1,"participants":[{"schedule":{"availabilityView":"0123"}}]}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if got := Line(line); !json.Valid(got) {
			t.Fatalf("%s", got)
		}
	})
}

// Events from outside: whatever their times, a slot never overlaps one that blocks.
func FuzzEvents(f *testing.F) {
	f.Add(int64(9*3600), int64(3600), "busy", int8(5))
	f.Add(int64(-1<<40), int64(1<<41), "", int8(-5))
	f.Fuzz(func(t *testing.T, start, length int64, status string, buffer int8) {
		r := simple()
		from := r.Window.Start.Add(time.Duration(start % (1 << 30) * int64(time.Second)))
		e := Event{Start: from, End: from.Add(time.Duration(length % (1 << 30) * int64(time.Second))), Status: status}
		r.People[0].Events = []Event{e}
		r.People[0].BufferBefore = time.Duration(max(0, buffer)) * time.Minute
		o := ask(r)
		for _, s := range starts(Find(r).Some, r.Step) {
			if o.occupied(r.People[0], o.locs[0], s) {
				t.Fatalf("%v overlaps %+v", s, e)
			}
		}
	})
}
