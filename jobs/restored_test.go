package jobs

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestAfterARestoreTheOutsideIsAskedBeforeTheFirstAct(t *testing.T) {
	for name, c := range map[string]struct {
		restored bool
		find     func(context.Context) (string, bool, error)
		acts     int
		want     string
		fails    bool
	}{
		"done before":               {true, func(context.Context) (string, bool, error) { return "old", true, nil }, 0, "old", false},
		"not done":                  {true, func(context.Context) (string, bool, error) { return "", false, nil }, 1, "new", false},
		"nobody lets us look":       {true, func(context.Context) (string, bool, error) { return "", false, says{permanent: true} }, 1, "new", false},
		"nobody answers":            {true, func(context.Context) (string, bool, error) { return "", false, errors.New("later") }, 0, "", true},
		"may be repeated anyway":    {true, nil, 1, "new", false},
		"nothing was ever restored": {false, func(context.Context) (string, bool, error) { panic("asked") }, 1, "new", false},
	} {
		l, acts := &Ledger{Store: newMemory(), Clock: &hand{monday}, Limit: time.Second, Send: true, Restored: c.restored}, 0
		for range 2 {
			got, err := l.Once(t.Context(), "key", Effect{Find: c.find, Do: func(context.Context) (string, error) { acts++; return "new", nil }})
			if got != c.want || (err != nil) != c.fails {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		if acts != c.acts {
			t.Errorf("%s: acted %d times", name, acts)
		}
	}
}
