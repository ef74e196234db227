package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/rapport-dev/rapport/playbooks/cadence"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Due lists at most limit steps whose time has come at now, earliest first; steps of the same
// millisecond come in a fixed order. Asking changes nothing: a step stays due until the
// document it was saved with is saved again without it. A limit below 1 lists none.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]cadence.Step, error) {
	if limit < 1 {
		return nil, nil
	}
	var members []string
	err := s.run(ctx, "due", reads, func(ctx context.Context) (err error) {
		members, err = s.client.ZRangeArgs(ctx, redis.ZRangeArgs{
			Key: s.dueKey(), ByScore: true, Start: "-inf", Stop: now.UnixMilli(), Count: int64(limit),
		}).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	steps := make([]cadence.Step, 0, len(members))
	for _, m := range members {
		// What does not read as a step was not written by Save; it must not stop the others.
		if step, ok := parseStep(m); ok {
			steps = append(steps, step)
		}
	}
	return steps, nil
}

// formatStep writes the step as a member of the due set: "kind noun id who at", and then the
// noun and id of the document it was saved with if that is another one, so that two documents
// never own the same member.
func formatStep(step cadence.Step, noun, id string) (string, bool) {
	who := string(step.Who)
	if !isToken(step.Kind) || !isNoun(step.Noun) || !isToken(step.ID) || who != "" && !isToken(who) {
		return "", false
	}
	parts := []string{step.Kind, step.Noun, step.ID, who, strconv.FormatInt(step.At.UnixMilli(), 10)}
	if step.Noun != noun || step.ID != id {
		parts = append(parts, noun, id)
	}
	return strings.Join(parts, " "), true
}

// parseStep reads what formatStep wrote.
func parseStep(member string) (cadence.Step, bool) {
	parts := strings.Split(member, " ")
	if len(parts) != 5 && len(parts) != 7 {
		return cadence.Step{}, false
	}
	at, err := strconv.ParseInt(parts[4], 10, 64)
	step := cadence.Step{
		Kind: parts[0], Noun: parts[1], ID: parts[2], Who: roster.ID(parts[3]), At: time.UnixMilli(at).UTC(),
	}
	again, ok := formatStep(step, step.Noun, step.ID)
	if len(parts) == 7 {
		again, ok = formatStep(step, parts[5], parts[6])
	}
	return step, err == nil && ok && again == member
}
