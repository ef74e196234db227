package main

import (
	"bytes"
	"errors"
	"net"
	"sync"
)

// wire is one process's way to Redis. It can end the process at a chosen write: just before
// Redis sees it, or just after Redis did it and before the process hears so. In between
// nothing else can happen: these are the exact moments that chance hardly ever meets.
type wire struct {
	listener net.Listener
	redis    string // socket of the real one

	mu     sync.Mutex
	what   func([]byte) bool
	left   int // such writes until it strikes
	after  bool
	strike func()
}

// saves is the writing of a document or of a ledger row.
func saves(request []byte) bool {
	return bytes.Contains(request, []byte("evalsha")) && bytes.Contains(request, []byte(":due\r\n"))
}

// tasks is the handing out of a task, or the note that it is done.
func tasks(request []byte) bool {
	const task = "asynq:{rapport}:t:"
	return bytes.Contains(request, []byte(task)) && !bytes.Contains(request, []byte(task+"\r\n"))
}

func newWire(socket, redis string) (*wire, error) {
	l, err := net.Listen("unix", socket)
	if err != nil {
		return nil, err
	}
	t := &wire{listener: l, redis: redis}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go t.serve(c)
		}
	}()
	return t, nil
}

// arm strikes at the nth request from now on that is what.
func (t *wire) arm(what func([]byte) bool, n int, after bool, strike func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.what, t.left, t.after, t.strike = what, n, after, strike
}

// disarm answers false when it has struck already.
func (t *wire) disarm() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	armed := t.left > 0
	t.left = 0
	return armed
}

// due says whether this request is the one, and what to do then.
func (t *wire) due(request []byte) (strike func(), after bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == 0 || !t.what(request) {
		return nil, false
	}
	if t.left--; t.left > 0 {
		return nil, false
	}
	return t.strike, t.after
}

func (t *wire) serve(from net.Conn) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial("unix", t.redis)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	doomed := make(chan func(), 1)
	go t.answer(to, from, doomed)
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		strike, after := t.due(buf[:n])
		if strike != nil && !after {
			strike()
			return
		}
		if strike != nil {
			doomed <- strike
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// answer carries replies back, until one is the last thing that happens to the process.
func (t *wire) answer(to, from net.Conn, doomed <-chan func()) {
	buf := make([]byte, 64<<10)
	for {
		n, err := to.Read(buf)
		select {
		case strike := <-doomed:
			if err == nil {
				strike()
			}
			err = errors.New("the process is dead")
		default:
		}
		if err != nil {
			_ = from.Close()
			return
		}
		if _, err := from.Write(buf[:n]); err != nil {
			return
		}
	}
}
