package match

import (
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Code names a reason; package prompt has the words, in every language.
type Code string

// Why these people: reasons of a group.
const (
	StrengthMeetsStretch Code = "strength-meets-stretch" // From is strong at Skill, which To wants to practise
	CommonHours          Code = "common-hours"           // Minutes of common working time a day
	CommonEnergy         Code = "common-energy"          // Minutes a day in which all have most energy
	OtherDepartment      Code = "other-department"
	OtherTeam            Code = "other-team"
	NewcomerMeetsVeteran Code = "newcomer-meets-veteran" // From knows the programme
	FirstMeeting         Code = "first-meeting"          // while the programme has a history
	MetBefore            Code = "met-before"             // From and To met so many Rounds ago
	ThreeThisTime        Code = "three-this-time"
	YourTurn             Code = "your-turn" // To sat out last round and comes first
)

// Why no partner: reasons of somebody left. A caller's own Away code is passed on as it is.
const (
	NobodyElse   Code = "nobody-else"    // nobody else takes part in this round
	NoCommonTime Code = "no-common-time" // with nobody enough common working time
	NoPartner    Code = "no-partner"     // anything else; deliberately one word for all of it
)

// Reason is a neutral statement; which fields are set depends on Code. If To is set, only
// that person may read it: it rests on something they told rapport in confidence.
type Reason struct {
	Code    Code      `json:"code"`
	From    roster.ID `json:"from,omitempty"`
	To      roster.ID `json:"to,omitempty"`
	Skill   string    `json:"skill,omitempty"`
	Minutes int       `json:"minutes,omitempty"`
	Rounds  int       `json:"rounds,omitempty"`
}

// For answers the reasons that a person of the group may read.
func (g Group) For(who roster.ID) []Reason {
	var mine []Reason
	for _, r := range g.Reasons {
		if r.To == "" || r.To == who {
			mine = append(mine, r)
		}
	}
	return mine
}

const skillsToName = 2 // strengths named to one person about another

// reasons collects what may be said about a group, most telling first.
func (t *table) reasons(members []int) (list []Reason) {
	for _, i := range members {
		for _, j := range members {
			if i != j {
				list = append(list, t.strengths(i, j)...)
			}
		}
	}
	for _, i := range members {
		if t.people[i].SatOutLast {
			list = append(list, Reason{Code: YourTurn, To: t.people[i].ID})
		}
	}
	if len(members) == 3 {
		list = append(list, Reason{Code: ThreeThisTime})
	}
	return append(list, t.shared(members)...)
}

// strengths says to b what a is good at among the things b wants to practise: a's strength,
// which a offers, and never b's wish to anybody but b.
func (t *table) strengths(a, b int) (list []Reason) {
	from, to := t.people[a], t.people[b]
	for _, skill := range to.Stretch[:min(len(to.Stretch), wishes)] {
		if from.Strengths[skill] > 0 && len(list) < skillsToName {
			list = append(list, Reason{Code: StrengthMeetsStretch, From: from.ID, To: to.ID, Skill: skill})
		}
	}
	return list
}

// shared lists what is true of the whole group and known to all of it.
func (t *table) shared(members []int) (list []Reason) {
	work, peak := t.faces[members[0]].work, t.faces[members[0]].peak
	departments, teams, fresh := true, true, len(t.past) > 0
	for k, i := range members {
		work, peak = work.and(&t.faces[i].work), peak.and(&t.faces[i].peak)
		for _, j := range members[:k] {
			departments = departments && differ(t.people[i].Department, t.people[j].Department)
			teams = teams && differ(t.people[i].Team, t.people[j].Team)
			list = append(list, t.welcome(i, j)...)
			if ago := t.rated(i, j).Ago; ago > 0 {
				fresh = false
				list = append(list, t.met(i, j, ago)...)
			}
		}
	}
	switch {
	case departments:
		list = append(list, Reason{Code: OtherDepartment})
	case teams:
		list = append(list, Reason{Code: OtherTeam})
	}
	if n := work.common(&work); n > 0 {
		list = append(list, Reason{Code: CommonHours, Minutes: n})
	}
	if n := peak.common(&peak); n > 0 {
		list = append(list, Reason{Code: CommonEnergy, Minutes: n})
	}
	if fresh {
		list = append(list, Reason{Code: FirstMeeting})
	}
	return list
}

// met tells two people, each by themselves, that they met before.
func (t *table) met(i, j, ago int) []Reason {
	a, b := t.people[i].ID, t.people[j].ID
	return []Reason{{Code: MetBefore, From: a, To: b, Rounds: ago}, {Code: MetBefore, From: b, To: a, Rounds: ago}}
}

func (t *table) welcome(i, j int) []Reason {
	a, b := t.people[i], t.people[j]
	switch {
	case a.Newcomer && b.Veteran:
		return []Reason{{Code: NewcomerMeetsVeteran, From: b.ID}}
	case b.Newcomer && a.Veteran:
		return []Reason{{Code: NewcomerMeetsVeteran, From: a.ID}}
	}
	return nil
}

// whyLeft says why somebody has no partner. An exclusion, a manager and plain bad luck
// sound the same, so that nobody can tell them apart.
func (t *table) whyLeft(i int) Reason {
	if away := t.people[i].Away; away != "" {
		return Reason{Code: away}
	}
	code := NobodyElse
	for j := range t.people {
		if j == i || t.people[j].Away != "" {
			continue
		}
		if t.faces[i].work.common(&t.faces[j].work) >= max(t.weights.MinCommon, 1) {
			return Reason{Code: NoPartner}
		}
		code = NoCommonTime
	}
	return Reason{Code: code}
}
