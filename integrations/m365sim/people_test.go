package m365sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"testing"
	"time"
)

// story plays five weeks of a toy programme against people who act by themselves, and
// answers what they did.
func story(t *testing.T, seed uint64) (*world, *bot) {
	t.Helper()
	w := newWorld(t, func(o *Options) { o.Passive, o.Seed, o.Wall = false, seed, nil })
	w.opts.Wall = w.time // the toy knows no pace
	b := w.connectBot(thanks)
	token := w.botToken()
	chats := map[*person]string{}
	everybody := func(c func(*person) map[string]any) {
		for _, p := range w.employees() {
			w.later(time.Second)
			if chats[p] == "" && p.Installed {
				chats[p] = w.open(p)
			}
			if p.Installed {
				if r := w.send("POST", "/v3/conversations/"+url.PathEscape(chats[p])+"/activities", token, withCard(c(p))); r.status != 201 {
					t.Fatalf("card: %d %s", r.status, r.raw)
				}
			}
		}
	}
	choices := []any{map[string]any{"type": "Input.ChoiceSet", "id": "strengths", "isMultiSelect": true, "choices": []any{map[string]any{"title": "A", "value": "a"}, map[string]any{"title": "B", "value": "b"}}}}
	everybody(func(p *person) map[string]any {
		return card("rp-consent"+p.ID, "programme/1", choices, "consent:yes", "consent:no")
	})
	w.playUntil(monday.Add(5 * day))
	people := w.employees()
	for i := 0; i+1 < len(people); i += 2 {
		w.later(time.Second)
		w.api(201, "POST", w.box()+"/events", w.booking(fmt.Sprint("session/", i), people[i].inHours(monday.Add(9*day)), people[i], people[i+1]))
	}
	w.playUntil(monday.Add(10 * day))
	reflection := []any{map[string]any{"type": "Input.Text", "id": "reflection", "isMultiline": true}, map[string]any{"type": "Input.Number", "id": "attempts", "min": 0, "max": 5, "isRequired": true}}
	for i := range 2 {
		everybody(func(p *person) map[string]any {
			return card(fmt.Sprint("rp-follow", i, p.ID), "session/"+p.ID, reflection, "followup:answer", "followup:snooze", "followup:drop")
		})
		w.playUntil(monday.Add(time.Duration(14+5*i) * day))
	}
	w.playUntil(monday.Add(35 * day))
	return w, b
}

func TestTheSameSeedMakesTheSameStory(t *testing.T) {
	first, _ := story(t, 7)
	second, _ := story(t, 7)
	other, _ := story(t, 8)
	a, b := first.Acts(), second.Acts()
	if len(a) < 60 {
		t.Errorf("only %d acts in five weeks", len(a))
	}
	if !reflect.DeepEqual(a, b) {
		for i := range min(len(a), len(b)) {
			if !reflect.DeepEqual(a[i], b[i]) {
				t.Fatalf("act %d differs:\n%+v\n%+v", i, a[i], b[i])
			}
		}
		t.Errorf("%d and %d acts", len(a), len(b))
	}
	if reflect.DeepEqual(a, other.Acts()) {
		t.Error("another seed made the same story")
	}
	if first.Credentials() != second.Credentials() || first.Credentials() == other.Credentials() {
		t.Error("credentials must depend on the seed, and only on it")
	}
}

func TestACompanyBehavesLikeOne(t *testing.T) {
	for _, seed := range []uint64{1, 7, 42} {
		w, _ := story(t, seed)
		did, said := map[string]int{}, map[string]int{}
		for _, a := range w.Acts() {
			did[a.Do]++
			did[a.Verb]++
			said[a.Text]++
			p := w.byID[a.Person]
			if early := p.inHours(a.At); !early.Equal(a.At) && a.Do != "accept" && a.Do != "decline" {
				t.Errorf("seed %d: %s at %s, outside working hours in %s", seed, a.Do, a.At.In(p.Zone), p.Zone)
			}
			if !a.Heard {
				t.Errorf("seed %d: the bot did not hear: %+v", seed, a)
			}
		}
		for what, atLeast := range map[string]int{"consent:yes": 12, "consent:no": 1, "accept": 8, "decline": 1, "propose": 1, "followup:answer": 10, "followup:snooze": 1, "say": 3} {
			if did[what] < atLeast {
				t.Errorf("seed %d: %s happened %d times, want at least %d", seed, what, did[what], atLeast)
			}
		}
		for _, words := range []string{"pause", "leave", "what do you know about me"} {
			if said[words] == 0 {
				t.Errorf("seed %d: nobody said %q", seed, words)
			}
		}
		if did["consent:yes"] >= 23 {
			t.Errorf("seed %d: everybody consents: nobody is like that", seed)
		}
	}
}

func TestSomeAnswerOnlyAfterTheReminder(t *testing.T) {
	w, _ := story(t, 7)
	ranges := map[bool]int{}
	for _, p := range w.employees() {
		if !p.Habit.Reminded {
			continue
		}
		for _, a := range w.Acts() {
			if a.Person == p.ID && a.Verb == "followup:answer" {
				ranges[a.At.After(monday.Add(14*day))]++
			}
		}
	}
	if ranges[false] != 0 || ranges[true] == 0 {
		t.Errorf("reminded people answered before %d times, after %d times", ranges[false], ranges[true])
	}
}

func TestClicksArriveSignedAndComplete(t *testing.T) {
	w := newWorld(t)
	b := w.connectBot(thanks)
	p := w.withApp()
	path := "/v3/conversations/" + url.PathEscape(w.open(p)) + "/activities"
	id := w.conn(201, "POST", path, withCard(card("rp-1", "session/1", nil, "session:agree"))).str("id")
	got, err := w.Act(t.Context(), Do{Person: p.ID, Do: "press", Activity: id, Data: map[string]any{"verb": "session:agree", "ref": "session/1", "version": 1}, Inputs: map[string]string{"note": "yes"}})
	if err != nil || !got.OK || got.Card["type"] != "AdaptiveCard" {
		t.Fatalf("%+v %v", got, err)
	}
	a := b.all()[0]
	action := a["value"].(map[string]any)["action"].(map[string]any)
	data := action["data"].(map[string]any)
	if a["type"] != "invoke" || a["name"] != "adaptiveCard/action" || a["replyToId"] != id || action["verb"] != "session:agree" || data["note"] != "yes" || data["ref"] != "session/1" {
		t.Errorf("activity: %v", a)
	}
	from, conversation := a["from"].(map[string]any), a["conversation"].(map[string]any)
	if from["aadObjectId"] != p.ID || conversation["tenantId"] != w.creds.TenantID || a["channelId"] != "msteams" || a["serviceUrl"] != w.srv.URL+"/" || a["localTimezone"] != p.Zone.String() {
		t.Errorf("envelope: %v", a)
	}
	if d, _ := w.Desk(p.ID); !d.Chat[0].Updated || cardID(d.Chat[0].Card) != "rp-thanks" {
		t.Errorf("the replacement did not reach the chat: %+v", d.Chat)
	}
	claims := verified(t, b.auth[0])
	if claims["iss"] != botAudience || claims["aud"] != w.creds.BotID || claims["serviceurl"] != a["serviceUrl"] {
		t.Errorf("claims: %v", claims)
	}
}

func TestOldClientsUseTheFallback(t *testing.T) {
	w := newWorld(t)
	b := w.connectBot(thanks)
	p := w.withApp()
	p.OldClient = true
	path := "/v3/conversations/" + url.PathEscape(w.open(p)) + "/activities"
	id := w.conn(201, "POST", path, withCard(card("rp-1", "session/1", nil, "session:agree"))).str("id")
	if _, err := w.Act(t.Context(), Do{Person: p.ID, Do: "press", Activity: id, Data: map[string]any{"verb": "session:agree", "ref": "session/1"}, Inputs: map[string]string{"note": "n"}}); err != nil {
		t.Fatal(err)
	}
	if a := b.all()[0]; a["type"] != "message" || a["value"].(map[string]any)["note"] != "n" || a["text"] != nil || a["value"].(map[string]any)["verb"] != "session:agree" || a["replyToId"] != id {
		t.Errorf("activity: %v", a)
	}
}

func TestAnAnswerTheBotDidNotTakeIsTriedAgain(t *testing.T) {
	for name, broken := range map[string]func(map[string]any) (int, any){
		"500":   func(map[string]any) (int, any) { return 500, nil },
		"empty": func(map[string]any) (int, any) { return 200, nil },
		"not a card": func(map[string]any) (int, any) {
			return 200, map[string]any{"statusCode": 200, "type": cardType, "value": "x"}
		},
		"error 500": func(map[string]any) (int, any) {
			return 200, map[string]any{"statusCode": 500, "type": "application/vnd.microsoft.error", "value": map[string]any{}}
		},
		"unknown shape": func(map[string]any) (int, any) { return 200, map[string]any{"statusCode": 200, "type": "text/plain"} },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *Options) { o.Passive = false })
			b := w.connectBot(broken)
			p := w.withApp()
			p.Habit = habit{}
			path := "/v3/conversations/" + url.PathEscape(w.open(p)) + "/activities"
			w.conn(201, "POST", path, withCard(card("rp-1", "session/1", nil, "consent:yes")))
			next, _ := w.Next()
			w.playUntil(next)
			b.mu.Lock()
			first := len(b.heard)
			b.answer = thanks
			b.mu.Unlock()
			w.playUntil(next.Add(time.Hour))
			acts := w.Acts()
			if first != 2 || len(acts) != 2 || acts[0].Heard || !acts[1].Heard || acts[0].Why == "" || !reflect.DeepEqual(acts[0].Inputs, acts[1].Inputs) {
				t.Errorf("deliveries %d, acts %+v", first, acts)
			}
			if all := b.all(); all[0]["id"] != all[1]["id"] || all[1]["id"] == all[2]["id"] {
				t.Error("the same click is delivered twice under one id; a new one has a new id")
			}
		})
	}
}

func TestOneQuestionIsAnsweredOnce(t *testing.T) {
	for name, between := range map[string]func(w *world, p *person, path, id string){
		"left alone": func(*world, *person, string, string) {},
		"card redrawn": func(w *world, _ *person, path, id string) {
			w.conn(200, "PUT", path+"/"+id, withCard(card("rp-1", "programme/1", nil, "consent:yes")))
		},
		"pressed by hand": func(w *world, p *person, _, id string) {
			if _, err := w.Act(w.Context(), Do{Person: p.ID, Do: "press", Activity: id, Data: map[string]any{"verb": "consent:yes"}}); err != nil {
				w.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *Options) { o.Passive = false })
			w.connectBot(func(map[string]any) (int, any) { // the card stays as it is
				return http.StatusOK, map[string]any{"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "noted"}
			})
			p := w.withApp()
			p.Habit = habit{}
			path := "/v3/conversations/" + url.PathEscape(w.open(p)) + "/activities"
			id := w.conn(201, "POST", path, withCard(card("rp-1", "programme/1", nil, "consent:yes"))).str("id")
			between(w, p, path, id)
			w.playUntil(monday.Add(4 * day))
			if n := len(w.Acts()); n != 1 {
				t.Errorf("%d acts, want one: %+v", n, w.Acts())
			}
		})
	}
}

func TestAMovedMeetingIsThoughtAboutAfresh(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Passive = false })
	p := w.withApp()
	p.Habit = habit{}
	id := w.api(201, "POST", w.box()+"/events", w.booking("s1", at("2026-12-05T10:00:00Z"), p)).str("id")
	w.api(200, "PATCH", w.box()+"/events/"+url.PathEscape(id), map[string]any{"start": stampOf(at("2026-12-05T12:00:00Z"), "UTC"), "end": stampOf(at("2026-12-05T13:00:00Z"), "UTC")})
	w.playUntil(at("2026-12-05T10:00:00Z"))
	if n := len(w.Acts()); n > 1 {
		t.Errorf("%d answers to one invite", n)
	}
	w.api(202, "POST", w.box()+"/events/"+url.PathEscape(id)+"/cancel", nil)
	if _, any := w.Next(); any && len(w.Acts()) == 0 {
		w.playUntil(monday.Add(2 * week))
		if len(w.Acts()) != 0 {
			t.Error("somebody answered a cancelled meeting")
		}
	}
}

func TestWhoComesFirstDoesNotDependOnWhoAskedFirst(t *testing.T) {
	order := func(keys ...string) (out []string) {
		w := newWorld(t)
		w.agenda = nil
		for _, k := range keys {
			w.plan(&act{at: monday, who: w.people[0], do: "say", key: k})
		}
		for _, a := range w.agenda {
			out = append(out, a.key)
		}
		return out
	}
	if a, b := order("x", "y", "z"), order("z", "x", "y"); !slices.Equal(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}

func TestAClickTheBotRefusesIsNotTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.connectBot(func(map[string]any) (int, any) {
		return http.StatusOK, map[string]any{"statusCode": 400, "type": "application/vnd.microsoft.error", "value": map[string]any{"code": "Old", "message": "no"}}
	})
	p := w.withApp()
	id := w.conn(201, "POST", "/v3/conversations/"+url.PathEscape(w.open(p))+"/activities", withCard(card("rp-1", "session/1", nil, "session:agree"))).str("id")
	if _, err := w.Act(t.Context(), Do{Person: p.ID, Do: "press", Activity: id, Data: map[string]any{"verb": "session:agree"}}); err == nil {
		t.Error("a refused click must be an error")
	}
}

func TestDeedsThatMakeNoSenseAreRefused(t *testing.T) {
	w := newWorld(t)
	p := w.withApp()
	for name, d := range map[string]Do{
		"nobody":            {Person: "x", Do: "say", Text: "hi"},
		"nothing":           {Person: p.ID},
		"silence":           {Person: p.ID, Do: "say"},
		"no such card":      {Person: p.ID, Do: "press", Activity: "1"},
		"no such event":     {Person: p.ID, Do: "accept", Event: "1"},
		"bot not connected": {Person: p.ID, Do: "say", Text: "hi"},
	} {
		if _, err := w.Act(t.Context(), d); err == nil {
			t.Errorf("%s was allowed", name)
		}
	}
}

func TestAllKindsOfInputsGetPlausibleValues(t *testing.T) {
	c := card("rp-1", "x", []any{
		map[string]any{"type": "Input.ChoiceSet", "id": "one", "isRequired": true, "choices": []any{map[string]any{"value": "1"}, map[string]any{"value": "2"}, map[string]any{"value": "3"}}},
		map[string]any{"type": "Input.ChoiceSet", "id": "many", "isRequired": true, "isMultiSelect": true, "choices": []any{map[string]any{"value": "a"}, map[string]any{"value": "b"}, map[string]any{"value": "c"}}},
		map[string]any{"type": "Input.Number", "id": "number", "isRequired": true, "min": 2.0, "max": 4.0},
		map[string]any{"type": "Input.Text", "id": "line", "isRequired": true, "maxLength": 10.0},
		map[string]any{"type": "ColumnSet", "columns": []any{map[string]any{"type": "Column", "items": []any{map[string]any{"type": "Input.Text", "id": "lines", "isRequired": true, "isMultiline": true}}}}},
		map[string]any{"type": "Input.Toggle", "id": "toggle", "isRequired": true, "valueOn": "on", "valueOff": "off"},
		map[string]any{"type": "Input.Date", "id": "date", "isRequired": true}, map[string]any{"type": "Input.Time", "id": "time", "isRequired": true},
	}, "closing:answer")
	w := newWorld(t)
	buttons, fields := read(c)
	if len(buttons) != 1 || len(fields) != 8 {
		t.Fatalf("read %d buttons and %d fields", len(buttons), len(fields))
	}
	for i := range 200 {
		got := fill(fields, w.dice("test", fmt.Sprint(i)), monday)
		if !slices.Contains([]string{"1", "2", "3"}, got["one"]) || !slices.Contains([]string{"2", "3", "4"}, got["number"]) || len([]rune(got["line"])) > 10 ||
			got["line"] == "" || got["lines"] == "" || !slices.Contains([]string{"a", "b", "c", "a,b", "a,c", "b,c"}, got["many"]) || got["toggle"] != "on" && got["toggle"] != "off" || len(got) != 8 {
			t.Fatalf("implausible: %v", got)
		}
	}
}

func TestWorkingHoursAreLocalOnBothSidesOfAClockChange(t *testing.T) {
	p := &person{Zone: mustZone("Europe/Berlin"), Days: workweek, Starts: 9 * 60, Ends: 17 * 60}
	for in, want := range map[string]string{
		"2026-03-27T07:00:00Z": "2026-03-27T08:00:00Z", // winter: nine is eight UTC
		"2026-03-27T16:30:00Z": "2026-03-30T07:00:00Z", // Friday evening -> Monday in summer time
		"2026-03-30T07:00:00Z": "2026-03-30T07:00:00Z",
		"2026-10-25T12:00:00Z": "2026-10-26T08:00:00Z",
	} {
		if got := p.inHours(at(in)); !got.Equal(at(want)) {
			t.Errorf("%s -> %s, want %s", in, got.Format(time.RFC3339), want)
		}
	}
}

func TestRunLetsPeopleActAsTimeGoesBy(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Passive = false })
	w.connectBot(thanks)
	p := w.withApp()
	p.Habit = habit{}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- w.Tenant.Run(ctx, func(d time.Duration) time.Duration { // time jumps to whatever comes next
			w.later(d)
			return 0
		})
	}()
	w.conn(201, "POST", "/v3/conversations/"+url.PathEscape(w.open(p))+"/activities", withCard(card("rp-1", "programme/1", nil, "consent:yes")))
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if slices.ContainsFunc(w.Acts(), func(a Act) bool { return a.Person == p.ID && a.Verb == "consent:yes" && a.Heard }) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody pressed the button")
		}
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run ended with %v", err)
	}
}
