package playbooks

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
)

// RestRounds is how many rounds a playbook rests before the same person gets it again: with
// a round every other week that is two months, long enough to have something new to say.
const RestRounds = 4

// Ask is what is known when a session needs its playbook. Zero fields mean "any".
type Ask struct {
	Focus   string     // the skill the programme practises this quarter
	Stretch []string   // the skills these partners want to practise
	Minutes int        // how much time they have
	Format  Format     // how they will meet
	Done    [][]string // for each partner the ids of the playbooks they had, the latest round first, "" for a round without
	Seed    uint64     // decides among equals; the same seed chooses the same
}

// Reason says why a playbook was chosen, for prompt to put into words.
type Reason struct {
	Code  Code   `json:"code,omitempty"`
	Skill string `json:"skill,omitempty"` // the skill it practises, which the words may name; "" with WhyNothing
}

// Code is one of the reasons there are.
type Code string

// The reasons, in the order in which they are tried.
const (
	WhyBoth    Code = "both"    // the focus skill, which one of them also wants to practise
	WhyFocus   Code = "focus"   // the focus skill
	WhyStretch Code = "stretch" // one of them wants to practise it
	WhyVariety Code = "variety" // what fits better was here within RestRounds, so something else for once
	WhyOpen    Code = "open"    // nobody named a skill
	WhyShort   Code = "short"   // there is no time for more
	WhyAgain   Code = "again"   // everything that fits was here within RestRounds; this one is longest ago
	WhyNothing Code = "nothing" // no playbook fits at all; the Playbook is empty
)

// Choose answers the playbook for a session, with the reason. It takes a deep dive unless
// there is no time for one or all of them are still resting; five-minute wins are no sessions
// unless there is no time for anything else. Among the playbooks that are not resting it
// prefers the focus skill, then the partners' own goals, then what they have not had for
// longest; nobody begins with a demanding one while there is another.
func Choose(l Library, a Ask) (Playbook, Reason) {
	fits := l.Search(Query{Minutes: a.Minutes, Format: a.Format})
	if len(fits) == 0 {
		return Playbook{}, Reason{Code: WhyNothing}
	}
	longest := fits[0].Kind() // All is in the order of the kinds
	for _, k := range kinds {
		if k == Win && longest != Win {
			break
		}
		var fresh []Playbook
		for _, p := range fits {
			if p.Kind() == k && a.rested(p) >= RestRounds {
				fresh = append(fresh, p)
			}
		}
		if len(fresh) > 0 {
			p := slices.MinFunc(fresh, a.better)
			return p, Reason{a.why(p, longest), p.Skill}
		}
	}
	fits = slices.DeleteFunc(fits, func(p Playbook) bool { return p.Kind() != longest })
	p := slices.MinFunc(fits, func(x, y Playbook) int { return cmp.Or(a.rested(y)-a.rested(x), a.better(x, y)) })
	return p, Reason{WhyAgain, p.Skill}
}

// Others answers at most so many playbooks that could take the place of one, the best first,
// each with its reason: of the same kind, within the Ask's minutes and format, and resting for
// nobody. Nothing when there is none.
func Others(l Library, a Ask, now Playbook, most int) ([]Playbook, []Reason) {
	fits := slices.DeleteFunc(l.Search(Query{Minutes: a.Minutes, Format: a.Format, Kind: now.Kind()}), func(p Playbook) bool {
		return p.ID == now.ID || a.rested(p) < RestRounds
	})
	slices.SortFunc(fits, a.better)
	fits = fits[:min(len(fits), most)]
	why := make([]Reason, len(fits))
	for i, p := range fits {
		why[i] = Reason{a.why(p, DeepDive), p.Skill}
	}
	return fits, why
}

// better sorts the playbook first that suits the partners better.
func (a Ask) better(x, y Playbook) int {
	order := []Code{WhyBoth, WhyFocus, WhyStretch}
	tier := func(p Playbook) int {
		if i := slices.Index(order, a.wish(p)); i >= 0 {
			return i
		}
		return len(order)
	}
	return cmp.Or(tier(x)-tier(y), a.rested(y)-a.rested(x), a.daring(x)-a.daring(y), core(x)-core(y),
		cmp.Compare(a.dice(x), a.dice(y)), cmp.Compare(x.ID, y.ID))
}

// wish says whose wish a playbook is, "" for nobody's.
func (a Ask) wish(p Playbook) Code {
	focus, stretch := a.Focus == p.Skill, slices.Contains(a.Stretch, p.Skill)
	switch {
	case focus && stretch:
		return WhyBoth
	case focus:
		return WhyFocus
	case stretch:
		return WhyStretch
	}
	return ""
}

func (a Ask) why(p Playbook, longest Kind) Code {
	switch {
	case longest != DeepDive:
		return WhyShort
	case a.wish(p) != "":
		return a.wish(p)
	case a.Focus == "" && len(a.Stretch) == 0:
		return WhyOpen
	}
	return WhyVariety
}

// rested counts the rounds since any of the partners had the playbook; a large number if
// none ever had.
func (a Ask) rested(p Playbook) int {
	const ever = 1 << 20
	least := ever
	for _, done := range a.Done {
		if i := slices.Index(done, p.ID); i >= 0 {
			least = min(least, i)
		}
	}
	return least
}

// daring is 1 for a demanding playbook when somebody is here for the first time.
func (a Ask) daring(p Playbook) int {
	first := len(a.Done) == 0 || slices.ContainsFunc(a.Done, func(done []string) bool {
		return !slices.ContainsFunc(done, func(id string) bool { return id != "" })
	})
	if first && p.Difficulty == Demanding {
		return 1
	}
	return 0
}

// dice answers a number that looks like chance and is the same for the same seed.
func (a Ask) dice(p Playbook) uint64 {
	h := fnv.New64a()
	h.Write([]byte(p.ID + "/" + strconv.FormatUint(a.Seed, 10))) // never fails
	return h.Sum64()
}
