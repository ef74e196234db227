package main

import (
	"context"
	"time"

	"github.com/rapport-dev/rapport/integrations/store"
	"github.com/rapport-dev/rapport/integrations/teams"
	"github.com/rapport-dev/rapport/jobs"
)

// pace is how fast cards leave: as Teams allows it. Where time jumps there is nothing to wait
// for; the simulated tenant then slows us down by its own clock.
func pace(clock jobs.Clock, st *store.Store) teams.Pace {
	if _, jumps := clock.(*jobs.Stepped); jumps {
		return atOnce{st}
	}
	return st
}

type atOnce struct{ *store.Store }

func (atOnce) Turn(context.Context, string, map[time.Duration]int, time.Duration) (time.Duration, error) {
	return 0, nil
}

func (atOnce) Rest(context.Context, string, time.Duration) error { return nil }
