package teams

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEveryBlockHasItsGoldenCard(t *testing.T) {
	for name, m := range samples {
		t.Run(name, func(t *testing.T) {
			raw, err := Card(m)
			if err != nil {
				t.Fatal(err)
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, raw, "", " "); err != nil {
				t.Fatal(err)
			}
			pretty.WriteByte('\n')
			file := filepath.Join("testdata", name+".golden.json")
			if *update {
				if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want, pretty.Bytes()) {
				t.Errorf("%s changed; look at it and run the test with -update", file)
			}
		})
	}
}

func TestACardThatCannotBeDrawnIsRefusedForGood(t *testing.T) {
	big := strings.Repeat("ü", maxCard/2)
	input := func(in prompt.Input) prompt.Message { return prompt.Message{Blocks: []prompt.Block{{Input: &in}}} }
	for name, m := range map[string]prompt.Message{
		"too big":           {Blocks: []prompt.Block{{Text: big}}},
		"seven actions":     {Actions: make([]prompt.Action, 7)},
		"untitled action":   {Actions: []prompt.Action{{Verb: "x"}}},
		"no verb, no link":  {Actions: []prompt.Action{{Title: "x"}}},
		"http link":         {Actions: []prompt.Action{{Title: "x", URL: "http://contoso.example"}}},
		"script link":       {Actions: []prompt.Action{{Title: "x", URL: "javascript:alert(1)"}}},
		"link with a login": {Actions: []prompt.Action{{Title: "x", URL: "https://a:b@contoso.example"}}},
		"input without id":  input(prompt.Input{Label: "x", Form: prompt.Line}),
		"input, no label":   input(prompt.Input{ID: "x", Form: prompt.Line}),
		"no choices":        input(prompt.Input{ID: "x", Label: "x", Form: prompt.Choose}),
		"unknown form":      input(prompt.Input{ID: "x", Label: "x", Form: "slider"}),
	} {
		_, err := Card(m)
		var e *Error
		if !errors.As(err, &e) || !e.Permanent() {
			t.Errorf("%s: got %v, want a permanent error", name, err)
		}
	}
}

func TestACardOfEightyKilobytesStillGoesOut(t *testing.T) {
	if _, err := Card(prompt.Message{Title: "x", Blocks: []prompt.Block{{Text: strings.Repeat("a word ", 5_600)}}}); err != nil {
		t.Error(err)
	}
}

func TestBothKindsOfButtonSendTheSameData(t *testing.T) {
	raw, err := Card(samples["consent"])
	if err != nil {
		t.Fatal(err)
	}
	var card struct {
		Body    []struct{ ID string }
		Actions []struct {
			Type, Verb, AssociatedInputs string
			Data                         json.RawMessage
			Fallback                     struct {
				Type, AssociatedInputs string
				Data                   json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(raw, &card); err != nil {
		t.Fatal(err)
	}
	if len(card.Body) != 1 || card.Body[0].ID != CardID("consent/p1/ana") {
		t.Error("the body is not one container with the card's id")
	}
	for i, inputs := range []string{"", "none"} {
		a := card.Actions[i]
		if a.Type != "Action.Execute" || a.Fallback.Type != "Action.Submit" || !bytes.Equal(a.Data, a.Fallback.Data) {
			t.Errorf("action %d: %+v", i, a)
		}
		if a.AssociatedInputs != inputs || a.Fallback.AssociatedInputs != inputs {
			t.Errorf("action %d takes the inputs %q/%q, want %q", i, a.AssociatedInputs, a.Fallback.AssociatedInputs, inputs)
		}
	}
}
