package jobs

import (
	"cmp"
	"context"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Job is one kind of work.
type Job struct {
	Kind    string        // noun:verb, constant for ever, none the prefix of another
	About   string        // the noun of the document it works on
	When    string        // when it is due, for people
	Outside string        // what it does outside
	Repeat  string        // what happens when it runs again
	Outward bool          // something leaves; waits while sending is off
	Limit   time.Duration // the longest one run may take, on the wall
	run     func(*Crew, context.Context, cadence.Step) error
}

const (
	quick = time.Minute      // one document, one or two requests
	long  = 10 * time.Minute // a whole group: directory, free/busy
)

// Jobs lists every kind of work, in the order of the flow.
var Jobs = []Job{
	{KindRoster, BeatNoun, "every few hours", "reads the group, its people and their mailbox settings", "reads again; members are written only when they changed", false, long, (*Crew).syncRoster},
	{KindInvite, MemberNoun, "when somebody joins the group or the consent text changes", "shows the invitation", "the ledger answers the first card", true, quick, (*Crew).invite},
	{KindCut, MemberNoun, "when somebody pauses, leaves, is gone or forgotten", "nothing; the sessions' own jobs call off the events", "sessions already called off stay so", false, quick, (*Crew).cut},
	{KindRest, MemberNoun, "when somebody was silent after three sessions running", "shows a card with the way back", "the ledger answers the first card", true, quick, (*Crew).rest},
	{KindRound, BeatNoun, "at the programme's beat", "nothing", "the round of a beat is made once", false, long, (*Crew).openRound},
	{session.KindRoundBook, session.RoundNoun, "when a round was paired", "reads everybody's free/busy in one batch", "sessions that exist stay as they are", false, long, (*Crew).bookRound},
	{session.KindRoundRepair, session.RoundNoun, "when somebody lost their partner", "reads free/busy of those concerned", "people already paired again are left alone", false, long, (*Crew).repairRound},
	{session.KindBook, session.Noun, "when a session has people", "reads two mailboxes, creates the event and its invites, reads it back", "same transactionId; the ledger answers the first event", true, quick, (*Crew).bookSession},
	{session.KindMove, session.Noun, "when somebody declined, proposed or chose another time, or cannot keep it", "reads two mailboxes, gives the event another time, reads it back", "the time is chosen once and the change is idempotent", true, quick, (*Crew).moveSession},
	{session.KindAgenda, session.Noun, "when somebody chose another playbook", "rewrites the event's title and agenda", "the rewriting is idempotent", true, quick, (*Crew).rewriteAgenda},
	{session.KindEnd, session.Noun, "when the session's time is over", "nothing", "an ended session stays ended", false, quick, (*Crew).endSession},
	{session.KindCancel, session.Noun, "when a session is called off", "cancels the event", "an event that is gone is success", true, quick, (*Crew).cancelSession},
	{session.KindPrompt, session.Noun, "pairing, preparation, guide, closing: each at its time", "shows a card", "the ledger answers the first card", true, quick, (*Crew).promptPerson},
	{session.KindAsk, session.Noun, "forty-eight hours after a commitment, in working hours", "shows a card", "the ledger answers the first card", true, quick, (*Crew).promptPerson},
	{session.KindRemind, session.Noun, "two days after an unanswered follow-up, once", "shows a card", "the ledger answers the first card", true, quick, (*Crew).promptPerson},
	{KindWatch, BeatNoun, "every few minutes", "reads what changed in the service mailbox's calendar", "reads again from the same cursor", false, quick, (*Crew).watchCalendar},
	{KindListen, BeatNoun, "once a day, where the calendar service can reach us", "renews the subscription to changes of the service mailbox", "renews again", false, quick, (*Crew).keepListening},
	{KindReview, BeatNoun, "every few hours", "reads free/busy of everybody with a session ahead", "sessions that moved already stay", false, long, (*Crew).reviewCalendars},
	{KindCarry, OfferNoun, "when a curator decided about an offer", "publishes an edition of a playbook, or brings the former one back", "an offer is published once", false, quick, (*Crew).carryOffer},
	{KindHear, OfferNoun, "when its author should hear of that, in their working hours", "shows a card", "the ledger answers the first card", true, quick, (*Crew).hearOffer},
	{KindPulse, BeatNoun, "once a month", "nothing", "the pulse of a month is opened once", false, quick, (*Crew).openPulse},
	{insight.KindAsk, insight.VoiceNoun, "when a pulse opens, in working hours", "shows a card", "the ledger answers the first card", true, quick, (*Crew).askPulse},
	{insight.KindClose, insight.PulseNoun, "seven days after it opened", "nothing", "a closed pulse stays closed; its answers are destroyed", false, quick, (*Crew).closePulse},
	{insight.KindTell, insight.VoiceNoun, "when a pulse closed", "shows a card", "the ledger answers the first card", true, quick, (*Crew).tellPulse},
	{KindSettle, PromiseNoun, "when nobody wrote down what became of a promise", "asks whether it was kept", "asks again", false, quick, (*Crew).settlePromise},
	{KindReply, ReplyNoun, "when somebody typed something, or has no partner this round", "shows a card", "the ledger answers the first card", true, quick, (*Crew).sendReply},
}

// jobOf finds a kind.
func jobOf(kind string) (Job, bool) {
	for _, j := range Jobs {
		if j.Kind == kind {
			return j, true
		}
	}
	return Job{}, false
}

// Run does one step. A step that is no longer due does nothing.
func (c *Crew) Run(ctx context.Context, s cadence.Step) error {
	j, ok := jobOf(s.Kind)
	if !ok {
		return nil // of another release; its document still says what is due
	}
	if j.Outward {
		if on, err := c.Ledger.sends(ctx); err != nil || !on {
			return cmp.Or(err, ErrSendingOff)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, j.Limit)
	defer cancel()
	began := time.Now()
	err := j.run(c, ctx, s)
	if c.Done != nil {
		c.Done(s.Kind, outcome(err), time.Since(began))
	}
	c.Troubles.note(s.Kind, err)
	if err == nil && c.Tell != nil {
		c.Tell(s)
	}
	return err
}
