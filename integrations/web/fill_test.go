package web

import (
	"maps"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

func TestWhatAFieldTakes(t *testing.T) {
	yes := []prompt.Choice{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}
	en := tongues["en"]
	for name, c := range map[string]struct {
		in      prompt.Input
		typed   []string
		value   string
		problem string
	}{
		"a choice":             {prompt.Input{Form: prompt.Choose, Choices: yes}, []string{"no"}, "no", ""},
		"no choice":            {prompt.Input{Form: prompt.Choose, Choices: yes}, nil, "", ""},
		"a choice not made":    {prompt.Input{Form: prompt.Choose, Choices: yes, Required: true}, []string{""}, "", en["fill.missing"]},
		"in its own words":     {prompt.Input{Form: prompt.Choose, Choices: yes, Required: true, Error: "Did you?"}, nil, "", "Did you?"},
		"a choice not offered": {prompt.Input{Form: prompt.Choose, Choices: yes}, []string{"maybe"}, "maybe", en["fill.choice"]},
		"two choices":          {prompt.Input{Form: prompt.ChooseMany, Choices: yes}, []string{"yes", "", "no"}, "yes,no", ""},
		"two, one not offered": {prompt.Input{Form: prompt.ChooseMany, Choices: yes}, []string{"yes", "x"}, "yes,x", en["fill.choice"]},
		"a comma smuggled in":  {prompt.Input{Form: prompt.ChooseMany, Choices: yes}, []string{"yes,no"}, "yes,no", en["fill.choice"]},
		"a number":             {prompt.Input{Form: prompt.Number, Max: 600}, []string{" 20 "}, "20", ""},
		"too great":            {prompt.Input{Form: prompt.Number, Max: 600}, []string{"601"}, "601", "Please write a whole number from 0 to 600."},
		"no number":            {prompt.Input{Form: prompt.Number, Max: 600}, []string{"1e3"}, "1e3", "Please write a whole number from 0 to 600."},
		"an open number":       {prompt.Input{Form: prompt.Number}, []string{"7000"}, "7000", ""},
		"a line":               {prompt.Input{Form: prompt.Line}, []string{" a\r\nb "}, "a\nb", ""},
		"as long as it may":    {prompt.Input{Form: prompt.Line, Max: 5}, []string{"äöüßé"}, "äöüßé", ""},
		"one too long":         {prompt.Input{Form: prompt.Line, Max: 5, Error: "not this"}, []string{"äöüßéx"}, "äöüßéx", "This is too long: at most 5 characters."},
		"broken letters":       {prompt.Input{Form: prompt.Lines}, []string{"a\xff"}, "a\ufffd", ""},
		"only blanks":          {prompt.Input{Form: prompt.Lines, Required: true}, []string{"  \n "}, "", en["fill.missing"]},
	} {
		value, problem := fill(c.in, c.typed, en)
		if value != c.value || problem != c.problem {
			t.Errorf("%s: %q %q", name, value, problem)
		}
	}
}

func TestOnlyWhatIsAskedIsTaken(t *testing.T) {
	form := map[string][]string{"once": {"x"}, "do": {"y"}, "f.met": {"yes"}, "met": {"no"}, "f." + strings.Repeat("x", 500): {"z"}}
	in := typed(form)
	if !maps.EqualFunc(in, map[string][]string{"met": {"yes"}}, func(a, b []string) bool { return a[0] == b[0] }) {
		t.Errorf("%v", in)
	}
	for i := range 500 {
		form["f."+strconv.Itoa(i)] = []string{"x"}
	}
	if n := len(typed(form)); n != mostFields {
		t.Errorf("%d fields", n)
	}
}

func FuzzForm(f *testing.F) {
	f.Add("yes", "4", "a,b", "12", "text")
	f.Add("\xff", "\x00", ",", "-1", strings.Repeat("x", 5000))
	m := question(prompt.Answer{})
	f.Fuzz(func(t *testing.T, met, understood, micro, practised, text string) {
		in := map[string][]string{"met": {met}, "understood": {understood}, "micro": {micro, met}, "practised": {practised}, "reflection": {text}, "conversation": {text}}
		out, wrong := fields(m, in, tongues["en"])
		for id, v := range out {
			if wrong[id] == "" && (!utf8.ValidString(v) || utf8.RuneCountInString(v) > longestLines) {
				t.Errorf("%s took %q", id, v)
			}
		}
		if n, err := strconv.Atoi(out["practised"]); wrong["practised"] == "" && out["practised"] != "" && (err != nil || n < 0 || n > 600) {
			t.Errorf("practised %q", out["practised"])
		}
		if v := out["met"]; wrong["met"] == "" && v != "yes" && v != "no" {
			t.Errorf("met %q", v)
		}
	})
}
