package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/playbooks/prompt"
)

func whyCommand() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "why SESSION",
		Short: "Say why a session has its time, or has none",
		Long: `why tells how the time of one session was found: how many starts were left after each
stage of the search, which hours it lies in, and what became of it since. It names nobody;
what a time asks of one person is told to that person alone. Sessions are named in the log
and by "rapport plan --ids".`,
		Example: `  rapport why --config rapport.yaml peers.3.0f6a1c...`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return why(c.Context(), path, args[0], os.Getenv, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&path, "config", "", "configuration file (required)")
	_ = c.MarkFlagRequired("config")
	return c
}

func why(ctx context.Context, path, id string, env func(string) string, out, logs io.Writer) error {
	cfg, err := loadConfig(path, env)
	if err != nil {
		return err
	}
	a, err := opened(ctx, cfg, env, slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	defer a.close()
	scene, err := a.crew.Scene(ctx, id)
	if err != nil {
		return err
	}
	printWhy(out, scene)
	return nil
}

// printWhy says it in plain words.
func printWhy(w io.Writer, scene prompt.Scene) {
	x, say := scene.Session, prompt.In(prompt.Fallback)
	fmt.Fprintf(w, "%s: %s, round %d, %d people, %s\n", x.ID, x.State, x.Round, len(x.People), scene.Playbook.Title)
	if x.Slot != nil {
		fmt.Fprintf(w, "  %s, %d minutes\n", x.Slot.Start.Format("Monday 2 January 2006 15:04 UTC"), int(x.Slot.End.Sub(x.Slot.Start).Minutes()))
	}
	if t := say.WhyTime(scene, nil); t != "" {
		fmt.Fprintf(w, "  %s\n", t)
	}
	if x.Why != "" {
		fmt.Fprintf(w, "  it has no time because: %s\n", x.Why)
	}
	for _, line := range say.WhyStages(x.Time) {
		fmt.Fprintf(w, "    %s\n", line)
	}
	if x.Moves > 0 {
		fmt.Fprintf(w, "  moved %d times, the last time because: %s\n", x.Moves, x.Cause)
	}
	fmt.Fprintf(w, "  decided with time zones %s\n", x.Time.Zones)
}
