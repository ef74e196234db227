package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

type pairOptions struct{ config, programme string }

func pairCommand() *cobra.Command {
	var o pairOptions
	c := &cobra.Command{
		Use:   "pair pin|forbid|clear PERSON PERSON",
		Short: "Ask something of the next round: two people who should meet, or never should",
		Long: `pair notes what a champion asks of pairing. A pin counts for the next round only, and rules
still win: nobody meets their own manager, or somebody they asked not to meet. A forbidden
pair stays forbidden until it is cleared. People are named by mail address or Entra id;
neither of them is told. Look at the outcome with "rapport plan" before the round goes out.`,
		Example: `  rapport pair pin ana@contoso.example ben@contoso.example --config rapport.yaml --programme peers
  rapport pair forbid ana@contoso.example cem@contoso.example --config rapport.yaml --programme peers`,
		Args: cobra.ExactArgs(3),
		RunE: func(c *cobra.Command, args []string) error {
			return pair(c.Context(), o, args, os.Getenv, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&o.config, "config", "", "configuration file (required)")
	c.Flags().StringVar(&o.programme, "programme", "", "id of the programme; may be left out when there is only one")
	_ = c.MarkFlagRequired("config")
	return c
}

func pair(ctx context.Context, o pairOptions, args []string, env func(string) string, out io.Writer) error {
	cfg, err := loadConfig(o.config, env)
	if err != nil {
		return err
	}
	if o.programme == "" {
		if len(cfg.Programmes) != 1 {
			return fmt.Errorf("--programme: the configuration has %d programmes; say which", len(cfg.Programmes))
		}
		o.programme = cfg.Programmes[0].ID
	}
	a, err := opened(ctx, cfg, env, discard)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.crew.Wish(ctx, o.programme, args[0], args[1], args[2]); err != nil {
		return err
	}
	fmt.Fprintln(out, `Noted. "rapport plan" shows what the next round becomes.`)
	return nil
}
