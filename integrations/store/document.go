package store

import (
	"context"
	"crypto/rand"
	_ "embed" // the scripts
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/rapport-dev/rapport/playbooks/cadence"
)

var (
	//go:embed save.lua
	saveSource string
	saveScript = redis.NewScript(saveSource)

	//go:embed living.lua
	livingSource string
	livingScript = redis.NewScript(livingSource)
)

// idsAtOnce is how many ids one look for expired documents takes, so that Redis never stands
// still for long.
const idsAtOnce = 500

// Load fills doc (a pointer, nil to learn only the version) and answers the document's
// version; version 0, doc untouched, when there is none. What is stored but does not fit doc
// is a permanent error.
func (s *Store) Load(ctx context.Context, noun, id string, doc any) (int64, error) {
	if err := checkDocument("load", noun, id); err != nil {
		return 0, err
	}
	var fields []any
	err := s.run(ctx, "load", reads, func(ctx context.Context) (err error) {
		fields, err = s.client.HMGet(ctx, s.docKey(noun, id), "v", "body").Result()
		return err
	})
	if err != nil || fields[0] == nil {
		return 0, err
	}
	v, _ := fields[0].(string)
	body, _ := fields[1].(string)
	version, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, wrong("load", "the stored document has no readable version: it was not written by rapport")
	}
	if doc == nil {
		return version, nil
	}
	if err := json.Unmarshal([]byte(body), doc); err != nil {
		return 0, wrong("load", "the stored document does not fit: it was written by another version of rapport")
	}
	return version, nil
}

// Save writes doc if its version is still the given one (0 = must not exist), together with
// the steps that are due because of it, all or nothing; those steps replace the ones the
// document was saved with before. It answers false, and changes nothing, when somebody else
// was faster. A nil doc deletes the document and its steps. The saved version is version+1.
//
// When Redis's answer is lost on the way, Save asks again and recognises its own write, so
// false always means somebody else. An error with InDoubt true may have been written: load
// again and decide again.
func (s *Store) Save(ctx context.Context, noun, id string, version int64, doc any, due []cadence.Step) (bool, error) {
	if err := checkDocument("save", noun, id); err != nil {
		return false, err
	}
	args, err := s.saveArgs(noun, id, version, doc, due)
	if err != nil {
		return false, err
	}
	keys := []string{s.docKey(noun, id), s.dueKey(), s.idsKey(noun)}
	var saved bool
	err = s.run(ctx, "save", writes, func(ctx context.Context) (err error) {
		saved, err = saveScript.Run(ctx, s.client, keys, args...).Bool()
		return err
	})
	return saved && err == nil, err
}

// saveArgs are the arguments of save.lua.
func (s *Store) saveArgs(noun, id string, version int64, doc any, due []cadence.Step) ([]any, error) {
	if version < 0 {
		return nil, wrong("save", "a version is never below 0")
	}
	if doc == nil && len(due) > 0 {
		return nil, wrong("save", "a document that is deleted has no steps")
	}
	var body []byte
	if doc != nil {
		var err error
		if body, err = json.Marshal(doc); err != nil || string(body) == "null" {
			return nil, wrong("save", "the document cannot be written as JSON, or is null")
		}
	}
	keep := int64(0) // a document that waits for a step is not finished
	if len(due) == 0 {
		keep = s.keep[noun].Milliseconds()
	}
	args := make([]any, 0, 6+2*len(due))
	args = append(args, version, version+1, writeID(), id, keep, body)
	for _, step := range due {
		member, ok := formatStep(step, noun, id)
		if !ok {
			return nil, wrong("save", "a step needs a kind, a noun and an id, all printable, without space, braces or @")
		}
		args = append(args, step.At.UnixMilli(), member)
	}
	return args, nil
}

// writeID names one call of Save, so that its repetition is known. Always 11 characters.
func writeID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// IDs lists the ids of all documents of a noun, sorted. Those that have expired are not among
// them, and are forgotten on the way.
func (s *Store) IDs(ctx context.Context, noun string) ([]string, error) {
	if !isNoun(noun) {
		return nil, wrong("ids", "the noun must be 1 to 200 printable characters without space, colon, braces or @")
	}
	var all, living []string
	err := s.run(ctx, "ids", reads, func(ctx context.Context) (err error) {
		all, err = s.client.SMembers(ctx, s.idsKey(noun)).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(all)
	for some := range slices.Chunk(all, idsAtOnce) {
		keys, args := []string{s.idsKey(noun)}, make([]any, 0, len(some))
		for _, id := range some {
			keys, args = append(keys, s.docKey(noun, id)), append(args, id)
		}
		var here []string
		err := s.run(ctx, "ids", reads, func(ctx context.Context) (err error) {
			here, err = livingScript.Run(ctx, s.client, keys, args...).StringSlice()
			return err
		})
		if err != nil {
			return nil, err
		}
		living = append(living, here...)
	}
	return living, nil
}
