package teams

import (
	"strconv"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

const (
	longestLine  = 200  // characters of a line whose message names no limit
	longestLines = 2000 // and of a longer text: about a page
	openChoices  = 7    // up to here all choices are shown; more fold into a drop-down
)

// input draws something to fill in. The label is never only a placeholder, and a rule is
// never without the sentence that explains it: the label where the message has none.
func (d *drawing) input(in prompt.Input) node {
	label := line(in.Label)
	if in.ID == "" || label == "" {
		d.fail("an input has no id or no label")
		return nil
	}
	n := node{"id": in.ID, "label": label, "spacing": "Medium"}
	if in.Required {
		n["isRequired"] = true
	}
	if in.Error != "" {
		n["errorMessage"] = line(in.Error)
	} else if in.Required || in.Form == prompt.Number {
		n["errorMessage"] = label
	}
	switch in.Form {
	case prompt.Line, prompt.Lines:
		text(n, in)
	case prompt.Number:
		number(n, in)
	case prompt.Choose, prompt.ChooseMany:
		if len(in.Choices) == 0 {
			d.fail("an input offers no choices")
		}
		choices(n, in)
	default:
		d.fail("an input has a form that Teams does not know")
	}
	return n
}

func (d *drawing) fail(why string) {
	if d.err == nil {
		d.err = broken(why)
	}
}

// text keeps the pre-filled value letter by letter: it comes back as the person's own words.
func text(n node, in prompt.Input) {
	n["type"], n["maxLength"] = "Input.Text", longestLine
	if in.Form == prompt.Lines {
		n["isMultiline"], n["maxLength"] = true, longestLines
	}
	if in.Max > 0 {
		n["maxLength"] = in.Max
	}
	if in.Value != "" {
		n["value"] = in.Value
	}
	placeholder(n, in.Hint)
}

// number draws bounds only where an answer is required: the official renderer (3.0.6) takes
// an empty number with bounds for one outside them and refuses the whole card in silence.
// Whoever reads the answer checks the bounds anyway.
func number(n node, in prompt.Input) {
	n["type"] = "Input.Number"
	if in.Required {
		n["min"] = in.Min
		if in.Max > in.Min {
			n["max"] = in.Max
		}
	}
	if v, err := strconv.Atoi(in.Value); err == nil {
		n["value"] = v
	}
	placeholder(n, in.Hint)
}

func choices(n node, in prompt.Input) {
	var cs []node
	for _, c := range in.Choices {
		cs = append(cs, node{"title": line(c.Label), "value": c.Value})
	}
	n["type"], n["choices"], n["wrap"], n["style"] = "Input.ChoiceSet", cs, true, "expanded"
	if len(cs) > openChoices {
		n["style"] = "compact"
		placeholder(n, in.Hint)
	}
	if in.Form == prompt.ChooseMany {
		n["isMultiSelect"] = true
	}
	if in.Value != "" {
		n["value"] = strings.ReplaceAll(in.Value, ", ", ",")
	}
}

func placeholder(n node, hint string) {
	if hint = line(hint); hint != "" {
		n["placeholder"] = hint
	}
}
