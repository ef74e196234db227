package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/playbooks"
)

// TestThreePlaybooksCanBeFollowedWithWhatIsOnTheCards takes any three deep dives: the invite is
// as long as their steps, the guide is there when the time begins, it holds every step with its
// minutes and its words in order, both partners get the same time, and the closing card comes
// when the last step ends.
func TestThreePlaybooksCanBeFollowedWithWhatIsOnTheCards(t *testing.T) {
	t.Parallel()
	library, err := playbooks.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dives := library.DeepDives()
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(dives), func(i, j int) { dives[i], dives[j] = dives[j], dives[i] })
	for _, book := range dives[:3] {
		t.Run(book.ID, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, two())
			w.start(actWithin, func(c *config.Config) { c.Programmes[0].Session.Playbooks = []string{book.ID} })
			w.At("Mon 5 Oct 12:00")
			w.Join("Ana", "Ben")
			w.At("Wed 7 Oct 10:01")
			meeting := w.Meeting("Ana")
			w.until(meeting.Start.Add(time.Minute))
			total, turns := 0, map[playbooks.Turn]int{}
			for _, who := range []string{"Ana", "Ben"} {
				card := fmt.Sprint(w.Sees(who, says("guide.title", book.Title)).Card)
				at := 0
				for i, step := range book.Steps {
					next := strings.Index(card[at:], strconv.Itoa(i+1)+". "+unmarked(step.Title))
					if next < 0 {
						t.Fatalf("%s has no step %d, %q, after the one before it", who, i+1, step.Title)
					}
					at += next
					if told := someMinutes.FindStringSubmatch(card[at:]); told == nil || told[1] != strconv.Itoa(step.Minutes) {
						t.Errorf("%s is told %v of step %d, which takes %d minutes", who, told, i+1, step.Minutes)
					}
					if who == "Ana" {
						total, turns[step.Turn] = total+step.Minutes, turns[step.Turn]+step.Minutes
					}
				}
			}
			if length := int(meeting.End.Sub(meeting.Start).Minutes()); total != length || total != book.Minutes {
				t.Errorf("the steps take %d minutes, the playbook says %d, the invite %d", total, book.Minutes, length)
			}
			if turns[playbooks.First] != turns[playbooks.Second] {
				t.Errorf("one has %d minutes, the other %d", turns[playbooks.First], turns[playbooks.Second])
			}
			w.SeesNot("Ana", says("closing.title", "Ben Brandt"))
			w.until(meeting.End.Add(5 * time.Minute))
			w.Sees("Ana", says("closing.title", "Ben Brandt"))
			w.Sees("Ben", says("closing.title", "Ana Alves"))
		})
	}
}

var someMinutes = regexp.MustCompile(`\b(\d+) min\b`)

// unmarked is the beginning of a text up to anything that a card writes in its own way.
func unmarked(s string) string {
	if i := strings.IndexAny(s, `*_[]()<>&"'`+"`"); i > 0 {
		return s[:i]
	}
	return s
}
