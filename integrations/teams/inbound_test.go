package teams

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// desk writes down what it is told and answers what the test says.
type desk struct {
	mu        sync.Mutex
	answers   []prompt.Answer
	installed []string
	reply     prompt.Message
	fail      error
}

func (d *desk) Answer(_ context.Context, a prompt.Answer) (prompt.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers = append(d.answers, a)
	return d.reply, d.fail
}

func (d *desk) Installed(_ context.Context, p roster.ID, present bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	word := "lost "
	if present {
		word = "has "
	}
	d.installed = append(d.installed, word+string(p))
	return d.fail
}

// never is an error that no repetition heals.
type never struct{ error }

func (never) Permanent() bool { return true }

// bot is the handler on the pretend service.
type bot struct {
	*service
	http.Handler
	desk  *desk
	notes *notebook
	log   strings.Builder
}

func newBot(t *testing.T) *bot {
	t.Helper()
	b := &bot{service: newService(t), desk: &desk{}, notes: &notebook{}}
	o := b.options(&b.log)
	o.Notes = b.notes
	h, err := NewInbound(o, b.desk)
	if err != nil {
		t.Fatal(err)
	}
	b.Handler = h
	return b
}

// activityFrom is an activity of ana's in her own chat.
func (b *bot) activityFrom(change map[string]any) map[string]any {
	a := map[string]any{
		"type": "message", "id": "17", "channelId": "msteams", "serviceUrl": b.URL, "locale": "de-DE",
		"from":         map[string]any{"id": "29:ana", "aadObjectId": ana, "name": "Ana Silva"},
		"recipient":    map[string]any{"id": "28:" + app},
		"conversation": map[string]any{"id": "a:chat", "conversationType": "personal", "tenantId": tenant},
		"channelData":  map[string]any{"tenant": map[string]any{"id": tenant}},
	}
	for k, v := range change {
		if v == nil {
			delete(a, k)
		} else {
			a[k] = v
		}
	}
	return a
}

func (b *bot) post(token string, body any) *httptest.ResponseRecorder {
	raw, ok := body.(string)
	if !ok {
		j, _ := json.Marshal(body)
		raw = string(j)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/messages", strings.NewReader(raw))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	b.Handler.ServeHTTP(w, r)
	return w
}

func (b *bot) deliver(change map[string]any) *httptest.ResponseRecorder {
	return b.post(b.sign(), b.activityFrom(change))
}

func press(verb string) map[string]any {
	return map[string]any{"verb": verb, "ref": "session/7", "version": 4, "happened": "yes", "practised": 12, "open": true, "reflection": "a private thought"}
}

func execute(verb string) map[string]any {
	return map[string]any{"type": "invoke", "name": "adaptiveCard/action", "replyToId": "card-1",
		"value": map[string]any{"action": map[string]any{"type": "Action.Execute", "verb": verb, "data": press(verb)}, "trigger": "manual"}}
}

func TestAPressIsAnsweredWithTheNextCard(t *testing.T) {
	b := newBot(t)
	b.desk.reply = samples["small"]
	w := b.deliver(execute("followup:answer"))
	var got struct {
		StatusCode int
		Type       string
		Value      json.RawMessage
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("%d %v", w.Code, err)
	}
	card, _ := Card(samples["small"])
	if got.StatusCode != 200 || got.Type != cardType || !bytes.Equal(got.Value, card) {
		t.Errorf("got %s", w.Body)
	}
	a := b.desk.answers[0]
	want := prompt.Answer{Key: a.Key, From: ana, Verb: "followup:answer", Ref: "session/7", Version: 4, Lang: "de-DE",
		Fields: map[string]string{"happened": "yes", "practised": "12", "open": "true", "reflection": "a private thought"}}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("got %+v\nwant %+v", a, want)
	}
	expectCalls(t, b.service)
}

func expectCalls(t *testing.T, s *service, want ...string) {
	t.Helper()
	if got := s.paths(); len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("the connector saw %v, want %v", got, want)
	}
}

func TestASubmitIsTheSameAnswerAndTheCardIsWrittenOver(t *testing.T) {
	b := newBot(t)
	b.desk.reply = samples["small"]
	b.deliver(execute("followup:answer"))
	if w := b.deliver(map[string]any{"replyToId": "card-1", "value": press("followup:answer"), "id": "99"}); w.Code != 200 {
		t.Fatal(w.Code)
	}
	if !reflect.DeepEqual(b.desk.answers[0], b.desk.answers[1]) {
		t.Errorf("%+v\n%+v", b.desk.answers[0], b.desk.answers[1])
	}
	expectCalls(t, b.service, "PUT /v3/conversations/a:chat/activities/card-1")
}

func TestARecordedSubmitCountsEvenIfTheCardCannotBeWrittenOver(t *testing.T) {
	b := newBot(t)
	b.desk.reply = samples["small"]
	b.next(reply{status: 503})
	if w := b.deliver(map[string]any{"replyToId": "card-1", "value": press("followup:answer")}); w.Code != 200 {
		t.Error(w.Code)
	}
}

func TestTheKeyOfAPressIsTheSameWhenItComesTwiceAndOnlyThen(t *testing.T) {
	b := newBot(t)
	change := func(f func(a map[string]any, data map[string]any)) map[string]any {
		a := execute("session:agree")
		f(a, a["value"].(map[string]any)["action"].(map[string]any)["data"].(map[string]any))
		return a
	}
	b.deliver(execute("session:agree"))
	b.deliver(change(func(a, d map[string]any) { a["id"] = "another delivery" }))
	for _, f := range []func(a, d map[string]any){
		func(a, d map[string]any) { a["replyToId"] = "card-2" },
		func(a, d map[string]any) { d["version"] = 5 },
		func(a, d map[string]any) { d["ref"] = "session/8" },
		func(a, d map[string]any) { a["from"] = map[string]any{"aadObjectId": "someone-else"} },
		func(a, d map[string]any) {
			a["value"].(map[string]any)["action"].(map[string]any)["verb"] = "session:another"
		},
	} {
		b.deliver(change(f))
	}
	keys := map[string]int{}
	for _, a := range b.desk.answers {
		keys[a.Key]++
	}
	if len(b.desk.answers) != 7 || len(keys) != 6 || keys[b.desk.answers[0].Key] != 2 {
		t.Errorf("%d answers with keys %v", len(b.desk.answers), keys)
	}
}

func TestWhatATypedTextBecomes(t *testing.T) {
	for text, want := range map[string]string{
		"pause":                          "pause",
		" forget me \n":                  "forget me",
		"<at>rapport</at> leave":         "leave",
		"<at id=\"0\">my bot</at>, stop": ", stop",
	} {
		b := newBot(t)
		if w := b.deliver(map[string]any{"text": text}); w.Code != 200 || w.Body.Len() != 0 {
			t.Errorf("%q: %d %s", text, w.Code, w.Body)
		}
		a := b.desk.answers[0]
		if a.Text != want || a.From != ana || a.Lang != "de-DE" || a.Verb != "" || a.Key == "" {
			t.Errorf("%q: %+v", text, a)
		}
		b.deliver(map[string]any{"text": text})
		b.deliver(map[string]any{"text": text, "id": "18"})
		if b.desk.answers[1].Key != a.Key || b.desk.answers[2].Key == a.Key {
			t.Errorf("%q: keys %q, %q, %q", text, a.Key, b.desk.answers[1].Key, b.desk.answers[2].Key)
		}
	}
}

func TestWhatTheDeskSaysDecidesTheStatus(t *testing.T) {
	broken, refused := errors.New("redis is gone"), never{errors.New("stale")}
	for _, tc := range []struct {
		name     string
		activity map[string]any
		fail     error
		status   int
		body     string
	}{
		{"press not recorded", execute("x:y"), broken, 503, `"code":"NotRecorded","message":"` + excuses["de"].later},
		{"press of no use", execute("x:y"), refused, 200, `"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"BadRequest","message":"` + excuses["de"].never},
		{"submit not recorded", map[string]any{"value": press("x:y"), "replyToId": "1"}, broken, 503, ""},
		{"submit of no use", map[string]any{"value": press("x:y"), "replyToId": "1"}, refused, 200, ""},
		{"text not recorded", map[string]any{"text": "hello"}, broken, 503, ""},
		{"text of no use", map[string]any{"text": "hello"}, refused, 200, ""},
		{"install not recorded", map[string]any{"type": "installationUpdate", "action": "add"}, broken, 503, ""},
		{"nothing to show", execute("x:y"), nil, 200, `{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"✓"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBot(t)
			b.desk.fail = tc.fail
			w := b.deliver(tc.activity)
			if w.Code != tc.status {
				t.Errorf("status %d, want %d", w.Code, tc.status)
			}
			// keys of JSON objects come sorted
			if got := w.Body.String(); tc.body == "" && got != "" || !strings.Contains(got, tc.body) {
				t.Errorf("body %s", got)
			}
			if strings.Contains(w.Body.String()+b.log.String(), "redis") {
				t.Error("an internal error reached the person or the log")
			}
		})
	}
}

func TestASentenceInPlaceOfACard(t *testing.T) {
	b := newBot(t)
	b.desk.reply = prompt.Message{Summary: "This card belongs to somebody else."}
	if got := b.deliver(execute("x:y")).Body.String(); got != `{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"This card belongs to somebody else."}` {
		t.Error(got)
	}
}

func TestComingAndGoing(t *testing.T) {
	added := map[string]any{"type": "conversationUpdate", "membersAdded": []any{map[string]any{"id": "28:" + app}}}
	for _, tc := range []struct {
		name string
		act  map[string]any
		want []string
		refs int
	}{
		{"installed", map[string]any{"type": "installationUpdate", "action": "add"}, []string{"has " + ana}, 1},
		{"removed", map[string]any{"type": "installationUpdate", "action": "remove"}, []string{"lost " + ana}, 0},
		{"upgraded", map[string]any{"type": "installationUpdate", "action": "add-upgrade"}, nil, 1},
		{"upgraded, second half", map[string]any{"type": "installationUpdate", "action": "remove-upgrade"}, nil, 1},
		{"upgraded, new spelling", map[string]any{"type": "installationUpdate", "action": "upgrade"}, nil, 1},
		{"bot added", added, []string{"has " + ana}, 1},
		{"bot removed", map[string]any{"type": "conversationUpdate", "membersRemoved": []any{map[string]any{"id": "28:" + app}}}, []string{"lost " + ana}, 0},
		{"somebody else removed", map[string]any{"type": "conversationUpdate", "membersRemoved": []any{map[string]any{"id": "29:ben"}}}, nil, 1},
		{"an event", map[string]any{"type": "event", "name": "canary"}, nil, 1},
		{"somebody else added", map[string]any{"type": "conversationUpdate", "membersAdded": []any{map[string]any{"id": "29:ben"}}}, nil, 1},
		{"reaction", map[string]any{"type": "messageReaction", "replyToId": "1"}, nil, 1},
		{"typing", map[string]any{"type": "typing"}, nil, 1},
		{"a picture", map[string]any{"text": ""}, nil, 1},
		{"into a team", map[string]any{"type": "installationUpdate", "action": "add", "conversation": map[string]any{"id": "19:team@thread.tacv2", "conversationType": "channel", "isGroup": true, "tenantId": tenant}}, nil, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBot(t)
			if w := b.deliver(tc.act); w.Code != 200 {
				t.Errorf("status %d", w.Code)
			}
			if !reflect.DeepEqual(b.desk.installed, tc.want) || len(b.desk.answers) != 0 {
				t.Errorf("got %v and %v", b.desk.installed, b.desk.answers)
			}
			if b.notes.len() != tc.refs {
				t.Errorf("%d references kept, want %d", b.notes.len(), tc.refs)
			}
		})
	}
}

func TestAPersonWhoWritesIsAnsweredWhereTheyAre(t *testing.T) {
	b := newBot(t)
	b.deliver(map[string]any{"text": "hello"})
	c := b.client(t, func(o *Options) { o.Notes = b.notes })
	send(t, c)
	expectCalls(t, b.service, "POST /v3/conversations/a:chat/activities")
	b.deliver(map[string]any{"type": "installationUpdate", "action": "remove"})
	if b.notes.len() != 0 {
		t.Error("the reference outlived the app")
	}
}

func TestACardIsNeverSentIntoAChannelSomebodyWroteFrom(t *testing.T) {
	for name, chat := range map[string]map[string]any{
		"channel":           {"id": "19:x@thread.tacv2", "conversationType": "channel", "isGroup": true},
		"group chat":        {"id": "19:x@thread.v2", "conversationType": "groupChat"},
		"without its type":  {"id": "19:x@thread.v2"},
		"only said a group": {"id": "a:x", "isGroup": true},
	} {
		b := newBot(t)
		b.deliver(map[string]any{"text": "<at>rapport</at> pause", "conversation": chat})
		if b.notes.len() != 0 {
			t.Errorf("%s: kept as a person's chat", name)
		}
		if len(b.desk.answers) != 1 || b.desk.answers[0].Text != "pause" {
			t.Errorf("%s: got %+v", name, b.desk.answers)
		}
	}
}

func TestLostNotesDoNotLoseAnAnswer(t *testing.T) {
	b := newBot(t)
	b.notes.fail = errors.New("gone")
	if w := b.deliver(execute("x:y")); w.Code != 200 || len(b.desk.answers) != 1 {
		t.Errorf("%d, %d answers", w.Code, len(b.desk.answers))
	}
}

func TestTheKeysAreReadABoundedNumberOfTimes(t *testing.T) {
	b := newBot(t)
	flood := func() {
		for range 50 {
			if w := b.post(b.sign(kid("no such key")), b.activityFrom(nil)); w.Code != 401 {
				t.Fatal(w.Code)
			}
		}
	}
	flood()
	b.pass(5 * time.Minute)
	flood()
	if b.metadata != 1 {
		t.Errorf("read %d times", b.metadata)
	}
	b.pass(61 * time.Minute)
	flood()
	if b.metadata != 2 {
		t.Errorf("after an hour: read %d times", b.metadata)
	}
	b.pass(25 * time.Hour)
	b.down = true
	for range 20 {
		if w := b.deliver(map[string]any{"text": "x"}); w.Code != 200 {
			t.Fatalf("keys a day old: %d", w.Code)
		}
	}
	if b.metadata != 3 {
		t.Errorf("while down: read %d times", b.metadata)
	}
	b.pass(5 * 24 * time.Hour)
	if w := b.deliver(map[string]any{"text": "x"}); w.Code != 503 {
		t.Errorf("keys six days old: %d, want 503", w.Code)
	}
	b.down = false
	b.pass(keysPause)
	if w := b.deliver(map[string]any{"text": "x"}); w.Code != 200 {
		t.Errorf("back again: %d", w.Code)
	}
}

func TestANewKeyIsFoundWithinTheHour(t *testing.T) {
	b := newBot(t)
	b.deliver(map[string]any{"text": "x"})
	b.service.mu.Lock()
	b.keys = append(b.keys, jwkOf("rotated", teamsKey, "msteams"))
	b.service.mu.Unlock()
	b.pass(61 * time.Minute)
	if w := b.post(b.sign(kid("rotated")), b.activityFrom(map[string]any{"text": "x"})); w.Code != 200 {
		t.Error(w.Code)
	}
}
