package curation

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

var (
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ana   = Hand{ID: "ana"}
	chris = Hand{ID: "chris", Curator: true}
)

func offered(k Kind) Contribution {
	return Contribution{ID: "1", By: "ana", State: Proposed, At: noon, Draft: Draft{Kind: k, Playbook: sprint, Text: "x", Share: true, Key: "k"}}
}

func TestWhoMayDoWhatWhen(t *testing.T) {
	own := Hand{ID: "ana", Curator: true}
	alone := Hand{ID: "ana", Curator: true, Alone: true}
	for name, c := range map[string]struct {
		state State
		kind  Kind
		by    Hand
		act   Act
		want  State
		err   error
	}{
		"a curator publishes":                    {Proposed, Prompt, chris, Accept, Published, nil},
		"a curator publishes without an answer":  {Asked, Prompt, chris, Accept, Published, nil},
		"a curator asks":                         {Proposed, Prompt, chris, Ask, Asked, nil},
		"a curator declines":                     {Asked, Prompt, chris, Decline, Declined, nil},
		"a curator undoes":                       {Published, Prompt, chris, Undo, Undone, nil},
		"the author answers":                     {Asked, Prompt, ana, Reply, Proposed, nil},
		"the author takes it back":               {Proposed, Prompt, ana, Withdraw, Withdrawn, nil},
		"the author takes a shown story back":    {Published, Story, ana, Withdraw, Withdrawn, nil},
		"a published prompt stays":               {Published, Prompt, ana, Withdraw, Published, ErrClosed},
		"the author does not publish":            {Proposed, Prompt, ana, Accept, Proposed, ErrNotCurator},
		"a curator does not publish their own":   {Proposed, Prompt, own, Accept, Proposed, ErrOwn},
		"the only curator may publish their own": {Proposed, Prompt, alone, Accept, Published, nil},
		"a curator may undo their own":           {Published, Prompt, own, Undo, Undone, nil},
		"a curator does not answer for others":   {Asked, Prompt, chris, Reply, Asked, ErrNotAuthor},
		"withdrawn is never published":           {Withdrawn, Prompt, chris, Accept, Withdrawn, ErrClosed},
		"declined is never published":            {Declined, Prompt, chris, Accept, Declined, ErrClosed},
		"undone is never published again":        {Undone, Prompt, chris, Accept, Undone, ErrClosed},
		"an act nobody knows":                    {Proposed, Prompt, chris, "steal", Proposed, ErrClosed},
	} {
		before := offered(c.kind)
		before.State = c.state
		after, err := before.Decide(c.by, Decision{Act: c.act, Text: "Thank you, really."}, noon)
		if after.State != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %s, %v", name, after.State, err)
		}
		if err != nil && len(after.Notes) != len(before.Notes) {
			t.Errorf("%s: a refused decision left a note", name)
		}
	}
}

func TestWordsAreAskedForWhereTheOtherSideNeedsThem(t *testing.T) {
	for _, text := range []string{"", "see https://evil.example", "<b>no</b>", strings.Repeat("no ", 400), "\xff"} {
		if _, err := offered(Prompt).Decide(chris, Decision{Act: Decline, Text: text}, noon); !errors.Is(err, ErrNoWords) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := offered(Prompt).Decide(chris, Decision{Act: Accept}, noon); err != nil {
		t.Error("yes needs no words:", err)
	}
}

func TestANewTextStaysWithItsPlaybook(t *testing.T) {
	next := Draft{Kind: Prompt, Playbook: sprint, Text: "y", Key: "other"}
	after, err := offered(Prompt).Decide(ana, Decision{Act: Reply, Draft: &next}, noon)
	if err != nil || after.Draft.Text != "y" || after.Draft.Key != "k" {
		t.Errorf("%+v, %v", after.Draft, err)
	}
	next.Playbook = "rehearse-it"
	if _, err := offered(Prompt).Decide(ana, Decision{Act: Reply, Draft: &next}, noon); !errors.Is(err, ErrOtherThing) {
		t.Error(err)
	}
}

// Whatever anybody tries in whatever order: nothing is published without a curator who is not
// its author (or is the only one), nothing comes back from where it ended, and no draft shows
// a name or a story that its author did not agree to.
func TestNoPathPublishesWithoutACurator(t *testing.T) {
	acts := []Act{Accept, Ask, Decline, Undo, Reply, Withdraw, "steal"}
	rapid.Check(t, func(t *rapid.T) {
		c := offered(rapid.SampledFrom(Kinds).Draw(t, "kind"))
		c.Draft.Share = rapid.Bool().Draw(t, "share")
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			by := Hand{ID: rapid.SampledFrom([]roster.ID{"ana", "chris", "", "eve"}).Draw(t, "who"),
				Curator: rapid.Bool().Draw(t, "curator"), Alone: rapid.Bool().Draw(t, "alone")}
			d := Decision{Act: rapid.SampledFrom(acts).Draw(t, "act"), Text: rapid.SampledFrom([]string{"", "Why?"}).Draw(t, "text")}
			next, err := c.Decide(by, d, noon)
			if err == nil && next.State == Published && (!by.Curator || by.ID == c.By && !by.Alone || !c.State.Open()) {
				t.Fatalf("%+v published from %s", by, c.State)
			}
			if (c.State == Withdrawn || c.State == Declined || c.State == Undone) && next.State != c.State {
				t.Fatalf("%s came back as %s", c.State, next.State)
			}
			if told, shown := next.Tell(); shown && (next.State != Published || !next.Draft.Share || told.Credit != next.Draft.Credit) {
				t.Fatalf("shown in %s", next.State)
			}
			c = next
		}
	})
}
