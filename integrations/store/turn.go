package store

import (
	"context"
	_ "embed" // the script
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed turn.lua
	turnSource string
	turnScript = redis.NewScript(turnSource)
)

// Turn takes the next turn of the line of this name, which all processes of the tenant share:
// the first moment (by Redis's clock) after all earlier turns at which every limit holds. A
// limit says how many turns there may be in any stretch of that length; all who use a line
// name the same ones. Who names none waits for the line to come to rest and takes no turn.
// wait is how long the caller must wait for its turn, which is then its own; a wait longer
// than within means that no turn was taken. A turn whose answer was lost is wasted.
func (s *Store) Turn(ctx context.Context, name string, limits map[time.Duration]int, within time.Duration) (wait time.Duration, err error) {
	if name == "" || within < 0 {
		return 0, wrong("turn", "a line needs a name, and a longest wait of 0 or more")
	}
	args := []any{0, within.Microseconds()}
	for stretch, most := range limits {
		if most < 1 || stretch < time.Microsecond {
			return 0, wrong("turn", "a limit is at least one turn in at least a microsecond")
		}
		args = append(args, most, stretch.Microseconds())
	}
	return s.turn(ctx, "turn", name, args)
}

// Rest lets the line of this name rest: nobody takes a turn of it before d is over. Turns
// taken before stay. Repeating it makes the rest longer, never shorter.
func (s *Store) Rest(ctx context.Context, name string, d time.Duration) error {
	if name == "" || d < 0 {
		return wrong("rest", "a line needs a name, and rests for 0 or longer")
	}
	_, err := s.turn(ctx, "rest", name, []any{d.Microseconds(), -1})
	return err
}

func (s *Store) turn(ctx context.Context, op, name string, args []any) (wait time.Duration, err error) {
	err = s.run(ctx, op, reads, func(ctx context.Context) error {
		us, err := turnScript.Run(ctx, s.client, []string{s.hidden("line", name)}, args...).Int64()
		wait = time.Duration(us) * time.Microsecond
		return err
	})
	return wait, err
}
