package correlate

import (
	"slices"
	"testing"
)

// numbers yields 0 to n-1 and notes how far it came and that it ended.
func numbers(n int, reached *int, ended *bool) func(func(int) bool) {
	return func(yield func(int) bool) {
		defer func() { *ended = true }()
		for i := range n {
			if *reached = i; !yield(i) {
				return
			}
		}
	}
}

func TestAheadYieldsTheSame(t *testing.T) {
	for _, n := range []int{0, 1, batchSize, 10*batchSize + 1} {
		var reached int
		var ended bool
		got := slices.Collect(ahead(numbers(n, &reached, &ended), func([]int) {}))
		if len(got) != n || !slices.IsSorted(got) || !ended {
			t.Errorf("%d of %d, ended %v", len(got), n, ended)
		}
	}
}

// Who has enough is not run ahead of by more than a few batches, and nothing goes on behind their back.
func TestAheadEndsWithTheTaker(t *testing.T) {
	var reached int
	var ended bool
	for i := range ahead(numbers(1<<30, &reached, &ended), func([]int) {}) {
		if i == batchSize {
			break
		}
	}
	if most := (maxWaiting + 4) * batchSize; !ended || reached > most {
		t.Errorf("ended %v at %d, want at most %d", ended, reached, most)
	}
}
