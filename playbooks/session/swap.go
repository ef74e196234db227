package session

import (
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// MostSwaps is how often the people of a session may choose another playbook, together: a
// second thought each and one to settle on. Whoever goes on choosing is not yet talking.
const MostSwaps = 3

// MaySwap says whether the session may still get another playbook: until it begins, for from
// then on its people have the guide before them.
func (s Session) MaySwap(now time.Time) bool {
	return (s.State == Booked || s.State == Moving) && s.Slot != nil && now.Before(s.Slot.Start) && s.Swaps < MostSwaps
}

// Swap gives the session the playbook that one of its people chose, and the reason for it. The
// time and its length stay as they are. False when it has that playbook already, when it is too
// late or when it was done often enough.
func (s Session) Swap(by roster.ID, playbook string, because playbooks.Reason, at time.Time) (Session, bool) {
	if !s.MaySwap(at) || !s.Involves(by) || playbook == s.Playbook {
		return s, false
	}
	s = s.Clone()
	s.Playbook, s.Because = playbook, because
	s.Swaps, s.Swapped = s.Swaps+1, at
	s.Parts[by].Learnt = s.Swaps
	return s, true
}

// Write records that the invite now tells of the playbook after so many swaps.
func (s Session) Write(swaps int) Session {
	s.Written = max(s.Written, swaps)
	return s
}

// Learn records which of the session's playbooks the person was told of by a prompt: the one
// after so many swaps. A prompt about the time alone tells of none.
func (s Session) Learn(id roster.ID, tag string, swaps int) Session {
	if p := s.Parts[id]; p == nil || p.Learnt >= swaps || strings.HasPrefix(tag, Moved) {
		return s
	}
	s = s.Clone()
	s.Parts[id].Learnt = swaps
	return s
}
