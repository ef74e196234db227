package web

import (
	"sync"
	"time"
)

// The rate at which one person may open and send pages: more than anybody types, less than a
// loop does. It is kept a replica; the store has its own limits.
const (
	paceBurst = 30
	paceEvery = time.Second // one more each
	paceMost  = 10_000      // people remembered at once
)

// pace is a bucket a person. Only people with a link that we signed come here, so strangers
// cannot fill it.
type pace struct {
	mu   sync.Mutex
	full map[string]time.Time // when the person's bucket will be full again
}

func newPace() *pace { return &pace{full: map[string]time.Time{}} }

// allow takes one from a person's bucket; false when it is empty.
func (p *pace) allow(who string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.full) >= paceMost {
		for k, at := range p.full {
			if !at.After(now) {
				delete(p.full, k)
			}
		}
		if len(p.full) >= paceMost {
			clear(p.full) // rather a pause in counting than a refusal of everybody
		}
	}
	at := p.full[who]
	if at.Before(now) {
		at = now
	}
	if at.Sub(now) > (paceBurst-1)*paceEvery {
		return false
	}
	p.full[who] = at.Add(paceEvery)
	return true
}
