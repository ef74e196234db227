package teams

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// outcome is the HTTP answer to an activity; reason is for the log, body for the person.
type outcome struct {
	status int
	reason string
	body   any
}

var taken = outcome{status: http.StatusOK}

func (o outcome) write(w http.ResponseWriter) {
	if o.body == nil {
		w.WriteHeader(o.status)
		return
	}
	raw, ready := o.body.(json.RawMessage)
	if !ready {
		var err error
		if raw, err = encode(o.body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(o.status)
	_, _ = w.Write(raw) // a service that hung up asks again
}

// answer handles an admitted activity. What we do not know is taken and ignored, except an
// invoke: its sender waits for an answer that we do not have.
func (in *inbound) answer(ctx context.Context, a *incoming) outcome {
	switch a.Type {
	case "message":
		return in.message(ctx, a)
	case "invoke":
		return in.invoke(ctx, a)
	case "installationUpdate":
		return in.installation(ctx, a)
	case "conversationUpdate":
		switch {
		case a.concerns(a.MembersAdded):
			return in.installed(ctx, a, true)
		case a.concerns(a.MembersRemoved):
			return in.installed(ctx, a, false)
		}
	}
	return taken // a reaction, somebody typing, another member: nothing to do
}

func (in *inbound) message(ctx context.Context, a *incoming) outcome {
	data := map[string]json.RawMessage{}
	submitted := len(a.Value) > 0 && json.Unmarshal(a.Value, &data) == nil && len(data) > 0
	if !submitted && a.said() == "" {
		return taken // a picture, a file: nothing we could read
	}
	if a.person() == "" || a.Conversation.ID == "" || a.ID == "" && !submitted {
		return outcome{status: http.StatusBadRequest, reason: "message from nobody"}
	}
	if submitted {
		return in.submit(ctx, a, data)
	}
	if _, err := in.desk.Answer(ctx, a.typed()); err != nil && !useless(err) {
		return outcome{status: http.StatusServiceUnavailable, reason: "text not recorded"}
	}
	return taken
}

// submit handles a press that came as a message, from clients that know no Action.Execute.
// The replacement is written over the pressed card; if that fails the answer still counts.
func (in *inbound) submit(ctx context.Context, a *incoming, data map[string]json.RawMessage) outcome {
	ans, err := a.pressed("", data)
	if err != nil {
		return outcome{status: http.StatusBadRequest, reason: "press unreadable"}
	}
	m, err := in.desk.Answer(ctx, ans)
	if useless(err) {
		return taken
	}
	if err != nil {
		return outcome{status: http.StatusServiceUnavailable, reason: "press not recorded"}
	}
	if empty(m) || a.ReplyToID == "" {
		return taken
	}
	act, err := activity(inPlaceOf(ans.Card, m))
	if err == nil {
		err = in.client.put(ctx, reference{Service: a.ServiceURL, Conversation: a.Conversation.ID}, a.ReplyToID, act)
	}
	if err != nil {
		in.log.Warn("teams: pressed card not replaced", "error", err.Error())
	}
	return taken
}

// invoke handles what waits for an answer in the same breath.
func (in *inbound) invoke(ctx context.Context, a *incoming) outcome {
	switch a.Name {
	case pressesCard:
		return in.press(ctx, a)
	case opensDialog, closesDialog:
		return in.dialog(ctx, a)
	}
	return outcome{status: http.StatusNotImplemented, reason: "unknown invoke"}
}

// press handles a press that waits for its replacement card.
func (in *inbound) press(ctx context.Context, a *incoming) outcome {
	var v struct {
		Action struct {
			Verb string                     `json:"verb"`
			Data map[string]json.RawMessage `json:"data"`
		} `json:"action"`
	}
	never := failed(http.StatusBadRequest, "BadRequest", sorry(a.Locale).never)
	if json.Unmarshal(a.Value, &v) != nil || a.person() == "" || a.Conversation.ID == "" {
		return outcome{http.StatusBadRequest, "press unreadable", never}
	}
	ans, err := a.pressed(v.Action.Verb, v.Action.Data)
	if err != nil {
		return outcome{http.StatusBadRequest, "press unreadable", never}
	}
	m, err := in.desk.Answer(ctx, ans)
	if useless(err) {
		return outcome{status: http.StatusOK, body: never}
	}
	if err != nil {
		return outcome{http.StatusServiceUnavailable, "press not recorded", failed(http.StatusInternalServerError, "NotRecorded", sorry(a.Locale).later)}
	}
	return outcome{status: http.StatusOK, body: in.replacement(inPlaceOf(ans.Card, m))}
}

// inPlaceOf lets a replacement keep the identity of the pressed card, so that the question
// whether that card was ever shown still has the right answer.
func inPlaceOf(card string, m prompt.Message) prompt.Message {
	if m.Key == "" {
		m.Key = card
	}
	return m
}

// replacement is what the service shows in place of the pressed card. The body is never
// empty or half: Teams would repeat the press. The card is JSON already and goes in as it is.
func (in *inbound) replacement(m prompt.Message) any {
	if !empty(m) {
		card, err := Card(m)
		if err == nil {
			return json.RawMessage(`{"statusCode":200,"type":"` + cardType + `","value":` + string(card) + `}`)
		}
		in.log.Warn("teams: replacement card not drawn", "error", err.Error())
	}
	return node{"statusCode": http.StatusOK, "type": "application/vnd.microsoft.activity.message", "value": sentence(m)}
}

// sentence is what to say when no card is shown; never nothing, because Teams would repeat
// the press.
func sentence(m prompt.Message) string {
	if words := line(m.Summary); words != "" {
		return words
	}
	return "✓"
}

// failed is an error as adaptiveCard/action writes it, in the person's own language.
func failed(status int, code, words string) node {
	return node{"statusCode": status, "type": "application/vnd.microsoft.error", "value": node{"code": code, "message": words}}
}

// installation follows the app's coming and going. An upgrade, in whichever spelling, is
// neither.
func (in *inbound) installation(ctx context.Context, a *incoming) outcome {
	switch a.Action {
	case "add":
		return in.installed(ctx, a, true)
	case "remove":
		return in.installed(ctx, a, false)
	}
	return taken
}

func (in *inbound) installed(ctx context.Context, a *incoming, present bool) outcome {
	if !a.personal() || a.person() == "" {
		return taken // a team or a group chat: not a person's own
	}
	if !present {
		if err := in.client.forget(ctx, a.person()); err != nil {
			return outcome{status: http.StatusServiceUnavailable, reason: "removal not recorded"}
		}
	}
	if err := in.desk.Installed(ctx, a.person(), present); err != nil && !useless(err) {
		return outcome{status: http.StatusServiceUnavailable, reason: "installation not recorded"}
	}
	return taken
}

// useless tells that the desk will never take this answer, however often it is repeated.
func useless(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

// empty tells that a message says nothing in place of a card.
func empty(m prompt.Message) bool {
	return m.Title == "" && len(m.Blocks) == 0
}
