package prompt

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// action is the button of a verb, nil when the card has none.
func action(m Message, verb string) *Action {
	for _, a := range m.Actions {
		if a.Verb == verb {
			return &a
		}
	}
	return nil
}

func TestAnotherTimeCanBeAskedForWhileThereIsOne(t *testing.T) {
	s := In("en")
	for _, tag := range []string{"pairing", "moved-2", "prepare-0"} {
		c := scene(ben)
		c.Session.Moves = 2
		a := action(s.Prompt(c, tag), Another)
		if a == nil || a.Ref != c.Session.Ref() || a.Version != 2 {
			t.Errorf("%s: %+v", tag, a)
		}
		for _, state := range []session.State{session.Planned, session.Moving, session.Ended, session.Cancelled} {
			c.Session.State = state
			if action(s.Prompt(c, tag), Another) != nil {
				t.Errorf("%s offers another time while %s", tag, state)
			}
		}
		if action(s.Prompt(without(c, session.NoTime), tag), Another) != nil {
			t.Errorf("%s offers another time where there is none", tag)
		}
	}
	agreed := s.Agreed(scene(ben))
	if action(agreed, Agree) != nil || action(agreed, Another) == nil {
		t.Errorf("%+v", agreed.Actions)
	}
}

func TestTheChosenTimeComesBack(t *testing.T) {
	c := scene(ben)
	c.Session.Moves = 1
	start := time.Date(2026, 10, 16, 7, 30, 0, 0, time.UTC)
	m := In("en").Times(c, []slots.Window{{Start: start, End: start.Add(time.Hour)}}, time.FixedZone("x", 2*3600))
	i := slices.IndexFunc(m.Blocks, func(b Block) bool { return b.Input != nil })
	in := m.Blocks[i].Input
	if in.ID != "time" || !in.Required || len(in.Choices) != 1 || in.Choices[0] != (Choice{"2026-10-16T07:30:00Z", "Friday 16 October, 09:30"}) {
		t.Errorf("%+v", in)
	}
	take, keep := action(m, Take), action(m, Keep)
	if take == nil || keep == nil || take.Skip || !keep.Skip || take.Version != 1 || keep.Version != 1 || take.Ref != c.Session.Ref() {
		t.Errorf("%+v", m.Actions)
	}
	if got, err := ReadTime(Answer{Fields: fields{"time": in.Choices[0].Value}}); err != nil || !got.Equal(start) || got.Location() != time.UTC {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"", "tomorrow", "2026-10-16", "2026-10-16T25:00:00Z"} {
		if _, err := ReadTime(Answer{Fields: fields{"time": bad}}); invalid(err) != "time" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if m := In("en").Refuse("ana", "time"); m.Summary != In("en").say("times.time.error") {
		t.Errorf("%q", m.Summary)
	}
}

func TestACauseIsToldWithoutAName(t *testing.T) {
	causes := []session.Cause{session.CauseDeclined, session.CauseProposed, session.CauseUnfit, session.CauseAsked, session.CauseHand, session.CauseAway, session.CauseHours}
	for _, lang := range Languages() {
		told := map[string]bool{}
		for _, cause := range append(causes, "", "never heard of") {
			c := scene(ben)
			c.Session.Cause = cause
			text := In(lang).Prompt(c, "moved-1").Blocks[0].Text
			told[text] = true
			if strings.Contains(text, "Ben") || strings.Contains(text, "moved.") {
				t.Errorf("%s, %s: %s", lang, cause, text)
			}
		}
		if len(told) != len(causes)+1 { // the last two have no words of their own
			t.Errorf("%s has %d texts for %d causes", lang, len(told), len(causes))
		}
	}
}

// found is a search's answer at a stretch that costs these people some minutes.
func found(tier slots.Tier, possible int, outside ...slots.Cost) slots.Why {
	return slots.Why{Status: slots.OK, Tier: tier, Counts: slots.Counts{Limits: possible}, Outside: outside}
}

func TestWhyThisTime(t *testing.T) {
	mine, bens := slots.Cost{ID: "ana", Minutes: 30}, slots.Cost{ID: "ben", Minutes: 90}
	none := func(r slots.Stage) slots.Why { return slots.Why{Status: slots.None, Reason: r} }
	for name, c := range map[string]struct {
		why  slots.Why
		hand bool
		zone *time.Location
		want string
	}{
		"nobody searched":   {slots.Why{}, false, time.UTC, ""},
		"of many":           {found(slots.Core, 1212), false, time.UTC, "It lies in everybody's working hours; 1,212 times were possible, and this one asks nothing of anybody."},
		"the only one":      {found(slots.Core, 1), false, time.UTC, "It lies in everybody's working hours, and it was the only time possible."},
		"early for me":      {found(slots.Stretch, 4, mine), false, time.FixedZone("w", -3*3600), "You meet 30 minutes before your usual day"},
		"late for me":       {found(slots.Stretch, 4, mine), false, time.FixedZone("e", 6*3600), "You meet 30 minutes after your usual day"},
		"no clock known":    {found(slots.Stretch, 4, mine), false, nil, "You meet 30 minutes outside your usual day"},
		"somebody else":     {found(slots.Stretch, 4, bens), false, time.UTC, "Of 4 possible times it is the fairest for all of you, over the rounds."},
		"both of us":        {found(slots.Stretch, 4, bens, mine), false, nil, "You meet 30 minutes outside your usual day"},
		"moved by hand":     {found(slots.Core, 4), true, time.UTC, "It was chosen in the calendar, so we did not look for another."},
		"no hours":          {none(slots.InHours), false, nil, "There are no common working hours in this round."},
		"full calendars":    {none(slots.InEvents), false, nil, "Whenever you all work, a calendar is full."},
		"unread":            {slots.Why{Status: slots.NoCalendar}, false, nil, "Not every calendar could be read, and we do not guess."},
		"unknown zone":      {slots.Why{Status: slots.InvalidZone}, false, nil, "We do not know everybody's time zone, and we do not guess."},
		"none, nobody says": {none(""), false, nil, ""},
	} {
		x := scene(ben)
		x.Session.Time, x.Session.ByHand = c.why, c.hand
		got := In("en").WhyTime(x, c.zone)
		if got != c.want && (c.want == "" || !strings.Contains(got, c.want)) || strings.Contains(got, "90") || strings.Contains(got, "Ben") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for _, stage := range []slots.Stage{slots.InWindow, slots.InNotice, slots.InHours, slots.InEvents, slots.Protected, slots.InLimits} {
		x := scene(ben)
		x.Session.Time = none(stage)
		for _, lang := range Languages() {
			if got := In(lang).WhyTime(x, nil); got == "" || strings.HasPrefix(got, "why.") {
				t.Errorf("%s has no words for %s", lang, stage)
			}
		}
	}
}

func TestWhyStandsOnTheCard(t *testing.T) {
	for _, tag := range []string{"pairing", "moved-1"} {
		c := scene(ben)
		c.Session.Time = found(slots.Core, 12)
		m := In("en").Prompt(c, tag)
		if i := slices.IndexFunc(m.Blocks, func(b Block) bool { return b.Head == "Why this time?" }); i < 0 || m.Blocks[i+1].Text != In("en").WhyTime(c, c.Zone) {
			t.Errorf("%s: %+v", tag, m.Blocks)
		}
	}
}

func TestTheStagesOfASearch(t *testing.T) {
	w := slots.Why{Counts: slots.Counts{Window: 1152, Notice: 1056, Hours: 96, Events: 41, Protected: 40, Limits: 40}}
	want := []string{"1,152 starts in the window", "1,056 after notice", "96 in common working hours", "41 free for everybody", "40 outside lunch, focus time and days off", "40 within everybody's limits"}
	if got := In("en").WhyStages(w); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	w.Counts = slots.Counts{Window: 1, Notice: 1}
	if got := In("en").WhyStages(w); !slices.Equal(got, []string{"1 start in the window", "1 after notice", "0 in common working hours"}) {
		t.Errorf("the last stage is the one that left none: %q", got)
	}
	if got := In("ar").WhyStages(slots.Why{Counts: slots.Counts{Window: 2}}); len(got) != 2 || got[0] != "وقتا بدء ممكنان في الفترة" {
		t.Errorf("%q", got)
	}
}

func TestRoundsAreCountedInEveryLanguage(t *testing.T) {
	c := scene(ben)
	for lang, want := range map[string]map[int]string{
		"en": {1: "last round", 3: "3 rounds ago"}, "de": {1: "letzten Runde", 2: "vor 2 Runden"}, "fr": {1: "cycle précédent", 2: "2 cycles"},
		"ar": {1: "الجولة الماضية", 2: "قبل جولتين", 3: "قبل 3 جولات", 11: "قبل 11 جولة"}, "ja": {1: "1ラウンド前", 7: "7ラウンド前"},
	} {
		for rounds, part := range want {
			c.Session.Reasons = []match.Reason{{Code: match.MetBefore, From: "ben", To: "ana", Rounds: rounds}}
			if got := In(lang).Reasons(c); len(got) != 1 || !strings.Contains(got[0], part) {
				t.Errorf("%s, %d: %q", lang, rounds, got)
			}
		}
	}
}

func TestWhyThisGuideTellsAGoalToItsOwnerAlone(t *testing.T) {
	say := In("en")
	for _, c := range []struct {
		code    playbooks.Code
		stretch []string
		want    string
	}{
		{playbooks.WhyStretch, []string{"empathy"}, say.say("guide.why.yours", "skill", "Empathy")},
		{playbooks.WhyStretch, nil, say.say("guide.why.suits", "skill", "Empathy")},
		{playbooks.WhyBoth, []string{"empathy"}, say.say("guide.why.yours", "skill", "Empathy")},
		{playbooks.WhyBoth, []string{"appreciation"}, say.say("guide.why.focus", "skill", "Empathy")},
		{playbooks.WhyFocus, []string{"empathy"}, say.say("guide.why.focus", "skill", "Empathy")},
		{playbooks.WhyOpen, nil, ""},
		{"", nil, ""},
	} {
		x := Scene{Stretch: c.stretch}
		x.Session.Because = playbooks.Reason{Code: c.code, Skill: "empathy"}
		if got := say.whyGuide(x); got != c.want {
			t.Errorf("%q for somebody who wants %v: %q, want %q", c.code, c.stretch, got, c.want)
		}
	}
}
