package curation

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTheQuarterlyListNamesWhatToLookAt(t *testing.T) {
	lib := ours(t)
	if found := Review(lib, Record{}, noon); len(found) > 0 {
		t.Errorf("a new library has nothing to look at: %v", found)
	}
	now := version(t, sprint)
	past := Record{Since: noon.Add(-3 * quarter), Used: map[string]time.Time{}, Changed: map[string]time.Time{}}
	for _, p := range lib.All() {
		past.Used[p.ID] = noon.Add(-quarter)
	}
	delete(past.Used, "rehearse-it")
	past.Use = []Use{
		{sprint, now, 2, 1, 1, 3},
		{sprint, now, 1, 4, 0, 1},     // most do it
		{sprint, now, 3, 0, 0, 4},     // too few said so
		{sprint, now - 1, 1, 0, 0, 9}, // of an older version
	}
	found := Review(lib, past, noon)
	if len(found) != 2 || found[0].Code != FindDroppedStep || found[0].Step != 2 || found[1].Playbook != "rehearse-it" || !found[1].Unused {
		t.Fatalf("%+v", found)
	}
	for _, f := range found {
		if f.Action == "" || f.Text == "" {
			t.Errorf("nothing to do about %+v", f)
		}
	}
	past.Since = noon.Add(-9 * quarter)
	past.Changed[sprint] = noon.Add(-quarter)
	stale := 0
	for _, f := range Review(lib, past, noon) {
		if f.Code == FindStale && f.Playbook == sprint {
			t.Error("what was renewed last quarter is not stale")
		}
		if f.Code == FindStale && !f.Unused {
			stale++
		}
	}
	if want := len(lib.All()) - 2; stale != want {
		t.Errorf("%d have old words, want %d", stale, want)
	}
	var ids []string
	for _, p := range lib.All() {
		if p.Skill == "empathy" || p.Skill == "appreciation" && p.Minutes == 5 {
			ids = append(ids, p.ID)
		}
	}
	gaps := Review(lib.Without(ids...), Record{}, noon)
	if len(gaps) != 2 || gaps[0].Code != FindGapSkill || gaps[0].Skill != "empathy" || gaps[1].Code != FindGapLength || gaps[1].Kind != "win" {
		t.Errorf("%+v", gaps)
	}
}

func TestADiffTellsWhatChanged(t *testing.T) {
	got := Diff("a\nb\nc\nd\ne\nf\ng\nh", "a\nb\nc\nd\ne\nF\ng\nh\ni")
	var text strings.Builder
	for _, l := range got {
		text.WriteString(string(l.Op) + l.Text + " ")
	}
	if want := "… =c =d =e -f +F =g =h +i "; text.String() != want {
		t.Errorf("%q, want %q", text.String(), want)
	}
	if Diff("a\nb", "a\nb") != nil {
		t.Error("the same is no change")
	}
	long := strings.Repeat("x\n", 30000)
	began := time.Now()
	if n := len(Diff("a"+long, strings.ReplaceAll(long, "x", "y"))); n < 60000 {
		t.Errorf("only %d lines", n)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("a hostile text took %s", took)
	}
}

func TestADiffLeadsFromOneTextToTheOther(t *testing.T) {
	lines := rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "b", "c"}), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		a, b := strings.Join(lines.Draw(t, "before"), "\n"), strings.Join(lines.Draw(t, "after"), "\n")
		var before, after []string
		skipped := false
		for _, l := range Diff(a, b) {
			skipped = skipped || l.Op == Skipped
			if l.Op != Added {
				before = append(before, l.Text)
			}
			if l.Op != Removed {
				after = append(after, l.Text)
			}
		}
		if a != b && !skipped && (strings.Join(before, "\n") != a || strings.Join(after, "\n") != b) {
			t.Fatalf("%q to %q became %q to %q", a, b, before, after)
		}
	})
}
