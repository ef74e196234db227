package playbooks

import (
	"math"
	"strings"
	"testing"
)

func TestASkeletonExplainsItselfUntilItIsFinished(t *testing.T) {
	for _, k := range kinds {
		for _, id := range []string{"our-own", strings.Repeat("x", 40)} {
			data, err := Skeleton(id, "empathy", k)
			if err != nil {
				t.Fatal(err)
			}
			p, err := Parse(id+".md", data)
			if err != nil || p.Kind() != k || p.Skill != "empathy" {
				t.Errorf("%s: a %s of %s, %v", id, p.Kind(), p.Skill, err)
			}
			ps := Lint(embedded(t), File{id + ".md", data})
			if len(ps) < 15 {
				t.Errorf("only %d lines are left to write", len(ps))
			}
			for _, problem := range ps {
				if !strings.Contains(problem.Text, "advice of the skeleton") {
					t.Errorf("a mistake nobody made: %s", problem)
				}
			}
		}
	}
	for _, c := range []struct {
		id, skill string
		kind      Kind
	}{{"Our Own", "empathy", Drill}, {"our-own", "juggling", Drill}, {"our-own", "empathy", "epic"}} {
		if _, err := Skeleton(c.id, c.skill, c.kind); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

func TestReadingEaseFollowsItsFormulas(t *testing.T) {
	for _, c := range []struct {
		language, text string
		want           float64
		known          bool
	}{
		// two sentences, six words, six syllables
		{English, "The cat sat. Go and sit.", 206.835 - 1.015*3 - 84.6, true},
		// one sentence, four words, nine syllables
		{English, "Several simple tables arrived.", 206.835 - 1.015*4 - 84.6*9/4, true},
		{"de", "Der Tee ist warm.", 180 - 4 - 58.5, true},
		{"fr", "Le chat dort.", 0, false},
		{English, "...", 0, false},
	} {
		got, known := ReadingEase(c.language, c.text)
		if known != c.known || math.Abs(got-c.want) > 0.01 {
			t.Errorf("%q: %.2f, %v, want %.2f", c.text, got, known, c.want)
		}
	}
	for word, want := range map[string]int{"table": 2, "made": 1, "makes": 1, "faces": 2, "wanted": 2, "asked": 1, "listening": 3, "the": 1, "idea": 2, "you": 1, "people": 2, "once": 1, "rhythm": 1} {
		if got := syllables(English, word); got != want {
			t.Errorf("%s has %d syllables, not %d", word, want, got)
		}
	}
	if got := len(sentences(`He said "no." She: yes! Or... perhaps`)); got != 5 {
		t.Errorf("%d sentences", got)
	}
}
