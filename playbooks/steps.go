package playbooks

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxSay is how many sentences to say aloud a step holds before nobody finds one.
const maxSay = 4

// steps reads "### 5 min, both: Title" headings with the text and the words below them. The
// asynchronous form starts each with its day: "### Day 1, 10 min, first: Title".
func (r *reader) steps(s section, days bool) []Step {
	var out []Step
	var texts []string
	for _, b := range s.blocks {
		if b.kind == heading {
			out, texts = append(out, r.step(b, days)), nil
			continue
		}
		if len(out) == 0 {
			r.refuse(b.line, "%s begins with a step: write %s", s.name, stepForm(days))
			return nil
		}
		last := &out[len(out)-1]
		switch b.kind {
		case quote:
			last.Say = append(last.Say, r.plain(b.line, b.text, maxLine))
		case item:
			r.refuse(b.line, "a step has sentences and words to say (>), no list: write it as a sentence")
		default:
			texts = append(texts, r.plain(b.line, b.text, maxParagraph))
			last.Text = strings.Join(texts, "\n\n")
		}
	}
	r.pass(s, out, days)
	return out
}

// pass marks where the turn passes on and checks what only shows over all steps.
func (r *reader) pass(s section, steps []Step, days bool) {
	if len(steps) == 0 || len(steps) > maxItems {
		r.refuse(s.line, "%s has %d steps: write 1 to %d", s.name, len(steps), maxItems)
	}
	turn, spent, day, readable := Both, map[Turn]int{}, map[int]bool{}, len(steps) > 0
	for i := range steps {
		st := &steps[i]
		r.room(r.headingLine(s, i), *st)
		if i > 0 && st.Day < steps[i-1].Day {
			r.refuse(r.headingLine(s, i), "day %d comes after day %d: put the steps in order", st.Day, steps[i-1].Day)
		}
		day[st.Day] = true
		readable = readable && st.Minutes > 0
		if st.Turn != Both {
			st.Swap = turn != Both && turn != st.Turn
			turn = st.Turn
			spent[turn] += st.Minutes
		}
	}
	if days && readable && !(day[1] && day[2]) {
		r.refuse(s.line, "%s needs steps on day 1 and on day 2", s.name)
	}
	if readable && spent[First] != spent[Second] {
		r.refuse(s.line, "%s gives the first person %d minutes and the second %d: give both the same", s.name, spent[First], spent[Second])
	}
}

// room checks that a step says something and fits a card.
func (r *reader) room(line int, st Step) {
	if len(st.Say) > maxSay || utf8.RuneCountInString(st.Text) > maxParagraph {
		r.refuse(line, "this step is too long for a card: at most %d characters and %d things to say", maxParagraph, maxSay)
	}
	if st.Text == "" {
		r.refuse(line, "this step does not say what happens: add a sentence")
	}
}

// headingLine answers the line of the nth step.
func (r *reader) headingLine(s section, nth int) int {
	for _, b := range s.blocks {
		if b.kind == heading {
			if nth == 0 {
				return b.line
			}
			nth--
		}
	}
	return s.line
}

// timing checks that the steps fill the promised minutes exactly.
func (r *reader) timing(p *Playbook, line int) {
	sum := 0
	for _, s := range p.Steps {
		if s.Minutes == 0 { // its heading was refused already
			return
		}
		sum += s.Minutes
	}
	if line > 0 && len(p.Steps) > 0 && sum != p.Minutes {
		r.refuse(line, "the steps add up to %d minutes, not %d: change one of them", sum, p.Minutes)
	}
}

// step reads a step's heading.
func (r *reader) step(b block, days bool) Step {
	before, title, ok := strings.Cut(b.text, ": ")
	st := Step{Title: r.plain(b.line, title, maxTitle)}
	parts := strings.Split(before, ", ")
	if days {
		day, found := strings.CutPrefix(parts[0], "Day ")
		st.Day, _ = strconv.Atoi(day)
		ok = ok && found && (day == "1" || day == "2")
		parts = parts[1:]
	}
	if n := len(parts); n == 3 && parts[2] == "silent" {
		st.Silent, parts = true, parts[:2]
	}
	if len(parts) != 2 {
		ok = false
	} else {
		ok = ok && st.take(parts[0], Turn(parts[1]))
	}
	if !ok || st.Title == "" {
		st.Minutes = 0 // sums over the steps would only repeat this problem
		r.refuse(b.line, "write the step as %s (both, first or second; then silent if nobody speaks)", stepForm(days))
	}
	return st
}

// take reads "5 min" and the turn.
func (st *Step) take(minutes string, turn Turn) bool {
	number, ok := strings.CutSuffix(minutes, " min")
	n, err := strconv.Atoi(number)
	st.Minutes, st.Turn = n, turn
	return ok && err == nil && strconv.Itoa(n) == number && n >= 1 && n <= maxMinutes &&
		slices.Contains([]Turn{Both, First, Second}, turn)
}

func stepForm(days bool) string {
	if days {
		return "### Day 1, 10 min, both: Title"
	}
	return "### 5 min, both: Title"
}
