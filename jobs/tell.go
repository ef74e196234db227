package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// tell shows a message to a member once, as a card or as a mail, and says whether it was
// shown. Whoever Teams cannot reach is marked. From then on they get mails, if mails can carry
// questions; otherwise one mail says so, and what they miss is passed over until they come back.
func (c *Crew) tell(ctx context.Context, p *Programme, m roster.Member, msg prompt.Message) (bool, error) {
	if m.Person.ID == "" || m.Standing == roster.Gone {
		return false, nil
	}
	if m.Beyond || m.Profile.Channel == "mail" && c.Letters {
		return c.letter(ctx, p, m, msg)
	}
	_, err := c.Ledger.Once(ctx, "card/"+msg.Key, Effect{
		Do:   func(ctx context.Context) (string, error) { return c.Messenger.Send(ctx, msg) },
		Find: func(ctx context.Context) (string, bool, error) { return c.Messenger.Find(ctx, msg.To, msg.Key) },
	})
	switch {
	case err == nil:
		return true, nil
	case unreachable(err):
		brought, err := c.bring(ctx, m.Person.ID)
		if err != nil {
			return false, err
		}
		if brought {
			return false, later{appArrives, "the app was just brought to somebody"}
		}
		if err := c.beyond(ctx, p, m); err != nil {
			return false, err
		}
		return c.letter(ctx, p, m, msg)
	case errors.Is(err, ErrInDoubt), errors.Is(err, ErrRefused), permanent(err) && !inDoubt(err):
		c.Log.Error("a card is not shown (again)", "member", string(m.Person.ID), "kind", string(msg.Kind), "error", err)
		return errors.Is(err, ErrInDoubt), nil
	}
	return false, err
}

// letter is tell by mail, for what was not shown as a card before.
func (c *Crew) letter(ctx context.Context, p *Programme, m roster.Member, msg prompt.Message) (bool, error) {
	if !c.Letters || m.Person.Mail == "" {
		return false, nil
	}
	shown, err := c.Ledger.Kept(ctx, "card/"+msg.Key, c.finder)
	if err != nil || shown {
		return shown, err
	}
	return true, c.post(ctx, p, m.Person, msg)
}

// appArrives is how long Teams takes until an app that was just installed can write to its
// person.
const appArrives = 15 * time.Second

// bring installs the app for somebody whom it cannot reach, once: whoever removes it does not
// want it. False when that was done before, or cannot be done.
func (c *Crew) bring(ctx context.Context, id roster.ID) (bool, error) {
	if c.Apps == nil {
		return false, nil
	}
	key := "app/" + string(id)
	if begun, err := c.Ledger.Begun(ctx, key); begun || err != nil {
		return false, err
	}
	_, err := c.Ledger.Once(ctx, key, Effect{
		Do:   func(ctx context.Context) (string, error) { return "installed", c.Apps.Install(ctx, id) },
		Find: c.finder(key),
	})
	if refused(err) || errors.Is(err, ErrInDoubt) {
		c.Log.Warn("the app could not be installed for a member", "member", string(id), "error", err)
		return false, nil
	}
	return err == nil, err
}

// beyond tells a member by mail that Teams does not let us reach them, and marks them. The
// mail comes first: with the mark the occasion to write it is gone.
func (c *Crew) beyond(ctx context.Context, p *Programme, m roster.Member) error {
	if m.Person.Mail != "" && !c.Letters {
		if err := c.post(ctx, p, m.Person, prompt.In(m.Speaks()).Beyond(p.says(), m.Person)); err != nil {
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
	draft, err := c.Ledger.Once(ctx, "draft/"+p.ID+"/"+msg.Key, Effect{
		Do:   func(ctx context.Context) (string, error) { return p.Mailer.Draft(ctx, to, msg) },
		Find: find,
	})
	if err != nil {
		return c.mailTrouble(to, err)
	}
	_, err = c.Ledger.Once(ctx, "mail/"+p.ID+"/"+msg.Key, Effect{
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
