package jobs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

// deleteQueue deletes every key of asynq, in one stroke or one by one with a little time in
// between, as redis-cli in a loop would.
func deleteQueue(ctx context.Context, r *rig, chance *rand.Rand) (deleted int) {
	all, err := r.Client().Keys(ctx, "asynq:*").Result()
	if err != nil || len(all) == 0 {
		return 0
	}
	if chance.IntN(2) == 0 {
		_ = r.Client().Del(ctx, all...).Err()
		return len(all)
	}
	chance.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, k := range all {
		_ = r.Client().Del(ctx, k).Err()
		if chance.IntN(20) == 0 {
			time.Sleep(time.Duration(chance.IntN(3)) * time.Millisecond)
		}
	}
	return len(all)
}

// The promise of the store: the queue may be lost at any moment. Two workers run while all its
// keys are deleted again and again; everything is shown exactly once, at most a minute late.
func TestLosingTheWholeQueueAgainAndAgainLosesNothingAndDoublesNothing(t *testing.T) {
	slow(t)
	const cards = 400
	teams := newChat()
	teams.before = func(ctx context.Context, _ string) error {
		return wait(ctx, 30*time.Millisecond+rand.N(60*time.Millisecond))
	}
	owed, late := sync.Map{}, make(chan time.Duration, 10*cards)
	teams.after = func(_ context.Context, key string) error {
		if at, ok := owed.Load(strings.Split(key, "/")[1]); ok {
			late <- time.Since(at.(time.Time))
		}
		return nil
	}
	server := redistest.Start(t)
	r, other := newRig(t, server, teams).start(t), newRig(t, server, teams).start(t)
	stop, stopped := context.WithCancel(t.Context())
	defer stopped()
	deleting := make(chan int)
	go func() {
		chance, total := rand.New(rand.NewPCG(1, 2)), 0
		for stop.Err() == nil {
			time.Sleep(time.Duration(chance.IntN(150)) * time.Millisecond)
			total += deleteQueue(context.Background(), r, chance)
		}
		deleting <- total
	}()
	for i := range cards {
		by := []*rig{r, other}[i%2]
		owed.Store(promiseID(fmt.Sprint(i)), time.Now())
		if err := by.crew.owe(t.Context(), by.crew.Programmes["p"], fmt.Sprint(i), messageTo("ana")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(2 * time.Second)
	stopped()
	deleted := <-deleting
	shown, _ := teams.count()
	took := within(t, time.Minute, "everything done", func() bool { return len(r.dueNow(t)) == 0 })
	all, most := teams.count()
	if all != cards || most != 1 {
		t.Fatalf("%d of %d cards were shown, one of them %d times", all, cards, most)
	}
	if deleted < cards/4 {
		t.Fatalf("only %d keys were deleted: this proves nothing", deleted)
	}
	close(late)
	worst := time.Duration(0)
	for d := range late {
		worst = max(worst, d)
	}
	if worst == 0 || worst > time.Minute {
		t.Fatalf("a card was shown after %v", worst)
	}
	t.Logf("%d keys deleted; %d of %d cards shown by then, the last one %v later; the slowest took %v", deleted, shown, cards, took, worst)
}

// The same while steps wait for their time to come again: what was asked to wait is not lost
// with the queue that knew how long.
func TestLosingTheQueueWhileEverythingWaitsLosesNothing(t *testing.T) {
	slow(t)
	teams := newChat()
	begun := time.Now()
	teams.before = func(context.Context, string) error {
		if time.Since(begun) < 3*time.Second {
			return says{after: time.Hour}
		}
		return nil
	}
	r := newRig(t, redistest.Start(t), teams).start(t)
	for i := range 50 {
		r.owe(t, fmt.Sprint(i))
	}
	within(t, 3*time.Second, "all of them waiting", func() bool { return r.in(t, "retry") == 50 })
	time.Sleep(time.Until(begun.Add(3 * time.Second)))
	left, err := r.Client().Eval(t.Context(), "return redis.call('DEL', unpack(redis.call('KEYS', 'asynq:*')))", nil).Result()
	if err != nil {
		t.Fatal(left, err)
	}
	took := within(t, time.Minute, "all cards", func() bool { cards, _ := teams.count(); return cards == 50 })
	if _, most := teams.count(); most != 1 {
		t.Fatalf("one card %d times", most)
	}
	t.Logf("all shown %v after the queue was gone", took)
}

// What tasks wait for because somebody asked them to is not cut short by a queue that was lost
// and made anew.
func TestAQueueMadeAnewStillWaitsWhenAsked(t *testing.T) {
	slow(t)
	tries := make(chan string, 100)
	teams := newChat()
	teams.before = func(_ context.Context, key string) error {
		tries <- key
		return says{after: time.Hour}
	}
	r := newRig(t, redistest.Start(t), teams).start(t)
	r.owe(t, "typed")
	<-tries
	within(t, 3*time.Second, "it waits", func() bool { return r.in(t, "retry") == 1 })
	if _, err := r.Client().Eval(t.Context(), "return redis.call('DEL', unpack(redis.call('KEYS', 'asynq:*')))", nil).Result(); err != nil {
		t.Fatal(err)
	}
	<-tries // it cannot know better
	time.Sleep(12 * time.Second)
	if n := len(tries); n != 0 {
		t.Fatalf("asked %d times more in twelve seconds, although it should wait for an hour: %s", n, strings.Join(tags(r, t), ", "))
	}
}

func tags(r *rig, t *testing.T) []string {
	all, err := r.Client().Keys(t.Context(), keys+"t:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
