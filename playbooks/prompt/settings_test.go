package prompt

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

func TestWhatSettingsMean(t *testing.T) {
	old := roster.Profile{Strengths: []string{"empathy"}, Stretch: []string{"appreciation"}, Energy: "morning", Flex: "late", Language: "fr", Channel: "mail", Form: "writing", Avoid: []roster.ID{"zoe"}}
	change := func(f func(p *roster.Profile)) roster.Profile { p := old; f(&p); return p }
	for name, c := range map[string]struct {
		in   fields
		want roster.Profile
	}{
		"everything": {fields{"strengths": "giving-feedback", "stretch": "empathy", "energy": "any", "flex": "both", "language": "ja", "channel": "teams", "form": "meet"},
			roster.Profile{Strengths: []string{"giving-feedback"}, Stretch: []string{"empathy"}, Energy: "any", Flex: "both", Language: "ja", Channel: "teams", Form: "meet", Avoid: old.Avoid}},
		"nothing is ticked":   {fields{}, change(func(p *roster.Profile) { p.Strengths, p.Stretch = nil, nil })},
		"as in the directory": {fields{"strengths": "empathy", "stretch": "appreciation", "language": "auto"}, change(func(p *roster.Profile) { p.Language = "" })},
		"no longer flexible":  {fields{"strengths": "empathy", "stretch": "appreciation", "flex": "none"}, change(func(p *roster.Profile) { p.Flex = "none" })},
		"nonsense": {fields{"strengths": "empathy,juggling", "stretch": "appreciation", "energy": "night", "flex": "always", "language": "tlh", "channel": "pigeon", "form": "x", "avoid": "ben"},
			old},
	} {
		if got := ReadSettings(Answer{Fields: c.in}, old); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestTheSettingsCardComesBackAsItIs answers the card without a change.
func TestTheSettingsCardComesBackAsItIs(t *testing.T) {
	for _, profile := range []roster.Profile{
		{Strengths: []string{"empathy", "appreciation"}, Stretch: []string{"giving-feedback"}, Energy: "afternoon", Flex: "early", Language: "de", Channel: "mail", Form: "writing", Avoid: []roster.ID{"zoe"}},
		{Energy: "any", Flex: "none", Channel: "teams", Form: "meet"},
	} {
		card := In("en").SettingsCard(us, roster.Member{Person: ana, Profile: profile})
		said := fields{}
		for _, b := range card.Blocks {
			if b.Input != nil {
				said[b.Input.ID] = b.Input.Value
			}
		}
		if got := ReadSettings(Answer{Fields: said}, profile); !reflect.DeepEqual(got, profile) {
			t.Errorf("%+v came back as %+v", profile, got)
		}
		if len(card.Actions) != 1 || card.Actions[0].Verb != SetProfile || OfProgramme(card.Actions[0].Ref) != us.ID {
			t.Errorf("%+v", card.Actions)
		}
		if strings.Contains(picture(t, card), "zoe") {
			t.Error("the card shows whom somebody avoids")
		}
	}
}

func TestWhatSomebodyCarriedIsTheirsToKnow(t *testing.T) {
	k := known()
	if strings.Contains(picture(t, In("en").Knows(k)), "Inconvenience") {
		t.Error("nothing was carried, and still it is told")
	}
	k.Carried = 45 * time.Minute
	k.Member.Profile.Flex, k.Member.Profile.Language, k.Member.Profile.Channel, k.Member.Profile.Form = "early", "ja", "mail", "writing"
	shown := picture(t, In("en").Knows(k))
	for _, want := range []string{`"Inconvenience you carried so far","Value":"45 minutes"`, "Yes, earlier", "日本語", "By e-mail", "In writing"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not told in %s", want, shown)
		}
	}
}

func TestPeopleTypeInTheLanguageTheyThinkIn(t *testing.T) {
	for text, want := range map[string]string{
		"settings": Settings, "My settings, please": Settings, "preferences": Settings,
		"Vergiss mich bitte!": Forget, "Was weißt du über mich?": Data, "was weisst du uber mich": Data, "Ich möchte eine Pause": Pause, "Einstellungen": Settings, "abmelden": Leave,
		"Réglages": Settings, "reglages": Settings, "Je voudrais faire une pause, s'il vous plaît": Pause, "Que savez-vous de moi ?": Data, "Oubliez-moi": Forget,
		"¿Qué sabes de mí?": Data, "olvidame": Forget, "Quiero salir del programa": Leave, "quiero salir": Leave, "ajustes": Settings,
		"O que você sabe sobre mim?": Data, "esqueça-me": Forget, "configuracoes": Settings, "quero sair do programa": Leave,
		"休みます": Pause, "休みたいです。": Pause, "退会します": Leave, "設定": Settings, "ヘルプ": Help, "休みません": Help,
		"ماذا تعرف عني؟": Data, "اعدادات": Settings, "أريد استراحة": Pause, "مغادرة": Leave, "لا أريد المغادرة": Help, "انسني": Forget,
		"lass Ben bitte in Ruhe": Help, "pas de pause": Help, "no quiero salir": Help,
	} {
		if got := Command(text); got != want {
			t.Errorf("%q means %s, want %s", text, got, want)
		}
	}
}
