package jobs

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

func TestTheGaugeCountsWhatIsDueInDoubtAndWhoIsBeyond(t *testing.T) {
	st, clock := newMemory(), &hand{monday}
	c := crewOf(st, clock, newChat(), 20*time.Second)
	c.Programmes = map[string]*Programme{"peers": {ID: "peers"}, "empty": {ID: "empty"}}
	for i, m := range []roster.Member{
		{Programme: "peers", Standing: roster.In, Person: roster.Person{ID: "a"}},
		{Programme: "peers", Standing: roster.Invited, Beyond: true, Person: roster.Person{ID: "b"}},
		{Programme: "peers", Standing: roster.Left, Beyond: true, Person: roster.Person{ID: "c"}},
		{Programme: "gone from the configuration", Standing: roster.In, Person: roster.Person{ID: "d"}},
	} {
		due := []cadence.Step{{Kind: KindInvite, Noun: MemberNoun, ID: string(m.Person.ID), At: monday.Add(time.Duration(i-2) * time.Hour)}}
		if ok, err := st.Save(t.Context(), MemberNoun, memberID(m.Programme, m.Person.ID), 0, m, due); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	_, err := c.Ledger.Once(t.Context(), "card/x/y", Effect{Do: func(context.Context) (string, error) { return "", says{inDoubt: true} }})
	if err == nil {
		t.Fatal("the act was to be in doubt")
	}
	clock.now = monday.Add(10 * time.Second)
	g, err := c.Gauge(t.Context())
	if err != nil || g.InDoubt != 1 || g.OldestPromise != 10*time.Second || g.Due != 3 || g.OldestDue != 2*time.Hour+10*time.Second {
		t.Errorf("%+v, %v", g, err)
	}
	if len(g.People) != 2 || g.People[0].Programme != "empty" || g.People[1].Unreachable != 1 || g.People[1].People[roster.In] != 1 || g.People[1].People[roster.Left] != 1 {
		t.Errorf("people: %+v", g.People)
	}
	if n, err := c.GivenUp(t.Context()); n != 0 || err != nil {
		t.Errorf("given up at once: %d, %v", n, err)
	}
	clock.now = monday.Add(time.Hour)
	if n, err := c.GivenUp(t.Context()); n != 1 || err != nil {
		t.Errorf("given up after an hour: %d, %v", n, err)
	}
}

func TestEveryEndOfAStepHasItsWord(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "done"}, {says{after: time.Second}, "later"}, {says{inDoubt: true, after: time.Second}, "in_doubt"}, {ErrInDoubt, "in_doubt"},
		{says{permanent: true}, "refused"}, {ErrRefused, "refused"}, {says{permanent: true, unreachable: true}, "unreachable"},
		{errors.New("x"), "failed"}, {later{time.Second, "y"}, "later"},
	} {
		if got := outcome(c.err); got != c.want || !slices.Contains(Outcomes, got) {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}

func TestEveryRunOfAStepIsTold(t *testing.T) {
	c := crewOf(newMemory(), &hand{monday}, newChat(), time.Second)
	var kind, how string
	c.Done = func(k, o string, took time.Duration) { kind, how = k, o }
	if err := c.Run(t.Context(), cadence.Step{Kind: session.KindEnd, Noun: session.Noun, ID: "none"}); err != nil {
		t.Fatal(err)
	}
	if kind != session.KindEnd || how != "done" {
		t.Errorf("told of %q, %q", kind, how)
	}
}
