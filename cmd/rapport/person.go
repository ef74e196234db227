package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks/match"
	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
	"github.com/rapport-dev/rapport/playbooks/session"
)

func personCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "person",
		Short: "Answer somebody's request about their own data",
		Long: `person is for the requests that people may make of whoever runs rapport. They can do all of
it by themselves, in the chat and on their own page; this is for those who cannot any more.
Somebody is named by their Entra object id, or by the mail address they have here.`,
	}
	c.AddCommand(personExport(), personErase(), personWhy())
	return c
}

func personExport() *cobra.Command {
	var config, out string
	c := &cobra.Command{
		Use:   "export ID|MAIL",
		Short: "Write everything kept about a person as JSON",
		Long: `export writes what every programme keeps about a person, the same that the person sees when
they ask. It holds what they told rapport alone, their reflections too: hand it over unread.`,
		Example: `  rapport person export --config rapport.yaml --out ana.json ana@contoso.example`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return onPerson(c.Context(), config, args[0], os.Getenv, func(ctx context.Context, a *app, who roster.ID) error {
				if err := create(out, func(w io.Writer) error { return exportPerson(ctx, a, who, w) }); err != nil {
					return err
				}
				_, err := fmt.Fprintln(c.OutOrStdout(), "written to", out)
				return err
			})
		},
	}
	personFlags(c, &config)
	c.Flags().StringVar(&out, "out", "", "file to write; it must not exist yet (required)")
	_ = c.MarkFlagRequired("out")
	return c
}

func personErase() *cobra.Command {
	var config string
	var sure bool
	c := &cobra.Command{
		Use:   "erase --yes ID|MAIL",
		Short: "Forget a person in every programme",
		Long: `erase does what the person's own "forget me" does: nothing stays but that they do not want to
be asked again; their open sessions are called off and their partners find others. Mails and
events in mailboxes stay where they are, and so do backups made before.`,
		Example: `  rapport person erase --config rapport.yaml --yes ana@contoso.example`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if !sure {
				return errors.New("this cannot be undone: say --yes")
			}
			return onPerson(c.Context(), config, args[0], os.Getenv, func(ctx context.Context, a *app, who roster.ID) error {
				n, err := erasePerson(ctx, a, who)
				if err == nil {
					_, err = fmt.Fprintf(c.OutOrStdout(), "forgotten in %d programmes; a running worker calls their sessions off\n", n)
				}
				return err
			})
		},
	}
	personFlags(c, &config)
	c.Flags().BoolVar(&sure, "yes", false, "really")
	return c
}

func personWhy() *cobra.Command {
	var config string
	c := &cobra.Command{
		Use:   "why ID|MAIL",
		Short: "Say where a person stands, and why they were paired or not",
		Long: `why names the programmes a person is in, how they stand there, and the reasons of their latest
pairing as codes. It names no partner and shows nothing that anybody answered.`,
		Example: `  rapport person why --config rapport.yaml ana@contoso.example`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return onPerson(c.Context(), config, args[0], os.Getenv, func(ctx context.Context, a *app, who roster.ID) error {
				return whyPerson(ctx, a, who, c.OutOrStdout())
			})
		},
	}
	personFlags(c, &config)
	return c
}

func personFlags(c *cobra.Command, config *string) {
	c.Flags().StringVar(config, "config", "", "configuration file (required)")
	_ = c.MarkFlagRequired("config")
}

// onPerson opens what is remembered and does something about one person.
func onPerson(ctx context.Context, path, name string, env func(string) string, do func(context.Context, *app, roster.ID) error) error {
	cfg, err := loadConfig(path, env)
	if err != nil {
		return err
	}
	a, err := opened(ctx, cfg, env, discard)
	if err != nil {
		return err
	}
	defer a.close()
	who, err := a.named(ctx, name)
	if err != nil {
		return err
	}
	return do(ctx, a, who)
}

// named finds a person among the members by id or address.
func (a *app) named(ctx context.Context, name string) (roster.ID, error) {
	var who roster.ID
	err := each(ctx, a.store, jobs.MemberNoun, func(m roster.Member) {
		if string(m.Person.ID) == name || m.Person.Mail != "" && strings.EqualFold(m.Person.Mail, name) {
			who = m.Person.ID
		}
	})
	if err != nil {
		return "", err
	}
	if who == "" && !strings.Contains(name, "@") {
		who = roster.ID(name) // of somebody forgotten nothing is kept that would say so
	}
	if who == "" {
		return "", errors.New("nobody here has this address (any more): give their Entra object id")
	}
	return who, nil
}

// exportPerson writes what is kept, an element for each programme.
func exportPerson(ctx context.Context, a *app, who roster.ID, w io.Writer) error {
	known, err := jobs.Desk{Crew: a.crew}.About(ctx, who)
	if err != nil {
		return err
	}
	records := []jobs.Record{}
	for _, k := range known {
		records = append(records, k.Record())
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(records)
}

// erasePerson forgets somebody wherever they are not forgotten yet, and counts where.
func erasePerson(ctx context.Context, a *app, who roster.ID) (int, error) {
	desk, n := jobs.Desk{Crew: a.crew}, 0
	known, err := desk.About(ctx, who)
	if err != nil {
		return 0, err
	}
	if len(known) == 0 {
		return 0, errors.New("nobody with this id is in any programme")
	}
	for _, k := range known {
		if k.Member.Standing == roster.Forgotten {
			continue
		}
		if _, err := desk.Answer(ctx, prompt.Answer{Key: "erase/" + k.Programme.ID + "/" + string(who), From: who, Verb: prompt.ForgetYes, Ref: k.Programme.Ref()}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func whyPerson(ctx context.Context, a *app, who roster.ID, w io.Writer) error {
	known, err := jobs.Desk{Crew: a.crew}.About(ctx, who)
	if err != nil {
		return err
	}
	if len(known) == 0 {
		_, err := fmt.Fprintln(w, "in no programme: not in a group, or the group was not read yet")
		return err
	}
	for _, k := range known {
		m := k.Member
		fmt.Fprintf(w, "%s: %s\n", k.Programme.ID, m.Standing)
		if m.Standing == roster.In && !m.Eligible(k.Programme.Consent) {
			fmt.Fprintln(w, "  not paired: has not said yes to the present text")
		}
		if m.Beyond {
			fmt.Fprintln(w, "  Teams cannot reach them: is the app installed?")
		}
		if err := whyLatest(ctx, a, k, who, w); err != nil {
			return err
		}
	}
	return nil
}

// whyLatest says what the latest round of the programme had for somebody.
func whyLatest(ctx context.Context, a *app, k jobs.About, who roster.ID, w io.Writer) error {
	var latest session.Round
	if err := each(ctx, a.store, session.RoundNoun, func(r session.Round) {
		if r.Programme == k.Programme.ID && r.Number > latest.Number {
			latest = r
		}
	}); err != nil {
		return err
	}
	if latest.Number == 0 {
		_, err := fmt.Fprintln(w, "  no round was paired yet")
		return err
	}
	for _, c := range k.Sessions {
		if x := c.Session; x.Round == latest.Number {
			fmt.Fprintf(w, "  round %d: paired (%s), %s %s\n", x.Round, codes(x.Reasons), x.State, x.Why)
			return nil
		}
	}
	for _, l := range latest.Left {
		if l.ID == who {
			_, err := fmt.Fprintf(w, "  round %d: without a partner (%s)\n", latest.Number, l.Reason.Code)
			return err
		}
	}
	_, err := fmt.Fprintf(w, "  round %d: took no part in it\n", latest.Number)
	return err
}

// codes are reasons without whom and what they are about.
func codes(reasons []match.Reason) string {
	var all []string
	for _, r := range reasons {
		if !slices.Contains(all, string(r.Code)) {
			all = append(all, string(r.Code))
		}
	}
	if len(all) == 0 {
		return "no special reason"
	}
	return strings.Join(all, ", ")
}
