package teams

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// at is the start of the sample session, UTC.
var at = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func act(verb, title string) prompt.Action {
	return prompt.Action{Verb: verb, Title: title, Ref: "session/7f3a", Version: 4}
}

func skip(a prompt.Action) prompt.Action { a.Skip = true; return a }

// samples are one message for every kind of block, in the words a person would read.
var samples = map[string]prompt.Message{
	"consent": {
		Key: "consent/p1/ana", To: "ana", Kind: "consent", Lang: "en",
		Summary: "You are invited to peer coaching. Say yes or no.",
		Title:   "Shall we find you a coaching partner?",
		Blocks: []prompt.Block{
			{Text: "Every two weeks you meet a colleague for twenty-five minutes and practise one conversation that matters.\n\nNothing happens before you say yes, and you can pause or leave whenever you like."},
			{Head: "What we agree on"},
			{List: []string{"What is said stays between the two of you.", "You share only what you want to share.", "Anyone may say “pause” at any moment, without giving a reason and without having to explain later.", "Curiosity comes before judgement."}},
			{Head: "What rapport reads and keeps"},
			{Facts: []prompt.Fact{{Label: "Reads", Value: "free/busy, working hours, manager"}, {Label: "Never reads", Value: "mails, meeting content"}, {Label: "Keeps", Value: "your answers, for 12 months"}}},
			{Input: &prompt.Input{ID: "strengths", Label: "What could you help a colleague with?", Form: prompt.ChooseMany, Choices: []prompt.Choice{{Value: "listening", Label: "Active listening"}, {Value: "feedback", Label: "Giving feedback"}, {Value: "conflict", Label: "Staying calm in conflict"}}}},
			{Input: &prompt.Input{ID: "energy", Label: "When do you think best?", Form: prompt.Choose, Value: "any", Required: true, Error: "Please choose one.", Choices: []prompt.Choice{{Value: "morning", Label: "In the morning"}, {Value: "afternoon", Label: "In the afternoon"}, {Value: "any", Label: "Any time"}}}},
			{Note: "Only the two of you see who you are paired with. Your manager is never told whether you take part."},
		},
		Actions: []prompt.Action{act("consent:yes", "Yes, I am in"), skip(act("consent:no", "No, thank you"))},
	},
	"guide": {
		Key: "guide/7f3a/ana", To: "ana", Kind: "guide", Lang: "en",
		Summary: "Your session with Ben starts now. Here is the plan.",
		Title:   "Feedback that lands: your session with Ben",
		Blocks: []prompt.Block{
			{When: &prompt.When{Label: "Now", Start: at, End: at.Add(25 * time.Minute)}},
			{Text: "You go first. Ben listens; after ten minutes you swap."},
			{Steps: []prompt.Step{
				{Minutes: 3, Title: "Arrive", Text: "One sentence each: how are you here today?", Say: []string{"I come from … and right now I feel …"}},
				{Minutes: 10, Title: "Say what you saw, and what it did", Text: "Choose one real situation.\n\nName the situation, the behaviour and the impact. Leave the person out of it.", Say: []string{"On Tuesday, in the review, when you …", "What it did to me was …"}},
				{Minutes: 10, Title: "Swap", Text: "The same again, the other way round."},
				{Minutes: 2, Title: "Close"},
			}},
			{Note: "Stuck? Say “pause”, breathe, and start the sentence again."},
		},
		Actions: []prompt.Action{{Title: "Join the meeting", URL: "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x"}, act("session:swap", "Swap roles")},
	},
	"pairing": {
		Key: "pairing/7f3a/ana", To: "ana", Kind: "pairing", Lang: "en",
		Summary: "Your coaching partner this round is Ben Okafor.",
		Title:   "Your coaching partner this round: Ben Okafor",
		Blocks: []prompt.Block{
			{When: &prompt.When{Label: "Your session", Start: at, End: at.Add(25 * time.Minute)}},
			{Head: "Why the two of you"},
			{List: []string{"Ben is practised at giving feedback, which you would like to learn.", "You both think best in the morning.", "You work in different teams."}},
		},
		Actions: []prompt.Action{act("session:agree", "Sounds good"), act("session:another", "Find another time")},
	},
	"closing": {
		Key: "closing/7f3a/ana", To: "ana", Kind: "closing", Lang: "en",
		Summary: "How was your session with Ben?", Title: "How was it?",
		Blocks: []prompt.Block{
			{Input: &prompt.Input{ID: "met", Label: "Did you meet?", Form: prompt.Choose, Required: true, Error: "Please say whether you met.", Choices: []prompt.Choice{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}}},
			{Input: &prompt.Input{ID: "understood", Label: "How well did you feel understood? (1 = not at all, 5 = completely)", Form: prompt.Number, Min: 1, Max: 5, Error: "A number from 1 to 5."}},
			{Input: &prompt.Input{ID: "conversation", Label: "Which real conversation will you have within 48 hours?", Form: prompt.Line, Max: 140, Required: true, Error: "Name one conversation.", Hint: "With whom, about what"}},
			{Input: &prompt.Input{ID: "reflection", Label: "Anything to remember?", Form: prompt.Lines, Hint: "Only you can read this"}},
			{Input: &prompt.Input{ID: "micro", Label: "What will you practise in it?", Form: prompt.Choose, Hint: "Choose one", Choices: []prompt.Choice{{Value: "1", Label: "Say back what I heard"}, {Value: "2", Label: "Ask one open question"}, {Value: "3", Label: "Wait three seconds"}, {Value: "4", Label: "Name the impact"}, {Value: "5", Label: "Ask for a next step"}, {Value: "6", Label: "Thank them"}, {Value: "7", Label: "Name what went well"}, {Value: "8", Label: "Keep my voice calm"}}}},
			{Note: "Ben does not see your answers."},
		},
		Actions: []prompt.Action{act("closing:answer", "Send")},
	},
	"arabic": {
		Key: "followup/7f3a/ana", To: "ana", Kind: "followup", Lang: "ar",
		Summary: "كيف سارت المحادثة؟", Title: "كيف سارت المحادثة مع Ben؟",
		Blocks: []prompt.Block{
			{Text: "قبل يومين اخترت محادثة واحدة. لا يقرأ إجابتك أحد غيرك."},
			{When: &prompt.When{Label: "جلستك", Start: at, End: at.Add(25 * time.Minute)}},
			{Steps: []prompt.Step{{Minutes: 3, Title: "البداية", Text: "جملة واحدة لكل منكما.", Say: []string{"كيف حالك اليوم؟"}}}},
			{List: []string{"ما قيل يبقى بينكما.", "الفضول قبل الحكم."}},
			{Facts: []prompt.Fact{{Label: "المحادثة", Value: "مع مديري حول المشروع"}}},
			{Input: &prompt.Input{ID: "happened", Label: "هل جرت المحادثة؟", Form: prompt.Choose, Required: true, Error: "اختر إجابة واحدة.", Choices: []prompt.Choice{{Value: "yes", Label: "نعم"}, {Value: "partly", Label: "جزئيًا"}, {Value: "no", Label: "لا"}}}},
			{Note: "إجابتك خاصة بك."},
		},
		Actions: []prompt.Action{act("followup:answer", "إرسال"), skip(act("followup:snooze", "ذكّرني غدًا")), skip(act("followup:drop", "ليس بعد الآن"))},
	},
	"hostile": {
		Key: "hostile/1/ana", To: "ana", Kind: "thanks", Lang: "en",
		Summary: "A [message](https://evil.example) {{DATE(2026-11-24T09:00:00Z,LONG)}}",
		Title:   "# 1. *bold* _it_ [click](https://evil.example) `code` <b>x</b> &amp; {{DATE(2026-11-24T09:00:00Z,LONG)}}",
		Blocks: []prompt.Block{
			{Head: "1. ~~gone~~ **now** O'Brien (she/her) – R&D"},
			{Text: "[click](https://evil.example) www.evil.example mailto:a@evil.example **bold** <b>bold</b>\n# not a heading\n- not a list\n\n{{TIME(2026-11-24T09:00:00Z)}} \u202eright to left"},
			{List: []string{"[x](javascript:alert(1))", "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
			{Facts: []prompt.Fact{{Label: "*who*", Value: "[Ben](https://evil.example)"}, {Label: "snake_case_name", Value: "a|b ~ 3 * 4"}}},
			{Steps: []prompt.Step{{Minutes: 1, Title: "**x** [y](https://evil.example)", Say: []string{"_z_"}}}},
			{Input: &prompt.Input{ID: "open", Label: "What about *this* [one](https://evil.example)?", Form: prompt.Line}},
		},
		Actions: []prompt.Action{act("pulse:answer", "Send *it*")},
	},
	"small": {Key: "said/1/ana", To: "ana", Kind: "said", Lang: "de", Summary: "Du bist in der Pause.", Title: "Du machst gerade Pause. Wir melden uns nicht, bis du zurückkommst."},
}
