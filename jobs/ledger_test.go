package jobs

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

const actLimit = 30 * time.Second

// What the other side may answer when it is asked whether a promise was kept.
var (
	foundIt  = func(context.Context) (string, bool, error) { return "found", true, nil }
	notThere = func(context.Context) (string, bool, error) { return "", false, nil }
	noAnswer = func(context.Context) (string, bool, error) { return "", false, says{after: time.Minute} }
	noLook   = func(context.Context) (string, bool, error) { return "", false, says{permanent: true} }
)

// ledgerWith is a ledger whose row for "key" is as given and was written age ago.
func ledgerWith(t *testing.T, row *Row, age time.Duration) (*Ledger, *memory) {
	t.Helper()
	m, clock := newMemory(), &hand{monday}
	if row != nil {
		r := *row
		r.Key, r.At = "key", monday.Add(-age)
		if ok, err := m.Save(t.Context(), PromiseNoun, promiseID("key"), 0, r, nil); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	return &Ledger{Store: m, Clock: clock, Owner: "me", Limit: actLimit, Send: true}, m
}

func rowIn(t *testing.T, m *memory) Row {
	t.Helper()
	var r Row
	if _, err := m.Load(t.Context(), PromiseNoun, promiseID("key"), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

type find = func(context.Context) (string, bool, error)

func TestWhatTheLedgerDoesDependsOnTheRowAndOnWhatTheOtherSideSays(t *testing.T) {
	grace := actLimit + actLimit/2
	for _, c := range []struct {
		name  string
		row   *Row
		age   time.Duration
		find  find
		acts  int
		want  string
		err   error // nil: none
		after time.Duration
		state State
	}{
		{"nothing was promised", nil, 0, notThere, 1, "done", nil, 0, Sent},
		{"the last try was cleanly refused", &Row{State: Open, Tries: 3}, 0, foundIt, 1, "done", nil, 0, Sent},
		{"it was done", &Row{State: Sent, Result: "first"}, 0, notThere, 0, "first", nil, 0, Sent},
		{"it was done long ago", &Row{State: Sent, Result: "first"}, 1000 * time.Hour, notThere, 0, "first", nil, 0, Sent},
		{"it was refused for good", &Row{State: Failed}, 0, foundIt, 0, "", ErrRefused, 0, Failed},
		{"somebody just began", &Row{State: Intent}, 0, foundIt, 0, "", later{}, grace, Intent},
		{"somebody may still be acting", &Row{State: Intent}, grace - time.Second, foundIt, 0, "", later{}, time.Second, Intent},
		{"an answer was just lost", &Row{State: Unknown}, time.Second, foundIt, 0, "", later{}, grace - time.Second, Unknown},
		{"somebody died; it was done", &Row{State: Intent}, grace, foundIt, 0, "found", nil, 0, Sent},
		{"somebody died; it was not done", &Row{State: Intent}, grace, notThere, 1, "done", nil, 0, Sent},
		{"somebody died; nobody answers", &Row{State: Intent}, grace, noAnswer, 0, "", says{after: time.Minute}, time.Minute, Intent},
		{"somebody died; nobody lets us look", &Row{State: Intent}, grace, noLook, 0, "", ErrInDoubt, 0, Unknown},
		{"somebody died; repeating does no harm", &Row{State: Intent}, grace, nil, 1, "done", nil, 0, Sent},
		{"an answer was lost; it was done", &Row{State: Unknown}, grace, foundIt, 0, "found", nil, 0, Sent},
		{"an answer was lost; it was not done", &Row{State: Unknown}, grace, notThere, 1, "done", nil, 0, Sent},
		{"an answer was lost; nobody answers", &Row{State: Unknown}, grace, noAnswer, 0, "", says{after: time.Minute}, time.Minute, Unknown},
		{"an answer was lost; nobody lets us look", &Row{State: Unknown}, grace, noLook, 0, "", ErrInDoubt, 0, Unknown},
		{"an answer was lost; repeating does no harm", &Row{State: Unknown}, grace, nil, 1, "done", nil, 0, Sent},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, m := ledgerWith(t, c.row, c.age)
			acts := 0
			got, err := l.Once(t.Context(), "key", Effect{Find: c.find, Do: func(context.Context) (string, error) {
				acts++
				if r := rowIn(t, m); r.State != Intent || r.Owner != "me" || r.Key != "key" || !r.At.Equal(monday) {
					t.Errorf("acts while the row says %+v", r)
				}
				return "done", nil
			}})
			if got != c.want || !sameKind(err, c.err) || acts != c.acts || waitOf(err) != c.after {
				t.Errorf("%q, %v, acted %d times, again in %v", got, err, acts, waitOf(err))
			}
			if r := rowIn(t, m); r.State != c.state || c.state == Sent && r.Result != c.want {
				t.Errorf("leaves %+v", r)
			}
			if c.row != nil && c.acts == 1 && rowIn(t, m).Tries != c.row.Tries+1 {
				t.Errorf("tries: %+v", rowIn(t, m))
			}
		})
	}
}

// sameKind compares errors by identity, or by type where the type says it all.
func sameKind(got, want error) bool {
	switch want.(type) {
	case nil:
		return got == nil
	case later, says:
		return fmt.Sprintf("%T", got) == fmt.Sprintf("%T", want)
	}
	return errors.Is(got, want)
}

func TestWhatTheOtherSideSaysDecidesWhatIsWrittenDown(t *testing.T) {
	for name, c := range map[string]struct {
		says  error
		state State
	}{
		"it answered":                               {nil, Sent},
		"it said no, for now":                       {errors.New("busy"), Open},
		"it said when to come back":                 {says{after: time.Minute}, Open},
		"it said no for good":                       {says{permanent: true}, Failed},
		"it said no for good and may have acted":    {says{permanent: true, inDoubt: true}, Unknown},
		"it may have acted":                         {says{inDoubt: true}, Unknown},
		"it cannot reach the person":                {says{permanent: true, unreachable: true}, Open},
		"it cannot reach the person, or can it":     {says{unreachable: true, inDoubt: true}, Unknown},
		"our time ran out":                          {context.DeadlineExceeded, Unknown},
		"we were stopped":                           {fmt.Errorf("request: %w", context.Canceled), Unknown},
		"our time ran out, and it knows nothing":    {says{why: context.DeadlineExceeded}, Unknown},
		"it said no for good just as we ran out":    {says{permanent: true, why: context.DeadlineExceeded}, Failed},
		"it said come back later, perhaps it acted": {says{after: time.Minute, inDoubt: true}, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			l, m := ledgerWith(t, nil, 0)
			_, err := l.Once(t.Context(), "key", Effect{Find: notThere, Do: func(context.Context) (string, error) { return "x", c.says }})
			if !errors.Is(err, c.says) || waitOf(err) != waitOf(c.says) {
				t.Errorf("answers %v instead of the other side's own word", err)
			}
			if r := rowIn(t, m); r.State != c.state || r.Tries != 1 || (r.Result != "") != (c.state == Sent) {
				t.Errorf("writes %+v", r)
			}
		})
	}
}

func TestACleanRefusalIsTriedAgainAtOnceAndItsSuccessIsKept(t *testing.T) {
	l, m := ledgerWith(t, nil, 0)
	acts := 0
	do := Effect{Find: foundIt, Do: func(context.Context) (string, error) {
		if acts++; acts < 3 {
			return "", says{after: time.Second}
		}
		return "third", nil
	}}
	for range 2 {
		if _, err := l.Once(t.Context(), "key", do); waitOf(err) != time.Second {
			t.Fatal(err)
		}
	}
	for range 2 {
		if got, err := l.Once(t.Context(), "key", do); got != "third" || err != nil {
			t.Fatal(got, err)
		}
	}
	if r := rowIn(t, m); acts != 3 || r.Tries != 3 || r.State != Sent {
		t.Fatalf("acted %d times: %+v", acts, r)
	}
}

func TestAResultThatCouldNotBeWrittenDownIsFoundAgainAndNotDoneAgain(t *testing.T) {
	l, m := ledgerWith(t, nil, 0)
	acts, lost := 0, errors.New("redis is gone")
	do := Effect{Find: foundIt, Do: func(context.Context) (string, error) {
		acts++
		m.before = func(string) error { return lost }
		return "done", nil
	}}
	if _, err := l.Once(t.Context(), "key", do); err == nil {
		t.Fatal("an act without a record was called done")
	}
	m.before = nil
	if _, err := l.Once(t.Context(), "key", do); waitOf(err) != actLimit*3/2 {
		t.Fatal("did not wait for whoever may be acting: ", err)
	}
	l.Clock.(*hand).now = monday.Add(actLimit * 3 / 2)
	if got, err := l.Once(t.Context(), "key", do); got != "found" || err != nil || acts != 1 {
		t.Fatal(got, err, acts)
	}
}

func TestAResultIsWrittenDownAlthoughTheTimeIsUp(t *testing.T) {
	l, m := ledgerWith(t, nil, 0)
	ctx, cancel := context.WithCancel(t.Context())
	got, err := l.Once(ctx, "key", Effect{Do: func(context.Context) (string, error) { cancel(); return "done", nil }})
	if r := rowIn(t, m); got != "done" || err != nil || r.State != Sent || r.Result != "done" {
		t.Fatal(got, err, r)
	}
}

// The store's own troubles must never be taken for the other side's word: "the stored document
// does not fit" is permanent, but the card was not refused.
func TestTroubleWithOurMemoryIsNotTheOtherSidesWord(t *testing.T) {
	for name, c := range map[string]struct {
		row  *Row
		fail string // the operation of the store that fails
		find find
	}{
		"reading":                        {nil, "load", notThere},
		"writing down the promise":       {nil, "save", notThere},
		"writing down what was found":    {&Row{State: Intent}, "save", foundIt},
		"writing down what is in doubt":  {&Row{State: Intent}, "save", noLook},
		"writing down the result itself": {nil, "result", notThere},
	} {
		t.Run(name, func(t *testing.T) {
			l, m := ledgerWith(t, c.row, time.Hour)
			trouble := says{permanent: true, inDoubt: true, unreachable: true, after: 7 * time.Second}
			fail := func(op string) error {
				if op == c.fail || c.fail == "result" {
					return trouble
				}
				return nil
			}
			if c.fail != "result" {
				m.before = fail
			}
			_, err := l.Once(t.Context(), "key", Effect{Find: c.find, Do: func(context.Context) (string, error) {
				m.before = fail
				return "done", nil
			}})
			if err == nil || permanent(err) || inDoubt(err) || unreachable(err) || refused(err) {
				t.Errorf("%v: permanent %v, in doubt %v, unreachable %v", err, permanent(err), inDoubt(err), unreachable(err))
			}
			if waitOf(err) != 7*time.Second {
				t.Errorf("forgot when to come back: %v", waitOf(err))
			}
		})
	}
}

func TestSomebodyFasterIsWaitedForOrBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		theirs Row
		want   string
		err    error
	}{
		"they act":     {Row{State: Intent}, "", later{}},
		"they have":    {Row{State: Sent, Result: "theirs"}, "theirs", nil},
		"they may not": {Row{State: Failed}, "", ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			l, m := ledgerWith(t, nil, 0)
			m.before = func(op string) error {
				if op == "save" { // between our look and our promise
					m.before = nil
					c.theirs.At = monday
					_, err := m.Save(t.Context(), PromiseNoun, promiseID("key"), 0, c.theirs, nil)
					return err
				}
				return nil
			}
			got, err := l.Once(t.Context(), "key", Effect{Do: func(context.Context) (string, error) {
				t.Error("acts although it lost")
				return "", nil
			}})
			if got != c.want || !sameKind(err, c.err) {
				t.Error(got, err)
			}
		})
	}
}

func TestWhoLostTheFenceWhileActingChangesNothing(t *testing.T) {
	l, m := ledgerWith(t, nil, 0)
	got, err := l.Once(t.Context(), "key", Effect{Do: func(context.Context) (string, error) {
		ok, err := m.Save(t.Context(), PromiseNoun, promiseID("key"), 1, Row{State: Sent, Result: "mine, they found"}, nil)
		if !ok || err != nil {
			t.Error(ok, err)
		}
		return "mine", nil
	}})
	if r := rowIn(t, m); got != "mine" || err != nil || r.Result != "mine, they found" {
		t.Fatal(got, err, r)
	}
}

func TestWhileSendingIsOffNothingHappensAndNothingIsWritten(t *testing.T) {
	l, m := ledgerWith(t, nil, 0)
	l.Send = false
	if _, err := l.Once(t.Context(), "key", Effect{Do: func(context.Context) (string, error) {
		t.Error("it acts")
		return "", nil
	}}); !errors.Is(err, ErrSendingOff) || len(m.docs) != 0 {
		t.Fatal(err, m.docs)
	}
}

func TestAPromiseCanBeEndedWithoutKeepingIt(t *testing.T) {
	for name, c := range map[string]struct {
		row   *Row
		age   time.Duration
		find  find
		want  string
		err   error
		state State
	}{
		"never promised":        {nil, 0, foundIt, "", nil, Failed},
		"refused for now":       {&Row{State: Open}, 0, foundIt, "", nil, Failed},
		"refused for good":      {&Row{State: Failed}, 0, foundIt, "", nil, Failed},
		"done":                  {&Row{State: Sent, Result: "first"}, 0, notThere, "first", nil, Sent},
		"perhaps at this time":  {&Row{State: Intent}, 0, foundIt, "", later{}, Intent},
		"died, done":            {&Row{State: Intent}, time.Hour, foundIt, "found", nil, Sent},
		"died, not done":        {&Row{State: Intent}, time.Hour, notThere, "", nil, Failed},
		"died, no answer":       {&Row{State: Intent}, time.Hour, noAnswer, "", says{}, Intent},
		"lost, not looked up":   {&Row{State: Unknown}, time.Hour, noLook, "", ErrInDoubt, Unknown},
		"lost, done":            {&Row{State: Unknown}, time.Hour, foundIt, "found", nil, Sent},
		"lost only a while ago": {&Row{State: Unknown}, time.Second, foundIt, "", later{}, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			l, m := ledgerWith(t, c.row, c.age)
			got, err := l.Result(t.Context(), "key", c.find)
			if got != c.want || !sameKind(err, c.err) || rowIn(t, m).State != c.state {
				t.Error(got, err, rowIn(t, m))
			}
			if c.state != Failed {
				return
			}
			// Whoever was about to keep it comes too late: a session called off is never booked.
			if _, err := l.Once(t.Context(), "key", Effect{Do: func(context.Context) (string, error) {
				t.Error("kept after it was ended")
				return "", nil
			}}); !errors.Is(err, ErrRefused) {
				t.Error(err)
			}
		})
	}
}

func TestWhoEndsAPromiseAndLosesTheRaceBelievesTheOther(t *testing.T) {
	l, m := ledgerWith(t, nil, 0)
	m.before = func(op string) error {
		if op == "save" {
			m.before = nil
			_, err := m.Save(t.Context(), PromiseNoun, promiseID("key"), 0, Row{State: Sent, Result: "theirs", At: monday}, nil)
			return err
		}
		return nil
	}
	if got, err := l.Result(t.Context(), "key", notThere); got != "theirs" || err != nil {
		t.Fatal(got, err)
	}
}
