package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
	"github.com/rapport-dev/rapport/playbooks/slots"
	"github.com/rapport-dev/rapport/playbooks/zone"
)

type planOptions struct {
	config, programme string
	simulate          int
	ids, year         bool
}

func planCommand() *cobra.Command {
	var o planOptions
	c := &cobra.Command{
		Use:   "plan",
		Short: "Show the next round (pairs, reasons, times) and send nothing",
		Long: `plan reads the group, the calendars and what people said so far, works out the next round as
it would be now, and prints it. It writes nothing and sends nothing, whatever the
configuration says. It names people: mind who looks over your shoulder.`,
		Example: `  rapport plan --config rapport.yaml
  rapport plan --config rapport.yaml --programme peers
  rapport plan --config rapport.yaml --year            the rounds of the coming year, and what they practise
  rapport plan --config rapport.yaml --simulate 24     the next 24 rounds, beside chance and greed`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return plan(c.Context(), o, os.Getenv, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.config, "config", "", "configuration file (required)")
	c.Flags().StringVar(&o.programme, "programme", "", "id of one programme; empty shows all")
	c.Flags().IntVar(&o.simulate, "simulate", 0, "also pair the same people over so many rounds with our engine, a greedy one and a shuffle")
	c.Flags().BoolVar(&o.ids, "ids", false, "also list the sessions of the running round by the ids that rapport why takes")
	c.Flags().BoolVar(&o.year, "year", false, "only the dates of the coming year, each with what it practises; reads no calendar")
	_ = c.MarkFlagRequired("config")
	return c
}

func plan(ctx context.Context, o planOptions, env func(string) string, out, logs io.Writer) error {
	if o.simulate < 0 || o.simulate > 200 {
		return errors.New("--simulate must be between 0 and 200 rounds")
	}
	cfg, err := loadConfig(o.config, env)
	if err != nil {
		return err
	}
	a, err := opened(ctx, cfg, env, slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	defer a.close()
	a.crew.Watch = func(at match.Progress) {
		fmt.Fprintf(logs, "comparing all pairs, time %d: %d looked at closely, %d better ones found\n", at.Sweep, at.Pairs, at.Missing)
	}
	shown := 0
	for _, p := range cfg.Programmes {
		if o.programme != "" && o.programme != p.ID {
			continue
		}
		shown++
		if o.year {
			fmt.Fprintln(out, p.Name)
			if err := a.printYear(ctx, out, p.ID); err != nil {
				return err
			}
			continue
		}
		outlook, err := a.crew.Outlook(ctx, p.ID)
		if err != nil {
			return fmt.Errorf("programme %s: %w", p.ID, err)
		}
		if o.ids {
			if err := a.printRunning(ctx, out, p.ID); err != nil {
				return err
			}
		}
		a.printOutlook(out, p.Name, outlook)
		if o.simulate > 0 && len(outlook.People) > 1 {
			fmt.Fprintln(out, match.Compare(outlook.People, o.simulate, a.crew.Programmes[p.ID].Weights, 1))
		}
	}
	if shown == 0 {
		return fmt.Errorf("--programme: there is no programme %q in the configuration", o.programme)
	}
	return nil
}

// printRunning lists the running round by the ids that "rapport why" takes.
func (a *app) printRunning(ctx context.Context, w io.Writer, programme string) error {
	running, err := a.crew.Running(ctx, programme)
	for _, x := range running {
		at := "no time"
		if x.Slot != nil {
			at = x.Slot.Start.Format("Mon 2 Jan 15:04 UTC")
		}
		fmt.Fprintf(w, "%s  %-12s %s\n", x.ID, x.State, at)
	}
	return err
}

// printOutlook says it in plain words.
func (a *app) printOutlook(w io.Writer, name string, o jobs.Outlook) {
	p := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	p("%s, round %d, %s", name, o.Round.Number, o.Round.At.Format("Monday 2 January 2006 15:04 UTC"))
	if len(o.Joiners) > 0 {
		p("  %d would be asked to join first: %s", len(o.Joiners), personNames(o.Joiners))
	}
	if len(o.Beyond) > 0 {
		p("  Teams cannot reach %s: install the app for them", personNames(o.Beyond))
	}
	for _, s := range o.Sessions {
		a.printSession(w, s, o)
	}
	for _, u := range o.Unkept {
		p("  pin not kept: %s and %s (%s)", o.Members[u.Pin[0]].Person.Name, o.Members[u.Pin[1]].Person.Name, u.Reason.Code)
	}
	for _, l := range o.Round.Left {
		p("  without a partner: %s (%s)", o.Members[l.ID].Person.Name, l.Reason.Code)
	}
	if o.Totals.People > 1 {
		p("  %s", o.Totals)
	}
	if len(o.Sessions) == 0 {
		p("  no pairs yet: fewer than two people have said yes")
	}
	for _, s := range o.Skipped {
		p("  skipped: %s (%s)", s.ID, strings.TrimSpace(string(s.Reason)+" "+s.Problem))
	}
	p("Nothing was sent.")
}

func (a *app) printSession(w io.Writer, s session.Session, o jobs.Outlook) {
	var people []roster.Person
	for _, id := range s.People {
		people = append(people, o.Members[id].Person)
	}
	fmt.Fprintf(w, "  %s\n", personNames(people))
	if s.Slot == nil {
		fmt.Fprintf(w, "    no common time (%s): the asynchronous form\n", s.Why)
	} else {
		fmt.Fprintf(w, "    %s\n", localTimes(*s.Slot, people))
	}
	// Read by nobody in particular: reasons that rest on what somebody told rapport in
	// confidence are only counted.
	scene := prompt.Scene{Session: s, Partners: people}
	for _, reason := range prompt.In(prompt.Fallback).Reasons(scene) {
		fmt.Fprintf(w, "    - %s\n", reason)
	}
	if slices.ContainsFunc(s.Reasons, func(r match.Reason) bool { return r.Code == match.StrengthMeetsStretch }) {
		fmt.Fprintf(w, "    - One is strong in what another wants to practise (who and what is theirs to know).\n")
	}
}

// localTimes says when, on everybody's own clock.
func localTimes(w slots.Window, people []roster.Person) string {
	var l []string
	for _, p := range people {
		ref := p.Hours.Zone
		if ref.Name == "" && ref.Custom == nil {
			ref = p.Zone
		}
		if loc, err := zone.Load(ref, p.Country); err == nil {
			l = append(l, fmt.Sprintf("%s for %s", w.Start.In(loc).Format("Mon 2 Jan 15:04"), p.Name))
		}
	}
	return strings.Join(l, ", ")
}

func personNames(people []roster.Person) string {
	var l []string
	for _, p := range people {
		l = append(l, p.Name)
	}
	return strings.Join(l, ", ")
}
