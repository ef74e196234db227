package teams

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// Pace is what all replicas share so that together they keep the service's limits. Names are
// opaque to it and may hold ids.
type Pace interface {
	// Turn takes the next turn of the line of this name at which every limit holds; a limit
	// says how many turns there may be in any stretch of that length, and with no limit it
	// waits for the line to come to rest and takes no turn. wait is how long the caller must
	// wait for its turn, which is then its own; a wait longer than within means that no turn
	// was taken.
	Turn(ctx context.Context, name string, limits map[time.Duration]int, within time.Duration) (wait time.Duration, err error)
	// Rest lets nobody take a turn of the line before d is over.
	Rest(ctx context.Context, name string, d time.Duration) error
	// Enter waits until fewer than places callers are inside and goes in; whoever does not
	// leave is taken to have left after hold. Leaving twice is harmless.
	Enter(ctx context.Context, name string, places int, hold time.Duration) (leave func(), err error)
}

// tenantLimits are the bot's own in a tenant: forty-five requests a second, one after the
// other. Teams allows fifty in any second; the rest is for those that arrive bunched together.
var tenantLimits = map[time.Duration]int{time.Second / 45: 1}

// chatLimits are those of sending into one conversation: Teams allows seven in a second,
// eight in two, sixty in thirty and 1,800 in an hour. The tenth of a second on top is for the
// way there.
var chatLimits = map[time.Duration]int{
	time.Second + onTheWay:    7,
	2*time.Second + onTheWay:  8,
	30*time.Second + onTheWay: 60,
	time.Hour + onTheWay:      1800,
}

const (
	onTheWay       = 100 * time.Millisecond // two requests may change places by so much
	tenantPatience = 10 * time.Second       // a longer wait goes back to the queue instead of blocking here
	chatPatience   = 2 * time.Second        // shorter, because it is only this conversation that is slow
	laneHold       = 30 * time.Second       // after that, whoever is in a lane has crashed
	laneSpare      = time.Second            // the work in a lane ends so much before that
)

const (
	busyTries = 3                      // for a conversation that is busy with somebody else's change
	busyPause = 200 * time.Millisecond // before the second try; three times as long before the third
)

func (c *Client) tenantLine() string { return "teams/" + c.o.Tenant }
func chatLine(chat string) string    { return "teams/chat/" + chat }

// enter goes into a conversation's lane, which lets one request through at a time over all
// replicas: Teams answers 412 to two at once. The work inside must use the context answered.
// Whoever has a deadline holds the lane hardly longer, so that when they crash, those who do
// their work again need not wait.
func (c *Client) enter(ctx context.Context, op, chat string) (context.Context, func(), error) {
	hold := laneHold
	if end, ok := ctx.Deadline(); ok {
		hold = max(laneSpare, min(hold, time.Until(end)+laneSpare))
	}
	leave, err := c.pace.Enter(ctx, "teams/lane/"+chat, 1, hold)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, nil, stopped(op)
	default:
		return nil, nil, &Error{op: op, advice: "the conversation's lane cannot be entered; is Redis there?"}
	}
	inside, cancel := context.WithTimeout(ctx, hold-laneSpare)
	return inside, func() { cancel(); leave() }, nil
}

// turns waits for the conversation's turn and then for the tenant's. Only what is shown anew
// counts in a conversation; what changes a card merely waits while the conversation rests.
func (c *Client) turns(ctx context.Context, r request) error {
	limits := chatLimits
	if r.method != http.MethodPost {
		limits = nil
	}
	if err := c.turn(ctx, r.op, chatLine(r.chat), limits, chatPatience); err != nil {
		return err
	}
	return c.turn(ctx, r.op, c.tenantLine(), tenantLimits, tenantPatience)
}

// turn waits for one turn, unless it comes too late for our patience or the caller's.
func (c *Client) turn(ctx context.Context, op, line string, limits map[time.Duration]int, patience time.Duration) error {
	if end, ok := ctx.Deadline(); ok {
		patience = max(0, min(patience, time.Until(end)))
	}
	wait, err := c.pace.Turn(ctx, line, limits, patience)
	switch {
	case err != nil && ctx.Err() != nil:
		return stopped(op)
	case err != nil:
		return &Error{op: op, advice: "the shared pace cannot be read; is Redis there?"}
	case wait > patience:
		return &Error{op: op, advice: "too much is being sent at once; this waits its turn", after: wait}
	}
	return await(ctx, op, wait)
}

// await lets so much time pass on the wall.
func await(ctx context.Context, op string, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return stopped(op)
	}
}

// busy lets a conversation that answered 412 settle; ever longer, and never two callers for
// equally long.
func busy(ctx context.Context, op string, try int) error {
	pause := busyPause
	for range try - 1 {
		pause *= 3
	}
	return await(ctx, op, pause/2+rand.N(pause/2))
}

const (
	strikes   = 3                // throttled conversations within strikesIn mean the tenant
	strikesIn = 30 * time.Second // is throttled, and not these three
)

// slowed lets a throttled conversation rest for as long as the service asks; nobody else
// waits for it. The service does not say whose limit was hit, so when more conversations
// than a few are throttled within half a minute, the whole tenant rests. A pace that cannot
// be told now will be told by the next refusal.
func (c *Client) slowed(ctx context.Context, chat string, after time.Duration) {
	if after <= 0 || c.pace.Rest(ctx, chatLine(chat), after) != nil {
		return
	}
	known, err := c.pace.Turn(ctx, "teams/throttled/"+chat, map[time.Duration]int{strikesIn: 1}, 0)
	if known > 0 || err != nil {
		return // the same conversation again
	}
	if full, err := c.pace.Turn(ctx, "teams/throttled", map[time.Duration]int{strikesIn: strikes}, 0); full > 0 && err == nil {
		_ = c.pace.Rest(ctx, c.tenantLine(), after)
	}
}

// statusOf is the HTTP status of a failed call, 0 when there was none.
func statusOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.status
	}
	return 0
}

// gone tells that Teams no longer has what was asked for.
func gone(err error) bool { return statusOf(err) == http.StatusNotFound }
