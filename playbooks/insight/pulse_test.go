package insight

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"pgregory.net/rapid"
)

var opened = time.Date(2026, 10, 24, 10, 0, 0, 0, time.UTC) // a Saturday

func pulse(people int) Pulse {
	p := Pulse{Programme: "team", Month: "2026-10", Opened: opened, Closes: opened.Add(7 * 24 * time.Hour), Figures: FiguresFrom, Texts: TextsFrom}
	for i := range people {
		p.Invited = append(p.Invited, person(i))
	}
	return p
}

func person(i int) roster.ID { return roster.ID(fmt.Sprintf("p%03d", i)) }

func ballot(scores ...int) Ballot {
	b := Ballot{Key: "key"}
	for i, s := range scores {
		b = b.Cast(person(i), prompt.Vote{Confidence: s})
	}
	return b
}

// quoted adds words that may be shown to the first n votes.
func quoted(b Ballot, n int) Ballot {
	for i := range n {
		v := b.Votes[b.Token(person(i))]
		v.Open, v.Quote = fmt.Sprintf("words %02d", n-i), true
		b = b.Cast(person(i), v)
	}
	return b
}

func TestFiguresFromFiveAnswers(t *testing.T) {
	four := Summarise(pulse(10), ballot(1, 2, 4, 5))
	if want := (Report{Withheld: TooFew, NoTexts: TooFewTexts}); !reflect.DeepEqual(four, want) {
		t.Errorf("four answers: %+v", four)
	}
	five := Summarise(pulse(10), ballot(1, 2, 3, 4, 5))
	if want := (Report{Answers: 5, Average: 3, NoTexts: TooFewTexts, Rate: 50}); !reflect.DeepEqual(five, want) {
		t.Errorf("five answers: %+v", five)
	}
}

func TestTextsFromTenQuotableOnes(t *testing.T) {
	scores := []int{1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 3}
	nine := Summarise(pulse(20), quoted(ballot(scores...), 9))
	if nine.NoTexts != TooFewTexts || nine.Texts != nil || nine.Answers != 11 {
		t.Errorf("nine texts: %+v", nine)
	}
	b := quoted(ballot(scores...), 10)
	b = b.Cast(person(10), prompt.Vote{Confidence: 3, Open: "not to be shown"})
	ten := Summarise(pulse(20), b)
	if len(ten.Texts) != 10 || !slices.IsSorted(ten.Texts) || slices.Contains(ten.Texts, "not to be shown") || ten.NoTexts != "" {
		t.Errorf("ten texts: %+v", ten)
	}
	blank := b.Cast(person(0), prompt.Vote{Confidence: 1, Open: " \n", Quote: true})
	if got := Summarise(pulse(20), blank); got.Texts != nil {
		t.Errorf("an empty text counted: %+v", got.Texts)
	}
}

func TestThresholdsMayBeRaisedNeverLowered(t *testing.T) {
	p := pulse(10)
	p.Figures, p.Texts = 1, 1
	if r := Summarise(p, quoted(ballot(1, 2, 3, 4), 4)); r.Withheld == "" || r.Texts != nil {
		t.Errorf("lowered: %+v", r)
	}
	p.Figures = 8
	if r := Summarise(p, ballot(1, 2, 3, 4, 5, 1, 2)); r.Withheld == "" {
		t.Errorf("raised: %+v", r)
	}
}

func TestWhenNearlyAllSayTheSameABandIsShown(t *testing.T) {
	for _, c := range []struct {
		scores []int
		band   string
	}{
		{[]int{1, 1, 1, 1, 1}, "1-2"},
		{[]int{3, 3, 3, 3, 5}, "2-4"},
		{[]int{5, 5, 5, 5, 1}, "4-5"},
		{[]int{4, 4, 4, 4, 4, 4, 4, 4, 1, 2}, "3-5"},
		{[]int{3, 3, 3, 4, 5}, ""},
		{[]int{4, 4, 4, 4, 4, 4, 4, 3, 1, 2}, ""},
	} {
		r := Summarise(pulse(20), ballot(c.scores...))
		if r.Band != c.band || (r.Average == 0) != (c.band != "") {
			t.Errorf("%v: band %q, average %v", c.scores, r.Band, r.Average)
		}
	}
}

func TestASmallGroupsAverageIsCoarse(t *testing.T) {
	for _, c := range []struct {
		scores []int
		want   float64
	}{
		{[]int{1, 2, 3, 4, 4}, 3},                     // 2.8
		{[]int{2, 2, 3, 3, 1}, 2},                     // 2.2
		{[]int{2, 3, 2, 3, 4, 2}, 2.5},                // 2.67
		{[]int{1, 2, 3, 4, 5, 4, 3, 2, 1, 4}, 2.9},    // ten have a decimal
		{[]int{5, 4, 3, 4, 5, 2, 3, 1, 4, 2, 1}, 3.1}, // 3.09
	} {
		if r := Summarise(pulse(20), ballot(c.scores...)); r.Average != c.want {
			t.Errorf("%v: %v, want %v", c.scores, r.Average, c.want)
		}
	}
}

func TestWhoAnsweredIsSaidInStepsOfTen(t *testing.T) {
	for _, c := range []struct{ answers, invited, want int }{
		{5, 5, 100}, {5, 6, 80}, {6, 13, 50}, {9, 10, 90}, {99, 100, 100}, {5, 100, 10}, {5, 1000, 0}, {5, 4, 0}, {7, 6, 100}, {0, 0, 0},
	} {
		if got := rate(c.answers, c.invited); got != c.want {
			t.Errorf("%d of %d: %d, want %d", c.answers, c.invited, got, c.want)
		}
	}
}

// TestBelowTheThresholdsNobodyCanBeSeen changes one vote in any way: as long as too few
// answered, or too few texts may be shown, the report says nothing about it.
func TestBelowTheThresholdsNobodyCanBeSeen(t *testing.T) {
	vote := rapid.Custom(func(t *rapid.T) prompt.Vote {
		return prompt.Vote{Confidence: rapid.IntRange(1, 5).Draw(t, "confidence"), Quote: rapid.Bool().Draw(t, "quote"),
			Open: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "open")}
	})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, TextsFrom-1).Draw(t, "answers")
		b, p := Ballot{Key: "key"}, pulse(20)
		for i := range n {
			b = b.Cast(person(i), vote.Draw(t, "vote"))
		}
		someone := person(rapid.IntRange(0, n-1).Draw(t, "who"))
		old, changed := b.Votes[b.Token(someone)], vote.Draw(t, "changed")
		if n >= FiguresFrom {
			changed.Confidence = old.Confidence // only the words are still below their threshold
		}
		was, is := Summarise(p, b), Summarise(p, b.Cast(someone, changed))
		if !reflect.DeepEqual(was, is) {
			t.Fatalf("%d answers, one changed: %+v became %+v", n, was, is)
		}
		less, _ := b.Withdraw(someone)
		if n < FiguresFrom && !reflect.DeepEqual(was, Summarise(p, less)) {
			t.Fatal("one can see that somebody did not answer")
		}
	})
}

func TestTheOrderOfVotesAndTheirTokensDoNotShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.IntRange(1, 5), 5, 30).Draw(t, "scores")
		other := rapid.Permutation(scores).Draw(t, "other order")
		a, b := ballot(scores...), ballot(other...)
		b.Key = "another key"
		if x, y := Summarise(pulse(30), a), Summarise(pulse(30), b); !reflect.DeepEqual(x, y) {
			t.Fatalf("%+v and %+v", x, y)
		}
	})
}

func TestOnePersonHasOneVoteAndMayChangeIt(t *testing.T) {
	b := ballot(1, 2)
	changed := b.Cast(person(0), prompt.Vote{Confidence: 5})
	if len(changed.Votes) != 2 || changed.Votes[changed.Token(person(0))].Confidence != 5 {
		t.Errorf("%v", changed.Votes)
	}
	if b.Votes[b.Token(person(0))].Confidence != 1 {
		t.Error("casting changed the ballot it was given")
	}
	gone, had := changed.Withdraw(person(0))
	if !had || len(gone.Votes) != 1 || len(changed.Votes) != 2 {
		t.Errorf("withdrawn: %v, %v", had, gone.Votes)
	}
	if _, had := gone.Withdraw(person(0)); had {
		t.Error("withdrawn twice")
	}
}

func TestATokenNamesNobodyWithoutTheKey(t *testing.T) {
	a, b := Ballot{Key: "a"}, Ballot{Key: "b"}
	if a.Token("ana") == b.Token("ana") || a.Token("ana") == a.Token("ben") || strings.Contains(a.Token("ana"), "ana") {
		t.Error("a token can be recognised")
	}
	once, again := a.Token("ana"), a.Token("ana")
	if once != again || len(once) != 32 {
		t.Error("a token is not always the same")
	}
}

func TestAPulseIsOpenUntilItCloses(t *testing.T) {
	p := pulse(5)
	if !p.Open(p.Closes.Add(-time.Second)) || p.Open(p.Closes) {
		t.Error("open at the wrong time")
	}
	p.Report = &Report{}
	if p.Open(p.Opened) {
		t.Error("open after it was counted")
	}
	if !p.Asks(person(4)) || p.Asks(person(5)) {
		t.Error("asks the wrong people")
	}
	if OfRef(p.Ref()) != ID("team", "2026-10") || OfRef("session/team.1.x") != "" {
		t.Error("a button does not name its pulse")
	}
}

func TestEverybodyIsAskedOnceAndToldOnceAtWork(t *testing.T) {
	usual := cadence.Of(roster.Hours{}, time.UTC)
	p := pulse(2)
	monday := time.Date(2026, 10, 26, 9, 0, 0, 0, time.UTC)
	v, ok := p.Voice(person(0), usual)
	expect := func(what, kind string, at time.Time) {
		t.Helper()
		want := []cadence.Step{{Kind: kind, Noun: VoiceNoun, ID: VoiceID("team.2026-10", person(0)), Who: person(0), At: at}}
		if kind == "" {
			want = nil
		}
		if got := v.Steps(); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	expect("open", KindAsk, monday)
	if quiet := v.Hear(p.Closes, usual); !quiet.Tell.IsZero() {
		t.Error("somebody who was not asked is told a result")
	}
	v.Asked = true
	expect("asked", "", monday)
	v = v.Hear(p.Closes, usual)
	expect("counted", KindTell, monday.AddDate(0, 0, 7))
	v.Told = true
	expect("told", "", monday)
}

func TestAPulseIsDueUntilItsAnswersAreDestroyed(t *testing.T) {
	p := pulse(2)
	due := []cadence.Step{{Kind: KindClose, Noun: PulseNoun, ID: "team.2026-10", At: p.Closes}}
	if got := p.Steps(); !reflect.DeepEqual(got, due) {
		t.Errorf("open: %v", got)
	}
	p.Report = &Report{Withheld: TooFew}
	if got := p.Steps(); !reflect.DeepEqual(got, due) {
		t.Errorf("counted: %v", got)
	}
	p.Buried = true
	if got := p.Steps(); got != nil {
		t.Errorf("buried: %v", got)
	}
}

func TestNobodyIsAskedWhoIsOnlyAtWorkAfterItCloses(t *testing.T) {
	p := pulse(1)
	p.Closes = p.Opened.Add(24 * time.Hour)
	if v, ok := p.Voice(person(0), cadence.Of(roster.Hours{}, time.UTC)); ok {
		t.Errorf("asked at %s, closed at %s", v.Ask, p.Closes)
	}
}
