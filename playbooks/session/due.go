package session

import (
	"fmt"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The jobs a session can be due for.
const (
	KindBook   = "session:book"
	KindMove   = "session:move"
	KindEnd    = "session:end"
	KindCancel = "session:cancel"
	KindPrompt = "session:prompt"
	KindAsk    = "followup:ask"
	KindRemind = "followup:remind"
)

// Noun is what sessions are stored under.
const Noun = "session"

// The prompts of a session. Tags that come again carry a number: "prepare-1" is the
// preparation for the time after the first move.
const (
	Pairing   = "pairing"
	Moved     = "moved"
	Prepare   = "prepare"
	Guide     = "guide"
	CloseUp   = "closing"
	CloseLate = "closing-again"
	ByWriting = "async"
	CalledOff = "cancelled"
	Ask       = "followup"
	Remind    = "remind"
)

const (
	closeAgainAfter = 24 * time.Hour     // one reminder, a day later
	staleAfter      = 7 * 24 * time.Hour // a question nobody could show for a week is not asked any more
	asyncTakes      = 72 * time.Hour     // two days of exchanging, and one to look back
)

// Prompt is something to say to one person: which, from when, and until when it helps.
type Prompt struct {
	Kind  string // of the job that says it
	Tag   string
	At    time.Time // UTC
	Until time.Time // UTC; after this it is passed over
}

// Next is the person's earliest prompt that was neither shown nor passed over; false when
// nothing more is to be said. office is the person's working time: nothing but the
// conversation itself falls outside it.
func (s Session) Next(id roster.ID, office cadence.Office) (Prompt, bool) {
	part := s.Parts[id]
	if part == nil || part.Out {
		return Prompt{}, false
	}
	var next Prompt
	for _, p := range s.prompts(part, office) {
		if _, told := part.Told[p.Tag]; told {
			continue
		}
		if next.Tag == "" || p.At.Before(next.At) {
			next = p
		}
	}
	return next, next.Tag != ""
}

func (s Session) prompts(part *Part, office cadence.Office) []Prompt {
	switch {
	case s.State == Cancelled:
		return []Prompt{{KindPrompt, CalledOff, office.Into(s.Since), s.Since.Add(staleAfter)}}
	case s.Slot != nil && (s.State == Booked || s.State == Ended):
		return append(s.meeting(part, office), s.after(part, office, s.Slot.End)...)
	case s.State == Asynchronous, s.State == Ended:
		start := s.asyncStart(part)
		ps := []Prompt{{KindPrompt, ByWriting, office.Into(start), start.Add(asyncTakes)}}
		return append(ps, s.after(part, office, office.Into(start.Add(asyncTakes)))...)
	}
	return nil
}

// asyncStart is when the asynchronous form began: once told, the moment it was told.
func (s Session) asyncStart(part *Part) time.Time {
	if at, ok := part.Told[ByWriting]; ok {
		return at
	}
	return s.Since
}

// meeting lists the prompts around a booked time.
func (s Session) meeting(part *Part, office cadence.Office) []Prompt {
	start, end := s.Slot.Start, s.Slot.End
	ps := []Prompt{{KindPrompt, Pairing, office.Into(s.Since), start}}
	if first, told := part.Told[Pairing]; told && s.Moves > 0 && first.Before(s.Since) {
		ps = append(ps, Prompt{KindPrompt, numbered(Moved, s.Moves), office.Into(s.Since), start})
	}
	eve := start.Add(-cadence.PrepareBefore)
	if eve.Before(s.Since) {
		eve = s.Since
	}
	return append(ps,
		Prompt{KindPrompt, numbered(Prepare, s.Moves), office.Into(eve), start},
		Prompt{KindPrompt, Guide, start, end},
	)
}

// after lists the questions once the conversation is over: how it was, and what came of it.
func (s Session) after(part *Part, office cadence.Office, end time.Time) []Prompt {
	if part.Closing == nil {
		ps := []Prompt{{KindPrompt, CloseUp, end, end.Add(staleAfter)}}
		if asked, told := part.Told[CloseUp]; told {
			ps = append(ps, Prompt{KindPrompt, CloseLate, office.Into(asked.Add(closeAgainAfter)), asked.Add(staleAfter)})
		}
		return ps
	}
	f := part.FollowUp
	if !f.Open() {
		return nil
	}
	tag := numbered(Ask, f.Snoozed)
	ps := []Prompt{{KindAsk, tag, f.Due, f.Due.Add(staleAfter)}}
	if asked, told := part.Told[tag]; told {
		ps = append(ps, Prompt{KindRemind, numbered(Remind, f.Snoozed), office.Into(asked.Add(cadence.RemindAfter)), asked.Add(staleAfter)})
	}
	return ps
}

func numbered(tag string, n int) string { return fmt.Sprintf("%s-%d", tag, n) }

// Steps lists everything that is due because the session is as it is.
func (s Session) Steps(office func(roster.ID) cadence.Office) []cadence.Step {
	var steps []cadence.Step
	add := func(kind string, who roster.ID, at time.Time) {
		steps = append(steps, cadence.Step{Kind: kind, Noun: Noun, ID: s.ID, Who: who, At: at})
	}
	switch s.State {
	case Planned:
		add(KindBook, "", s.Since)
	case Moving:
		add(KindMove, "", s.Since)
	case Booked:
		add(KindEnd, "", s.Slot.End)
	case Asynchronous:
		add(KindEnd, "", s.Since.Add(asyncTakes))
	}
	if (s.State == Cancelled || s.State == Asynchronous && s.Event != "") && !s.Cleared {
		add(KindCancel, "", s.Since)
	}
	for _, id := range s.People {
		if p, ok := s.Next(id, office(id)); ok {
			add(p.Kind, id, p.At)
		}
	}
	return steps
}
