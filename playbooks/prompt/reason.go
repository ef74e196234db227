package prompt

import (
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Reasons words why these people were paired, from what this reader may know: never an
// exclusion, never a partner's private wish.
func (s Speaker) Reasons(c Scene) []string {
	var l []string
	for _, r := range (match.Group{Reasons: c.Session.Reasons}).For(c.Me.ID) {
		if t := s.reason(c, r); t != "" {
			l = append(l, t)
		}
	}
	if len(l) == 0 {
		l = append(l, s.say("reason.mix"))
	}
	return l
}

func (s Speaker) reason(c Scene, r match.Reason) string {
	partner := s.nameOf(c, r.From)
	if partner == "" && r.From != "" {
		return "" // somebody who was forgotten
	}
	key := reasonKeys[r.Code]
	switch {
	case key == "":
		return ""
	case r.Code == match.NewcomerMeetsVeteran && r.From == c.Me.ID:
		key = "reason.newcomer"
	case r.Code == match.MetBefore:
		return s.count(key, r.Rounds, "partner", partner)
	}
	return s.say(key, "partner", partner, "skill", s.Skill(r.Skill), "hours", s.span(r.Minutes))
}

// reasonKeys are the reasons that have words; any other is not said.
var reasonKeys = map[match.Code]string{
	match.StrengthMeetsStretch: "reason.strength",
	match.CommonHours:          "reason.hours",
	match.CommonEnergy:         "reason.energy",
	match.OtherDepartment:      "reason.department",
	match.OtherTeam:            "reason.team",
	match.FirstMeeting:         "reason.new",
	match.MetBefore:            "reason.before",
	match.NewcomerMeetsVeteran: "reason.veteran",
	match.ThreeThisTime:        "reason.three",
	match.YourTurn:             "reason.waited",
}

func (s Speaker) nameOf(c Scene, id roster.ID) string {
	for _, p := range append([]roster.Person{c.Me}, c.Partners...) {
		if p.ID == id {
			return s.called(p)
		}
	}
	return ""
}
