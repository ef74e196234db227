// Package store remembers, in Redis, with expiry.
//
// It makes documents (JSON under a noun and an id, each with a version and the steps that
// are due because of it), gates (at most so many at once, across all workers), paces (at
// most so many a second, across all workers), grips (who works on a name) and small notes. It
// is the only place that speaks to Redis; jobs gets connections for its queue from Conn. It
// never decides what is due, never reads this machine's clock for leases and paces (those go
// by Redis's own) and never puts a name or an address into a key: ids are opaque, other names
// are hashed. What it remembers goes to jobs.
//
// Everything of one tenant lives in one hash slot, rp:{t:<tenant>}:…, so that a document
// and its steps change together or not at all:
//
//	doc:<noun>:<id>  hash    v version, body JSON, steps (members in due), w last writes
//	ids:<noun>       set     ids of the noun's documents
//	due              zset    one member a step, scored by unix milliseconds
//	gate:<hash>      zset    who is inside, scored by the end of the lease
//	pace:<hash>      string  when the bucket is full again, unix microseconds
//	note:<hash>      string  the note
//	grip:<hash>      string  who holds the name
//	probe            string  written by Health
package store
