package correlate

import (
	"iter"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// tupleOf is the tuple of a socket's ends.
func tupleOf(s *evidence.KeptSocket) casefile.Tuple {
	return casefile.TupleOf(s.Transport(), s.Src(), s.Dst())
}

// byTuple yields the connections of each tuple: their places in the list, in its order, valid until the next are. Whoever
// takes them looks at them with the same reader. Servers log them by the million; sorting takes eight bytes for each where a
// map took hundreds.
func byTuple(all *evidence.Sockets, read *evidence.SocketReader) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		var alike []uint32
		t := tuples{read}
		for sorted := byHash(all); len(sorted) > 0; {
			alike = alike[:0]
			for hash := sorted[0] >> 32; len(sorted) > 0 && sorted[0]>>32 == hash; sorted = sorted[1:] {
				alike = append(alike, uint32(sorted[0]))
			}
			n := t.same(alike)
			if n < len(alike) {
				t.sort(alike)
				n = t.same(alike)
			}
			for rest := alike; ; n = t.same(rest) {
				if !yield(rest[:n]) {
					return
				}
				if rest = rest[n:]; len(rest) == 0 {
					break
				}
			}
		}
	}
}

// byHash are the hashes of the connections' tuples, each before its place in the list, sorted.
func byHash(all *evidence.Sockets) []uint64 {
	sorted := make([]uint64, 0, all.Len())
	for i, s := range all.All() {
		if s.Kind() != evidence.Bind {
			sorted = append(sorted, uint64(tupleOf(s).Hash())<<32|uint64(i))
		}
	}
	slices.Sort(sorted)
	return sorted
}

// tuples reads those of connections.
type tuples struct{ *evidence.SocketReader }

func (t tuples) at(place uint32) casefile.Tuple { return tupleOf(t.At(int(place))) }

// same is how many of the places have the tuple of the first one, in a row.
func (t tuples) same(places []uint32) int {
	n := 1
	if len(places) > 1 {
		for first := t.at(places[0]); n < len(places) && t.at(places[n]) == first; {
			n++
		}
	}
	return n
}

// sort puts places in the order of their tuples.
func (t tuples) sort(places []uint32) {
	slices.SortStableFunc(places, func(i, k uint32) int { return t.at(i).Compare(t.at(k)) })
}
