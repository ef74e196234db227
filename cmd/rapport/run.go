package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/web"
	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

type runOptions struct{ config, only string }

func runCommand() *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "run",
		Short: "Run the programmes of a configuration",
		Long: `run works until it is stopped: it reads groups and calendars, pairs, books, asks and
listens. Nothing leaves before the configuration says "send: on"; look at what would happen
with "rapport plan" first. It may run in several copies: everything happens once.`,
		Example: `  rapport run --config rapport.yaml
  rapport run --config rapport.yaml --only worker     health and metrics, but no pages and no bot
  rapport run --config rapport.yaml --only web        takes answers, does nothing else`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return run(c.Context(), o, os.Getenv, c.ErrOrStderr()) },
	}
	c.Flags().StringVar(&o.config, "config", "", "configuration file (required)")
	c.Flags().StringVar(&o.only, "only", "", "worker or web; empty runs both")
	_ = c.MarkFlagRequired("config")
	return c
}

// redisPatience is how long run waits for a Redis that is still starting.
const redisPatience = 30 * time.Second

// run works until the context ends, and then lets what has begun finish.
func run(ctx context.Context, o runOptions, env func(string) string, logs io.Writer) error {
	if o.only != "" && o.only != "worker" && o.only != "web" {
		return errors.New("--only must be worker or web")
	}
	cfg, err := loadConfig(o.config, env)
	if err != nil {
		return err
	}
	clock, err := jobs.ParseClock(env("RAPPORT_CLOCK"))
	if err != nil {
		return err
	}
	within, err := actLimit(env("RAPPORT_ACT_WITHIN"))
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, store.Options{URL: cfg.Redis.URL.Reveal(), Tenant: cfg.Tenant.ID, Keep: keepFor, Patience: redisPatience})
	if err != nil {
		return err
	}
	log := logger(cfg.Log, logs)
	a, err := build(cfg, clock, st, log, within)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	defer a.close()
	if a.crew.Ledger.Restored, err = restored(ctx, st); err != nil {
		return err
	}
	log.Info("rapport starts", "version", version(), "zones", zone.Version(), "send", cfg.Send.String(), "programmes", len(cfg.Programmes), "only", o.only)
	if !bool(cfg.Send) {
		log.Warn(`sending is off: nothing leaves until the configuration says "send: on"`)
	}
	return a.work(ctx, o.only)
}

// work starts the worker and the web server that were asked for and waits for the end.
func (a *app) work(ctx context.Context, only string) error {
	if only != "web" {
		if err := a.crew.Begin(ctx); err != nil {
			return err
		}
		worker := jobs.NewWorker(a.crew, a.queue, a.store.Conn(), a.store)
		if err := worker.Start(ctx); err != nil {
			return err
		}
		// Steps and requests finish side by side, so that both are done within the time a pod has.
		working, stop := context.WithCancel(ctx)
		var finished sync.WaitGroup
		finished.Go(func() { <-working.Done(); worker.Stop() })
		defer func() { stop(); finished.Wait() }()
	}
	if only == "worker" {
		return web.Serve(ctx, a.cfg.Web.Listen, a.health(map[string]http.Handler{}))
	}
	return web.Serve(ctx, a.cfg.Web.Listen, a.pages())
}

// health answers probes and whoever gathers figures, beside other routes.
func (a *app) health(routes map[string]http.Handler) http.Handler {
	routes["GET /metrics"] = a.metrics
	return web.Handler(web.Options{Version: version() + ", time zones " + zone.Version(), Checks: a.checks(), Routes: routes})
}

// pages are what the web server answers.
func (a *app) pages() http.Handler {
	routes := a.people()
	maps.Copy(routes, a.within())
	maps.Copy(routes, a.notices())
	routes["POST /api/messages"] = a.bot
	return a.health(routes)
}

// checks are what must be true for rapport to be ready.
func (a *app) checks() []web.Check {
	return []web.Check{
		{Name: "redis", Probe: a.store.Health},
		{Name: "work", Probe: a.crew.Troubles.Probe},
		{Name: "sign-in", Probe: func(ctx context.Context) error {
			_, err := a.graph.Token(ctx, a.cfg.Tenant.Scope)
			return err
		}},
	}
}

// actLimit reads how long one act on the outside may take; tests shorten it.
func actLimit(text string) (time.Duration, error) {
	if text == "" {
		return actWithin, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("RAPPORT_ACT_WITHIN: %q is not a duration such as 20s", text)
	}
	return d, nil
}
