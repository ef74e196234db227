package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/integrations/teams"
	"github.com/rapport-dev/rapport/playbooks/prompt"
)

func cardsCommand() *cobra.Command {
	var out, lang string
	c := &cobra.Command{
		Use:   "cards --out DIR",
		Short: "Write every card as it looks, with sample data",
		Long: `cards writes each card that rapport shows in Teams as an Adaptive Card (JSON) with invented
people, one file a card and language (CARD.LANG.json), so that you can read them all, open
them in a card designer or check a change of words, before anybody real receives one.`,
		Example: `  rapport cards --out cards              in all languages
  rapport cards --out cards --lang ja    in Japanese`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			langs := prompt.Languages()
			if lang != "" {
				if !slices.Contains(langs, lang) {
					return fmt.Errorf("rapport does not speak %q; it speaks %s", lang, strings.Join(langs, ", "))
				}
				langs = []string{lang}
			}
			n, err := writeCards(out, langs)
			if err == nil {
				fmt.Fprintf(c.OutOrStdout(), "%d cards written to %s\n", n, out)
			}
			return err
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder to write to, made when missing (required)")
	c.Flags().StringVar(&lang, "lang", "", "one of "+strings.Join(prompt.Languages(), ", ")+" (all of them without it)")
	_ = c.MarkFlagRequired("out")
	return c
}

// writeCards writes the sample cards of these languages and counts them.
func writeCards(dir string, langs []string) (int, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	n := 0
	for _, lang := range langs {
		for _, s := range prompt.Samples(lang) {
			card, err := teams.Card(s.Message)
			if err != nil {
				return n, fmt.Errorf("%s in %s: %w", s.Name, lang, err)
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, card, "", "  "); err != nil {
				return n, err
			}
			pretty.WriteByte('\n')
			if err := os.WriteFile(filepath.Join(dir, s.Name+"."+lang+".json"), pretty.Bytes(), 0o644); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
