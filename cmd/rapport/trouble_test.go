package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// Stories in which Microsoft 365 is in trouble, or people cannot be reached.

func TestWhoTeamsCannotReachIsMarkedAndGetsOneMail(t *testing.T) {
	t.Parallel()
	people := three()
	people[1].NoApp = true
	people[2].Blocked = true
	w := newTown(t, people)
	w.At("Mon 19 Oct 12:00")
	for _, who := range []string{"Ben", "Cleo"} {
		if m := w.member(who); !m.Beyond || m.Eligible("1") {
			t.Errorf("%s cannot be reached and is %+v", who, m)
		}
		if mails := w.desk(who).Mail; len(mails) != 1 || !strings.Contains(mails[0].Subject, says("mail.beyond.title", "Peer coaching")) {
			t.Errorf("%s got the mails %+v, expected is one that says how to be reached", who, mails)
		}
		if n := len(w.desk(who).Chat); n != 0 {
			t.Errorf("%s got %d messages although Teams refuses them", who, n)
		}
	}
	if n := len(w.desk("Ana").Mail); n != 0 {
		t.Errorf("Ana can be reached in Teams and got %d mails", n)
	}
	_, err := w.tenant.Act(t.Context(), m365sim.Do{Person: string(w.id("Ben")), Do: "install"})
	w.must(err)
	w.After(day)
	w.Sees("Ben", invitation)
	w.Join("Ana", "Ben")
	w.At("Wed 21 Oct 12:00")
	w.Sees("Ben", says("pairing.title", "Ana Alves"))
	w.audit()
}

func TestGuestsRoomsAndBlockedAccountsAreSkippedWithAReason(t *testing.T) {
	t.Parallel()
	w := newTown(t, append(two(), employee{Name: "Guy Guest", Guest: true, NoMailbox: true}, employee{Name: "Dis Abled", Disabled: true},
		employee{Name: "Room Spree", Purpose: "room"}, employee{Name: "Info Desk", Purpose: "shared"}, employee{Name: "Sam Frontline", NoMailbox: true}))
	w.At("Tue 6 Oct 12:00")
	var skipped jobs.Skipped
	_, err := w.store.Load(t.Context(), jobs.SkippedNoun, "peers", &skipped)
	w.must(err)
	reasons := map[roster.Reason]int{}
	for _, s := range skipped.People {
		reasons[s.Reason]++
	}
	want := map[roster.Reason]int{roster.Guest: 1, roster.Disabled: 1, roster.NotAPerson: 2, roster.NoMailbox: 1}
	if fmt.Sprint(reasons) != fmt.Sprint(want) {
		t.Errorf("skipped are %v, expected are %v", reasons, want)
	}
	members, err := w.store.IDs(t.Context(), jobs.MemberNoun)
	w.must(err)
	if len(members) != 2 {
		t.Errorf("%d are members, two are people", len(members))
	}
	for _, e := range w.tenant.Journal() {
		if len(e.To) != 1 || e.To[0] != string(w.id("Ana")) && e.To[0] != string(w.id("Ben")) {
			t.Errorf("%s went to somebody who is no colleague", e.What)
		}
	}
}

// silent is a tenant in which one mailbox does not say when it is busy.
type silent struct {
	jobs.FreeBusy
	mailbox string
}

func (s silent) Busy(ctx context.Context, mailboxes []string, w slots.Window) (map[string]slots.Calendar, error) {
	all, err := s.FreeBusy.Busy(ctx, mailboxes, w)
	if _, asked := all[s.mailbox]; asked {
		all[s.mailbox] = slots.Calendar{Problem: "ErrorMailboxMoveInProgress"}
	}
	return all, err
}

func TestAMailboxThatErrorsConcernsItsOwnPairAlone(t *testing.T) {
	t.Parallel()
	people := crowd(4)
	w := newTown(t, people)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ada", "Bo", "Cy", "Di")
	p := w.app.crew.Programmes["peers"]
	p.FreeBusy = silent{p.FreeBusy, "ada@story.example"}
	w.must(w.tenant.SetFaults(m365sim.Fault{Match: m365sim.Match{Path: string(w.id("Ada")) + "/mailboxSettings"}, Do: "fail", Status: 404}))
	w.At("Wed 7 Oct 10:01")
	x := w.sessions("Ada")[0]
	if x.State != session.Asynchronous || x.Why != session.Unseen || x.Time.Status != slots.NoCalendar {
		t.Errorf("Ada's session is %s (%s), because of %+v", x.State, x.Why, x.Time)
	}
	w.Sees("Ada", says("async.title"), says("async.why.unseen"))
	if log := w.logs.String(); !strings.Contains(log, "check these mailboxes") || !strings.Contains(log, string(w.id("Ada"))) {
		t.Errorf("the log does not say which mailbox to look after: %s", log)
	}
	partner := x.Partners(w.id("Ada"))[0]
	for _, who := range []string{"Bo", "Cy", "Di"} {
		if w.id(who) != partner {
			w.Meeting(who)
		}
	}
	if m := w.member("Ada"); m.Standing != roster.In {
		t.Errorf("a mailbox that cannot be read today made Ada %s", m.Standing)
	}
	w.audit()
}

func TestNothingLeavesWhileSendingIsOff(t *testing.T) {
	t.Parallel()
	w := newTown(t, three(), where(func(c *config.Config) { c.Send = false }))
	w.At("Wed 14 Oct 12:00")
	if n := len(w.tenant.Journal()); n > 0 {
		t.Fatalf("sending is off and %d things left", n)
	}
	outlook, err := w.app.crew.Outlook(t.Context(), "peers")
	w.must(err)
	if len(outlook.Joiners) != 3 {
		t.Errorf("the plan shows %d people to be asked, there are three", len(outlook.Joiners))
	}
	var out bytes.Buffer
	w.app.printOutlook(&out, "Peer coaching", outlook)
	for _, want := range []string{"Ana Alves", "no pairs yet", "Nothing was sent."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the plan does not say %q:\n%s", want, out.String())
		}
	}
	w.start(actWithin, func(c *config.Config) { c.Send = true })
	w.After(2 * time.Hour)
	w.Sees("Ana", invitation)
	w.audit()
}

// A plan with people who said yes shows pairs, and still sends nothing.
func TestThePlanShowsWhatTheNextRoundWillDo(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	before, journal := w.everything(), len(w.tenant.Journal())
	outlook, err := w.app.crew.Outlook(t.Context(), "peers")
	w.must(err)
	if w.everything() != before || len(w.tenant.Journal()) != journal {
		t.Error("planning changed something")
	}
	if len(outlook.Sessions) != 1 || outlook.Sessions[0].Slot == nil {
		t.Fatalf("the plan shows %+v", outlook.Sessions)
	}
	w.At("Wed 7 Oct 10:01")
	if got := w.sessions("Ana"); len(got) != 1 || got[0].ID != outlook.Sessions[0].ID {
		t.Error("another pair was made than was planned")
	}
}

func TestAMissingPermissionIsNamedAndReadinessSaysNoMeanwhile(t *testing.T) {
	t.Parallel()
	for path, needs := range map[string]string{
		"/v1.0/groups/": "grant GroupMember.Read.All and User.Read.All",
		"/events$":      "grant Calendars.ReadWrite",
		"getSchedule":   "grant Calendars.ReadBasic",
	} {
		t.Run(needs, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, two())
			w.rough = true
			if path != "/v1.0/groups/" {
				w.At("Mon 5 Oct 12:00")
				w.Join("Ana", "Ben")
			}
			w.must(w.tenant.SetFaults(m365sim.Fault{Match: m365sim.Match{Path: path}, Do: "fail", Status: 403}))
			w.At("Wed 7 Oct 12:00")
			if len(w.failures) == 0 {
				t.Fatal("nothing failed without the permission")
			}
			if len(w.failures) > 700 {
				t.Errorf("it was tried %d times in two days, more often than every five minutes", len(w.failures))
			}
			for _, err := range w.failures {
				if !strings.Contains(err.Error(), needs) {
					t.Errorf("one reads: %v", err)
				}
			}
			if err := w.app.crew.Troubles.Probe(t.Context()); err == nil || !strings.Contains(err.Error(), needs) {
				t.Errorf("readiness says %v", err)
			}
			w.must(w.tenant.SetFaults())
			w.At("Thu 8 Oct 12:00")
			if err := w.app.crew.Troubles.Probe(t.Context()); err != nil {
				t.Errorf("it works again and readiness says %v", err)
			}
			w.audit()
		})
	}
}

// busyTown is a company whose people act by themselves.
func busyTown(t testing.TB, seed uint64, people int) *town {
	return newTown(t, nil, func(s *setting) {
		s.tenant.TenantFile, s.tenant.Passive, s.tenant.People, s.tenant.Seed, s.tenant.Weeks = nil, false, people, seed, 4
		s.within = 500 * time.Millisecond
	})
}

// faults are all the ways in which a tenant fails, each now and then. The service's signing
// keys stay readable: whoever cannot read them waits ten seconds on the wall, which is the
// whole of a story; integrations/teams has its own tests for that.
func faults(chance float64) (all []m365sim.Fault) {
	for _, f := range []m365sim.Fault{
		{Do: "throttle", RetryAfter: 1}, {Do: "fail", Status: 503}, {Do: "fail", Status: 500}, {Do: "fail", Status: 504}, {Do: "garbage"},
		{Do: "empty-error", Status: 503}, {Do: "empty-error", Status: 500}, {Do: "drop-reply"},
	} {
		f.Chance = chance
		f.Match.Path = `^/v1\.0/|^/v3/|/oauth2/`
		all = append(all, f)
	}
	return all
}

func TestATenantInTroubleDelaysButLosesAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("plays four weeks of trouble")
	}
	t.Parallel()
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := busyTown(t, seed, 10)
			w.rough = true
			w.must(w.tenant.SetFaults(faults(0.03)...))
			w.At("Wed 28 Oct 12:00")
			hits := 0
			for _, f := range w.tenant.Faults() {
				hits += f.Hits
			}
			w.must(w.tenant.SetFaults())
			w.At("Fri 6 Nov 12:00")
			if hits < 50 || len(w.failures) == 0 {
				t.Fatalf("there were %d faults and %d failures: this story proves nothing", hits, len(w.failures))
			}
			w.audit()
			c, err := count(t.Context(), w.store, w.tenant)
			w.must(err)
			if c.Invited == 0 || c.Consented == 0 || c.Booked == 0 || c.Held == 0 || c.FollowupsSent == 0 {
				t.Errorf("little came of it: %+v", c)
			}
			w.answersKept()
		})
	}
}

// answersKept asks whether everything people told rapport, and were thanked for, is written down.
func (w *town) answersKept() {
	w.Helper()
	for _, a := range w.tenant.Acts() {
		if a.Do != "press" || !a.Heard || !strings.HasPrefix(a.Ref, "session/") {
			continue
		}
		var x session.Session
		_, err := w.store.Load(w.Context(), session.Noun, session.OfRef(a.Ref), &x)
		w.must(err)
		part := x.Parts[roster.ID(a.Person)]
		if part == nil || part.Out {
			continue // they left meanwhile
		}
		switch a.Verb {
		case prompt.Close:
			if part.Closing == nil {
				w.Errorf("an answer of %s is lost", a.At)
			}
		case prompt.FollowUp:
			if part.FollowUp == nil || part.FollowUp.Answered.IsZero() {
				w.Errorf("what came of a commitment, told %s, is lost", a.At)
			}
		}
	}
}

// The connector took the card and its answer was lost. Before rapport could ask whether the
// card arrived, the person had answered it.
func TestACardInDoubtThatIsAnsweredMeanwhileIsNotShownAgain(t *testing.T) {
	t.Parallel()
	lost := m365sim.Fault{Match: m365sim.Match{Method: "POST", Path: "/v3/conversations/.+/activities"}, Do: "drop-reply", Times: 1}
	look := m365sim.Fault{Match: m365sim.Match{Method: "GET", Path: "/v1.0/.*installedApps"}, Do: "fail", Status: 503, Times: 3}
	t.Run("invitation", func(t *testing.T) {
		w := newTown(t, two())
		w.rough = true
		w.At("Mon 5 Oct 08:30")
		w.must(w.tenant.SetFaults(lost, look))
		w.At("Mon 5 Oct 09:00")
		for _, who := range []string{"Ana", "Ben"} {
			if w.Got(who, invitation) > 0 {
				w.Presses(who, "consent:yes")
			}
		}
		w.At("Mon 5 Oct 17:00")
		for _, who := range []string{"Ana", "Ben"} {
			if n := w.Got(who, invitation); n != 1 {
				t.Errorf("%s was invited %d times", who, n)
			}
		}
		w.audit()
	})
	t.Run("pulse", func(t *testing.T) {
		w := newTown(t, crowd(6))
		w.rough = true
		w.At("Mon 5 Oct 12:00")
		w.Join("Ada", "Bo", "Cy", "Di", "Ed", "Flo")
		w.At("Mon 26 Oct 09:59")
		w.must(w.tenant.SetFaults(lost, look))
		w.At("Mon 26 Oct 10:00")
		for _, p := range crowd(6) {
			w.Presses(firstName(p.Name), "pulse:answer", "confidence", "3")
		}
		w.At("Mon 26 Oct 17:00")
		for _, p := range crowd(6) {
			if n := w.Got(firstName(p.Name), says("pulse.title", "Peer coaching")); n != 1 {
				t.Errorf("%s was asked %d times", p.Name, n)
			}
		}
		w.audit()
	})
	t.Run("preparation", func(t *testing.T) {
		w := newTown(t, two())
		w.rough = true
		w.At("Mon 5 Oct 12:00")
		w.Join("Ana", "Ben")
		w.At("Wed 7 Oct 10:01")
		eve := intoWork(w.Meeting("Ana").Start.Add(-day))
		w.until(eve.Add(-time.Minute))
		w.must(w.tenant.SetFaults(lost, look))
		w.until(eve)
		for _, who := range []string{"Ana", "Ben"} {
			if w.Got(who, says("prepare.title")) > 0 {
				w.Presses(who, "session:agree")
			}
		}
		w.After(3 * time.Hour)
		for _, who := range []string{"Ana", "Ben"} {
			if n := w.Got(who, says("prepare.title")); n != 1 {
				t.Errorf("%s got the preparation %d times", who, n)
			}
		}
		w.audit()
	})
}

func TestWhoHasNotGotTheAppGetsItOnceAndIsInvited(t *testing.T) {
	t.Parallel()
	people := two()
	people[1].NoApp = true
	w := newTown(t, people, where(func(c *config.Config) { c.Bot.Install = true }))
	w.rough = true // a card that waits for the app comes back
	w.At("Mon 5 Oct 12:00")
	w.Sees("Ben", invitation)
	installed := 0
	for _, e := range w.tenant.Journal() {
		if e.What == "app.installed" {
			installed++
		}
	}
	if installed != 1 {
		t.Errorf("the app was installed %d times", installed)
	}
	if n := len(w.desk("Ben").Mail); n > 0 {
		t.Errorf("Ben was reached and got %d mails", n)
	}
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.Meeting("Ben")
	w.audit()
}
