package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/playbooks/slots"
)

func slotsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "slots",
		Short: "Find times that suit everybody: JSON lines in, JSON lines out",
		Long: `slots is the engine that books sessions, opened as a command: one JSON object a line on
standard input, {"id","op","input"} with op slots, recheck, zone or rotation, and one answer
a line on standard output. A line it cannot use is answered with an error; the others go on.`,
		Example: `  echo '{"id":"1","op":"zone","input":{"name":"W. Europe Standard Time","instants":["2026-10-25T00:30:00Z"]}}' | rapport slots`,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return answerLines(c.InOrStdin(), c.OutOrStdout()) },
	}
}

// answerLines answers each line by itself, however long it is.
func answerLines(in io.Reader, out io.Writer) error {
	r, w := bufio.NewReaderSize(in, 1<<20), bufio.NewWriterSize(out, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if _, err := w.Write(append(slots.Line(line), '\n')); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err != nil {
			return errors.Join(err, w.Flush())
		}
	}
}
