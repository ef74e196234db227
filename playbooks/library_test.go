package playbooks

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

func embedded(t *testing.T) Library {
	t.Helper()
	l, err := Embedded()
	if err != nil {
		t.Fatalf("our own library:\n%v", err)
	}
	return l
}

func TestOurLibraryIsWhole(t *testing.T) {
	l := embedded(t)
	for id, skill := range map[string]string{
		"listening-sprint":    "active-listening",
		"feedback-that-lands": "giving-feedback",
		"rehearse-it":         "difficult-conversations",
	} {
		p, ok := l.Find(id)
		if !ok || p.Skill != skill {
			t.Errorf("%s practises %q, found: %v", id, p.Skill, ok)
		}
	}
	if p, ok := l.Find("no-such-playbook"); ok {
		t.Errorf("found %q", p.ID)
	}
}

// enough is what we ask of our own playbooks beyond what every file must have.
var enough = map[Kind]struct{ works, micro, prompts, pitfalls, debrief, followUp, silent int }{
	DeepDive: {1, 3, 6, 4, 3, 4, 1},
	Drill:    {1, 3, 4, 3, 2, 2, 0},
	Win:      {1, 1, 3, 2, 1, 2, 0},
}

func TestOurPlaybooksCanBeUsedAtOnce(t *testing.T) {
	for _, p := range embedded(t).All() {
		t.Run(p.ID, func(t *testing.T) {
			want := enough[p.Kind()]
			if len(p.BasedOn) < want.works || len(p.Micro) < want.micro || len(p.Prompts) < want.prompts ||
				len(p.Pitfalls) < want.pitfalls || len(p.Debrief) < want.debrief || len(p.FollowUp) < want.followUp {
				t.Errorf("is too thin for a %s: it wants %+v", p.Kind(), want)
			}
			if !p.Offers(Pair) || !p.Offers(Trio) || p.Offers(Asynchronous) != (p.Kind() == DeepDive) {
				t.Errorf("comes in the forms %v", p.Formats)
			}
			silent, swaps, turn := 0, 0, map[Turn][]int{}
			for _, s := range p.Steps {
				turn[s.Turn] = append(turn[s.Turn], s.Minutes)
				if s.Silent {
					silent++
				} else if len(s.Say) == 0 {
					t.Errorf("nobody knows what to say at %q", s.Title)
				}
				if s.Swap {
					swaps++
				}
			}
			if silent < want.silent || swaps == 0 || p.Kind() != Drill && swaps != 1 {
				t.Errorf("%d silent steps, %d swaps", silent, swaps)
			}
			if !reflect.DeepEqual(turn[First], turn[Second]) {
				t.Errorf("the first person has %v minutes, the second %v", turn[First], turn[Second])
			}
			agreed := strings.Join(p.Agreements, " ")
			for _, word := range []string{"stays here", "want to share", "[Pp]ause", "curious"} {
				if !regexp.MustCompile(word).MatchString(agreed) {
					t.Errorf("the agreements do not say %s", word)
				}
			}
			for _, m := range p.Micro {
				if got, ok := p.Behaviour(m.ID); !ok || got != m {
					t.Errorf("behaviour %s is not found", m.ID)
				}
			}
			again, err := Parse(p.ID+".md", p.Markdown())
			if err != nil || !reflect.DeepEqual(again, p) {
				t.Errorf("written and read again: %v", err)
			}
		})
	}
}

func TestEverySkillHasAllThreeLengths(t *testing.T) {
	l := embedded(t)
	for _, s := range Skills {
		for _, k := range kinds {
			if len(l.Search(Query{Skill: s.ID, Kind: k})) == 0 {
				t.Errorf("%s has no %s", s.ID, k)
			}
		}
	}
}

// Sameness is what a reader notices first: no two playbooks may share a purpose, a way to
// find out who starts, a step's words, a prompt or a rescue.
func TestNoTwoPlaybooksSayTheSame(t *testing.T) {
	first := map[string]string{}
	for _, p := range embedded(t).All() {
		texts := []string{p.Title, p.Purpose, p.Starts, p.Conversation, p.Trio}
		texts = append(append(texts, p.Outcomes...), p.Debrief...)
		for _, s := range p.Steps {
			texts = append(texts, s.Text)
		}
		for _, f := range p.Pitfalls {
			texts = append(texts, f.Sign, f.Rescue)
		}
		for _, text := range texts {
			if other, twice := first[text]; twice {
				t.Errorf("%s and %s both say %q", other, p.ID, text)
			}
			first[text] = p.ID
		}
	}
}

func TestRoundsBeginWithTheCorePlaybooks(t *testing.T) {
	l := embedded(t)
	var ids []string
	for _, p := range l.DeepDives() {
		if p.Kind() != DeepDive {
			t.Errorf("%s is no deep dive", p.ID)
		}
		ids = append(ids, p.ID)
	}
	if got := strings.Join(ids[:3], " "); len(ids) != 8 || got != "feedback-that-lands listening-sprint rehearse-it" {
		t.Errorf("deep dives: %v", ids)
	}
	for i, p := range l.All() {
		if i < len(ids) && p.ID != ids[i] {
			t.Errorf("All begins with the deep dives, but number %d is %s", i, p.ID)
		}
	}
}

func TestAgendaFitsAnInvite(t *testing.T) {
	for _, p := range embedded(t).All() {
		a := p.Agenda()
		if n := utf8.RuneCountInString(a); n > maxAgenda {
			t.Errorf("%s: %d characters", p.ID, n)
		}
		for _, part := range []string{p.Title, p.Purpose, p.Starts, p.Steps[0].Title, p.Bring[0], p.Agreements[0]} {
			if !strings.Contains(a, part) {
				t.Errorf("%s: the agenda does not say %q", p.ID, part)
			}
		}
	}
	p := Playbook{Title: "Long", Minutes: 5, Purpose: strings.Repeat("x", 5000), Starts: "Ana's turn."}
	if a := p.Agenda(); utf8.RuneCountInString(a) > maxAgenda || !strings.Contains(a, "Ana's turn.") {
		t.Errorf("a long purpose pushed the rest out: %.80s", a)
	}
}

func TestForFindsWhatFits(t *testing.T) {
	l := embedded(t)
	for _, c := range []struct {
		skill   string
		minutes int
		format  Format
		want    string
	}{
		{"active-listening", 0, "", "listening-sprint close-the-loop two-questions-deeper"},
		{"active-listening", 44, "", "close-the-loop two-questions-deeper"},
		{"active-listening", 45, Asynchronous, "listening-sprint"},
		{"giving-feedback", 40, Trio, "feedback-that-lands two-ideas-for-next-time because-i-think-you-can"},
		{"", 45, Asynchronous, "listening-sprint rebuild-one-meeting feedback-that-lands a-yes-you-can-trust the-part-that-is-true you-at-your-best guess-then-ask"},
		{"appreciation", 4, Pair, ""},
	} {
		var ids []string
		for _, p := range l.For(c.skill, c.minutes, c.format) {
			ids = append(ids, p.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("For(%q, %d, %q) = %q, want %q", c.skill, c.minutes, c.format, got, c.want)
		}
	}
	if got := (Library{}).For("", 0, ""); len(got) != 0 {
		t.Error("the empty library has playbooks")
	}
}

func TestAFolderTellsAllItsProblemsAndKeepsTheRest(t *testing.T) {
	good := fixture(t, "working.md")
	other := strings.Replace(good, "id: working", "id: other", 1)
	l, err := Load(fstest.MapFS{
		"README.md":    {Data: []byte("# Ours")},
		"notes.txt":    {Data: []byte("ignored")},
		"working.md":   {Data: []byte(good)},
		"other.md":     {Data: []byte(strings.Replace(other, "I pour for others first.", "I pour last.", 1))},
		"working-2.md": {Data: []byte(good)},
		"huge.md":      {Data: make([]byte, maxFile+1)},
		"folder.md":    {Mode: 0o755 | 1<<31},
	})
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("no problems: %v", err)
	}
	for _, want := range []string{
		"folder.md:1: the file cannot be read",
		"huge.md:1: the file is too large",
		"working-2.md:2: the id says \"working\": rename",
		"working.md:1: the behaviour id pour-for-others has other words in other.md",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("does not say %q:\n%v", want, err)
		}
	}
	if len(ps) != 4 || len(l.All()) != 2 {
		t.Errorf("%d problems, %d good playbooks:\n%v", len(ps), len(l.All()), err)
	}
	if _, err := Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "no playbook in this folder") {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestSkillsHavePlainLabels(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Skills {
		label, ok := SkillLabel(s.ID)
		if !ok || label == "" || !slug(s.ID) || seen[s.ID] {
			t.Errorf("skill %q, label %q", s.ID, label)
		}
		seen[s.ID] = true
	}
	if _, ok := SkillLabel("juggling"); ok {
		t.Error("juggling is no skill here")
	}
}
