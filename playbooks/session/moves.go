package session

import (
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// BookedAs records the event that now stands in both calendars.
func (s Session) BookedAs(event, join string, at time.Time) (Session, error) {
	s = s.Clone()
	if err := s.become(Booked, at); err != nil {
		return s, err
	}
	s.Event, s.Join = event, join
	return s, nil
}

// Choose writes down the time a planned or moving session will get, before anything is done
// about it, so that a repeat picks the same.
func (s Session) Choose(w slots.Window) Session {
	s = s.Clone()
	s.Slot = &w
	s.Chosen = true
	return s
}

// MovedAs records that the event now stands at the chosen time. Whoever answered the old
// time has not answered the new one.
func (s Session) MovedAs(at time.Time) (Session, error) {
	s = s.Clone()
	if err := s.become(Booked, at); err != nil {
		return s, err
	}
	s.Moves++
	s.Replies, s.Chosen, s.Wanted = nil, false, nil
	return s, nil
}

// WithoutTime turns the session into its asynchronous form, and says why.
func (s Session) WithoutTime(why Why, at time.Time) (Session, error) {
	s = s.Clone()
	s.Why, s.Slot, s.Chosen, s.Wanted = why, nil, false, nil
	return s, s.become(Asynchronous, at)
}

// Ends records that the session's time is over.
func (s Session) Ends(at time.Time) (Session, error) {
	s = s.Clone()
	return s, s.become(Ended, at)
}

// React says what becomes of a booked session after people did something with its event.
// who names the person behind a mail address in lower case. An event that says nothing new changes nothing.
func (s Session) React(e Event, who map[string]roster.ID, at time.Time) (Session, error) {
	if s.State != Booked || s.Slot == nil {
		return s, nil
	}
	s = s.Clone()
	if e.Gone {
		s.Why = Deleted
		return s, s.become(Cancelled, at)
	}
	if !e.When.Start.IsZero() && !e.When.Start.Equal(s.Slot.Start) {
		w := e.When
		s.Slot, s.Moves, s.Replies, s.Since = &w, s.Moves+1, nil, at
		return s, nil
	}
	for _, r := range e.Replies {
		id, known := who[strings.ToLower(r.Mail)]
		if !known || !s.Involves(id) || r.Response == "none" {
			continue
		}
		if s.Replies == nil {
			s.Replies = map[roster.ID]string{}
		}
		s.Replies[id] = r.Response
		if r.Proposed != nil && r.Response != "accepted" {
			return s.askFor(r.Proposed, at)
		}
		if r.Response == "declined" {
			return s.askFor(nil, at)
		}
	}
	return s, nil
}

// askFor lets the session look for another time, the wanted one first; after MostMoves it
// becomes asynchronous instead.
func (s Session) askFor(wanted *slots.Window, at time.Time) (Session, error) {
	s.Tried = append(s.Tried, s.Slot.Start)
	if s.Moves >= MostMoves {
		return s.WithoutTime(TooOften, at)
	}
	s.Wanted = wanted
	return s, s.become(Moving, at)
}

// Withdraw takes a person out. A session that still lies ahead is called off for everybody;
// of one that is over only that person's further questions fall away.
func (s Session) Withdraw(id roster.ID, at time.Time) Session {
	if !s.Involves(id) {
		return s
	}
	s = s.Clone()
	s.Parts[id].Out = true
	if s.Live() {
		s.Why, s.Cleared = Withdrew, false
		_ = s.become(Cancelled, at) // every live state may become Cancelled, see transitions
	}
	return s
}

// Erase removes everything the person told us in this session.
func (s Session) Erase(id roster.ID, at time.Time) Session {
	s = s.Withdraw(id, at)
	if s.Parts[id] != nil {
		s = s.Clone()
		s.Parts[id] = &Part{Out: true, Told: s.Parts[id].Told}
		delete(s.Replies, id)
	}
	return s
}

// Tell records that a prompt was shown to the person.
func (s Session) Tell(id roster.ID, tag string, at time.Time) Session {
	s = s.Clone()
	if p := s.Parts[id]; p != nil {
		p.Told[tag] = at
	}
	return s
}

// PassOver records that a prompt came too late to help and was not shown.
func (s Session) PassOver(id roster.ID, tag string, at time.Time) Session {
	s = s.Tell(id, tag, at)
	if p := s.Parts[id]; p != nil {
		p.Skipped = append(p.Skipped, tag)
	}
	return s
}

// Close records what a person says at the end. A commitment is followed up at due. Saying it
// again replaces the earlier words as long as the follow-up has not been answered.
func (s Session) Close(id roster.ID, c Closing, due time.Time) Session {
	p := s.Parts[id]
	if p == nil || p.FollowUp != nil && !p.FollowUp.Answered.IsZero() {
		return s
	}
	s = s.Clone()
	p = s.Parts[id]
	if p.Closing != nil {
		c.At = p.Closing.At
	}
	p.Closing = &c
	switch {
	case !c.Committed():
		p.FollowUp = nil
	case p.FollowUp == nil:
		p.FollowUp = &FollowUp{Due: due}
	}
	return s
}

// MostSnoozes is how often a follow-up may be put off; after that it answers with what it is.
const MostSnoozes = 2

// Snooze puts the follow-up off until due; false when it was put off often enough.
func (s Session) Snooze(id roster.ID, due time.Time) (Session, bool) {
	if p := s.Parts[id]; p == nil || !p.FollowUp.Open() || p.FollowUp.Snoozed >= MostSnoozes {
		return s, false
	}
	s = s.Clone()
	f := s.Parts[id].FollowUp
	f.Due, f.Snoozed = due, f.Snoozed+1
	return s, true
}

// Answer records what came of the commitment; saying it again replaces the earlier words.
func (s Session) Answer(id roster.ID, f FollowUp) Session {
	if p := s.Parts[id]; p == nil || p.FollowUp == nil {
		return s
	}
	s = s.Clone()
	old := s.Parts[id].FollowUp
	f.Due, f.Snoozed = old.Due, old.Snoozed
	if !old.Answered.IsZero() {
		f.Answered = old.Answered
	}
	s.Parts[id].FollowUp = &f
	return s
}

// Drop ends the follow-up: "not any more" is an answer too.
func (s Session) Drop(id roster.ID) Session {
	if p := s.Parts[id]; p == nil || !p.FollowUp.Open() {
		return s
	}
	s = s.Clone()
	s.Parts[id].FollowUp.Dropped = true
	return s
}

// Agree records that the person confirmed the agreements.
func (s Session) Agree(id roster.ID) Session {
	if s.Parts[id] == nil {
		return s
	}
	s = s.Clone()
	s.Parts[id].Agreed = true
	return s
}

// Clear records that nothing of a called-off session is left in anybody's calendar.
func (s Session) Clear() Session {
	s = s.Clone()
	s.Event, s.Join, s.Cleared = "", "", true
	return s
}

// Over says whether the session's time has passed.
func (s Session) Over(now time.Time) bool {
	if s.Slot != nil {
		return !now.Before(s.Slot.End)
	}
	return !now.Before(s.Since.Add(asyncTakes))
}
