package correlate

import (
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
)

// eachOf calls do for all, several at a time.
func eachOf[T any](all []T, do func(T)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, x := range all {
		g.Go(func() error { do(x); return nil })
	}
	g.Wait()
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
