package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rapport-dev/rapport/playbooks/match"
)

type matchOptions struct {
	mode   string
	verify bool
	seed   uint64
}

func matchCommand() *cobra.Command {
	var o matchOptions
	var modes []string
	for _, m := range match.Modes() {
		modes = append(modes, string(m))
	}
	c := &cobra.Command{
		Use:   "match --mode MODE IN OUT",
		Short: "Find the best pairs of a graph, with a proof that there are none better",
		Long: `match reads a graph from IN and writes the best pairs to OUT; "-" is standard input or output.

IN has a line "n m" and then m lines "u v weight": vertices from 0 to n-1, whole weights up
to 1000000000000 in size. OUT has a line "u v" for each pair. The modes:

  max      the greatest total weight; vertices may stay alone
  maxcard  the most pairs, and of these the greatest weight
  perfect  everybody in a pair, or the single line INFEASIBLE
  trio     first a line "a b c", then pairs of everybody else, or INFEASIBLE; a trio has its
           three edges and counts half of their weight, rounded down

With --verify the proof is checked against the graph alone. It prints the weight, the number
of groups (cardinality), the dual objective (what the proof says nobody can exceed) and "optimal", or what
is violated and fails; on standard error if the pairs go to standard output.`,
		Example: `  rapport match --mode maxcard --verify people.graph pairs.txt
  rapport match --mode trio - - < people.graph`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			report := c.OutOrStdout()
			if args[1] == "-" {
				report = c.ErrOrStderr()
			}
			return matchFiles(o, args[0], args[1], c.InOrStdin(), c.OutOrStdout(), report)
		},
	}
	c.Flags().StringVar(&o.mode, "mode", "", "one of "+strings.Join(modes, ", ")+" (required)")
	c.Flags().BoolVar(&o.verify, "verify", false, "check the proof and say what it shows")
	c.Flags().Uint64Var(&o.seed, "seed", 0, "where several answers are best, another seed may choose another")
	_ = c.MarkFlagRequired("mode")
	return c
}

// matchFiles answers the graph of one file in another, which is not touched unless there is
// an answer.
func matchFiles(o matchOptions, in, out string, stdin io.Reader, stdout, report io.Writer) error {
	g, err := readGraph(in, stdin)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	a, err := g.Answer(match.Mode(o.mode), o.seed)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	var text bytes.Buffer
	if err := a.Write(&text); err != nil {
		return err
	}
	if out == "-" {
		_, err = stdout.Write(text.Bytes())
	} else {
		err = os.WriteFile(out, text.Bytes(), 0o644)
	}
	if err != nil || !o.verify {
		return err
	}
	return reportVerdict(report, a, g.Verify(a))
}

func readGraph(name string, stdin io.Reader) (match.Graph, error) {
	if name == "-" {
		return match.ReadGraph(stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return match.Graph{}, err
	}
	defer f.Close()
	return match.ReadGraph(f)
}

func reportVerdict(w io.Writer, a match.Answer, v match.Verdict) error {
	switch {
	case v.Violated != nil:
		fmt.Fprintf(w, "weight %d\ncardinality %d\ndual objective %d\nviolated: %v\n", v.Weight, v.Groups, v.Dual, v.Violated)
		return fmt.Errorf("the answer is not proven: %w", v.Violated)
	case !a.Feasible && a.Mode == match.Perfect:
		fmt.Fprintf(w, "infeasible: proven, no more than %d pairs\n", v.Groups)
	case !a.Feasible:
		fmt.Fprintf(w, "infeasible: proven\n")
	default:
		fmt.Fprintf(w, "weight %d\ncardinality %d\ndual objective %d\noptimal\n", v.Weight, v.Groups, v.Dual)
	}
	return nil
}
