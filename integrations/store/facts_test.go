package store

import (
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
)

func TestRedisSaysHowItIsSetUp(t *testing.T) {
	server := redistest.Start(t, redistest.AppendOnly("always"), redistest.MaxMemory("64mb"), redistest.Policy("noeviction"))
	f, err := opened(t, server, Options{}).Facts(t.Context())
	if err != nil || f.Version == "" || f.Eviction != "noeviction" || f.AppendOnly != "on" || f.Fsync != "always" || f.Limit != 64<<20 {
		t.Fatalf("%+v, %v", f, err)
	}
	if full := f.Fullness(); full <= 0 || full > 0.5 {
		t.Errorf("an empty Redis is %.2f full", full)
	}
	if f.Skew.Abs() > f.Slack+time.Second {
		t.Errorf("on one machine the clocks differ by %s", f.Skew)
	}
}

func TestAnEmbeddedStoreHasNoFactsButItsClock(t *testing.T) {
	s, err := OpenEmbedded(Options{Tenant: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if f, err := s.Facts(t.Context()); err != nil || f.Version != "" || f.Fullness() != 0 {
		t.Fatalf("%+v, %v", f, err)
	}
}
