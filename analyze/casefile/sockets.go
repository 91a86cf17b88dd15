package casefile

import (
	"cmp"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// sortSockets is sortKept for those that are packed. Mostly they are in order.
func sortSockets(all *evidence.Sockets) {
	if socketsSorted(all) {
		return
	}
	timeds := make([]timed[uint32], 0, all.Len())
	for i, s := range all.All() {
		timeds = append(timeds, timed[uint32]{s.At(0), uint32(i)})
	}
	var sorted evidence.Sockets
	var tied []evidence.KeptSocket
	flush := func() {
		slices.SortStableFunc(tied, compareSockets)
		for _, s := range tied {
			sorted.Add(s)
		}
		tied = tied[:0]
	}
	read := all.Reader()
	for t := range inOrder(timeds, cmp.Compare) {
		if len(tied) > 0 && tied[0].At(0) != t.at {
			flush()
		}
		tied = append(tied, *read.At(int(t.of)))
	}
	flush()
	*all = sorted
}

func socketsSorted(all *evidence.Sockets) bool {
	var before evidence.KeptSocket
	for i, s := range all.All() {
		if i > 0 && compareSockets(before, *s) > 0 {
			return false
		}
		before = *s
	}
	return true
}

func compareSockets(a, b evidence.KeptSocket) int { return evidence.CompareKept(&a.Kept, &b.Kept) }

// firstSockets is firsts for those that are packed.
func firstSockets(all *evidence.Sockets) {
	digests := make([]uint64, 0, all.Len())
	for _, s := range all.All() {
		digests = append(digests, s.Digest())
	}
	met := repeated(digests)
	if len(met) == 0 {
		return
	}
	var kept evidence.Sockets
	for _, s := range all.Drain() {
		if !met.again(s.Digest()) {
			kept.Add(*s)
		}
	}
	*all = kept
}
