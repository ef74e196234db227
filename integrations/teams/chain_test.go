package teams

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// register is a desk that works as the real one does: one card of ana's, that can be answered
// once; every key counts once; who is not ana is told so; an old version reads how it stands.
type register struct {
	mu      sync.Mutex
	seen    map[string]bool
	version int64
	effects []string // what was recorded
}

func (r *register) Answer(_ context.Context, a prompt.Answer) (prompt.Message, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	stands := prompt.Message{Title: "How it stands", Summary: "Recorded."}
	switch {
	case a.From != ana:
		return prompt.Message{Summary: "This card is not yours. Nothing was changed."}, nil
	case r.seen[a.Key] || a.Version != r.version:
		return stands, nil
	}
	r.seen[a.Key] = true
	r.version++
	r.effects = append(r.effects, a.Verb)
	return stands, nil
}

func (r *register) Installed(context.Context, roster.ID, bool) error { return nil }

func newRegister(t *testing.T) (*bot, *register) {
	t.Helper()
	b, r := newBot(t), &register{seen: map[string]bool{}, version: 4}
	o := b.options(&b.log)
	h, err := NewInbound(o, r)
	if err != nil {
		t.Fatal(err)
	}
	b.Handler = h
	return b, r
}

func TestAPressDeliveredFiveTimesByEveryWayIsRecordedOnce(t *testing.T) {
	b, r := newRegister(t)
	ways := []map[string]any{execute("followup:answer"), execute("followup:answer"), dialogInvoke("task/submit", "followup:answer"),
		{"replyToId": "card-1", "value": press("followup:answer")}, execute("followup:answer")}
	var all sync.WaitGroup
	for i, a := range ways {
		a["id"] = string(rune('a' + i)) // the service names each delivery anew
		all.Go(func() {
			if w := b.deliver(a); w.Code != 200 {
				t.Errorf("delivery %d: %d", i, w.Code)
			}
		})
	}
	all.Wait()
	if len(r.effects) != 1 || len(r.seen) != 1 {
		t.Errorf("recorded %v under %d keys", r.effects, len(r.seen))
	}
}

func TestAStaleCardReadsHowItStands(t *testing.T) {
	b, r := newRegister(t)
	b.deliver(execute("followup:answer"))
	again := execute("followup:drop") // another button of the card that was answered
	if w := b.deliver(again); w.Code != 200 || !strings.Contains(w.Body.String(), "How it stands") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(r.effects) != 1 {
		t.Errorf("recorded %v", r.effects)
	}
}

func TestAPressOfSomebodyElseDoesNothingAndSaysSo(t *testing.T) {
	b, r := newRegister(t)
	forged := execute("followup:answer")
	forged["from"] = map[string]any{"id": "29:ben", "aadObjectId": "44444444-dddd-4ddd-8ddd-444444444444"}
	data := forged["value"].(map[string]any)["action"].(map[string]any)["data"].(map[string]any)
	data["from"], data["aadObjectId"] = ana, ana // what a card claims about its reader counts for nothing
	if w := b.deliver(forged); w.Code != 200 || !strings.Contains(w.Body.String(), "not yours") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(r.effects) != 0 {
		t.Errorf("recorded %v", r.effects)
	}
}
