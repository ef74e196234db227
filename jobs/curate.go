package jobs

import (
	"context"
	"time"

	"github.com/rapport-dev/rapport/playbooks/curation"
	"github.com/rapport-dev/rapport/playbooks/session"
)

// Findings is what a curator should look at this quarter. It is made from which playbooks were
// used and when, over all programmes, and of nobody's words.
func (w Workshop) Findings(ctx context.Context) ([]curation.Finding, error) {
	past := curation.Record{Used: map[string]time.Time{}, Changed: map[string]time.Time{}}
	for _, p := range w.ordered() {
		all, err := w.sessions(ctx, p, func(int) bool { return true }, func(x session.Session) bool { return x.State == session.Ended })
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			if past.Used[x.Playbook].Before(x.Since) {
				past.Used[x.Playbook] = x.Since
			}
			if past.Since.IsZero() || x.Since.Before(past.Since) {
				past.Since = x.Since
			}
		}
	}
	names, err := w.Store.IDs(ctx, EditionNoun)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var e Editions
		if _, err := w.Store.Load(ctx, EditionNoun, name, &e); err != nil {
			return nil, err
		}
		if n := len(e.List); n > 0 {
			past.Changed[name] = e.List[n-1].At
		}
	}
	return curation.Review(w.Library(), past, w.now()), nil
}
