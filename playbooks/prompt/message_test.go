package prompt

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	ana = roster.Person{ID: "ana", Name: "Ana", Mail: "ana@example.org", Manager: "mia", Department: "Sales", Language: "en-GB", Country: "DE",
		Hours: roster.Hours{Days: []time.Weekday{time.Monday, time.Tuesday}, Start: "08:30:00.0000000", End: "16:00:00"}}
	ben = roster.Person{ID: "ben", Name: "Ben"}
	cem = roster.Person{ID: "cem", Name: "Cem"}
	us  = Programme{ID: "team", Name: "Talk well", Consent: "2026-10"}
)

// tea is a playbook with something in every chapter.
var tea = playbooks.Playbook{
	ID: "tea", Title: "Tea", Purpose: "Two people drink tea.", Outcomes: []string{"Two empty cups"},
	Starts: "The thirstier one starts.", Bring: []string{"A cup"}, Agreements: []string{"Sugar is voluntary"},
	Steps: []playbooks.Step{
		{Minutes: 2, Turn: playbooks.Both, Silent: true, Title: "Boil", Text: "The water boils."},
		{Minutes: 4, Turn: playbooks.First, Title: "Pour", Text: "Pour slowly.", Say: []string{"Say when."}},
		{Minutes: 4, Turn: playbooks.Second, Swap: true, Title: "Pour, too", Text: "The other one pours."},
	},
	Prompts: []string{"What does it taste of?"}, Debrief: []string{"How was it?"}, Pitfalls: []playbooks.Pitfall{{Sign: "It is too hot.", Rescue: "Wait."}},
	Conversation: "Drink tea with somebody.", Micro: []playbooks.Micro{{ID: "pour-for-others", Label: "I pour for others first."}},
	Trio: "The third person brings biscuits.",
	Asynchronous: []playbooks.Step{
		{Day: 1, Minutes: 10, Turn: playbooks.Both, Title: "Send a picture", Text: "Of your tea."},
		{Day: 2, Minutes: 5, Turn: playbooks.First, Title: "Answer", Text: "With yours.", Say: []string{"Mine is green."}},
	},
}

// scene is a session of Ana with others, of round 1: the second by id has the first turn.
func scene(partners ...roster.Person) Scene {
	people := []roster.ID{"ana"}
	for _, p := range partners {
		people = append(people, p.ID)
	}
	g := match.Group{People: people, Reasons: []match.Reason{
		{Code: match.StrengthMeetsStretch, From: "ben", To: "ana", Skill: "empathy"},
		{Code: match.StrengthMeetsStretch, From: "ana", To: "ben", Skill: "giving-feedback"},
		{Code: match.OtherDepartment}, {Code: match.CommonHours, Minutes: 330},
	}}
	x := session.Plan("team", 1, g, "tea", 10, slots.Window{}, at.Add(-48*time.Hour))
	x.State, x.Join = session.Booked, "https://teams.example/join"
	x.Slot = &slots.Window{Start: at.Add(-45 * time.Minute), End: at}
	return Scene{Session: x, Me: ana, Partners: partners, Playbook: tea}
}

// without is the scene in its asynchronous form.
func without(c Scene, why session.Why) Scene {
	c.Session.State, c.Session.Why, c.Session.Slot, c.Session.Join = session.Asynchronous, why, nil, ""
	return c
}

// committed is the scene after Ana chose something; snoozed so often.
func committed(c Scene, snoozed int) Scene {
	c.Session = c.Session.Close("ana", session.Closing{At: at, Met: true, Understood: 4, Conversation: "Sam, the plan", Micro: []string{"pour-for-others"}}, at.Add(48*time.Hour))
	c.Session.State = session.Ended
	c.Session.Parts["ana"].FollowUp.Snoozed = snoozed
	return c
}

func known() Known {
	c := committed(scene(ben), 0)
	c.Session = c.Session.Agree("ana").Answer("ana", session.FollowUp{Answered: at, Happened: "yes", Reflection: "It went well.", Counts: map[string]int{"attempts": 2}})
	c.Session.Replies = map[roster.ID]string{"ana": "accepted", "ben": "tentative"}
	m := roster.Member{Programme: "team", Person: ana, Standing: roster.In, Asked: roster.Mark{Version: "2026-10", At: at}, Consent: roster.Mark{Version: "2026-10", At: at}, Beyond: true,
		Profile: roster.Profile{Strengths: []string{"empathy"}, Stretch: []string{"giving-feedback"}, Energy: "morning", Avoid: []roster.ID{"zoe"}}}
	return Known{Member: m, Zone: time.UTC, Sessions: []Scene{c, without(scene(), session.Alone)}}
}

// messages are all that rapport says, by the name of their golden file.
func messages() map[string]Message {
	s := In("en")
	pair, three := scene(ben), scene(ben, cem)
	called := func(why session.Why) Scene {
		c := scene(ben)
		c.Session.State, c.Session.Why = session.Cancelled, why
		return c
	}
	agreed := scene(ben)
	agreed.Session = agreed.Session.Agree("ana")
	pulse := Pulse{Ref: "pulse/team.2026-10", Programme: us.Name, Closes: at.Add(7 * 24 * time.Hour), Figures: 5, Texts: 10}
	return map[string]Message{
		"invite": s.Invite(us, ana), "accepted": s.Accepted(us, "ana"), "refused": s.Refused(us, "ana"),
		"pairing": s.Prompt(pair, "pairing"), "pairing_trio": s.Prompt(three, "pairing"), "moved": s.Prompt(pair, "moved-1"),
		"prepare": s.Prompt(pair, "prepare-0"), "prepare_agreed_before": s.Prompt(agreed, "prepare-1"), "agreed": s.Agreed(agreed),
		"guide": s.Prompt(pair, "guide-0"), "guide_trio": s.Prompt(three, "guide-0"),
		"closing": s.Prompt(pair, "closing"), "closing_again": s.Prompt(pair, "closing-again"), "closing_async": s.Prompt(without(pair, session.NoTime), "closing"),
		"closed": s.Closed("ana", at.Add(48*time.Hour), time.UTC), "closed_plain": s.Closed("ana", time.Time{}, time.UTC),
		"async_no_time": s.Prompt(without(pair, session.NoTime), "async"), "async_no_hours": s.Prompt(without(three, session.NoHours), "async"),
		"async_declined": s.Prompt(without(pair, session.TooOften), "async"), "async_alone": s.Prompt(without(scene(), session.Alone), "async"),
		"closing_alone":      s.Prompt(without(scene(), session.Alone), "closing-again"),
		"cancelled_withdrew": s.Prompt(called(session.Withdrew), "cancelled"), "cancelled_deleted": s.Prompt(called(session.Deleted), "cancelled"),
		"followup": s.Prompt(committed(pair, 0), "followup-0"), "followup_last": s.Prompt(committed(pair, 2), "followup-2"), "remind": s.Prompt(committed(pair, 1), "remind-1"),
		"followed_yes": s.Followed("ana", "yes"), "followed_partly": s.Followed("ana", "partly"), "followed_no": s.Followed("ana", "no"),
		"snoozed": s.Snoozed("ana", at, time.UTC), "enough": s.Enough(committed(pair, 2)), "dropped": s.Dropped("ana"),
		"pulse": s.PulseCard(pulse, ana, time.UTC), "voted": s.Voted("ana"), "voted_late": s.VotedLate("ana"),
		"result_withheld": s.PulseResult(pulse, Result{Withheld: true}, ana), "result_average": s.PulseResult(pulse, Result{Answers: 7, Average: 3.5}, ana),
		"result_band": s.PulseResult(pulse, Result{Answers: 12, Band: "3-5", Texts: []string{"a", "b"}}, ana),
		"help":        s.Helped("ana"), "paused": s.Paused(us, "ana"), "resumed": s.Resumed("ana"), "departed": s.Departed("ana"), "unsure": s.Unsure(us, "ana"),
		"forgot": s.Forgot("ana"), "stranger": s.Stranger("ana"), "stale": s.Stale("ana"), "not_yours": s.NotYours("ana"),
		"refuse_met": s.Refuse("ana", "met"), "refuse_unknown": s.Refuse("ana", "nonsense"), "beyond": s.Beyond(us, ana), "data": s.Knows(known()),
		"times": s.Times(pair, []slots.Window{{Start: at.Add(24 * time.Hour)}, {Start: at.Add(49 * time.Hour)}}, time.UTC), "times_kept": s.Kept(pair), "times_none": s.NoOtherTime(pair),
		"times_taken": s.Retiming(pair, at.Add(24*time.Hour), time.UTC), "times_later": s.NotNow("ana"),
		"swap": s.Alternatives(pair, []playbooks.Playbook{tea}, []playbooks.Reason{{Code: playbooks.WhyFocus, Skill: "empathy"}}), "swap_none": s.NoAlternative(pair),
		"offer_accepted": s.Decided(curation.Contribution{ID: "o", Draft: curation.Draft{Playbook: "tea"}, Notes: []curation.Note{{Act: curation.Accept}}}, "Tea", ana),
		"offer_asked":    s.Decided(curation.Contribution{ID: "o", Draft: curation.Draft{Playbook: "tea"}, Notes: []curation.Note{{Act: curation.Ask, Text: "Which tea?"}}}, "Tea", ana),
		"offer_declined": s.Decided(curation.Contribution{ID: "o", Draft: curation.Draft{Playbook: "tea"}, Notes: []curation.Note{{Act: curation.Decline, Text: "We have one like it."}}}, "", ana),
		"swap_taken":     s.Swapped(pair), "swapped": s.Prompt(pair, "swapped-1"),
		"settings": s.SettingsCard(us, known().Member), "settings_saved": s.Settled(us, "ana"),
	}
}

func TestEveryMessageAsItIsWritten(t *testing.T) {
	seen := map[string]bool{}
	for name, m := range messages() {
		file := filepath.Join("testdata", name+".golden.json")
		seen[file] = true
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(m); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v; run with -update and read what changed", err)
		}
		if !bytes.Equal(want, b.Bytes()) {
			t.Errorf("%s: is now\n%s\nand was\n%s", name, b.Bytes(), want)
		}
	}
	files, _ := filepath.Glob("testdata/*.golden.json")
	for _, f := range files {
		if !seen[f] {
			t.Errorf("%s is of no message; delete it", f)
		}
	}
}

// TestEveryMessageCanBeShown says what any channel may rely on, in every language and with our
// own playbooks too.
func TestEveryMessageCanBeShown(t *testing.T) {
	for name, m := range messages() {
		checkMessage(t, name, "ana", "en", m)
	}
	for _, lang := range Languages() {
		for _, s := range Samples(lang) {
			checkMessage(t, lang+"/"+s.Name, "me", lang, s.Message)
		}
	}
	library, err := playbooks.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, book := range library.All() {
		for _, tag := range []string{"pairing", "prepare-0", "guide-0", "closing", "async"} {
			c := scene(ben, cem)
			if tag == "async" {
				c = without(c, session.NoTime)
			}
			c.Playbook = book
			checkMessage(t, tag+"/"+book.ID, "ana", "en", In("en").Prompt(c, tag))
		}
	}
}

func checkMessage(t *testing.T, name string, to roster.ID, lang string, m Message) {
	t.Helper()
	if m.To != to || m.Kind == "" || m.Lang != lang || m.Summary == "" || len(m.Actions) > 6 {
		t.Errorf("%s: to %q, kind %q, lang %q, summary %q, %d actions", name, m.To, m.Kind, m.Lang, m.Summary, len(m.Actions))
	}
	for _, b := range m.Blocks {
		if what := count(b); what != 1 {
			t.Errorf("%s: a block with %d fields: %+v", name, what, b)
		}
		if b.Input != nil {
			checkInput(t, name, *b.Input)
		}
	}
	for _, a := range m.Actions {
		if a.Title == "" || (a.Verb == "") == (a.URL == "") || a.Verb != "" && a.Ref == "" {
			t.Errorf("%s: button %+v", name, a)
		}
	}
	if text := fmt.Sprintf("%+v", m); gap.MatchString(text) {
		t.Errorf("%s: a gap is not filled in: %s", name, gap.FindString(text))
	}
	// a key without a text is shown as the key
	data, _ := json.Marshal(m)
	for _, word := range strings.FieldsFunc(string(data), func(r rune) bool { return r == '"' }) {
		if groups.MatchString(word) && !strings.Contains(word, " ") && !strings.HasSuffix(word, ".") {
			t.Errorf("%s says the key %s", name, word)
		}
	}
}

// count says how many fields of a block are set.
func count(b Block) int {
	data, _ := json.Marshal(b)
	var set map[string]any
	_ = json.Unmarshal(data, &set)
	return len(set)
}

func checkInput(t *testing.T, name string, in Input) {
	t.Helper()
	if in.ID == "" || in.Label == "" || in.Required && in.Error == "" {
		t.Errorf("%s: %+v", name, in)
	}
	choosing := in.Form == Choose || in.Form == ChooseMany
	if choosing == (len(in.Choices) == 0) {
		t.Errorf("%s, %s: %d choices for %s", name, in.ID, len(in.Choices), in.Form)
	}
	for _, c := range in.Choices {
		if c.Value == "" || c.Label == "" || strings.Contains(c.Value, ",") {
			t.Errorf("%s, %s: choice %+v", name, in.ID, c)
		}
	}
	if (in.Form == Line || in.Form == Lines || in.Form == Number) && in.Max == 0 {
		t.Errorf("%s, %s: no bound", name, in.ID)
	}
}

func TestAKeyNamesTheOccasionByIdsOnly(t *testing.T) {
	c := scene(ben)
	for tag, want := range map[string]string{"pairing": "pairing/", "prepare-1": "prepare-1/", "followup-2": "followup-2/", "closing-again": "closing-again/"} {
		m := In("en").Prompt(c, tag)
		if m.Key != want+c.Session.ID+"/ana" {
			t.Errorf("%s: %s", tag, m.Key)
		}
	}
}

func TestAYesCountsForTheTextThatWasRead(t *testing.T) {
	newer := us
	newer.Consent = "2026-11"
	for _, b := range In("en").Invite(us, ana).Actions {
		press := Answer{From: "ana", Verb: b.Verb, Ref: b.Ref, Version: b.Version}
		if !us.Asked(press) || newer.Asked(press) || OfProgramme(press.Ref) != "team" {
			t.Errorf("%s: %s", b.Verb, b.Ref)
		}
	}
	if us.Asked(Answer{Ref: us.Ref()}) || OfProgramme(us.Ref()) != "team" || OfProgramme("session/x") != "" {
		t.Error("a button of another card counts as a yes")
	}
	if In("en").Invite(us, ana).Key == In("en").Invite(newer, ana).Key {
		t.Error("the new text is the old promise, so nobody is shown it")
	}
}

func TestAProgrammesOwnAgreementReplacesOurs(t *testing.T) {
	own := us
	own.Text = "We are kind.\n\nAlways."
	text := picture(t, In("en").Invite(own, ana))
	if !strings.Contains(text, "We are kind.") || strings.Contains(text, In("en").say("invite.agreement.confidential")) {
		t.Error(text)
	}
}

func TestWhoeverNeverSawTheQuestionIsNotReminded(t *testing.T) {
	c := committed(scene(ben), 0)
	c.Session = c.Session.PassOver("ana", "followup-0", at).PassOver("ana", "closing", at)
	if m := In("en").Prompt(c, "remind-0"); m.Title != In("en").say("followup.title") {
		t.Errorf("%q", m.Title)
	}
	if m := In("en").Prompt(c, "closing-again"); m.Title != In("en").say("closing.title", "partners", "Ben") {
		t.Errorf("%q", m.Title)
	}
}
