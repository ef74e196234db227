// Package prompt says what rapport says.
//
// From a session, a member or a pulse it makes neutral Messages, and from what people press
// or type it makes Answers. It never knows how a message is drawn (Adaptive Card, mail,
// page) and never puts one person's private words into another's message. Messages go to
// integrations/teams and integrations/mail; Answers go to jobs and insight.
package prompt

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Message is one thing rapport says to one person, free of any channel's markup.
// All texts are plain text; a channel escapes them.
type Message struct {
	Key     string    `json:"key"` // the promise it keeps, "prepare/<session>/<person>"; ids only, never names
	To      roster.ID `json:"to"`
	Kind    Kind      `json:"kind"`
	Lang    string    `json:"lang"`    // BCP 47
	Summary string    `json:"summary"` // one line, shown in notifications and read aloud
	Title   string    `json:"title"`
	Blocks  []Block   `json:"blocks,omitempty"`
	Actions []Action  `json:"actions,omitempty"` // at most six
}

// Kind names the occasion of a message.
type Kind string

// Block is one part of a message's body; exactly one field is set.
type Block struct {
	Text  string   `json:"text,omitempty"`  // a paragraph
	Head  string   `json:"head,omitempty"`  // a small heading
	List  []string `json:"list,omitempty"`  // bullets
	Steps []Step   `json:"steps,omitempty"` // timed steps of a conversation
	Facts []Fact   `json:"facts,omitempty"` // label and value
	When  *When    `json:"when,omitempty"`  // a moment, shown in the reader's own zone
	Input *Input   `json:"input,omitempty"` // something to fill in
	Note  string   `json:"note,omitempty"`  // small print: who sees this, why we ask
}

// Fact is a labelled value.
type Fact struct{ Label, Value string }

// Step is one timed step of a guided conversation.
type Step struct {
	Minutes int      `json:"minutes"`
	Title   string   `json:"title"`
	Who     string   `json:"who,omitempty"`    // whose turn it is, in words: "Ana's turn, in silence"
	Silent  bool     `json:"silent,omitempty"` // nobody speaks
	Swap    bool     `json:"swap,omitempty"`   // the turn passes to the other person here
	Text    string   `json:"text,omitempty"`
	Say     []string `json:"say,omitempty"` // words one can say aloud
}

// When is a moment or a stretch of time, UTC; End may be zero.
type When struct {
	Label string    `json:"label,omitempty"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Input asks for one value. Its answer arrives in Answer.Fields under ID.
type Input struct {
	ID       string   `json:"id"`
	Label    string   `json:"label"`
	Form     Form     `json:"form"`
	Choices  []Choice `json:"choices,omitempty"` // for Choose and ChooseMany (values joined by ",")
	Value    string   `json:"value,omitempty"`   // pre-filled
	Hint     string   `json:"hint,omitempty"`    // placeholder
	Error    string   `json:"error,omitempty"`   // shown when validation fails
	Required bool     `json:"required,omitempty"`
	Max      int      `json:"max,omitempty"` // longest text in characters, or greatest number
	Min      int      `json:"min,omitempty"`
}

// Form is how an input is filled in.
type Form string

// The forms of an input.
const (
	Line       Form = "line"        // one line of text
	Lines      Form = "lines"       // several lines of text
	Choose     Form = "choose"      // one of Choices
	ChooseMany Form = "choose-many" // any of Choices
	Number     Form = "number"      // whole number between Min and Max
)

// Choice is one option of an input.
type Choice struct{ Value, Label string }

// Action is a button. Pressing it sends an Answer with Verb, Ref and Version.
type Action struct {
	Verb    string `json:"verb"`
	Title   string `json:"title"`
	Ref     string `json:"ref"`            // what it is about: "session/<id>", "pulse/<id>", "programme/<id>"; opaque to channels
	Version int64  `json:"version"`        // of the thing when the button was drawn
	Skip    bool   `json:"skip,omitempty"` // press without filling in the inputs
	URL     string `json:"url,omitempty"`  // opens a page instead of answering (join link, playbook)
}

// Answer is what somebody pressed or typed. From comes from the verified channel token and
// never from the pressed card; Ref, Version and Fields are the sender's own claims and are
// checked again.
type Answer struct {
	Key     string            `json:"key"` // the channel's own name of this act, the same when it is delivered twice
	From    roster.ID         `json:"from"`
	Verb    string            `json:"verb,omitempty"` // of the pressed action, "" for typed text
	Ref     string            `json:"ref,omitempty"`
	Version int64             `json:"version,omitempty"`
	Fields  map[string]string `json:"fields,omitempty"`
	Text    string            `json:"text,omitempty"` // what was typed
	Card    string            `json:"card,omitempty"` // key of the message that carried the pressed button
	Lang    string            `json:"lang,omitempty"` // the channel's locale for the person
}
