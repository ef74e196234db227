package jobs

import "context"

// forgotten asks the outside about a promise of which nothing is written down, where that
// proves nothing: what is remembered came out of a backup, and the act may have been done after
// it was made. known is false when it was not done, or nobody lets us look: then it is done,
// because losing what people wait for is worse than saying it twice.
func (l *Ledger) forgotten(ctx context.Context, id, key string, e Effect) (result string, known bool, err error) {
	if !l.Restored || e.Find == nil {
		return "", false, nil
	}
	result, known, err = e.Find(ctx)
	if permanent(err) {
		return "", false, nil
	}
	if err != nil || !known {
		return "", false, err
	}
	row := Row{Key: key, State: Sent, Result: result, Owner: l.Owner, At: l.Clock.Now()}
	if _, err := l.Store.Save(ctx, PromiseNoun, id, 0, row, nil); err != nil {
		return "", false, ours{err}
	}
	return result, true, nil // whoever was faster found the same
}
