package pcap

import (
	"iter"
	"sync"
)

// waiting is how many values may wait between two goroutines, and rooms how many pieces of memory they lie in: one more is being
// filled and one looked at.
const (
	waiting = 2
	rooms   = waiting + 2
)

// beside runs a function beside whoever takes what it yields, until either has enough. What is yielded may be used again once rooms
// more were; twice as many where the taker hands it on by a beside of its own. A panic comes back to the caller.
func beside[T any](run func(yield func(T) bool)) iter.Seq[T] {
	return func(take func(T) bool) {
		values, enough := make(chan T, waiting), make(chan struct{})
		var panicked any
		var running sync.WaitGroup
		defer running.Wait()
		defer close(enough)
		running.Go(func() {
			defer close(values)
			defer func() { panicked = recover() }()
			run(func(v T) bool {
				select {
				case values <- v:
					return true
				case <-enough:
					return false
				}
			})
		})
		for v := range values {
			if !take(v) {
				return
			}
		}
		if panicked != nil {
			panic(panicked)
		}
	}
}
