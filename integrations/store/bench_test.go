package store

import (
	"strings"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/integrations/store/redistest"
	"github.com/rapport-dev/rapport/playbooks/cadence"
)

// BenchmarkSave saves a document of about 500 bytes with two steps, and in the same run writes
// as many bytes with a bare SET; "x-SET" is how many times as long a save takes.
func BenchmarkSave(b *testing.B) {
	server := redistest.Start(b, redistest.AppendOnly("everysec"))
	s, ctx := opened(b, server, Options{}), b.Context()
	doc := pair{A: "object-id-of-one", B: "object-id-of-another", State: strings.Repeat("x", 440)}
	due := []cadence.Step{step("p", "session:book", 1), step("p", "card:prepare", 2)}
	var bare time.Duration
	var n int
	b.ReportAllocs()
	for version := int64(0); b.Loop(); version++ {
		if ok, err := s.Save(ctx, "pair", "p", version, doc, due); !ok || err != nil {
			b.Fatal(ok, err)
		}
		if n%8 == 0 { // interleaved, so that both see the same machine
			b.StopTimer()
			start := time.Now()
			if err := s.client.Set(ctx, s.slot()+"bare", doc.State, 0).Err(); err != nil {
				b.Fatal(err)
			}
			bare += time.Since(start)
			b.StartTimer()
		}
		n++
	}
	perSet := float64(bare.Nanoseconds()) / float64((n+7)/8)
	b.ReportMetric(perSet, "ns/SET")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/perSet, "x-SET")
}

// BenchmarkSaveTogether is sixteen writers to documents of their own.
func BenchmarkSaveTogether(b *testing.B) {
	server := redistest.Start(b, redistest.AppendOnly("everysec"))
	s, ctx := opened(b, server, Options{}), b.Context()
	b.SetParallelism(8)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		id := writeID()
		for version := int64(0); pb.Next(); version++ {
			if ok, err := s.Save(ctx, "pair", id, version, "x", []cadence.Step{step(id, "a:b", 1)}); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
}

// BenchmarkDue lists 100 of 10,000 steps.
func BenchmarkDue(b *testing.B) {
	server := redistest.Start(b)
	s, ctx := opened(b, server, Options{}), b.Context()
	var due []cadence.Step
	for i := range 10_000 {
		due = append(due, step("p", "a:b", i))
	}
	if ok, err := s.Save(ctx, "pair", "p", 0, 1, due); !ok || err != nil {
		b.Fatal(ok, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if steps, err := s.Due(ctx, noon.Add(1e6*time.Minute), 100); len(steps) != 100 || err != nil {
			b.Fatal(len(steps), err)
		}
	}
}
