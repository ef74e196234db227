package store

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Kept is how much a backup holds.
type Kept struct {
	Documents int `json:"documents"`
	Notes     int `json:"notes"`
}

// backupForm is the form of the lines that a backup is made of; another one is refused.
const backupForm = 1

// backupHead is the first line of a backup.
type backupHead struct {
	Form   int       `json:"rapport_backup"`
	Tenant string    `json:"tenant"`
	At     time.Time `json:"at"` // UTC
}

// backupLine is one thing that is kept, or the end.
type backupLine struct {
	Document string `json:"doc,omitempty"` // "noun:id"
	Version  string `json:"v,omitempty"`
	Writes   string `json:"w,omitempty"`     // names of the latest writes
	Steps    string `json:"steps,omitempty"` // members of the due set, a line each
	Body     string `json:"body,omitempty"`
	Note     string `json:"note,omitempty"` // hash of its key
	Value    []byte `json:"value,omitempty"`
	Until    int64  `json:"until,omitempty"` // when it expires, Unix milliseconds; 0 = never
	End      *Kept  `json:"end,omitempty"`   // the last line: what came before it
}

const lookAtOnce = 500 // keys; Redis never stands still for long

// Backup writes everything that is remembered for the tenant, a line of JSON each: documents
// with their versions and steps, and notes. What only helps for seconds (grips, turns, the
// queue) is not among it. It holds answers and addresses in the clear: encrypt it. Work may go
// on meanwhile; each document is whole, and what two documents say differs by no more than it
// would after a crash.
func (s *Store) Backup(ctx context.Context, w io.Writer) (Kept, error) {
	var kept Kept
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	if err := lines.Encode(backupHead{backupForm, s.tenant, time.Now().UTC()}); err != nil {
		return kept, wrong("back up", "the backup cannot be written: is the disk full?")
	}
	seen := map[string]bool{} // a scan may show a key twice
	err := s.eachKey(ctx, func(keys []string) error {
		var fresh []string
		for _, k := range keys {
			if !seen[k] {
				seen[k], fresh = true, append(fresh, k)
			}
		}
		found, err := s.held(ctx, fresh)
		for _, l := range found {
			if lines.Encode(l) != nil {
				return wrong("back up", "the backup cannot be written: is the disk full?")
			}
			if l.Note != "" {
				kept.Notes++
			} else {
				kept.Documents++
			}
		}
		return err
	})
	if err != nil {
		return kept, err
	}
	if lines.Encode(backupLine{End: &kept}) != nil || out.Flush() != nil {
		return kept, wrong("back up", "the backup cannot be written: is the disk full?")
	}
	return kept, nil
}

// eachKey hands over all keys of the tenant, some at a time, perhaps twice.
func (s *Store) eachKey(ctx context.Context, see func(keys []string) error) error {
	scan := func(ctx context.Context, c redis.Cmdable) error {
		for cursor := uint64(0); ; {
			var keys []string
			err := s.run(ctx, "list", reads, func(ctx context.Context) (err error) {
				keys, cursor, err = c.Scan(ctx, cursor, glob(s.slot())+"*", lookAtOnce).Result()
				return err
			})
			if err == nil {
				err = see(keys)
			}
			if err != nil || cursor == 0 {
				return err
			}
		}
	}
	if cluster, ok := s.client.(*redis.ClusterClient); ok {
		// All keys of a tenant lie in one slot.
		node, err := cluster.MasterForKey(ctx, s.dueKey())
		if err != nil {
			return end(ctx, "list", err, false)
		}
		return scan(ctx, node)
	}
	return scan(ctx, s.client)
}

// glob is a text that a pattern matches as it is.
func glob(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`).Replace(text)
}

// held reads documents and notes among the keys; what is gone meanwhile is missing.
func (s *Store) held(ctx context.Context, keys []string) (all []backupLine, err error) {
	docs, notes := s.slot()+"doc:", s.slot()+"note:"
	for some := range slices.Chunk(keys, s.atOnce()) {
		var got []backupLine
		err = s.run(ctx, "read", reads, func(ctx context.Context) error {
			got = nil
			values, lives := map[string]*redis.SliceCmd{}, map[string]*redis.DurationCmd{}
			texts := map[string]*redis.StringCmd{}
			_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
				for _, k := range some {
					switch {
					case strings.HasPrefix(k, docs):
						values[k], lives[k] = p.HMGet(ctx, k, "v", "w", "steps", "body"), p.PTTL(ctx, k)
					case strings.HasPrefix(k, notes):
						texts[k], lives[k] = p.Get(ctx, k), p.PTTL(ctx, k)
					}
				}
				return nil
			})
			if err != nil && !errors.Is(err, redis.Nil) {
				return err
			}
			now := time.Now()
			for _, k := range some {
				l, there := backupLine{}, false
				if v := values[k]; v != nil && v.Val()[0] != nil && v.Val()[3] != nil {
					l, there = backupLine{Document: k[len(docs):]}, true
					for i, field := range []*string{&l.Version, &l.Writes, &l.Steps, &l.Body} {
						*field, _ = v.Val()[i].(string)
					}
				}
				if t := texts[k]; t != nil && t.Err() == nil {
					l, there = backupLine{Note: k[len(notes):], Value: []byte(t.Val())}, true
				}
				if there {
					if left := lives[k].Val(); left > 0 {
						l.Until = now.Add(left).UnixMilli()
					}
					got = append(got, l)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		all = append(all, got...)
	}
	return all, nil
}

// atOnce is how many keys are read in one go. The embedded server takes the next command only
// after its answer to the last one was read, so it gets them one by one.
func (s *Store) atOnce() int {
	if s.embedded {
		return 1
	}
	return lookAtOnce
}
