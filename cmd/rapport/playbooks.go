package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/playbooks"
)

func playbooksCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "playbooks",
		Short: "The written guides for sessions: read them, write one, check one",
		Long: `playbooks looks after the library: short Markdown files that take two colleagues through a
session. A folder of your own adds to ours; a file with the same id replaces our playbook.`,
	}
	c.AddCommand(lintCommand(), listCommand(), showCommand(), newCommand(), exportCommand())
	return c
}

func lintCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lint [FILE|FOLDER...]",
		Short: "Say what an editor would say: file, line and what to do",
		Long: `lint reads playbooks, or all *.md files of a folder, as if they were to join the library.
Pages of a starter kit are known by their folder, kit. Without a name it checks the library
that comes with rapport. It fails if there is anything to say.`,
		Example: `  rapport playbooks lint our-own.md`,
		RunE:    func(c *cobra.Command, args []string) error { return lint(args, c.OutOrStdout()) },
	}
}

// lint prints every problem of the files, or of our own library when there are none.
func lint(names []string, out io.Writer) error {
	var books, pages []playbooks.File
	into := playbooks.Library{}
	var err error
	if len(names) == 0 {
		books, pages, err = oursToLint()
	} else if into, err = playbooks.Embedded(); err == nil {
		books, pages, err = namedToLint(names)
	}
	if err != nil {
		return err
	}
	problems := append(playbooks.Lint(into, books...), playbooks.LintKit(pages...)...)
	for _, p := range problems {
		fmt.Fprintln(out, p)
	}
	if len(problems) > 0 {
		return fmt.Errorf("problems found: %d, in %d files checked", len(problems), len(books)+len(pages))
	}
	fmt.Fprintf(out, "%d files, nothing to say.\n", len(books)+len(pages))
	return nil
}

func oursToLint() (books, pages []playbooks.File, err error) {
	if books, err = playbooks.Files(playbooks.Ours()); err != nil {
		return nil, nil, err
	}
	kit, err := fs.Sub(playbooks.Ours(), "kit")
	if err != nil {
		return nil, nil, err
	}
	pages, err = playbooks.Files(kit)
	return books, pages, err
}

func namedToLint(names []string) (books, pages []playbooks.File, err error) {
	for _, name := range names {
		files, err := filesAt(name)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range files {
			if filepath.Base(filepath.Dir(f.Name)) == "kit" {
				pages = append(pages, f)
			} else {
				books = append(books, f)
			}
		}
	}
	return books, pages, nil
}

// filesAt reads one file, or all *.md files of a folder, under the names the user knows.
func filesAt(name string) ([]playbooks.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		data, err := os.ReadFile(name)
		return []playbooks.File{{Name: name, Data: data}}, err
	}
	files, err := playbooks.Files(os.DirFS(name))
	for i := range files {
		files[i].Name = filepath.Join(name, files[i].Name)
	}
	return files, err
}

// library answers our playbooks, replaced and joined by those of a folder if there is one.
func library(folder string) (playbooks.Library, error) {
	ours, err := playbooks.Embedded()
	if err != nil || folder == "" {
		return ours, err
	}
	theirs, err := playbooks.Load(os.DirFS(folder))
	if err != nil {
		return theirs, fmt.Errorf("%s cannot be used:\n%w", folder, err)
	}
	return ours.With(theirs)
}

func listCommand() *cobra.Command {
	var q playbooks.Query
	var folder, difficulty, kind, format string
	c := &cobra.Command{
		Use:   "list [--text WORDS] [--skill SKILL] [--minutes N]",
		Short: "List the playbooks, or those that fit",
		Example: `  rapport playbooks list --skill empathy
  rapport playbooks list --text "hard conversation" --minutes 20`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q.Difficulty, q.Kind, q.Format = playbooks.Difficulty(difficulty), playbooks.Kind(kind), playbooks.Format(format)
			return list(q, folder, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&q.Text, "text", "", "words that must all occur")
	c.Flags().StringVar(&q.Skill, "skill", "", "id of a skill, such as active-listening")
	c.Flags().IntVar(&q.Minutes, "minutes", 0, "at most so many minutes")
	c.Flags().StringVar(&difficulty, "difficulty", "", "easy, medium or demanding")
	c.Flags().StringVar(&kind, "kind", "", "deep-dive, drill or win")
	c.Flags().StringVar(&format, "format", "", "pair, trio or asynchronous")
	c.Flags().StringVar(&folder, "folder", "", "a folder of your own, which adds to ours")
	return c
}

func list(q playbooks.Query, folder string, out io.Writer) error {
	if _, known := playbooks.SkillLabel(q.Skill); q.Skill != "" && !known {
		return fmt.Errorf("--skill: there is no skill %q; rapport playbooks list shows them all", q.Skill)
	}
	l, err := library(folder)
	if err != nil {
		return err
	}
	found := l.Search(q)
	if len(found) == 0 {
		fmt.Fprintln(out, "No playbook fits. Ask for less.")
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tTITLE\tSKILL\tKIND\tMINUTES\tDIFFICULTY")
	for _, p := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", p.ID, p.Title, p.Skill, p.Kind(), p.Minutes, p.Difficulty)
	}
	return w.Flush()
}

func showCommand() *cobra.Command {
	var folder, language string
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Print a playbook as Markdown",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return show(args[0], folder, language, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&language, "language", playbooks.English, "the language to read it in, where it exists")
	c.Flags().StringVar(&folder, "folder", "", "a folder of your own, which adds to ours")
	return c
}

// show prints a playbook on out, and on note that it comes in another language than asked for.
func show(id, folder, language string, out, note io.Writer) error {
	l, err := library(folder)
	if err != nil {
		return err
	}
	p, translated := l.In(id, language)
	if p.ID == "" {
		return fmt.Errorf("there is no playbook %q; rapport playbooks list shows them all", id)
	}
	if !translated {
		fmt.Fprintf(note, "There is no translation into %q yet; this is the original.\n", language)
	}
	_, err = out.Write(p.Markdown())
	return err
}

func newCommand() *cobra.Command {
	var folder, skill, kind string
	c := &cobra.Command{
		Use:     "new ID --skill SKILL",
		Short:   "Start a playbook: a file that explains what belongs into it",
		Example: `  rapport playbooks new our-own --skill empathy --kind drill`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return begin(args[0], skill, playbooks.Kind(kind), folder, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&skill, "skill", "", "id of the skill it practises (required)")
	c.Flags().StringVar(&kind, "kind", string(playbooks.Drill), "deep-dive, drill or win")
	c.Flags().StringVar(&folder, "folder", ".", "where to put the file")
	_ = c.MarkFlagRequired("skill")
	return c
}

// begin writes the skeleton of a playbook, never over a file that is there.
func begin(id, skill string, kind playbooks.Kind, folder string, out io.Writer) error {
	data, err := playbooks.Skeleton(id, skill, kind)
	if err != nil {
		return err
	}
	name := filepath.Join(folder, id+".md")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: choose another id", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s waits for your words. \"rapport playbooks lint %s\" says what is left.\n", name, name)
	return nil
}

func exportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "export FOLDER",
		Short: "Copy our playbooks and the starter kit into a folder, to keep and change them",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.CopyFS(args[0], playbooks.Ours()); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "Copied into %s. Raise the version of whatever you change.\n", args[0])
			return nil
		},
	}
}
