package jobs

import (
	"context"
	"reflect"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Skipped is who of a group does not take part, and why, as of the latest read.
type Skipped struct {
	People []roster.Skip `json:"people"`
}

// SkippedNoun is what the skipped are stored under, by programme.
const SkippedNoun = "skipped"

// syncRoster reads the group: joiners become members to be invited, leavers are gone, and
// what the directory says of everybody else is brought up to date.
func (c *Crew) syncRoster(ctx context.Context, s cadence.Step) error {
	p, b, due, err := c.beat(ctx, s)
	if err != nil || !due {
		return err
	}
	entries, err := c.Directory.Members(ctx, p.Group)
	if err != nil {
		return err
	}
	people, skipped := roster.Admit(entries, p.Mailbox)
	here := map[roster.ID]bool{}
	for _, person := range people {
		here[person.ID] = true
		if err := c.enrol(ctx, p, person); err != nil {
			return err
		}
	}
	for _, skip := range skipped {
		// A mailbox that cannot be read today is no reason to throw somebody out.
		here[skip.ID] = here[skip.ID] || skip.Reason == roster.Unreadable
	}
	if err := c.release(ctx, p, here); err != nil {
		return err
	}
	if _, err := change(ctx, c, SkippedNoun, p.ID, nothingDue, func(old Skipped, _ int64) (Skipped, bool, error) {
		return Skipped{skipped}, !reflect.DeepEqual(old.People, skipped), nil
	}); err != nil {
		return err
	}
	return c.advance(ctx, b, p.after(KindRoster, c.now()), nil)
}

func nothingDue[T any](T) []cadence.Step { return nil }

// enrol makes a member of a person, or brings the member up to date.
func (c *Crew) enrol(ctx context.Context, p *Programme, person roster.Person) error {
	_, err := c.changeMember(ctx, p, person.ID, func(m roster.Member, version int64) (roster.Member, bool) {
		if version == 0 {
			return roster.Member{Programme: p.ID, Person: person, Standing: roster.Invited}, true
		}
		if m.Standing == roster.Forgotten {
			return m, false
		}
		next := m.Return(person)
		return next, !reflect.DeepEqual(next, m) || m.Unasked(p.Consent)
	})
	return err
}

// release marks the members who are no longer in the group.
func (c *Crew) release(ctx context.Context, p *Programme, here map[roster.ID]bool) error {
	members, err := c.members(ctx, p)
	if err != nil {
		return err
	}
	for _, m := range members {
		if here[m.Person.ID] || m.Standing == roster.Gone || m.Standing == roster.Forgotten {
			continue
		}
		if _, err := c.changeMember(ctx, p, m.Person.ID, func(m roster.Member, _ int64) (roster.Member, bool) {
			return m.Stand(roster.Gone), true
		}); err != nil {
			return err
		}
	}
	return nil
}
