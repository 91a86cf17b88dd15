package correlate

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// eachOf calls do for all, several at a time.
func eachOf[T any](all []T, do func(T)) {
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

// sideBySide calls do for the stretches of n, several at a time.
func sideBySide(n int, do func(from, to int)) {
	const alone = 1 << 12
	parts := min(runtime.GOMAXPROCS(0), 1+n/alone)
	var all sync.WaitGroup
	for i := range parts {
		all.Go(func() { do(n*i/parts, n*(i+1)/parts) })
	}
	all.Wait()
}
