package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/jobs"
)

// finding is one line of a check.
type finding struct {
	Topic string `json:"topic"`
	State string `json:"state"` // ok, warn, fail or skipped
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"`
}

// The states of a finding.
const (
	fine = "ok"
	warn = "warn"
	fail = "fail"
	left = "skipped"
)

type checkOptions struct {
	config, person string
	send, json     bool
}

func checkCommand() *cobra.Command {
	var o checkOptions
	c := &cobra.Command{
		Use:   "check",
		Short: "Say whether everything is set up, and how to mend what is not",
		Long: `check looks at the configuration, Redis, the app's permissions, the programmes' groups and
mailboxes, the bot, the public address and when secrets end. It writes one event and one
draft into each service mailbox, reads them back and deletes them; nobody is invited. Each
line is ok, warn or fail, with what to do; the exit code is 1 when one of them is fail.

With --person it also reads the calendar of somebody in a programme's group. With --send as
well, that person really gets a mail and a card, whatever the configuration says about
sending: ask them first.`,
		Example: `  rapport check --config rapport.yaml
  rapport check --config rapport.yaml --person ana@contoso.example
  rapport check --config rapport.yaml --person ana@contoso.example --send
  rapport check --config rapport.yaml --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return check(c.Context(), o, os.Getenv, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&o.config, "config", "", "configuration file (required)")
	c.Flags().StringVar(&o.person, "person", "", "mail address of somebody in a programme's group who agreed to be read")
	c.Flags().BoolVar(&o.send, "send", false, "also send that person a mail and a card")
	c.Flags().BoolVar(&o.json, "json", false, "answer as JSON")
	_ = c.MarkFlagRequired("config")
	return c
}

// checkWithin bounds everything: an administrator waits in front of it.
const checkWithin = 3 * time.Minute

func check(ctx context.Context, o checkOptions, env func(string) string, out io.Writer) error {
	if o.send && o.person == "" {
		return errors.New("--send needs --person: somebody has to get the mail and the card")
	}
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	found := findings(ctx, o, env)
	failed := 0
	for _, f := range found {
		if f.State == fail {
			failed++
		}
	}
	if o.json {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		if err := e.Encode(map[string]any{"version": version(), "ok": failed == 0, "findings": found}); err != nil {
			return err
		}
	} else {
		printFindings(out, found)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(found))
	}
	return nil
}

// printFindings writes a finding a line, with what to do below it. Commands that stand above
// already are not written out again.
func printFindings(w io.Writer, found []finding) {
	above := map[string]bool{}
	for _, f := range found {
		fmt.Fprintf(w, "%-8s %s: %s\n", f.State, f.Topic, f.Says)
		repeated := false
		for line := range strings.Lines(f.Do) {
			line = strings.TrimRight(line, "\n")
			if above[line] && !repeated {
				fmt.Fprintln(w, "         > (as above, and)")
			}
			if repeated = above[line]; !repeated {
				fmt.Fprintf(w, "         > %s\n", line)
			}
			above[line] = true
		}
	}
}

// findings checks everything, in the order in which one would mend it.
func findings(ctx context.Context, o checkOptions, env func(string) string) []finding {
	cfg, err := loadConfig(o.config, env)
	if err != nil {
		return configFindings(err)
	}
	e := &examiner{now: time.Now(), o: o}
	e.say(fine, "configuration", fmt.Sprintf("%d programmes", len(cfg.Programmes)), "")
	if !bool(cfg.Send) {
		e.say(warn, "sending", "is off: everything is computed and nothing leaves", `look at "rapport plan", then set "send: on"`)
	}
	e.zones()
	e.secrets(cfg)
	st := e.redis(ctx, cfg)
	a, err := build(cfg, jobs.Wall{}, st, discard, actWithin)
	if err != nil {
		e.say(fail, "programmes", err.Error(), "correct the configuration")
		_ = st.Close()
		return e.found
	}
	defer a.close()
	e.app = a
	e.ledger(ctx)
	e.tenant(ctx)
	e.public(ctx)
	return e.found
}

// configFindings is a finding for each problem of the configuration.
func configFindings(err error) (all []finding) {
	var problems config.Problems
	if !errors.As(err, &problems) {
		return []finding{{"configuration", fail, err.Error(), ""}}
	}
	for _, p := range problems {
		all = append(all, finding{"configuration", fail, strings.TrimPrefix(p.Path+": "+p.What, ": "), p.Do})
	}
	return all
}

// examiner gathers findings.
type examiner struct {
	app   *app
	o     checkOptions
	now   time.Time // the wall clock: secrets and data age by it
	here  bool      // the store is the real one
	found []finding
}

func (e *examiner) say(state, topic, says, do string) {
	e.found = append(e.found, finding{topic, state, says, do})
}

// trouble is what an error says, and what to do about it; the texts of our own errors hold both.
func (e *examiner) trouble(topic string, err error, do string) {
	e.say(fail, topic, err.Error(), do)
}

// secretWarning is how long before its end a secret is spoken of: making a new one and
// bringing it in takes some people's approval.
const secretWarning = 30 * 24 * time.Hour

func (e *examiner) secrets(cfg config.Config) {
	known := map[string]bool{}
	for _, s := range secretEnds(cfg) {
		known[s.name] = true
		days := int(s.ends.Sub(e.now).Hours() / 24)
		topic, mend := "secret of the "+s.name, "make a new one in Entra, put it in place of the old one, and set "+s.name+".secret_expires"
		switch {
		case !e.now.Before(s.ends):
			e.say(fail, topic, "has run out", mend)
		case s.ends.Sub(e.now) < secretWarning:
			e.say(warn, topic, fmt.Sprintf("ends in %d days", days), mend)
		default:
			e.say(fine, topic, fmt.Sprintf("good for %d days", days), "")
		}
	}
	for _, name := range []string{"tenant", "bot"} {
		same := name == "bot" && cfg.Bot.AppID == cfg.Tenant.ClientID
		if !known[name] && !same {
			e.say(warn, "secret of the "+name, "nobody knows when it ends: to look it up rapport would need Application.Read.All, which is too much",
				"write the last day that Entra shows into "+name+".secret_expires")
		}
	}
}
