package jobs

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// years is what is kept about somebody after so many sessions.
func years(t *testing.T, n int) About {
	t.Helper()
	library, err := playbooks.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	ana := roster.Person{ID: "ana", Name: "Ana Alves"}
	a := About{Programme: prompt.Programme{ID: "p", Name: "P"}, Member: roster.Member{Person: ana, Standing: roster.In}, Zone: time.UTC}
	for i := range n {
		x := session.Session{ID: fmt.Sprint("p.", i), Round: i + 1, People: []roster.ID{"ana", "ben"}, State: session.Ended, Parts: map[roster.ID]*session.Part{
			"ana": {Closing: &session.Closing{Met: true, Conversation: fmt.Sprintf("my word %03d.", i)}},
			"ben": {Closing: &session.Closing{Met: true, Conversation: "Ben's own secret"}, FollowUp: &session.FollowUp{Reflection: "Ben's own secret"}}}}
		a.Sessions = append(a.Sessions, prompt.Scene{Session: x, Me: ana, Partners: []roster.Person{{ID: "ben", Name: "Ben Brandt", Mail: "ben@secret.example"}}, Playbook: library.DeepDives()[0], Zone: time.UTC})
	}
	return a
}

func TestWhatOneTakesAlongIsCompleteAndOnesOwn(t *testing.T) {
	const sessions = 300
	a := years(t, sessions)
	record, err := json.Marshal(a.Record())
	if err != nil {
		t.Fatal(err)
	}
	words, card := fmt.Sprint(a.Words().Blocks), fmt.Sprint(a.Card().Blocks)
	for i := range sessions {
		mine := fmt.Sprintf("my word %03d.", i)
		if strings.Count(words, mine) != 1 || strings.Count(string(record), mine) != 1 {
			t.Fatalf("%q is %d times in the words and %d times in the record", mine, strings.Count(words, mine), strings.Count(string(record), mine))
		}
	}
	for name, text := range map[string]string{"words": words, "record": string(record), "card": card} {
		if strings.Contains(text, "Ben's own secret") || strings.Contains(text, "ben@secret") {
			t.Errorf("the %s tell of Ben", name)
		}
	}
	if !strings.Contains(card, fmt.Sprintf("my word %03d.", sessions-1)) || strings.Contains(card, "my word 000.") || len(card) > 40_000 {
		t.Errorf("the card has %d bytes", len(card))
	}
	if none := years(t, 0).Words(); len(none.Blocks) == 0 {
		t.Error("without sessions nothing is said")
	}
}
