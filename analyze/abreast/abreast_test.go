package abreast

import (
	"slices"
	"sync/atomic"
	"testing"
)

// Whatever the number, each is done once.
func TestAllOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, alone - 1, alone, 3*alone + 1} {
		done, places := make([]atomic.Int32, n), make([]int, n)
		for i := range places {
			places[i] = i
		}
		Each(places, func(i int) { done[i].Add(1) })
		Stretches(n, func(from, to int) {
			for i := range done[from:to] {
				done[from+i].Add(1)
			}
		})
		if i := slices.IndexFunc(places, func(i int) bool { return done[i].Load() != 2 }); i >= 0 {
			t.Errorf("%d of %d is done %d times, want once each way", i, n, done[i].Load())
		}
	}
}
