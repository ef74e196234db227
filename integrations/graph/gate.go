package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"
)

// Gate lets at most so many in at a time, over all workers that share it.
type Gate interface {
	// Enter waits until fewer than places are inside under this name, enters, and answers
	// how to leave. Whoever has not left after hold is out (its process may have died). It
	// fails when ctx ends. Names are opaque: a mailbox is named by a hash.
	Enter(ctx context.Context, name string, places int, hold time.Duration) (leave func(), err error)
}

// mailboxPlaces is how many requests of one app Outlook serves at a time for one mailbox.
const mailboxPlaces = 4

// door is the gate's name for a mailbox, without saying whose it is.
func door(mailbox string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(mailbox)))
	return "mailbox/" + hex.EncodeToString(sum[:8])
}

// enter takes the places that q needs. Graph works on up to four requests of a batch at
// once, so a batch takes several; those who take several queue up at a door of their own
// first, or two of them could wait for each other for ever.
func (c *Client) enter(ctx context.Context, q call) (leave func(), err error) {
	if q.mailbox == "" {
		return func() {}, nil
	}
	name, wanted := door(q.mailbox), min(max(q.places, 1), mailboxPlaces)
	hold := c.limit + 5*time.Second // a little longer than any request lasts
	if wanted > 1 {
		hold += c.limit // the first place is held while waiting for the last, at most that long
	}
	var inside []func()
	leave = func() {
		for i := len(inside) - 1; i >= 0; i-- {
			inside[i]()
		}
	}
	take := func(ctx context.Context, name string, places int) bool {
		var out func()
		if out, err = c.gate.Enter(ctx, name, places, hold); err == nil {
			inside = append(inside, out)
		}
		return err == nil
	}
	ok, soon := wanted == 1, ctx
	if !ok {
		ok = take(ctx, name+"/many", 1)
		var cancel context.CancelFunc
		soon, cancel = context.WithTimeout(ctx, c.limit)
		defer cancel()
	}
	for n := 0; ok && n < wanted; n++ {
		ok = take(soon, name, mailboxPlaces)
	}
	if ok {
		return leave, nil
	}
	leave()
	return nil, &Error{op: q.op, ctx: ctx.Err(), advice: "no free place at the mailbox: come back later"}
}

// localGate is the Gate of a process that works alone.
type localGate struct {
	mu    sync.Mutex
	rooms map[string]chan struct{}
}

// Enter takes a place; hold is not needed, since a dead process holds nothing here.
func (g *localGate) Enter(ctx context.Context, name string, places int, _ time.Duration) (func(), error) {
	room := g.room(name, places)
	select {
	case room <- struct{}{}:
		return sync.OnceFunc(func() { <-room }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// room answers the places behind a name.
func (g *localGate) room(name string, places int) chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.rooms == nil {
		g.rooms = map[string]chan struct{}{}
	}
	if g.rooms[name] == nil {
		g.rooms[name] = make(chan struct{}, places)
	}
	return g.rooms[name]
}
