package main

import "github.com/spf13/cobra"

// root puts the subcommands together.
func root() *cobra.Command {
	c := &cobra.Command{
		Use:   "rapport",
		Short: "Peer coaching inside Microsoft 365, without a facilitator",
		Long: `rapport pairs colleagues who can help each other, books a fair time across time zones,
guides the conversation with cards in Teams, asks forty-eight hours later what came of it,
and shows progress without exposing anyone.`,
		Example: `  rapport demo                          watch a pretend company for five weeks in two minutes
  rapport demo --stay                   and sit down as any of its employees
  rapport plan --config rapport.yaml    the next round, without sending anything
  rapport run --config rapport.yaml     run programmes for real`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	c.AddCommand(demoCommand(), runCommand(), planCommand(), pairCommand(), matchCommand(), slotsCommand(), whyCommand(), teamsAppCommand(), simCommand(), cardsCommand(), playbooksCommand(), checkCommand(), backupCommand(), restoreCommand(), personCommand(), versionCommand())
	return c
}
