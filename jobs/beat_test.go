package jobs

import (
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// begun is a crew whose programme has all its beats, begun on a Monday at six.
func begun(t *testing.T) (*Crew, *hand, *Programme) {
	t.Helper()
	clock := &hand{monday}
	c := crewOf(newMemory(), clock, newChat(), time.Minute)
	p := c.Programmes["p"]
	p.Rounds = cadence.Rhythm{Zone: time.UTC, Weeks: 2, On: time.Monday, Hour: 9}
	p.Pulse = cadence.Monthly{Zone: time.UTC, Day: 20, Hour: 9}
	p.RosterEvery, p.WatchEvery = 4*time.Hour, 5*time.Minute
	begin(t, c)
	return c, clock, p
}

func begin(t *testing.T, c *Crew) {
	t.Helper()
	if err := c.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func beatIn(t *testing.T, c *Crew, kind string) (Beat, int64) {
	t.Helper()
	var b Beat
	v, err := c.Store.Load(t.Context(), BeatNoun, beatID("p", kind), &b)
	if err != nil {
		t.Fatal(err)
	}
	return b, v
}

func TestBeginningGivesAProgrammeItsBeats(t *testing.T) {
	c, _, p := begun(t)
	for kind, next := range map[string]time.Time{
		KindRoster: monday, KindWatch: monday.Add(5 * time.Minute), KindRound: p.Rounds.Next(monday), KindPulse: p.Pulse.Next(monday),
		KindReview: monday.Add(p.RosterEvery),
	} {
		b, v := beatIn(t, c, kind)
		if b.Programme != "p" || b.Kind != kind || !b.Next.Equal(next) || b.Count != 0 || v != 1 {
			t.Errorf("%s: %+v, version %d", kind, b, v)
		}
	}
	due, err := c.Store.Due(t.Context(), monday.AddDate(0, 2, 0), 9)
	if err != nil || len(due) != 5 || due[0].Kind != KindRoster || due[0].ID != "p.roster" || due[0].Noun != BeatNoun {
		t.Fatal(due, err)
	}
}

func TestBeginningAgainChangesNothing(t *testing.T) {
	c, clock, _ := begun(t)
	for range 3 {
		begin(t, c)
	}
	for _, kind := range []string{KindRoster, KindWatch, KindRound, KindPulse} {
		if b, v := beatIn(t, c, kind); v != 1 {
			t.Errorf("%s was written again: %+v", kind, b)
		}
	}
	// A worker that starts every minute must not put anything off for ever.
	watch, _ := beatIn(t, c, KindWatch)
	clock.now = monday.Add(time.Minute)
	begin(t, c)
	if b, _ := beatIn(t, c, KindWatch); !b.Next.Equal(watch.Next) {
		t.Errorf("put off from %v to %v", watch.Next, b.Next)
	}
}

func TestWhatWasMissedWhileNobodyWorkedIsStillDue(t *testing.T) {
	c, clock, _ := begun(t)
	was, _ := beatIn(t, c, KindRound)
	clock.now = monday.AddDate(0, 2, 0)
	begin(t, c)
	if b, _ := beatIn(t, c, KindRound); !b.Next.Equal(was.Next) {
		t.Errorf("the missed round of %v was moved to %v", was.Next, b.Next)
	}
}

func TestWhoeverStartsSeesPeopleAtOnce(t *testing.T) {
	c, clock, p := begun(t)
	b, _ := beatIn(t, c, KindRoster)
	if err := c.advance(t.Context(), b, monday.Add(p.RosterEvery), nil); err != nil {
		t.Fatal(err)
	}
	clock.now = monday.Add(time.Hour)
	begin(t, c)
	if b, _ := beatIn(t, c, KindRoster); !b.Next.Equal(clock.now) || b.Count != 1 {
		t.Fatalf("%+v", b)
	}
}

func TestARuleThatChangedMovesItsBeat(t *testing.T) {
	for name, c := range map[string]struct {
		kind   string
		change func(*Programme)
	}{
		"a sooner round":       {KindRound, func(p *Programme) { p.Rounds.On = time.Tuesday; p.Rounds.Weeks = 1 }},
		"a later hour":         {KindRound, func(p *Programme) { p.Rounds.Hour = 15 }},
		"a later round":        {KindRound, func(p *Programme) { p.Rounds.First = monday.AddDate(0, 2, 0) }},
		"a sooner pulse":       {KindPulse, func(p *Programme) { p.Pulse.Day = 6 }},
		"a later pulse":        {KindPulse, func(p *Programme) { p.Pulse.Day = 28 }},
		"a more frequent look": {KindWatch, func(p *Programme) { p.WatchEvery = time.Minute }},
	} {
		t.Run(name, func(t *testing.T) {
			crew, clock, p := begun(t)
			was, _ := beatIn(t, crew, c.kind)
			c.change(p)
			clock.now = monday.Add(time.Minute)
			begin(t, crew)
			b, _ := beatIn(t, crew, c.kind)
			if want := p.after(c.kind, clock.now); b.Next.Equal(was.Next) || !b.Next.Equal(want) {
				t.Errorf("at %v, was %v, should be %v", b.Next, was.Next, want)
			}
			due, err := crew.Store.Due(t.Context(), b.Next, 9)
			if err != nil || due[len(due)-1].ID != beatID("p", c.kind) || !due[len(due)-1].At.Equal(b.Next) {
				t.Errorf("its step did not move with it: %v, %v", due, err)
			}
		})
	}
}

func TestABeatMovesOnOnceAndKeepsItsNotes(t *testing.T) {
	c, _, _ := begun(t)
	done, _ := beatIn(t, c, KindWatch)
	next := done.Next.Add(time.Hour)
	for range 2 { // the same run twice, or two workers
		if err := c.advance(t.Context(), done, next, func(b *Beat) { b.Cursor += "x" }); err != nil {
			t.Fatal(err)
		}
	}
	if b, _ := beatIn(t, c, KindWatch); !b.Next.Equal(next) || b.Count != 1 || b.Cursor != "x" {
		t.Fatalf("%+v", b)
	}
}

func TestABeatThatIsNotDueOrNotOursIsLeftAlone(t *testing.T) {
	c, clock, _ := begun(t)
	step := cadence.Step{Kind: KindRound, Noun: BeatNoun, ID: "p.rounds"}
	if _, _, due, err := c.beat(t.Context(), step); due || err != nil {
		t.Fatal("due before its time", err)
	}
	b, _ := beatIn(t, c, KindRound)
	clock.now = b.Next
	if p, _, due, err := c.beat(t.Context(), step); !due || err != nil || p.ID != "p" {
		t.Fatal(p, due, err)
	}
	step.ID = "nobody.rounds"
	if _, _, due, err := c.beat(t.Context(), step); due || err != nil {
		t.Fatal("a beat that is not there", due, err)
	}
	delete(c.Programmes, "p")
	step.ID = "p.rounds"
	if _, _, due, err := c.beat(t.Context(), step); due || err == nil {
		t.Fatal("a programme that is not configured", due, err)
	}
}
