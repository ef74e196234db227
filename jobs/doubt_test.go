package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// settlers are the steps of a ledger's promises that somebody has to find out about.
func settlers(t *testing.T, m *memory) []cadence.Step {
	t.Helper()
	due, err := m.Due(t.Context(), monday.AddDate(1, 0, 0), 9)
	if err != nil {
		t.Fatal(err)
	}
	return due
}

func TestOnlyAPromiseInDoubtIsLookedIntoByItself(t *testing.T) {
	for name, c := range map[string]struct {
		says error
		want int
	}{
		"kept":             {nil, 0},
		"refused for now":  {says{after: time.Second}, 0},
		"refused for good": {says{permanent: true}, 0},
		"in doubt":         {says{inDoubt: true}, 1},
		"out of time":      {context.DeadlineExceeded, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l, m := ledgerWith(t, nil, 0)
			_, _ = l.Once(t.Context(), "key", Effect{Find: notThere, Do: func(context.Context) (string, error) {
				// Whoever dies here leaves a step behind.
				if s := settlers(t, m); len(s) != 1 || s[0].Kind != KindSettle || s[0].At.Before(monday.Add(actLimit*3/2)) {
					t.Errorf("while it acts: %v", s)
				}
				return "done", c.says
			}})
			if s := settlers(t, m); len(s) != c.want {
				t.Errorf("afterwards: %v", s)
			}
		})
	}
}

func TestADoubtIsSettledByAskingAndOnlyOnce(t *testing.T) {
	grace := actLimit * 3 / 2
	for name, c := range map[string]struct {
		row   *Row
		age   time.Duration
		find  find
		err   error
		state State
		again int // steps that are left
	}{
		"nothing was promised":    {nil, 0, foundIt, nil, "", 0},
		"it was kept":             {&Row{State: Sent, Result: "x"}, grace, notThere, nil, Sent, 0},
		"it was refused":          {&Row{State: Failed}, grace, foundIt, nil, Failed, 0},
		"somebody may be at it":   {&Row{State: Intent}, grace - 1, foundIt, later{}, Intent, 0},
		"died, kept":              {&Row{State: Intent}, grace, foundIt, nil, Sent, 0},
		"died, not kept":          {&Row{State: Intent}, grace, notThere, nil, Open, 0},
		"died, no answer":         {&Row{State: Intent}, grace, noAnswer, says{}, Intent, 0},
		"died, nobody lets us":    {&Row{State: Intent}, grace, noLook, nil, Unknown, 0},
		"unheard, kept":           {&Row{State: Unknown}, grace, foundIt, nil, Sent, 0},
		"unheard, not kept":       {&Row{State: Unknown}, grace, notThere, nil, Open, 0},
		"unheard, nobody lets us": {&Row{State: Unknown}, grace, noLook, nil, Unknown, 0},
		"repeating does no harm":  {&Row{State: Intent}, grace, nil, nil, Open, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l, m := ledgerWith(t, c.row, c.age)
			err := l.Settle(t.Context(), promiseID("key"), func(key string) find {
				if key != "key" {
					t.Errorf("asks about %q", key)
				}
				return c.find
			})
			if !sameKind(err, c.err) || rowIn(t, m).State != c.state || len(settlers(t, m)) != c.again {
				t.Errorf("%v, %+v, %v", err, rowIn(t, m), settlers(t, m))
			}
		})
	}
}

func TestWhetherAPromiseWasKeptIsAskedAndNotGuessed(t *testing.T) {
	for name, c := range map[string]struct {
		row  *Row
		age  time.Duration
		find find
		want bool
		err  error
	}{
		"never promised":          {nil, 0, foundIt, false, nil},
		"refused for now":         {&Row{State: Open}, 0, foundIt, false, nil},
		"refused for good":        {&Row{State: Failed}, 0, foundIt, false, nil},
		"kept":                    {&Row{State: Sent}, 0, notThere, true, nil},
		"at this moment":          {&Row{State: Intent}, time.Second, foundIt, false, later{}},
		"unheard, kept":           {&Row{State: Unknown}, 2 * actLimit, foundIt, true, nil},
		"unheard, not kept":       {&Row{State: Unknown}, 2 * actLimit, notThere, false, nil},
		"died, not kept":          {&Row{State: Intent}, 2 * actLimit, notThere, false, nil},
		"died, no answer":         {&Row{State: Intent}, 2 * actLimit, noAnswer, false, says{}},
		"unheard, nobody lets us": {&Row{State: Unknown}, 2 * actLimit, noLook, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := ledgerWith(t, c.row, c.age)
			if got, err := l.Kept(t.Context(), "key", func(string) find { return c.find }); got != c.want || !sameKind(err, c.err) {
				t.Error(got, err)
			}
		})
	}
}

// A card whose answer was lost, and which nobody has occasion to show again, is still found out
// about: by the promise's own job.
func TestACardInDoubtIsFoundByTheJobOfItsPromise(t *testing.T) {
	for _, shown := range []bool{true, false} {
		clock, teams := &hand{monday}, newChat()
		c := crewOf(newMemory(), clock, teams, actLimit)
		if err := c.owe(t.Context(), c.Programmes["p"], "typed", messageTo("ana")); err != nil {
			t.Fatal(err)
		}
		lost := func(context.Context, string) error { return says{inDoubt: true} }
		if teams.before = lost; shown {
			teams.before, teams.after = nil, lost
		}
		if err := c.Run(t.Context(), dueIn(t, c, KindReply)); !inDoubt(err) {
			t.Fatal(err)
		}
		s := dueIn(t, c, KindSettle)
		if err := c.Run(t.Context(), s); waitOf(err) == 0 {
			t.Fatal("asked too early: ", err)
		}
		clock.now = s.At
		if err := c.Run(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		want := Open
		if shown {
			want = Sent
		}
		var row Row
		if _, err := c.Store.Load(t.Context(), PromiseNoun, s.ID, &row); err != nil || row.State != want {
			t.Fatalf("shown %v, but the ledger says %+v, %v", shown, row, err)
		}
		if left := dueIn(t, c, KindSettle); left.Kind != "" {
			t.Fatal("asks for ever: ", left)
		}
	}
}

// dueIn is the first step of a kind, or none.
func dueIn(t *testing.T, c *Crew, kind string) cadence.Step {
	t.Helper()
	due, err := c.Store.Due(t.Context(), monday.AddDate(1, 0, 0), 99)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range due {
		if s.Kind == kind {
			return s
		}
	}
	return cadence.Step{}
}

func TestAMessageIsOwedOnceHoweverOftenItsReasonArrives(t *testing.T) {
	teams := newChat()
	c := crewOf(newMemory(), &hand{monday}, teams, actLimit)
	owe := func(text string) {
		m := prompt.Message{To: "ana", Title: text}
		if err := c.owe(t.Context(), c.Programmes["p"], "the same act", m); err != nil {
			t.Fatal(err)
		}
	}
	owe("hello")
	owe("hello")
	s := dueIn(t, c, KindReply)
	for range 3 {
		if err := c.Run(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	owe("hello, delivered late")
	if cards, most := teams.count(); cards != 1 || most != 1 || dueIn(t, c, KindReply).Kind != "" {
		t.Fatal(cards, most, dueIn(t, c, KindReply))
	}
	var r Reply
	if _, err := c.Store.Load(t.Context(), ReplyNoun, s.ID, &r); err != nil || r.Message.Title != "" {
		t.Fatal("the words are kept after they were said: ", r, err)
	}
}
