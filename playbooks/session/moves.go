package session

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// BookedAs records the event that now stands in both calendars at the chosen time.
func (s Session) BookedAs(event, join string, at time.Time) (Session, error) {
	if s.State != Planned || s.Slot == nil {
		return s, fmt.Errorf("session: %s and without a time chosen, it cannot be booked", s.State)
	}
	s = s.Clone()
	if err := s.become(Booked, at); err != nil {
		return s, err
	}
	s.Event, s.Join, s.Chosen = event, join, false
	return s, nil
}

// Choose writes down the time a planned or moving session will get, before anything is done
// about it, so that a repeat picks the same. Any other session keeps its time.
func (s Session) Choose(w slots.Window) Session {
	if s.State != Planned && s.State != Moving {
		return s
	}
	s = s.Clone()
	s.Slot = &w
	s.Chosen, s.ByHand = true, false
	return s
}

// MovedAs records that the event now stands at the chosen time. Whoever answered the old
// time has not answered the new one.
func (s Session) MovedAs(at time.Time) (Session, error) {
	if s.State != Moving || !s.Chosen {
		return s, fmt.Errorf("session: %s and without a new time chosen, it cannot be moved", s.State)
	}
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
	if err := s.become(Asynchronous, at); err != nil {
		return s, err
	}
	s.Why, s.Slot, s.Chosen, s.Wanted = why, nil, false, nil
	return s, nil
}

// Ends records that the session's time is over.
func (s Session) Ends(at time.Time) (Session, error) {
	s = s.Clone()
	return s, s.become(Ended, at)
}

// React says what becomes of a booked session after people did something with its event.
// who names the person behind a mail address in lower case. An event that says nothing new
// changes nothing; after the session's time only a later time given to it by hand still counts,
// for answers then come too late and a tidied calendar does not undo a conversation.
func (s Session) React(e Event, who map[string]roster.ID, at time.Time) (Session, error) {
	if s.State != Booked || s.Slot == nil {
		return s, nil
	}
	switch {
	case !e.Gone && !e.When.Start.IsZero() && !e.When.Start.Equal(s.Slot.Start):
		return s.follow(e.When, at), nil
	case s.Over(at):
		return s, nil
	case e.Gone:
		s = s.Clone()
		s.Why = Deleted
		return s, s.become(Cancelled, at)
	case e.When.End.After(s.Slot.Start) && !e.When.End.Equal(s.Slot.End):
		s = s.Clone()
		s.Slot = &slots.Window{Start: s.Slot.Start, End: e.When.End}
	}
	return s.hear(e.Replies, who, at)
}

// follow takes over a time that somebody gave the event by hand.
func (s Session) follow(w slots.Window, at time.Time) Session {
	if !w.End.After(w.Start) {
		w.End = w.Start.Add(s.Slot.End.Sub(s.Slot.Start))
	}
	s = s.Clone()
	s.Slot, s.Moves, s.Replies, s.Since = &w, s.Moves+1, nil, at
	s.Cause, s.ByHand = CauseHand, true
	return s
}

// hear takes the answers to the invite. The first one that does not accept the time sends
// the session looking for another; a proposal of the time it has already is no wish.
func (s Session) hear(replies []Reply, who map[string]roster.ID, at time.Time) (Session, error) {
	s = s.Clone()
	for _, r := range replies {
		id, known := who[strings.ToLower(r.Mail)]
		if !known || !s.Involves(id) || r.Response == "none" {
			continue
		}
		if s.Replies == nil {
			s.Replies = map[roster.ID]string{}
		}
		s.Replies[id] = r.Response
		granted := r.Proposed != nil && r.Proposed.Start.Equal(s.Slot.Start)
		if r.Response != "accepted" && !granted && (r.Proposed != nil || r.Response == "declined") {
			return s.askFor(r.Proposed, at)
		}
	}
	return s, nil
}

// askFor lets the session look for another time, the wanted one first; when it was declined
// more than MostMoves times it becomes asynchronous instead. What people move by hand does
// not count.
func (s Session) askFor(wanted *slots.Window, at time.Time) (Session, error) {
	if s.Refused++; s.Refused > MostMoves {
		return s.WithoutTime(TooOften, at)
	}
	cause := CauseDeclined
	if wanted != nil {
		cause = CauseProposed
	}
	return s.leave(cause, wanted, at)
}

// leave gives the present time up for another, the wanted one if it suits everybody.
func (s Session) leave(cause Cause, wanted *slots.Window, at time.Time) (Session, error) {
	s = s.Clone()
	s.Tried = append(s.Tried, s.Slot.Start)
	s.Cause, s.Wanted = cause, wanted
	return s, s.become(Moving, at)
}

// MostAsked is how often the people of a session may choose another time on their cards.
const MostAsked = 3

// MayAsk says whether a person may still choose another time.
func (s Session) MayAsk(now time.Time) bool {
	return s.State == Booked && s.Slot != nil && now.Before(s.Slot.Start) && s.Asked < MostAsked
}

// Ask lets the session take a time that a person chose on their card; false when it is too
// late for that or was done often enough.
func (s Session) Ask(w slots.Window, at time.Time) (Session, bool) {
	if !s.MayAsk(at) {
		return s, false
	}
	next, err := s.leave(CauseAsked, &w, at)
	next.Asked++
	return next, err == nil
}

// Displace lets a booked session look for another time because its people can no longer keep
// this one: somebody is away then, or works at other hours. A time that people gave the
// meeting by hand is theirs and stays.
func (s Session) Displace(cause Cause, at time.Time) (Session, bool) {
	if s.State != Booked || s.Slot == nil || s.ByHand || !at.Before(s.Slot.Start) {
		return s, false
	}
	next, err := s.leave(cause, nil, at)
	return next, err == nil
}

// Dissolve ends a session for which no time could be found that everybody kept, so that its
// people meet somebody else. It is told to them as nobody's fault.
func (s Session) Dissolve(at time.Time) (Session, error) {
	s = s.Clone()
	if err := s.become(Cancelled, at); err != nil {
		return s, err
	}
	s.Why, s.Cleared = TooOften, false
	return s, nil
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

// Erase removes everything the person told us in this session, also from the reasons for the
// pair: they rest on what the person is good at or wants to practise.
func (s Session) Erase(id roster.ID, at time.Time) Session {
	s = s.Withdraw(id, at)
	if s.Parts[id] == nil {
		return s
	}
	s = s.Clone()
	s.Parts[id] = &Part{Out: true, Told: s.Parts[id].Told}
	delete(s.Replies, id)
	s.Reasons = slices.DeleteFunc(slices.Clone(s.Reasons), func(r match.Reason) bool { return r.From == id || r.To == id })
	return s
}

// Tell records that a prompt was shown to the person.
func (s Session) Tell(id roster.ID, tag string, at time.Time) Session {
	s = s.Clone()
	if p := s.Parts[id]; p != nil {
		if p.Told == nil {
			p.Told = map[string]time.Time{}
		}
		p.Told[tag] = at
	}
	return s
}

// Hear records which of the session's times the person was told of: the one after so many
// moves. Somebody who heard of a later one keeps that.
func (s Session) Hear(id roster.ID, moves int) Session {
	if p := s.Parts[id]; p == nil || p.Heard >= moves {
		return s
	}
	s = s.Clone()
	s.Parts[id].Heard = moves
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
	p.Closing, p.Quiet = &c, false
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

// Drop ends the questions about a session: "not any more" is an answer too. It ends an open
// follow-up, and of somebody who said nothing yet also the question how it was.
func (s Session) Drop(id roster.ID) Session {
	p := s.Parts[id]
	if p == nil || p.Quiet || p.Closing != nil && !p.FollowUp.Open() {
		return s
	}
	s = s.Clone()
	if p = s.Parts[id]; p.Closing == nil {
		p.Quiet = true
	} else {
		p.FollowUp.Dropped = true
	}
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
