package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/integrations/m365sim/desk"
	"github.com/rapport-dev/rapport/jobs"
)

type simOptions struct {
	people, weeks               int
	seed                        uint64
	listen, tenant, writeConfig string
	bot, redis                  string
}

func simCommand() *cobra.Command {
	var o simOptions
	c := &cobra.Command{
		Use:   "m365sim",
		Short: "Serve a simulated Microsoft 365 tenant on loopback, to try rapport against",
		Long: `m365sim answers as Microsoft 365 does: sign-in, Graph, the Bot Connector, and people who
accept, decline, answer late or never. It always asks for real credentials and signs what
it sends, so what works against it has been through full production authentication.

RAPPORT_CLOCK=<virtual start RFC3339>@<real start unix ms>x<speed> gives it and rapport the
same virtual clock; unset means real time.`,
		Example: `  rapport m365sim --listen 127.0.0.1:8085 --write-config sim.yaml
  rapport run --config sim.yaml        in a second terminal, with a Redis on 127.0.0.1:6379`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return simulate(c.Context(), o, os.Getenv, func(s string) { fmt.Fprintln(c.OutOrStdout(), s) })
		},
	}
	f := c.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8085", "loopback address to serve on")
	f.IntVar(&o.people, "people", 24, "how many people work there")
	f.IntVar(&o.weeks, "weeks", 5, "how many weeks their story goes on")
	f.Uint64Var(&o.seed, "seed", 1, "another seed, another company")
	f.StringVar(&o.tenant, "tenant", "", "file with people defined by hand (JSON)")
	f.StringVar(&o.writeConfig, "write-config", "", "write a configuration with which `rapport run` works against it at once")
	f.StringVar(&o.bot, "bot", "http://127.0.0.1:8080/api/messages", "where rapport listens for what people press")
	f.StringVar(&o.redis, "redis", "redis://127.0.0.1:6379/0", "Redis address for --write-config")
	return c
}

// simulate serves the tenant until the context ends.
func simulate(ctx context.Context, o simOptions, env func(string) string, say func(string)) error {
	if err := companySize(o.people, o.weeks); err != nil {
		return err
	}
	if err := loopbackOnly("--listen", o.listen); err != nil {
		return err
	}
	clock, err := jobs.ParseClock(env("RAPPORT_CLOCK"))
	if err != nil {
		return err
	}
	options := m365sim.Options{People: o.people, Weeks: o.weeks, Seed: o.seed, Start: startOf(clock), Now: clock.Now, Desk: desk.Handler()}
	if o.tenant != "" {
		file, err := os.Open(o.tenant)
		if err != nil {
			return fmt.Errorf("--tenant: the file cannot be opened: check its path")
		}
		defer file.Close()
		options.TenantFile = file
	}
	tenant, err := m365sim.New(options)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("nobody can listen on %s: choose another address with --listen", o.listen)
	}
	url := "http://" + l.Addr().String()
	tenant.ServeAt(url)
	tenant.Connect(o.bot)
	if o.writeConfig != "" {
		if err := writeSimConfig(o, tenant.Credentials(), url, startOf(clock)); err != nil {
			return err
		}
		say("wrote " + o.writeConfig)
	}
	say("a simulated tenant listens on " + url)
	server := &http.Server{Handler: tenant.Handler(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(l) }()
	go func() { failed <- tenant.Run(ctx, clock.Real) }()
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	_ = server.Close()
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// startOf is where a virtual clock began; a real one begins now.
func startOf(clock jobs.Clock) time.Time {
	if f, ok := clock.(jobs.Fast); ok {
		return f.Start
	}
	return clock.Now()
}

// simConfig is the configuration for a simulated tenant: the first round two days after the
// story starts, and everything sent.
func simConfig(c m365sim.Credentials, url string, start time.Time) config.Config {
	secrets := map[string]string{"RAPPORT_TENANT_CLIENT_SECRET": c.ClientSecret, "RAPPORT_BOT_APP_SECRET": c.BotSecret}
	cfg, err := config.Parse([]byte(simYAML(c, url, "redis://127.0.0.1:6379/0", "", start)), "", func(k string) string { return secrets[k] })
	if err != nil {
		panic(err) // a mistake of ours: a test reads the same text
	}
	return cfg
}

// writeSimConfig writes the configuration, with its secrets in files beside it as for a real
// tenant.
func writeSimConfig(o simOptions, c m365sim.Credentials, url string, start time.Time) error {
	base := filepath.Base(o.writeConfig)
	files := map[string]string{
		o.writeConfig:                    simYAML(c, url, o.redis, base, start),
		o.writeConfig + ".client-secret": c.ClientSecret,
		o.writeConfig + ".bot-secret":    c.BotSecret,
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return fmt.Errorf("--write-config: the file cannot be written: check its path")
		}
	}
	return nil
}

// simYAML is that configuration as a file named base; "" names no secret files.
func simYAML(c m365sim.Credentials, url, redis, base string, start time.Time) string {
	clientFile, botFile := "", ""
	if base != "" {
		clientFile, botFile = base+".client-secret", base+".bot-secret"
	}
	first := start.AddDate(0, 0, (int(time.Wednesday)-int(start.Weekday())+7)%7)
	return strings.NewReplacer("$URL", url, "$TENANT", c.TenantID, "$CLIENT_FILE", clientFile, "$CLIENT", c.ClientID,
		"$BOT_FILE", botFile, "$BOT", c.BotID, "$GROUP", c.GroupID, "$MAILBOX", c.ServiceMailbox, "$REDIS", redis,
		"$FIRST", first.Format(time.DateOnly)).Replace(simTemplate)
}

const simTemplate = `# Works against the simulated tenant at $URL and nowhere else.
send: on
tenant:
  id: $TENANT
  login: $URL
  graph: $URL
  client_id: $CLIENT
  client_secret_file: "$CLIENT_FILE"
bot:
  app_id: $BOT
  app_secret_file: "$BOT_FILE"
  metadata: $URL/botframework/v1/.well-known/openidconfiguration
  token: $URL/$TENANT/oauth2/v2.0/token
  service_url: $URL/
redis:
  url: $REDIS
programmes:
  - id: peers
    name: Peer coaching
    group: $GROUP
    mailbox: $MAILBOX
    zone: Europe/Berlin
    rounds:
      every: 2
      on: wednesday
      at: "10:00"
      first: $FIRST
    pulse:
      day: 26
    session:
      playbooks: [listening-sprint, feedback-that-lands, rehearse-it]
    poll_minutes: 30
`
