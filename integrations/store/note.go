package store

import (
	"context"
	"time"
)

// Recall answers what was last remembered under key; nil when nothing is, or it has expired.
func (s *Store) Recall(ctx context.Context, key string) ([]byte, error) {
	if key == "" {
		return nil, wrong("recall", "a note needs a key")
	}
	var note []byte
	err := s.run(ctx, "recall", reads, func(ctx context.Context) (err error) {
		note, err = s.client.Get(ctx, s.hidden("note", key)).Bytes()
		return err
	})
	return note, err
}

// Remember keeps value under key for as long as keep says, 0 = for ever, in place of what was
// there; the last one wins. A nil value forgets. The key may be anything, only its hash goes
// to Redis. Repeating it changes nothing but the time it is kept.
func (s *Store) Remember(ctx context.Context, key string, value []byte, keep time.Duration) error {
	if key == "" || keep < 0 || keep > 0 && keep < time.Millisecond {
		return wrong("remember", "a note needs a key, and is kept for at least a millisecond or, with 0, for ever")
	}
	return s.run(ctx, "remember", writes, func(ctx context.Context) error {
		if value == nil {
			return s.client.Del(ctx, s.hidden("note", key)).Err()
		}
		return s.client.Set(ctx, s.hidden("note", key), value, keep).Err()
	})
}
