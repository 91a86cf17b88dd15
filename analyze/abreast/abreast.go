// Package abreast does the same for many, several at a time.
package abreast

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for all.
func Each[T any](all []T, do func(T)) {
	var next atomic.Int64
	var working sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		working.Go(func() {
			for i := next.Add(1); i <= int64(len(all)); i = next.Add(1) {
				do(all[i-1])
			}
		})
	}
	working.Wait()
}

// alone is how many are worth a goroutine.
const alone = 1 << 12

// Stretches calls do for stretches of n, which are as long as each other and not short.
func Stretches(n int, do func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), 1+n/alone)
	var all sync.WaitGroup
	for i := range parts {
		all.Go(func() { do(n*i/parts, n*(i+1)/parts) })
	}
	all.Wait()
}
