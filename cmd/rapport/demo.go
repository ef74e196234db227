package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/m365sim/desk"
	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/jobs"
)

// demoOptions are the demo's flags.
type demoOptions struct {
	people, weeks int
	seed          uint64
	speed         float64
	listen        string
	json, stay    bool
}

// demoStart is a Monday of an autumn in which Europe's clocks change before America's.
var demoStart = time.Date(2026, time.October, 5, 6, 0, 0, 0, time.UTC)

// demoSpeed plays five weeks in two minutes.
const demoSpeed = 25200

func demoCommand() *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Watch a pretend company's programme: five weeks in about two minutes",
		Long: `demo runs the whole of rapport in one process against a simulated Microsoft 365 tenant:
calendars are read, pairs made, fair times booked, cards answered, follow-ups sent after
forty-eight hours, a pulse collected. It needs no Redis, no tenant and no network, and
forgets everything when it ends.`,
		Example: `  rapport demo                            24 people in six time zones, five weeks
  rapport demo --stay                     and a page to sit down as any of them
  rapport demo --people 60 --seed 7       another company
  rapport demo --speed 0 --json           as fast as it goes, ending with one JSON object`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return demo(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.IntVar(&o.people, "people", 24, "how many people work in the pretend company (2 to 2000)")
	f.Uint64Var(&o.seed, "seed", 1, "another seed, another company; the same seed, the same one")
	f.IntVar(&o.weeks, "weeks", 5, "how many weeks to play (1 to 52)")
	f.Float64Var(&o.speed, "speed", demoSpeed, "seconds of the story in a real second; 0 = as fast as it goes")
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback address of the simulated tenant and its page")
	f.BoolVar(&o.json, "json", false, "end with one JSON object")
	f.BoolVar(&o.stay, "stay", false, "keep the page open at the end, and let it turn the clock")
	return c
}

func (o demoOptions) check() error {
	if err := companySize(o.people, o.weeks); err != nil {
		return err
	}
	if o.speed < 0 || math.IsNaN(o.speed) || math.IsInf(o.speed, 0) {
		return errors.New("--speed must be 0 or more")
	}
	return loopbackOnly("--listen", o.listen)
}

// companySize refuses a pretend company that nobody could play with.
func companySize(people, weeks int) error {
	switch {
	case people < 2 || people > 2000:
		return errors.New("--people must be between 2 and 2000")
	case weeks < 1 || weeks > 52:
		return errors.New("--weeks must be between 1 and 52")
	}
	return nil
}

// loopbackOnly refuses an address that others could reach: the simulated tenant has no doors.
func loopbackOnly(flag, listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("%s must be host:port, for example 127.0.0.1:8085", flag)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s must be a loopback address such as 127.0.0.1:8085: the simulated tenant lets anybody in who can reach it", flag)
	}
	return nil
}

// demo plays the story and says what came of it.
func demo(ctx context.Context, o demoOptions, out, trouble io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	w, err := newWorld(ctx, o, slog.New(slog.NewTextHandler(trouble, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	defer w.close()
	fmt.Fprintf(out, "A pretend company of %d people in %d time zones; %d weeks from %s (times in UTC).\n",
		o.people, w.zones(), o.weeks, demoStart.Format("Monday 2 January 2006"))
	if o.stay {
		fmt.Fprintf(out, "Sit down as any of them: %s/\n", w.url)
		fmt.Fprintf(out, "What they find on the web: %s/me, and behind the scenes as %s: %[1]s/champion/peers, %[1]s/curate and %[1]s/admin\n", w.pages, w.tenant.People()[0].Name)
	}
	story := newNarrator(out, w.app.store, w.tenant)
	w.app.crew.Tell = story.hear
	if err := w.start(ctx); err != nil {
		return ended(err)
	}
	end := demoStart.AddDate(0, 0, 7*o.weeks)
	if err := w.conductor.lead(ctx, end, func() error { return story.tell(ctx, w.clock.Now()) }); err != nil {
		return ended(err)
	}
	t, err := count(ctx, w.app.store, w.tenant)
	if err != nil {
		return ended(err)
	}
	t.print(out)
	if o.json {
		if err := json.NewEncoder(out).Encode(t); err != nil {
			return err
		}
	}
	if !o.stay {
		return nil
	}
	fmt.Fprintf(out, "\nStill open: %s/ (stop with Ctrl-C)\n", w.url)
	if w.conductor.speed == 0 {
		w.conductor.speed = demoSpeed // whoever presses Run wants to watch
	}
	stop := false
	if _, err := w.conductor.turn(m365sim.Command{Running: &stop}); err != nil {
		return err
	}
	return ended(w.conductor.lead(ctx, end.AddDate(10, 0, 0), func() error { return story.tell(ctx, w.clock.Now()) }))
}

// ended makes no error of somebody pressing Ctrl-C.
func ended(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// world is a pretend company with rapport in it, all in this process.
type world struct {
	clock     *jobs.Stepped
	tenant    *m365sim.Tenant
	app       *app
	worker    *jobs.Worker
	conductor *conductor
	url       string // of the simulated tenant
	pages     string // where rapport's own pages are
	servers   []*http.Server
	stop      context.CancelFunc
}

func newWorld(ctx context.Context, o demoOptions, log *slog.Logger) (*world, error) {
	w := &world{clock: jobs.NewStepped(demoStart), stop: func() {}}
	tenant, err := m365sim.New(m365sim.Options{People: o.people, Seed: o.seed, Start: demoStart, Weeks: o.weeks,
		Now: w.clock.Now, Desk: desk.Handler(), Control: func(c m365sim.Command) (m365sim.ClockState, error) { return w.conductor.turn(c) }})
	if err != nil {
		return nil, err
	}
	w.tenant = tenant
	if w.url, err = w.serve(o.listen, tenant.Handler()); err != nil {
		return nil, err
	}
	tenant.ServeAt(w.url)
	st, err := store.OpenEmbedded(store.Options{Tenant: "demo", Keep: keepFor})
	if err != nil {
		return nil, err
	}
	pages := http.NewServeMux() // their address stands in the configuration, so they are served first
	if w.pages, err = w.serve("127.0.0.1:0", pages); err != nil {
		return nil, err
	}
	cfg := simConfig(tenant.Credentials(), w.url, demoStart)
	cfg.Web.PublicURL = w.pages
	boss := tenant.People()[0].ID // somebody must be able to look behind the scenes
	cfg.Web.Admins, cfg.Web.Curators, cfg.Programmes[0].Champions = []string{boss}, []string{boss}, []string{boss}
	if w.app, err = build(cfg, w.clock, st, log, actWithin); err != nil {
		return nil, err
	}
	pages.Handle("/", w.app.pages())
	tenant.Connect(w.pages + "/api/messages")
	w.worker = jobs.NewHastyWorker(w.app.crew, w.app.queue, st.Conn(), st)
	w.conductor = newConductor(w.clock, tenant, st, w.worker.Sweep, o.speed)
	return w, nil
}

// start lets the worker begin; nothing happens before the conductor leads.
func (w *world) start(ctx context.Context) error {
	ctx, w.stop = context.WithCancel(ctx)
	if err := w.app.crew.Begin(ctx); err != nil {
		return err
	}
	return w.worker.Start(ctx)
}

func (w *world) close() {
	w.worker.Stop()
	w.stop()
	for _, s := range w.servers {
		_ = s.Close()
	}
	_ = w.app.close()
}

// serve answers on loopback and says where.
func (w *world) serve(listen string, h http.Handler) (string, error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return "", fmt.Errorf("nobody can listen on %s: choose another address with --listen", listen)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	w.servers = append(w.servers, s)
	go func() { _ = s.Serve(l) }()
	return "http://" + l.Addr().String(), nil
}

func (w *world) zones() int {
	zones := map[string]bool{}
	for _, p := range w.tenant.People() {
		zones[p.Zone] = true
	}
	return len(zones)
}
