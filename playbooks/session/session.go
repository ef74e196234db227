package session

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// MostMoves is how often a declined session gets another time before the pair is offered the
// asynchronous form: finding a third one would be nagging.
const MostMoves = 2

// Session is a pair's booked conversation, or its asynchronous form, with what each of them
// told us. It is the whole truth about the pair; everything that is due follows from it.
type Session struct {
	ID        string               `json:"id"`
	Programme string               `json:"programme"`
	Round     int                  `json:"round"`
	People    []roster.ID          `json:"people"` // two, three, or one who carries on alone; sorted
	Reasons   []match.Reason       `json:"reasons,omitempty"`
	Playbook  string               `json:"playbook"`
	Because   playbooks.Reason     `json:"because"` // why this playbook
	Minutes   int                  `json:"minutes"`
	State     State                `json:"state"`
	Why       Why                  `json:"why,omitempty"`     // why there is no time, or no session any more
	Within    slots.Window         `json:"within"`            // where a time may be found, UTC
	Slot      *slots.Window        `json:"slot,omitempty"`    // the time, UTC
	Chosen    bool                 `json:"chosen,omitempty"`  // Slot was chosen but does not stand in the calendars yet
	Time      slots.Why            `json:"time"`              // why this time, or why none
	Wanted    *slots.Window        `json:"wanted,omitempty"`  // the time somebody proposed
	Tried     []time.Time          `json:"tried,omitempty"`   // starts that are not offered again
	Refused   int                  `json:"refused,omitempty"` // how often somebody declined a time or proposed another
	Moves     int                  `json:"moves,omitempty"`   // how often the time changed after booking
	Cause     Cause                `json:"cause,omitempty"`   // of the latest change of time
	ByHand    bool                 `json:"by_hand,omitempty"` // the time was given by people in their calendars: it is theirs, whatever we would have chosen
	Asked     int                  `json:"asked,omitempty"`   // how often another time was chosen on the card
	Swaps     int                  `json:"swaps,omitempty"`   // how often its people chose another playbook
	Swapped   time.Time            `json:"swapped,omitzero"`  // when they did so last, UTC
	Written   int                  `json:"written,omitempty"` // the swap whose playbook stands in the invite
	Event     string               `json:"event,omitempty"`   // on the service mailbox
	Join      string               `json:"join,omitempty"`
	Replies   map[roster.ID]string `json:"replies,omitempty"` // accepted, declined, tentative
	Parts     map[roster.ID]*Part  `json:"parts"`
	Cleared   bool                 `json:"cleared,omitempty"` // called off everywhere
	Since     time.Time            `json:"since"`             // of the state
}

// State is how far a session has come.
type State string

// The states of a session. transitions holds the only ways between them.
const (
	Planned      State = "planned"      // has people, needs a time and an invite
	Booked       State = "booked"       // has an event on both calendars
	Moving       State = "moving"       // somebody declined or proposed: the event needs another time
	Asynchronous State = "asynchronous" // over two days, without a common time
	Ended        State = "ended"        // its time is over; what came of it is being told
	Cancelled    State = "cancelled"    // somebody left, paused, or the event was deleted
)

var transitions = map[State][]State{
	Planned:      {Booked, Asynchronous, Cancelled},
	Booked:       {Moving, Ended, Cancelled, Asynchronous},
	Moving:       {Booked, Asynchronous, Cancelled},
	Asynchronous: {Ended, Cancelled},
}

// Why is a reason as a word; prompt puts it into a sentence.
type Why string

// The reasons why a session has no time or ends early.
const (
	NoTime   Why = "no-time"  // no common time in the window
	NoHours  Why = "no-hours" // their working hours never meet
	Unseen   Why = "unseen"   // it cannot be seen when somebody is free
	Chose    Why = "chosen"   // somebody prefers to meet in writing
	TooOften Why = "declined" // declined more often than we ask
	Withdrew Why = "withdrew" // somebody paused, left or is gone
	Deleted  Why = "deleted"  // the event was deleted by hand
	Alone    Why = "alone"    // the partner withdrew and nobody else is free
)

// Cause is why a booked time changed. It never says who wanted it.
type Cause string

// The causes of another time.
const (
	CauseDeclined Cause = "declined"         // somebody declined
	CauseProposed Cause = "proposed"         // the time somebody proposed was taken
	CauseUnfit    Cause = "refused-proposal" // the time somebody proposed does not suit everybody
	CauseAsked    Cause = "asked"            // somebody chose another time on their card
	CauseHand     Cause = "hand"             // somebody moved the meeting in the calendar
	CauseAway     Cause = "away"             // somebody is away then
	CauseHours    Cause = "hours"            // working hours or a time zone changed
)

// Part is one person's side of the session. What stands under Closing and FollowUp is that
// person's alone.
type Part struct {
	Told     map[string]time.Time `json:"told,omitempty"` // prompts shown (or passed over, see Skipped), by tag
	Skipped  []string             `json:"skipped,omitempty"`
	Heard    int                  `json:"heard,omitempty"`  // the move whose time the person was told of last
	Learnt   int                  `json:"learnt,omitempty"` // the swap whose playbook the person was told of last
	Agreed   bool                 `json:"agreed,omitempty"`
	Out      bool                 `json:"out,omitempty"`   // withdrew
	Quiet    bool                 `json:"quiet,omitempty"` // does not want to be asked how it was
	Closing  *Closing             `json:"closing,omitempty"`
	FollowUp *FollowUp            `json:"follow_up,omitempty"`
}

// Shown says whether the prompt was shown, not passed over.
func (p *Part) Shown(tag string) bool {
	_, told := p.Told[tag]
	return told && !slices.Contains(p.Skipped, tag)
}

// Closing is what a person says at the end of a session.
type Closing struct {
	At           time.Time `json:"at"`
	Met          bool      `json:"met"`
	Understood   int       `json:"understood,omitempty"`   // 1..5, 0 = not said
	Conversation string    `json:"conversation,omitempty"` // the real conversation within forty-eight hours
	Micro        []string  `json:"micro,omitempty"`        // micro-behaviours chosen, by id
}

// Committed says whether the person chose something to do.
func (c *Closing) Committed() bool {
	return c != nil && c.Met && (c.Conversation != "" || len(c.Micro) > 0)
}

// FollowUp is the question forty-eight hours after a commitment, and its answer.
type FollowUp struct {
	Due        time.Time      `json:"due"`
	Snoozed    int            `json:"snoozed,omitempty"`
	Answered   time.Time      `json:"answered"`
	Happened   string         `json:"happened,omitempty"` // yes, partly, no
	Reflection string         `json:"reflection,omitempty"`
	Counts     map[string]int `json:"counts,omitempty"` // what the playbook counts
	Dropped    bool           `json:"dropped,omitempty"`
}

// Open says whether an answer is still awaited.
func (f *FollowUp) Open() bool { return f != nil && f.Answered.IsZero() && !f.Dropped }

// ID names the session of these people in this round, "<programme>.<round>.<hash>"; the same
// people in the same round are the same session, so that planning twice makes nothing twice.
func ID(programme string, round int, people []roster.ID) string {
	p := slices.Clone(people)
	slices.Sort(p)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d|%v", programme, round, p))
	return RoundID(programme, round) + "." + hex.EncodeToString(sum[:16])
}

// Plan makes the session of a group from the pairing.
func Plan(programme string, round int, g match.Group, playbook string, minutes int, within slots.Window, at time.Time) Session {
	people := slices.Clone(g.People)
	slices.Sort(people)
	s := Session{
		ID: ID(programme, round, people), Programme: programme, Round: round, People: people,
		Reasons: g.Reasons, Playbook: playbook, Minutes: minutes, State: Planned, Within: within,
		Parts: map[roster.ID]*Part{}, Since: at,
	}
	for _, p := range people {
		s.Parts[p] = &Part{}
	}
	return s
}

// Involves says whether the person is part of the session and has not withdrawn.
func (s Session) Involves(id roster.ID) bool {
	p := s.Parts[id]
	return p != nil && !p.Out
}

// Present lists the people who have not withdrawn, in order of id.
func (s Session) Present() []roster.ID {
	var in []roster.ID
	for _, p := range s.People {
		if s.Involves(p) {
			in = append(in, p)
		}
	}
	return in
}

// Partners lists the others who are present.
func (s Session) Partners(of roster.ID) []roster.ID {
	return slices.DeleteFunc(s.Present(), func(p roster.ID) bool { return p == of })
}

// Live says whether the session still lies ahead.
func (s Session) Live() bool {
	return s.State == Planned || s.State == Booked || s.State == Moving || s.State == Asynchronous
}

// Held says whether anybody told us that they met.
func (s Session) Held() bool {
	for _, p := range s.Parts {
		if p.Closing != nil && p.Closing.Met {
			return true
		}
	}
	return false
}

// Answered says whether everybody present has closed the session and answered what followed.
func (s Session) Answered() bool {
	for _, id := range s.Present() {
		p := s.Parts[id]
		if p.Closing == nil || p.FollowUp.Open() {
			return false
		}
	}
	return true
}

func (s *Session) become(to State, at time.Time) error {
	if s.State == to {
		return nil
	}
	if !slices.Contains(transitions[s.State], to) {
		return fmt.Errorf("session: %s cannot become %s", s.State, to)
	}
	s.State, s.Since = to, at
	return nil
}

// Clone copies the session so that a decision can change it without touching the original.
func (s Session) Clone() Session {
	parts := make(map[roster.ID]*Part, len(s.Parts))
	for id, p := range s.Parts {
		c := *p
		c.Told, c.Skipped = maps.Clone(p.Told), slices.Clone(p.Skipped)
		if p.Closing != nil {
			cl := *p.Closing
			c.Closing = &cl
		}
		if p.FollowUp != nil {
			f := *p.FollowUp
			c.FollowUp = &f
		}
		parts[id] = &c
	}
	s.Parts = parts
	s.Replies = maps.Clone(s.Replies)
	s.Tried = slices.Clone(s.Tried)
	return s
}

// Ref is how buttons name the session.
func (s Session) Ref() string { return "session/" + s.ID }

// OfRef is the session id a button names, "" when it names something else.
func OfRef(ref string) string {
	id, ok := strings.CutPrefix(ref, "session/")
	if !ok {
		return ""
	}
	return id
}
