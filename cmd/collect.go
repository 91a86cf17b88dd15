package cmd

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// How much the heap may grow between two collections, in percent. Go's own 100 would let the peak of a large run be twice
// what it keeps; a third of that is enough then. While the heap is small, collecting seldom costs no memory worth speaking of:
// up to roomy bytes it may grow freely, by mostGrowth at most.
const (
	leastGrowth = 33
	mostGrowth  = 400
	roomy       = 192 << 20
)

// A collector sets the growth anew after each collection.
type collector struct {
	before int // what was set before
	mu     sync.Mutex
	done   bool
}

// collect begins to set the growth.
func collect() *collector {
	c := &collector{before: debug.SetGCPercent(mostGrowth)}
	c.arm()
	return c
}

// end sets the growth back to what it was.
func (c *collector) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = true
	debug.SetGCPercent(c.before)
}

// arm leaves something behind that the next collection finds.
func (c *collector) arm() {
	type mark struct{ _ [16]byte } // smaller ones share a block with others, which may stay
	runtime.SetFinalizer(new(mark), func(*mark) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if !c.done {
			debug.SetGCPercent(growth(liveHeap()))
			c.arm()
		}
	})
}

// growth is the percentage for a heap that keeps live bytes.
func growth(live uint64) int {
	if live == 0 || live >= roomy {
		return leastGrowth
	}
	return int(min(max((roomy-live)*100/live, leastGrowth), mostGrowth))
}

// liveHeap is what the last collection left, in bytes.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
