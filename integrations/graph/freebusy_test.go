package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// schedules of an inner getSchedule.
func schedules(in map[string]any) []string {
	body, _ := in["body"].(map[string]any)
	var out []string
	list, _ := body["schedules"].([]any)
	for _, s := range list {
		out = append(out, fmt.Sprint(s))
	}
	return out
}

// free answers that everybody is free, but for a meeting at ten each day of whoever busies says.
func free(in map[string]any) string {
	var out []string
	for _, s := range schedules(in) {
		id, _ := json.Marshal(strings.ToUpper(s))
		out = append(out, `{"scheduleId":`+string(id)+`,"availabilityView":"02","scheduleItems":[{"status":"busy","subject":"Secret","location":"Room",
		 "start":{"dateTime":"2026-03-03T10:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-03-03T10:30:00.0000000","timeZone":"UTC"}}]}`)
	}
	return `{"value":[` + strings.Join(out, ",") + `]}`
}

// some mailboxes.
func some(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("P%d@contoso.example", i))
	}
	return out
}

func TestBusyAnswersByAddressInAsFewRequestsAsPossible(t *testing.T) {
	for people, wantBatches := range map[int]int{0: 0, 1: 1, 20: 1, 21: 1, 400: 1, 401: 2, 1000: 3} {
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			ins := r.inners(t)
			for _, in := range ins {
				if n := len(schedules(in)); n > 20 || in["url"] != "/users/coach@contoso.example/calendar/getSchedule" && in["url"] != "/users/coach%40contoso.example/calendar/getSchedule" {
					t.Errorf("%d mailboxes at %v", n, in["url"])
				}
			}
			if len(ins) > 20 {
				t.Errorf("%d in a batch", len(ins))
			}
			batchOf(t, r, w, func(in map[string]any) (int, string, string) { return 200, "", free(in) })
		})
		got, err := f.client(t).FreeBusy(service).Busy(t.Context(), some(people), week)
		if err != nil || len(got) != people || len(f.requests()) != wantBatches {
			t.Errorf("%d people: %d answers, %d requests, %v", people, len(got), len(f.requests()), err)
		}
		for m, c := range got {
			if c.Problem != "" || len(c.Events) != 1 || c.Events[0].Status != "busy" || c.Events[0].Start.Hour() != 10 {
				t.Errorf("%s %+v", m, c)
			}
		}
	}
}

func TestAMailboxThatDoesNotAnswerIsAProblem(t *testing.T) {
	answers := map[string]string{
		"fine@x":    `"scheduleItems":[null,{"status":"oof","start":{"dateTime":"2026-03-03T10:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-03-03T11:00:00","timeZone":"UTC"}},{"status":"dancing","start":{"dateTime":"2026-03-03T10:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-03-03T11:00:00","timeZone":"UTC"}}],"workingHours":{"daysOfWeek":["monday"],"startTime":"09:00:00","endTime":"17:00:00","timeZone":{"name":"UTC"}}`,
		"unknown@x": `"error":{"message":"unknown@x is nobody","responseCode":"ErrorMailRecipientNotFound"}`,
		"odd@x":     `"error":{"message":"odd","responseCode":"odd@x"}`,
		"hidden@x":  `"availabilityView":"0020","scheduleItems":[]`,
		"strange@x": `"scheduleItems":[{"status":"busy","start":{"dateTime":"noon","timeZone":"UTC"}}]`,
		"else@x":    `"scheduleItems":[{"status":"busy","start":{"dateTime":"2026-03-03T10:00:00","timeZone":"Middle Earth Standard Time"},"end":{"dateTime":"2026-03-03T10:00:00","timeZone":"Middle Earth Standard Time"}}]`,
		"nohours@x": `"workingHours":{"daysOfWeek":["monday"],"startTime":"late"}`,
	}
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		batchOf(t, r, w, func(in map[string]any) (int, string, string) {
			out := []string{"null"}
			for _, s := range schedules(in) {
				if a := answers[s]; a != "" {
					out = append(out, `{"scheduleId":"`+s+`",`+a+`}`)
				}
			}
			return 200, "", `{"value":[` + strings.Join(out, ",") + `]}`
		})
	})
	ask := []string{"absent@x", "fine@x", "fine@x", ""}
	for m := range answers {
		ask = append(ask, m)
	}
	got, err := f.client(t).FreeBusy(service).Busy(t.Context(), ask, week)
	if err != nil || len(got) != 8 {
		t.Fatalf("%v %v", got, err)
	}
	for m, want := range map[string]string{"fine@x": "", "unknown@x": "ErrorMailRecipientNotFound", "odd@x": graph.NoAnswer, "hidden@x": graph.NoDetails,
		"strange@x": graph.Unreadable, "else@x": graph.Unreadable, "absent@x": graph.NoAnswer, "nohours@x": ""} {
		if got[m].Problem != want {
			t.Errorf("%s: %q, want %q", m, got[m].Problem, want)
		}
	}
	c := got["fine@x"]
	if len(c.Events) != 2 || c.Events[0].Status != "oof" || c.Events[1].Status != "unknown" || c.Hours == nil || c.Hours.Start != "09:00" {
		t.Errorf("%+v", c)
	}
	if got["nohours@x"].Hours != nil {
		t.Error("hours that cannot be read are not known")
	}
}

func TestAThrottledInnerRequestIsTheWholeCallsError(t *testing.T) {
	for status, after := range map[int]time.Duration{429: 4 * time.Second, 503: 4 * time.Second, 500: 4 * time.Second, 403: 5 * time.Minute} {
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			batchOf(t, r, w, func(in map[string]any) (int, string, string) {
				if in["id"] == "1" {
					return status, `{"Retry-After":"4"}`, `{"error":{"code":"X","message":"m"}}`
				}
				return 200, "", free(in)
			})
		})
		_, err := f.client(t).FreeBusy(service).Busy(t.Context(), some(60), week)
		if e := asError(t, err); e.RetryAfter() != after || e.InDoubt() || len(f.requests()) != 1 {
			t.Errorf("%d: %v %v", status, err, e.RetryAfter())
		}
	}
}

// rests writes down how long it was told to wait, and does not.
type rests struct{ took []time.Duration }

func (r *rests) pause(_ context.Context, d time.Duration) error {
	r.took = append(r.took, d)
	return nil
}

func TestOnlyThePartsThatWereNotAnsweredAreAskedAgain(t *testing.T) {
	for _, c := range []struct {
		name     string
		failures int // of the part with P25
		status   int
		header   string
		requests []int // parts in each
		rests    []time.Duration
		fine     bool
	}{
		{"throttled once", 1, 429, "4", []int{3, 1}, []time.Duration{4 * time.Second}, true},
		{"unavailable twice, without a word when", 2, 503, "", []int{3, 1, 1}, []time.Duration{time.Second, time.Second}, true},
		{"broken once", 1, 500, "2", []int{3, 1}, []time.Duration{2 * time.Second}, true},
		{"three tries are enough", 3, 503, "1", []int{3, 1, 1}, []time.Duration{time.Second, time.Second}, false},
		{"a longer wait is for the queue", 1, 429, "6", []int{3}, nil, false},
		{"throttled without a word when", 1, 429, "", []int{3}, nil, false},
		{"a token that is refused", 1, 401, "1", []int{3}, nil, false},
		{"a permission that is missing", 1, 403, "1", []int{3}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			failed, asked := 0, map[string]int{}
			f := newTenant(t, func(r request, w http.ResponseWriter) {
				batchOf(t, r, w, func(in map[string]any) (int, string, string) {
					all := strings.Join(schedules(in), ",") + ","
					for _, m := range schedules(in) {
						asked[m]++
					}
					if strings.Contains(all, "P25@") && failed < c.failures {
						failed++
						if c.header == "" {
							return c.status, "", "{}"
						}
						return c.status, `{"Retry-After":"` + c.header + `"}`, "{}"
					}
					return 200, "", free(in)
				})
			})
			var r rests
			got, err := f.client(t, func(o *graph.Options) { o.Pause = r.pause }).FreeBusy(service).Busy(t.Context(), some(60), week)
			var sizes []int
			for _, q := range f.requests() {
				sizes = append(sizes, len(q.inners(t)))
			}
			if fmt.Sprint(sizes) != fmt.Sprint(c.requests) || fmt.Sprint(r.took) != fmt.Sprint(c.rests) || (err == nil) != c.fine || c.fine && len(got) != 60 {
				t.Errorf("requests of %v parts, rests %v, %d answers, %v", sizes, r.took, len(got), err)
			}
			if asked["P5@contoso.example"] != 1 || asked["P45@contoso.example"] != 1 {
				t.Error("who was answered is asked again")
			}
			if err != nil {
				asError(t, err)
			}
		})
	}
}

func TestAPartThatIsLeftOutIsAskedAgain(t *testing.T) {
	first := true
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		if first {
			first = false
			say(w, 200, `{"responses":[]}`)
			return
		}
		batchOf(t, r, w, func(in map[string]any) (int, string, string) { return 200, "", free(in) })
	})
	var r rests
	got, err := f.client(t, func(o *graph.Options) { o.Pause = r.pause }).FreeBusy(service).Busy(t.Context(), some(60), week)
	if err != nil || len(got) != 60 || len(f.requests()) != 2 || len(r.took) != 1 {
		t.Errorf("%d answers in %d requests after %v: %v", len(got), len(f.requests()), r.took, err)
	}
}

func TestARestThatIsCutShortAnswersWhatWasWrong(t *testing.T) {
	f := newTenant(t, func(r request, w http.ResponseWriter) {
		batchOf(t, r, w, func(map[string]any) (int, string, string) { return 429, `{"Retry-After":3}`, "{}" })
	})
	cut := func(context.Context, time.Duration) error { return context.Canceled }
	_, err := f.client(t, func(o *graph.Options) { o.Pause = cut }).FreeBusy(service).Busy(t.Context(), some(1), week)
	if e := asError(t, err); e.RetryAfter() != 3*time.Second || len(f.requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(f.requests()))
	}
}

func TestTheWindowIsShorterThanSixtyTwoDays(t *testing.T) {
	f := newTenant(t, always(500, ""))
	for _, d := range []time.Duration{0, -time.Hour, 62 * 24 * time.Hour} {
		_, err := f.client(t).FreeBusy(service).Busy(t.Context(), some(1), slots.Window{Start: week.Start, End: week.Start.Add(d)})
		if e := asError(t, err); !e.Permanent() || len(f.requests()) != 0 {
			t.Errorf("%v: %v", d, err)
		}
	}
}

func TestWhatTakesTooLongIsHalved(t *testing.T) {
	t.Run("a slow batch", func(t *testing.T) {
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			if len(r.inners(t)) > 3 {
				say(w, 504, "")
				return
			}
			batchOf(t, r, w, func(in map[string]any) (int, string, string) { return 200, "", free(in) })
		})
		got, err := f.client(t).FreeBusy(service).Busy(t.Context(), some(200), week)
		if err != nil || len(got) != 200 {
			t.Errorf("%d %v", len(got), err)
		}
	})
	t.Run("a silent batch", func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			if len(r.inners(t)) > 1 {
				<-release
				return
			}
			batchOf(t, r, w, func(in map[string]any) (int, string, string) { return 200, "", free(in) })
		})
		got, err := f.client(t, func(o *graph.Options) { o.Timeout = 200 * time.Millisecond }).FreeBusy(service).Busy(t.Context(), some(40), week)
		if err != nil || len(got) != 40 {
			t.Errorf("%d %v", len(got), err)
		}
	})
	t.Run("one slow mailbox and one refused", func(t *testing.T) {
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			batchOf(t, r, w, func(in map[string]any) (int, string, string) {
				all := strings.Join(schedules(in), ",") + ","
				switch {
				case strings.Contains(all, "P7@"):
					return 504, "", ""
				case strings.Contains(all, "P33@"):
					return 400, "", `{"error":{"code":"ErrorInvalidSmtp","message":"m"}}`
				}
				return 200, "", free(in)
			})
		})
		got, err := f.client(t).FreeBusy(service).Busy(t.Context(), some(60), week)
		if err != nil || len(got) != 60 {
			t.Fatalf("%d %v", len(got), err)
		}
		for m, c := range got {
			if want := map[string]string{"P7@contoso.example": graph.NoAnswer, "P33@contoso.example": "ErrorInvalidSmtp"}[m]; c.Problem != want {
				t.Errorf("%s: %q", m, c.Problem)
			}
		}
	})
	t.Run("a service that never answers is an error", func(t *testing.T) {
		f := newTenant(t, always(504, ""))
		_, err := f.client(t).FreeBusy(service).Busy(t.Context(), some(60), week)
		asError(t, err)
		if n := len(f.requests()); n > 20 {
			t.Errorf("%d requests to find that out", n)
		}
	})
}

func TestEveryMailboxIsAnsweredWhoeverIsSlow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 70).Draw(rt, "people")
		slow := map[string]bool{}
		for _, i := range rapid.SliceOfN(rapid.IntRange(1, 69), 0, 4).Draw(rt, "slow") {
			slow[fmt.Sprintf("P%d@contoso.example", i)] = true
		}
		f := newTenant(t, func(r request, w http.ResponseWriter) {
			batchOf(t, r, w, func(in map[string]any) (int, string, string) {
				for _, s := range schedules(in) {
					if slow[s] {
						return 400, "", "{}"
					}
				}
				return 200, "", free(in)
			})
		})
		defer f.Close()
		got, err := f.client(t).FreeBusy(service).Busy(t.Context(), some(n), week)
		if err != nil || len(got) != n {
			rt.Fatalf("%d of %d: %v", len(got), n, err)
		}
		for m, c := range got {
			if slow[m] != (c.Problem != "") {
				rt.Errorf("%s: %q", m, c.Problem)
			}
		}
	})
}
