package prompt

import (
	"time"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The kinds and the verb of a pulse's messages.
const (
	KindPulse  Kind = "pulse"
	KindResult Kind = "pulse-result"

	CastVote = "pulse:answer"
)

// Vote is one person's answer to a pulse. It is kept under a token, never under a name, and
// only while the pulse is open.
type Vote struct {
	Open       string `json:"open,omitempty"`
	Confidence int    `json:"confidence,omitempty"` // 1..5, 0 = not said
	Quote      bool   `json:"quote,omitempty"`      // the words may be shown, without a name
}

// Pulse is what a pulse's messages say about it.
type Pulse struct {
	Ref       string // how buttons name it
	Programme string // its name
	Question  string // "" asks the usual one
	Closes    time.Time
	Figures   int // figures are shown from so many answers
	Texts     int // texts from so many
}

// PulseCard asks the month's question.
func (s Speaker) PulseCard(p Pulse, to roster.Person, zone *time.Location) Message {
	question := p.Question
	if question == "" {
		question = s.say("pulse.question.default")
	}
	return Message{
		Key: p.Ref + "/ask/" + string(to.ID), To: to.ID, Kind: KindPulse, Lang: s.Lang,
		Title: s.say("pulse.title", "programme", p.Programme), Summary: s.say("pulse.summary"),
		Blocks: []Block{
			{Input: &Input{ID: "open", Label: question, Form: Lines, Max: longestText}},
			{Input: &Input{ID: "confidence", Label: s.say("pulse.confidence"), Form: Choose, Required: true, Error: s.say("pulse.confidence.error"), Choices: s.choices("pulse.confidence", "1", "2", "3", "4", "5")}},
			{Input: &Input{ID: "quote", Label: s.say("pulse.quote"), Form: Choose, Value: "no", Choices: s.choices("pulse.quote", "yes", "no")}},
			{Note: s.say("pulse.note", "figures", s.number(p.Figures), "texts", s.number(p.Texts), "day", s.Day(p.Closes, zone))},
		},
		Actions: []Action{{Verb: CastVote, Title: s.say("pulse.send"), Ref: p.Ref}},
	}
}

// ReadVote checks and takes over a pulse's answer. The error names the field.
func ReadVote(a Answer) (Vote, error) {
	var v Vote
	var err error
	if v.Open, err = text(a, "open", longestText); err != nil {
		return v, err
	}
	if v.Confidence, err = whole(a, "confidence", 1, 5); err != nil {
		return v, err
	}
	if v.Confidence == 0 {
		return v, Invalid("confidence")
	}
	v.Quote = a.Fields["quote"] == "yes"
	return v, nil
}

// Voted thanks for an answer; VotedLate says that the pulse is closed.
func (s Speaker) Voted(to roster.ID) Message { return s.short(to, KindPulse, "pulse.thanks") }

// VotedLate says that the pulse is closed.
func (s Speaker) VotedLate(to roster.ID) Message { return s.short(to, KindPulse, "pulse.closed") }

// Result is what may be said about a closed pulse.
type Result struct {
	Answers  int // 0 when the figures are withheld
	Average  float64
	Band     string
	Texts    []string
	Withheld bool
}

// PulseResult shows the group's figures, or says why there are none.
func (s Speaker) PulseResult(p Pulse, r Result, to roster.Person) Message {
	m := Message{
		Key: p.Ref + "/tell/" + string(to.ID), To: to.ID, Kind: KindResult, Lang: s.Lang,
		Title:   s.say("pulse.result.title", "programme", p.Programme),
		Summary: s.say("pulse.result.summary"),
	}
	m.Blocks = s.Outcome(p, r)
	return m
}

// Outcome words a pulse's result: figures, or the reason why there are none.
func (s Speaker) Outcome(p Pulse, r Result) []Block {
	if r.Withheld {
		return []Block{{Text: s.say("pulse.result.withheld", "figures", s.number(p.Figures))}}
	}
	confidence := Fact{s.say("pulse.result.average"), s.say("pulse.result.average.value", "average", s.decimal(r.Average))}
	if r.Band != "" {
		confidence = Fact{s.say("pulse.result.band"), s.say("pulse.result.band.value", "band", r.Band)}
	}
	blocks := []Block{{Facts: []Fact{confidence, {s.say("pulse.result.answers"), s.number(r.Answers)}}}}
	if len(r.Texts) == 0 {
		return append(blocks, Block{Note: s.say("pulse.result.notexts", "texts", s.number(p.Texts))})
	}
	return append(blocks, Block{Head: s.say("pulse.result.texts")}, Block{List: r.Texts})
}

func (s Speaker) short(to roster.ID, kind Kind, key string) Message {
	t := s.say(key)
	return Message{To: to, Kind: kind, Lang: s.Lang, Title: t, Summary: t}
}
