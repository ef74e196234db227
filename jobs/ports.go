package jobs

import (
	"context"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// The outside as the jobs need it. Every implementation keeps these promises:
//
//   - An error says when to come back if it carries RetryAfter() time.Duration (> 0: not
//     before that much time on the wall), says that trying again is useless if Permanent() bool is true, and says
//     that the other side may have acted although we never heard so if InDoubt() bool is true.
//     Anything else means "later".
//   - No error text holds a name, an address, a token or anything a person wrote.
//   - Every call ends when its context does.

// Directory knows who is in a group.
type Directory interface {
	// Members lists everybody in the Entra group, nested groups too, each person once,
	// with what is needed to decide who takes part. A mailbox that cannot be read is an
	// Entry with a Problem, never an error. An unknown group is a permanent error.
	Members(ctx context.Context, group string) ([]roster.Entry, error)
}

// FreeBusy reads when people are busy.
type FreeBusy interface {
	// Busy reads the window for all mailboxes in as few requests as the service allows and
	// answers by mailbox address exactly as given. A mailbox that does not answer is a
	// Calendar with a Problem, never an error.
	Busy(ctx context.Context, mailboxes []string, w slots.Window) (map[string]slots.Calendar, error)
}

// Calendar books meetings on the programme's service mailbox.
type Calendar interface {
	// Book creates the event and sends its invites. Key makes it happen once: a repeat with
	// the same key answers the first event.
	Book(ctx context.Context, b session.Booking) (session.Event, error)
	// Find looks an event up by its key; false when the mailbox has none.
	Find(ctx context.Context, key string) (session.Event, bool, error)
	// Move gives the event a new time; repeating it changes nothing. An event that is gone
	// is a permanent error.
	Move(ctx context.Context, event string, w slots.Window) error
	// Cancel calls the meeting off and tells the attendees why. An event that is already
	// gone is success.
	Cancel(ctx context.Context, event, comment string) error
}

// Agenda rewrites what an invite says.
type Agenda interface {
	// Rewrite gives the event another title and agenda (plain text) and leaves its time and its
	// Teams link alone; repeating it changes nothing. An event that is gone is a permanent error.
	Rewrite(ctx context.Context, event, title, agenda string) error
}

// Watcher follows what people do with our events.
type Watcher interface {
	// Changes answers the events of the window that changed since cursor ("" = all of them)
	// and the next cursor. An expired cursor starts again from the whole window by itself.
	Changes(ctx context.Context, cursor string, w slots.Window) ([]session.Event, string, error)
}

// Listener has the calendar service tell us at once what changes in the service mailbox.
type Listener interface {
	// Keep renews the subscription, or makes a new one when id is "" or no longer known, and
	// answers its id and until when it lasts, UTC. Repeating it renews again.
	Keep(ctx context.Context, id string, until time.Time) (kept string, expires time.Time, err error)
	// End ends a subscription; one that is gone is success.
	End(ctx context.Context, id string) error
}

// Messenger carries messages to a person in Teams.
type Messenger interface {
	// Send shows the message as a new card and answers an opaque reference to it. It is not
	// idempotent. An error with Unreachable() bool true means this person cannot be reached
	// here until they come back by themselves.
	Send(ctx context.Context, m prompt.Message) (ref string, err error)
	// Find looks for a card already shown to the person by its message key. An error with
	// Permanent() true means that this tenant does not let us look.
	Find(ctx context.Context, to roster.ID, key string) (ref string, found bool, err error)
	// Update replaces the card at ref; repeating it changes nothing. A card that is gone is
	// success.
	Update(ctx context.Context, ref string, m prompt.Message) error
}

// Apps brings our Teams app to people who have not got it.
type Apps interface {
	// Install brings the app; that they have it already is success. A permanent error means
	// that this person cannot have it.
	Install(ctx context.Context, to roster.ID) error
	// Installed says whether the person has it. A permanent error means that nobody lets us look.
	Installed(ctx context.Context, to roster.ID) (bool, error)
}

// Mailer sends plain mails from the service mailbox.
type Mailer interface {
	// Draft writes the mail without sending it and answers its id; it carries the message
	// key as our extended property.
	Draft(ctx context.Context, to roster.Person, m prompt.Message) (id string, err error)
	// Post sends the draft. A draft that is gone was sent: success.
	Post(ctx context.Context, id string) error
	// Find looks for the mail by its key: its draft id, and whether it was sent already.
	Find(ctx context.Context, key string) (id string, sent, found bool, err error)
}

// Store remembers. A document is JSON under (noun, id); ids are opaque and hold no names.
type Store interface {
	// Load fills doc (a pointer) and answers its version; version 0 when there is none.
	Load(ctx context.Context, noun, id string, doc any) (version int64, err error)
	// Save writes doc if its version is still the given one (0 = must not exist), together
	// with the steps that are due because of it, all or nothing; those steps replace the
	// document's earlier ones. It answers false, and changes nothing, when somebody else was
	// faster. A nil doc deletes the document and its steps. The saved version is version+1.
	Save(ctx context.Context, noun, id string, version int64, doc any, due []cadence.Step) (bool, error)
	// Due lists at most limit steps whose time has come, earliest first.
	Due(ctx context.Context, now time.Time, limit int) ([]cadence.Step, error)
	// IDs lists the ids of all documents of a noun, sorted.
	IDs(ctx context.Context, noun string) ([]string, error)
}

// Grips says which tasks somebody is working on at this moment, so that a task whose worker
// died is handed out again within seconds. It guards nothing: the ledger and the documents'
// versions do.
type Grips interface {
	// Grip takes or keeps hold of a name for owner during hold of wall time; false when
	// somebody else holds it. It must be repeated before hold is over.
	Grip(ctx context.Context, name, owner string, hold time.Duration) (bool, error)
	// Release lets go; letting go of what one does not hold is nothing.
	Release(ctx context.Context, name, owner string) error
	// Held says of each name whether anybody holds it.
	Held(ctx context.Context, names []string) ([]bool, error)
}

// Healer mends the queue where asynq cannot.
type Healer interface {
	// Heal gives back to recovery the active tasks that lost their lease, and drops ids
	// whose task is gone, in one queue. Repeating it changes nothing.
	Heal(ctx context.Context, queue string) (rescued, dropped int, err error)
}

// Clock tells the time, real or virtual.
type Clock interface {
	// Now answers the present moment, UTC.
	Now() time.Time
	// Real answers how long a stretch of this clock's time takes on the wall.
	Real(d time.Duration) time.Duration
	// Virtual answers how far this clock moves while d passes on the wall.
	Virtual(d time.Duration) time.Duration
}
