package jobs

import (
	"context"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// BeatNoun is what a programme's beats are stored under: one small document for each thing
// that comes again and again, so that they do not get into each other's way.
const BeatNoun = "beat"

// The jobs that come with a beat.
const (
	KindRoster = "roster:sync"
	KindRound  = "round:open"
	KindPulse  = "pulse:open"
	KindWatch  = "calendar:watch"
)

// Beat is when something comes next.
type Beat struct {
	Programme string    `json:"programme"`
	Kind      string    `json:"kind"`
	Next      time.Time `json:"next"`             // UTC
	Count     int       `json:"count"`            // how often it came
	Cursor    string    `json:"cursor,omitempty"` // of the calendar's changes, or the id of the subscription to them
	Until     time.Time `json:"until"`            // the cursor's window, or the subscription, ends here
	Key       string    `json:"key,omitempty"`    // fingerprint of the secret the subscription was made with
}

func beatID(programme, kind string) string {
	suffix := map[string]string{KindRoster: "roster", KindRound: "rounds", KindPulse: "pulse", KindWatch: "calendar",
		KindReview: "review", KindListen: "listen"}
	return programme + "." + suffix[kind]
}

func (b Beat) steps() []cadence.Step {
	return []cadence.Step{{Kind: b.Kind, Noun: BeatNoun, ID: beatID(b.Programme, b.Kind), At: b.Next}}
}

// after is when a beat comes next, after now.
func (p *Programme) after(kind string, now time.Time) time.Time {
	switch kind {
	case KindRound:
		return p.Rounds.Next(now)
	case KindPulse:
		return p.Pulse.Next(now)
	case KindRoster, KindReview:
		return now.Add(p.RosterEvery)
	case KindListen:
		return now.Add(listenEvery)
	}
	return now.Add(p.WatchEvery)
}

// beats are what comes again and again in a programme.
func (p *Programme) beats() []string {
	kinds := []string{KindRoster, KindRound, KindPulse, KindWatch, KindReview}
	if p.Listener != nil {
		kinds = append(kinds, KindListen)
	}
	return kinds
}

// Begin makes sure that every programme has its beats. Repeating it changes nothing, except
// that a beat whose rule changed in the configuration moves to where it now belongs.
func (c *Crew) Begin(ctx context.Context) error {
	now := c.now()
	for _, p := range c.Programmes {
		for _, kind := range p.beats() {
			next := p.after(kind, now)
			if kind == KindRoster || kind == KindListen {
				next = now // whoever starts wants to see people, and to hear of them
			}
			_, err := change(ctx, c, BeatNoun, beatID(p.ID, kind), Beat.steps, func(b Beat, version int64) (Beat, bool, error) {
				if version == 0 {
					return Beat{Programme: p.ID, Kind: kind, Next: next}, true, nil
				}
				// What comes after a while may only come sooner: else a worker that starts often
				// would put it off for ever. What comes at a fixed time moves both ways.
				fixed := kind == KindRound || kind == KindPulse
				if b.Next.After(next) || fixed && b.Next.After(now) && !b.Next.Equal(next) {
					b.Next = next
					return b, true, nil
				}
				return b, false, nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// beat loads the beat of a step and says whether it is due. The beat comes back unchanged
// when its work is done by moving on: see advance.
func (c *Crew) beat(ctx context.Context, s cadence.Step) (*Programme, Beat, bool, error) {
	var b Beat
	if _, err := c.Store.Load(ctx, BeatNoun, s.ID, &b); err != nil {
		return nil, b, false, err
	}
	if b.Programme == "" || b.Next.After(c.now()) {
		return nil, b, false, nil
	}
	p, err := c.programme(b.Programme)
	return p, b, err == nil, err
}

// advance moves a beat past the one that was just done; a beat somebody else moved stays.
func (c *Crew) advance(ctx context.Context, done Beat, next time.Time, note func(*Beat)) error {
	_, err := change(ctx, c, BeatNoun, beatID(done.Programme, done.Kind), Beat.steps, func(b Beat, _ int64) (Beat, bool, error) {
		if !b.Next.Equal(done.Next) {
			return b, false, nil
		}
		b.Next, b.Count = next, b.Count+1
		if note != nil {
			note(&b)
		}
		return b, true, nil
	})
	return err
}
