package jobs

import (
	"context"
	"fmt"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Show answers what a button of a mail is about, as it stands now: the question it belongs
// to, with what can still be pressed. It changes nothing, so a mail scanner may look.
func (d Desk) Show(ctx context.Context, a prompt.Answer) (prompt.Message, error) {
	p, m, err := d.whose(ctx, a)
	if err != nil {
		return prompt.Message{}, err
	}
	if p == nil {
		return prompt.In(a.Lang).Stranger(a.From), nil
	}
	say := prompt.In(m.Speaks())
	switch {
	case session.OfRef(a.Ref) != "":
		return d.showSession(ctx, p, m, a)
	case insight.OfRef(a.Ref) != "":
		_, x, err := d.pulseOf(ctx, insight.OfRef(a.Ref))
		if err != nil {
			return prompt.Message{}, err
		}
		if x.Report != nil || !d.now().Before(x.Closes) {
			return say.VotedLate(a.From), nil
		}
		return say.PulseCard(pulseSays(p, x), m.Person, d.clockOf(p, m.Person)), nil
	case strings.HasPrefix(a.Verb, "consent:") && (m.Standing == roster.Invited || m.Standing == roster.In || m.Standing == roster.Declined):
		return say.Invite(p.says(), m.Person), nil
	case a.Verb == prompt.Pause && m.Standing == roster.In:
		return say.AskPause(p.says(), a.From), nil
	case a.Verb == prompt.Resume && m.Standing == roster.Paused, a.Verb == prompt.Pause && m.Standing == roster.Paused:
		return say.Paused(p.says(), a.From), nil
	}
	return say.Stale(a.From), nil
}

// showSession answers the question of a session that a button belongs to.
func (d Desk) showSession(ctx context.Context, p *Programme, m roster.Member, a prompt.Answer) (prompt.Message, error) {
	say := prompt.In(m.Speaks())
	x, instead, err := d.theirs(ctx, p, m, a)
	if err != nil {
		return prompt.Message{}, err
	}
	if instead != nil {
		return *instead, nil
	}
	scene, _, err := d.scene(ctx, p, x, a.From)
	if err != nil {
		return prompt.Message{}, err
	}
	part := x.Parts[a.From]
	switch a.Verb {
	case prompt.Agree:
		if part.Agreed {
			return say.Agreed(scene), nil
		}
		if x.State == session.Booked {
			return say.Prompt(scene, fmt.Sprintf("%s-%d", session.Prepare, x.Moves)), nil
		}
	case prompt.Another, prompt.Keep:
		return say.Kept(scene), nil
	case prompt.Take:
		return d.another(ctx, p, m, x)
	case prompt.Swap, prompt.Switch, prompt.Stay:
		return d.alternatives(ctx, p, m, x)
	case prompt.Close:
		if x.Over(d.now()) && !part.Quiet {
			return say.Prompt(scene, session.CloseUp), nil
		}
	case prompt.FollowUp, prompt.Snooze, prompt.Drop:
		if part.FollowUp != nil {
			return say.Prompt(scene, fmt.Sprintf("%s-%d", session.Ask, part.FollowUp.Snoozed)), nil
		}
	}
	return say.Stale(a.From), nil
}
