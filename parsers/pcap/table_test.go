package pcap

import (
	"math/rand/v2"
	"testing"
)

// TestTable puts connections in and takes them out again, most of which share their hash with others, and looks for all after
// each.
func TestTable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	all, in := make([]flow, 64), map[*flow]bool{}
	for i := range all {
		all[i].key.tunnel, all[i].hash = uint32(i), ^uint64(3)+random.Uint64N(8) // around the end of the slots
	}
	l := table{slots: make([]slot, 8)}
	for range 4000 {
		f := &all[random.IntN(len(all))]
		if in[f] {
			l.remove(f)
			delete(in, f)
		} else {
			l.add(f)
			in[f] = true
		}
		for i := range all {
			if got := l.find(&all[i].key, all[i].hash); (got == &all[i]) != in[&all[i]] || got != nil && got != &all[i] {
				t.Fatalf("connection %d: %v of %d found", i, got != nil, len(in))
			}
		}
		if l.n != len(in) {
			t.Fatalf("%d counted, %d there", l.n, len(in))
		}
	}
}
