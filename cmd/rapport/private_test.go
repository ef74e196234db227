package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// Stories about what people tell rapport.

// confided plays until Ana has told rapport everything one can tell it.
func confided(t *testing.T) *town { return confidedOn(t) }

func confidedOn(t *testing.T, changes ...func(*setting)) *town {
	w := newTown(t, []employee{{Name: "Anastasia Quillfeather", Mail: "anastasia.q@story.example", Department: "Hydrology", Zone: "Europe/Lisbon"}, {Name: "Ben Brandt", Busy: busy("Wed 21 Oct 00:00", "Tue 27 Oct 00:00")}}, changes...)
	w.At("Mon 5 Oct 12:00")
	w.Presses("Anastasia", "consent:yes", "strengths", "giving-feedback", "stretch", "empathy", "energy", "afternoon")
	w.Presses("Ben", "consent:yes", "strengths", "empathy")
	w.At("Wed 7 Oct 10:01")
	w.until(w.Meeting("Anastasia").End)
	micro, _ := w.app.crew.Library().Find(w.sessions("Anastasia")[0].Playbook)
	w.Presses("Anastasia", "closing:answer", "met", "yes", "understood", "3", "conversation", "tell Bartholomew about the dam", "micro", micro.Micro[0].ID)
	w.After(5 * day)
	w.Presses("Anastasia", "followup:answer", "happened", "yes", "reflection", "my voice trembled by the turbine", "practised", "17", "paraphrases", "4")
	return w
}

func TestWhatDoYouKnowAboutMeShowsEverything(t *testing.T) {
	t.Parallel()
	w := confided(t)
	w.Types("Anastasia", "What do you know about me?")
	book, _ := w.app.crew.Library().Find(w.sessions("Anastasia")[0].Playbook)
	w.Sees("Anastasia", says("data.title"), "Anastasia Quillfeather", "anastasia.q@story.example", "Hydrology", "Europe/Lisbon", says("standing.in"),
		"Monday 5 October", "Giving feedback", "Empathy", says("energy.afternoon"), book.Title, "Ben Brandt", "3 of 5", "tell Bartholomew about the dam",
		book.Micro[0].Label, says("followup.happened.yes"), "my voice trembled by the turbine", "17", "4", says("data.pulse"), says("data.never"))
	w.Types("Ben", "my data")
	w.SeesNot("Ben", says("data.title"), "Bartholomew")
	w.SeesNot("Ben", says("data.title"), "turbine")
	w.audit()
}

func TestForgetMeErasesEveryTrace(t *testing.T) {
	t.Parallel()
	w := confided(t)
	w.Types("Anastasia", "what do you know about me")
	w.At("Mon 26 Oct 12:00") // in the second round, and the pulse is open
	w.Meeting("Anastasia")
	w.Presses("Anastasia", "pulse:answer", "open", "the weir sings at night", "confidence", "2", "quote", "yes")
	traces := []string{"Anastasia", "Quillfeather", "anastasia.q", "Hydrology", "Bartholomew", "turbine", "weir"}
	for _, trace := range traces {
		if !strings.Contains(w.everything(), trace) {
			t.Fatalf("%q is nowhere in the store even before it is erased: this test would see nothing", trace)
		}
	}
	w.Types("Anastasia", "Forget me")
	w.Sees("Anastasia", says("say.forget.sure"))
	if m := w.member("Anastasia"); m.Person.Name == "" {
		t.Error("erased before she was asked whether she is sure")
	}
	w.Presses("Anastasia", "member:forget-yes")
	w.Sees("Anastasia", says("say.forgotten"))
	w.NoMeeting("Anastasia")
	left := w.everything()
	for _, trace := range append(traces, "giving-feedback") {
		if strings.Contains(left, trace) {
			at := strings.Index(left, trace)
			t.Errorf("after being forgotten %q is still in the store: ...%s...", trace, left[max(0, at-300):min(len(left), at+100)])
		}
	}
	sent := len(w.desk("Anastasia").Chat)
	w.At("Wed 18 Nov 12:00")
	if n := len(w.desk("Anastasia").Chat); n != sent {
		t.Errorf("she was forgotten and got %d more messages", n-sent)
	}
	if strings.Contains(w.everything(), "Quillfeather") {
		t.Error("the next reading of the group brought her name back")
	}
	w.Types("Anastasia", "join")
	w.Presses("Anastasia", "consent:yes")
	w.At("Wed 2 Dec 12:00")
	w.Meeting("Anastasia")
	w.audit()
}

func TestWhatOneTellsIsNeverShownToTheOther(t *testing.T) {
	t.Parallel()
	w := confided(t)
	w.At("Fri 6 Nov 12:00")
	for _, secret := range []string{"Bartholomew", "turbine", "Empathy", "trembled"} {
		for _, c := range w.desk("Ben").Chat {
			if text := strings.ReplaceAll(read(c), says("reason.strength", "Anastasia Quillfeather", "Empathy"), ""); strings.Contains(text, secret) && !strings.Contains(text, says("invite.title")) && !strings.Contains(text, says("data.title")) {
				t.Errorf("Ben reads %q: %s", secret, text)
			}
		}
	}
}

// crowd is a company of so many people in Berlin.
func crowd(n int) (people []employee) {
	for _, name := range []string{"Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jim", "Kim", "Lou"}[:n] {
		people = append(people, employee{Name: name + " Miller", Mail: strings.ToLower(name) + "@story.example"})
	}
	return people
}

// asked plays until everybody of a crowd sees the pulse of October.
func asked(t *testing.T, n int) (*town, []string) {
	w := newTown(t, crowd(n))
	w.At("Mon 5 Oct 12:00")
	var all []string
	for _, p := range crowd(n) {
		all = append(all, firstName(p.Name))
	}
	w.Join(all...)
	w.At("Mon 26 Oct 10:01")
	for _, who := range all {
		w.Sees(who, says("pulse.question.default"), says("pulse.confidence"), "5", "10", "Monday 2 November")
	}
	return w, all
}

func TestAPulseShowsFiguresFromFiveAnswersOnly(t *testing.T) {
	t.Parallel()
	for _, answers := range []int{4, 5} {
		t.Run(fmt.Sprint(answers), func(t *testing.T) {
			t.Parallel()
			w, all := asked(t, 6)
			for i, who := range all[:answers] {
				w.Presses(who, "pulse:answer", "open", "an open word of "+who, "confidence", fmt.Sprint(1+i), "quote", "yes")
				w.Presses(who, "pulse:answer", "open", "an open word", "confidence", fmt.Sprint(1+i)) // another answer takes the place of the first
			}
			w.At("Mon 2 Nov 10:01")
			for _, who := range all {
				if answers < 5 {
					w.Sees(who, says("pulse.result.title", "Peer coaching"), says("pulse.result.withheld", "5"))
					w.SeesNot(who, says("pulse.result.title", "Peer coaching"), says("pulse.result.average"))
				} else {
					w.Sees(who, says("pulse.result.title", "Peer coaching"), "3.0", says("pulse.result.notexts", "10"))
				}
			}
			if left := w.everything(); strings.Contains(left, "an open word") {
				t.Error("the pulse is closed and single words are still kept")
			}
			if ids, err := w.store.IDs(w.Context(), insight.BallotNoun); err != nil || len(ids) > 0 {
				t.Errorf("the pulse is closed and its ballot is still there: %v %v", ids, err)
			}
			w.audit()
		})
	}
}

func TestAPulseShowsTextsFromTenOnlyAndOnlyThoseThatMayBeShown(t *testing.T) {
	t.Parallel()
	for _, texts := range []int{9, 10} {
		t.Run(fmt.Sprint(texts), func(t *testing.T) {
			t.Parallel()
			w, all := asked(t, 12)
			for i, who := range all {
				quote := "yes"
				if i >= texts {
					quote = "no"
				}
				w.Presses(who, "pulse:answer", "open", "word "+who, "confidence", fmt.Sprint(1+i%5), "quote", quote)
			}
			w.At("Mon 2 Nov 10:01")
			result := read(w.Sees(all[11], says("pulse.result.title", "Peer coaching")))
			if shown := strings.Count(result, "word "); texts < 10 && shown > 0 || texts >= 10 && shown != texts {
				t.Errorf("%d texts are shown of %d that may be", shown, texts)
			}
			if strings.Contains(result, "word Lou") {
				t.Error("Lou said no and is quoted")
			}
			w.audit()
		})
	}
}

func TestALatePulseAnswerIsRefusedKindly(t *testing.T) {
	t.Parallel()
	w, all := asked(t, 6)
	for _, who := range all[:5] {
		w.Presses(who, "pulse:answer", "confidence", "3")
	}
	w.At("Mon 2 Nov 10:01")
	before := w.everything()
	got := w.Presses(all[5], "pulse:answer", "open", "sorry I am late", "confidence", "5")
	if text := fmt.Sprint(got.Card, got.Text); !strings.Contains(text, says("pulse.closed")) {
		t.Errorf("%s answered too late and reads %s", all[5], text)
	}
	if strings.Contains(w.everything(), "sorry I am late") || len(before) != len(w.everything()) {
		t.Error("an answer that came too late was kept")
	}
}

func TestAButtonOfSomebodyElseDoesNothing(t *testing.T) {
	t.Parallel()
	w := newTown(t, append(crowd(4), employee{Name: "Eve Outside"}))
	w.At("Mon 5 Oct 12:00")
	w.Join("Ada", "Bo", "Cy", "Di")
	w.At("Wed 7 Oct 10:01")
	x := w.sessions("Ada")[0]
	w.until(x.Slot.End)
	x = w.sessions("Ada")[0]
	partner := x.Partners(w.id("Ada"))[0]
	before := w.everything()
	for _, who := range []string{"Bo", "Cy", "Di", "Eve"} {
		if w.id(who) == partner {
			continue
		}
		for _, verb := range []string{prompt.Close, prompt.Agree, prompt.FollowUp, prompt.Snooze, prompt.Drop} {
			said, err := jobs.Desk{Crew: w.app.crew}.Answer(t.Context(), prompt.Answer{Key: "forged", From: w.id(who), Verb: verb, Ref: x.Ref(),
				Fields: map[string]string{"met": "yes", "happened": "yes", "conversation": "forged"}})
			if err != nil || said.Summary != says("say.notyours") {
				t.Errorf("%s presses %s on a card of others and reads %q, %v", who, verb, said.Summary, err)
			}
		}
	}
	if w.everything() != before {
		t.Error("a forged press changed something")
	}
	w.Presses("Ada", "closing:answer", "met", "yes", "conversation", "mine")
	if p := w.sessions("Ada")[0].Parts[partner]; p.Closing != nil {
		t.Error("Ada's answer counts for her partner too")
	}
}

func TestAPressDeliveredTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	w := newTown(t, two())
	w.twice.Store(true)
	w.At("Mon 5 Oct 12:00")
	w.Join("Ana", "Ben")
	w.At("Wed 7 Oct 10:01")
	w.until(w.Meeting("Ana").End)
	w.Presses("Ana", "closing:answer", "met", "yes", "conversation", "a word with Dan")
	asked := intoWork(w.clock.Now().Add(48 * time.Hour))
	w.until(asked)
	w.Presses("Ana", "followup:snooze")
	if f := w.sessions("Ana")[0].Parts[w.id("Ana")].FollowUp; f.Snoozed != 1 {
		t.Errorf("one press put it off %d times", f.Snoozed)
	}
	w.Types("Ana", "help")
	if n := w.Got("Ana", says("say.help")); n != 1 {
		t.Errorf("one text got %d answers", n)
	}
	w.Types("Ben", "pause")
	w.After(time.Hour)
	if n := w.Got("Ben", says("say.paused")); n != 1 {
		t.Errorf("one pause got %d answers", n)
	}
	w.audit()
}

// The service may repeat a press long after it happened, when the world has moved on.
func TestAnOldPressDeliveredAgainLaterUndoesNothing(t *testing.T) {
	t.Parallel()
	w, _ := committed(t)
	card := w.Sees("Ana", says("followup.title"))
	snooze := button(card.Card, "followup:snooze")
	again := func() {
		_, err := jobs.Desk{Crew: w.app.crew}.Answer(t.Context(), prompt.Answer{Key: "late", From: w.id("Ana"), Verb: prompt.Snooze,
			Ref: fmt.Sprint(snooze["ref"]), Version: int64(snooze["version"].(float64))})
		w.must(err)
	}
	again()
	w.After(2 * day)
	w.Presses("Ana", "followup:answer", "happened", "yes", "reflection", "it went well")
	again()
	if f := w.sessions("Ana")[0].Parts[w.id("Ana")].FollowUp; f.Snoozed != 1 || f.Reflection != "it went well" {
		t.Errorf("a press delivered again changed the answer to %+v", f)
	}
	w.audit()
}
