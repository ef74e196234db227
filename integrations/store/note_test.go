package store

import (
	"strings"
	"testing"
	"time"
)

func TestNotesAreRememberedReplacedForgottenAndExpire(t *testing.T) {
	everywhere(t, func(t *testing.T, open func(Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		recall := func() string { return string(must[[]byte](t)(s.Recall(ctx, "ana@acme.test"))) }
		remember := func(v []byte, keep time.Duration) {
			if err := s.Remember(ctx, "ana@acme.test", v, keep); err != nil {
				t.Fatal(err)
			}
		}
		if note := must[[]byte](t)(s.Recall(ctx, "ana@acme.test")); note != nil {
			t.Fatalf("remembers %q out of nothing", note)
		}
		remember([]byte("one"), time.Hour)
		remember([]byte("two"), 0)
		if recall() != "two" {
			t.Fatal("the last note does not win")
		}
		for _, key := range s.client.Keys(ctx, "*").Val() {
			if strings.Contains(key, "ana") {
				t.Fatalf("an address stands in a key: %s", key)
			}
		}
		remember(nil, 0)
		if recall() != "" {
			t.Fatal("not forgotten")
		}
		remember([]byte("soon gone"), time.Second)
		eventually(t, func() bool { return recall() == "" })
	})
}
