package m365sim

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The limits of the real service, per app and mailbox.
const (
	maxConcurrent  = 4                // requests in flight
	maxRequests    = 10_000           // in maxRequestsIn
	maxRequestsIn  = 10 * time.Minute // wall time
	graphRetrySecs = 2                // Retry-After of a throttled mailbox request
	mailWindow     = time.Minute      // of Options.MailsPerMinute, wall time
)

// gates count what is in flight and what was asked for, by mailbox.
type gates struct {
	mu sync.Mutex
	of map[string]*gate
}

type gate struct {
	inside int
	recent []time.Time
}

// enter lets a request to the mailbox in, or not; throttled requests still count.
func (g *gates) enter(mailbox string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.at(mailbox)
	if !b.count(now) || b.inside >= maxConcurrent {
		return false
	}
	b.inside++
	return true
}

// at answers the mailbox's gate. g is locked.
func (g *gates) at(mailbox string) *gate {
	if g.of == nil {
		g.of = map[string]*gate{}
	}
	if g.of[mailbox] == nil {
		g.of[mailbox] = &gate{}
	}
	return g.of[mailbox]
}

// count counts a request, and says whether it is not one too many in its ten minutes.
func (b *gate) count(now time.Time) bool {
	b.recent = trim(append(b.recent, now), now.Add(-maxRequestsIn))
	return len(b.recent) <= maxRequests
}

// reserve takes up to four places at the mailbox for a batch with n calls to it, of which the
// real service has that many in flight at once, and answers how many there were.
func (g *gates) reserve(mailbox string, n int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.at(mailbox)
	got := max(min(n, maxConcurrent, maxConcurrent-b.inside), 0)
	b.inside += got
	return got
}

// batched counts a call that a batch makes from one of its places.
func (g *gates) batched(mailbox string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.at(mailbox).count(now)
}

// release gives the places of a batch back.
func (g *gates) release(mailbox string, places int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at(mailbox).inside -= places
}

func (g *gates) leave(mailbox string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at(mailbox).inside--
}

// overMails counts a mail that p sends and answers how long to wait when it was one too
// many; such a mail is not counted. t is locked.
func (t *Tenant) overMails(p *person) (wait time.Duration) {
	now, most := t.opts.Wall(), t.opts.MailsPerMinute
	p.mailbox.sent = trim(p.mailbox.sent, now.Add(-mailWindow).Add(1))
	if most > 0 && len(p.mailbox.sent) >= most {
		t.counts.Throttled++
		return max(p.mailbox.sent[0].Add(mailWindow).Sub(now), time.Second)
	}
	p.mailbox.sent = append(p.mailbox.sent, now)
	return 0
}

// trim drops the moments before since; the moments are in order.
func trim(moments []time.Time, since time.Time) []time.Time {
	for len(moments) > 0 && moments[0].Before(since) {
		moments = moments[1:]
	}
	return moments
}

// mailboxOf answers whose mailbox a Graph path works on, "" for the directory and Teams.
func (t *Tenant) mailboxOf(escaped string) string {
	s := strings.Split(strings.Trim(escaped, "/"), "/")
	if len(s) < 4 || s[1] != "users" {
		return ""
	}
	switch part := strings.ToLower(s[3]); {
	case strings.HasPrefix(part, "calendar"), part == "events", part == "messages", part == "mailfolders", part == "mailboxsettings", part == "sendmail":
		t.mu.Lock()
		defer t.mu.Unlock()
		if p := t.person(unescape(s[2])); p != nil {
			return p.ID
		}
	}
	return ""
}

// Limits of the Bot Connector, wall time: per conversation, and for the app in the tenant.
var (
	threadLimits = []limit{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}, {1800, time.Hour}}
	botLimits    = []limit{{50, time.Second}}
)

type limit struct {
	most int
	in   time.Duration
}

// pace remembers when the bot sent what, by lane: a conversation, or "" for all of them.
type pace struct {
	mu    sync.Mutex
	lanes map[string][]time.Time
}

// take counts a request on the lane and answers how long to wait when it was one too many.
func (p *pace) take(lane string, limits []limit, now time.Time) (wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lanes == nil {
		p.lanes = map[string][]time.Time{}
	}
	recent := trim(p.lanes[lane], now.Add(-limits[len(limits)-1].in))
	for _, l := range limits {
		in := 0
		for _, at := range recent {
			if at.After(now.Add(-l.in)) {
				in++
			}
		}
		if in >= l.most {
			wait = max(wait, l.in)
		}
	}
	if wait == 0 {
		recent = append(recent, now)
	}
	p.lanes[lane] = recent
	return wait
}

func throttled(seconds int, out reply) reply {
	out.status = http.StatusTooManyRequests
	out.header = map[string]string{"Retry-After": strconv.Itoa(seconds)}
	return out
}
