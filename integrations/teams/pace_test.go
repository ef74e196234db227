package teams

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// The limits as Microsoft writes them; ours must keep them whatever is asked for and when.
func TestAConversationNeverPassesTheServicesLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := at
		a := newAlone(func() time.Time { return now })
		var turns []time.Time
		for _, gap := range rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 300).Draw(t, "gaps in ms") {
			now = now.Add(time.Duration(gap*gap/3000) * time.Millisecond)
			if wait, _ := a.Turn(context.Background(), "c", chatLimits, time.Hour); wait <= time.Hour {
				turns = append(turns, now.Add(wait))
			}
		}
		for stretch, most := range map[time.Duration]int{time.Second: 7, 2 * time.Second: 8, 30 * time.Second: 60, time.Hour: 1800} {
			for i := most; i < len(turns); i++ {
				if d := turns[i].Sub(turns[i-most]); d < stretch {
					t.Fatalf("%d sends within %v, %d are allowed in %v", most+1, d, most, stretch)
				}
			}
		}
	})
}

func TestAnHourOfOneConversation(t *testing.T) {
	now := at
	a := newAlone(func() time.Time { return now })
	for range 1800 {
		wait, _ := a.Turn(context.Background(), "c", chatLimits, time.Hour)
		now = now.Add(wait)
	}
	if took := now.Sub(at); took < 14*time.Minute || took > 16*time.Minute {
		t.Errorf("1,800 sends took %v; sixty in half a minute would be fifteen minutes", took)
	}
	if wait, _ := a.Turn(context.Background(), "c", chatLimits, 0); wait < 43*time.Minute {
		t.Errorf("the next one waits %v, want the rest of the hour", wait)
	}
}

// sendTo sends a card to a person whose chat is known by their name.
func sendTo(c *Client, person roster.ID) error {
	_, err := c.Send(context.Background(), withTo(person))
	return err
}

func withTo(person roster.ID) prompt.Message {
	m := message()
	m.To = person
	return m
}

// settled is a client that has opened the chats of so many people, and keeps its pace.
func settled(t *testing.T, s *service, people int) *Client {
	t.Helper()
	c := s.client(t, func(o *Options) { o.Pace = newAlone(s.clock) })
	for i := range people {
		p := roster.ID(fmt.Sprint("p", i))
		if err := c.keep(context.Background(), p, reference{Service: s.URL, Conversation: "a:" + string(p)}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestAThrottledConversationWaitsAndNobodyElseDoes(t *testing.T) {
	s := newService(t)
	c := settled(t, s, 2)
	s.next(answers(1, 429, "Throttled", "Retry-After", "30")...)
	var e *Error
	if err := sendTo(c, "p0"); !errors.As(err, &e) || e.RetryAfter() != 30*time.Second {
		t.Fatalf("got %v", err)
	}
	const zero, one = "POST /v3/conversations/a:p0/activities", "POST /v3/conversations/a:p1/activities"
	if err := sendTo(c, "p1"); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	s.pass(20 * time.Second)
	if err := sendTo(c, "p0"); !errors.As(err, &e) || e.RetryAfter() != 10*time.Second {
		t.Errorf("too early: got %v, want ten seconds more", err)
	}
	ref := joinRef(reference{Service: s.URL, Conversation: "a:p0"}, "1")
	if err := c.Delete(context.Background(), ref); !errors.As(err, &e) || e.RetryAfter() != 10*time.Second {
		t.Errorf("a change, too early: got %v", err)
	}
	expect(t, s, zero, one) // whoever must wait is not even asked about
	s.pass(10 * time.Second)
	if err := sendTo(c, "p0"); err != nil {
		t.Error(err)
	}
	expect(t, s, zero, one, zero)
}

func TestChangingCardsDoesNotUseUpTheTurnsOfSending(t *testing.T) {
	s := newService(t)
	c := settled(t, s, 1)
	for range 20 {
		if err := c.Delete(t.Context(), joinRef(reference{Service: s.URL, Conversation: "a:p0"}, "1")); err != nil {
			t.Fatal(err)
		}
		s.pass(25 * time.Millisecond)
	}
	for range 7 {
		if err := sendTo(c, "p0"); err != nil {
			t.Fatal(err)
		}
		s.pass(25 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 800*time.Millisecond)
	defer cancel()
	var e *Error
	if _, err := c.Send(ctx, withTo("p0")); !errors.As(err, &e) || e.RetryAfter() < 500*time.Millisecond {
		t.Errorf("the eighth within a second: %v", err)
	}
}

func TestAThrottledTenantRestsAsAWhole(t *testing.T) {
	s := newService(t)
	c := settled(t, s, strikes+3)
	throttle := func(i int) {
		t.Helper()
		s.next(answers(1, 429, "Throttled", "Retry-After", "20")...)
		if err := sendTo(c, roster.ID(fmt.Sprint("p", i))); statusOf(err) != 429 {
			t.Fatalf("person %d: %v", i, err)
		}
		s.pass(time.Second)
	}
	for i := range strikes {
		throttle(i)
	}
	if err := sendTo(c, "p5"); err != nil {
		t.Fatalf("%d throttled conversations stop everybody: %v", strikes, err)
	}
	throttle(strikes)
	calls := len(s.paths())
	var e *Error
	if err := sendTo(c, "p5"); !errors.As(err, &e) || e.RetryAfter() < 19*time.Second || len(s.paths()) != calls {
		t.Errorf("one more, and the tenant goes on: %v", err)
	}
	s.pass(e.RetryAfter())
	if err := sendTo(c, "p5"); err != nil {
		t.Errorf("after the rest: %v", err)
	}
}

func TestOneStubbornConversationIsNotTheTenant(t *testing.T) {
	s := newService(t)
	c := settled(t, s, 2)
	for range 3 * strikes {
		s.next(answers(1, 429, "Throttled", "Retry-After", "3")...)
		if err := sendTo(c, "p0"); statusOf(err) != 429 {
			t.Fatal(err)
		}
		s.pass(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		if _, err := c.Send(ctx, withTo("p1")); err != nil {
			t.Fatalf("somebody else: %v", err)
		}
		cancel()
		s.pass(2 * time.Second)
	}
}

// held is a pace that notes how long a lane is held at most.
type held struct {
	atOnce
	hold time.Duration
}

func (h *held) Enter(_ context.Context, _ string, _ int, hold time.Duration) (func(), error) {
	h.hold = hold
	return func() {}, nil
}

func TestALaneIsHeldHardlyLongerThanTheWorkMayTake(t *testing.T) {
	s, h := newService(t), &held{}
	c := s.client(t, func(o *Options) { o.Pace = h })
	inside, leave, err := c.enter(t.Context(), "x", "a:1")
	if err != nil || h.hold != laneHold {
		t.Fatalf("without a deadline it is held for %v: %v", h.hold, err)
	}
	if end, ok := inside.Deadline(); !ok || time.Until(end) > laneHold-laneSpare {
		t.Error("the work may outlast the lane")
	}
	leave()
	short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, leave, err = c.enter(short, "x", "a:1"); err != nil || h.hold > 3*time.Second || h.hold < 2*time.Second {
		t.Fatalf("with two seconds left it is held for %v: %v", h.hold, err)
	}
	leave()
}

// mute is a pace whose Redis is gone.
type mute struct{ atOnce }

func (mute) Turn(context.Context, string, map[time.Duration]int, time.Duration) (time.Duration, error) {
	return 0, errors.New("canary")
}

// shut is a pace whose lanes cannot be entered.
type shut struct{ atOnce }

func (shut) Enter(context.Context, string, int, time.Duration) (func(), error) {
	return nil, errors.New("canary")
}

func TestNothingIsSentWithoutAPace(t *testing.T) {
	for _, p := range []Pace{mute{}, shut{}} {
		s := newService(t)
		c := s.client(t, func(o *Options) { o.Pace = p })
		var e *Error
		if err := sendTo(c, ana); !errors.As(err, &e) || e.Permanent() || e.InDoubt() || len(s.paths()) > 0 {
			t.Errorf("%T: got %v after %v", p, err, s.paths())
		}
	}
}

func TestFiftyRequestsASecondAreNeverPassed(t *testing.T) {
	now := at
	a := newAlone(func() time.Time { return now })
	var starts []time.Time
	for range 500 {
		wait, _ := a.Turn(context.Background(), "t", tenantLimits, time.Hour)
		now = now.Add(wait)
		starts = append(starts, now)
	}
	for i := range starts {
		if i >= 50 && starts[i].Sub(starts[i-50]) < time.Second {
			t.Fatalf("requests %d to %d within %v", i-50, i, starts[i].Sub(starts[i-50]))
		}
	}
	if took := starts[499].Sub(at); took > 12*time.Second {
		t.Errorf("500 requests took %v", took)
	}
	if wait, _ := a.Turn(context.Background(), "other", tenantLimits, 0); wait != 0 {
		t.Errorf("another line waits %v", wait)
	}
}

func TestOneConversationIsOneLane(t *testing.T) {
	var l lanes
	busy, worst := 0, 0
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			leave, err := l.enter(context.Background(), "a")
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			busy++
			worst = max(worst, busy)
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			busy--
			mu.Unlock()
			leave()
		})
	}
	all.Wait()
	if worst != 1 || len(l.open) != 0 {
		t.Errorf("%d at once, %d lanes left over", worst, len(l.open))
	}
	leave, _ := l.enter(context.Background(), "a")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.enter(ctx, "a"); err == nil {
		t.Error("entered a lane that is taken")
	}
	leave()
	if len(l.open) != 0 {
		t.Error("a lane was left over")
	}
}
