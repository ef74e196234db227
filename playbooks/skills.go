package playbooks

// Skill is something a programme can practise.
type Skill struct {
	ID    string // stable for ever: profiles and answers are kept under it
	Label string // plain English
}

// Skills is the whole vocabulary, in the order in which people are shown it.
var Skills = []Skill{
	{"active-listening", "Active listening"},
	{"giving-feedback", "Giving feedback"},
	{"receiving-feedback", "Receiving feedback"},
	{"empathy", "Empathy"},
	{"difficult-conversations", "Difficult conversations"},
	{"clear-requests", "Clear decisions and requests"},
	{"inclusive-meetings", "Inclusive meetings"},
	{"appreciation", "Appreciation"},
}

// SkillLabel answers the plain label of a skill; false when there is no such skill.
func SkillLabel(id string) (string, bool) {
	for _, s := range Skills {
		if s.ID == id {
			return s.Label, true
		}
	}
	return "", false
}
