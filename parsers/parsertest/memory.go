package parsertest

import (
	"runtime"
	"testing"
)

// Memory is how much a parser may allocate for an input of MaxFuzz bytes.
const (
	Memory  = 256 << 20
	MaxFuzz = 1 << 20
)

// Bounded runs do and fails when it allocates more than Memory. All that was allocated is counted, freed or not: what is held at
// any time is less, and the garbage collector has no say in the result.
func Bounded(t testing.TB, do func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > Memory {
		t.Errorf("%d MiB allocated", n>>20)
	}
}
