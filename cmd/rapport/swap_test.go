package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Stories about which guide people follow.

// guideOf is the playbook of somebody's only session.
func (w *town) guideOf(who string) playbooks.Playbook {
	w.Helper()
	book, _ := w.app.crew.Library().Find(w.sessions(who)[0].Playbook)
	return book
}

func TestAPairSwapsItsGuideAndEverythingFollows(t *testing.T) {
	t.Parallel()
	w := together(t)
	before, old := w.Meeting("Ben"), w.guideOf("Ana")
	w.Presses("Ana", "session:swap")
	offered := choices(w.Sees("Ana", says("swap.title", "Ben Brandt")).Card, "playbook")
	if len(offered) != 3 || slices.Contains(offered, old.ID) {
		t.Fatalf("instead of %s the card offers %v", old.ID, offered)
	}
	w.Presses("Ana", "session:switch", "playbook", offered[1])
	chosen, _ := w.app.crew.Library().Find(offered[1])
	w.Sees("Ana", says("swap.now", "Ben Brandt", chosen.Title))
	w.After(time.Minute)
	w.Sees("Ben", says("swap.now", "Ana Alves", chosen.Title))
	after := w.Meeting("Ben")
	if !after.Start.Equal(before.Start) || !after.End.Equal(before.End) {
		t.Errorf("the time was %s to %s and is %s to %s", before.Start, before.End, after.Start, after.End)
	}
	if !strings.Contains(after.Subject, chosen.Title) || !strings.Contains(after.Body, chosen.Title) || strings.Contains(after.Body, old.Title) {
		t.Errorf("the invite still tells of another guide: %s\n%s", after.Subject, after.Body)
	}
	if after.Join == "" || after.Join != before.Join {
		t.Errorf("the link to the meeting was %q and is %q", before.Join, after.Join)
	}
	w.until(after.Start.Add(time.Minute))
	for _, who := range []string{"Ana", "Ben"} {
		w.Sees(who, says("guide.title", chosen.Title), chosen.Steps[0].Title)
	}
	w.Presses("Ben", "session:swap")
	w.Sees("Ben", says("swap.none", chosen.Title))
	w.audit()
}

func TestTheLastSwapCountsAndAnOldCardChangesNothing(t *testing.T) {
	t.Parallel()
	w := together(t)
	w.Presses("Ana", "session:swap")
	w.Presses("Ben", "session:swap")
	title := says("swap.title")
	anas, bens := choices(w.Sees("Ana", title).Card, "playbook"), choices(w.Sees("Ben", title).Card, "playbook")
	w.Presses("Ana", "session:switch", "playbook", anas[0])
	w.Presses("Ben", "session:switch", "playbook", bens[1]) // his card is older than what Ana chose
	w.After(time.Minute)
	if got := w.guideOf("Ben").ID; got != anas[0] {
		t.Errorf("Ana chose %s; an older card made it %s", anas[0], got)
	}
	for range session.MostSwaps - 1 {
		w.Presses("Ben", "session:swap")
		w.Presses("Ben", "session:switch", "playbook", choices(w.Sees("Ben", title).Card, "playbook")[0])
		w.After(time.Minute)
	}
	settled := w.guideOf("Ben")
	w.Presses("Ana", "session:swap")
	w.Sees("Ana", says("swap.none", settled.Title))
	if e := w.Meeting("Ana"); !strings.Contains(e.Subject, settled.Title) {
		t.Errorf("they settled on %q, the invite says %q", settled.Title, e.Subject)
	}
	w.audit()
}

func TestKeepingTheGuideAndChoosingWhatWasNotOfferedChangeNothing(t *testing.T) {
	t.Parallel()
	w := together(t)
	before := w.guideOf("Ana")
	w.Presses("Ana", "session:swap")
	w.Presses("Ana", "session:switch", "playbook", "pens-before-voices-and-more")
	w.Presses("Ana", "session:stay")
	w.After(time.Hour)
	if got := w.guideOf("Ana"); got.ID != before.ID {
		t.Errorf("the guide became %s", got.ID)
	}
	w.SeesNot("Ben", says("swap.now", "Ana Alves", before.Title))
	w.audit()
}

func TestAnInviteWhoseRewritingNobodyAnsweredIsRightAllTheSame(t *testing.T) {
	t.Parallel()
	for _, do := range []string{"drop-reply", "fail"} {
		w := together(t)
		w.rough = true
		w.must(w.tenant.SetFaults(m365sim.Fault{Match: m365sim.Match{Method: "PATCH", Path: "/events/"}, Do: do, Times: 2}))
		w.Presses("Ana", "session:swap")
		chosen := choices(w.Sees("Ana", says("swap.title", "Ben Brandt")).Card, "playbook")[0]
		w.Presses("Ana", "session:switch", "playbook", chosen)
		w.After(time.Hour)
		if hits := w.tenant.Faults()[0].Hits; hits != 2 {
			t.Errorf("%s: it broke %d times", do, hits)
		}
		book, _ := w.app.crew.Library().Find(chosen)
		if e := w.Meeting("Ben"); !strings.Contains(e.Subject, book.Title) || e.Join == "" {
			t.Errorf("%s: the invite says %q, join %q", do, e.Subject, e.Join)
		}
		w.audit()
	}
}
