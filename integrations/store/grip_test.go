package store

import (
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestANameIsHeldByOneOwnerUntilReleasedOrNotRepeated(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		grip := func(owner string, hold time.Duration) bool {
			return must[bool](t)(s.Grip(ctx, "task", owner, hold))
		}
		first, kept := grip("ana", time.Minute), grip("ana", time.Minute)
		if !first || !kept || grip("ben", time.Minute) {
			t.Fatal("not exactly the first owner holds it")
		}
		if held := must[[]bool](t)(s.Held(ctx, []string{"other", "task"})); !slices.Equal(held, []bool{false, true}) {
			t.Fatalf("held %v", held)
		}
		if err := s.Release(ctx, "task", "ben"); err != nil || grip("ben", time.Minute) {
			t.Fatal("let go of what another holds: ", err)
		}
		if err := s.Release(ctx, "task", "ana"); err != nil || !grip("ben", time.Second) {
			t.Fatal("still held after it was let go: ", err)
		}
		eventually(t, func() bool { return grip("ana", time.Minute) })
	})
}

func TestTheDoctorRescuesTasksWithoutLeaseAndDropsIDsWithoutTask(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx, q := open(Options{}), t.Context(), "asynq:{default}:"
		s.client.LPush(ctx, q+"active", "healthy", "zombie", "ghost")
		s.client.LPush(ctx, q+"pending", "waiting", "gone")
		for _, id := range []string{"healthy", "zombie", "waiting"} {
			s.client.HSet(ctx, q+"t:"+id, "msg", "x")
		}
		s.client.HSet(ctx, q+"t:ghost", "state", "active")
		lease := float64(time.Now().Add(30 * time.Second).Unix())
		for _, id := range []string{"healthy", "ghost"} {
			s.client.ZAdd(ctx, q+"lease", redis.Z{Score: lease, Member: id})
		}
		for i, want := range [][2]int{{1, 2}, {0, 0}} {
			rescued, dropped, err := s.Heal(ctx, "default")
			if err != nil || rescued != want[0] || dropped != want[1] {
				t.Fatalf("visit %d: rescued %d, dropped %d: %v", i+1, rescued, dropped, err)
			}
		}
		active, pending := s.client.LRange(ctx, q+"active", 0, -1).Val(), s.client.LRange(ctx, q+"pending", 0, -1).Val()
		if !slices.Equal(active, []string{"zombie", "healthy"}) || !slices.Equal(pending, []string{"waiting"}) {
			t.Fatalf("active %v, pending %v", active, pending)
		}
		if s.client.ZScore(ctx, q+"lease", "healthy").Val() != lease {
			t.Fatal("a healthy lease was touched")
		}
		if at := s.client.ZScore(ctx, q+"lease", "zombie").Val(); at > float64(time.Now().Add(-31*time.Second).Unix()) {
			t.Fatal("asynq's recovery would not take the zombie")
		}
	})
}
