package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/integrations/store"
)

type backupOptions struct {
	config, out, key string
	to               []string
}

func backupCommand() *cobra.Command {
	var o backupOptions
	c := &cobra.Command{
		Use:   "backup --to KEY --out FILE",
		Short: "Write everything that is remembered into an encrypted file",
		Long: `backup writes all documents, with their versions and what is due because of them, into one
file that only the owner of a key can read (age, https://age-encryption.org). Work may go on
meanwhile. The queue is not in it: what is due follows from the documents.

The file holds answers and addresses. Whoever asked to be forgotten is still in backups made
before: delete old ones, and after a restore erase those people again.`,
		Example: `  rapport backup --make-key backup.key                          once; prints the public key
  rapport backup --config rapport.yaml --to age1... --out monday.age`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.key != "" {
				return makeKey(o.key, c.OutOrStdout())
			}
			return backup(c.Context(), o, os.Getenv, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&o.config, "config", "", "configuration file")
	c.Flags().StringSliceVar(&o.to, "to", nil, "public key (age1...) of who may read it; several may")
	c.Flags().StringVar(&o.out, "out", "", "file to write; it must not exist yet")
	c.Flags().StringVar(&o.key, "make-key", "", "make a new key in this file instead, and say its public part")
	return c
}

// makeKey makes a key pair. The file is for the safe, not for the machine that backs up.
func makeKey(file string, out io.Writer) error {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	if err := create(file, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "# public key: %s\n%s\n", key.Recipient(), key)
		return err
	}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\nKeep %s where the backups are not.\n", key.Recipient(), file)
	return err
}

// create writes a new file whole or not at all, for nobody else to read.
func create(file string, write func(io.Writer) error) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return errors.New("the file is there already: choose another name")
	}
	if err != nil {
		return errors.New("the file cannot be written: check its path")
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(file)
	}
	return err
}

func backup(ctx context.Context, o backupOptions, env func(string) string, out io.Writer) error {
	if o.config == "" || o.out == "" || len(o.to) == 0 {
		return errors.New(`backup needs --config, --out and --to; "rapport backup --make-key FILE" makes a key`)
	}
	var readers []age.Recipient
	for _, text := range o.to {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return errors.New("--to: this is no public key; it begins with age1")
		}
		readers = append(readers, r)
	}
	cfg, err := loadConfig(o.config, env)
	if err != nil {
		return err
	}
	st, err := openStore(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	var kept store.Kept
	err = create(o.out, func(w io.Writer) error {
		sealed, err := age.Encrypt(w, readers...)
		if err != nil {
			return err
		}
		if kept, err = st.Backup(ctx, sealed); err != nil {
			return err
		}
		return sealed.Close()
	})
	if err == nil {
		_, err = fmt.Fprintf(out, "%d documents and %d notes are in %s\n", kept.Documents, kept.Notes, o.out)
	}
	return err
}

type restoreOptions struct{ config, key, from string }

func restoreCommand() *cobra.Command {
	var o restoreOptions
	c := &cobra.Command{
		Use:   "restore --key FILE BACKUP",
		Short: "Put a backup into an empty Redis",
		Long: `restore reads a backup to its end, and then writes it into a Redis that remembers nothing
yet; it refuses any other. Stop all of rapport before. Afterwards "rapport run" goes on where
the backup ends: what was sent is not sent again, what was in doubt is asked about, and for two
weeks everything that may have been sent after the backup was made is looked up first. Cards
can only be looked up with bot.read_back: on; without it, a card of that time may come twice.`,
		Example: `  rapport restore --config rapport.yaml --key backup.key monday.age`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.from = args[0]
			return restore(c.Context(), o, os.Getenv, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&o.config, "config", "", "configuration file (required)")
	c.Flags().StringVar(&o.key, "key", "", "file with the key that the backup was made for (required)")
	_ = c.MarkFlagRequired("config")
	_ = c.MarkFlagRequired("key")
	return c
}

func restore(ctx context.Context, o restoreOptions, env func(string) string, out io.Writer) error {
	cfg, err := loadConfig(o.config, env)
	if err != nil {
		return err
	}
	keys, err := readKeys(o.key)
	if err != nil {
		return err
	}
	st, err := openStore(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	var at time.Time
	if err := unsealed(o.from, keys, func(r io.Reader) error {
		at, _, err = st.Verify(r)
		return err
	}); err != nil {
		return err
	}
	var kept store.Kept
	if err := unsealed(o.from, keys, func(r io.Reader) error {
		kept, err = st.Restore(ctx, r)
		return err
	}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d documents and %d notes of %s are back. Erase again whoever asked for it since.\n",
		kept.Documents, kept.Notes, at.Format("2 January 2006 15:04 UTC"))
	return err
}

func readKeys(file string) ([]age.Identity, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.New("--key: the file cannot be read: check its path")
	}
	keys, err := age.ParseIdentities(strings.NewReader(string(text)))
	if err != nil {
		return nil, errors.New("--key: there is no key in this file; it begins with AGE-SECRET-KEY-")
	}
	return keys, nil
}

// unsealed reads an encrypted file.
func unsealed(file string, keys []age.Identity, read func(io.Reader) error) error {
	f, err := os.Open(file)
	if err != nil {
		return errors.New("the backup cannot be read: check its path")
	}
	defer func() { _ = f.Close() }()
	plain, err := age.Decrypt(f, keys...)
	var stranger *age.NoIdentityMatchError
	switch {
	case errors.As(err, &stranger):
		return errors.New("the backup was made for another key")
	case err != nil:
		return errors.New("this is no encrypted backup, or it is damaged")
	}
	return read(plain)
}

// restored says whether what is remembered came out of a backup lately.
func restored(ctx context.Context, st *store.Store) (bool, error) {
	note, err := st.Recall(ctx, store.RestoredKey)
	return note != nil, err
}
