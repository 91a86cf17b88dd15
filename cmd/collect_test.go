package cmd

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestGrowth(t *testing.T) {
	const mi = 1 << 20
	for _, tt := range []struct {
		why  string
		live uint64
		want int
	}{
		{"nothing collected yet", 0, leastGrowth},
		{"a small case is hardly ever collected", 4 * mi, mostGrowth},
		{"up to the room that there is", 96 * mi, 100},
		{"a large case pays with a third", 150 * mi, leastGrowth},
		{"and so does a very large one", 4 << 30, leastGrowth},
	} {
		if got := growth(tt.live); got != tt.want {
			t.Errorf("%s: %d %%, want %d", tt.why, got, tt.want)
		}
	}
}

// The growth follows collections, and is afterwards what it was before.
func TestCollect(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	c := collect()
	kept := make([]byte, 300<<20) // more than roomy
	now := 0
	for i := 0; i < 100 && now != leastGrowth; i++ {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
		now = debug.SetGCPercent(mostGrowth)
	}
	if now != leastGrowth {
		t.Errorf("%d %% with %d MiB live, want %d", now, len(kept)>>20, leastGrowth)
	}
	c.end()
	runtime.KeepAlive(kept)
	runtime.GC()
	time.Sleep(10 * time.Millisecond)
	if after := debug.SetGCPercent(77); after != 77 {
		t.Errorf("%d %% afterwards", after)
	}
}
