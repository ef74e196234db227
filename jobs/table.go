package jobs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/insight"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// personal are the kinds whose task also names the person it concerns.
var personal = []string{session.KindPrompt, session.KindAsk, session.KindRemind, insight.KindAsk, insight.KindTell, KindReply}

// Table is the list of jobs as a Markdown table, in the order of the flow.
func Table() string {
	var b strings.Builder
	b.WriteString("| Kind | Arguments | When | Outside | Again |\n| --- | --- | --- | --- | --- |\n")
	for _, j := range Jobs {
		arguments := j.About + " id"
		if slices.Contains(personal, j.Kind) {
			arguments += ", person id"
		}
		outside := j.Outside
		if j.Outward {
			outside = "**" + outside + "**"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", j.Kind, arguments, j.When, outside, j.Repeat)
	}
	return b.String()
}
