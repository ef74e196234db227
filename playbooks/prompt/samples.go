package prompt

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// Sample is a message with sample data, to look at before anybody real receives one.
type Sample struct {
	Name    string // lower case and underscores; the same in every language
	Message Message
}

// Samples are all occasions on which rapport speaks, in the order in which a person meets
// them, worded in a language (BCP 47) for people who do not exist.
func Samples(lang string) []Sample {
	p := newPretence(lang)
	var all []Sample
	for _, part := range [][]Sample{p.joining(), p.meeting(), p.timing(), p.swapping(), p.lookingBack(), p.pulse(), p.belonging()} {
		all = append(all, part...)
	}
	return all
}

// pretence is the invented company the samples are about.
type pretence struct {
	say       Speaker
	at        time.Time // when the sample session ends
	zone      *time.Location
	programme Programme
	me        roster.Person
	ben, cem  roster.Person
}

// own are words of the reader's: nobody translates what people write.
var own = map[string]struct{ name, conversation, reflection string }{
	"ar": {"ليلى حداد", "مع سامي حول خطة المشروع", "كان الأمر أسهل مما ظننت."},
	"de": {"Jana Größl", "Mit Sam über den Projektplan", "Es war leichter als gedacht."},
	"en": {"Ana Moreau", "With Sam about the project plan", "It was easier than I thought."},
	"es": {"Lucía Peña", "Con Sam, sobre el plan del proyecto", "Fue más fácil de lo que pensaba."},
	"fr": {"Chloé Lefèvre", "Avec Sam, au sujet du plan de projet", "C’était plus simple que prévu."},
	"ja": {"佐藤 葵", "サムとプロジェクト計画について", "思ったより簡単でした。"},
	"pt": {"João Araújo", "Com Sam, sobre o plano do projeto", "Foi mais fácil do que eu pensava."},
}

func newPretence(lang string) pretence {
	say := In(lang)
	working := roster.Hours{Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}, Start: "09:00:00", End: "17:00:00"}
	return pretence{
		say: say, at: time.Date(2026, 11, 24, 9, 45, 0, 0, time.UTC), zone: time.FixedZone("Europe/Madrid", 3600),
		programme: Programme{ID: "team", Name: "Talk well", Consent: "2026-10"},
		me:        roster.Person{ID: "me", Name: own[say.Lang].name, Mail: "me@contoso.example", Manager: "mia", Department: "Sales", Country: "ES", Language: say.Lang, Hours: working},
		ben:       roster.Person{ID: "ben", Name: "Ben Okafor"}, cem: roster.Person{ID: "cem", Name: "Cem Yıldız"},
	}
}

// book is a playbook with something in every chapter. It is in English, as are the
// playbooks that come with rapport.
var book = playbooks.Playbook{
	ID: "sample", Title: "Say it in time", Purpose: "Say one thing you have put off, while it is still small.",
	Outcomes: []string{"One sentence that you can say tomorrow", "The feeling that it was heard"},
	Starts:   "Whoever has waited longer goes first.", Bring: []string{"One thing you have not said yet"},
	Agreements: []string{"What is said here stays here.", "Curiosity comes before judgement."},
	Steps: []playbooks.Step{
		{Minutes: 3, Turn: playbooks.Both, Silent: true, Title: "Remember", Text: "Think of one situation."},
		{Minutes: 10, Turn: playbooks.First, Title: "Say it", Text: "What did you see, and what did it do to you?", Say: []string{"On Tuesday, when you …"}},
		{Minutes: 10, Turn: playbooks.Second, Swap: true, Title: "Change over", Text: "The same, the other way round."},
	},
	Prompts: []string{"What would you wish for instead?"}, Debrief: []string{"What was easier than expected?"},
	Pitfalls:     []playbooks.Pitfall{{Sign: "You talk about somebody else.", Rescue: "Say “I”."}},
	Conversation: "Which of these will you really say?", Trio: "The third person watches the clock.",
	Micro: []playbooks.Micro{{ID: "say-it-early", Label: "I say it within two days."}, {ID: "ask-first", Label: "I ask before I advise."}},
	Asynchronous: []playbooks.Step{
		{Day: 1, Minutes: 10, Turn: playbooks.Both, Title: "Write it down", Text: "As you would say it."},
		{Day: 2, Minutes: 10, Turn: playbooks.First, Title: "Answer", Text: "Say what arrived.", Say: []string{"What I heard is …"}},
	},
}

// scene is a booked session of the reader with others.
func (p pretence) scene(partners ...roster.Person) Scene {
	group := match.Group{People: []roster.ID{p.me.ID}, Reasons: []match.Reason{
		{Code: match.StrengthMeetsStretch, From: "ben", To: "me", Skill: "giving-feedback"},
		{Code: match.OtherDepartment}, {Code: match.CommonHours, Minutes: 330}, {Code: match.MetBefore, From: "ben", To: "me", Rounds: 4},
	}}
	for _, other := range partners {
		group.People = append(group.People, other.ID)
	}
	x := session.Plan(p.programme.ID, 3, group, book.ID, 45, slots.Window{}, p.at.Add(-72*time.Hour))
	x.State, x.Join = session.Booked, "https://teams.microsoft.com/l/meetup-join/19%3ameeting_sample"
	x.Slot = &slots.Window{Start: p.at.Add(-45 * time.Minute), End: p.at}
	x.Time = slots.Why{Status: slots.OK, Tier: slots.Core, Counts: slots.Counts{Window: 1152, Notice: 1056, Hours: 288, Events: 212, Protected: 212, Limits: 212}}
	return Scene{Session: x, Me: p.me, Partners: partners, Playbook: book, Zone: p.zone}
}

// stretched is the scene at a time that asks something of the reader.
func (p pretence) stretched() Scene {
	c := p.scene(p.ben)
	c.Session.Slot = &slots.Window{Start: p.at.Add(-135 * time.Minute), End: p.at.Add(-90 * time.Minute)}
	c.Session.Time.Tier, c.Session.Time.Outside = slots.Stretch, []slots.Cost{{ID: "me", Minutes: 30}}
	return c
}

// ended is the scene in another state, for a reason, without a time.
func ended(c Scene, state session.State, why session.Why) Scene {
	c.Session.State, c.Session.Why = state, why
	if state == session.Asynchronous {
		c.Session.Slot, c.Session.Join = nil, ""
	}
	return c
}

// committed is the scene after the reader chose something and put it off so often.
func (p pretence) committed(snoozed int) Scene {
	c := p.scene(p.ben)
	c.Session = c.Session.Agree("me").Close("me", session.Closing{At: p.at, Met: true, Understood: 4, Conversation: own[p.say.Lang].conversation, Micro: []string{"say-it-early"}}, p.at.Add(48*time.Hour))
	c.Session.State = session.Ended
	c.Session.Parts["me"].FollowUp.Snoozed = snoozed
	return c
}

func (p pretence) joining() []Sample {
	return []Sample{
		{"invite", p.say.Invite(p.programme, p.me)},
		{"invite_accepted", p.say.Accepted(p.programme, "me")},
		{"invite_refused", p.say.Refused(p.programme, "me")},
		{"settings", p.say.SettingsCard(p.programme, p.member())},
		{"settings_saved", p.say.Settled(p.programme, "me")},
	}
}

func (p pretence) meeting() []Sample {
	pair, three := p.scene(p.ben), p.scene(p.ben, p.cem)
	return []Sample{
		{"pairing", p.say.Prompt(pair, session.Pairing)},
		{"pairing_trio", p.say.Prompt(three, session.Pairing)},
		{"pairing_stretch", p.say.Prompt(p.stretched(), session.Pairing)},
		{"unpaired", p.say.Unpaired("me", match.NoPartner)},
		{"async_no_time", p.say.Prompt(ended(pair, session.Asynchronous, session.NoTime), session.ByWriting)},
		{"async_alone", p.say.Prompt(ended(p.scene(), session.Asynchronous, session.Alone), session.ByWriting)},
		{"prepare", p.say.Prompt(pair, session.Prepare+"-0")},
		{"prepare_agreed", p.say.Agreed(Scene{Session: pair.Session.Agree("me"), Me: p.me, Partners: pair.Partners, Playbook: book, Zone: p.zone})},
		{"guide", p.say.Prompt(pair, session.Guide+"-0")},
		{"guide_trio", p.say.Prompt(three, session.Guide+"-0")},
		{"cancelled_withdrew", p.say.Prompt(ended(pair, session.Cancelled, session.Withdrew), session.CalledOff)},
		{"cancelled_deleted", p.say.Prompt(ended(pair, session.Cancelled, session.Deleted), session.CalledOff)},
	}
}

func (p pretence) timing() []Sample {
	c, at := p.scene(p.ben), p.at
	var times []slots.Window
	for _, hours := range []time.Duration{25, 50, 74} {
		times = append(times, slots.Window{Start: at.Add(hours * time.Hour), End: at.Add(hours*time.Hour + 45*time.Minute)})
	}
	all := []Sample{
		{"times", p.say.Times(c, times, p.zone)}, {"times_none", p.say.NoOtherTime(c)}, {"times_kept", p.say.Kept(c)},
		{"times_taken", p.say.Retiming(c, times[0].Start, p.zone)}, {"times_later", p.say.NotNow("me")},
	}
	for _, cause := range []session.Cause{"", session.CauseDeclined, session.CauseProposed, session.CauseUnfit, session.CauseAsked, session.CauseHand, session.CauseAway, session.CauseHours} {
		name := "moved"
		if cause != "" {
			name += "_" + string(cause)
		}
		c.Session.Cause, c.Session.Moves, c.Session.ByHand = cause, 1, cause == session.CauseHand
		all = append(all, Sample{name, p.say.Prompt(c, session.Moved+"-1")})
	}
	return all
}

func (p pretence) swapping() []Sample {
	c, other, third := p.scene(p.ben), book, book
	c.Playbook.Minutes = 45
	other.ID, other.Title, other.Minutes = "walk", "A walk", 40
	third.ID, third.Title, third.Minutes = "letter", "A letter never sent", 45
	c.Stretch = []string{"empathy"}
	reasons := []playbooks.Reason{{Code: playbooks.WhyFocus, Skill: "giving-feedback"}, {Code: playbooks.WhyStretch, Skill: "empathy"}}
	return []Sample{
		{"swap", p.say.Alternatives(c, []playbooks.Playbook{other, third}, reasons)}, {"swap_none", p.say.NoAlternative(c)},
		{"offer_published", p.say.Decided(p.offer(curation.Accept, ""), book.Title, p.me)},
		{"offer_asked", p.say.Decided(p.offer(curation.Ask, own[p.say.Lang].reflection), book.Title, p.me)},
		{"offer_declined", p.say.Decided(p.offer(curation.Decline, own[p.say.Lang].reflection), "", p.me)},
		{"swap_taken", p.say.Swapped(c)}, {"swapped", p.say.Prompt(c, session.Swapped+"-1")},
	}
}

// offer is what the reader offered for the library, as a curator decided about it.
func (p pretence) offer(act curation.Act, words string) curation.Contribution {
	return curation.Contribution{ID: "offer", By: "me", Draft: curation.Draft{Kind: curation.Prompt, Playbook: book.ID},
		Notes: []curation.Note{{At: p.at, By: "cem", Curator: true, Act: act, Text: words}}}
}

func (p pretence) lookingBack() []Sample {
	pair := p.scene(p.ben)
	return []Sample{
		{"closing", p.say.Prompt(pair, session.CloseUp)},
		{"closing_again", p.say.Prompt(pair, session.CloseLate)},
		{"closing_alone", p.say.Prompt(ended(p.scene(), session.Asynchronous, session.Alone), session.CloseUp)},
		{"closing_thanks", p.say.Closed("me", p.at.Add(48*time.Hour), p.zone)},
		{"closing_thanks_plain", p.say.Closed("me", time.Time{}, p.zone)},
		{"followup", p.say.Prompt(p.committed(0), session.Ask+"-0")},
		{"followup_remind", p.say.Prompt(p.committed(1), session.Remind+"-1")},
		{"followup_enough", p.say.Enough(p.committed(2))},
		{"followup_snoozed", p.say.Snoozed("me", p.at.Add(72*time.Hour), p.zone)},
		{"followup_dropped", p.say.Dropped("me")},
		{"followup_yes", p.say.Followed("me", "yes")},
		{"followup_partly", p.say.Followed("me", "partly")},
		{"followup_no", p.say.Followed("me", "no")},
	}
}

func (p pretence) pulse() []Sample {
	x := Pulse{Ref: "pulse/team.2026-11", Programme: p.programme.Name, Closes: p.at.Add(7 * 24 * time.Hour), Figures: 5, Texts: 10}
	return []Sample{
		{"pulse", p.say.PulseCard(x, p.me, p.zone)}, {"pulse_thanks", p.say.Voted("me")}, {"pulse_closed", p.say.VotedLate("me")},
		{"pulse_result_withheld", p.say.PulseResult(x, Result{Withheld: true}, p.me)},
		{"pulse_result_average", p.say.PulseResult(x, Result{Answers: 7, Average: 3.5}, p.me)},
		{"pulse_result_texts", p.say.PulseResult(x, Result{Answers: 1234, Band: "3-5", Texts: []string{own[p.say.Lang].reflection}}, p.me)},
	}
}

func (p pretence) belonging() []Sample {
	return []Sample{
		{"help", p.say.Helped("me")}, {"pause_ask", p.say.AskPause(p.programme, "me")}, {"paused", p.say.Paused(p.programme, "me")}, {"resumed", p.say.Resumed("me")},
		{"rested", p.say.Rested(p.programme, p.me, 6)}, {"departed", p.say.Departed("me")},
		{"forget_sure", p.say.Unsure(p.programme, "me")}, {"forgotten", p.say.Forgot("me")},
		{"stranger", p.say.Stranger("me")}, {"stale", p.say.Stale("me")}, {"not_yours", p.say.NotYours("me")},
		{"refused_answer", p.say.Refuse("me", "met")}, {"beyond", p.say.Beyond(p.programme, p.me)},
		{"data", p.say.Knows(p.known())},
	}
}

func (p pretence) member() roster.Member {
	mark := roster.Mark{Version: p.programme.Consent, At: p.at.Add(-30 * 24 * time.Hour)}
	return roster.Member{Programme: p.programme.ID, Person: p.me, Standing: roster.In, Asked: mark, Consent: mark,
		Profile: roster.Profile{Strengths: []string{"empathy", "appreciation"}, Stretch: []string{"giving-feedback"}, Energy: "morning",
			Flex: "early", Language: p.say.Lang, Channel: "teams", Form: "meet", Avoid: []roster.ID{"zoe"}}}
}

// known is a member's whole story so far.
func (p pretence) known() Known {
	c := p.committed(0)
	c.Session = c.Session.Answer("me", session.FollowUp{Answered: p.at, Happened: "yes", Reflection: own[p.say.Lang].reflection, Counts: map[string]int{"practised": 20, "attempts": 2}})
	c.Session.Replies = map[roster.ID]string{"me": "accepted"}
	return Known{Member: p.member(), Zone: p.zone, Carried: 45 * time.Minute, Sessions: []Scene{c, ended(p.scene(), session.Asynchronous, session.Alone)}}
}
