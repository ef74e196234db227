package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// The longest texts where an input names no limit, in characters, and how many fields a form
// may send.
const (
	longestLine  = 200
	longestLines = 2000
	mostFields   = 40
)

const fieldPrefix = "f." // keeps a message's own fields apart from the form's

// typed takes out of a form what a person filled in: every value of every field, letter by
// letter, so that it can be shown again.
func typed(form url.Values) map[string][]string {
	out := map[string][]string{}
	for name, values := range form {
		if id, ours := strings.CutPrefix(name, fieldPrefix); ours && len(out) < mostFields && len(id) <= mostField {
			out[id] = values
		}
	}
	return out
}

// fields are what was typed as an answer carries it, and a sentence for each input that it
// does not satisfy. Fields that the message does not ask for are left out.
func fields(m prompt.Message, in map[string][]string, say words) (out, wrong map[string]string) {
	out, wrong = map[string]string{}, map[string]string{}
	for _, b := range m.Blocks {
		if b.Input == nil {
			continue
		}
		value, problem := fill(*b.Input, in[b.Input.ID], say)
		if problem != "" {
			wrong[b.Input.ID] = problem
		}
		out[b.Input.ID] = value
	}
	return out, wrong
}

// anything is what was typed for a message that is no longer there to be checked against: the
// desk says what has changed.
func anything(in map[string][]string) map[string]string {
	out := map[string]string{}
	for id, values := range in {
		out[id] = tidy(strings.Join(values, ","))
	}
	return out
}

func fill(in prompt.Input, values []string, say words) (value, problem string) {
	chosen := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return strings.TrimSpace(v) == "" })
	if in.Form == prompt.ChooseMany {
		value = strings.Join(chosen, ",")
	} else if len(values) > 0 {
		value = tidy(values[0])
	}
	switch {
	case value == "" && in.Required:
		problem = say["fill.missing"]
	case value == "":
	case in.Form == prompt.Choose || in.Form == prompt.ChooseMany:
		problem = offered(in, chosen, say)
	case in.Form == prompt.Number:
		problem = counted(in, value, say)
	default:
		if most := longest(in); utf8.RuneCountInString(value) > most {
			problem = say.with("fill.long", "most", strconv.Itoa(most))
		}
	}
	if problem != "" && in.Error != "" && in.Form != prompt.Line && in.Form != prompt.Lines {
		problem = in.Error
	}
	return value, problem
}

func offered(in prompt.Input, chosen []string, say words) string {
	for _, v := range chosen {
		if !slices.ContainsFunc(in.Choices, func(c prompt.Choice) bool { return c.Value == v }) {
			return say["fill.choice"]
		}
	}
	return ""
}

func counted(in prompt.Input, value string, say words) string {
	n, err := strconv.Atoi(value)
	if err != nil || in.Max > in.Min && (n < in.Min || n > in.Max) {
		return say.with("fill.number", "min", strconv.Itoa(in.Min), "max", strconv.Itoa(in.Max))
	}
	return ""
}

// longest is how many characters an input takes.
func longest(in prompt.Input) int {
	switch {
	case in.Max > 0:
		return in.Max
	case in.Form == prompt.Lines:
		return longestLines
	}
	return longestLine
}

// tidy drops the blanks around a value and the carriage returns that browsers put into it,
// which would count as letters.
func tidy(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\ufffd"))
}
