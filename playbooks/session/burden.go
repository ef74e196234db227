package session

import (
	"math"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

const (
	burdenHalves  = 91 * 24 * time.Hour  // half of it is forgotten after a quarter
	burdenForgets = 728 * 24 * time.Hour // what is left after eight quarters is less than a minute in four hours
)

// Burden is what the session's time asked of a person: minutes outside their own core hours.
// Zero minutes are no burden.
func (s Session) Burden(id roster.ID) roster.Burden {
	b := roster.Burden{Session: s.ID}
	if s.Slot == nil || s.ByHand {
		return b
	}
	b.At = s.Slot.Start
	for _, c := range s.Time.Outside {
		if c.ID == string(id) {
			b.Minutes = c.Minutes
		}
	}
	return b
}

// Carry adds a burden to those a person carries; the same session's counts once. Those that
// no longer weigh anything are dropped.
func Carry(carried []roster.Burden, b roster.Burden, now time.Time) []roster.Burden {
	kept := slices.DeleteFunc(slices.Clone(carried), func(old roster.Burden) bool {
		return old.Session == b.Session || now.Sub(old.At) > burdenForgets
	})
	if b.Minutes > 0 {
		kept = append(kept, b)
	}
	return kept
}

// Carried is what a person's burdens weigh now: all of a fresh one, half of one that is a
// quarter old.
func Carried(carried []roster.Burden, now time.Time) time.Duration {
	var sum float64
	for _, b := range carried {
		age := max(0, now.Sub(b.At))
		sum += float64(b.Minutes) * math.Exp2(-float64(age)/float64(burdenHalves))
	}
	return time.Duration(math.Round(sum)) * time.Minute
}
