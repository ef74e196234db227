package playbooks

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

func TestChoosePrefersWhatPeopleWant(t *testing.T) {
	l := embedded(t)
	newcomers := [][]string{{}, {}}
	for _, c := range []struct {
		name string
		ask  Ask
		want string // id, "" = whatever
		code Code
	}{
		{"the focus skill", Ask{Focus: "empathy", Done: newcomers}, "guess-then-ask", WhyFocus},
		{"the focus skill that one of them wants too", Ask{Focus: "empathy", Stretch: []string{"empathy", "appreciation"}}, "guess-then-ask", WhyBoth},
		{"their own goals while the focus rests", Ask{Focus: "empathy", Stretch: []string{"appreciation"}, Done: [][]string{{"guess-then-ask"}, {}}}, "you-at-your-best", WhyStretch},
		{"something else while all that rests", Ask{Focus: "empathy", Done: [][]string{{"", "guess-then-ask"}}}, "", WhyVariety},
		{"the focus again after four rounds", Ask{Focus: "empathy", Done: [][]string{{"a", "b", "", "d", "guess-then-ask"}}}, "guess-then-ask", WhyFocus},
		{"nobody named a skill", Ask{Done: newcomers}, "", WhyOpen},
		{"a drill when time is short", Ask{Focus: "empathy", Minutes: 25}, "behind-the-grumble", WhyShort},
		{"a win when there is hardly any", Ask{Focus: "empathy", Minutes: 9}, "a-word-for-it", WhyShort},
		{"nothing in four minutes", Ask{Minutes: 4}, "", WhyNothing},
		{"nothing asynchronous that is short", Ask{Minutes: 20, Format: Asynchronous}, "", WhyNothing},
		{"the hardest skill if that is the focus", Ask{Focus: "difficult-conversations", Done: newcomers}, "rehearse-it", WhyFocus},
		{"what fits the booked time", Ask{Minutes: 35}, "guess-then-ask", WhyOpen},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, r := Choose(l, c.ask)
			if c.want != "" && p.ID != c.want || r.Code != c.code || r.Skill != p.Skill {
				t.Errorf("chose %q because %+v", p.ID, r)
			}
		})
	}
	if p, r := Choose(Library{}, Ask{}); p.ID != "" || r.Code != WhyNothing {
		t.Errorf("the empty library gave %q, %+v", p.ID, r)
	}
}

func TestNobodyBeginsWithADemandingOne(t *testing.T) {
	l := embedded(t)
	for seed := range uint64(200) {
		if p, _ := Choose(l, Ask{Done: [][]string{{"listening-sprint"}, {""}}, Seed: seed}); p.Difficulty == Demanding {
			t.Fatalf("seed %d: %s for somebody's first session", seed, p.ID)
		}
	}
}

func TestAYearWithoutAFocusSeesEveryDeepDive(t *testing.T) {
	l := embedded(t)
	var done []string
	seen := map[string]int{}
	for range 24 {
		p, r := Choose(l, Ask{Done: [][]string{done}, Seed: 7})
		if r.Code != WhyOpen || p.Kind() != DeepDive {
			t.Errorf("%s because %+v", p.ID, r)
		}
		done = append([]string{p.ID}, done...)
		seen[p.ID]++
	}
	for _, p := range l.DeepDives() {
		if seen[p.ID] != 3 {
			t.Errorf("%s came %d times in a year of 24 rounds", p.ID, seen[p.ID])
		}
	}
	if first := strings.Join(done[21:], " "); !strings.Contains(first, "listening-sprint") || !strings.Contains(first, "feedback-that-lands") {
		t.Errorf("the first three are %s", first)
	}
}

func TestWhenEverythingRestsTheOldestComesBack(t *testing.T) {
	text := fixture(t, "lint/working.md")
	l, err := Load(fstest.MapFS{"working.md": {Data: []byte(text)}, "second.md": {Data: []byte(strings.NewReplacer("id: working", "id: second", "skill: appreciation", "skill: empathy").Replace(text))}})
	if err != nil {
		t.Fatal(err)
	}
	for _, done := range [][]string{{"working", "second"}, {"second", "working"}, {"", "working", "second", "working"}} {
		oldest := done[1]
		if len(done) > 2 {
			oldest = "second"
		}
		if p, r := Choose(l, Ask{Focus: "appreciation", Done: [][]string{done}}); p.ID != oldest || r.Code != WhyAgain {
			t.Errorf("after %v comes %q because %+v", done, p.ID, r)
		}
	}
}

func TestAWinIsNoSessionHoweverMuchElseRests(t *testing.T) {
	l := embedded(t)
	var a Ask
	for _, p := range l.All() {
		if p.Kind() != Win {
			a.Done = append(a.Done, []string{p.ID})
		}
	}
	if p, r := Choose(l, a); p.Kind() != DeepDive || r.Code != WhyAgain {
		t.Errorf("%s, a %s, because %+v", p.ID, p.Kind(), r)
	}
}

func TestChooseKeepsItsPromises(t *testing.T) {
	l := embedded(t)
	var ids, skills []string
	for _, p := range l.All() {
		ids = append(ids, p.ID)
	}
	for _, s := range Skills {
		skills = append(skills, s.ID)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := Ask{
			Focus:   rapid.SampledFrom(append(skills, "")).Draw(t, "focus"),
			Stretch: rapid.SliceOfN(rapid.SampledFrom(skills), 0, 3).Draw(t, "stretch"),
			Minutes: rapid.IntRange(0, 60).Draw(t, "minutes"),
			Format:  rapid.SampledFrom([]Format{"", Pair, Trio, Asynchronous}).Draw(t, "format"),
			Done:    rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom(append(ids, "")), 0, 9), 0, 3).Draw(t, "done"),
			Seed:    rapid.Uint64().Draw(t, "seed"),
		}
		p, r := Choose(l, a)
		fits := l.Search(Query{Minutes: a.Minutes, Format: a.Format})
		if (p.ID == "") != (len(fits) == 0) || (r.Code == WhyNothing) != (len(fits) == 0) {
			t.Fatalf("%d fit, chose %q because %+v", len(fits), p.ID, r)
		}
		if p.ID == "" {
			return
		}
		resting := func(p Playbook) bool {
			return slices.ContainsFunc(a.Done, func(done []string) bool {
				return slices.Contains(done[:min(len(done), RestRounds)], p.ID)
			})
		}
		if a.Minutes > 0 && p.Minutes > a.Minutes || a.Format != "" && !p.Offers(a.Format) || r.Skill != p.Skill {
			t.Fatalf("%s does not fit: %+v", p.ID, r)
		}
		if resting(p) != (r.Code == WhyAgain) {
			t.Fatalf("%s rests: %v, reason %s", p.ID, resting(p), r.Code)
		}
		for _, q := range fits {
			if r.Code != WhyAgain && q.Kind() == p.Kind() && q.Skill == a.Focus && !resting(q) && p.Skill != a.Focus {
				t.Fatalf("chose %s, though %s practises the focus", p.ID, q.ID)
			}
			if q.Kind() == DeepDive && !resting(q) && p.Kind() != DeepDive {
				t.Fatalf("chose the %s %s, though there is time for %s", p.Kind(), p.ID, q.ID)
			}
		}
		slices.Reverse(a.Done)
		if again, why := Choose(l, a); again.ID != p.ID || why != r {
			t.Fatalf("the partners in another order get %s instead of %s", again.ID, p.ID)
		}
	})
}
