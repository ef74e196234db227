package main

import (
	"fmt"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
)

// see hears of every effect outside, and strikes at the chosen one: it is done, and whoever
// did it has hardly had time to write that down.
func (s *killStory) see(e m365sim.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.effects++
	if s.next == 0 {
		return
	}
	if s.next--; s.next == 0 {
		s.blow()
	}
}

// atEffect strikes at the nth effect from now on.
func (s *killStory) atEffect(n int, blow func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next, s.blow = n, blow
}

// calm lets nobody strike any more; false when somebody did.
func (s *killStory) calm() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	armed := s.next > 0
	s.next = 0
	return armed
}

// hunt kills workers at four to six moments chosen by seed, and lets them come back.
func (s *killStory) hunt() {
	s.until(killStart)
	for n, last := 0, 4+s.dice.IntN(3); n < last && s.clock.Now().Before(killStart.Add(killsEnd)); n++ {
		s.pause(time.Duration(s.dice.Int64N(int64(6 * time.Second))))
		s.strike(n)
	}
}

// strike kills once. Every second time it is at an effect the moment that is seen; then both
// workers die, for one of them did it. Otherwise it is at a write to Redis, before or after
// it took place, or at any moment.
func (s *killStory) strike(n int) {
	victims := []int{s.dice.IntN(len(s.workers))}
	dead := make(chan struct{})
	blow := func() {
		for _, v := range victims {
			s.workers[v].kill()
		}
		close(dead)
	}
	way, count := s.dice.IntN(5), 0
	disarm := func() bool { return true }
	how := "at any moment"
	switch {
	case n%2 == 0:
		victims, count = all(len(s.workers)), 1+s.dice.IntN(12)
		how = fmt.Sprintf("at effect %d", s.count()+count)
		s.atEffect(count, blow)
		disarm = s.calm
	case way < 4:
		wire, what, after := s.wires[victims[0]], saves, way%2 == 1
		count, how = 1+s.dice.IntN(40), "at a save"
		if way >= 2 && s.dice.IntN(3) == 0 {
			what, how = tasks, "at a task"
		}
		how = map[bool]string{false: "before it, ", true: "after it, "}[after] + how
		wire.arm(what, count, after, blow)
		disarm = wire.disarm
	}
	patience := 8 * time.Second
	if way == 4 && n%2 == 1 {
		patience = time.Duration(s.dice.Int64N(int64(2 * time.Second)))
	}
	select {
	case <-dead:
	case <-time.After(patience):
		if disarm() {
			how = "at any moment"
			blow()
		} else {
			<-dead
		}
	}
	from := s.clock.Now()
	s.kills = append(s.kills, fmt.Sprintf("%d %s (%s)", len(victims), how, from.Format("Mon 15:04")))
	for _, v := range victims {
		s.pause(time.Duration(s.dice.Int64N(int64(restart))))
		s.must(s.workers[v].start())
	}
	s.outages = append(s.outages, span{from, s.clock.Now()})
}

func (s *killStory) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.effects
}

func all(n int) (indices []int) {
	for i := range n {
		indices = append(indices, i)
	}
	return indices
}
