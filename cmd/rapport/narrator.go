package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// narrator says what happens while it happens: one plain sentence an event that matters. It
// names pretend people, which is why only the demo has one.
type narrator struct {
	out    io.Writer
	store  jobs.Store
	tenant *m365sim.Tenant
	names  map[roster.ID]string

	mu    sync.Mutex
	steps []cadence.Step // done since the last line
	acts  int            // of the tenant, told so far
	told  map[string]bool
}

func newNarrator(out io.Writer, store jobs.Store, tenant *m365sim.Tenant) *narrator {
	n := &narrator{out: out, store: store, tenant: tenant, names: map[roster.ID]string{}, told: map[string]bool{}}
	n.learn()
	return n
}

// hear is told of every step that was done.
func (n *narrator) hear(s cadence.Step) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.steps = append(n.steps, s)
}

func (n *narrator) learn() {
	for _, p := range n.tenant.People() {
		n.names[roster.ID(p.ID)] = p.Name
	}
}

// tell writes what happened at this moment.
func (n *narrator) tell(ctx context.Context, now time.Time) error {
	n.mu.Lock()
	steps := n.steps
	n.steps = nil
	n.mu.Unlock()
	n.learn()
	slices.SortFunc(steps, func(a, b cadence.Step) int {
		return strings.Compare(a.Kind+a.ID+string(a.Who), b.Kind+b.ID+string(b.Who))
	})
	n.tellActs(now)
	var invited []roster.ID
	for _, s := range steps {
		if s.Kind == jobs.KindInvite {
			_, person, _ := strings.Cut(s.ID, ".")
			invited = append(invited, roster.ID(person))
			continue
		}
		if err := n.tellStep(ctx, now, s); err != nil {
			return err
		}
	}
	reached, beyond, err := n.reached(ctx, invited)
	if err != nil {
		return err
	}
	if len(reached) > 0 {
		n.say(now, "%s asked to join.", n.list(reached, "is", "are"))
	}
	if len(beyond) > 0 {
		n.say(now, "%s cannot be reached in Teams (the app is missing) and learn so by mail.", n.list(beyond, "", ""))
	}
	return nil
}

// reached divides those who were to be invited into those who saw the card and those whom
// Teams does not let us reach.
func (n *narrator) reached(ctx context.Context, invited []roster.ID) (seen, beyond []roster.ID, err error) {
	if len(invited) == 0 {
		return nil, nil, nil
	}
	out := map[roster.ID]bool{}
	err = each(ctx, n.store, jobs.MemberNoun, func(m roster.Member) { out[m.Person.ID] = m.Beyond })
	for _, id := range invited {
		if out[id] {
			beyond = append(beyond, id)
		} else {
			seen = append(seen, id)
		}
	}
	return seen, beyond, err
}

func (n *narrator) tellStep(ctx context.Context, now time.Time, s cadence.Step) error {
	switch s.Noun {
	case jobs.BeatNoun:
		return n.tellRoster(ctx, now, s)
	case session.Noun:
		var x session.Session
		if v, err := n.store.Load(ctx, s.Noun, s.ID, &x); err != nil || v == 0 {
			return err
		}
		n.tellSession(now, s, x)
	case session.RoundNoun:
		var r session.Round
		if v, err := n.store.Load(ctx, s.Noun, s.ID, &r); err != nil || v == 0 {
			return err
		}
		n.tellRound(now, s, r)
	case insight.PulseNoun, insight.VoiceNoun:
		var p insight.Pulse
		id := s.ID
		if s.Noun == insight.VoiceNoun {
			id = strings.TrimSuffix(id, "."+string(s.Who)) // a voice's id is its pulse's and the person's
		}
		if v, err := n.store.Load(ctx, insight.PulseNoun, id, &p); err != nil || v == 0 {
			return err
		}
		n.tellPulse(now, s, p)
	}
	return nil
}

// tellRoster says once who of the group does not take part, and why.
func (n *narrator) tellRoster(ctx context.Context, now time.Time, s cadence.Step) error {
	if s.Kind != jobs.KindRoster || !n.first("roster") {
		return nil
	}
	return each(ctx, n.store, jobs.SkippedNoun, func(x jobs.Skipped) {
		var why []string
		for _, p := range x.People {
			why = append(why, strings.ReplaceAll(string(p.Reason), "-", " "))
		}
		slices.Sort(why)
		n.say(now, "The group is read through Graph, with everybody's zone, hours and language; %s skipped (%s).", plural(len(why), "entry"), strings.Join(why, ", "))
	})
}

func (n *narrator) tellRound(now time.Time, s cadence.Step, r session.Round) {
	if s.Kind == session.KindRoundBook {
		line := fmt.Sprintf("Round %d: %s", r.Number, plural(len(r.Groups), "pair"))
		if len(r.Left) > 0 {
			line += fmt.Sprintf(", %s without a partner this time", plural(len(r.Left), "person"))
		}
		n.say(now, "%s; everybody's free/busy read in one batch.", line)
	}
	if s.Kind == session.KindRoundRepair {
		n.say(now, "Round %d: new partners looked for whoever lost theirs.", r.Number)
	}
}

func (n *narrator) tellSession(now time.Time, s cadence.Step, x session.Session) {
	who := n.list(x.People, "", "")
	switch {
	case s.Kind == session.KindBook && x.Slot != nil:
		n.say(now, "%s meet on %s.", who, n.when(*x.Slot))
	case s.Kind == session.KindMove && x.State == session.Booked:
		n.say(now, "%s get another time: %s.", who, n.when(*x.Slot))
	case x.State == session.Asynchronous && n.first("async/"+x.ID):
		n.say(now, "%s get the form that needs no common time (%s).", who, x.Why)
	case s.Kind == session.KindCancel:
		n.say(now, "The conversation of %s is called off (%s).", who, x.Why)
	case s.Kind == session.KindPrompt && n.first(s.Kind+x.ID+fmt.Sprint(x.Moves)) && x.State == session.Booked && x.Slot != nil && !now.Before(x.Slot.Start):
		n.say(now, "%s sit down together; both have the guide.", who)
	case s.Kind == session.KindAsk:
		n.say(now, "%s is asked what came of the commitment, forty-eight hours later.", n.names[s.Who])
	case s.Kind == session.KindRemind:
		n.say(now, "%s is reminded once.", n.names[s.Who])
	}
}

func (n *narrator) tellPulse(now time.Time, s cadence.Step, p insight.Pulse) {
	switch {
	case s.Kind == insight.KindAsk && n.first("pulse/"+p.Month):
		n.say(now, "The monthly pulse opens for %s: one question, one scale.", plural(len(p.Invited), "person"))
	case s.Kind == insight.KindClose && p.Report != nil && n.first("closed/"+p.Month):
		n.say(now, "The pulse closes: %s. The single answers are destroyed.", pulseLine(p))
	}
}

// verbs are what people do, in words.
var verbs = map[string]string{
	"consent:yes": "says yes", "consent:no": "says no, and that is fine",
	"session:agree": "agrees to the rules of the conversation", "closing:answer": "tells how it was",
	"followup:answer": "tells what came of it", "followup:snooze": "puts the question off", "followup:drop": "lets it go",
	"pulse:answer": "answers the pulse", "member:resume": "comes back",
}

// tellActs says what pretend people did; the same act of several people is one line.
func (n *narrator) tellActs(now time.Time) {
	acts := n.tenant.Acts()
	groups := map[string][]roster.ID{}
	var order []string
	for _, a := range acts[n.acts:] {
		line := ""
		switch {
		case a.Do == "press" && a.Heard:
			line = verbs[a.Verb]
		case a.Do == "say" && a.Heard:
			line = fmt.Sprintf("types %q", a.Text)
		case a.Do == "decline":
			line = "declines the time"
		case a.Do == "propose":
			line = "proposes another time"
		}
		if line == "" {
			continue
		}
		if groups[line] == nil {
			order = append(order, line)
		}
		groups[line] = append(groups[line], roster.ID(a.Person))
	}
	n.acts = len(acts)
	for _, line := range order {
		for _, id := range groups[line] {
			n.say(now, "%s %s.", n.names[id], line)
		}
	}
}

func (n *narrator) first(key string) bool {
	if n.told[key] {
		return false
	}
	n.told[key] = true
	return true
}

func (n *narrator) say(now time.Time, format string, args ...any) {
	fmt.Fprintf(n.out, "%s  %s\n", now.UTC().Format("Mon 02 Jan 15:04"), fmt.Sprintf(format, args...))
}

// list names people, with the verb that fits their number.
func (n *narrator) list(ids []roster.ID, one, many string) string {
	var names []string
	for _, id := range ids {
		names = append(names, n.names[id])
	}
	verb := many
	if len(names) == 1 {
		verb = one
	}
	text := strings.Join(names, ", ")
	if i := strings.LastIndex(text, ", "); i >= 0 {
		text = text[:i] + " and " + text[i+2:]
	}
	return strings.TrimSpace(text + " " + verb)
}

func (n *narrator) when(w slots.Window) string {
	return w.Start.UTC().Format("Monday 2 January at 15:04 UTC")
}

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "person":
		return fmt.Sprintf("%d people", n)
	case noun == "entry":
		return fmt.Sprintf("%d entries", n)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
