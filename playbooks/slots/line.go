package slots

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Line answers one line of `rapport slots`: {"id","op","input"} in, {"id",...answer} out, both
// without a newline. A line that cannot be read is answered with status "error" and an
// "error" in plain words; its id is kept if there was one.
func Line(line []byte) []byte {
	var ask struct {
		ID    json.RawMessage `json:"id"`
		Op    string          `json:"op"`
		Input wireInput       `json:"input"`
	}
	var out reply
	err := json.Unmarshal(line, &ask)
	if err == nil {
		out, err = ask.Input.answer(ask.Op)
	} else {
		err = fmt.Errorf("the line cannot be read: %w", err)
	}
	if err != nil {
		out = &head{Status: "error", Error: err.Error()}
	}
	out.top().ID = ask.ID // what was read of a broken line keeps its id
	text, err := json.Marshal(out)
	if err != nil {
		return []byte(`{"id":null,"status":"error","error":"the answer cannot be written"}`)
	}
	return text
}

// reply is the JSON of an answer.
type reply interface{ top() *head }

// head is what every reply begins with.
type head struct {
	ID     json.RawMessage `json:"id"`
	Status Status          `json:"status"`
	Error  string          `json:"error,omitempty"`
	Who    []string        `json:"participants,omitempty"`
}

func (h *head) top() *head { return h }

type foundReply struct {
	head
	Count  int            `json:"count"`
	Runs   []runReply     `json:"runs"`
	First  *time.Time     `json:"first,omitempty"`
	Last   *time.Time     `json:"last,omitempty"`
	Tier   Tier           `json:"tier,omitempty"`
	Reason Stage          `json:"reason,omitempty"`
	Counts *Counts        `json:"stage_counts,omitempty"`
	Pick   *time.Time     `json:"pick,omitempty"`
	Costs  map[string]int `json:"costs,omitempty"`
	Fair   *fairReply     `json:"fair,omitempty"`
	ByAll  *someReply     `json:"preferred_by_all,omitempty"`
	ByMost *someReply     `json:"preferred_by_most,omitempty"`
	Zones  string         `json:"tzdata,omitempty"`
}

type runReply [2]time.Time

type someReply struct {
	Wishes int        `json:"participants,omitempty"`
	Count  int        `json:"count"`
	Runs   []runReply `json:"runs"`
}

type fairReply struct {
	Worst float64 `json:"max_cumulative"`
	Total float64 `json:"sum_cost"`
	someReply
}

type verdictReply struct {
	head
	Valid  bool  `json:"valid"`
	Reason Stage `json:"reason"`
}

type zoneReply struct {
	head
	Offsets []int `json:"offsets"`
}

type rotationReply struct {
	head
	Cycles []turnReply        `json:"cycles"`
	Debts  map[string]float64 `json:"debts"`
}

type turnReply struct {
	Status Status         `json:"status"`
	Reason Stage          `json:"reason,omitempty"`
	Pick   *time.Time     `json:"pick,omitempty"`
	Costs  map[string]int `json:"costs,omitempty"`
}

// answer runs one operation.
func (in *wireInput) answer(op string) (reply, error) {
	switch op {
	case "zone":
		return in.offsets(), nil
	case "slots", "recheck", "rotation":
	default:
		return nil, errors.New("op must be slots, recheck, zone or rotation")
	}
	r, err := in.request()
	if err != nil {
		return nil, err
	}
	switch op {
	case "slots":
		return Find(r).wire(), nil
	case "rotation":
		return in.rotate(r), nil
	}
	if in.Booking == nil || in.Booking.Start.IsZero() {
		return nil, errors.New("booking has no start")
	}
	v := Recheck(r, Booking{in.Booking.Start.Time, in.Booking.Ref})
	return &verdictReply{head{Status: v.Status, Who: v.Who}, v.Valid, v.Reason}, nil
}

func (in *wireInput) offsets() reply {
	offsets, err := Offsets(in.Name.ref(), in.Country, times(in.Instants))
	if err != nil {
		return &head{Status: "unresolved", Error: err.Error()}
	}
	return &zoneReply{head{Status: OK}, offsets}
}

func (in *wireInput) rotate(r Request) reply {
	cycles := make([]Cycle, len(in.Cycles))
	for i, c := range in.Cycles {
		cycles[i] = Cycle{c.Now.Time, c.Window.window()}
	}
	turns, debts := Rotate(r, cycles)
	out := &rotationReply{head{Status: OK}, make([]turnReply, len(turns)), map[string]float64{}}
	for i := range turns {
		t := &turns[i]
		out.Cycles[i] = turnReply{Status: t.Status, Reason: t.Reason}
		if t.Status == OK {
			out.Cycles[i].Pick, out.Cycles[i].Costs = &t.Pick.Start, costs(t.Pick)
		}
		if len(t.Who) > 0 {
			out.Status, out.Who = t.Status, t.Who
		}
	}
	for i, d := range debts {
		out.Debts[r.People[i].ID] = d.Minutes()
	}
	return out
}

func (a Answer) wire() *foundReply {
	out := &foundReply{head: head{Status: a.Status, Who: a.Who}, Count: a.Count, Runs: runs(a.Some), Zones: a.Zones}
	if a.Status == OK || a.Status == None {
		out.Counts = &a.Counts
	}
	if out.Tier, out.Reason = a.Tier, a.Reason; a.Status != OK {
		return out
	}
	out.First, out.Last = &a.Runs[0].First, &a.Runs[len(a.Runs)-1].Last
	out.Pick, out.Costs = &a.Pick.Start, costs(a.Pick)
	if f := a.Fair; f != nil {
		out.Fair = &fairReply{f.Worst.Minutes(), f.Total.Minutes(), someReply{Count: f.Count, Runs: runs(f.Some)}}
	}
	if a.WishedMost != nil {
		out.ByAll = &someReply{Count: a.WishedByAll.Count, Runs: runs(*a.WishedByAll)}
		out.ByMost = &someReply{a.Wishes, a.WishedMost.Count, runs(*a.WishedMost)}
	}
	return out
}

func runs(s Some) []runReply {
	out := make([]runReply, len(s.Runs))
	for i, r := range s.Runs {
		out[i] = runReply{r.First, r.Last}
	}
	return out
}

func costs(s Slot) map[string]int {
	out := map[string]int{}
	for _, c := range s.Costs {
		out[c.ID] = c.Minutes
	}
	return out
}
