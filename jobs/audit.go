package jobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The nouns of the audit: the list of deeds, and the one document that knows its end.
const (
	DeedNoun  = "deed"
	AuditNoun = "audit"
)

const auditID = "end"

// Deed is one thing that somebody with power did. Each carries the print of the one before it,
// so that whoever changes or takes out one in the middle breaks the chain.
type Deed struct {
	At     time.Time `json:"at"` // UTC
	Who    roster.ID `json:"who"`
	What   string    `json:"what"` // "send:stop", "send:allow", "work:cancel"
	Reason string    `json:"reason,omitempty"`
	Before string    `json:"before,omitempty"` // print of the deed before it
}

// print is SHA-256 over everything a deed says.
func (d Deed) print() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", d.At.UTC().Format(time.RFC3339Nano), d.Who, d.What, d.Reason, d.Before))
	return hex.EncodeToString(sum[:])
}

// auditEnd is the latest deed, written before it joins the list.
type auditEnd struct {
	ID   string `json:"id"`
	Deed Deed   `json:"deed"`
}

func noAuditSteps(auditEnd) []cadence.Step { return nil }

// Did writes down what somebody with power does, before it is done. The list only grows; its
// entries end with their time to be kept.
func (c *Crew) Did(ctx context.Context, who roster.ID, what, reason string) error {
	if short(reason) == "" {
		return ErrNoReason
	}
	now := c.now().UTC()
	end, err := change(ctx, c, AuditNoun, auditID, noAuditSteps, func(x auditEnd, version int64) (auditEnd, bool, error) {
		next := auditEnd{now.Format("20060102T150405.000") + "-" + rand.Text(), Deed{At: now, Who: who, What: what, Reason: short(reason)}}
		if version > 0 {
			next.Deed.Before = x.Deed.print()
			if err := c.keepDeed(ctx, x); err != nil { // whoever wrote it may have died before it was listed
				return x, false, err
			}
		}
		return next, true, nil
	})
	if err != nil {
		return err
	}
	return c.keepDeed(ctx, end)
}

// keepDeed puts a deed into the list; one that is there already stays as it is.
func (c *Crew) keepDeed(ctx context.Context, x auditEnd) error {
	_, err := c.Store.Save(ctx, DeedNoun, x.ID, 0, x.Deed, nil)
	return err
}

// Deeds lists the latest deeds, newest first, at most so many; all of them when most is
// negative.
func (c *Crew) Deeds(ctx context.Context, most int) ([]Deed, error) {
	ids, err := c.Store.IDs(ctx, DeedNoun)
	if err != nil {
		return nil, err
	}
	var all []Deed
	for _, id := range slices.Backward(ids) {
		if len(all) == most {
			break
		}
		var d Deed
		if _, err := c.Store.Load(ctx, DeedNoun, id, &d); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Intact says whether the list of deeds is as it was written: the chain leads from the latest
// one, which the next deed lists if it is missing, through all of them to the oldest that is
// still kept. Whoever can write to Redis and knows this code can forge a whole chain; what was
// changed, added or taken out by hand shows. It changes nothing.
func (c *Crew) Intact(ctx context.Context) (bool, error) {
	var end auditEnd
	if _, err := c.Store.Load(ctx, AuditNoun, auditID, &end); err != nil {
		return false, err
	}
	all, err := c.Deeds(ctx, -1)
	if err != nil {
		return false, err
	}
	listed := map[string]Deed{}
	for _, d := range all {
		listed[d.print()] = d
	}
	at := end.Deed.print()
	if _, there := listed[at]; !there {
		at = end.Deed.Before
	}
	led := 0
	for d, there := listed[at]; there; d, there = listed[d.Before] {
		led++
	}
	return led == len(all), nil
}
