package session

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The jobs a round can be due for.
const (
	KindRoundBook   = "round:book"
	KindRoundRepair = "round:repair"
)

// RoundNoun is what rounds are stored under.
const RoundNoun = "round"

// Round is one pairing of a programme: who meets whom, who sits out and why. It keeps what
// is needed to replay it.
type Round struct {
	Programme string        `json:"programme"`
	Number    int           `json:"number"`
	At        time.Time     `json:"at"`     // the beat it belongs to, UTC
	Until     time.Time     `json:"until"`  // the beat after it, UTC
	Groups    []match.Group `json:"groups"` // also those made by repair
	Left      []match.Left  `json:"left,omitempty"`
	Arranged  bool          `json:"arranged,omitempty"` // who meets whom is settled with their calendars
	Open      bool          `json:"open,omitempty"`     // its sessions exist
	Freed     []roster.ID   `json:"freed,omitempty"`    // lost their partner, wait for another
	Since     time.Time     `json:"since"`              // of the latest change
}

// RoundID names a round: planning the same beat twice is the same round.
func RoundID(programme string, number int) string { return fmt.Sprintf("%s.%d", programme, number) }

// RoundOf reads programme and round out of a session's id; "" and 0 when it is none.
func RoundOf(session string) (programme string, number int) {
	parts := strings.Split(session, ".")
	if len(parts) != 3 {
		return "", 0
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return "", 0
	}
	return parts[0], n
}

// Steps lists what the round is due for.
func (r Round) Steps() []cadence.Step {
	step := func(kind string) []cadence.Step {
		return []cadence.Step{{Kind: kind, Noun: RoundNoun, ID: RoundID(r.Programme, r.Number), At: r.Since}}
	}
	switch {
	case !r.Open:
		return step(KindRoundBook)
	case len(r.Freed) > 0:
		return step(KindRoundRepair)
	}
	return nil
}

// Free notes people who lost their partner; naming somebody twice is the same as once.
func (r Round) Free(people []roster.ID, at time.Time) Round {
	r.Freed = slices.Clone(r.Freed)
	for _, p := range people {
		if !slices.Contains(r.Freed, p) {
			r.Freed = append(r.Freed, p)
		}
	}
	slices.Sort(r.Freed)
	r.Since = at
	return r
}

// Regroup adds groups that were made of people who had no partner. Whoever stays alone counts
// as sitting out, and comes first next time.
func (r Round) Regroup(groups []match.Group, alone []roster.ID) Round {
	r.Groups = append(slices.Clone(r.Groups), groups...)
	r.Left = slices.DeleteFunc(slices.Clone(r.Left), func(l match.Left) bool {
		return slices.Contains(alone, l.ID) || slices.ContainsFunc(groups, func(g match.Group) bool { return slices.Contains(g.People, l.ID) })
	})
	for _, id := range alone {
		r.Left = append(r.Left, match.Left{ID: id, Reason: match.Reason{Code: match.NobodyElse}})
	}
	return r
}

// Settled notes that these people no longer wait for a partner.
func (r Round) Settled(people []roster.ID) Round {
	r.Freed = slices.DeleteFunc(slices.Clone(r.Freed), func(id roster.ID) bool { return slices.Contains(people, id) })
	return r
}

// Meetings lists who met whom in earlier rounds, for pairing.
func Meetings(rounds []Round) match.History {
	var h match.History
	for _, r := range rounds {
		for _, g := range r.Groups {
			if len(g.People) > 1 {
				h = append(h, match.Meeting{Round: r.Number, People: g.People})
			}
		}
	}
	return h
}
