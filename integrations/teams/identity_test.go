package teams

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// Whether a card was shown is asked by the id of its container. If a replacement lost that
// id, a card in doubt would be shown a second time after its reader had answered it.
func TestAReplacementKeepsTheIdentityOfThePressedCard(t *testing.T) {
	asked := prompt.Message{Key: "closing/s1/p1", Title: "How was it?", Summary: "s", Lang: "en",
		Actions: []prompt.Action{{Verb: "closing:answer", Title: "Send", Ref: "session/s1"}}}
	raw, err := Card(asked)
	if err != nil {
		t.Fatal(err)
	}
	var card struct {
		Actions []struct{ Data map[string]json.RawMessage }
	}
	if err := json.Unmarshal(raw, &card); err != nil {
		t.Fatal(err)
	}
	pressed, err := (&incoming{}).pressed("closing:answer", card.Actions[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	if _, leaked := pressed.Fields["card"]; leaked {
		t.Error("the card's name arrived as an answer")
	}
	after, err := Card(inPlaceOf(pressed.Card, prompt.Message{Title: "Thank you", Summary: "s"}))
	if err != nil || !strings.Contains(string(after), CardID(asked.Key)) {
		t.Errorf("the replacement has another id: %s %v", after, err)
	}
}
