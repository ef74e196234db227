package session

import (
	"fmt"
	"slices"
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
	KindAgenda = "session:agenda"
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
	Swapped   = "swapped"
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
// conversation itself and the question right after it falls outside it. What the office
// hours would delay until it no longer helps is left unsaid.
func (s Session) Next(id roster.ID, office cadence.Office) (Prompt, bool) {
	part := s.Parts[id]
	if part == nil || part.Out {
		return Prompt{}, false
	}
	var next Prompt
	for _, p := range s.prompts(part, office) {
		if _, told := part.Told[p.Tag]; told || !p.At.Before(p.Until) {
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
	case s.State == Booked:
		return append(s.meeting(part, office), s.after(part, office, s.Slot.End)...)
	case s.State == Ended && s.Slot != nil:
		return s.after(part, office, s.Slot.End)
	case s.State == Asynchronous, s.State == Ended:
		return s.inWriting(part, office)
	}
	return nil
}

// inWriting lists the prompts of the asynchronous form. Somebody who never heard of it is
// not asked how it was.
func (s Session) inWriting(part *Part, office cadence.Office) []Prompt {
	if slices.Contains(part.Skipped, ByWriting) {
		return nil
	}
	begun := s.begun(part, office)
	ps := []Prompt{{KindPrompt, ByWriting, begun, begun.Add(asyncTakes)}}
	return append(ps, s.after(part, office, office.Into(begun.Add(asyncTakes)))...)
}

// begun is when the asynchronous form begins for a person: when they are told, which after a
// long weekend or for part-time people can be days after it was decided.
func (s Session) begun(part *Part, office cadence.Office) time.Time {
	if at, ok := part.Told[ByWriting]; ok {
		return at
	}
	return office.Into(s.Since)
}

// meeting lists the prompts around a booked time.
func (s Session) meeting(part *Part, office cadence.Office) []Prompt {
	start, end := s.Slot.Start, s.Slot.End
	ps := []Prompt{{KindPrompt, Pairing, office.Into(s.Since), start}}
	_, told := part.Told[Pairing]
	if told && part.Heard < s.Moves {
		ps = append(ps, Prompt{KindPrompt, numbered(Moved, s.Moves), office.Into(s.Since), start})
	}
	if told && part.Learnt < s.Swaps {
		ps = append(ps, Prompt{KindPrompt, numbered(Swapped, s.Swaps), office.Into(s.Swapped), start})
	}
	eve := dayBefore(start, office)
	if late := eve.Before(s.Since); !late || !part.prepared(s.Moves) {
		if late {
			eve = office.Into(s.Since)
		}
		ps = append(ps, Prompt{KindPrompt, numbered(Prepare, s.Moves), eve, start})
	}
	return append(ps, Prompt{KindPrompt, numbered(Guide, s.Moves), start, end})
}

// dayBefore is when preparing for a conversation helps most: a day before it, at work. Of a
// conversation on Monday one hears on Friday, not an hour before it.
func dayBefore(start time.Time, office cadence.Office) time.Time {
	day := start.Add(-cadence.PrepareBefore)
	for _, back := range []time.Duration{24 * time.Hour, time.Hour} {
		for at := day; at.After(day.Add(-8 * 24 * time.Hour)); at = at.Add(-back) {
			if office.Within(at) {
				return at.UTC()
			}
		}
	}
	return office.Into(day)
}

// prepared says whether the preparation for an earlier time was shown.
func (p *Part) prepared(moves int) bool {
	for n := range moves {
		tag := numbered(Prepare, n)
		if _, told := p.Told[tag]; told && !slices.Contains(p.Skipped, tag) {
			return true
		}
	}
	return false
}

// after lists the questions once the conversation is over: how it was, and what came of it.
func (s Session) after(part *Part, office cadence.Office, end time.Time) []Prompt {
	f := part.FollowUp
	switch {
	case part.Quiet:
		return nil
	case part.Closing == nil:
		return part.ask(Prompt{KindPrompt, CloseUp, end, end.Add(staleAfter)},
			Prompt{Kind: KindPrompt, Tag: CloseLate}, closeAgainAfter, office)
	case f.Open():
		due := office.Into(f.Due)
		return part.ask(Prompt{KindAsk, numbered(Ask, f.Snoozed), due, due.Add(staleAfter)},
			Prompt{Kind: KindRemind, Tag: numbered(Remind, f.Snoozed)}, cadence.RemindAfter, office)
	}
	return nil
}

// ask lists a question or, once it was told, its one reminder, so long after it. A question
// that could not be shown is made up for by the reminder, as long as it would still help.
func (p *Part) ask(question, again Prompt, after time.Duration, office cadence.Office) []Prompt {
	told, ok := p.Told[question.Tag]
	if !ok {
		return []Prompt{question}
	}
	again.At, again.Until = office.Into(told.Add(after)), told.Add(staleAfter)
	if slices.Contains(p.Skipped, question.Tag) {
		again.Until = question.Until
	}
	return []Prompt{again}
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
		if s.Written < s.Swaps {
			add(KindAgenda, "", s.Swapped)
		}
	case Asynchronous:
		add(KindEnd, "", s.asyncEnd(office))
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

// asyncEnd is when the asynchronous form is over for everybody.
func (s Session) asyncEnd(office func(roster.ID) cadence.Office) time.Time {
	end := s.Since
	for _, id := range s.Present() {
		if begun := s.begun(s.Parts[id], office(id)); begun.After(end) {
			end = begun
		}
	}
	return end.Add(asyncTakes)
}
