package session

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/slots"
	"pgregory.net/rapid"
)

// walk is one random life of a session. After every act all promises are checked.
type walk struct {
	*rapid.T
	s      Session
	now    time.Time
	office map[roster.ID]cadence.Office
	told   map[roster.ID]map[string]bool
}

var offices = func() []cadence.Office {
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		return loc
	}
	return []cadence.Office{
		cadence.Of(roster.Hours{}, zone("Europe/Berlin")),
		cadence.Of(roster.Hours{Start: "07:00", End: "15:30"}, zone("Asia/Kolkata")),
		cadence.Of(roster.Hours{Days: []time.Weekday{time.Monday}}, zone("America/St_Johns")),
		cadence.Of(roster.Hours{Days: []time.Weekday{time.Tuesday, time.Thursday}, Start: "08:00", End: "12:00"}, zone("Australia/Lord_Howe")),
		cadence.Of(roster.Hours{Start: "22:00", End: "06:00"}, zone("America/New_York")),
	}
}()

func TestAnyLifeOfASessionKeepsThePromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &walk{T: t, now: time.Unix(rapid.Int64Range(1.79e9, 1.83e9).Draw(t, "now"), 0).UTC(),
			office: map[roster.ID]cadence.Office{}, told: map[roster.ID]map[string]bool{}}
		people := []roster.ID{"ana", "ben", "cem"}[:rapid.IntRange(1, 3).Draw(t, "people")]
		for _, p := range people {
			w.office[p] = rapid.SampledFrom(offices).Draw(t, "office")
			w.told[p] = map[string]bool{}
		}
		w.s = Plan("team", 1, match.Group{People: people}, "tea", 45, slots.Window{}, w.now).Choose(w.slot())
		for range rapid.IntRange(5, 60).Draw(t, "acts") {
			w.act(people)
		}
	})
}

func (w *walk) at(id roster.ID) cadence.Office { return w.office[id] }

func (w *walk) slot() slots.Window {
	start := w.now.Add(time.Duration(rapid.IntRange(-2, 240).Draw(w.T, "in hours")) * time.Hour)
	return slots.Window{Start: start, End: start.Add(45 * time.Minute)}
}

// act does one thing, of one person or of the programme, and checks what became of it.
func (w *walk) act(people []roster.ID) {
	id := rapid.SampledFrom(people).Draw(w.T, "who")
	before, image := w.s, picture(w.T, w.s)
	switch rapid.SampledFrom([]string{"work", "work", "work", "work", "wait", "event", "event", "event", "withdraw", "erase", "close", "close", "snooze", "answer", "drop", "agree", "clear", "end", "writing"}).Draw(w.T, "act") {
	case "work":
		w.work()
	case "wait":
		w.now = w.now.Add(time.Duration(rapid.IntRange(1, 100).Draw(w.T, "hours")) * time.Hour)
	case "event":
		w.event(id)
	case "withdraw":
		if rapid.IntRange(0, 3).Draw(w.T, "really") == 0 {
			w.s = w.s.Withdraw(id, w.now)
		}
	case "erase":
		if rapid.IntRange(0, 3).Draw(w.T, "really") == 0 {
			w.s = w.s.Erase(id, w.now)
		}
	case "close":
		c := Closing{At: w.now, Met: rapid.Bool().Draw(w.T, "met"), Conversation: rapid.SampledFrom([]string{"", "canary of " + string(id)}).Draw(w.T, "words")}
		w.s = w.s.Close(id, c, w.office[id].FollowUpAt(w.now))
	case "snooze":
		w.s, _ = w.s.Snooze(id, w.office[id].Into(w.now.Add(cadence.SnoozeFor)))
	case "answer":
		w.s = w.s.Answer(id, FollowUp{Answered: w.now, Happened: "partly", Reflection: "canary of " + string(id)})
	case "drop":
		w.s = w.s.Drop(id)
	case "agree":
		w.s = w.s.Agree(id)
	case "clear":
		if w.s.State == Cancelled || w.s.State == Asynchronous {
			w.s = w.s.Clear()
		}
	case "end":
		if w.s.Over(w.now) {
			w.s, _ = w.s.Ends(w.now)
		}
	case "writing":
		if next, err := w.s.WithoutTime(NoTime, w.now); err == nil {
			w.s = next
		}
	}
	if picture(w.T, before) != image {
		w.Fatalf("an act changed the session it was given")
	}
	w.apart(before, w.s)
	w.promises(before)
}

// work does the earliest step that is due, as the jobs do; when nothing is due yet, time passes.
func (w *walk) work() {
	steps := w.s.Steps(w.at)
	if len(steps) == 0 {
		return
	}
	slices.SortStableFunc(steps, func(a, b cadence.Step) int { return a.At.Compare(b.At) })
	next := steps[0]
	if next.At.After(w.now) {
		w.now = next.At
	}
	var err error
	switch next.Kind {
	case KindBook:
		w.s, err = w.s.BookedAs("event", "https://join", w.now)
	case KindMove:
		w.s, err = w.s.Choose(w.slot()).MovedAs(w.now)
	case KindEnd:
		w.s, err = w.s.Ends(w.now)
	case KindCancel:
		w.s = w.s.Clear()
	default:
		w.say(next)
	}
	if err != nil {
		w.Fatalf("%s: %v", next.Kind, err)
	}
}

// say tells or passes over what is due, and checks that it was never told before.
func (w *walk) say(step cadence.Step) {
	p, ok := w.s.Next(step.Who, w.office[step.Who])
	if !ok || p.Kind != step.Kind {
		w.Fatalf("the step %s is due, the prompt is %v", step.Kind, p)
	}
	if w.told[step.Who][p.Tag] {
		w.Fatalf("%s is said to %s twice", p.Tag, step.Who)
	}
	w.told[step.Who][p.Tag] = true
	if w.now.Before(p.Until) && rapid.IntRange(0, 5).Draw(w.T, "reached") > 0 {
		w.s = w.s.Tell(step.Who, p.Tag, w.now).Hear(step.Who, w.s.Moves)
	} else {
		w.s = w.s.PassOver(step.Who, p.Tag, w.now)
	}
}

// event lets somebody do something with the event in their calendar.
func (w *walk) event(id roster.ID) {
	if w.s.Slot == nil {
		return
	}
	e := Event{ID: w.s.Event, When: *w.s.Slot}
	r := Reply{Mail: string(id) + "@Example.org", Response: rapid.SampledFrom([]string{"none", "tentative", "accepted", "declined"}).Draw(w.T, "response")}
	switch rapid.SampledFrom([]string{"answer", "answer", "propose", "gone", "moved"}).Draw(w.T, "event") {
	case "propose":
		wish := w.slot()
		r.Proposed = &wish
	case "gone":
		e.Gone = rapid.IntRange(0, 3).Draw(w.T, "really") == 0
	case "moved":
		e.When = w.slot()
	}
	e.Replies = []Reply{r}
	next, err := w.s.React(e, map[string]roster.ID{"ana@example.org": "ana", "ben@example.org": "ben", "cem@example.org": "cem"}, w.now)
	if err != nil {
		w.Fatalf("react: %v", err)
	}
	w.s = next
}

// apart checks that at most one person's part changed, and that nobody's words stand in
// another's part.
func (w *walk) apart(before, after Session) {
	changed := 0
	for id, part := range after.Parts {
		if picture(w.T, part) != picture(w.T, before.Parts[id]) {
			changed++
		}
		for other := range after.Parts {
			if other != id && strings.Contains(picture(w.T, part), "canary of "+string(other)) {
				w.Fatalf("the words of %s stand in the part of %s", other, id)
			}
		}
	}
	if changed > 1 {
		w.Fatalf("one act changed %d parts", changed)
	}
}

// promises are what must be true at every moment.
func (w *walk) promises(before Session) {
	s := w.s
	if s.State != before.State && !slices.Contains(transitions[before.State], s.State) {
		w.Fatalf("%s became %s", before.State, s.State)
	}
	steps := s.Steps(w.at)
	if s.Live() && !slices.ContainsFunc(steps, func(x cadence.Step) bool { return x.Who == "" }) {
		w.Fatalf("a live session (%s) for which nothing is due", s.State)
	}
	if (s.State == Booked || s.State == Moving) && (s.Slot == nil || s.Event == "") {
		w.Fatalf("%s without time or event", s.State)
	}
	if len(s.Tried) > MostMoves && s.State != Asynchronous && s.State != Ended && s.State != Cancelled {
		w.Fatalf("declined %d times and still %s", len(s.Tried), s.State)
	}
	if s.Chosen && s.State == Booked {
		w.Fatal("booked, and a time is still only chosen")
	}
	if !reflect.DeepEqual(steps, storedWalk(w.T, s).Steps(w.at)) {
		w.Fatal("what is due changes by being stored")
	}
	for id, part := range s.Parts {
		w.due(id, part)
	}
}

func (w *walk) due(id roster.ID, part *Part) {
	p, ok := w.s.Next(id, w.office[id])
	if part.Out && ok {
		w.Fatalf("%s withdrew and still hears %s", id, p.Tag)
	}
	if f := part.FollowUp; f != nil && f.Snoozed > MostSnoozes {
		w.Fatalf("put off %d times", f.Snoozed)
	}
	if !ok {
		return
	}
	tag, _, _ := strings.Cut(p.Tag, "-")
	free := tag == Guide || p.Tag == CloseUp && w.s.Slot != nil
	if !free && !w.office[id].Within(p.At) {
		w.Fatalf("%s is due at %s, outside working hours", p.Tag, p.At.In(w.office[id].Zone))
	}
	if !p.At.Before(p.Until) {
		w.Fatalf("%s is stale when it is due", p.Tag)
	}
	if (tag == Ask || tag == Remind) && !part.Closing.Committed() {
		w.Fatal("asked about nothing")
	}
}

func picture(t rapid.TB, x any) string {
	data, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func storedWalk(t rapid.TB, s Session) Session {
	var back Session
	if err := json.Unmarshal([]byte(picture(t, s)), &back); err != nil {
		t.Fatal(err)
	}
	return back
}
