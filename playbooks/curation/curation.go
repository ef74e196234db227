// Package curation lets the library evolve.
//
// From what somebody offers, a Draft, it makes a checked Contribution; from what curators and
// authors decide, its next state; and from a published one the File of the next version of a
// playbook. It also reads once a quarter what the library lacks. It never publishes without a
// curator, never names an author who did not ask for it, and never shows a story that its
// author does not share. Contributions and Files go to jobs, which keep them and renew the
// library that session and prompt work with.
package curation

import (
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Kind is what somebody offers.
type Kind string

// The kinds of contributions.
const (
	NewPlaybook Kind = "playbook"    // a whole new one
	Improvement Kind = "improvement" // other words for one there is, or its translation
	Prompt      Kind = "prompt"      // one more line for when the talk dries up
	Story       Kind = "story"       // what somebody lived through with a playbook
)

// Kinds lists them, the smallest first.
var Kinds = []Kind{Prompt, Story, Improvement, NewPlaybook}

// State is how far a contribution has come.
type State string

// The states of a contribution. Decide holds the only ways between them.
const (
	Proposed  State = "proposed"  // waits for a curator
	Asked     State = "asked"     // waits for its author's answer
	Declined  State = "declined"  // with a kind reason
	Published State = "published" // everybody can read it
	Withdrawn State = "withdrawn" // its author took it back
	Undone    State = "undone"    // was published; what was there before is back
)

// Open says whether somebody still has to do something.
func (s State) Open() bool { return s == Proposed || s == Asked }

// Draft is what somebody offers, as they wrote it.
type Draft struct {
	Kind     Kind   `json:"kind"`
	Playbook string `json:"playbook"`           // id of the playbook it is about; of a new one its own
	Language string `json:"language,omitempty"` // BCP 47 primary subtag of the text, "" is the playbook's own
	Base     int    `json:"base,omitempty"`     // version of the playbook it was written against; 0 for a new one
	Text     string `json:"text"`               // a whole Markdown file, one line of a prompt, or the paragraphs of a story
	Credit   string `json:"credit,omitempty"`   // the name to show; "" names nobody
	Share    bool   `json:"share,omitempty"`    // a story may be shown to everybody
	Key      string `json:"key,omitempty"`      // the same key from the same person is the same offer
}

// Note is something said between author and curators.
type Note struct {
	At      time.Time `json:"at"` // UTC
	By      roster.ID `json:"by,omitempty"`
	Curator bool      `json:"curator,omitempty"`
	Act     Act       `json:"act"`
	Text    string    `json:"text,omitempty"`
}

// Contribution is a draft on its way into the library.
type Contribution struct {
	ID    string    `json:"id"`
	Draft Draft     `json:"draft"`
	By    roster.ID `json:"by,omitempty"` // "" once its author was erased
	State State     `json:"state"`
	At    time.Time `json:"at"`              // when it was offered, UTC
	Since time.Time `json:"since"`           // of the state, UTC
	Notes []Note    `json:"notes,omitempty"` // oldest first
}

// ForAuthor is the contribution as its author may read it: what curators said, and not which
// of them.
func (c Contribution) ForAuthor() Contribution {
	c.Notes = slices.Clone(c.Notes)
	for i := range c.Notes {
		if c.Notes[i].Curator {
			c.Notes[i].By = ""
		}
	}
	return c
}

// Tale is a published story as readers see it.
type Tale struct {
	Playbook, Text, Credit string
	At                     time.Time
}

// Tell answers the story of a contribution; false unless it is published and shared.
func (c Contribution) Tell() (Tale, bool) {
	ok := c.Draft.Kind == Story && c.State == Published && c.Draft.Share
	if !ok {
		return Tale{}, false
	}
	return Tale{Playbook: c.Draft.Playbook, Text: c.Draft.Text, Credit: c.Draft.Credit, At: c.Since}, true
}
