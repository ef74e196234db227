package playbooks

import "fmt"

// plans are the steps a skeleton of each kind begins with.
var plans = map[Kind][]Step{
	DeepDive: {
		{Minutes: 4, Turn: Both, Title: "Arrive", Text: "how they settle in, read the agreements aloud and find out who begins."},
		{Minutes: 4, Turn: Both, Silent: true, Title: "Think first", Text: "what each of them notes in silence. Take this step out if it does not help."},
		{Minutes: 8, Turn: First, Title: "Name what the first one does", Text: "what one of them does and what the other does meanwhile. Say when it is enough."},
		{Minutes: 4, Turn: First, Title: "Look at it", Text: "how they see what happened. Use verbs one could film."},
		{Minutes: 8, Turn: Second, Title: "Swap: the same for the second", Text: "the same the other way round, in other words, so that it is worth reading."},
		{Minutes: 4, Turn: Second, Title: "Look at it", Text: "the same the other way round. Both get the same minutes."},
		{Minutes: 4, Turn: Both, Title: "Look back together", Text: "what they do with the questions of the debrief."},
		{Minutes: 4, Turn: Both, Title: "Choose what comes next", Text: "how each of them picks a real conversation and a habit."},
	},
	Drill: {
		{Minutes: 2, Turn: Both, Title: "Settle in", Text: "the one rule of this drill, and what each of them picks."},
		{Minutes: 5, Turn: First, Title: "Try it", Text: "the one move, done by the first."},
		{Minutes: 5, Turn: Second, Title: "Swap: try it", Text: "the same move, done by the second."},
		{Minutes: 3, Turn: Both, Title: "Choose what comes next", Text: "where each of them will use it."},
	},
	Win: {
		{Minutes: 2, Turn: First, Title: "Do it", Text: "the one thing the first does."},
		{Minutes: 2, Turn: Second, Title: "Swap: do it", Text: "the same for the second."},
		{Minutes: 1, Turn: Both, Title: "Where next?", Text: "how they take it along."},
	},
}

var slowPlan = []Step{
	{Day: 1, Minutes: 10, Turn: Both, Title: "Send it", Text: "what each of them sends on the first day, in writing or as a voice message."},
	{Day: 2, Minutes: 10, Turn: Both, Title: "Answer", Text: "what each of them answers on the second day, and how they choose what comes next."},
}

// Skeleton answers the file of a new playbook that explains itself: it can be read, and Lint
// names every line that still waits for its author's words. The skill must be one of Skills
// and the id small letters, digits and hyphens; otherwise the error says so.
func Skeleton(id, skill string, kind Kind) ([]byte, error) {
	steps, ok := plans[kind]
	if _, known := SkillLabel(skill); !known {
		return nil, fmt.Errorf("there is no skill %s: take one of %s", short(skill), skillIDs())
	}
	if !ok {
		return nil, fmt.Errorf("there is no kind %s: take one of %s, %s, %s", short(string(kind)), DeepDive, Drill, Win)
	}
	if !slug(id) {
		return nil, fmt.Errorf("the id %s must be small letters, digits and hyphens, at most 40", short(id))
	}
	advice := func(s string) string { return unfinished + s }
	p := Playbook{
		ID: id, Version: 1, Title: advice("a title of two to five words"), Skill: skill,
		Difficulty: Easy, Formats: []Format{Pair, Trio}, Energy: Steady, Tags: []string{"practice"},
		Authors: []string{advice("your name, if you want it shown")}, Licence: Licence, Language: English,
		BasedOn: []Citation{{advice("every author"), 2000, advice("the book or study you took the idea from")}},
		Purpose: advice("why two busy people should spend this time. Name the trouble, then the idea. Three sentences do."),
		Outcomes: []string{advice("what one could see or hear afterwards: each of you has said, asked, written."),
			advice("a second one, if there is one.")},
		Roles:  []Role{{"Speaker", advice("what the one does.")}, {"Listener", advice("what the other does, and leaves out.")}},
		Starts: advice("who begins. Choose something they can tell at once, such as who got up earlier."),
		Bring:  []string{advice("what they need: a topic of which size, pen and paper.")},
		Agreements: []string{"What is said here stays here.", "You share what you want to share.",
			"Either of you may pause or stop at any time.", "We are curious before we judge."},
		Prompts: []string{advice("an open question. It begins with what, how, when, who or which."),
			advice("words one can say aloud when the talk dries up.")},
		Debrief: []string{advice("a question about how it was, not about who was right.")},
		Pitfalls: []Pitfall{{advice("how it may go wrong."), "Say the move that helps, so that one can do it at once."},
			{advice("a second way."), "And the move for it."}},
		Conversation: advice("which real conversation they will have within forty-eight hours."),
		Micro: []Micro{{id + "-1", advice("I do one small thing that one could count.")},
			{id + "-2", advice("another one to choose from.")}},
		FollowUp: []string{"Did the conversation happen?", advice("what you would like to hear two days later.")},
		Counted:  []string{advice("what they may count for themselves, such as open questions asked.")},
		Trio:     advice("what the third person does, and how many minutes a turn takes then."),
	}
	p.Steps = advised(steps)
	for _, s := range steps {
		p.Minutes += s.Minutes
	}
	if kind == DeepDive {
		p.Formats, p.Asynchronous = append(p.Formats, Asynchronous), advised(slowPlan)
	}
	if len(id)+2 > maxSlug {
		p.Micro[0].ID, p.Micro[1].ID = "habit-1", "habit-2"
	}
	return p.Markdown(), nil
}

// advised marks the texts of steps as advice and adds words to say, except in silence.
func advised(steps []Step) []Step {
	out := make([]Step, len(steps))
	for i, s := range steps {
		s.Text = unfinished + s.Text
		if !s.Silent {
			s.Say = []string{unfinished + "a sentence one of them could say here."}
		}
		out[i] = s
	}
	return out
}
