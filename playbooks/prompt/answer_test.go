package prompt

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

var at = time.Date(2026, 10, 14, 10, 45, 0, 0, time.UTC)

type fields = map[string]string

func invalid(err error) string {
	var i Invalid
	if errors.As(err, &i) {
		return string(i)
	}
	return ""
}

func TestWhatAClosingMeans(t *testing.T) {
	long := strings.Repeat("ä", longestLine)
	for name, c := range map[string]struct {
		in  fields
		out session.Closing
		bad string
	}{
		"everything":         {fields{"met": "yes", "understood": "4", "conversation": "Sam, the plan", "micro": "a,b"}, session.Closing{Met: true, Understood: 4, Conversation: "Sam, the plan", Micro: []string{"a", "b"}}, ""},
		"the least":          {fields{"met": "no"}, session.Closing{}, ""},
		"blanks around":      {fields{"met": "yes", "understood": " 5 ", "conversation": " Sam\n", "micro": " a , ,a"}, session.Closing{Met: true, Understood: 5, Conversation: "Sam", Micro: []string{"a"}}, ""},
		"as long as can be":  {fields{"met": "yes", "conversation": long}, session.Closing{Met: true, Conversation: long}, ""},
		"silence":            {nil, session.Closing{}, "met"},
		"met, but how":       {fields{"met": "true"}, session.Closing{}, "met"},
		"a six of five":      {fields{"met": "yes", "understood": "6"}, session.Closing{}, "understood"},
		"a zero":             {fields{"met": "yes", "understood": "0"}, session.Closing{}, "understood"},
		"a half":             {fields{"met": "yes", "understood": "2.5"}, session.Closing{}, "understood"},
		"too long":           {fields{"met": "yes", "conversation": long + "x"}, session.Closing{}, "conversation"},
		"broken letters":     {fields{"met": "yes", "conversation": "\xff"}, session.Closing{}, "conversation"},
		"a behaviour's tale": {fields{"met": "yes", "micro": strings.Repeat("a", 41) + ",b,\xff"}, session.Closing{Met: true, Micro: []string{"b"}}, ""},
	} {
		got, err := ReadClosing(Answer{Fields: c.in}, at)
		if invalid(err) != c.bad || (err != nil) != (c.bad != "") {
			t.Errorf("%s: %v, want %q", name, err, c.bad)
			continue
		}
		c.out.At = at
		if err == nil && !reflect.DeepEqual(got, c.out) {
			t.Errorf("%s: %+v, want %+v", name, got, c.out)
		}
	}
}

func TestWhatAFollowUpMeans(t *testing.T) {
	for name, c := range map[string]struct {
		in  fields
		out session.FollowUp
		bad string
	}{
		"everything": {fields{"happened": "partly", "reflection": "It was\nfine.", "practised": "20", "attempts": "2", "paraphrases": "0"},
			session.FollowUp{Happened: "partly", Reflection: "It was\nfine.", Counts: map[string]int{"practised": 20, "attempts": 2}}, ""},
		"the least":    {fields{"happened": "no"}, session.FollowUp{Happened: "no"}, ""},
		"silence":      {fields{}, session.FollowUp{}, "happened"},
		"maybe":        {fields{"happened": "maybe"}, session.FollowUp{}, "happened"},
		"less than 0":  {fields{"happened": "yes", "practised": "-1"}, session.FollowUp{}, "practised"},
		"for 11 hours": {fields{"happened": "yes", "practised": "601"}, session.FollowUp{}, "practised"},
		"no number":    {fields{"happened": "yes", "attempts": "many"}, session.FollowUp{}, "attempts"},
		"a letter":     {fields{"happened": "yes", "reflection": strings.Repeat("x", longestText+1)}, session.FollowUp{}, "reflection"},
	} {
		got, err := ReadFollowUp(Answer{Fields: c.in}, at)
		if invalid(err) != c.bad || (err != nil) != (c.bad != "") {
			t.Errorf("%s: %v, want %q", name, err, c.bad)
			continue
		}
		c.out.Answered = at
		if err == nil && !reflect.DeepEqual(got, c.out) {
			t.Errorf("%s: %+v, want %+v", name, got, c.out)
		}
	}
}

func TestWhatAVoteMeans(t *testing.T) {
	for name, c := range map[string]struct {
		in  fields
		out Vote
		bad string
	}{
		"everything":           {fields{"open": " more laughter ", "confidence": "3", "quote": "yes"}, Vote{"more laughter", 3, true}, ""},
		"words stay unquoted":  {fields{"open": "more laughter", "confidence": "5"}, Vote{"more laughter", 5, false}, ""},
		"only a yes is a yes":  {fields{"confidence": "1", "quote": "true"}, Vote{Confidence: 1}, ""},
		"silence":              {nil, Vote{}, "confidence"},
		"a six of five":        {fields{"confidence": "6"}, Vote{}, "confidence"},
		"words without number": {fields{"open": "more laughter"}, Vote{}, "confidence"},
		"a letter":             {fields{"open": strings.Repeat("x", longestText+1), "confidence": "3"}, Vote{}, "open"},
	} {
		got, err := ReadVote(Answer{Fields: c.in})
		if invalid(err) != c.bad || (err != nil) != (c.bad != "") || err == nil && got != c.out {
			t.Errorf("%s: %+v %v, want %+v %q", name, got, err, c.out, c.bad)
		}
	}
}

func TestWhatAProfileMeans(t *testing.T) {
	for name, c := range map[string]struct {
		in  fields
		out roster.Profile
	}{
		"everything":      {fields{"strengths": "empathy, appreciation", "stretch": "giving-feedback", "energy": "morning"}, roster.Profile{Strengths: []string{"empathy", "appreciation"}, Stretch: []string{"giving-feedback"}, Energy: "morning"}},
		"nothing":         {nil, roster.Profile{}},
		"unknown, twice":  {fields{"strengths": "juggling,empathy,empathy,", "energy": "midnight"}, roster.Profile{Strengths: []string{"empathy"}}},
		"no own avoiding": {fields{"avoid": "ben", "energy": "any"}, roster.Profile{Energy: "any"}},
	} {
		if got := ReadProfile(Answer{Fields: c.in}); !reflect.DeepEqual(got, c.out) {
			t.Errorf("%s: %+v, want %+v", name, got, c.out)
		}
	}
}

func TestWhatATypedTextMeans(t *testing.T) {
	for text, want := range map[string]string{
		"pause": Pause, " Pause! ": Pause, "please pause": Pause, "I would like to take a break": Pause, "PAUSE for now, thanks": Pause,
		"resume": Resume, "come back": Resume, "I want to come back": Resume,
		"leave": Leave, "leave the programme please": Leave, "I'd like to leave": Leave, "I’d like to leave.": Leave, "stop": Leave, "quit": Leave, "unsubscribe": Leave,
		"forget me": Forget, "Please forget everything about me": Forget, "delete me": Forget, "erase my data": Help,
		"what do you know about me": Data, "What do you know about me?": Data, "my data": Data, "show me my data": Data, "What do you know": Data,
		"join": Join, "I want to join again": Join, "help": Help, "help me": Help,
		// whatever is not plainly a command is answered with what one can type, and does nothing
		"leave Ben out of it": Help, "don't leave": Help, "do not forget me": Help, "stop sending at night": Help, "when do we leave": Help,
		"join us for lunch": Help, "can I pause?": Help, "can i leave": Help, "pausenbrot": Help, "": Help, "?!": Help, "🙂": Help, "you are great": Help,
	} {
		if got := Command(text); got != want {
			t.Errorf("%q means %s, want %s", text, got, want)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add("yes", "4", "Sam", "a,b", "partly", "20", "pause")
	f.Add("no", "", "", "", "no", "", "")
	f.Add("early", "5", "2026-10-16T07:30:00Z", "de", "writing", "1", "vergiss mich")
	f.Add("\x00", "-9223372036854775809", "\xff\xfe", ",,,", "YES", "1e3", "what do you know about me")
	f.Fuzz(func(t *testing.T, met, scale, words, list, happened, count, typed string) {
		a := Answer{Text: typed, Fields: fields{"met": met, "understood": scale, "conversation": words, "micro": list, "happened": happened,
			"reflection": words, "practised": count, "attempts": scale, "open": words, "confidence": scale, "quote": met, "strengths": list, "energy": met,
			"time": words, "flex": met, "language": list, "channel": typed, "form": happened}}
		if c, err := ReadClosing(a, at); err == nil {
			if c.Understood < 0 || c.Understood > 5 || len(c.Micro) > mostMicro || !fits(c.Conversation, longestLine) {
				t.Errorf("%+v", c)
			}
		} else if invalid(err) == "" {
			t.Errorf("an error that names no field: %v", err)
		}
		if u, err := ReadFollowUp(a, at); err == nil && !fits(u.Reflection, longestText) {
			t.Errorf("%+v", u)
		}
		if v, err := ReadVote(a); err == nil && (v.Confidence < 1 || v.Confidence > 5 || !fits(v.Open, longestText)) {
			t.Errorf("%+v", v)
		}
		for _, id := range ReadProfile(a).Strengths {
			if In("en").Skill(id) == "" {
				t.Errorf("unknown skill %q", id)
			}
		}
		if at, err := ReadTime(a); err == nil && at.Location() != time.UTC || err != nil && invalid(err) != "time" {
			t.Errorf("%v %v", at, err)
		}
		before := roster.Profile{Flex: "late", Channel: "mail", Form: "meet"}
		if p := ReadSettings(a, before); among(p.Flex, flexes, "?") == "?" || among(p.Channel, channels, "?") == "?" || among(p.Form, forms, "?") == "?" || p.Language != "" && among(p.Language, Languages(), "?") == "?" {
			t.Errorf("%+v", p)
		}
		if v := Command(typed); !strings.HasPrefix(v, "member:") || v == ForgetYes {
			t.Errorf("%q means %s", typed, v)
		}
	})
}

func fits(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && strings.TrimSpace(s) == s
}
