// Package insight makes numbers that cannot identify anyone.
//
// From the answers of a pulse it makes a Report: figures from five answers, texts from ten,
// each decided by thresholds frozen when the pulse opened; otherwise it says so. It never
// keeps who answered what, never says who did not answer, and never ranks people. Reports
// go to prompt (shown back to everybody asked) and to the pages.
package insight

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The thresholds: the default of the market for figures, and twice that for words, which
// carry a person's style. An admin may raise them, never lower them.
const (
	FiguresFrom = 5
	TextsFrom   = 10
)

// The jobs a pulse can be due for.
const (
	KindAsk   = "pulse:ask"
	KindClose = "pulse:close"
	KindTell  = "pulse:tell"
)

// The nouns a pulse is stored under: itself, each invited person's side, and the answers
// while it is open.
const (
	PulseNoun  = "pulse"
	VoiceNoun  = "voice"
	BallotNoun = "ballot"
)

// Pulse is one month's question to the people of a programme.
type Pulse struct {
	Programme string      `json:"programme"`
	Month     string      `json:"month"` // 2006-01
	Question  string      `json:"question"`
	Opened    time.Time   `json:"opened"`
	Closes    time.Time   `json:"closes"`
	Figures   int         `json:"figures"` // threshold frozen at opening
	Texts     int         `json:"texts"`
	Invited   []roster.ID `json:"invited"`          // sorted
	Report    *Report     `json:"report,omitempty"` // once closed
	Buried    bool        `json:"buried,omitempty"` // the single answers are destroyed
}

// Ballot holds the answers of an open pulse. Destroying it destroys the key that links a
// token to a person.
type Ballot struct {
	Key   string                 `json:"key"`
	Votes map[string]prompt.Vote `json:"votes"`
}

// ID names the pulse of a programme in a month.
func ID(programme, month string) string { return programme + "." + month }

// Ref is how buttons name the pulse.
func (p Pulse) Ref() string { return "pulse/" + ID(p.Programme, p.Month) }

// OfRef is the pulse id a button names, "" when it names something else.
func OfRef(ref string) string {
	id, ok := strings.CutPrefix(ref, "pulse/")
	if !ok {
		return ""
	}
	return id
}

// Open says whether the pulse still takes answers.
func (p Pulse) Open(now time.Time) bool { return p.Report == nil && now.Before(p.Closes) }

// Token is the name a person's vote goes by: the same person has one vote, and may change it
// until the pulse closes.
func (b Ballot) Token(id roster.ID) string {
	mac := hmac.New(sha256.New, []byte(b.Key))
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Cast puts a vote into the ballot.
func (b Ballot) Cast(id roster.ID, v prompt.Vote) Ballot {
	votes := make(map[string]prompt.Vote, len(b.Votes)+1)
	for k, o := range b.Votes {
		votes[k] = o
	}
	votes[b.Token(id)] = v
	b.Votes = votes
	return b
}

// Asks says whether the person was invited to answer.
func (p Pulse) Asks(id roster.ID) bool { return slices.Contains(p.Invited, id) }

// Withdraw takes a person's vote out again; false when there was none.
func (b Ballot) Withdraw(id roster.ID) (Ballot, bool) {
	token := b.Token(id)
	if _, had := b.Votes[token]; !had {
		return b, false
	}
	votes := make(map[string]prompt.Vote, len(b.Votes))
	for k, v := range b.Votes {
		if k != token {
			votes[k] = v
		}
	}
	b.Votes = votes
	return b, true
}

// Steps lists what the pulse is due for: closing, until its single answers are destroyed.
func (p Pulse) Steps() []cadence.Step {
	if p.Report != nil && p.Buried {
		return nil
	}
	return []cadence.Step{{Kind: KindClose, Noun: PulseNoun, ID: ID(p.Programme, p.Month), At: p.Closes}}
}

// Report is what a closed pulse says about the group.
type Report struct {
	Answers  int      `json:"answers"`            // 0 when withheld
	Average  float64  `json:"average,omitempty"`  // of confidence, rounded so that nobody can be computed from it
	Band     string   `json:"band,omitempty"`     // instead of an average when nearly all said the same
	Texts    []string `json:"texts,omitempty"`    // in an order that says nothing about when or who
	Withheld string   `json:"withheld,omitempty"` // why there are no figures
	NoTexts  string   `json:"no_texts,omitempty"` // why there are no texts
	Rate     int      `json:"rate,omitempty"`     // who answered, in steps of ten per cent
}

// The reasons why something is not shown.
const (
	TooFew      = "too-few"       // fewer answers than the threshold
	TooFewTexts = "too-few-texts" // fewer quotable texts than the threshold
)

// Summarise counts a ballot. A small group's average is rounded coarsely, an almost
// unanimous one becomes a band: then everybody would be known.
func Summarise(p Pulse, b Ballot) Report {
	var scores []int
	var texts []string
	for _, v := range b.Votes {
		if v.Confidence >= 1 && v.Confidence <= 5 {
			scores = append(scores, v.Confidence)
		}
		if t := strings.TrimSpace(v.Open); t != "" && v.Quote {
			texts = append(texts, t)
		}
	}
	var r Report
	if len(scores) < max(p.Figures, FiguresFrom) {
		r.Withheld, r.NoTexts = TooFew, TooFewTexts
		return r
	}
	r.Answers = len(scores)
	r.Rate = rate(len(b.Votes), len(p.Invited))
	r.Average, r.Band = centre(scores)
	if len(texts) < max(p.Texts, TextsFrom) {
		r.NoTexts = TooFewTexts
		return r
	}
	slices.Sort(texts) // alphabetical: says nothing about time or author
	r.Texts = texts
	return r
}

// fine is from how many answers an average has a decimal; below it is a half or a whole, so
// that nobody's answer can be worked out by somebody who knows a few others.
const fine = 10

// centre is the middle of the scores: an average, or a band when four in five said the same.
func centre(scores []int) (average float64, band string) {
	count := map[int]int{}
	sum := 0
	for _, s := range scores {
		count[s]++
		sum += s
	}
	for s := 1; s <= 5; s++ {
		if count[s]*5 >= len(scores)*4 {
			return 0, fmt.Sprintf("%d-%d", max(s-1, 1), min(s+1, 5))
		}
	}
	mean := float64(sum) / float64(len(scores))
	if len(scores) < fine {
		return math.Round(mean*2) / 2, ""
	}
	return math.Round(mean*10) / 10, ""
}

// rate is how many of the invited answered, to the nearest ten per cent; 0 of a group that
// is too small to say anything about.
func rate(answers, invited int) int {
	if invited < FiguresFrom {
		return 0
	}
	return min(100, (answers*10+invited/2)/invited*10)
}
