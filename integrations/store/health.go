package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// alarmAt is how full Redis may be, in percent, before Inspect says so: the queue stands still
// when it is full, and a larger Redis needs time to come.
const alarmAt = 80

// Ping asks Redis whether it is there. It says nothing about whether Redis takes writes.
func (s *Store) Ping(ctx context.Context) error {
	return s.run(ctx, "ping", reads, func(ctx context.Context) error { return s.client.Ping(ctx).Err() })
}

// Health answers nil while Redis can be relied on, else one sentence that says what to do. It
// writes one key that expires in a minute: only a write shows that Redis takes writes.
func (s *Store) Health(ctx context.Context) error {
	_, err := s.Inspect(ctx)
	return err
}

// Inspect is Health with notes: sentences about what works but should be put right (nearly
// full, no AOF), and what could not be checked because the Redis user may not look.
func (s *Store) Inspect(ctx context.Context) (notes []string, err error) {
	err = s.run(ctx, "check", reads, func(ctx context.Context) error {
		return s.client.Set(ctx, s.slot()+"probe", 1, time.Minute).Err()
	})
	if err != nil {
		return nil, err
	}
	if s.embedded {
		return []string{"the store is embedded: everything is forgotten when this process ends"}, nil
	}
	f, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	return f.judge(s.demand)
}

// facts are what Redis says about itself, by the names of INFO; a name that is missing could
// not be read.
type facts map[string]string

// look reads the facts; what the user may not read is missing.
func (s *Store) look(ctx context.Context) (facts, error) {
	f := facts{}
	err := s.allowed(ctx, func(ctx context.Context) error {
		text, err := s.client.Info(ctx).Result()
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				f[name] = value
			}
		}
		return err
	})
	if err != nil || f["maxmemory_policy"] != "" {
		return f, err
	}
	// The same two facts by another door, which writes on and off as yes and no.
	for config, name := range map[string]string{"maxmemory-policy": "maxmemory_policy", "appendonly": "aof_enabled"} {
		err := s.allowed(ctx, func(ctx context.Context) error {
			got, err := s.client.ConfigGet(ctx, config).Result()
			f[name] = got[config]
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// allowed runs ask, and takes Redis's refusal to answer for an answer.
func (s *Store) allowed(ctx context.Context, ask func(context.Context) error) error {
	return s.run(ctx, "check", reads, func(ctx context.Context) error {
		err := ask(ctx)
		if redis.HasErrorPrefix(err, "NOPERM") || redis.HasErrorPrefix(err, "unknown command") {
			return nil
		}
		return err
	})
}

// judge says what the facts mean: an error when Redis cannot be relied on, else notes.
func (f facts) judge(demandAOF bool) (notes []string, err error) {
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	switch version := f["redis_version"]; {
	case version == "":
		note("could not check the version of Redis, the user may not read INFO; it must be 6.2 or newer")
	case older(version, 6, 2):
		return nil, unfit("Redis is too old: rapport needs 6.2 or newer")
	}
	if f["role"] == "slave" {
		return nil, unfit("this Redis is a replica: point the URL to the primary")
	}
	switch policy := f["maxmemory_policy"]; policy {
	case "noeviction":
	case "":
		note("could not check maxmemory-policy, the user may not read INFO or CONFIG; it must be noeviction")
	default:
		return nil, unfit("Redis may throw our data away when it is full: set maxmemory-policy to noeviction")
	}
	switch f["aof_enabled"] {
	case "1", "yes":
	case "":
		note("could not check whether the append-only file is on, the user may not read INFO or CONFIG")
	default:
		if demandAOF {
			return nil, unfit("Redis would forget the last minutes if it crashed: set appendonly to yes")
		}
		note("Redis would forget everything since its last snapshot if it crashed: set appendonly to yes")
	}
	return append(notes, f.room()...), nil
}

// room notes how full Redis is, if it has a limit and says so.
func (f facts) room() []string {
	limit, _ := strconv.ParseFloat(f["maxmemory"], 64)
	used, err := strconv.ParseFloat(f["used_memory"], 64)
	uncounted, _ := strconv.ParseFloat(f["mem_not_counted_for_evict"], 64)
	if err != nil || limit <= 0 {
		return nil
	}
	percent := int(100 * (used - uncounted) / limit)
	if percent < alarmAt {
		return nil
	}
	return []string{fmt.Sprintf("Redis is %d percent full: raise maxmemory, work stops when it is full", percent)}
}

// unfit is the error for a Redis that somebody has to set up differently.
func unfit(says string) error {
	return &Error{op: "check", trouble: trouble{says: says, wait: 10 * time.Second}}
}

// older says whether a version like 7.0.15 is below major.minor; an unreadable one is.
func older(version string, major, minor int) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(first)
	b, errB := strconv.Atoi(second)
	return errA != nil || errB != nil || a < major || a == major && b < minor
}
