package teams

import (
	"strconv"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// drawing turns the blocks of one message into elements; the first thing that cannot be
// drawn stays in err.
type drawing struct {
	lang string
	err  error
}

func (d *drawing) body(m prompt.Message) []node {
	items := []node{}
	if title := marked(m.Title); title != "" {
		items = append(items, node{"type": "TextBlock", "text": title, "style": "heading", "size": "Large", "weight": "Bolder", "wrap": true})
	}
	for _, b := range m.Blocks {
		items = append(items, d.block(b)...)
	}
	if len(items) == 0 { // Teams refuses an empty card
		items = append(items, run(node{"text": line(m.Summary)}))
	}
	return items
}

func (d *drawing) block(b prompt.Block) []node {
	switch {
	case b.Head != "":
		return []node{{"type": "TextBlock", "text": marked(b.Head), "style": "heading", "size": "Default", "weight": "Bolder", "wrap": true, "spacing": "Large"}}
	case b.Text != "":
		return texts(b.Text, node{})
	case b.Note != "":
		return texts(b.Note, node{"size": "Small", "isSubtle": true})
	case len(b.List) > 0:
		return []node{list(b.List)}
	case len(b.Steps) > 0:
		return []node{d.steps(b.Steps)}
	case len(b.Facts) > 0:
		return []node{facts(b.Facts)}
	case b.When != nil:
		return []node{when(*b.When)}
	case b.Input != nil:
		return []node{d.input(*b.Input)}
	}
	return nil
}

// run is a paragraph of plain words: a RichTextBlock reads no Markdown on any client.
func run(style node) node {
	style["type"] = "TextRun"
	return node{"type": "RichTextBlock", "inlines": []node{style}}
}

// spaced puts an element at a distance from what stands above it.
func spaced(n node, spacing string) node {
	n["spacing"] = spacing
	return n
}

func texts(s string, style node) []node {
	var out []node
	for i, p := range paragraphs(s) {
		look := node{"text": p}
		for k, v := range style {
			look[k] = v
		}
		spacing := "Medium"
		if i > 0 {
			spacing = "Small"
		}
		out = append(out, spaced(run(look), spacing))
	}
	return out
}

// list draws bullets with a hanging indent.
func list(items []string) node {
	var rows []node
	for _, it := range items {
		rows = append(rows, node{"type": "ColumnSet", "spacing": "Small", "columns": []node{
			{"type": "Column", "width": "auto", "items": []node{run(node{"text": "•"})}},
			{"type": "Column", "width": "stretch", "spacing": "Small", "items": []node{run(node{"text": line(it)})}},
		}})
	}
	return node{"type": "Container", "items": rows}
}

// steps draws a timed plan: the number and the title, how long it takes, what to do, and
// words one can say aloud.
func (d *drawing) steps(steps []prompt.Step) node {
	var rows []node
	for i, s := range steps {
		head := node{"type": "ColumnSet", "columns": []node{{"type": "Column", "width": "stretch", "items": []node{
			run(node{"text": strconv.Itoa(i+1) + ". " + line(s.Title), "weight": "Bolder"})}}}}
		if s.Minutes > 0 {
			head["columns"] = append(head["columns"].([]node), node{"type": "Column", "width": "auto", "items": []node{
				run(node{"text": minutes(d.lang, s.Minutes), "weight": "Bolder", "color": "Accent"})}})
		}
		step := []node{head}
		if who := line(s.Who); who != "" {
			step = append(step, node{"type": "RichTextBlock", "spacing": "None", "inlines": []node{{"type": "TextRun", "text": who, "size": "Small", "isSubtle": true}}})
		}
		for _, p := range paragraphs(s.Text) {
			step = append(step, spaced(run(node{"text": p}), "Small"))
		}
		for _, w := range s.Say {
			step = append(step, spaced(run(node{"text": quoted(d.lang, line(w)), "italic": true}), "Small"))
		}
		rows = append(rows, node{"type": "Container", "items": step, "spacing": "Large"})
	}
	return node{"type": "Container", "style": "emphasis", "items": rows, "spacing": "Medium"}
}

func facts(fs []prompt.Fact) node {
	rows := []node{}
	for _, f := range fs {
		rows = append(rows, node{"title": marked(f.Label), "value": marked(f.Value)})
	}
	return node{"type": "FactSet", "facts": rows, "spacing": "Medium"}
}

// when draws a moment with the functions that every client works out in the zone and the
// language of the device it is read on.
func when(w prompt.When) node {
	var items []node
	if label := line(w.Label); label != "" {
		items = append(items, run(node{"text": label, "size": "Small", "isSubtle": true}))
	}
	clock := stamp("TIME", w.Start, "")
	if !w.End.IsZero() {
		clock += " – " + stamp("TIME", w.End, "")
	}
	items = append(items,
		node{"type": "TextBlock", "text": stamp("DATE", w.Start, ",LONG"), "weight": "Bolder", "wrap": true, "spacing": "None"},
		node{"type": "TextBlock", "text": clock, "wrap": true, "spacing": "None"})
	return node{"type": "Container", "style": "emphasis", "items": items, "spacing": "Medium"}
}

func stamp(function string, t time.Time, form string) string {
	return "{{" + function + "(" + t.UTC().Format("2006-01-02T15:04:05Z") + form + ")}}"
}
