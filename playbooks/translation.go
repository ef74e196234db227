package playbooks

import "fmt"

// inStep checks that a translation still is the same session as its original: the same
// version, the same form and timing, the same behaviours, as many of everything. Otherwise two
// partners who read it in two languages would do different things.
func (s sheet) inStep(l Library) {
	original, ok := l.Find(s.ID)
	if !ok {
		s.refuse(1, "there is no original %s.md beside this translation: add it, or rename this file to it", s.ID)
		return
	}
	if s.Language == original.Language {
		s.refuse(max(s.where[languageKey], 1), "the original is in this language already: write the language of the translation")
	}
	same := func(line int, what string, got, want any) {
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			s.refuse(max(line, 1), "the original has %s %s, this translation %s: bring it in step", what, w, g)
		}
	}
	same(s.where["version"], "version", s.Version, original.Version)
	same(s.where["skill"], "skill", s.Skill, original.Skill)
	same(s.where["format"], "format", s.Formats, original.Formats)
	same(s.where["minutes"], "minutes", s.Minutes, original.Minutes)
	lists := map[string][2]int{
		"Outcomes":        {len(s.Outcomes), len(original.Outcomes)},
		"Roles":           {len(s.Roles), len(original.Roles)},
		"Bring":           {len(s.Bring), len(original.Bring)},
		"Agreements":      {len(s.Agreements), len(original.Agreements)},
		"Prompts":         {len(s.Prompts), len(original.Prompts)},
		"Debrief":         {len(s.Debrief), len(original.Debrief)},
		"Pitfalls":        {len(s.Pitfalls), len(original.Pitfalls)},
		"Follow-up":       {len(s.FollowUp), len(original.FollowUp)},
		"What is counted": {len(s.Counted), len(original.Counted)},
	}
	for _, part := range s.parts {
		if n, ok := lists[part.name]; ok {
			same(part.line, "below "+part.name+" so many items:", n[0], n[1])
		}
		switch part.name {
		case "Steps":
			s.stepsInStep(part, s.Steps, original.Steps)
		case "Asynchronous":
			s.stepsInStep(part, s.Asynchronous, original.Asynchronous)
		case "Commitment":
			same(part.line, "the behaviours", behaviourIDs(s.Micro), behaviourIDs(original.Micro))
		}
	}
}

// stepsInStep compares the form of each step, not its words.
func (s sheet) stepsInStep(part section, got, want []Step) {
	if len(got) != len(want) {
		s.refuse(part.line, "the original has %d steps in %s and this translation %d: bring it in step", len(want), part.name, len(got))
		return
	}
	for i := range got {
		if g, w := got[i].form(), want[i].form(); g != w {
			s.refuse(s.headingLine(part, i), "the original has this step as %s, not as %s: bring it in step", w, g)
		}
	}
}

func behaviourIDs(list []Micro) []string {
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	return ids
}
