package teams

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// dialogInvoke is what Teams posts when a dialog is opened or submitted.
func dialogInvoke(name, verb string) map[string]any {
	data := press(verb)
	data["msteams"] = map[string]any{"type": "task/fetch"}
	return map[string]any{"type": "invoke", "name": name, "replyToId": "card-1",
		"value": map[string]any{"data": data, "context": map[string]any{"theme": "dark"}}}
}

func TestADialogShowsWhatTheDeskAnswers(t *testing.T) {
	b := newBot(t)
	asked := samples["consent"]
	asked.Key = ""
	b.desk.reply = asked
	w := b.deliver(dialogInvoke("task/fetch", "member:settings"))
	var got struct {
		Task struct {
			Type  string
			Value struct {
				Title, Height, Width string
				Card                 struct {
					ContentType string
					Content     struct {
						Type    string
						Body    []struct{ ID string }
						Actions []struct {
							Type string
							Data map[string]any
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("%d %v", w.Code, err)
	}
	v := got.Task.Value
	if got.Task.Type != "continue" || v.Title != asked.Title || v.Height == "" || v.Width == "" || v.Card.ContentType != cardType || v.Card.Content.Type != "AdaptiveCard" {
		t.Errorf("got %s", w.Body)
	}
	if len(v.Card.Content.Actions) != 2 || strings.Contains(w.Body.String(), "Action.Execute") {
		t.Errorf("a dialog knows no Action.Execute: %s", w.Body)
	}
	for _, a := range v.Card.Content.Actions {
		if a.Type != "Action.Submit" || a.Data["verb"] == "" || a.Data["ref"] == "" {
			t.Errorf("a button without what it says: %+v", a)
		}
	}
	a := b.desk.answers[0]
	if a.Verb != "member:settings" || a.Ref != "session/7" || a.Version != 4 || a.From != ana {
		t.Errorf("the desk was asked %+v", a)
	}
}

func TestADialogThatIsSubmittedIsAPressAndEndsWithASentence(t *testing.T) {
	b := newBot(t)
	b.desk.reply = samples["small"]
	w := b.deliver(dialogInvoke("task/submit", "followup:answer"))
	words, _ := json.Marshal(line(samples["small"].Summary))
	if got, want := w.Body.String(), `{"task":{"type":"message","value":`+string(words)+`}}`; w.Code != 200 || got != want {
		t.Errorf("%d %s, want %s", w.Code, got, want)
	}
	b.deliver(execute("followup:answer"))
	if !reflect.DeepEqual(b.desk.answers[0], b.desk.answers[1]) {
		t.Errorf("the same press by another way is another answer:\n%+v\n%+v", b.desk.answers[0], b.desk.answers[1])
	}
	expectCalls(t, b.service)
}

func TestADialogThatCannotBeShownSaysSo(t *testing.T) {
	six := samples["small"]
	six.Actions = make([]prompt.Action, 7)
	for _, tc := range []struct {
		name   string
		reply  prompt.Message
		fail   error
		status int
		words  string
	}{
		{"nothing to show", prompt.Message{}, nil, 200, "✓"},
		{"only a sentence", prompt.Message{Summary: "This belongs to somebody else."}, nil, 200, "This belongs to somebody else."},
		{"a card that cannot be drawn", six, nil, 200, line(six.Summary)},
		{"of no use", prompt.Message{}, never{errors.New("stale")}, 200, excuses["de"].never},
		{"not recorded", prompt.Message{}, errors.New("redis is gone"), 503, excuses["de"].later},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBot(t)
			b.desk.reply, b.desk.fail = tc.reply, tc.fail
			w := b.deliver(dialogInvoke("task/fetch", "x:y"))
			var got struct{ Task struct{ Type, Value string } }
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != tc.status || got.Task.Type != "message" || got.Task.Value != tc.words {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestEveryRequestIsCounted(t *testing.T) {
	s := newService(t)
	counted := map[string][]int{}
	o := s.options(&strings.Builder{})
	o.Seen = func(what string, status int) { counted[what] = append(counted[what], status) }
	h, err := NewInbound(o, &desk{})
	if err != nil {
		t.Fatal(err)
	}
	b := &bot{service: s, Handler: h}
	for _, a := range []map[string]any{
		{"type": "messageReaction", "reactionsAdded": []any{map[string]any{"type": "like"}}, "replyToId": "1"},
		{"type": "typing"}, {"type": "event"}, {"text": "pause"}, {"value": press("x:y")}, execute("x:y"),
		dialogInvoke("task/fetch", "x:y"), {"type": "invoke", "name": "signin/verifyState"}, {"type": "installationUpdate", "action": "add"},
	} {
		b.deliver(a)
	}
	b.post("", "{}")
	send(t, s.client(t, func(c *Options) { c.Seen = o.Seen }))
	want := map[string][]int{"reaction": {200}, "other activity": {200, 200}, "text": {200}, "press": {200, 200}, "dialog": {200},
		"unknown invoke": {501}, "installation": {200}, "refused activity": {401}, "open a conversation": {201}, "send a card": {201}}
	if !reflect.DeepEqual(counted, want) {
		t.Errorf("counted %v\nwant %v", counted, want)
	}
}
