package jobs

import (
	"context"
	"errors"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Desk takes what people press and type. It writes the answer down before it says thanks,
// so that nothing is lost, and answers with what the card shows from then on. The same
// press delivered twice is the same answer. What follows from it is done by the jobs.
type Desk struct{ *Crew }

// Answer records what a person pressed or typed, and answers the message that replaces the
// pressed card. The reply to a typed text is shown by its own job.
func (d Desk) Answer(ctx context.Context, a prompt.Answer) (prompt.Message, error) {
	p, m, err := d.whose(ctx, a)
	if err != nil {
		return prompt.Message{}, err
	}
	if p == nil {
		return d.stranger(ctx, a)
	}
	if a.Verb == "" {
		a.Verb = prompt.Command(a.Text)
		said, err := d.member(ctx, p, m, a)
		if err != nil {
			return said, err
		}
		return said, d.owe(ctx, p, a.Key, said)
	}
	return d.press(ctx, p, m, a)
}

func (d Desk) press(ctx context.Context, p *Programme, m roster.Member, a prompt.Answer) (prompt.Message, error) {
	verb, _, _ := strings.Cut(a.Verb, ":")
	var said prompt.Message
	var err error
	switch {
	case session.OfRef(a.Ref) != "":
		said, err = d.session(ctx, p, m, a)
	case insight.OfRef(a.Ref) != "":
		said, err = d.pulse(ctx, p, m, a)
	case verb == "consent" || verb == "member":
		said, err = d.member(ctx, p, m, a)
	default:
		said = prompt.In(m.Speaks()).Stale(a.From)
	}
	var bad prompt.Invalid
	if errors.As(err, &bad) {
		return prompt.In(m.Speaks()).Refuse(a.From, string(bad)), nil
	}
	return said, err
}

// Installed notes that the app came to a person or was removed. Whoever can be reached
// again is asked what they missed; who is in no programme is told once what this app is.
// While it is removed nothing is sent and what is known about the person stays as it is.
func (d Desk) Installed(ctx context.Context, id roster.ID, present bool) error {
	known := false
	for _, p := range d.ordered() {
		_, v, err := d.Crew.member(ctx, p.ID, id)
		if err != nil {
			return err
		}
		known = known || v > 0
		if _, err := d.changeMember(ctx, p, id, func(m roster.Member, v int64) (roster.Member, bool) {
			changed := v > 0 && m.Beyond == present
			m.Beyond = !present
			return m, changed
		}); err != nil {
			return err
		}
	}
	if known || !present || len(d.Programmes) == 0 {
		return nil
	}
	return d.owe(ctx, d.ordered()[0], "welcome/"+string(id), prompt.In("").Stranger(id))
}

// whose finds the programme an answer belongs to and the member behind it: the one the
// button names, else the first one the person is a member of.
func (d Desk) whose(ctx context.Context, a prompt.Answer) (*Programme, roster.Member, error) {
	for _, p := range d.ordered() {
		if named := programmeOf(a.Ref); named != "" && named != p.ID {
			continue
		}
		m, v, err := d.Crew.member(ctx, p.ID, a.From)
		if err != nil {
			return nil, m, err
		}
		if v > 0 {
			return p, m, nil
		}
	}
	return nil, roster.Member{}, nil
}

func programmeOf(ref string) string {
	if id := prompt.OfProgramme(ref); id != "" {
		return id
	}
	programme, _ := session.RoundOf(session.OfRef(ref))
	return programme
}

// stranger answers somebody who is in no programme.
func (d Desk) stranger(ctx context.Context, a prompt.Answer) (prompt.Message, error) {
	said := prompt.In(a.Lang).Stranger(a.From)
	if a.Verb != "" || len(d.Programmes) == 0 {
		return said, nil
	}
	return said, d.owe(ctx, d.ordered()[0], a.Key, said)
}

// member does what a person may do about themselves.
func (d Desk) member(ctx context.Context, p *Programme, m roster.Member, a prompt.Answer) (prompt.Message, error) {
	say, says := prompt.In(m.Speaks()), p.says()
	stand := func(s roster.Standing, said prompt.Message) (prompt.Message, error) {
		_, err := d.changeMember(ctx, p, a.From, func(m roster.Member, _ int64) (roster.Member, bool) { return m.Stand(s), true })
		return said, err
	}
	switch a.Verb {
	case prompt.Yes:
		if !says.Asked(a) {
			return say.Stale(a.From), nil // the text has changed: the new one comes as a new card
		}
		if m.Standing == roster.Gone || m.Standing == roster.Forgotten {
			return say.Stranger(a.From), nil
		}
		_, err := d.changeMember(ctx, p, a.From, func(m roster.Member, _ int64) (roster.Member, bool) {
			return m.Accept(p.Consent, prompt.ReadProfile(a), d.now()), true
		})
		if err != nil {
			return prompt.Message{}, err
		}
		return say.Accepted(says, a.From), d.welcome(ctx, p, a.From)
	case prompt.No:
		return stand(roster.Declined, say.Refused(says, a.From))
	case prompt.Pause:
		if m.Standing != roster.In && m.Standing != roster.Paused {
			return say.Helped(a.From), nil
		}
		return stand(roster.Paused, say.Paused(says, a.From))
	case prompt.Resume:
		if m.Standing != roster.Paused {
			return say.Helped(a.From), nil
		}
		newest, err := d.latestRound(ctx, p)
		if err != nil {
			return prompt.Message{}, err
		}
		_, err = d.changeMember(ctx, p, a.From, func(m roster.Member, _ int64) (roster.Member, bool) {
			m = m.Resume()
			m.Back, m.Lull = newest+1, 0
			return m, true
		})
		if err != nil {
			return prompt.Message{}, err
		}
		return say.Resumed(a.From), d.welcome(ctx, p, a.From)
	case prompt.Leave:
		return stand(roster.Left, say.Departed(a.From))
	case prompt.Forget:
		return say.Unsure(says, a.From), nil
	case prompt.ForgetYes:
		_, err := d.changeMember(ctx, p, a.From, func(m roster.Member, _ int64) (roster.Member, bool) { return m.Forget(), true })
		return say.Forgot(a.From), err
	case prompt.Join:
		return d.rejoin(ctx, p, m, a)
	case prompt.Data:
		return d.knows(ctx, p, m)
	case prompt.Settings:
		if m.Standing != roster.In && m.Standing != roster.Paused {
			return say.Helped(a.From), nil
		}
		return say.SettingsCard(says, m), nil
	case prompt.SetProfile:
		_, err := d.changeMember(ctx, p, a.From, func(m roster.Member, _ int64) (roster.Member, bool) {
			m.Profile = prompt.ReadSettings(a, m.Profile)
			return m, m.Standing == roster.In || m.Standing == roster.Paused
		})
		return say.Settled(says, a.From), err
	}
	return say.Helped(a.From), nil
}

// rejoin shows the invitation again to somebody who wants to come back; joining itself
// needs their yes to the text.
func (d Desk) rejoin(ctx context.Context, p *Programme, m roster.Member, a prompt.Answer) (prompt.Message, error) {
	say := prompt.In(m.Speaks())
	if m.Eligible(p.Consent) {
		return say.Helped(a.From), nil
	}
	_, err := d.changeMember(ctx, p, a.From, func(m roster.Member, _ int64) (roster.Member, bool) {
		if m.Standing == roster.Forgotten {
			m = roster.Member{Programme: m.Programme, Person: m.Person, Cut: m.Cut}
		}
		m.Standing, m.Asked = roster.Invited, roster.Mark{Version: p.Consent, At: d.now()}
		return m, true
	})
	invite := say.Invite(p.says(), roster.Person{ID: a.From})
	return invite, err
}

// knows answers everything kept about a person.
func (d Desk) knows(ctx context.Context, p *Programme, m roster.Member) (prompt.Message, error) {
	known, err := d.known(ctx, p, m)
	return prompt.In(m.Speaks()).Knows(known), err
}

// pulse takes a vote.
func (d Desk) pulse(ctx context.Context, p *Programme, m roster.Member, a prompt.Answer) (prompt.Message, error) {
	say := prompt.In(m.Speaks())
	if a.Verb != prompt.CastVote {
		return say.Stale(a.From), nil
	}
	v, err := prompt.ReadVote(a)
	if err != nil {
		return prompt.Message{}, err
	}
	cast, err := d.vote(ctx, insight.OfRef(a.Ref), a.From, v)
	if err != nil {
		return prompt.Message{}, err
	}
	if !cast {
		return say.VotedLate(a.From), nil
	}
	_, x, err := d.pulseOf(ctx, insight.OfRef(a.Ref))
	if err != nil {
		return prompt.Message{}, err
	}
	// The question stays, empty: until the pulse closes another answer may take the place of
	// this one.
	said, again := say.Voted(a.From), say.PulseCard(pulseSays(p, x), m.Person, d.clockOf(p, m.Person))
	said.Blocks, said.Actions = again.Blocks, again.Actions
	return said, nil
}
