package parsertest

import (
	"runtime/metrics"
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
	before := allocated()
	do()
	if n := allocated() - before; n > Memory {
		t.Errorf("%d MiB allocated", n>>20)
	}
}

// allocated is what the program has allocated so far, a few pages of small objects less. Unlike runtime.ReadMemStats it does not
// stop the program, which would take longer than reading most inputs of a fuzzer does.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
