package redistest

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"syscall"
)

// dialer opens one connection; the same type as store.Dialer.
type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// Faults break connections on purpose. Hand Through to store.Options.Through. The zero value
// breaks nothing.
type Faults struct {
	mu      sync.Mutex
	swallow [][]byte
	cut     bool
	conns   map[*conn]bool
	lost    int
}

// Through wraps the way to Redis.
func (f *Faults) Through(next dialer) dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		f.mu.Lock()
		cut := f.cut
		f.mu.Unlock()
		if cut {
			return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
		}
		inner, err := next(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: inner, faults: f}
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.conns == nil {
			f.conns = map[*conn]bool{}
		}
		f.conns[c] = true
		return c, nil
	}
}

// Swallow lets the next request that holds word (any case, such as "evalsha") reach Redis and
// loses the reply: Redis has acted, the caller sees a broken connection. Calling it twice
// swallows two replies.
func (f *Faults) Swallow(word string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.swallow = append(f.swallow, bytes.ToLower([]byte(word)))
}

// Lost is how many replies were swallowed so far.
func (f *Faults) Lost() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost
}

// Cut breaks all connections and refuses new ones, until Heal.
func (f *Faults) Cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cut = true
	for c := range f.conns {
		_ = c.Conn.Close()
		delete(f.conns, c)
	}
}

// Heal accepts connections again.
func (f *Faults) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cut = false
}

// conn is a connection that may lose the reply to what was last written.
type conn struct {
	net.Conn
	faults *Faults

	mu     sync.Mutex
	doomed bool
}

func (c *conn) Write(b []byte) (int, error) {
	if c.faults.hit(b) {
		c.mu.Lock()
		c.doomed = true
		c.mu.Unlock()
	}
	return c.Conn.Write(b)
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	doomed := c.doomed
	c.mu.Unlock()
	if !doomed {
		return n, err
	}
	if err == nil { // Redis has answered, so it has acted
		c.faults.note()
	}
	_ = c.Close()
	return 0, io.EOF
}

// Close forgets the connection and closes it.
func (c *conn) Close() error {
	c.faults.mu.Lock()
	delete(c.faults.conns, c)
	c.faults.mu.Unlock()
	return c.Conn.Close()
}

// hit says whether the reply to this request is to be lost.
func (f *Faults) hit(request []byte) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.swallow) == 0 || !bytes.Contains(bytes.ToLower(request), f.swallow[0]) {
		return false
	}
	f.swallow = f.swallow[1:]
	return true
}

func (f *Faults) note() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost++
}
