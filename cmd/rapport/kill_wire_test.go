package main

import (
	"bytes"
	"net"
	"sync"
)

// wire is one process's way to Redis, or people's way to its bot. It can end the process at a
// chosen request; in between nothing else can happen: these are the exact moments that chance
// hardly ever meets.
type wire struct {
	listener net.Listener
	to       string // address behind it, on the same kind of network

	mu     sync.Mutex
	what   func([]byte) bool
	left   int // such requests until it strikes
	when   moment
	strike func()
}

// moment is when a process dies, seen from a request.
type moment string

const (
	before  moment = "before"       // the request never arrives
	unheard moment = "after"        // it was done, and nobody hears so
	heard   moment = "right behind" // the answer is out, and nothing more
)

// saves is the writing of a document or of a ledger row.
func saves(request []byte) bool {
	return bytes.Contains(request, []byte("evalsha")) && bytes.Contains(request, []byte(":due\r\n"))
}

// tasks is the handing out of a task, or the note that it is done.
func tasks(request []byte) bool {
	const task = "asynq:{rapport}:t:"
	return bytes.Contains(request, []byte(task)) && !bytes.Contains(request, []byte(task+"\r\n"))
}

// answers is something that somebody pressed or typed.
func answers(request []byte) bool { return bytes.HasPrefix(request, []byte("POST /api/messages ")) }

func newWire(network, address, to string) (*wire, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	t := &wire{listener: l, to: to}
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
func (t *wire) arm(what func([]byte) bool, n int, when moment, strike func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.what, t.left, t.when, t.strike = what, n, when, strike
}

// disarm answers false when it has struck already.
func (t *wire) disarm() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	armed := t.left > 0
	t.left = 0
	return armed
}

// due says whether this request is the one, and what to do when.
func (t *wire) due(request []byte) (strike func(), when moment) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == 0 || !t.what(request) {
		return nil, ""
	}
	if t.left--; t.left > 0 {
		return nil, ""
	}
	return t.strike, t.when
}

func (t *wire) serve(from net.Conn) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial(t.listener.Addr().Network(), t.to)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	doomed := make(chan func(relay func()), 1)
	go t.answer(to, from, doomed)
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		strike, when := t.due(buf[:n])
		switch {
		case strike == nil:
		case when == before:
			strike()
			return
		case when == unheard:
			doomed <- func(func()) { strike() }
		default:
			doomed <- func(relay func()) { relay(); strike() }
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// answer carries replies back, until one is the last thing that happens to the process.
func (t *wire) answer(to, from net.Conn, doomed <-chan func(relay func())) {
	defer func() { _ = from.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := to.Read(buf)
		relay := func() { _, err = from.Write(buf[:n]) }
		select {
		case end := <-doomed:
			if err == nil {
				end(relay)
			}
			return
		default:
		}
		if err != nil {
			return
		}
		if relay(); err != nil {
			return
		}
	}
}
