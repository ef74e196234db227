package curation

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
)

// LeastPeople is from how many people on anything is said about what they did with a step.
const LeastPeople = 5

// A playbook is looked at when nobody used it for two quarters: every programme then had time
// to come by its skill. Words age more slowly.
const (
	unusedAfter    = 2 * quarter
	unchangedAfter = 8 * quarter
	quarter        = 91 * 24 * time.Hour
)

// Use is what people did with one step, summed over at least LeastPeople of them.
type Use struct {
	Playbook               string
	Version, Step          int // Step counts from 1
	Kept, Changed, Dropped int
}

// Record is what is known about the past of the library, without any person in it.
type Record struct {
	Since   time.Time            // nothing is known of the time before, UTC; zero: nothing is known at all
	Used    map[string]time.Time // when a playbook was used last, by id
	Changed map[string]time.Time // when its latest version was published, by id
	Use     []Use
}

// The codes of findings.
const (
	FindStale       = "stale"        // not used, or unchanged for very long
	FindDroppedStep = "dropped-step" // half of the people leave a step out
	FindGapSkill    = "gap-skill"    // no playbook at all practises a skill
	FindGapLength   = "gap-length"   // a skill has no playbook of a length
)

// Finding is one thing to look at in the quarter's curation, in words for the curator and in
// parts for whoever says it in another language.
type Finding struct {
	Code     string
	Playbook string         // id, "" for a gap
	Step     int            // of FindDroppedStep, from 1
	Skill    string         // of a gap
	Kind     playbooks.Kind // of FindGapLength
	Unused   bool           // of FindStale: nobody used it; else only its words are old
	Text     string
	Action   string // what to do about it
}

// Review lists what a curator should look at this quarter: steps people leave out first, then
// gaps, then what is stale.
func Review(lib playbooks.Library, past Record, at time.Time) []Finding {
	out := dropped(lib, past.Use)
	out = append(out, gaps(lib)...)
	if past.Since.IsZero() {
		return out
	}
	for _, p := range lib.All() {
		title := p.Title + " (" + p.ID + ")"
		used := latest(past.Used[p.ID], past.Since)
		changed := latest(past.Changed[p.ID], past.Since)
		switch {
		case at.Sub(latest(used, changed)) >= unusedAfter:
			out = append(out, Finding{Code: FindStale, Playbook: p.ID, Unused: true, Text: title + " was not used for two quarters.",
				Action: "Name it in a programme, give it a clearer title and purpose, or retire it."})
		case at.Sub(changed) >= unchangedAfter:
			out = append(out, Finding{Code: FindStale, Playbook: p.ID, Text: title + " has had the same words for two years.",
				Action: "Read it aloud with a colleague and renew what no longer fits."})
		}
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// dropped finds the steps of the present version that at least half of the people left out.
func dropped(lib playbooks.Library, use []Use) []Finding {
	var out []Finding
	for _, u := range use {
		p, known := lib.Find(u.Playbook)
		all := u.Kept + u.Changed + u.Dropped
		if !known || p.Version != u.Version || u.Step < 1 || u.Step > len(p.Steps) || all < LeastPeople || 2*u.Dropped < all {
			continue
		}
		step := p.Steps[u.Step-1]
		out = append(out, Finding{Code: FindDroppedStep, Playbook: p.ID, Step: u.Step,
			Text:   fmt.Sprintf("At least half of those who told us leave out step %d of %s, %q.", u.Step, p.Title, step.Title),
			Action: "Shorten the step, join it with the next one, or take it out and give its minutes away."})
	}
	slices.SortFunc(out, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Playbook, b.Playbook), a.Step-b.Step) })
	return out
}

// gaps finds skills and lengths without a playbook.
func gaps(lib playbooks.Library) []Finding {
	var out []Finding
	for _, s := range playbooks.Skills {
		if len(lib.Search(playbooks.Query{Skill: s.ID})) == 0 {
			out = append(out, Finding{Code: FindGapSkill, Skill: s.ID, Text: "Nothing practises " + s.Label + ".",
				Action: "Ask somebody who is good at it for a first playbook: rapport playbooks new starts one."})
			continue
		}
		for _, k := range []playbooks.Kind{playbooks.DeepDive, playbooks.Drill, playbooks.Win} {
			if len(lib.Search(playbooks.Query{Skill: s.ID, Kind: k})) == 0 {
				out = append(out, Finding{Code: FindGapLength, Skill: s.ID, Kind: k, Text: fmt.Sprintf("%s has no %s.", s.Label, k),
					Action: "Cut one of its other playbooks to that length, or write one."})
			}
		}
	}
	return out
}
