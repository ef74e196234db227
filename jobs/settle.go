package jobs

import (
	"context"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// settlePromise finds out about a promise whose keeper died or never heard an answer, when
// what it was for may be over: a card that nobody would show any more may have been shown.
func (c *Crew) settlePromise(ctx context.Context, s cadence.Step) error {
	return c.Ledger.Settle(ctx, s.ID, c.finder)
}

// finder says how to ask the outside about a promise, nil when repeating it does no harm.
// Every key of a message ends with the person it is for.
func (c *Crew) finder(key string) func(context.Context) (string, bool, error) {
	kind, rest, _ := strings.Cut(key, "/")
	switch kind {
	case "card":
		to := roster.ID(rest[strings.LastIndex(rest, "/")+1:])
		return func(ctx context.Context) (string, bool, error) { return c.Messenger.Find(ctx, to, rest) }
	case "app":
		return func(ctx context.Context) (string, bool, error) {
			if c.Apps == nil {
				return "", false, nil
			}
			there, err := c.Apps.Installed(ctx, roster.ID(rest))
			return "installed", there, err
		}
	case "event":
		id, _ := session.RoundOf(rest)
		return func(ctx context.Context) (string, bool, error) {
			p, err := c.programme(id)
			if err != nil {
				return "", false, err
			}
			return findEvent(ctx, p, key)
		}
	case "draft", "mail":
		id, message, _ := strings.Cut(rest, "/")
		return func(ctx context.Context) (string, bool, error) {
			p, err := c.programme(id)
			if err != nil {
				return "", false, err
			}
			mail, sent, found, err := p.Mailer.Find(ctx, message)
			return mail, found && (sent || kind == "draft"), err
		}
	}
	return nil
}
