package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/teams"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// once: every effect carries its identity, and none happened twice.
func once(e *evidence) (wrong []string) {
	seen := map[string]m365sim.Entry{}
	for _, j := range e.journal {
		switch j.What {
		case "event.created", "event.cancelled", "card.sent", "mail.sent":
		case "text.sent":
			wrong = append(wrong, fmt.Sprintf("a bare text was sent (journal %d): nobody could tell whether it came twice", j.Seq))
			continue
		default:
			continue
		}
		if j.Key == "" {
			wrong = append(wrong, fmt.Sprintf("%s without an identity (journal %d)", j.What, j.Seq))
			continue
		}
		if first, twice := seen[j.What+j.Key]; twice {
			wrong = append(wrong, fmt.Sprintf("%s twice: %s at %s and %s", j.What, e.promise(j), first.At.Format("Mon 15:04"), j.At.Format("Mon 15:04")))
		}
		seen[j.What+j.Key] = j
	}
	return append(wrong, movedOnce(e)...)
}

// movedOnce: an event was given another time exactly as often as the ledger says. Of a move
// that was called off while it was in doubt nobody can say, and nobody needs to.
func movedOnce(e *evidence) (wrong []string) {
	moves, open := map[string]int{}, map[string]int{}
	for _, j := range e.journal {
		if j.What == "event.moved" {
			moves[j.Key]++
		}
	}
	for key, r := range e.rows {
		kind, rest, _ := strings.Cut(key, "/")
		if kind != "move" {
			continue
		}
		event := "event/" + rest[:strings.LastIndex(rest, "/")]
		if r.State == jobs.Sent {
			moves[event]--
		} else if e.calledOff(event) {
			open[event]++
		}
	}
	for key, n := range moves {
		if n < 0 || n > open[key] {
			wrong = append(wrong, fmt.Sprintf("%s was moved %+d times more than the ledger says", key, n))
		}
	}
	return wrong
}

// promise is the ledger's name of an effect, as far as it has one.
func (e *evidence) promise(j m365sim.Entry) string {
	for key := range e.rows {
		if journalKey(key) == j.Key {
			return key
		}
	}
	return j.Key + " (" + j.Summary + ")"
}

// kept: what the ledger calls sent was seen outside, what was seen outside the ledger calls
// sent, and nothing is left in doubt.
func kept(e *evidence) (wrong []string) {
	seen := map[string]bool{}
	for _, j := range e.journal {
		seen[j.What+" "+j.Key] = true
	}
	promised := map[string]bool{}
	for key, r := range e.rows {
		effect := effectOf(key)
		switch {
		case r.State == jobs.Intent, r.State == jobs.Unknown:
			wrong = append(wrong, fmt.Sprintf("left in doubt: %s is %s since %s, seen outside: %v", key, r.State, r.At.Format("Mon 15:04"), seen[effect]))
		case r.State == jobs.Failed && (seen[effect] || !e.calledOff(key)):
			wrong = append(wrong, fmt.Sprintf("given up for good: %s, seen outside: %v", key, seen[effect]))
		case r.State == jobs.Sent && effect != "" && !seen[effect]:
			wrong = append(wrong, "lost: the ledger says sent, and nobody saw "+key)
		case r.State == jobs.Open && seen[effect]:
			wrong = append(wrong, "the ledger says not done, and somebody saw "+key)
		}
		promised[effect] = true
	}
	for _, j := range e.journal {
		switch j.What {
		case "event.created", "event.cancelled", "card.sent", "mail.sent":
			if !promised[j.What+" "+j.Key] {
				wrong = append(wrong, fmt.Sprintf("nobody promised %s of %s (%s)", j.What, j.At.Format("Mon 15:04"), j.Summary))
			}
		}
	}
	return wrong
}

// effectOf is what the journal calls the keeping of a promise, "" for what leaves no trace.
func effectOf(promise string) string {
	kind, rest, _ := strings.Cut(promise, "/")
	switch kind {
	case "card":
		return "card.sent " + teams.CardID(rest)
	case "event":
		return "event.created " + promise
	case "cancel":
		return "event.cancelled event/" + rest
	case "mail":
		_, message, _ := strings.Cut(rest, "/") // after the programme
		return "mail.sent " + message
	}
	return ""
}

// calledOff says whether a promise is an event that nobody needs any more.
func (e *evidence) calledOff(promise string) bool {
	x, found := e.session(strings.TrimPrefix(promise, "event/"))
	return found && (x.State == session.Cancelled || x.Slot == nil)
}

func (e *evidence) sent(promise string) bool { return e.rows[promise].State == jobs.Sent }

// prompted: a prompt that the session says was shown is in the ledger, and one that it says
// was passed over is not. A prompt that was shown and is not in the session was answered, or
// its time had passed, before that could be written down.
func prompted(e *evidence) (wrong []string) {
	for _, x := range e.sessions {
		for id, part := range x.Parts {
			for tag := range part.Told {
				key := "card/" + tag + "/" + x.ID + "/" + string(id)
				if shown := part.Shown(tag); shown != e.sent(key) && !e.members[id].Beyond {
					wrong = append(wrong, fmt.Sprintf("the session says shown %v, the ledger says %q: %s", shown, e.rows[key].State, key))
				}
			}
		}
	}
	return wrong
}

// invited: everybody in the group who is a person with a mailbox became a member and was
// asked, by card or by mail; whoever left the group is gone.
func invited(e *evidence) (wrong []string) {
	for id, d := range e.desks {
		p, ours := e.hired(mailOf(e, d))
		if !ours {
			continue
		}
		m, is := e.members[roster.ID(id)]
		gone := !p.Leaves.IsZero() && p.Leaves.Before(e.late())
		switch {
		case gone && is && m.Standing != roster.Gone:
			wrong = append(wrong, fmt.Sprintf("%s left the group and is still %s", p.Name, m.Standing))
		case gone: // perhaps before the group could be read
		case !is:
			wrong = append(wrong, p.Name+" never became a member")
		case m.Beyond && !e.sent("mail/"+programme+"/beyond/"+programme+"/"+id):
			wrong = append(wrong, p.Name+" cannot be reached in Teams and got no mail")
		case !m.Beyond && (m.Unasked("1") || !e.sent("card/invite/"+programme+"/1/"+id)):
			wrong = append(wrong, fmt.Sprintf("%s, %s, was not invited", p.Name, m.Standing))
		}
	}
	return wrong
}

// mailOf is the address of a desk's owner.
func mailOf(e *evidence, d m365sim.Desk) string {
	for _, p := range e.company.People {
		if p.Name == d.Name {
			return p.Mail
		}
	}
	return ""
}

// paired: whoever took part when the round began is in one of its groups or left over with a
// reason, nobody has two sessions, and every group has its session.
func paired(e *evidence) (wrong []string) {
	if len(e.rounds) != 1 {
		return []string{fmt.Sprintf("%d rounds instead of one", len(e.rounds))}
	}
	r := e.rounds[0]
	live, placed := map[roster.ID]int{}, map[roster.ID]bool{}
	for _, x := range e.sessions {
		for _, id := range x.Present() {
			if x.State != session.Cancelled {
				live[id]++
			}
		}
	}
	for _, g := range r.Groups {
		if _, exists := e.session(session.ID(programme, r.Number, g.People)); !exists {
			wrong = append(wrong, fmt.Sprintf("the group %v has no session", g.People))
		}
		for _, id := range g.People {
			placed[id] = true
		}
	}
	for _, l := range r.Left {
		placed[l.ID] = true
		_, alone := e.session(session.ID(programme, r.Number, []roster.ID{l.ID})) // lost the partner later
		if e.office(l.ID).Into(r.Since).Before(e.late()) && !alone && !e.sent(unpaired(l.ID)) && !e.members[l.ID].Beyond {
			wrong = append(wrong, fmt.Sprintf("%s has no partner and was not told so", l.ID))
		}
	}
	for _, x := range e.sessions {
		in := slices.ContainsFunc(r.Groups, func(g match.Group) bool { return session.ID(programme, r.Number, g.People) == x.ID })
		if len(x.People) > 1 && !in {
			wrong = append(wrong, "the round does not know of the session "+x.ID)
		}
	}
	for id, m := range e.members {
		if live[id] > 1 {
			wrong = append(wrong, fmt.Sprintf("%s has %d sessions in one round", m.Person.Name, live[id]))
		}
		takesPart := e.may(id, r.Since)
		sure := takesPart[roster.In] && len(takesPart) == 1 && m.Standing != roster.Gone
		if early := m.Consent.At.Before(r.At) && !m.Consent.At.IsZero(); early && sure && !placed[id] && !m.Beyond {
			wrong = append(wrong, m.Person.Name+" said yes before the round and is nowhere in it")
		}
	}
	if !r.Open || len(r.Freed) > 0 && r.Since.Before(e.late()) {
		wrong = append(wrong, fmt.Sprintf("the round is not done: booked %v, still without a partner %v", r.Open, r.Freed))
	}
	return wrong
}

// unpaired is the promise to tell somebody that the round has no partner for them.
func unpaired(id roster.ID) string {
	sum := sha256.Sum256([]byte("unpaired/" + session.RoundID(programme, 1) + "/" + string(id)))
	return "card/reply/" + hex.EncodeToString(sum[:16]) + "/" + string(id)
}

// planned: nothing is overdue, what is due is what the documents say, and every session and
// pulse is where it must be by now.
func planned(e *evidence) (wrong []string) {
	due := map[string]bool{}
	for _, s := range e.due {
		due[jobs.TaskID(s)] = true
		if s.At.Before(e.late()) {
			wrong = append(wrong, fmt.Sprintf("overdue since %s: %s of %s %s", s.At.Format("Mon 15:04"), s.Kind, s.ID, s.Who))
		}
	}
	for _, x := range e.sessions {
		for _, s := range x.Steps(e.office) {
			if !due[jobs.TaskID(s)] {
				wrong = append(wrong, fmt.Sprintf("nobody will do %s of %s %s", s.Kind, s.ID, s.Who))
			}
		}
		slow := x.Since.Before(e.late())
		switch {
		case slow && (x.State == session.Planned || x.State == session.Moving):
			wrong = append(wrong, fmt.Sprintf("session %s is %s since %s", x.ID, x.State, x.Since.Format("Mon 15:04")))
		case x.State == session.Booked && x.Slot.End.Before(e.late()):
			wrong = append(wrong, "session "+x.ID+" is over and nobody noticed")
		case slow && x.State == session.Cancelled && !x.Cleared:
			wrong = append(wrong, "session "+x.ID+" is called off and not cleared")
		}
	}
	return append(wrong, pulsed(e)...)
}

// pulsed: the pulse of the month was opened once, asked of everybody it should be, closed,
// told, and its single answers are destroyed.
func pulsed(e *evidence) (wrong []string) {
	if len(e.pulses) != 1 {
		return []string{fmt.Sprintf("%d pulses instead of one", len(e.pulses))}
	}
	p := e.pulses[0]
	voices := map[roster.ID]insight.Voice{}
	for _, v := range e.voices {
		voices[v.Who] = v
	}
	for _, id := range p.Invited {
		v, is := voices[id]
		if _, reachable := p.Voice(id, e.office(id)); !is && reachable {
			wrong = append(wrong, fmt.Sprintf("the pulse does not know that %s is to be asked", id))
		}
		for what, done := range map[string]bool{"ask": v.Asked, "tell": v.Told} {
			if e.sent("card/"+p.Ref()+"/"+what+"/"+string(id)) && !done {
				wrong = append(wrong, fmt.Sprintf("the ledger says %s of the pulse was shown to %s, the pulse does not", what, id))
			}
		}
	}
	if p.Closes.Before(e.late()) && (p.Report == nil || !p.Buried || len(e.ballots) > 0) {
		wrong = append(wrong, fmt.Sprintf("the pulse is over: reported %v, answers destroyed %v, ballots left %+v", p.Report != nil, p.Buried, e.ballots))
	}
	return wrong
}

// inCalendars: the events in the calendars are the sessions' times, and nothing else of ours
// stands there.
func inCalendars(e *evidence) (wrong []string) {
	stands := map[string]m365sim.EventView{}
	for _, d := range e.desks {
		for _, v := range d.Calendar {
			if v.Key != "" && v.Response == "organizer" && !v.Cancelled {
				if _, twice := stands[v.Key]; twice {
					wrong = append(wrong, "two events stand for "+v.Key)
				}
				stands[v.Key] = v
			}
		}
	}
	for _, x := range e.sessions {
		v, there := stands["event/"+x.ID]
		delete(stands, "event/"+x.ID)
		settled := x.Since.Before(e.late())
		switch wanted := x.Slot != nil && (x.State == session.Booked || x.State == session.Ended); {
		case !settled:
		case wanted && !there:
			wrong = append(wrong, fmt.Sprintf("session %s is %s and in nobody's calendar", x.ID, x.State))
		case !wanted && there:
			wrong = append(wrong, fmt.Sprintf("session %s is %s and still in the calendars", x.ID, x.State))
		case wanted && (!v.Start.Equal(x.Slot.Start) || !v.End.Equal(x.Slot.End)):
			wrong = append(wrong, fmt.Sprintf("session %s is at %s, its event at %s", x.ID, x.Slot.Start, v.Start))
		case wanted:
			wrong = append(wrong, e.guests(x, v)...)
		}
	}
	for key := range stands {
		wrong = append(wrong, "an event without a session stands in the calendars: "+key)
	}
	return wrong
}

// guests: everybody of a booked session has it in their own calendar at its time.
func (e *evidence) guests(x session.Session, event m365sim.EventView) (wrong []string) {
	if len(event.Attendees) != len(x.People) {
		wrong = append(wrong, fmt.Sprintf("the event of session %s has %d guests instead of %d", x.ID, len(event.Attendees), len(x.People)))
	}
	for _, a := range event.Attendees {
		if a.Response == "declined" {
			continue // it may be out of their calendar
		}
		found := false
		for _, v := range e.desks[a.ID].Calendar {
			found = found || v.Ours && !v.Cancelled && v.Start.Equal(x.Slot.Start) && v.End.Equal(x.Slot.End)
		}
		if !found {
			wrong = append(wrong, fmt.Sprintf("session %s is not in the calendar of %s", x.ID, a.Name))
		}
	}
	return wrong
}
