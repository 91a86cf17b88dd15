package correlate

import (
	"iter"
	"sync"
)

// How far ahead runs: batches that wait, and what is in one.
const (
	maxWaiting = 4
	batchSize  = 256
)

// ahead runs through a sequence beside whoever takes from it, a little in front of it. Once the taking ends, so does the
// running. What was taken and is looked at no more goes back to where it came from.
func ahead[T any](all iter.Seq[T], back func([]T)) iter.Seq[T] {
	return func(yield func(T) bool) {
		waiting, enough := make(chan []T, maxWaiting), make(chan struct{})
		over := make(chan []T, maxWaiting+2) // all there are: one is being filled, one looked at
		var runner sync.WaitGroup
		defer runner.Wait()
		defer close(enough)
		runner.Go(func() {
			defer close(waiting)
			room := func() []T {
				select {
				case batch := <-over:
					back(batch)
					return batch[:0]
				default:
					return make([]T, 0, batchSize)
				}
			}
			inBatches(all, room, func(batch []T) bool {
				select {
				case waiting <- batch:
					return true
				case <-enough:
					return false
				}
			})
		})
		for batch := range waiting {
			for _, x := range batch {
				if !yield(x) {
					return
				}
			}
			select {
			case over <- batch:
			default:
			}
		}
	}
}

// inBatches hands a sequence over until take has enough.
func inBatches[T any](all iter.Seq[T], room func() []T, take func([]T) bool) {
	batch := room()
	for x := range all {
		if batch = append(batch, x); len(batch) < batchSize {
			continue
		}
		if !take(batch) {
			return
		}
		batch = room()
	}
	if len(batch) > 0 {
		take(batch)
	}
}
