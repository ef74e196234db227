package jobs

import (
	"context"
	"errors"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// tell shows a message to a member once and says whether it was shown. Whoever Teams cannot
// reach is marked and told by mail, once; what they miss is passed over until they come back.
func (c *Crew) tell(ctx context.Context, p *Programme, m roster.Member, msg prompt.Message) (bool, error) {
	if m.Person.ID == "" || m.Standing == roster.Gone || m.Beyond {
		return false, nil
	}
	_, err := c.Ledger.Once(ctx, "card/"+msg.Key, Effect{
		Do:   func(ctx context.Context) (string, error) { return c.Messenger.Send(ctx, msg) },
		Find: func(ctx context.Context) (string, bool, error) { return c.Messenger.Find(ctx, msg.To, msg.Key) },
	})
	switch {
	case err == nil:
		return true, nil
	case unreachable(err):
		return false, c.beyond(ctx, p, m)
	case errors.Is(err, ErrInDoubt), errors.Is(err, ErrRefused), permanent(err) && !inDoubt(err):
		c.Log.Error("a card is not shown (again)", "member", string(m.Person.ID), "kind", string(msg.Kind), "error", err)
		return errors.Is(err, ErrInDoubt), nil
	}
	return false, err
}

// beyond tells a member by mail that Teams does not let us reach them, and marks them. The
// mail comes first: with the mark the occasion to write it is gone.
func (c *Crew) beyond(ctx context.Context, p *Programme, m roster.Member) error {
	if m.Person.Mail != "" {
		if err := c.post(ctx, p, m.Person, prompt.In(m.Person.Language).Beyond(p.says(), m.Person)); err != nil {
			return err
		}
	}
	_, err := c.changeMember(ctx, p, m.Person.ID, func(m roster.Member, _ int64) (roster.Member, bool) {
		m.Beyond = true
		return m, true
	})
	return err
}

// post sends a mail once: first a draft that carries the key, then the sending of that draft.
func (c *Crew) post(ctx context.Context, p *Programme, to roster.Person, msg prompt.Message) error {
	find := func(ctx context.Context) (string, bool, error) {
		id, _, found, err := p.Mailer.Find(ctx, msg.Key)
		return id, found, err
	}
	draft, err := c.Ledger.Once(ctx, "draft/"+msg.Key, Effect{
		Do:   func(ctx context.Context) (string, error) { return p.Mailer.Draft(ctx, to, msg) },
		Find: find,
	})
	if err != nil {
		return c.mailTrouble(to, err)
	}
	_, err = c.Ledger.Once(ctx, "mail/"+msg.Key, Effect{
		Do: func(ctx context.Context) (string, error) { return draft, p.Mailer.Post(ctx, draft) },
		Find: func(ctx context.Context) (string, bool, error) {
			id, sent, _, err := p.Mailer.Find(ctx, msg.Key)
			return id, sent, err
		},
	})
	return c.mailTrouble(to, err)
}

// mailTrouble lets a mail go that was refused for good; it is in the ledger for the admin.
func (c *Crew) mailTrouble(to roster.Person, err error) error {
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrInDoubt) || permanent(err) && !inDoubt(err) {
		c.Log.Error("a mail could not be sent", "member", string(to.ID), "error", err)
		return nil
	}
	return err
}
