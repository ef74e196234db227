package prompt

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// TestNobodyReadsAnothersWords fills Ben's part with canaries and looks for them in all that
// Ana may be shown, in every state of the session.
func TestNobodyReadsAnothersWords(t *testing.T) {
	tags := []string{"pairing", "moved-1", "prepare-0", "guide-0", "closing", "closing-again", "async", "cancelled", "followup-0", "remind-0"}
	states := []session.State{session.Planned, session.Booked, session.Moving, session.Asynchronous, session.Ended, session.Cancelled}
	for _, lang := range Languages() {
		nobodyReads(t, In(lang), tags, states)
	}
}

func nobodyReads(t *testing.T, s Speaker, tags []string, states []session.State) {
	t.Helper()
	for _, partners := range [][]roster.Person{{ben}, {ben, cem}} {
		for _, state := range states {
			c := committed(scene(partners...), 1)
			x := c.Session.Close("ben", session.Closing{Met: true, Understood: 1, Conversation: "canary", Micro: []string{"canary"}}, at)
			x = x.Answer("ben", session.FollowUp{Answered: at, Happened: "no", Reflection: "canary", Counts: map[string]int{"attempts": 599}})
			x.State, x.Why = state, session.Withdrew
			x.Replies = map[roster.ID]string{"ben": "canary"}
			x.Time = slots.Why{Status: slots.OK, Tier: slots.Stretch, Outside: []slots.Cost{{ID: "ben", Minutes: 540}}}
			c.Session = x
			shown := []Message{s.Agreed(c), s.Enough(c), s.Times(c, nil, nil), s.NoOtherTime(c), s.Kept(c), s.Retiming(c, at, time.UTC), s.Knows(Known{Member: roster.Member{Person: ana}, Zone: time.UTC, Sessions: []Scene{c}})}
			for _, tag := range tags {
				shown = append(shown, s.Prompt(c, tag))
			}
			for _, m := range shown {
				text := fmt.Sprintf("%+v", picture(t, m))
				for _, secret := range []string{"canary", "599", "540", s.span(540), s.say("reason.strength", "partner", s.called(ana), "skill", s.Skill("giving-feedback")), "Giving feedback", "giving-feedback"} {
					if strings.Contains(text, secret) {
						t.Errorf("%s, %s, %s: Ana reads %q", s.Lang, m.Kind, state, secret)
					}
				}
			}
		}
	}
}

func picture(t *testing.T, m Message) string {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheInviteNamesNobodysReasonsOrWords(t *testing.T) {
	title, text := In("en").Agenda(tea, []roster.Person{ana, ben})
	if title != "Tea: Ana & Ben" || !strings.Contains(text, "Two people drink tea.") || strings.Contains(text, "Ana") {
		t.Errorf("%s\n%s", title, text)
	}
	if In("en").Cancellation() == "" {
		t.Error("a cancelled invite says nothing")
	}
}

func TestEachReadsTheirOwnReasons(t *testing.T) {
	trio := scene(ben, cem)
	trio.Session.Reasons = []match.Reason{
		{Code: match.StrengthMeetsStretch, From: "cem", To: "ana", Skill: "empathy"},
		{Code: match.StrengthMeetsStretch, From: "ana", To: "cem", Skill: "appreciation"},
		{Code: match.YourTurn, To: "ben"}, {Code: match.ThreeThisTime},
		{Code: match.NewcomerMeetsVeteran, From: "ana"},
		{Code: match.MetBefore, From: "ben", To: "ana", Rounds: 1}, {Code: match.MetBefore, From: "cem", To: "ana", Rounds: 4}, {Code: match.MetBefore, From: "ana", To: "ben", Rounds: 1},
		{Code: match.OtherTeam}, {Code: match.CommonHours, Minutes: 45}, {Code: match.CommonEnergy, Minutes: 30}, {Code: "something-new"},
		{Code: match.StrengthMeetsStretch, From: "zoe", To: "ana", Skill: "empathy"},
	}
	asBen := trio
	asBen.Me, asBen.Partners = ben, []roster.Person{ana, cem}
	for who, c := range map[string]struct {
		scene Scene
		want  []string
	}{
		"ana": {trio, []string{"Cem is strong in something you want to practise: Empathy.", "The number of people was odd, so you are three this time.",
			"You have been here for a while and can make it easy for somebody new.",
			"You met Ben last round, and nobody new fitted better this time.", "You last met Cem 4 rounds ago, and nobody new fitted better this time.",
			"You work in different teams.", "You share 45 minutes of working time a day.", "You have the most energy at the same time of day."}},
		"ben": {asBen, []string{"You came up short last round, so you came first this time.", "The number of people was odd, so you are three this time.",
			"Ana has been here for a while and knows how it goes.", "You met Ana last round, and nobody new fitted better this time.",
			"You work in different teams.", "You share 45 minutes of working time a day.", "You have the most energy at the same time of day."}},
	} {
		if got := In("en").Reasons(c.scene); !slices.Equal(got, c.want) {
			t.Errorf("%s reads\n%s\nwant\n%s", who, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	trio.Session.Reasons = nil
	if got := In("en").Reasons(trio); len(got) != 1 {
		t.Errorf("without a reason: %v", got)
	}
}

func TestTheFirstTurnGoesAround(t *testing.T) {
	starts := map[string]int{}
	for round := range 6 {
		c := scene(ben, cem)
		c.Session.Round = round
		people := In("en").order(c)
		if len(people) != 3 {
			t.Fatalf("%v", people)
		}
		starts[people[0]]++
		asCem := c
		asCem.Me, asCem.Partners = cem, []roster.Person{ana, ben}
		if !slices.Equal(In("en").order(asCem), people) {
			t.Errorf("Ana's card says %v, Cem's %v", people, In("en").order(asCem))
		}
	}
	if starts["Ana"] != 2 || starts["Ben"] != 2 || starts["Cem"] != 2 {
		t.Errorf("%v", starts)
	}
	if got := In("en").order(Scene{Me: ana}); len(got) != 1 || got[0] != "Ana" {
		t.Errorf("nobody known: %v", got)
	}
}

func TestWhatIsKnownFitsACard(t *testing.T) {
	k := known()
	long := committed(scene(ben), 0)
	long.Session = long.Session.Answer("ana", session.FollowUp{Answered: at, Happened: "yes", Reflection: strings.Repeat("x", longestText)})
	for range 30 {
		k.Sessions = append(k.Sessions, long)
	}
	newest := committed(scene(ben), 0)
	newest.Session = newest.Session.Answer("ana", session.FollowUp{Answered: at, Happened: "yes", Reflection: "the newest"})
	k.Sessions = append(k.Sessions, newest)
	m := In("en").Knows(k)
	text := picture(t, m)
	if len(text) > 40000 || !strings.Contains(text, "the newest") || !strings.Contains(text, "older sessions are not shown") {
		t.Errorf("%d characters", len(text))
	}
}
