package curation

import (
	"errors"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Act is what a curator or the author does with a contribution.
type Act string

// The acts. The first four are a curator's, the other two the author's.
const (
	Accept   Act = "accept"   // publishes it
	Ask      Act = "ask"      // asks the author something
	Decline  Act = "decline"  // says no, with a kind reason
	Undo     Act = "undo"     // takes back what was published
	Reply    Act = "reply"    // answers a question, perhaps with a new text
	Withdraw Act = "withdraw" // takes the offer back
)

// Decision is an act with its words.
type Decision struct {
	Act   Act
	Text  string // the question, the reason, or the answer
	Draft *Draft // the author's new text with Reply; nil leaves the text as it is
}

// Hand is who decides.
type Hand struct {
	ID      roster.ID
	Curator bool
	Alone   bool // the only curator there is
}

// Why a decision was not taken.
var (
	ErrNotCurator = errors.New("curation: only a curator decides about what others offer")
	ErrOwn        = errors.New("curation: another curator decides about what you offer yourself")
	ErrNotAuthor  = errors.New("curation: only its author answers for an offer or takes it back")
	ErrClosed     = errors.New("curation: this offer has moved on; look at it again")
	ErrNoWords    = errors.New("curation: write a sentence or two: a question, an answer or a kind reason, in plain words")
	ErrCovered    = errors.New("curation: a later edition builds on this one; undo that one first")
	ErrOtherThing = errors.New("curation: a new text stays with its playbook and kind; offer something else as something new")
)

// ways are the states in which each act is possible, and where it leads.
var ways = map[Act]struct {
	from []State
	to   State
}{
	Accept:   {[]State{Proposed, Asked}, Published},
	Ask:      {[]State{Proposed, Asked}, Asked},
	Decline:  {[]State{Proposed, Asked}, Declined},
	Undo:     {[]State{Published}, Undone},
	Reply:    {[]State{Asked, Proposed}, Proposed},
	Withdraw: {[]State{Proposed, Asked}, Withdrawn},
}

// Decide answers the contribution after a decision. A curator decides about what others offer;
// about their own only where there is no other curator, and undoing one's own is always fine.
// The author answers and takes back; a published story too, since consent can be taken back. A
// new text is not checked here: Draft.Check comes first. Publishing sets no Edition; who keeps
// the library does.
func (c Contribution) Decide(by Hand, d Decision, at time.Time) (Contribution, error) {
	way, known := ways[d.Act]
	own := by.ID != "" && by.ID == c.By
	curators := d.Act != Reply && d.Act != Withdraw
	switch {
	case !known:
		return c, ErrClosed
	case curators && !by.Curator:
		return c, ErrNotCurator
	case curators && own && !by.Alone && d.Act != Undo:
		return c, ErrOwn
	case !curators && !own:
		return c, ErrNotAuthor
	}
	taken := d.Act == Withdraw && c.State == Published && c.Draft.Kind == Story
	if !slices.Contains(way.from, c.State) && !taken {
		return c, ErrClosed
	}
	if err := d.worded(); err != nil {
		return c, err
	}
	if d.Draft != nil {
		if d.Act != Reply || d.Draft.Kind != c.Draft.Kind || d.Draft.Playbook != c.Draft.Playbook || d.Draft.Language != c.Draft.Language {
			return c, ErrOtherThing
		}
		key := c.Draft.Key
		c.Draft = *d.Draft
		c.Draft.Key = key
	}
	c.State, c.Since = way.to, at
	c.Notes = append(slices.Clip(c.Notes), Note{At: at, By: by.ID, Curator: curators, Act: d.Act, Text: d.Text})
	return c, nil
}

// worded asks for words where the other side needs them, and for plain ones everywhere.
func (d Decision) worded() error {
	needed := d.Act == Ask || d.Act == Decline || d.Act == Reply && d.Draft == nil
	if d.Text == "" && needed {
		return ErrNoWords
	}
	if _, found := playbooks.Plain(d.Text, MaxNote); len(found) > 0 {
		return ErrNoWords
	}
	return nil
}
