package m365sim

import "time"

// Call is one Graph call that a mailbox got, alone or inside a batch, for tests that ask
// what exactly a program did to it.
type Call struct {
	At      time.Time // wall
	Route   string    // "POST /v1.0/users/{}/events"
	Batched bool
	Refused bool // by the mailbox's limits
}

// mostCalls is how many of its latest calls a mailbox remembers.
const mostCalls = 5000

// Calls answers the latest calls that the mailbox of an account (Entra id or address) got,
// oldest first; none for an account that does not exist.
func (t *Tenant) Calls(mailbox string) []Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.person(mailbox)
	if p == nil {
		return nil
	}
	return append([]Call(nil), p.mailbox.calls...)
}

// noteCall writes a call down; box is an Entra id, "" for a call to no mailbox. t is locked.
func (t *Tenant) noteCall(box string, c *call, rt route, refused bool) {
	p := t.byID[box]
	if p == nil {
		return
	}
	if len(p.mailbox.calls) >= 2*mostCalls {
		p.mailbox.calls = append([]Call(nil), p.mailbox.calls[mostCalls:]...)
	}
	p.mailbox.calls = append(p.mailbox.calls, Call{At: t.opts.Wall(), Route: rt.method + " " + rt.path, Batched: c.inner, Refused: refused})
}
