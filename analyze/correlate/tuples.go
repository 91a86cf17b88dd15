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

// byTuple yields the connections of each tuple: their places in the list, in its order, valid until the next are. Servers log
// them by the million; sorting takes eight bytes for each where a map took hundreds.
func byTuple(all []*evidence.KeptSocket) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		var alike []uint32
		for sorted := byHash(all); len(sorted) > 0; {
			alike = alike[:0]
			for hash := sorted[0] >> 32; len(sorted) > 0 && sorted[0]>>32 == hash; sorted = sorted[1:] {
				alike = append(alike, uint32(sorted[0]))
			}
			for rest := sortTuples(all, alike); len(rest) > 0; {
				n := 1
				for k := tupleOf(all[rest[0]]); n < len(rest) && tupleOf(all[rest[n]]) == k; {
					n++
				}
				if !yield(rest[:n]) {
					return
				}
				rest = rest[n:]
			}
		}
	}
}

// byHash are the hashes of the connections' tuples, each before its place in the list, sorted.
func byHash(all []*evidence.KeptSocket) []uint64 {
	sorted := make([]uint64, 0, len(all))
	for i, s := range all {
		if s.Kind() != evidence.Bind {
			sorted = append(sorted, uint64(tupleOf(s).Hash())<<32|uint64(i))
		}
	}
	slices.Sort(sorted)
	return sorted
}

// sortTuples puts places whose tuples have one hash in the order of their tuples. Mostly there is one.
func sortTuples(all []*evidence.KeptSocket, places []uint32) []uint32 {
	compare := func(i, k uint32) int { return tupleOf(all[i]).Compare(tupleOf(all[k])) }
	if !slices.IsSortedFunc(places, compare) {
		slices.SortStableFunc(places, compare)
	}
	return places
}
