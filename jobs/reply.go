package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// ReplyNoun is what answers to typed texts are stored under until they were shown.
const ReplyNoun = "reply"

// KindReply shows such an answer.
const KindReply = "reply:send"

// Reply is what rapport says to something a person typed.
type Reply struct {
	Programme string         `json:"programme"`
	Message   prompt.Message `json:"message"`
	Notice    bool           `json:"notice,omitempty"` // nobody typed anything: it takes the person's own channel
}

// owe writes down what is to be said to a typed text, so that it is said once whatever
// happens; the same text delivered twice is answered once.
func (c *Crew) owe(ctx context.Context, p *Programme, key string, m prompt.Message) error {
	return c.reply(ctx, key, Reply{Programme: p.ID, Message: m}, c.now())
}

// oweAt is owe for something nobody waits for: it is said at its time.
func (c *Crew) oweAt(ctx context.Context, p *Programme, key string, m prompt.Message, at time.Time) error {
	return c.reply(ctx, key, Reply{Programme: p.ID, Message: m, Notice: true}, at)
}

func (c *Crew) reply(ctx context.Context, key string, r Reply, at time.Time) error {
	sum := sha256.Sum256([]byte(key))
	id := hex.EncodeToString(sum[:16])
	r.Message.Key = "reply/" + id + "/" + string(r.Message.To)
	step := cadence.Step{Kind: KindReply, Noun: ReplyNoun, ID: id, Who: r.Message.To, At: at}
	_, err := c.save(ctx, ReplyNoun, id, 0, r, []cadence.Step{step})
	return err
}

// sendReply shows the answer and keeps only that it was shown.
func (c *Crew) sendReply(ctx context.Context, s cadence.Step) error {
	var r Reply
	version, err := c.Store.Load(ctx, ReplyNoun, s.ID, &r)
	if err != nil || version == 0 || r.Message.Key == "" {
		return err
	}
	p, err := c.programme(r.Programme)
	if err != nil {
		return err
	}
	// Whoever typed to us can be reached, whatever their standing.
	to := roster.Member{Programme: p.ID, Person: roster.Person{ID: r.Message.To}}
	if r.Notice {
		if to, _, err = c.member(ctx, p.ID, r.Message.To); err != nil {
			return err
		}
	}
	if _, err := c.tell(ctx, p, to, r.Message); err != nil {
		return err
	}
	_, err = c.save(ctx, ReplyNoun, s.ID, version, Reply{Programme: p.ID}, nil)
	return err
}
