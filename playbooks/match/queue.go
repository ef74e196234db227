package match

import "math/bits"

// queue hands out events in the order of their moments, and events of the same moment in
// the order in which they came: whoever waited longest is served first, which keeps trees
// small where many weights are equal. Moments never lie before the latest one handed out.
type queue struct {
	now     int64
	filled  uint64 // bit i: shelves[i] holds something
	shelves [64][]event
	next    int // of shelves[0], which holds the moment now
}

// event is something that may happen at a moment; whoever takes it checks whether it still
// does.
type event struct {
	at   int64
	what int32
	kind kind
}

type kind uint8

const (
	reach  kind = iota // vertex what: its nearest outer vertex comes within reach
	unfold             // blossom what: used up, comes apart
	settle             // vertex what: has no price left to give, stays alone
)

func (q *queue) add(at int64, what int32, k kind) {
	i := bits.Len64(uint64(at ^ q.now)) // the highest bit in which the two differ
	q.filled |= 1 << i
	q.shelves[i] = append(q.shelves[i], event{at, what, k})
}

// take answers the earliest event, false when there is none.
func (q *queue) take() (event, bool) {
	if q.next == len(q.shelves[0]) {
		q.shelves[0], q.next = q.shelves[0][:0], 0
		q.filled &^= 1
		if q.filled == 0 {
			return event{}, false
		}
		q.refill()
	}
	q.next++
	return q.shelves[0][q.next-1], true
}

// refill moves on to the earliest moment of the lowest shelf. Everything on that shelf
// goes to lower ones, in its order.
func (q *queue) refill() {
	i := bits.TrailingZeros64(q.filled)
	shelf := q.shelves[i]
	q.now = shelf[0].at
	for _, e := range shelf {
		q.now = min(q.now, e.at)
	}
	q.filled &^= 1 << i
	q.shelves[i] = shelf[:0]
	for _, e := range shelf {
		q.add(e.at, e.what, e.kind)
	}
}
