package curation

import "strings"

// Op says what happened to a line.
type Op string

// The ops of a Line.
const (
	Same    Op = "="
	Added   Op = "+"
	Removed Op = "-"
	Skipped Op = "…" // lines that are the same and far from any change
)

// Line is one line of a comparison.
type Line struct {
	Op   Op
	Text string
}

const (
	around  = 3       // lines shown around a change
	mostLCS = 4 << 20 // cells compared; two hundred lines of a playbook need forty thousand
)

// Diff compares two texts by lines, with three lines around every change; nil when they are
// the same. Texts too long to compare are shown as a whole, the former first.
func Diff(before, after string) []Line {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	start, end := 0, 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	if start == len(a) && start == len(b) {
		return nil
	}
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var all []Line
	add := func(op Op, lines []string) {
		for _, l := range lines {
			all = append(all, Line{op, l})
		}
	}
	add(Same, a[:start])
	midA, midB := a[start:len(a)-end], b[start:len(b)-end]
	if len(midA)*len(midB) > mostLCS {
		add(Removed, midA)
		add(Added, midB)
	} else {
		all = append(all, middle(midA, midB)...)
	}
	add(Same, a[len(a)-end:])
	return near(all)
}

// middle compares by the longest common subsequence.
func middle(a, b []string) []Line {
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []Line
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, Line{Same, a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, Line{Removed, a[i]})
			i++
		default:
			out = append(out, Line{Added, b[j]})
			j++
		}
	}
	return out
}

// near leaves out what is far from every change.
func near(all []Line) []Line {
	show := make([]bool, len(all))
	for i, l := range all {
		if l.Op != Same {
			for k := max(0, i-around); k <= min(len(all)-1, i+around); k++ {
				show[k] = true
			}
		}
	}
	var out []Line
	for i, l := range all {
		switch {
		case show[i]:
			out = append(out, l)
		case i == 0 || show[i-1]:
			out = append(out, Line{Op: Skipped})
		}
	}
	return out
}
