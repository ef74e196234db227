package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// An act that was heard (the bot answered that it took it) must be in the store. One that was
// not heard may be: the worker may have died after writing and before answering.

// stood: everybody stands where their own words put them.
func stood(e *evidence) (wrong []string) {
	for id, m := range e.members {
		if p, _ := e.hired(m.Person.Mail); !p.Leaves.IsZero() {
			continue // the group decides, see invited
		}
		may := e.may(id, e.now.AddDate(1, 0, 0))
		profiles := []roster.Profile{{}}
		for _, a := range e.of(id) {
			if a.Verb == prompt.Yes {
				if a.Heard {
					profiles = nil
				}
				profiles = append(profiles, prompt.ReadProfile(prompt.Answer{Fields: a.Inputs}))
			}
		}
		if !may[m.Standing] {
			wrong = append(wrong, fmt.Sprintf("%s is %s, by their own words they may be %v", m.Person.Name, m.Standing, slices.Collect(maps.Keys(may))))
		}
		if !slices.ContainsFunc(profiles, func(p roster.Profile) bool { return reflect.DeepEqual(p, m.Profile) }) {
			wrong = append(wrong, fmt.Sprintf("the profile of %s is %+v, they said %+v", m.Person.Name, m.Profile, profiles))
		}
	}
	return wrong
}

// may is where somebody's own words until a moment may have put them.
func (e *evidence) may(id roster.ID, until time.Time) map[roster.Standing]bool {
	may := map[roster.Standing]bool{roster.Invited: true}
	for _, a := range e.of(id) {
		if !a.At.Before(until) {
			break
		}
		next := map[roster.Standing]bool{}
		for s := range may {
			next[standing(s, a)] = true
			if !a.Heard {
				next[s] = true
			}
		}
		may = next
	}
	return may
}

// standing is where an act takes somebody from where they stand.
func standing(s roster.Standing, a m365sim.Act) roster.Standing {
	m := roster.Member{Standing: s}
	verb := a.Verb
	if a.Do == "say" {
		verb = prompt.Command(a.Text)
	}
	switch verb {
	case prompt.Yes:
		m = m.Accept("1", roster.Profile{}, time.Time{})
	case prompt.No:
		m = m.Stand(roster.Declined)
	case prompt.Pause:
		if s == roster.In {
			m = m.Stand(roster.Paused)
		}
	case prompt.Resume:
		m = m.Resume()
	case prompt.Leave:
		m = m.Stand(roster.Left)
	}
	return m.Standing
}

// of lists what somebody pressed and said, in order.
func (e *evidence) of(id roster.ID) (acts []m365sim.Act) {
	for _, a := range e.acts {
		if a.Person == string(id) && (a.Do == "press" || a.Do == "say") {
			acts = append(acts, a)
		}
	}
	return acts
}

// listened: everything people answered about a session is in it.
func listened(e *evidence) (wrong []string) {
	for _, x := range e.sessions {
		for id, part := range x.Parts {
			said := map[string][]m365sim.Act{}
			for _, a := range e.of(id) {
				if a.Ref == x.Ref() {
					said[a.Verb] = append(said[a.Verb], a)
				}
			}
			for _, about := range []string{agreed(part, said[prompt.Agree]), closed(part, said[prompt.Close]), followed(part, said), snoozed(part, said[prompt.Snooze])} {
				if about != "" {
					wrong = append(wrong, fmt.Sprintf("session %s (%s), %s: %s", x.ID, x.State, e.members[id].Person.Name, about))
				}
			}
		}
	}
	return wrong
}

// last are the acts of which one must be in the store: the last one that was heard, or a later
// one that was not. None when none was heard.
func last(acts []m365sim.Act) []m365sim.Act {
	for i := len(acts) - 1; i >= 0; i-- {
		if acts[i].Heard {
			return acts[i:]
		}
	}
	return nil
}

func agreed(p *session.Part, acts []m365sim.Act) string {
	if len(last(acts)) > 0 && !p.Agreed && !p.Out {
		return "the agreement is lost"
	}
	return ""
}

func closed(p *session.Part, acts []m365sim.Act) string {
	var could []session.Closing
	for _, a := range last(acts) {
		if c, err := prompt.ReadClosing(prompt.Answer{Fields: a.Inputs}, time.Time{}); err == nil {
			could = append(could, c)
		}
	}
	switch {
	case len(could) == 0 || p.Out && p.Closing == nil: // whoever withdrew is not asked any more
		return ""
	case p.Closing == nil:
		return fmt.Sprintf("the closing is lost: %+v", could)
	}
	is := *p.Closing
	is.At = time.Time{}
	if !slices.ContainsFunc(could, func(c session.Closing) bool { return reflect.DeepEqual(c, is) }) {
		return fmt.Sprintf("the closing is %+v, they said %+v", is, could)
	}
	if is.Committed() != (p.FollowUp != nil) {
		return "a commitment and no follow-up, or the other way round"
	}
	return ""
}

func followed(p *session.Part, said map[string][]m365sim.Act) string {
	answers, drops := last(said[prompt.FollowUp]), last(said[prompt.Drop])
	if p.Out || len(answers) == 0 && len(drops) == 0 {
		return ""
	}
	f := p.FollowUp
	if f == nil {
		return "what came of the commitment is lost with the commitment"
	}
	if len(drops) > 0 && !f.Dropped && f.Answered.IsZero() {
		return `"not any more" is lost`
	}
	if len(answers) == 0 {
		return ""
	}
	is := session.FollowUp{Happened: f.Happened, Reflection: f.Reflection, Counts: f.Counts}
	for _, a := range answers {
		c, err := prompt.ReadFollowUp(prompt.Answer{Fields: a.Inputs}, time.Time{})
		if err != nil || reflect.DeepEqual(is, session.FollowUp{Happened: c.Happened, Reflection: c.Reflection, Counts: c.Counts}) {
			return ""
		}
	}
	return fmt.Sprintf("the answer to the follow-up is %+v, they said something else", is)
}

// snoozed: put off once for every card on which that was pressed, however often the press
// was delivered.
func snoozed(p *session.Part, acts []m365sim.Act) string {
	cards, heard := map[string]bool{}, map[string]bool{}
	for _, a := range acts {
		cards[a.Card] = true
		if a.Heard {
			heard[a.Card] = true
		}
	}
	n := 0
	if p.FollowUp != nil {
		n = p.FollowUp.Snoozed
	}
	if n < min(len(heard), session.MostSnoozes) && !p.Out || n > len(cards) {
		return fmt.Sprintf("put off %d times, pressed on %d cards, heard on %d", n, len(cards), len(heard))
	}
	return ""
}

// voted: the pulse counts everybody whose vote was heard while it was open.
func voted(e *evidence) (wrong []string) {
	for _, p := range e.pulses {
		if p.Report == nil {
			continue
		}
		sure, maybe := map[string]bool{}, map[string]bool{}
		for _, a := range e.acts {
			if a.Verb != prompt.CastVote || insight.OfRef(a.Ref) != insight.ID(p.Programme, p.Month) || !a.At.Before(p.Closes) {
				continue
			}
			maybe[a.Person] = true
			if a.Heard && a.At.Before(p.Closes.Add(-e.clock.Virtual(overdue))) {
				sure[a.Person] = true
			}
		}
		r := *p.Report
		withheld := r.Withheld != ""
		if withheld && len(sure) >= p.Figures || !withheld && (r.Answers < len(sure) || r.Answers > len(maybe)) {
			wrong = append(wrong, fmt.Sprintf("the pulse counts %d answers (%s), %d were heard in time and %d more may have been", r.Answers, r.Withheld, len(sure), len(maybe)-len(sure)))
		}
	}
	return wrong
}

// replied: what was typed and heard was answered once each.
func replied(e *evidence) (wrong []string) {
	said, heard, got := map[string]int{}, map[string]int{}, map[string]int{}
	for _, a := range e.acts {
		if a.Do == "say" && a.At.Before(e.late()) {
			said[a.Person]++
			if a.Heard {
				heard[a.Person]++
			}
		}
	}
	for key := range e.rows {
		if rest, ok := strings.CutPrefix(key, "card/reply/"); ok && e.sent(key) {
			if who := rest[strings.LastIndex(rest, "/")+1:]; key != unpaired(roster.ID(who)) {
				got[who]++
			}
		}
	}
	for id := range e.desks {
		if got[id] < heard[id] || got[id] > said[id] {
			wrong = append(wrong, fmt.Sprintf("%s typed %d times, was heard %d times and answered %d times", e.desks[id].Name, said[id], heard[id], got[id]))
		}
	}
	return append(wrong, reacted(e)...)
}

// reacted: a session whose time somebody declined early enough does not keep it.
func reacted(e *evidence) (wrong []string) {
	for _, a := range e.acts {
		if a.Do != "decline" || !a.Heard {
			continue
		}
		x, found := e.session(strings.TrimPrefix(a.Event, "event/"))
		if !found || x.Slot == nil || x.State != session.Booked && x.State != session.Ended || len(x.Tried) > 0 {
			continue
		}
		if left := x.Slot.Start.Sub(a.At) - e.down(a.At, x.Slot.Start); left > e.clock.Virtual(overdue) {
			wrong = append(wrong, fmt.Sprintf("session %s keeps its time although it was declined at %s, %s before it", x.ID, a.At.Format("Mon 15:04"), x.Slot.Start.Sub(a.At)))
		}
	}
	return wrong
}
