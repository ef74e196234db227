package m365sim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// button is an action of a card that sends something to the bot.
type button struct {
	Verb    string
	Title   string
	Execute bool   // Action.Execute, else Action.Submit
	ID      string // of the action
	Data    any
	Submit  any  // data of the Action.Submit fallback, nil when there is none
	Skip    bool // associatedInputs none
}

// field is an input of a card.
type field struct {
	ID, Kind, Label string
	Choices         []string
	Many, Required  bool
	Lines           bool
	Min, Max        *float64
	MaxLength       int
	Value           string
	On, Off         string // of a toggle
}

// read collects the buttons and inputs of a card, wherever they are, in reading order. It
// knows cards by the schema only, not who made them.
func read(card object) (buttons []button, fields []field) {
	walk(card, func(o object) bool {
		kind, _ := o["type"].(string)
		switch {
		case kind == "Action.Execute" || kind == "Action.Submit":
			buttons = append(buttons, buttonOf(o))
			return false // its fallback is the same button
		case strings.HasPrefix(kind, "Input."):
			fields = append(fields, fieldOf(o))
		}
		return true
	})
	return buttons, fields
}

// walk visits every object below v: bodies before actions, as one reads.
func walk(v any, visit func(object) bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			walk(e, visit)
		}
	case map[string]any:
		if !visit(v) {
			return
		}
		for _, k := range []string{"body", "items", "columns", "rows", "cells", "card", "inlineAction", "selectAction", "actions"} {
			walk(v[k], visit)
		}
	}
}

func buttonOf(o object) button {
	b := button{Title: text(o["title"]), ID: text(o["id"]), Data: o["data"], Execute: o["type"] == "Action.Execute", Verb: text(o["verb"])}
	b.Skip = strings.EqualFold(text(o["associatedInputs"]), "none")
	if data, isObject := o["data"].(object); isObject && b.Verb == "" {
		b.Verb = text(data["verb"])
	}
	if f, isObject := o["fallback"].(object); isObject && f["type"] == "Action.Submit" {
		b.Submit = f["data"]
	}
	return b
}

func fieldOf(o object) field {
	f := field{ID: text(o["id"]), Kind: strings.TrimPrefix(text(o["type"]), "Input."), Label: text(o["label"]), Value: text(o["value"]),
		On: or(text(o["valueOn"]), "true"), Off: or(text(o["valueOff"]), "false")}
	f.Many, _ = o["isMultiSelect"].(bool)
	f.Required, _ = o["isRequired"].(bool)
	f.Lines, _ = o["isMultiline"].(bool)
	if n, isNumber := o["min"].(float64); isNumber {
		f.Min = &n
	}
	if n, isNumber := o["max"].(float64); isNumber {
		f.Max = &n
	}
	if n, isNumber := o["maxLength"].(float64); isNumber {
		f.MaxLength = int(n)
	}
	list, _ := o["choices"].([]any)
	for _, c := range list {
		if choice, isObject := c.(object); isObject {
			f.Choices = append(f.Choices, text(choice["value"]))
		}
	}
	return f
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// ref answers what a button is about.
func (b button) ref() string {
	data, _ := b.Data.(object)
	return text(data["ref"])
}

// submitted answers the data an old client sends: that of the fallback, if there is one.
func (b button) submitted() any {
	if b.Submit != nil {
		return b.Submit
	}
	return b.Data
}

// cardID answers the first id of the card that names a promise, "rp-...".
func cardID(card object) (id string) {
	walk(any(card), func(o object) bool {
		if s := text(o["id"]); id == "" && strings.HasPrefix(s, "rp-") {
			id = s
		}
		return id == ""
	})
	return id
}

// headline answers the first text of a card.
func headline(card object) (s string) {
	walk(any(card), func(o object) bool {
		if s == "" && o["type"] == "TextBlock" {
			s = text(o["text"])
		}
		return s == ""
	})
	return s
}

// fill answers plausible values for the inputs, by their type; an input that is not
// required stays empty now and then.
func fill(fields []field, dice *rand.Rand, now time.Time) map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		if f.ID == "" || !f.Required && dice.Float64() < 0.12 {
			continue
		}
		out[f.ID] = f.fill(dice, now)
	}
	return out
}

func (f field) fill(dice *rand.Rand, now time.Time) string {
	switch f.Kind {
	case "ChoiceSet":
		return f.choose(dice)
	case "Number":
		low, high := 0.0, 6.0
		if f.Min != nil {
			low = *f.Min
		}
		if f.Max != nil {
			high = *f.Max
		} else {
			high = low + 6
		}
		if high > low+10 { // people do not practise a hundred minutes
			high = low + 10
		}
		return fmt.Sprint(int(low) + int(float64(int(high-low)+1)*max(dice.Float64(), dice.Float64())*0.999))
	case "Toggle":
		if dice.Float64() < 0.8 {
			return f.On
		}
		return f.Off
	case "Date":
		return now.AddDate(0, 0, 1).Format("2006-01-02")
	case "Time":
		return "10:00"
	}
	words := pick(dice, shortAnswers)
	if f.Lines {
		words = pick(dice, longAnswers)
	}
	if r := []rune(words); f.MaxLength > 0 && len(r) > f.MaxLength {
		words = string(r[:f.MaxLength])
	}
	return words
}

// choose picks from a choice set: up to two of many; mostly the first where it means yes;
// mostly the upper end of a scale of numbers.
func (f field) choose(dice *rand.Rand) string {
	if len(f.Choices) == 0 {
		return ""
	}
	if f.Many {
		n := min(1+dice.IntN(2), len(f.Choices))
		chosen := dice.Perm(len(f.Choices))[:n]
		slices.Sort(chosen)
		var out []string
		for _, i := range chosen {
			out = append(out, f.Choices[i])
		}
		return strings.Join(out, ",")
	}
	if strings.EqualFold(f.Choices[0], "yes") || strings.EqualFold(f.Choices[0], "true") {
		if dice.Float64() < 0.85 {
			return f.Choices[0]
		}
		return pick(dice, f.Choices)
	}
	if _, err := strconv.Atoi(f.Choices[0]); err == nil && len(f.Choices) > 2 {
		best := max(dice.IntN(len(f.Choices)), dice.IntN(len(f.Choices)))
		scale := slices.Clone(f.Choices)
		slices.SortFunc(scale, func(a, b string) int { x, _ := strconv.Atoi(a); y, _ := strconv.Atoi(b); return x - y })
		return scale[best]
	}
	return pick(dice, f.Choices)
}

func pick[T any](dice *rand.Rand, from []T) T { return from[dice.IntN(len(from))] }

// joined answers the action's data with the inputs added, as a client sends it.
func joined(data any, inputs map[string]string) object {
	out := object{}
	if o, isObject := data.(object); isObject {
		for k, v := range o {
			out[k] = v
		}
	}
	for k, v := range inputs {
		out[k] = v
	}
	return out
}

// clone copies a card so that nobody shares it.
func clone(card object) object {
	var out object
	if json.Unmarshal(encode(card), &out) != nil {
		return nil
	}
	return out
}

var shortAnswers = []string{"The budget talk with my lead", "Feedback on the release notes", "Planning the next sprint with Support", "Asking for help earlier",
	"The handover on Thursday", "A disagreement about priorities", "Saying no to a late change", "The retro next week"}

var longAnswers = []string{
	"We talked it through calmly. I said what I had seen and what it led to, and asked for one change. It felt lighter than I feared.",
	"It went better than last time. I listened longer before answering and we found out we meant the same thing.",
	"I started well and then fell back into explaining. Next time I will ask one more question first.",
	"Short on time, so only the first half happened. The other half is on Friday.",
	"I noticed how often I interrupt. Paraphrasing first slowed me down in a good way.",
	"People were open. I would like to practise the difficult part again before the quarter ends.",
	"Being asked what I needed changed the whole conversation.",
	"We agreed on a small next step and I wrote it down while we spoke.",
}
