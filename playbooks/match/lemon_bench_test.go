//go:build linux

package match

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
)

// BenchmarkLemon solves the graphs of companies with our search and with LEMON's
// MaxWeightedMatching, in turn, and reports the processor time of one as a share of the
// other's: what must not grow, whatever the machine and whoever else is on it. Ours runs on a
// single core and pays for its own memory management. It also says how much memory the
// process has held at most while Solve ran, the graph included. The targets are 0.25 for the
// smaller two, 0.2 for the largest, and 700 MiB.
func BenchmarkLemon(b *testing.B) {
	for _, c := range []struct{ people, best int }{{1000, 0}, {10_000, 60}, {50_000, 60}} {
		b.Run(fmt.Sprintf("people=%d/best=%d", c.people, c.best), func(b *testing.B) {
			if c.people > 10_000 && testing.Short() {
				b.Skip("takes LEMON some minutes")
			}
			benchLemon(b, c.people, companyGraph("global", c.people, 1, c.best))
		})
	}
}

func benchLemon(b *testing.B, n int, edges []Edge) {
	l := startLemon(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var ours, theirs, peak float64
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		lemon := l.ask(b, false, n, edges, 0)
		forgetPeak(b)
		begin := processorTime(b)
		b.StartTimer()
		m, proof, err := Solve(n, edges, Heaviest)
		b.StopTimer()
		ours, theirs, peak = ours+processorTime(b)-begin, theirs+lemon.seconds, max(peak, peakMiB(b))
		if err == nil {
			err = proof.Check(n, edges, m)
		}
		if err != nil || m.Weight != lemon.weight {
			b.Fatalf("%d, lemon %d: %v", m.Weight, lemon.weight, err)
		}
		b.StartTimer()
	}
	b.ReportMetric(ours/theirs, "of-lemon")
	b.ReportMetric(ours/float64(b.N), "cpu-s/op")
	b.ReportMetric(theirs/float64(b.N), "lemon-cpu-s/op")
	b.ReportMetric(peak, "peak-MiB")
	b.ReportMetric(float64(len(edges)), "edges")
}

// processorTime answers the seconds this process has used so far.
func processorTime(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// forgetPeak lets the peak begin at what is held now.
func forgetPeak(b *testing.B) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak counts from the start of the process: %v", err)
	}
}

func peakMiB(b *testing.B) (mib float64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &mib); n == 1 {
			return mib / 1024
		}
	}
	b.Fatal("no peak in /proc/self/status")
	return 0
}
