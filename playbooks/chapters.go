package playbooks

import (
	"regexp"
	"strings"
)

// maxItems is the longest list: more than a dozen of anything nobody reads.
const maxItems = 12

// chapter is one section every playbook has, and how it is read.
type chapter struct {
	name string
	read func(*reader, *Playbook, section)
	only Format // needed for this format alone, "" = always
}

// allChapters are in the order in which a playbook is written.
var allChapters = []chapter{
	{name: "Purpose", read: func(r *reader, p *Playbook, s section) { p.Purpose = r.text(s) }},
	{name: "Outcomes", read: func(r *reader, p *Playbook, s section) { p.Outcomes = r.list(s) }},
	{name: "Roles", read: (*reader).roles},
	{name: "Bring", read: func(r *reader, p *Playbook, s section) { p.Bring = r.list(s) }},
	{name: "Agreements", read: func(r *reader, p *Playbook, s section) { p.Agreements = r.list(s) }},
	{name: "Steps", read: func(r *reader, p *Playbook, s section) { p.Steps = r.steps(s, false) }},
	{name: "Prompts", read: func(r *reader, p *Playbook, s section) { p.Prompts = r.list(s) }},
	{name: "Debrief", read: func(r *reader, p *Playbook, s section) { p.Debrief = r.list(s) }},
	{name: "Pitfalls", read: (*reader).pitfalls},
	{name: "Commitment", read: (*reader).commitment},
	{name: "Follow-up", read: func(r *reader, p *Playbook, s section) { p.FollowUp = r.list(s) }},
	{name: "What is counted", read: func(r *reader, p *Playbook, s section) { p.Counted = r.list(s) }},
	{name: "Trio", read: func(r *reader, p *Playbook, s section) { p.Trio = r.text(s) }, only: Trio},
	{name: "Asynchronous", read: func(r *reader, p *Playbook, s section) { p.Asynchronous = r.steps(s, true) }, only: Asynchronous},
}

// chapters reads every section into p. where holds the line of every readable key of the front
// matter, which ends at line end.
func (r *reader) chapters(p *Playbook, sections []section, where map[string]int, end int) {
	seen := map[string]bool{}
	known := where["format"] > 0 // else nothing can be said about Trio and Asynchronous
	for _, s := range sections {
		c, ok := find(s.name)
		switch {
		case !ok:
			r.refuse(s.line, "there is no section %s; the sections are %s", short(s.name), chapterNames())
		case seen[s.name]:
			r.refuse(s.line, "the section %s is there twice: join them", s.name)
		case known && c.only != "" && !p.Offers(c.only):
			r.refuse(s.line, "add %s to format, or take this section out", c.only)
		default:
			c.read(r, p, s)
		}
		seen[s.name] = true
	}
	for _, c := range allChapters {
		if !seen[c.name] && (c.only == "" || p.Offers(c.only)) {
			r.refuse(end, "the section %s is missing: add ## %s", c.name, c.name)
		}
	}
}

func find(name string) (chapter, bool) {
	for _, c := range allChapters {
		if c.name == name {
			return c, true
		}
	}
	return chapter{}, false
}

func chapterNames() string {
	names := make([]string, len(allChapters))
	for i, c := range allChapters {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// text reads a section of paragraphs.
func (r *reader) text(s section) string {
	var parts []string
	for _, b := range s.blocks {
		if b.kind != paragraph {
			r.refuse(b.line, "%s holds sentences only: take the mark at the start of the line away", s.name)
			continue
		}
		parts = append(parts, r.plain(b.line, b.text, maxParagraph))
	}
	if len(s.blocks) == 0 {
		r.refuse(s.line, "%s is empty: write a sentence or two", s.name)
	}
	return strings.Join(parts, "\n\n")
}

// list reads a section of items.
func (r *reader) list(s section) []string {
	var out []string
	for _, b := range r.items(s) {
		out = append(out, r.plain(b.line, b.text, maxLine))
	}
	return out
}

// items answers the items of a section that may hold nothing else.
func (r *reader) items(s section) []block {
	var out []block
	for _, b := range s.blocks {
		if b.kind != item {
			r.refuse(b.line, "%s is a list: start the line with a hyphen and a space", s.name)
			continue
		}
		out = append(out, b)
	}
	if len(s.blocks) == 0 || len(out) > maxItems {
		r.refuse(s.line, "%s has %d items: write 1 to %d, each starting with a hyphen", s.name, len(out), maxItems)
	}
	return out
}

// split separates the paragraphs of a section from its items.
func split(s section) (paragraphs, items section) {
	paragraphs, items = section{name: s.name, line: s.line}, section{name: s.name, line: s.line}
	for _, b := range s.blocks {
		if b.kind == paragraph {
			paragraphs.blocks = append(paragraphs.blocks, b)
		} else {
			items.blocks = append(items.blocks, b)
		}
	}
	return paragraphs, items
}

func (r *reader) roles(p *Playbook, s section) {
	starts, roles := split(s)
	p.Starts = r.text(starts)
	for _, b := range r.items(roles) {
		name, does, ok := strings.Cut(r.plain(b.line, b.text, maxLine), ": ")
		if !ok || name == "" {
			r.refuse(b.line, "write the role as: - Name: what this person does")
		}
		p.Roles = append(p.Roles, Role{name, does})
	}
}

func (r *reader) pitfalls(p *Playbook, s section) {
	for _, b := range r.items(s) {
		sign, rescue, ok := strings.Cut(b.text, " Rescue: ")
		if !ok {
			r.refuse(b.line, "every pitfall needs its way out: add Rescue: and the move that helps")
		}
		p.Pitfalls = append(p.Pitfalls, Pitfall{r.plain(b.line, sign, maxLine), r.plain(b.line, rescue, maxLine)})
	}
}

// behaviour matches an item with a stable id in code marks in front.
var behaviour = regexp.MustCompile("^`([^`]*)` (.+)$")

func (r *reader) commitment(p *Playbook, s section) {
	text, list := split(s)
	p.Conversation = r.text(text)
	seen := map[string]bool{}
	for _, b := range r.items(list) {
		part := behaviour.FindStringSubmatch(b.text)
		if part == nil || !slug(part[1]) {
			r.refuse(b.line, "start the behaviour with a stable id in code marks: - `like-this` What I will do")
			continue
		}
		if seen[part[1]] {
			r.refuse(b.line, "the behaviour id %s is there twice: give each its own", part[1])
		}
		seen[part[1]] = true
		p.Micro = append(p.Micro, Micro{part[1], r.plain(b.line, part[2], maxLine/2)})
	}
}
