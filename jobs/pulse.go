package jobs

import (
	"context"
	"crypto/rand"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// openPulse asks the month's question to everybody who takes part at this moment.
func (c *Crew) openPulse(ctx context.Context, s cadence.Step) error {
	p, b, due, err := c.beat(ctx, s)
	if err != nil || !due {
		return err
	}
	members, err := c.members(ctx, p)
	if err != nil {
		return err
	}
	now := c.now()
	pulse := insight.Pulse{Programme: p.ID, Month: b.Next.In(p.Zone).Format("2006-01"), Question: p.Question,
		Opened: now, Closes: now.Add(p.PulseOpen), Figures: insight.FiguresFrom, Texts: insight.TextsFrom}
	for _, m := range members {
		if c.awayCode(p, m) == "" {
			pulse.Invited = append(pulse.Invited, m.Person.ID)
		}
	}
	if len(pulse.Invited) > 0 {
		if err := c.invitePulse(ctx, p, pulse); err != nil {
			return err
		}
	}
	return c.advance(ctx, b, p.Pulse.Next(now), nil)
}

// invitePulse writes down a pulse, its ballot and everybody's side of it. A crash in between
// is made up for by running again: what exists stays as it is.
func (c *Crew) invitePulse(ctx context.Context, p *Programme, pulse insight.Pulse) error {
	id := insight.ID(p.ID, pulse.Month)
	fresh, err := c.save(ctx, insight.PulseNoun, id, 0, pulse, pulse.Steps())
	if err != nil {
		return err
	}
	if !fresh {
		if _, pulse, err = c.pulseOf(ctx, id); err != nil {
			return err
		}
	}
	if pulse.Report != nil {
		return nil // it took so long that the pulse is over: no second ballot
	}
	if _, err := c.Store.Save(ctx, insight.BallotNoun, id, 0, insight.Ballot{Key: rand.Text()}, nil); err != nil {
		return err
	}
	office := c.offices(ctx, p)
	for _, who := range pulse.Invited {
		v, ok := pulse.Voice(who, office(who))
		if !ok {
			continue
		}
		if _, err := c.save(ctx, insight.VoiceNoun, insight.VoiceID(id, who), 0, v, v.Steps()); err != nil {
			return err
		}
	}
	return nil
}

func (c *Crew) pulseOf(ctx context.Context, id string) (*Programme, insight.Pulse, error) {
	var pulse insight.Pulse
	v, err := c.Store.Load(ctx, insight.PulseNoun, id, &pulse)
	if err != nil || v == 0 {
		return nil, pulse, err
	}
	p, err := c.programme(pulse.Programme)
	return p, pulse, err
}

func (c *Crew) changePulse(ctx context.Context, id string, decide func(insight.Pulse) (insight.Pulse, bool)) error {
	_, err := change(ctx, c, insight.PulseNoun, id, insight.Pulse.Steps, func(x insight.Pulse, v int64) (insight.Pulse, bool, error) {
		next, changed := decide(x)
		return next, changed && v > 0, nil
	})
	return err
}

func (c *Crew) changeVoice(ctx context.Context, id string, decide func(*insight.Voice)) error {
	_, err := change(ctx, c, insight.VoiceNoun, id, insight.Voice.Steps, func(x insight.Voice, v int64) (insight.Voice, bool, error) {
		decide(&x)
		return x, v > 0, nil
	})
	return err
}

// voiceOf loads one person's side of a pulse, with the pulse and the person.
func (c *Crew) voiceOf(ctx context.Context, s cadence.Step) (*Programme, insight.Pulse, insight.Voice, roster.Member, error) {
	var v insight.Voice
	version, err := c.Store.Load(ctx, insight.VoiceNoun, s.ID, &v)
	if err != nil || version == 0 {
		return nil, insight.Pulse{}, v, roster.Member{}, err
	}
	p, x, err := c.pulseOf(ctx, v.Pulse)
	if err != nil || p == nil {
		return nil, x, v, roster.Member{}, err
	}
	m, _, err := c.member(ctx, p.ID, v.Who)
	return p, x, v, m, err
}

func pulseSays(p *Programme, x insight.Pulse) prompt.Pulse {
	return prompt.Pulse{Ref: x.Ref(), Programme: p.Name, Question: x.Question, Closes: x.Closes, Figures: x.Figures, Texts: x.Texts}
}

// askPulse shows one person the pulse's card.
func (c *Crew) askPulse(ctx context.Context, s cadence.Step) error {
	p, x, v, m, err := c.voiceOf(ctx, s)
	if err != nil || p == nil || v.Asked {
		return err
	}
	if x.Open(c.now()) && c.awayCode(p, m) == "" {
		card := prompt.In(m.Speaks()).PulseCard(pulseSays(p, x), m.Person, c.clockOf(p, m.Person))
		if _, err := c.tell(ctx, p, m, card); err != nil {
			return err
		}
	}
	return c.changeVoice(ctx, s.ID, func(v *insight.Voice) { v.Asked = true })
}

// closePulse makes the report and then destroys the single answers with the key that links
// them to people. A crash in between is made up for by running again.
func (c *Crew) closePulse(ctx context.Context, s cadence.Step) error {
	p, x, err := c.pulseOf(ctx, s.ID)
	if err != nil || p == nil || c.now().Before(x.Closes) {
		return err
	}
	var ballot insight.Ballot
	version, err := c.Store.Load(ctx, insight.BallotNoun, s.ID, &ballot)
	if err != nil {
		return err
	}
	if x.Report == nil {
		report := insight.Summarise(x, ballot)
		if err := c.changePulse(ctx, s.ID, func(x insight.Pulse) (insight.Pulse, bool) {
			x.Report = &report
			return x, true
		}); err != nil {
			return err
		}
	}
	for version > 0 {
		if _, err := c.Store.Save(ctx, insight.BallotNoun, s.ID, version, nil, nil); err != nil {
			return err
		}
		if version, err = c.Store.Load(ctx, insight.BallotNoun, s.ID, &ballot); err != nil {
			return err
		}
	}
	office := c.offices(ctx, p)
	for _, who := range x.Invited {
		if err := c.changeVoice(ctx, insight.VoiceID(s.ID, who), func(v *insight.Voice) { *v = v.Hear(c.now(), office(who)) }); err != nil {
			return err
		}
	}
	return c.changePulse(ctx, s.ID, func(x insight.Pulse) (insight.Pulse, bool) {
		x.Buried = true
		return x, true
	})
}

// tellPulse shows the result to somebody who was asked.
func (c *Crew) tellPulse(ctx context.Context, s cadence.Step) error {
	p, x, v, m, err := c.voiceOf(ctx, s)
	if err != nil || p == nil || x.Report == nil || v.Told {
		return err
	}
	if c.awayCode(p, m) == "" {
		r := prompt.Result{Answers: x.Report.Answers, Average: x.Report.Average, Band: x.Report.Band, Texts: x.Report.Texts, Withheld: x.Report.Withheld != ""}
		if _, err := c.tell(ctx, p, m, prompt.In(m.Speaks()).PulseResult(pulseSays(p, x), r, m.Person)); err != nil {
			return err
		}
	}
	return c.changeVoice(ctx, s.ID, func(v *insight.Voice) { v.Told = true })
}

// vote puts an answer into the ballot of an open pulse; false when it is closed or the person
// was not asked.
func (c *Crew) vote(ctx context.Context, id string, who roster.ID, v prompt.Vote) (bool, error) {
	_, x, err := c.pulseOf(ctx, id)
	if err != nil || !x.Asks(who) || !x.Open(c.now()) {
		return false, err
	}
	cast := false
	_, err = change(ctx, c, insight.BallotNoun, id, nothingDue, func(b insight.Ballot, version int64) (insight.Ballot, bool, error) {
		cast = version > 0
		return b.Cast(who, v), cast, nil
	})
	return cast, err
}

// eraseVotes takes a person's vote out of every open pulse.
func (c *Crew) eraseVotes(ctx context.Context, p *Programme, who roster.ID) error {
	ids, err := c.Store.IDs(ctx, insight.BallotNoun)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := change(ctx, c, insight.BallotNoun, id, nothingDue, func(b insight.Ballot, version int64) (insight.Ballot, bool, error) {
			next, had := b.Withdraw(who)
			return next, had && version > 0, nil
		}); err != nil {
			return err
		}
	}
	return nil
}
