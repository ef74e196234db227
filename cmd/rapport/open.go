package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/jobs"
)

// opened puts rapport together for a command that looks or notes something: it starts
// nothing, and nothing leaves, whatever the configuration says.
func opened(ctx context.Context, cfg config.Config, env func(string) string, log *slog.Logger) (*app, error) {
	cfg.Send = false
	clock, err := jobs.ParseClock(env("RAPPORT_CLOCK"))
	if err != nil {
		return nil, err
	}
	st, err := openStore(ctx, cfg)
	if err != nil {
		return nil, err
	}
	a, err := build(cfg, clock, st, log, actWithin)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return a, nil
}

// openStore opens the Redis of the configuration once, without patience.
func openStore(ctx context.Context, cfg config.Config) (*store.Store, error) {
	return store.Open(ctx, store.Options{URL: cfg.Redis.URL.Reveal(), Tenant: cfg.Tenant.ID, Keep: keepFor})
}
