package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/rapport-dev/rapport/jobs"
	"github.com/rapport-dev/rapport/playbooks"
)

// practised says what a round of the year's plan is for: the playbook that all its pairs have,
// or the skill from whose playbooks each pair gets its own.
func practised(x jobs.Planned, library playbooks.Library) string {
	if b, there := library.Find(x.Playbook); there {
		return b.Title
	}
	if label, there := playbooks.SkillLabel(x.Focus); there {
		return label
	}
	return "each pair's own goals"
}

// printYear prints the rounds of the coming year of a programme, in its own zone.
func (a *app) printYear(ctx context.Context, w io.Writer, programme string) error {
	ahead, err := a.crew.Ahead(ctx)
	if err != nil {
		return err
	}
	p := a.crew.Programmes[programme]
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "Round\t%s\tPractises\n", p.Zone)
	for _, n := range ahead {
		if n.Programme != programme {
			continue
		}
		for _, x := range p.Year(n.Round, a.crew.Clock.Now()) {
			fmt.Fprintf(table, "%d\t%s\t%s\n", x.Round, x.At.In(p.Zone).Format("Mon 2 Jan 2006 15:04"), practised(x, a.crew.Library()))
		}
	}
	return table.Flush()
}
