package m365sim

import (
	"sync"
	"time"
)

// Entry is one outward effect: something a program did to the tenant that a person could
// notice. It is written at the moment it took effect, whether or not the caller ever heard.
type Entry struct {
	Seq          int       `json:"seq"`                    // 1, 2, 3 ...
	At           time.Time `json:"at"`                     // in the tenant's time, UTC
	What         string    `json:"what"`                   // event.created, event.moved, event.updated, event.cancelled, card.sent, card.updated, card.deleted, text.sent, mail.sent, app.installed
	Key          string    `json:"key,omitempty"`          // value of the extended property, the card's id "rp-...", or the Message-ID of a mail that came as MIME
	Transaction  string    `json:"transaction,omitempty"`  // transactionId of an event
	ID           string    `json:"id,omitempty"`           // of the event, activity or mail
	Conversation string    `json:"conversation,omitempty"` // of a card or text
	To           []string  `json:"to"`                     // Entra ids; addresses for mail to the outside
	Summary      string    `json:"summary,omitempty"`      // subject or first words, for reading
}

// journal is append-only.
type journal struct {
	mu      sync.Mutex
	entries []Entry
	wake    chan struct{} // closed and replaced at every entry
}

// Journal answers a copy of everything that happened so far.
func (t *Tenant) Journal() []Entry {
	entries, _ := t.journal.since(0)
	return entries
}

func (t *Tenant) write(e Entry) {
	e.At = t.now()
	if e.To == nil {
		e.To = []string{}
	}
	j := &t.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	e.Seq = len(j.entries) + 1
	j.entries = append(j.entries, e)
	close(j.wake)
	j.wake = make(chan struct{})
}

// since answers the entries after the first n, and a channel that closes with the next one.
func (j *journal) since(n int) ([]Entry, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Entry(nil), j.entries[n:]...), j.wake
}
