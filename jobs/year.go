package jobs

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// Planned is a round of the year's plan.
type Planned struct {
	Round    int
	At       time.Time // UTC
	Focus    string    // the skill of its quarter, "" without one
	Playbook string    // id of the playbook that all its pairs have, "" where each pair gets its own
}

// Year plans the rounds of the twelve months after a moment; round is the number of the first
// of them. It follows from the configuration alone: whoever asks later gets the same plan, moved
// on.
func (p *Programme) Year(round int, after time.Time) (all []Planned) {
	end := after.AddDate(1, 0, 0)
	for t := p.Rounds.Next(after); t.Before(end); t = p.Rounds.Next(t) {
		all = append(all, Planned{Round: round, At: t, Focus: cadence.Focus(p.Focus, p.Zone, p.Rounds.First, t), Playbook: p.Playbook(round)})
		round++
	}
	return all
}
