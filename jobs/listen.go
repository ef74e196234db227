package jobs

import (
	"context"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// KindListen keeps the subscription to changes alive.
const KindListen = "calendar:listen"

const (
	listenEvery = 24 * time.Hour     // renewals: one that fails has days to be made up for
	listenFor   = 6 * 24 * time.Hour // Graph ends a subscription to events before seven days
)

// keepListening renews the subscription to changes in the service mailbox. What it brings is
// only a hint to look sooner: calendar:watch reads the changes, with and without it.
func (c *Crew) keepListening(ctx context.Context, s cadence.Step) error {
	p, b, due, err := c.beat(ctx, s)
	if err != nil || !due || p.Listener == nil {
		return err
	}
	if b.Cursor != "" && b.Key != p.ListenKey {
		// Its notices carry a secret that we no longer believe.
		if err := p.Listener.End(ctx, b.Cursor); err != nil {
			return err
		}
		b.Cursor = ""
	}
	id, expires, err := p.Listener.Keep(ctx, b.Cursor, c.now().Add(listenFor))
	if err != nil {
		return err
	}
	next := c.now().Add(listenEvery)
	if half := c.now().Add(expires.Sub(c.now()) / 2); half.Before(next) && half.After(c.now()) {
		next = half
	}
	return c.advance(ctx, b, next, func(b *Beat) { b.Cursor, b.Until, b.Key = id, expires, p.ListenKey })
}

// Ear hears what the calendar service tells us. It only notes that there is something to be
// done and answers at once; jobs do it.
type Ear struct{ *Crew }

// Changed notes that something changed in the mailbox of a subscription. A subscription
// nobody knows is none of ours (any more): nothing happens.
func (e Ear) Changed(ctx context.Context, subscription string) error {
	return e.wake(ctx, subscription, KindWatch, nil)
}

// Lifecycle notes that a subscription has to be renewed, is gone, or missed something.
func (e Ear) Lifecycle(ctx context.Context, subscription, event string) error {
	switch event {
	case "reauthorizationRequired":
		return e.wake(ctx, subscription, KindListen, nil)
	case "subscriptionRemoved":
		// The changes since then are read at once; the new subscription brings the later ones.
		if err := e.wake(ctx, subscription, KindWatch, nil); err != nil {
			return err
		}
		return e.wake(ctx, subscription, KindListen, func(b *Beat) { b.Cursor = "" })
	}
	return e.wake(ctx, subscription, KindWatch, nil) // missed
}

// wake makes a beat of the programme that owns the subscription due now. A beat that is due
// already stays as it is.
func (e Ear) wake(ctx context.Context, subscription, kind string, note func(*Beat)) error {
	for _, p := range e.ordered() {
		var listening Beat
		if _, err := e.Store.Load(ctx, BeatNoun, beatID(p.ID, KindListen), &listening); err != nil {
			return err
		}
		if subscription == "" || listening.Cursor != subscription {
			continue
		}
		_, err := change(ctx, e.Crew, BeatNoun, beatID(p.ID, kind), Beat.steps, func(b Beat, v int64) (Beat, bool, error) {
			now := e.now().Truncate(time.Millisecond)
			if v == 0 || !b.Next.After(now) && note == nil {
				return b, false, nil
			}
			if b.Next.After(now) {
				b.Next = now
			}
			if note != nil {
				note(&b)
			}
			return b, true, nil
		})
		return err
	}
	return nil
}
