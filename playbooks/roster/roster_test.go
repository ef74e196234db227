package roster

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var monday = time.Date(2026, 10, 12, 9, 0, 0, 0, time.UTC)

func TestWhoIsNotInvitedAndWhy(t *testing.T) {
	const service = "programme@example.org"
	for name, c := range map[string]struct {
		entry Entry
		why   Reason
	}{
		"a person":                       {Entry{Person: Person{Mail: "a@example.org"}, Purpose: "user"}, ""},
		"a person of an old directory":   {Entry{Person: Person{Mail: "a@example.org"}}, ""},
		"a linked mailbox":               {Entry{Person: Person{Mail: "a@example.org"}, Purpose: "linked"}, ""},
		"a guest":                        {Entry{Person: Person{Mail: "a@partner.example"}, Guest: true}, Guest},
		"a blocked account":              {Entry{Person: Person{Mail: "a@example.org"}, Disabled: true}, Disabled},
		"no mailbox":                     {Entry{Purpose: "user"}, NoMailbox},
		"a room":                         {Entry{Person: Person{Mail: "r@example.org"}, Purpose: "room"}, NotAPerson},
		"equipment":                      {Entry{Person: Person{Mail: "e@example.org"}, Purpose: "equipment"}, NotAPerson},
		"a shared mailbox":               {Entry{Person: Person{Mail: "s@example.org"}, Purpose: "shared"}, NotAPerson},
		"something unknown":              {Entry{Person: Person{Mail: "o@example.org"}, Purpose: "others"}, NotAPerson},
		"the programme itself":           {Entry{Person: Person{Mail: service}, Purpose: "user"}, ServiceSelf},
		"the programme, written its way": {Entry{Person: Person{Mail: "Programme@Example.org"}}, ServiceSelf},
		"a mailbox that does not answer": {Entry{Person: Person{Mail: "a@example.org"}, Problem: "MailboxNotEnabledForRESTAPI"}, Unreadable},
		"a guest without anything":       {Entry{Guest: true, Disabled: true}, Guest},
	} {
		c.entry.ID = "x"
		people, skipped := Admit([]Entry{c.entry}, service)
		if c.why == "" {
			if len(people) != 1 || len(skipped) != 0 {
				t.Errorf("%s is not invited: %v", name, skipped)
			}
			continue
		}
		if len(people) != 0 || len(skipped) != 1 || skipped[0] != (Skip{ID: "x", Reason: c.why, Problem: c.entry.Problem}) {
			t.Errorf("%s: %v %v, want %s", name, people, skipped, c.why)
		}
	}
}

func TestEverybodyIsEitherInvitedOrSkippedInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var entries []Entry
		for _, id := range rapid.SliceOfDistinct(rapid.StringMatching(`[a-z]{1,4}`), rapid.ID[string]).Draw(t, "ids") {
			entries = append(entries, Entry{Person: Person{ID: ID(id), Mail: rapid.SampledFrom([]string{"", id + "@example.org"}).Draw(t, "mail")}, Guest: rapid.Bool().Draw(t, "guest")})
		}
		people, skipped := Admit(entries, "programme@example.org")
		if len(people)+len(skipped) != len(entries) {
			t.Fatalf("%d and %d of %d", len(people), len(skipped), len(entries))
		}
		for i := 1; i < len(people); i++ {
			if people[i-1].ID >= people[i].ID {
				t.Fatalf("%v is not sorted", people)
			}
		}
		for i := 1; i < len(skipped); i++ {
			if skipped[i-1].ID >= skipped[i].ID {
				t.Fatalf("%v is not sorted", skipped)
			}
		}
	})
}

func asked() Member {
	return Member{Programme: "team", Person: Person{ID: "ana", Name: "Ana"}, Standing: Invited, Asked: Mark{"v1", monday}}
}

func in() Member {
	return asked().Accept("v1", Profile{Strengths: []string{"empathy"}, Energy: "morning"}, monday)
}

func TestSilenceIsNeverConsent(t *testing.T) {
	for _, s := range []Standing{"", Invited, Declined, Paused, Left, Gone, Forgotten} {
		m := asked()
		m.Standing = s
		if m.Eligible("v1") {
			t.Errorf("%q takes part", s)
		}
	}
	m := asked()
	m.Standing = In // however that came about
	if m.Eligible("v1") || m.Eligible("") {
		t.Error("in without a recorded yes")
	}
	if m := asked().Stand(In); m.Standing == In {
		t.Error("somebody was put in by others")
	}
}

func TestAYesCountsForTheTextItWasGivenTo(t *testing.T) {
	m := in()
	if !m.Eligible("v1") || m.Unasked("v1") {
		t.Fatalf("%+v", m)
	}
	if m.Eligible("v2") || !m.Unasked("v2") {
		t.Error("a yes to the old text is a yes to the new one, or nobody asks again")
	}
	m.Asked = Mark{"v2", monday.Add(time.Hour)}
	if m.Unasked("v2") || m.Eligible("v2") {
		t.Error("asked again is not a yes")
	}
	if m = m.Accept("v2", m.Profile, monday.Add(2*time.Hour)); !m.Eligible("v2") || m.Consent.At != monday.Add(2*time.Hour) {
		t.Errorf("%+v", m.Consent)
	}
}

func TestSayingYesTwiceKeepsTheFirstMomentAndTheLastProfile(t *testing.T) {
	m := in()
	m.Profile.Avoid, m.Profile.Flex, m.Profile.Language, m.Profile.Channel, m.Profile.Form = []ID{"zoe"}, "early", "de", "mail", "writing"
	m = m.Accept("v1", Profile{Stretch: []string{"appreciation"}}, monday.Add(time.Hour))
	if m.Consent != (Mark{"v1", monday}) || !reflect.DeepEqual(m.Profile, Profile{Stretch: []string{"appreciation"}, Avoid: []ID{"zoe"}, Flex: "early", Language: "de", Channel: "mail", Form: "writing"}) {
		t.Errorf("%+v %+v", m.Consent, m.Profile)
	}
}

func TestWhoStopsTakingPartLeavesTheirSessions(t *testing.T) {
	again := in() // asked anew, as somebody who typed "join" under a changed text
	again.Standing = Invited
	for name, c := range map[string]struct {
		from Member
		to   Standing
		cut  bool
	}{
		"pauses":                      {in(), Paused, true},
		"leaves":                      {in(), Left, true},
		"is gone":                     {in(), Gone, true},
		"declines the changed text":   {in(), Declined, true},
		"leaves during a pause":       {in().Stand(Paused), Left, true},
		"leaves when asked anew":      {again, Left, true},
		"declines the first time":     {asked(), Declined, false},
		"is gone before any answer":   {asked(), Gone, false},
		"declines after having left":  {asked().Stand(Left), Declined, false},
		"pauses twice, the first cut": {in().Stand(Paused), Paused, true},
	} {
		if m := c.from.Stand(c.to); m.Standing != c.to || m.Cut != c.cut || m.Eligible("v1") {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestAPauseKeepsTheConsentAndLeavingDoesNot(t *testing.T) {
	if m := in().Stand(Paused).Resume(); !m.Eligible("v1") {
		t.Error("back from a pause, and asked everything again")
	}
	for _, s := range []Standing{Left, Declined} {
		m := in().Stand(s)
		if !m.Consent.At.IsZero() || m.Unasked("v2") || m.Resume().Standing != s {
			t.Errorf("%s: %+v", s, m)
		}
		if m = m.Accept("v1", Profile{}, monday); !m.Eligible("v1") || m.Cut {
			t.Errorf("%s and back: %+v", s, m)
		}
	}
}

func TestWhoComesBackToTheGroupIsAskedAnewUnlessTheySaidNo(t *testing.T) {
	now := Person{ID: "ana", Name: "Ana B."}
	back := in().Stand(Gone).Return(now)
	if back.Standing != Invited || !back.Unasked("v1") || !back.Consent.At.IsZero() || back.Person.Name != "Ana B." {
		t.Errorf("%+v", back)
	}
	for _, no := range []Standing{Declined, Left} {
		if back := asked().Stand(no).Stand(Gone).Return(now); back.Standing != no || back.Unasked("v2") || back.Was != "" {
			t.Errorf("%s comes back as %+v", no, back)
		}
	}
	if m := in().Return(now); !m.Eligible("v1") || m.Person.Name != "Ana B." {
		t.Error("news from the directory changed what ana said")
	}
}

func TestForgettingKeepsOnlyTheWish(t *testing.T) {
	m := in().Forget()
	if want := (Member{Programme: "team", Person: Person{ID: "ana"}, Standing: Forgotten, Cut: true}); !reflect.DeepEqual(m, want) {
		t.Errorf("kept %+v", m)
	}
	for name, after := range map[string]Member{
		"accepts": m.Accept("v1", Profile{}, monday), "is gone": m.Stand(Gone), "resumes": m.Resume(), "is forgotten": m.Forget(),
	} {
		if after.Standing != Forgotten || after.Eligible("v1") || after.Unasked("v1") {
			t.Errorf("forgotten and then %s: %+v", name, after)
		}
	}
}

// TestOnlyAYesMakesEligible lets anything happen to a member in any order: eligible is who
// said yes to this text and neither stopped nor said no since.
func TestOnlyAYesMakesEligible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, yes := Member{Programme: "team", Person: Person{ID: "ana"}, Standing: Invited}, ""
		for range rapid.IntRange(1, 20).Draw(t, "acts") {
			switch act := rapid.SampledFrom([]string{"yes", "no", "pause", "resume", "leave", "gone", "return", "asked"}).Draw(t, "act"); act {
			case "yes":
				version := rapid.SampledFrom([]string{"v1", "v2"}).Draw(t, "text")
				if m = m.Accept(version, Profile{}, monday); m.Standing == In {
					yes = version
				}
			case "no", "leave":
				m, yes = m.Stand(map[string]Standing{"no": Declined, "leave": Left}[act]), ""
			case "pause":
				if m.Standing == In {
					m = m.Stand(Paused)
				}
			case "resume":
				m = m.Resume()
			case "gone":
				m = m.Stand(Gone)
			case "return":
				if m = m.Return(m.Person); m.Standing == Invited {
					yes = ""
				}
			case "asked":
				m.Asked = Mark{"v2", monday}
			}
			for _, v := range []string{"v1", "v2"} {
				if m.Eligible(v) && (yes != v || m.Standing != In) {
					t.Fatalf("eligible for %s after a yes to %q: %+v", v, yes, m)
				}
			}
		}
	})
}
