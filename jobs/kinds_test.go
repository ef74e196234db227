package jobs

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

var update = flag.Bool("update", false, "write README.md anew")

// readme is the page that people read, around the table that the code knows.
func readme() string {
	return `# Jobs

Everything rapport does by itself, in the order of the flow. What is due is written in the documents of the store, together with
the state it follows from; a task in the queue is only a hint and carries ids, never names or texts. A job loads its document,
lets one pure function decide, acts through the ledger, and saves the document with what comes next. So any job may run twice,
or late, or on two machines at once: the last column says what happens then.

**Bold**: something leaves the house. Such a job waits while the configuration says ` + "`send: off`" + `. This page is made from the
code: ` + "`go test ./jobs -update`" + `.

` + Table()
}

func TestTheReadmeListsEveryJobAsItIs(t *testing.T) {
	if *update {
		if err := os.WriteFile("README.md", []byte(readme()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("README.md")
	if err != nil || string(got) != readme() {
		t.Fatalf("README.md is not what the code says (%v): go test ./jobs -update", err)
	}
}

func TestKindsAreNounAndVerbAndNoneBeginsAnother(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+:[a-z]+$`)
	for i, a := range Jobs {
		if !form.MatchString(a.Kind) {
			t.Errorf("%q is not noun:verb", a.Kind)
		}
		for k, b := range Jobs {
			if i != k && strings.HasPrefix(b.Kind, a.Kind) {
				t.Errorf("%q begins %q", a.Kind, b.Kind)
			}
		}
		if j, ok := jobOf(a.Kind); !ok || j.When != a.When {
			t.Errorf("%q is not found by its name", a.Kind)
		}
	}
	if _, ok := jobOf("session:boo"); ok {
		t.Error("half a name is enough")
	}
}

func TestEveryJobSaysWhatPeopleNeedToKnow(t *testing.T) {
	for _, j := range Jobs {
		for what, text := range map[string]string{"its noun": j.About, "when": j.When, "outside": j.Outside, "again": j.Repeat} {
			if text == "" || strings.ContainsAny(text, "|\n") {
				t.Errorf("%s: %s is %q", j.Kind, what, text)
			}
		}
		if j.run == nil || j.Limit < time.Second || j.Limit > 10*time.Minute {
			t.Errorf("%s: may take %v", j.Kind, j.Limit)
		}
	}
	for _, kind := range personal {
		if _, ok := jobOf(kind); !ok {
			t.Errorf("%s concerns a person and is no job", kind)
		}
	}
}

// steps are those that documents of every noun are really saved with.
func steps(t *testing.T) []cadence.Step {
	t.Helper()
	c := crewOf(newMemory(), &hand{monday}, newChat(), time.Minute)
	p := c.Programmes["p"]
	office := func(roster.ID) cadence.Office { return cadence.Of(roster.Hours{}, time.UTC) }
	within := slots.Window{Start: monday, End: monday.AddDate(0, 0, 14)}
	planned := session.Plan("p", 1, match.Group{People: []roster.ID{"ana", "ben"}}, "book", 45, within, monday)
	pulse := insight.Pulse{Programme: "p", Month: "2026-10", Opened: monday, Closes: monday.AddDate(0, 0, 7)}
	voice, _ := pulse.Voice("ana", office("ana"))
	all := slices.Concat(
		Beat{Programme: "p", Kind: KindRoster, Next: monday}.steps(),
		Beat{Programme: "p", Kind: KindRound, Next: monday}.steps(),
		c.memberSteps(t.Context(), p)(roster.Member{Programme: "p", Person: roster.Person{ID: "ana"}, Standing: roster.Invited, Cut: true}),
		session.Round{Programme: "p", Number: 1, At: monday}.Steps(),
		planned.Steps(office), pulse.Steps(), voice.Steps())
	if err := c.owe(t.Context(), p, "typed", messageTo("ana")); err != nil {
		t.Fatal(err)
	}
	owed, err := c.Store.Due(t.Context(), monday, 9)
	if err != nil || len(owed) != 1 {
		t.Fatal(owed, err)
	}
	return append(all, owed...)
}

func TestTheTableNamesTheArgumentsThatTasksCarry(t *testing.T) {
	for _, s := range steps(t) {
		j, ok := jobOf(s.Kind)
		if !ok || j.About != s.Noun {
			t.Errorf("a step %q about a %q, but the job is about a %q", s.Kind, s.Noun, j.About)
		}
		if slices.Contains(personal, s.Kind) != (s.Who != "") {
			t.Errorf("%s carries the person %q; the table says otherwise", s.Kind, s.Who)
		}
	}
}
