package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/slots"
)

// FreeBusy reads when people are busy.
type FreeBusy struct {
	c       *Client
	mailbox string
}

// The service's limits on one getSchedule.
const (
	scheduleMailboxes = 20
	scheduleWindow    = 62 * 24 * time.Hour // the window must be shorter
)

// The problems that a Calendar carries beside the service's own codes.
const (
	NoAnswer   = "NoAnswer"   // the service left the mailbox out, or took too long over it alone
	NoDetails  = "NoDetails"  // busy, but not when
	Unreadable = "Unreadable" // times that cannot be understood
)

// The parts of a schedule that we read. Subjects and places are not among them: they are
// dropped by never being read.
type (
	scheduleJSON struct {
		Mailbox string     `json:"scheduleId"`
		View    string     `json:"availabilityView"`
		Items   []*item    `json:"scheduleItems"`
		Hours   *hoursJSON `json:"workingHours"`
		Error   *struct {
			Code string `json:"responseCode"`
		} `json:"error"`
	}
	item struct {
		Status string  `json:"status"`
		Start  timeEnd `json:"start"`
		End    timeEnd `json:"end"`
	}
	timeEnd struct {
		Clock string `json:"dateTime"`
		Zone  string `json:"timeZone"`
	}
)

// Busy reads the window (shorter than 62 days) for all mailboxes: twenty in a request,
// twenty requests in a batch. It answers by mailbox address exactly as given; a mailbox
// that does not answer is a Calendar with a Problem. A throttled or failing service is an
// error for the whole call, with RetryAfter. Nothing is asked twice, except that a request
// that took too long, or that was refused because of one of its mailboxes, is halved, and
// that with Options.Pause the parts of a batch that were throttled or failed are asked again,
// and only they: each at most three times, after at most five seconds.
//
// Needs Calendars.ReadBasic (or more).
func (f *FreeBusy) Busy(ctx context.Context, mailboxes []string, w slots.Window) (map[string]slots.Calendar, error) {
	if !w.End.After(w.Start) || w.End.Sub(w.Start) >= scheduleWindow {
		return nil, &Error{op: "read free/busy times", permanent: true, advice: "the window must be positive and shorter than 62 days"}
	}
	r := &reading{f: f, w: w, size: batchSize, out: map[string]slots.Calendar{}}
	for rest := distinct(mailboxes); len(rest) > 0; {
		n := min(scheduleMailboxes, len(rest))
		r.queue, rest = append(r.queue, part{mailboxes: rest[:n]}), rest[n:]
	}
	for {
		for len(r.queue) > 0 {
			if err := r.next(ctx); err != nil {
				return nil, err
			}
		}
		if len(r.later) == 0 {
			return r.out, nil
		}
		if err := r.rest(ctx); err != nil {
			return nil, err
		}
	}
}

// distinct drops repeated and empty addresses.
func distinct(mailboxes []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, m := range mailboxes {
		if m != "" && !seen[m] {
			seen[m] = true
			out = append(out, m)
		}
	}
	return out
}

// How a part that was throttled or failed is asked again within the same call. Who has to
// wait longer comes back with a call of its own.
const (
	partTries   = 3
	partWait    = time.Second     // when the service names none
	longestRest = 5 * time.Second // it names 2 to 10
)

// part is a group of mailboxes that is asked in one request of a batch.
type part struct {
	mailboxes []string
	tries     int // so far
}

// reading is one Busy on its way.
type reading struct {
	f        *FreeBusy
	w        slots.Window
	queue    []part // still to be asked
	size     int    // parts in the next batch
	answered bool   // the service has answered at least once
	out      map[string]slots.Calendar

	later []part        // to be asked again after
	pause time.Duration // the longest wait that one of them wants
	why   error         // one of them was not answered
}

// next sends one batch and puts what has to be asked in smaller pieces back into the queue.
func (r *reading) next(ctx context.Context) error {
	n := min(r.size, len(r.queue))
	now := r.queue[:n]
	items := make([]inner, n)
	for i, p := range now {
		items[i] = r.ask(p.mailboxes)
	}
	q := call{op: "read free/busy times", mailbox: r.f.mailbox, needs: "Calendars.ReadBasic"}
	got, err := r.f.c.batch(ctx, q, items)
	if tooSlow(err) {
		if n > 1 {
			r.size = n / 2
			return nil
		}
		r.queue = r.queue[1:]
		return r.halve(now[0], err)
	}
	if err != nil {
		return err
	}
	r.queue = r.queue[n:]
	for i, p := range now {
		if err := r.take(q, p, got[i]); err != nil {
			return err
		}
	}
	return nil
}

// rest waits before the parts that were not answered are asked again. When the caller's time
// ends first, what they were not answered with is the error.
func (r *reading) rest(ctx context.Context) error {
	if r.f.c.pause(ctx, r.pause) != nil {
		return r.why
	}
	r.queue, r.later, r.pause = r.later, nil, 0
	return nil
}

// again puts a part off, if it may be asked again in this call. (A token or a permission that
// is refused names a longer wait.)
func (r *reading) again(p part, o outcome, err *Error) bool {
	wait := max(err.after, partWait)
	if p.tries++; r.f.c.pause == nil || !o.passing() || p.tries >= partTries || wait > longestRest {
		return false
	}
	r.later, r.pause, r.why = append(r.later, p), max(r.pause, wait), err
	return true
}

// tooSlow says whether the service took too long over what it was asked.
func tooSlow(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.slow || status(e) == http.StatusGatewayTimeout)
}

// ask is the getSchedule request for a group of mailboxes.
func (r *reading) ask(group []string) inner {
	at := func(t time.Time) map[string]string {
		return map[string]string{"dateTime": t.UTC().Format(wallClock), "timeZone": "UTC"}
	}
	return inner{method: "POST", url: "/users/" + url.PathEscape(r.f.mailbox) + "/calendar/getSchedule", body: map[string]any{
		"schedules": group, "startTime": at(r.w.Start), "endTime": at(r.w.End), "availabilityViewInterval": 30,
	}}
}

// take reads one inner answer.
func (r *reading) take(q call, p part, o outcome) error {
	err := o.failed(q)
	switch {
	case err != nil && (o.status == http.StatusGatewayTimeout || o.status == http.StatusBadRequest):
		return r.halve(p, err)
	case err != nil && r.again(p, o, err):
		return nil
	case err != nil:
		return err
	}
	var in struct {
		Value []*scheduleJSON `json:"value"`
	}
	if json.Unmarshal(o.body, &in) != nil {
		return unreadable(q)
	}
	r.answered = true
	found := map[string]*scheduleJSON{}
	for _, s := range in.Value {
		if s != nil {
			found[strings.ToLower(s.Mailbox)] = s
		}
	}
	for _, m := range p.mailboxes {
		r.out[m] = found[strings.ToLower(m)].calendar()
	}
	return nil
}

// halve asks the two halves of a part in place of the whole. A single mailbox that cannot
// be halved has a Problem; but a service that has not answered anything at all is an error,
// or a long silence would be mistaken for many silent mailboxes.
func (r *reading) halve(p part, cause error) error {
	group := p.mailboxes
	if n := len(group) / 2; n > 0 {
		r.queue = append([]part{{group[:n], p.tries}, {group[n:], p.tries}}, r.queue...) // first, to know soon who it is
		return nil
	}
	if tooSlow(cause) {
		if !r.answered {
			return cause
		}
		r.out[group[0]] = slots.Calendar{Problem: NoAnswer}
		return nil
	}
	r.out[group[0]] = slots.Calendar{Problem: problem(status(cause), code(cause))}
	return nil
}

// calendar answers what one mailbox said; nil is a mailbox that was left out.
func (s *scheduleJSON) calendar() slots.Calendar {
	switch {
	case s == nil:
		return slots.Calendar{Problem: NoAnswer}
	case s.Error != nil:
		if code := tidy(s.Error.Code); code != "" {
			return slots.Calendar{Problem: code}
		}
		return slots.Calendar{Problem: NoAnswer}
	case len(s.Items) == 0 && strings.Trim(s.View, "0") != "":
		return slots.Calendar{Problem: NoDetails}
	}
	var out slots.Calendar
	for _, it := range s.Items {
		if it == nil {
			continue
		}
		start, err1 := moment(it.Start.Clock, it.Start.Zone)
		end, err2 := moment(it.End.Clock, it.End.Zone)
		if err1 != nil || err2 != nil {
			return slots.Calendar{Problem: Unreadable}
		}
		out.Events = append(out.Events, slots.Event{Start: start, End: end, Status: busyStatus(it.Status)})
	}
	if h := s.Hours.hours(); len(h.Days) > 0 {
		out.Hours = &h
	}
	return out
}

// busyStatus answers the service's status, "unknown" for one that we do not know.
func busyStatus(s string) string {
	switch s {
	case "free", "tentative", "busy", "oof", "workingElsewhere":
		return s
	}
	return "unknown"
}
