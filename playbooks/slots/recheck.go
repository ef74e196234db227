package slots

import "time"

// Recheck tells whether a booked meeting still keeps every rule of the request but the
// notice, which is for new bookings. Events with the booking's Ref are its own and do not
// count. Stretched hours count if anybody agreed to them. To judge a time that somebody
// moved off the grid, ask with a Step of one minute.
func Recheck(r Request, b Booking) Verdict {
	whole := r.Window
	r.Window = Window{b.Start, b.Start.Add(r.Duration)}
	r.Now, r.Notice = b.Start, 0
	q, status, who := open(&r, b.Ref)
	v := Verdict{Status: status, Who: who}
	if status != OK {
		return v
	}
	var c Counts
	q.pass(q.flexible(), &c)
	if b.Start.Before(whole.Start) || r.Window.End.After(whole.End) {
		c.Window = 0
	}
	v.Reason = c.empty()
	v.Valid = v.Reason == ""
	return v
}

// Cycle is one round of a rotation.
type Cycle struct {
	Now    time.Time
	Window Window
}

// Turn is what one round of a rotation chose.
type Turn struct {
	Status Status
	Who    []string // the people a NoCalendar or InvalidZone is about
	Reason Stage    // why there is None
	Pick   Slot
}

// Rotate plays rounds one after the other: what each pick costs somebody is added to their
// debt before the next. It answers the turns, and the debts in the order of the people.
func Rotate(r Request, cycles []Cycle) ([]Turn, []time.Duration) {
	people := make([]Participant, len(r.People))
	copy(people, r.People)
	r.People = people
	turns := make([]Turn, 0, len(cycles))
	for _, c := range cycles {
		r.Now, r.Window = c.Now, c.Window
		a := Find(r)
		turns = append(turns, Turn{a.Status, a.Who, a.Reason, a.Pick})
		for i, cost := range a.Pick.Costs {
			people[i].Debt += time.Duration(cost.Minutes) * time.Minute
		}
	}
	debts := make([]time.Duration, len(people))
	for i := range people {
		debts[i] = people[i].Debt
	}
	return turns, debts
}
