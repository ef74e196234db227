package web

import (
	"context"
	"net/http"
	"slices"
)

// Champion knows what a champion may know of a programme.
type Champion interface {
	// Reach answers who is reached, which pairs wait for a time, and figures that are coarse
	// enough to show nobody. It changes nothing.
	Reach(ctx context.Context, programme string) (Reach, error)
}

// Reach is what a champion sees: never who answered what, nor who said yes or no.
type Reach struct {
	Name      string
	Round     int
	Reached   []string
	Unreached []Reason
	Waiting   []Reason
	Figures   []Figure
	Pulses    []PulseResult // newest first
	Least     int           // how many people a figure needs
}

// Reason is something and why.
type Reason struct{ What, Why string }

// Figure is a coarse number with its name; Value is "" when too few are behind it.
type Figure struct{ Name, Value string }

// PulseResult is a closed pulse in words.
type PulseResult struct{ Month, Text string }

// champion shows a programme to its champions, and to everybody else that there is no such page.
func (x *inside) champion(w http.ResponseWriter, r *http.Request, v visitor) {
	programme := r.PathValue("programme")
	mine, err := x.Roles.ChampionOf(r.Context(), v.Who)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	if !slices.Contains(mine, programme) {
		x.missing(w, r)
		return
	}
	reach, err := x.Champion.Reach(r.Context(), programme)
	if err != nil {
		x.later(w, r, http.StatusServiceUnavailable, "error.later", err)
		return
	}
	x.show(w, http.StatusOK, "champion.html", newSheet("en", "Champion of "+reach.Name, "me", reach))
}
