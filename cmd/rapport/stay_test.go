package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/m365sim/desk"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/jobs"
)

// The page of `rapport demo --stay`, used as two people use it: everything here happens by
// the mouse and the keyboard in a real browser, and what is checked is what stands there.

func TestTwoPeopleGoThroughAWholeSessionOnThePage(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	browser := chromium(t)
	t.Parallel()
	w := stayed(t, two())
	ana, ben := sit(t, browser, w, "Ana Alves", deskByDay), sit(t, browser, w, "Ben Brandt", phoneByNight)

	ana.turn("Mon 5 Oct 09:00")
	joins(ana, "Giving feedback", "Active listening")
	joins(ben, "Active listening", "Giving feedback")

	ana.turn("Wed 7 Oct 10:00")
	brought(ana, "Ben Brandt", "Active listening")
	brought(ben, "Ana Alves", "Giving feedback")
	ana.turn("Wed 7 Oct 11:00") // nobody answers a card in the second it comes
	start, end := moved(ana, ben)

	ana.until(intoWork(start.Add(-day)))
	for _, c := range []*chair{ana, ben} {
		coming := says("prepare.title", "Listening sprint")
		c.reads(coming, says("prepare.bring"), says("prepare.agreements"))
		c.picture("5-prepare")
		c.press(coming, says("prepare.agree"))
		c.reads(coming, says("prepare.agreed"))
	}

	ana.press("", "Next session") // the button beside the clock
	ana.tells(start)
	for _, c := range []*chair{ana, ben} {
		guide := says("guide.title", "Listening sprint")
		c.reads(guide, says("guide.stuck"), "Ana Alves", "Ben Brandt", says("guide.join"))
		c.picture("6-guide")
	}

	ana.until(end)
	closes(ana, "Ben Brandt", says("closing.understood.5"), "my manager, about Friday")
	closes(ben, "Ana Alves", "4", "")
	cameOfIt(ana, ben, w.clock.Now())
}

// joins says yes to the invitation and what one is good at and would like to practise.
func joins(c *chair, strength, stretch string) {
	c.reads(invitation, says("invite.reads"), says("invite.note"))
	c.picture("1-invitation")
	c.choose(invitation, says("invite.strengths"), strength)
	c.choose(invitation, says("invite.stretch"), stretch)
	c.choose(invitation, says("invite.energy"), "In the morning")
	c.filled("1-invitation-filled")
	c.press(invitation, says("invite.yes"))
	in := says("invite.accepted", "Peer coaching")
	c.reads(in, says("invite.accepted.text"))
	c.picture("2-joined")
}

// brought is the card that says whom one meets, why, when, and why then.
func brought(c *chair, partner, skill string) {
	title := says("pairing.title", partner)
	c.reads(title, says("pairing.why"), says("reason.strength", partner, skill), says("reason.department"),
		says("why.title"), "It lies in everybody's working hours")
	c.picture("3-pairing")
}

// moved lets Ana find another time and take the last one offered: Ben is told, and not by
// whom it was asked for. It answers when they meet.
func moved(ana, ben *chair) (start, end time.Time) {
	title := says("pairing.title", "Ben Brandt")
	before := ana.meeting()
	ana.press(title, "Find another time")
	offer := says("times.title", "Ben Brandt")
	ana.reads(offer, says("times.present"), says("times.note"))
	ana.picture("4-times")
	ana.chooseLast(offer, says("times.choose"))
	ana.filled("4-times-filled")
	ana.press(offer, says("times.take"))
	ana.reads(says("times.taken", "Ben Brandt"))
	ana.picture("4-taken")
	told := says("moved.title", "Ana Alves")
	ben.reads(told, says("moved.text.asked"))
	ben.picture("4-moved")
	after := ana.meeting()
	if after.Equal(before) {
		ana.t.Errorf("Ana took another time, and the page still says %s", before)
	}
	if at := ben.meeting(); !at.Equal(after) {
		ana.t.Errorf("Ana meets Ben on %s, Ben meets Ana on %s", after, at)
	}
	return after, after.Add(45 * time.Minute) // as long as the listening sprint is
}

// closes looks back on the conversation; conversation "" is no commitment.
func closes(c *chair, partner, understood, conversation string) {
	title := says("closing.title", partner)
	c.reads(title, says("closing.note"))
	c.picture("7-closing")
	c.choose(title, says("closing.met"), says("closing.met.yes"))
	c.choose(title, says("closing.understood"), understood)
	if conversation != "" {
		c.write(title, says("closing.conversation"), conversation)
		c.chooseLast(title, says("closing.micro"))
	}
	c.filled("7-closing-filled")
	c.press(title, says("closing.send"))
	if conversation != "" {
		c.reads(says("closing.thanks"), says("closing.thanks.commitment"))
	} else {
		c.reads(says("closing.thanks"), says("closing.thanks.plain"))
	}
	c.picture("8-thanks")
}

// cameOfIt is what comes forty-eight hours after a commitment, and what is kept of it: Ana's
// own answers are shown to Ana and to nobody else.
func cameOfIt(ana, ben *chair, committed time.Time) {
	title, secret := says("followup.title"), "I let him finish, and he smiled"
	due := intoWork(committed.Add(48 * time.Hour))
	ana.until(due.Add(-day))
	ana.readsNot(title)
	ana.until(due)
	ana.reads(title, says("followup.you"), "my manager, about Friday")
	ana.picture("9-followup")
	ana.choose(title, says("followup.happened"), says("followup.happened.partly"))
	ana.write(title, says("followup.reflection"), secret)
	ana.write(title, says("followup.attempts"), "2")
	ana.filled("9-followup-filled")
	ana.press(title, says("followup.send"))
	ana.reads(says("followup.thanks"), says("followup.thanks.partly"))
	ana.picture("10-followed")
	for _, c := range []*chair{ana, ben} {
		c.say("what do you know about me")
	}
	known := says("data.title")
	ana.reads(known, says("data.agreed"), "my manager, about Friday", secret, says("followup.happened.partly"))
	ana.picture("11-known")
	ben.reads(known, says("data.agreed"), "4 of 5")
	ben.readsNot("my manager, about Friday")
	ben.readsNot(secret)
}

// stayed is the demo as --stay leaves it after its weeks: the page is open and the clock
// stands still until somebody turns it. Only the people do nothing by themselves.
func stayed(t *testing.T, people []employee) *world {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	file, err := json.Marshal(m365sim.Company{People: people})
	must(err)
	w, trouble := &world{clock: jobs.NewStepped(demoStart), stop: func() {}}, &shelf{}
	w.tenant, err = m365sim.New(m365sim.Options{Seed: 1, Start: demoStart, Weeks: 5, Passive: true, TenantFile: bytes.NewReader(file),
		Now: w.clock.Now, Desk: desk.Handler(), Control: func(c m365sim.Command) (m365sim.ClockState, error) { return w.conductor.turn(c) }})
	must(err)
	w.url, err = w.serve("127.0.0.1:0", w.tenant.Handler())
	must(err)
	w.tenant.ServeAt(w.url)
	st, err := store.OpenEmbedded(store.Options{Tenant: "demo", Keep: keepFor})
	must(err)
	w.app, err = build(simConfig(w.tenant.Credentials(), w.url, demoStart), w.clock, st,
		slog.New(slog.NewTextHandler(trouble, &slog.HandlerOptions{Level: slog.LevelError})), actWithin)
	must(err)
	pages := http.NewServeMux()
	pages.Handle("POST /api/messages", w.app.bot)
	bot, err := w.serve("127.0.0.1:0", pages)
	must(err)
	w.tenant.Connect(bot + "/api/messages")
	w.worker = jobs.NewHastyWorker(w.app.crew, w.app.queue, st.Conn(), st)
	w.conductor = newConductor(w.clock, w.tenant, st, w.worker.Sweep, 40*demoSpeed)
	stop := false
	_, err = w.conductor.turn(m365sim.Command{Running: &stop})
	must(err)
	ctx, leave := context.WithCancel(context.Background())
	must(w.start(ctx))
	over := make(chan error, 1)
	go func() { over <- w.conductor.lead(ctx, demoStart.AddDate(10, 0, 0), func() error { return nil }) }()
	t.Cleanup(func() {
		leave()
		if err := ended(<-over); err != nil {
			t.Errorf("the conductor gave up: %v", err)
		}
		w.close()
		if said := trouble.String(); said != "" {
			t.Errorf("the demo complains: %s", said)
		}
	})
	return w
}
