package store

import (
	"context"
	_ "embed" // the script
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed restore.lua
	restoreSource string
	restoreScript = redis.NewScript(restoreSource)
)

// RestoredKey is the note that says that what is remembered came out of a backup: until it
// expires, acts on the outside that nobody remembers may have been done all the same.
const RestoredKey = "restored"

// restoredFor is how long that note stays: by then nobody does anything any more that was due
// before the restore.
const restoredFor = 14 * 24 * time.Hour

// Verify reads a backup to its end and answers when it was made and what it holds, without
// keeping anything. It fails for what is no backup, one of another tenant, or one that ends
// too early.
func (s *Store) Verify(r io.Reader) (time.Time, Kept, error) {
	return s.replay(r, func([]backupLine) error { return nil })
}

// Restore puts a backup into a Redis that remembers nothing of the tenant yet; it refuses any
// other. Verify the same bytes first: what breaks off in the middle leaves half of them. What
// has expired since stays away. Steps become due as they were, so promises that were in doubt
// are asked about. Repeating it is refused.
func (s *Store) Restore(ctx context.Context, r io.Reader) (Kept, error) {
	if err := s.demandEmpty(ctx); err != nil {
		return Kept{}, err
	}
	if err := s.Remember(ctx, RestoredKey, []byte("1"), restoredFor); err != nil {
		return Kept{}, err
	}
	_, kept, err := s.replay(r, func(some []backupLine) error { return s.put(ctx, some) })
	return kept, err
}

// demandEmpty refuses a Redis that remembers something of the tenant.
func (s *Store) demandEmpty(ctx context.Context) error {
	return s.eachKey(ctx, func(keys []string) error {
		for _, k := range keys {
			if k != s.slot()+"probe" {
				return wrong("restore", "this Redis remembers something of this tenant already: restore into an empty one, and start no worker before")
			}
		}
		return nil
	})
}

// replay reads a backup and hands its lines over, some at a time.
func (s *Store) replay(r io.Reader, take func([]backupLine) error) (at time.Time, kept Kept, err error) {
	lines := json.NewDecoder(r)
	var head backupHead
	switch err := lines.Decode(&head); {
	case err != nil || head.Form == 0:
		return at, kept, wrong("restore", "this is no backup of rapport")
	case head.Form != backupForm:
		return at, kept, wrong("restore", "this backup was made by a newer rapport: restore with that one")
	case head.Tenant != s.tenant:
		return at, kept, wrong("restore", "this backup is of another tenant: correct tenant.id in the configuration")
	}
	var some []backupLine
	for {
		var l backupLine
		if lines.Decode(&l) != nil {
			return at, kept, wrong("restore", "the backup is damaged, or ends too early: take another one")
		}
		if l.End != nil {
			if *l.End != kept {
				return at, kept, wrong("restore", "the backup does not hold all that it should: take another one")
			}
			return head.At, kept, take(some)
		}
		noun, id, _ := strings.Cut(l.Document, ":")
		if l.Note != "" {
			kept.Notes++
		} else if checkDocument("restore", noun, id) != nil {
			return at, kept, wrong("restore", "the backup is damaged: take another one")
		} else {
			kept.Documents++
		}
		if some = append(some, l); len(some) == lookAtOnce {
			if err := take(some); err != nil {
				return at, kept, err
			}
			some = nil
		}
	}
}

// put writes lines, each whole or not at all; writing one again changes nothing.
func (s *Store) put(ctx context.Context, some []backupLine) error {
	for _, l := range some {
		left := time.Until(time.UnixMilli(l.Until))
		if l.Until > 0 && left < time.Millisecond {
			continue
		}
		err := s.run(ctx, "restore", writes, func(ctx context.Context) error {
			if l.Note == "" {
				noun, id, _ := strings.Cut(l.Document, ":")
				return restoreScript.Run(ctx, s.client, []string{s.docKey(noun, id), s.dueKey(), s.idsKey(noun)}, l.args(id)...).Err()
			}
			return s.client.Set(ctx, s.slot()+"note:"+l.Note, l.Value, max(left, 0)).Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// args are the arguments of restore.lua.
func (l backupLine) args(id string) []any {
	args := []any{id, l.Version, l.Writes, l.Steps, l.Body, l.Until}
	for member := range strings.SplitSeq(l.Steps, "\n") {
		if step, ok := parseStep(member); ok {
			args = append(args, step.At.UnixMilli(), member)
		}
	}
	return args
}
