package main

import (
	"fmt"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
	"github.com/rapport-dev/rapport/jobs"
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

// strike kills once. Every second time it is at an effect the moment that is seen; then all
// workers die, for one of them did it. Otherwise it is at a write to Redis or at somebody's
// answer, at one of the moments around it, or at any time at all.
func (s *killStory) strike(n int) {
	victims, redisToo := []int{s.dice.IntN(len(s.workers))}, s.redisDies && s.dice.IntN(3) == 0
	dead := make(chan struct{})
	blow := func() {
		for _, v := range victims {
			s.workers[v].kill()
		}
		if redisToo {
			s.redis.Kill()
		}
		close(dead)
	}
	how, patience, disarm := "at any time", 10*time.Second, func() bool { return true }
	arm := func(w *wire, what func([]byte) bool, count int, name string) {
		when := []moment{before, unheard, heard}[s.dice.IntN(3)]
		w.arm(what, count, when, blow)
		how, disarm = string(when)+" "+name, w.disarm
	}
	switch way := s.dice.IntN(6); {
	case n%2 == 0:
		victims = all(len(s.workers))
		count := 1 + s.dice.IntN(8)
		how, disarm = fmt.Sprintf("at effect %d", s.count()+count), s.calm
		s.atEffect(count, blow)
	case way < 2:
		arm(s.wires[victims[0]], saves, 1+s.dice.IntN(20), "a save")
	case way < 3:
		arm(s.wires[victims[0]], tasks, 1+s.dice.IntN(20), "a task")
	case way < 5:
		victims = []int{0} // who listens
		arm(s.bot, answers, 1+s.dice.IntN(3), "an answer")
	default:
		patience = time.Duration(s.dice.Int64N(int64(2 * time.Second)))
	}
	select {
	case <-dead:
	case <-time.After(patience):
		if disarm() {
			how = "at any time"
			blow()
		} else {
			<-dead
		}
	}
	from := s.clock.Now()
	if redisToo {
		s.redis.Restart()
		how += ", Redis too"
	}
	s.kills = append(s.kills, fmt.Sprintf("%d %s (%s, %d in doubt)", len(victims), how, from.Format("Mon 15:04"), s.doubts()))
	for _, v := range victims {
		s.pause(time.Duration(s.dice.Int64N(int64(restart))))
		s.must(s.workers[v].start())
	}
	s.outages = append(s.outages, span{from, s.clock.Now()})
}

// doubts counts the promises of which nobody knows at this moment whether they are kept.
func (s *killStory) doubts() (n int) {
	s.must(each(s.Context(), s.store, jobs.PromiseNoun, func(r jobs.Row) {
		if r.State == jobs.Intent || r.State == jobs.Unknown {
			n++
		}
	}))
	return n
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
