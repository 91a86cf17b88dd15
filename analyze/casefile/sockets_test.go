package casefile

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Sockets are in the order of their times and, at one time, of their records, however many there are and however the log has
// them.
func TestManySocketsInOrder(t *testing.T) {
	const n = 20_000
	for what, place := range map[string]func(i int) (second int, id uint64){
		"in order":      func(i int) (int, uint64) { return i, uint64(i) },
		"backwards":     func(i int) (int, uint64) { return n - i, uint64(i) },
		"few times":     func(i int) (int, uint64) { return i % 7, uint64(i) },
		"late":          func(i int) (int, uint64) { return i - i%3*50, uint64(i) },
		"at one time":   func(i int) (int, uint64) { return 0, uint64((i * 7919) % n) },
		"in no order":   func(i int) (int, uint64) { return rand.IntN(n), uint64(i) },
		"without times": func(i int) (int, uint64) { return -1, uint64(n - i) },
	} {
		var all []evidence.Socket
		cf := Gather([]Source{source("f", func(b *evidence.Batch) {
			for i := range n {
				second, id := place(i)
				h := evidence.Header{Ref: evidence.Ref{File: "f", Unit: "record", N: id}, EventID: 3, Digest: uint64(i + 1)}
				if second >= 0 {
					h.Stamps[0].Time = noon.Add(time.Duration(second) * time.Second)
				}
				s := evidence.Socket{Header: h, Kind: evidence.Connect}
				b.Record(h)
				b.Socket(s)
				all = append(all, s)
			}
		})})
		slices.SortFunc(all, func(a, b evidence.Socket) int { return compareHeaders(&a.Header, &b.Header) })
		if cf.Sockets.Len() != n {
			t.Fatalf("%s: %d sockets, want %d", what, cf.Sockets.Len(), n)
		}
		for i, s := range cf.Sockets.All() {
			if s.Ref() != all[i].Ref {
				t.Fatalf("%s: number %d is %v, want %v", what, i, s.Ref(), all[i].Ref)
			}
		}
	}
}
