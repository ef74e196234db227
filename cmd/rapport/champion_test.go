package main

import (
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Stories about what steers pairing: a champion's wishes, and silence.

func TestAPinIsKeptAndAForbiddenPairNeverMeets(t *testing.T) {
	for _, other := range []string{"Bo", "Cy", "Di"} {
		for _, what := range []string{jobs.Pin, jobs.Forbid} {
			w := newTown(t, crowd(4))
			w.At("Mon 5 Oct 12:00")
			w.Join("Ada", "Bo", "Cy", "Di")
			w.must(w.app.crew.Wish(t.Context(), "peers", what, string(w.id(other)), string(w.id("Ada"))))
			w.At("Wed 7 Oct 10:01")
			together := slices.Contains(w.sessions("Ada")[0].People, w.id(other))
			if together != (what == jobs.Pin) {
				t.Errorf("%s Ada and %s: they meet: %v", what, other, together)
			}
		}
	}
}

func TestAWishNamesPeopleOfTheProgramme(t *testing.T) {
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	for _, c := range []struct{ what, one, other string }{
		{"pin", "nobody@contoso.example", string(w.id("Ana"))},
		{"pin", string(w.id("Ana")), string(w.id("Ana"))},
		{"marry", string(w.id("Ana")), string(w.id("Ben"))},
	} {
		if err := w.app.crew.Wish(t.Context(), "peers", c.what, c.one, c.other); err == nil {
			t.Errorf("%v was accepted", c)
		}
	}
}

func TestThreeSilencesPauseWithACardToComeBack(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	for _, round := range []string{"Wed 7 Oct 10:01", "Wed 21 Oct 10:01", "Wed 4 Nov 10:01"} {
		w.At(round)
		x := w.sessions("Ana")
		w.until(x[len(x)-1].Slot.End)
		w.Presses("Ana", "closing:answer", "met", "no")
		w.SeesNot("Ben", says("say.rested"))
	}
	w.At("Wed 18 Nov 10:01")
	w.Sees("Ben", says("say.rested"))
	w.SeesNot("Ana", says("say.rested"))
	if s := w.member("Ben").Standing; s != roster.Paused {
		t.Errorf("after three silences Ben is %s", s)
	}
	w.Presses("Ben", "member:resume")
	if s := w.member("Ben").Standing; s != roster.In {
		t.Errorf("after coming back Ben is %s", s)
	}
	w.At("Wed 2 Dec 10:01")
	if x := w.sessions("Ben"); x[len(x)-1].Round != 5 {
		t.Errorf("after coming back Ben's latest round is %d", x[len(x)-1].Round)
	}
	w.audit()
}
