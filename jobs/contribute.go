package jobs

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// OfferNoun is what contributions to the library are stored under.
const OfferNoun = "offer"

// The jobs about one contribution.
const (
	KindCarry = "offer:carry"
	KindHear  = "offer:hear"
)

// Offer is a contribution with how much of what was decided has been done.
type Offer struct {
	curation.Contribution
	Carried int `json:"carried,omitempty"` // notes whose decision the library shows
	Heard   int `json:"heard,omitempty"`   // notes the author was told of
}

// Workshop is where people offer something for the library, and where curators decide. Who
// calls it says who somebody is; it says what they may do.
type Workshop struct{ *Crew }

// MayPropose says whether somebody takes part in any programme.
func (w Workshop) MayPropose(ctx context.Context, who roster.ID) (bool, error) {
	_, m, err := w.takesPart(ctx, who)
	return m.Person.ID != "", err
}

// takesPart finds the first programme somebody takes part in, with a pause or without.
func (c *Crew) takesPart(ctx context.Context, who roster.ID) (*Programme, roster.Member, error) {
	for _, p := range c.ordered() {
		m, v, err := c.member(ctx, p.ID, who)
		if err != nil {
			return nil, roster.Member{}, err
		}
		if v > 0 && (m.Standing == roster.In || m.Standing == roster.Paused) {
			return p, m, nil
		}
	}
	return nil, roster.Member{}, nil
}

// Propose keeps an offer; the same key from the same person is the same offer and changes
// nothing. With problems nothing was kept.
func (w Workshop) Propose(ctx context.Context, who roster.ID, d curation.Draft) (curation.Contribution, []curation.Problem, error) {
	may, err := w.MayPropose(ctx, who)
	if err != nil {
		return curation.Contribution{}, nil, err
	}
	if !may {
		return curation.Contribution{}, nil, curation.ErrNotAuthor
	}
	d = d.Tidy()
	if d.Key == "" {
		d.Key = rand.Text()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s", who, d.Key))
	id := hex.EncodeToString(sum[:16])
	var problems []curation.Problem
	o, err := change(ctx, w.Crew, OfferNoun, id, nothingOwed, func(o Offer, version int64) (Offer, bool, error) {
		if version > 0 {
			return o, false, nil
		}
		if problems = d.Check(w.Library()); len(problems) > 0 {
			return o, false, nil
		}
		now := w.now()
		return Offer{Contribution: curation.Contribution{ID: id, Draft: d, By: who, State: curation.Proposed, At: now, Since: now}}, true, nil
	})
	return o.Contribution, problems, err
}

func nothingOwed(Offer) []cadence.Step { return nil }

// Decide does what a curator decided, or what the author answered, and says what keeps a new
// text from being taken. What follows from it, in the library and for the author, is written
// down with it and done once. An offer that is not there is curation.ErrClosed.
func (w Workshop) Decide(ctx context.Context, by curation.Hand, id string, d curation.Decision) (curation.Contribution, []curation.Problem, error) {
	var office cadence.Office
	var o Offer
	if _, err := w.Store.Load(ctx, OfferNoun, id, &o); err != nil {
		return o.Contribution, nil, err
	}
	if p, m, err := w.takesPart(ctx, o.By); err != nil {
		return o.Contribution, nil, err
	} else if p != nil {
		office = w.offices(ctx, p)(m.Person.ID)
	}
	if d.Draft != nil {
		tidy := d.Draft.Tidy()
		d.Draft = &tidy
	}
	if d.Act == curation.Undo {
		if covered, err := w.covered(ctx, o.Contribution); err != nil || covered {
			return o.Contribution, nil, cmp.Or(err, curation.ErrCovered)
		}
	}
	var problems []curation.Problem
	_, err := change(ctx, w.Crew, OfferNoun, id, w.owed(office), func(o Offer, version int64) (Offer, bool, error) {
		if version == 0 {
			return o, false, curation.ErrClosed
		}
		next, err := o.Contribution.Decide(by, d, w.now())
		if err != nil {
			return o, false, err
		}
		problems = nil
		if d.Act == curation.Accept || d.Draft != nil {
			problems = next.Draft.Check(w.Library())
		}
		if len(problems) > 0 {
			return o, false, nil
		}
		o.Contribution = next
		return o, true, nil
	})
	if err != nil || len(problems) > 0 {
		return o.Contribution, problems, err
	}
	if err := w.carryOut(ctx, id); err != nil {
		return o.Contribution, nil, err // it is written down as due: it will be done
	}
	o = Offer{}
	_, err = w.Store.Load(ctx, OfferNoun, id, &o)
	return o.Contribution, nil, err
}

// owed is what a decision makes due: the library first, then the author hears of it, in their
// working hours.
func (c *Crew) owed(office cadence.Office) func(Offer) []cadence.Step {
	return func(o Offer) []cadence.Step {
		step := cadence.Step{Noun: OfferNoun, ID: o.ID, At: c.now()}
		if o.Carried < len(o.Notes) {
			step.Kind = KindCarry
			return []cadence.Step{step}
		}
		if o.By != "" && o.Heard < len(o.Notes) && o.tells() {
			step.Kind, step.Who, step.At = KindHear, o.By, office.Into(c.now())
			return []cadence.Step{step}
		}
		return nil
	}
}

// tells says whether the author hears of the latest note: not of their own.
func (o Offer) tells() bool {
	if len(o.Notes) == 0 {
		return false
	}
	last := o.Notes[len(o.Notes)-1]
	return last.Curator && last.Act != curation.Undo
}

// carryOffer is the job that does in the library what was decided.
func (c *Crew) carryOffer(ctx context.Context, s cadence.Step) error { return c.carryOut(ctx, s.ID) }

// carryOut does in the library what was decided about an offer, once.
func (c *Crew) carryOut(ctx context.Context, id string) error {
	var o Offer
	v, err := c.Store.Load(ctx, OfferNoun, id, &o)
	if err != nil || v == 0 || o.Carried == len(o.Notes) {
		return err
	}
	lost := false
	switch {
	case o.Draft.Kind == curation.Story:
	case o.State == curation.Published:
		lost, err = c.publish(ctx, o.Contribution)
	case o.State == curation.Undone:
		err = c.unpublish(ctx, o.Contribution)
	}
	if err != nil {
		return err
	}
	p, m, err := c.takesPart(ctx, o.By)
	if err != nil {
		return err
	}
	var office cadence.Office
	if p != nil {
		office = c.offices(ctx, p)(m.Person.ID)
	}
	done := len(o.Notes)
	_, err = change(ctx, c, OfferNoun, id, c.owed(office), func(o Offer, version int64) (Offer, bool, error) {
		if version == 0 || len(o.Notes) != done || o.Carried == done {
			return o, false, nil
		}
		o.Carried = done
		if lost { // the playbook changed in the same moment: it waits for a curator again
			o.State, o.Notes = curation.Proposed, o.Notes[:done-1]
			o.Carried = done - 1
		}
		if p == nil {
			o.Heard = done // nobody to tell
		}
		return o, true, nil
	})
	return err
}

// hearOffer tells the author what became of their offer.
func (c *Crew) hearOffer(ctx context.Context, s cadence.Step) error {
	var o Offer
	v, err := c.Store.Load(ctx, OfferNoun, s.ID, &o)
	if err != nil || v == 0 || o.Heard == len(o.Notes) || !o.tells() {
		return err
	}
	p, m, err := c.takesPart(ctx, o.By)
	if err != nil {
		return err
	}
	if p != nil {
		book, _ := c.Library().In(o.Draft.Playbook, prompt.In(m.Speaks()).Lang)
		if _, err := c.tell(ctx, p, m, prompt.In(m.Speaks()).Decided(o.Contribution, book.Title, m.Person)); err != nil {
			return err
		}
	}
	done := len(o.Notes)
	_, err = change(ctx, c, OfferNoun, s.ID, nothingOwed, func(o Offer, version int64) (Offer, bool, error) {
		changed := version > 0 && len(o.Notes) == done
		o.Heard = done
		return o, changed, nil
	})
	return err
}

// offers lists the contributions that are wanted, newest first.
func (c *Crew) offers(ctx context.Context, want func(curation.Contribution) bool) ([]curation.Contribution, error) {
	ids, err := c.Store.IDs(ctx, OfferNoun)
	if err != nil {
		return nil, err
	}
	var all []curation.Contribution
	for _, id := range ids {
		var o Offer
		v, err := c.Store.Load(ctx, OfferNoun, id, &o)
		if err != nil {
			return nil, err
		}
		if v > 0 && want(o.Contribution) {
			all = append(all, o.Contribution)
		}
	}
	slices.SortStableFunc(all, func(a, b curation.Contribution) int { return b.At.Compare(a.At) })
	return all, nil
}

// Mine lists what somebody offered, newest first, as they may read it.
func (w Workshop) Mine(ctx context.Context, who roster.ID) ([]curation.Contribution, error) {
	mine, err := w.offers(ctx, func(o curation.Contribution) bool { return who != "" && o.By == who })
	for i, o := range mine {
		mine[i] = o.ForAuthor()
	}
	return mine, err
}

// Offered lists everything for curators: what waits first, oldest first; then the rest, newest
// first.
func (w Workshop) Offered(ctx context.Context) ([]curation.Contribution, error) {
	all, err := w.offers(ctx, func(curation.Contribution) bool { return true })
	slices.SortStableFunc(all, func(a, b curation.Contribution) int {
		switch {
		case a.State.Open() && b.State.Open():
			return a.At.Compare(b.At)
		case a.State.Open():
			return -1
		case b.State.Open():
			return 1
		}
		return 0
	})
	return all, err
}

// Stories lists the stories of a playbook that their authors share, newest first.
func (w Workshop) Stories(ctx context.Context, playbook string) ([]curation.Tale, error) {
	published, err := w.offers(ctx, func(o curation.Contribution) bool { return o.Draft.Playbook == playbook })
	var all []curation.Tale
	for _, o := range published {
		if tale, shown := o.Tell(); shown {
			all = append(all, tale)
		}
	}
	return all, err
}

// eraseOffers forgets what somebody offered: what is not published is gone, stories too since
// they live by consent; what stays in the library names them no more.
func (c *Crew) eraseOffers(ctx context.Context, who roster.ID) error {
	mine, err := c.offers(ctx, func(o curation.Contribution) bool { return o.By == who })
	if err != nil || len(mine) == 0 {
		return err
	}
	for _, p := range c.ordered() { // somebody who only left one of several programmes still is somebody
		m, v, err := c.member(ctx, p.ID, who)
		if err != nil || v > 0 && m.Standing != roster.Forgotten {
			return err
		}
	}
	for _, x := range mine {
		stays := x.Draft.Kind != curation.Story && (x.State == curation.Published || x.State == curation.Undone)
		if stays {
			if err := c.uncredit(ctx, x); err != nil {
				return err
			}
		}
		if err := c.eraseOffer(ctx, x.ID, stays); err != nil {
			return err
		}
	}
	return nil
}

func (c *Crew) eraseOffer(ctx context.Context, id string, stays bool) error {
	for range mostRaces {
		var o Offer
		v, err := c.Store.Load(ctx, OfferNoun, id, &o)
		if err != nil || v == 0 {
			return err
		}
		var next any
		if stays {
			o.By, o.Draft = "", curation.Draft{Kind: o.Draft.Kind, Playbook: o.Draft.Playbook, Language: o.Draft.Language, Base: o.Draft.Base}
			o.Notes, o.Carried, o.Heard = nil, 0, 0
			next = o
		}
		if ok, err := c.Store.Save(ctx, OfferNoun, id, v, next, nil); ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("jobs: an offer changed too often while it was being erased")
}
