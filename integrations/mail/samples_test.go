package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

// at is the start of the sample conversation: 10:00 in Berlin, 18:00 in Tokyo, 1:00 in Los Angeles.
var at = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func options(t testing.TB) Options {
	return Options{
		From: Address{"Peer coaching", "coach@contoso.example"}, To: Address{"Ana Duarte", "ana@contoso.example"},
		MessageID: "<6f1a@contoso.example>", Thread: "<7f3a@contoso.example>", Date: at.Add(-24 * time.Hour),
		Zone: zone(t, "Europe/Berlin"), Others: []Local{{"Ben Okafor", zone(t, "Asia/Tokyo")}, {"Cem Yıldız", zone(t, "Pacific/Auckland")}},
		Link:        func(prompt.Message) string { return "https://rapport.contoso.example/a/AZ1bW9jaw" },
		Unsubscribe: "https://rapport.contoso.example/a/AZ1cGF1c2U", Programme: "Feedback circle",
	}
}

func act(verb, title string) prompt.Action {
	return prompt.Action{Verb: verb, Title: title, Ref: "session/7f3a", Version: 4}
}

func skip(a prompt.Action) prompt.Action { a.Skip = true; return a }

// asks is one question in every language: a follow-up with a time, a fact and an input.
var asks = map[string][8]string{
	"en": {"How did it go?", "A minute for the conversation you chose two days ago", "Two days ago you chose one conversation. Only you read your answer.", "Your conversation", "Did it happen?", "Send", "Ask me tomorrow", "Only you see this."},
	"de": {"Wie lief es?", "Eine Minute für das Gespräch, das du dir vor zwei Tagen vorgenommen hast", "Vor zwei Tagen hast du dir ein Gespräch vorgenommen. Deine Antwort liest außer dir niemand.", "Euer Gespräch", "Hat es stattgefunden?", "Absenden", "Frag mich morgen", "Das siehst nur du."},
	"fr": {"Comment cela s’est-il passé ?", "Une minute pour la conversation que vous avez choisie il y a deux jours", "Il y a deux jours, vous avez choisi une conversation. Vous seul lirez votre réponse.", "Votre conversation", "A-t-elle eu lieu ?", "Envoyer", "Me le redemander demain", "Vous seul voyez ceci."},
	"es": {"¿Cómo fue?", "Un minuto para la conversación que elegiste hace dos días", "Hace dos días elegiste una conversación. Solo tú lees tu respuesta.", "Vuestra conversación", "¿Tuvo lugar?", "Enviar", "Pregúntame mañana", "Solo tú ves esto."},
	"pt": {"Como foi?", "Um minuto para a conversa que você escolheu há dois dias", "Há dois dias, você escolheu uma conversa. Só você lê a sua resposta.", "Sua conversa", "Ela aconteceu?", "Enviar", "Pergunte amanhã", "Só você vê isto."},
	"ja": {"いかがでしたか", "2日前に選んだ対話について、1分だけお願いします", "2日前に、対話を一つ選びました。回答を読むのはあなただけです。", "対話の時間", "実際に話しましたか", "送信", "明日もう一度聞く", "これはあなたにしか見えません。"},
	"ar": {"كيف سارت المحادثة؟", "دقيقة واحدة للمحادثة التي اخترتها قبل يومين", "قبل يومين اخترت محادثة واحدة. لا يقرأ إجابتك أحد غيرك.", "محادثتكما", "هل جرت المحادثة؟", "إرسال", "اسألني غدًا", "أنت وحدك من يرى هذا."},
}

func followUp(lang string) prompt.Message {
	w := asks[lang]
	return prompt.Message{
		Key: "followup-0/7f3a/ana", To: "ana", Kind: prompt.KindFollowUp, Lang: lang, Title: w[0], Summary: w[1],
		Blocks: []prompt.Block{{Text: w[2]}, {When: &prompt.When{Label: w[3], Start: at, End: at.Add(25 * time.Minute)}},
			{Input: &prompt.Input{ID: "happened", Label: w[4], Form: prompt.Choose, Required: true, Choices: []prompt.Choice{{Value: "yes", Label: "1"}}}},
			{Note: w[7]}},
		Actions: []prompt.Action{act(prompt.FollowUp, w[5]), skip(act(prompt.Snooze, w[6]))},
	}
}

// samples are one message for every kind of block and button.
func samples() map[string]prompt.Message {
	all := map[string]prompt.Message{
		"pairing.en": {Key: "pairing/7f3a/ana", To: "ana", Kind: prompt.KindPairing, Lang: "en",
			Title: "This round you meet Ben and Cem", Summary: "Your next conversation is with Ben and Cem",
			Blocks: []prompt.Block{
				{Text: "The three of you meet this round. Your guide is “Feedback that lands”; it comes when you start."},
				{When: &prompt.When{Label: "When", Start: at, End: at.Add(25 * time.Minute)}},
				{Head: "Why the three of you"},
				{List: []string{"Ben is practised at giving feedback, which you would like to learn.", "You work in different teams.", "You share 5 hours and 30 minutes of working time a day."}},
				{Facts: []prompt.Fact{{Label: "Guide", Value: "Feedback that lands"}, {Label: "Length", Value: "25 minutes"}}},
				{Note: "The invitation is in your calendar."},
			},
			Actions: []prompt.Action{act("session:another", "Find another time")}},
		"guide.en": {Key: "guide-0/7f3a/ana", To: "ana", Kind: prompt.KindGuide, Lang: "en",
			Title: "Feedback that lands: your guide", Summary: "Your conversation with Ben starts now; here is the guide",
			Blocks: []prompt.Block{
				{Text: "You go first. Ben listens; after ten minutes you swap."},
				{Steps: []prompt.Step{
					{Minutes: 3, Title: "Arrive", Who: "Both of you", Text: "One sentence each: how are you here today?", Say: []string{"I come from … and right now I feel …"}},
					{Minutes: 10, Title: "Say what you saw, and what it did", Who: "Ana's turn", Text: "Choose one real situation.\n\nName the situation, the behaviour and the impact.", Say: []string{"On Tuesday, in the review, when you …", "What it did to me was …"}},
					{Minutes: 10, Title: "Swap", Who: "Ben's turn", Swap: true},
				}},
				{Note: "Stuck? Say “pause”, breathe, and start the sentence again."},
			},
			Actions: []prompt.Action{{Title: "Join the call", URL: "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x?context=%7b%7d"}}},
		"invite.en": {Key: "invite/team/1/ana", To: "ana", Kind: prompt.KindInvite, Lang: "en",
			Title: "Would you like to join “Feedback circle”?", Summary: "An invitation to practise with a colleague",
			Blocks: []prompt.Block{{Text: "Every two weeks you meet a colleague.\n\nNothing happens before you say yes."},
				{Input: &prompt.Input{ID: "strengths", Label: "What could you help a colleague with?", Form: prompt.ChooseMany, Choices: []prompt.Choice{{Value: "a", Label: "A"}}}},
				{Input: &prompt.Input{ID: "energy", Label: "When do you think best?", Form: prompt.Choose, Choices: []prompt.Choice{{Value: "a", Label: "A"}}}}},
			Actions: []prompt.Action{act(prompt.Yes, "Yes, I am in"), skip(act(prompt.No, "No, thank you"))}},
		"paused.de": {To: "ana", Kind: prompt.KindNotice, Lang: "de", Title: "Du machst gerade Pause", Summary: "Du machst gerade Pause",
			Blocks: []prompt.Block{{Text: "Wir melden uns nicht, bis du zurückkommst."}}, Actions: []prompt.Action{act(prompt.Resume, "Weitermachen")}},
		"hostile.en": hostile(),
	}
	for lang := range asks {
		all["followup."+lang] = followUp(lang)
	}
	return all
}

// evil are texts that would do harm somewhere: in a header, in HTML, in plain words.
var evil = []string{
	"Ana\r\nBcc: everybody@contoso.example", "x\nSubject: other", "\r\n\r\n<h1>body</h1>", "=?utf-8?B?QmNjOg==?=", "<script>alert(1)</script>",
	`"><img src=x onerror=alert(1)>`, "'; background:url(https://evil.example)", "</style><script>1</script>", "{{.Lang}}", "\u202eevil\u2066", "\x00\x1b[31m",
	"\xff\xfe", strings.Repeat("ä", 300), strings.Repeat("a", 1200), "--=_boundary", "[click](https://evil.example)", "javascript:alert(1)", "=cmd|'/C calc'!A0", "<!--[if mso]>",
}

func hostile() prompt.Message {
	all := strings.Join(evil, " ")
	return prompt.Message{Key: "hostile/1/ana", To: "ana", Kind: prompt.KindNotice, Lang: "en", Title: all, Summary: all,
		Blocks: []prompt.Block{{Head: all}, {Text: all}, {List: evil}, {Facts: []prompt.Fact{{Label: all, Value: all}}}, {When: &prompt.When{Label: all, Start: at}},
			{Steps: []prompt.Step{{Minutes: 1, Title: all, Who: all, Text: all, Say: evil}}}, {Note: all}, {Input: &prompt.Input{ID: "x", Label: all, Form: prompt.Line}}},
		Actions: []prompt.Action{{Title: all, URL: "javascript:alert(1)"}, act(prompt.FollowUp, all), {Title: all, URL: "https://user:pass@evil.example"}}}
}
