package store

import (
	"context"
	"strconv"
	"time"
)

// Facts are what Redis says about itself. What its user may not read is empty.
type Facts struct {
	Version    string // "7.0.15"
	Eviction   string // "noeviction"
	AppendOnly string // "on" or "off"
	Fsync      string // of the append-only file: "always", "everysec" or "no"
	Used       int64  // bytes
	Limit      int64  // bytes, 0 = none or not known
	// Skew is how far the clock of Redis is ahead of ours, give or take half of Slack.
	Skew, Slack time.Duration
}

// Fullness is the share of the memory limit that is used, 0 without a limit.
func (f Facts) Fullness() float64 {
	if f.Limit <= 0 {
		return 0
	}
	return float64(f.Used) / float64(f.Limit)
}

// Facts asks Redis about itself and changes nothing. An embedded store answers no more than
// its clock.
func (s *Store) Facts(ctx context.Context) (Facts, error) {
	var out Facts
	err := s.run(ctx, "look", reads, func(ctx context.Context) error {
		before := time.Now()
		at, err := s.client.Time(ctx).Result()
		after := time.Now()
		out.Slack = after.Sub(before)
		out.Skew = at.Sub(before.Add(out.Slack / 2))
		return err
	})
	if err != nil || s.embedded {
		return out, err
	}
	f, err := s.look(ctx)
	if err != nil {
		return out, err
	}
	out.Version, out.Eviction = f["redis_version"], f["maxmemory_policy"]
	switch f["aof_enabled"] {
	case "1", "yes":
		out.AppendOnly = "on"
	case "0", "no":
		out.AppendOnly = "off"
	}
	used, _ := strconv.ParseInt(f["used_memory"], 10, 64)
	aside, _ := strconv.ParseInt(f["mem_not_counted_for_evict"], 10, 64)
	out.Used = used - aside
	out.Limit, _ = strconv.ParseInt(f["maxmemory"], 10, 64)
	err = s.allowed(ctx, func(ctx context.Context) error {
		got, err := s.client.ConfigGet(ctx, "appendfsync").Result()
		out.Fsync = got["appendfsync"]
		return err
	})
	return out, err
}
