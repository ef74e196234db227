package teams

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// A dialog is a card in a window of its own. The button that opens one asks the desk as any
// button does, so its verb must be one that only reads; what the desk answers is shown in the
// window. The window's own buttons come back as a submit, which is recorded like a press and
// answered with a sentence, because the window then closes. The card below stays as it is.
const (
	opensDialog  = "task/fetch"
	closesDialog = "task/submit"
)

// dialog handles both invokes of a dialog.
func (in *inbound) dialog(ctx context.Context, a *incoming) outcome {
	var v struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	unreadable := outcome{http.StatusBadRequest, "dialog unreadable", says(sorry(a.Locale).never)}
	if json.Unmarshal(a.Value, &v) != nil || a.person() == "" || a.Conversation.ID == "" {
		return unreadable
	}
	ans, err := a.pressed("", v.Data)
	if err != nil {
		return unreadable
	}
	m, err := in.desk.Answer(ctx, ans)
	if useless(err) {
		return outcome{status: http.StatusOK, body: says(sorry(a.Locale).never)}
	}
	if err != nil {
		return outcome{http.StatusServiceUnavailable, "dialog not recorded", says(sorry(a.Locale).later)}
	}
	if a.Name == opensDialog && !empty(m) {
		window, err := window(inPlaceOf(ans.Card, m))
		if err == nil {
			return outcome{status: http.StatusOK, body: window}
		}
		in.log.Warn("teams: dialog not drawn", "error", err.Error())
	}
	return outcome{status: http.StatusOK, body: says(sentence(m))}
}

// says closes the dialog with a sentence.
func says(words string) node {
	return node{"task": node{"type": "message", "value": words}}
}

// window draws a message as a dialog, in which Teams knows no Action.Execute: each button is
// what stands in for it on old clients.
func window(m prompt.Message) (node, error) {
	raw, err := Card(m)
	if err != nil {
		return nil, err
	}
	var card node
	if err := json.Unmarshal(raw, &card); err != nil {
		return nil, err
	}
	actions, _ := card["actions"].([]any)
	for i, a := range actions {
		if b, ok := a.(map[string]any); ok && b["fallback"] != nil {
			actions[i] = b["fallback"]
		}
	}
	return node{"task": node{"type": "continue", "value": node{"title": line(m.Title), "height": "medium", "width": "medium",
		"card": node{"contentType": cardType, "content": card}}}}, nil
}
