package playbooks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// rules are what an editor asks of a playbook beyond that it can be read. Every one of them
// has a fixture testdata/lint/busted_NAME.md that breaks it and nothing else.
var rules = []struct {
	name  string
	check func(sheet)
}{
	{"unfinished", sheet.finished},
	{"length", sheet.length},
	{"slow", sheet.slow},
	{"turns", sheet.turns},
	{"closed", sheet.open},
	{"long-prompt", sheet.short},
	{"mouthful", sheet.sayable},
	{"jargon", sheet.jargon},
	{"blame", sheet.blame},
	{"long-sentence", sheet.breath},
	{"hard", sheet.easy},
	{"tags", sheet.tagged},
	{"sources", sheet.sources},
	{"promise", sheet.promise},
}

// unfinished starts every text of a skeleton that still explains itself.
const unfinished = "Write here: "

func (s sheet) finished() {
	const advice = "this is still the advice of the skeleton: put your own words in its place"
	for key, words := range map[string]string{"title": s.Title, "authors": strings.Join(s.Authors, " "), "based-on": fmt.Sprint(s.BasedOn)} {
		if strings.Contains(words, unfinished) {
			s.refuse(s.where[key], advice)
		}
	}
	for _, part := range s.parts {
		for _, b := range part.blocks {
			if strings.Contains(b.text, unfinished) {
				s.refuse(b.line, advice)
			}
		}
	}
}

// length keeps to the three lengths people can plan with.
func (s sheet) length() {
	m := s.Minutes
	if m != 5 && (m < 10 || m > 20) && (m < 30 || m > 50) {
		s.refuse(s.where["minutes"], "a win has 5 minutes, a drill 10 to 20, a deep dive 30 to 50: change the steps")
	}
}

// slow asks for the form of those who find no common hour.
func (s sheet) slow() {
	if s.Kind() == DeepDive && !s.Offers(Asynchronous) {
		s.refuse(s.where["format"], "a deep dive also needs a form over two days: add asynchronous to format, and ## Asynchronous")
	}
}

// turns asks that each person has a part of their own; in five minutes both may share all.
func (s sheet) turns() {
	if s.Kind() != Win && !slices.ContainsFunc(s.Steps, func(st Step) bool { return st.Swap }) {
		s.refuse(s.lineOf("Steps", ""), "nobody swaps roles: give each person steps of their own, as first and as second")
	}
}

func (s sheet) open() {
	closed := speeches[s.Language].closed
	s.each([]string{"Prompts", "Debrief"}, func(b block) {
		for _, q := range sentences(b.text) {
			if closed != nil && strings.HasSuffix(q, "?") && closed.MatchString(q) {
				s.refuse(b.line, "yes or no could answer %s: begin with what, how, when, who or which", short(q))
			}
		}
	})
}

// maxPrompt is the longest prompt in characters: three lines on a phone.
const maxPrompt = 130

func (s sheet) short() {
	s.each([]string{"Prompts", "Debrief", "Follow-up"}, func(b block) {
		if n := utf8.RuneCountInString(b.text); n > maxPrompt {
			s.refuse(b.line, "this prompt has %d characters: cut it to %d, so that one can read it at a glance", n, maxPrompt)
		}
	})
}

// maxAloud is how many words one can say aloud without reading them out.
const maxAloud = 32

func (s sheet) sayable() {
	s.each([]string{"Steps", "Asynchronous"}, func(b block) {
		if n := len(words(b.text)); b.kind == quote && n > maxAloud {
			s.refuse(b.line, "nobody says %d words in one go: cut these to %d", n, maxAloud)
		}
	})
}

func (s sheet) jargon() {
	s.prose(func(line int, text string) {
		for _, j := range speeches[s.Language].jargon {
			if word := found(j.pattern, text); word != "" {
				s.refuse(line, "say it plainly: instead of %s write %s", short(word), j.instead)
			}
		}
	})
}

// quotation matches words somebody else is quoted with: pitfalls must be able to name what
// went wrong.
var quotation = regexp.MustCompile(`"[^"]*"|„[^“]*“|«[^»]*»|“[^”]*”`)

func (s sheet) blame() {
	verdicts := speeches[s.Language].blame
	if verdicts == nil {
		return
	}
	s.prose(func(line int, text string) {
		if word := found(verdicts, quotation.ReplaceAllString(text, "")); word != "" {
			s.refuse(line, "%s puts the blame on somebody: say what happened, or put quotation marks around words that only serve as a bad example", short(word))
		}
	})
}

// maxBreath is the longest sentence in words; plain-language guides ask for 15 to 20 on
// average and 25 to 30 at most.
const maxBreath = 30

func (s sheet) breath() {
	s.prose(func(line int, text string) {
		for _, q := range sentences(text) {
			if n := len(words(q)); n > maxBreath {
				s.refuse(line, "the sentence that begins %s has %d words: make two of it", short(q), n)
			}
		}
	})
}

func (s sheet) easy() {
	var all []string
	s.prose(func(_ int, text string) { all = append(all, text) })
	score, known := ReadingEase(s.Language, strings.Join(all, "\n"))
	if least := speeches[s.Language].ease; known && score < least {
		s.refuse(s.lineOf("Purpose", ""), "the reading ease is %.0f, below %.0f: shorter sentences and shorter words help", score, least)
	}
}

func (s sheet) tagged() {
	for _, tag := range s.Tags {
		if !slices.Contains(Tags, tag) {
			s.refuse(s.where["tags"], "there is no tag %s: take one or more of %s", short(tag), strings.Join(Tags, ", "))
		}
	}
}

func (s sheet) sources() {
	line := s.where["based-on"]
	if len(s.BasedOn) == 0 {
		s.refuse(line, "name at least one method or study this builds on: author, year, title")
	}
	seen := map[Citation]bool{}
	for i, c := range s.BasedOn {
		if seen[c] {
			s.refuse(line, "work %d under based-on is there twice: keep one", i+1)
		}
		seen[c] = true
		if strings.Contains(c.Author, "et al") {
			s.refuse(line, "work %d under based-on names its authors only in part: credit every one of them", i+1)
		}
	}
}

// promise asks for the real conversation that every session ends with.
func (s sheet) promise() {
	if hours := speeches[s.Language].hours; !strings.Contains(s.Conversation, hours) {
		s.refuse(s.lineOf("Commitment", ""), "say that the real conversation happens within %s", hours)
	}
}

// each visits the blocks of some sections.
func (s sheet) each(sections []string, visit func(block)) {
	for _, part := range s.parts {
		if slices.Contains(sections, part.name) {
			for _, b := range part.blocks {
				visit(b)
			}
		}
	}
}

// prose visits every text somebody reads, without the marks that belong to the form.
func (s sheet) prose(visit func(line int, text string)) {
	visit(s.where["title"], s.Title)
	for _, part := range s.parts {
		for _, b := range part.blocks {
			text := b.text
			if b.kind == heading {
				_, text, _ = strings.Cut(text, ": ")
			}
			text = strings.Replace(text, " Rescue: ", "\n", 1)
			if m := behaviour.FindStringSubmatch(text); m != nil {
				text = m[2]
			}
			visit(b.line, text)
		}
	}
}
