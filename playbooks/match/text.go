package match

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Graph is vertices 0..N-1, and the edges between them.
type Graph struct {
	N     int
	Edges []Edge
}

// The limits of a written graph. Within them no sum wraps round.
const (
	MostVertices = 1_000_000
	MostWeight   = 1_000_000_000_000 // and as much below zero
)

// ReadGraph reads "n m" and then m lines "u v weight", everything in whole numbers; empty
// lines do not count. An error names the line.
func ReadGraph(r io.Reader) (Graph, error) {
	lines := bufio.NewScanner(bufio.NewReaderSize(r, 1<<20))
	var g Graph
	var at []int // by edge: its line
	line, promised, begun := 0, 0, false
	for lines.Scan() {
		line++
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		var err error
		switch {
		case !begun:
			begun = true
			g.N, promised, err = readSize(text)
		case len(g.Edges) == promised:
			err = fmt.Errorf("there are more than the %d edges of line 1", promised)
		default:
			var e Edge
			e, err = readEdge(text, g.N)
			g.Edges, at = append(g.Edges, e), append(at, line)
		}
		if err != nil {
			return g, fmt.Errorf("line %d: %w", line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return g, fmt.Errorf("line %d: %w", line+1, err)
	}
	if !begun {
		return g, errors.New("line 1: want the numbers of vertices and of edges")
	}
	if len(g.Edges) < promised {
		return g, fmt.Errorf("line %d: the end, after %d edges of %d", line+1, len(g.Edges), promised)
	}
	_, err := arcsOf(g.N, g.Edges, 0)
	if again := (repeat{}); errors.As(err, &again) {
		err = fmt.Errorf("line %d: repeats line %d", at[again.later], at[again.first])
	}
	return g, err
}

func readSize(text []byte) (n, m int, err error) {
	fields := bytes.Fields(text)
	if len(fields) != 2 {
		return 0, 0, errors.New("want the numbers of vertices and of edges")
	}
	if n, err = number(fields[0], 0, MostVertices); err == nil {
		m, err = number(fields[1], 0, 1<<30)
	}
	return n, m, err
}

func readEdge(text []byte, n int) (e Edge, err error) {
	u, rest := cut(text)
	v, weight := cut(rest)
	if len(weight) == 0 || bytes.ContainsAny(weight, " \t") {
		return e, errors.New("want two vertices and a weight")
	}
	if e.U, err = number(u, 0, n-1); err != nil {
		return e, fmt.Errorf("vertex %w", err)
	}
	if e.V, err = number(v, 0, n-1); err != nil {
		return e, fmt.Errorf("vertex %w", err)
	}
	if e.U == e.V {
		return e, fmt.Errorf("joins vertex %d to itself", e.U)
	}
	w, err := number(weight, -MostWeight, MostWeight)
	if err != nil {
		return e, fmt.Errorf("weight %w", err)
	}
	e.Weight = int64(w)
	return e, nil
}

// cut splits off the first word.
func cut(text []byte) (word, rest []byte) {
	i := bytes.IndexAny(text, " \t")
	if i < 0 {
		return text, nil
	}
	return text[:i], bytes.TrimLeft(text[i:], " \t")
}

func number(text []byte, low, high int) (int, error) {
	x, err := strconv.Atoi(string(text))
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return 0, fmt.Errorf("%.40q is no whole number", text)
	case err != nil || x < low || x > high:
		return 0, fmt.Errorf("%.40s is outside %d..%d", text, low, high)
	}
	return x, nil
}

// Infeasible is the line that stands for an answer that does not exist.
const Infeasible = "INFEASIBLE"

// Write writes the trio, if there is one, and then the pairs, one group a line in the order
// of their first vertices, or Infeasible.
func (a Answer) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	if !a.Feasible {
		fmt.Fprintln(out, Infeasible)
		return out.Flush()
	}
	if a.Mode == TrioAndPairs {
		fmt.Fprintln(out, a.Trio.Three[0], a.Trio.Three[1], a.Trio.Three[2])
	}
	var line []byte
	for v, mate := range a.Matching.Mate {
		if mate > v {
			line = strconv.AppendInt(line[:0], int64(v), 10)
			line = strconv.AppendInt(append(line, ' '), int64(mate), 10)
			if _, err := out.Write(append(line, '\n')); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}
