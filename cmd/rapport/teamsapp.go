package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/integrations/teams/manifest"
)

type teamsAppOptions struct {
	config, out string
	app         manifest.Options
}

func teamsAppCommand() *cobra.Command {
	var o teamsAppOptions
	c := &cobra.Command{
		Use:   "teams-app",
		Short: "Write the Teams app package to upload to your organisation's catalogue",
		Long: `teams-app writes one zip: the manifest for your bot, icons, and the app's texts in seven
languages. Upload it in the Teams admin center under Teams apps > Manage apps. An update
needs a higher --version than the one before.`,
		Example: `  rapport teams-app --config rapport.yaml --developer Contoso --out rapport.zip
  rapport teams-app --config rapport.yaml --developer Contoso --version 1.0.1 --out rapport.zip`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return teamsApp(o, os.Getenv, c.OutOrStdout()) },
	}
	c.Flags().StringVar(&o.config, "config", "", "configuration file (required)")
	c.Flags().StringVar(&o.out, "out", "", "where to write the zip (required)")
	c.Flags().StringVar(&o.app.Name, "name", "rapport", "what people call the app, at most 30 characters")
	c.Flags().StringVar(&o.app.Developer, "developer", "", "who runs it: your organisation, at most 32 characters (required)")
	c.Flags().StringVar(&o.app.Version, "version", "1.0.0", "version of the package")
	c.Flags().StringVar(&o.app.PrivacyURL, "privacy", "", "page on privacy; empty: the guide of these pages")
	c.Flags().StringVar(&o.app.TermsURL, "terms", "", "terms of use; empty: the agreements on these pages")
	for _, name := range []string{"config", "out", "developer"} {
		_ = c.MarkFlagRequired(name)
	}
	return c
}

func teamsApp(o teamsAppOptions, env func(string) string, out io.Writer) error {
	cfg, err := loadConfig(o.config, env)
	if err != nil {
		return err
	}
	if cfg.Web.PublicURL == "" {
		return errors.New("web.public_url is empty in the configuration: Teams wants to know where the app's pages are")
	}
	o.app.AppID, o.app.PublicURL = cfg.Bot.AppID, cfg.Web.PublicURL
	o.app.PrivacyURL = cmp.Or(o.app.PrivacyURL, cfg.Web.PublicURL+"/guides/questions")
	o.app.TermsURL = cmp.Or(o.app.TermsURL, cfg.Web.PublicURL+"/guides/agreements")
	var zip bytes.Buffer
	if err := manifest.Write(&zip, o.app); err != nil {
		return err
	}
	if err := os.WriteFile(o.out, zip.Bytes(), 0o644); err != nil {
		return errors.New("--out: the file cannot be written: check its path")
	}
	fmt.Fprintf(out, "%s: upload it in the Teams admin center, Teams apps > Manage apps > Upload new app\n", o.out)
	return nil
}
