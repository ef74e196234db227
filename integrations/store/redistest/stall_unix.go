//go:build unix

package redistest

import (
	"os"
	"syscall"
)

// Stall stops the process without ending it: connections stay open and nothing is answered,
// until Resume.
func (s *Server) Stall() { s.signal(syscall.SIGSTOP) }

// Resume lets a stalled process go on.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		s.tb.Fatal("redis-server does not run")
	}
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.tb.Fatal(err)
	}
}
