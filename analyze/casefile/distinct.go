package casefile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// once sorts every kind of event and drops the records met before.
func (g *gatherer) once() {
	cf := g.cf
	cf.Duplicates = duplicates(cf.Tallies)
	again := cf.Duplicates > 0 || g.leftovers > 0 || g.logs > 1
	cf.Processes = sortedKept(cf.Processes, again, func(x *evidence.KeptProcess) *evidence.Kept { return &x.Kept })
	cf.Exits = sortedKept(cf.Exits, again, func(x *evidence.KeptExit) *evidence.Kept { return &x.Kept })
	cf.Sockets = sorted(cf.Sockets, again, func(x *evidence.Socket) *evidence.Header { return &x.Header })
	cf.Lookups = sorted(cf.Lookups, again, func(x *evidence.Lookup) *evidence.Header { return &x.Header })
	cf.Accesses = sortedKept(cf.Accesses, again, func(x *evidence.KeptAccess) *evidence.Kept { return &x.Kept })
	cf.Clearings = sorted(cf.Clearings, again, func(x *evidence.Cleared) *evidence.Header { return &x.Header })
}

// sorted sorts events by best time and reference. Where some occur again, it keeps the first of those with one digest: rather
// what a log holds than what was recovered of it.
func sorted[T any](all []*T, again bool, header func(*T) *evidence.Header) []*T {
	slices.SortFunc(all, func(a, b *T) int { return compareHeaders(header(a), header(b)) })
	if again {
		return distinct(all, func(x *T) uint64 { return header(x).Digest })
	}
	return all
}

// sortedKept is sorted for what is kept in less memory.
func sortedKept[T any](all []*T, again bool, kept func(*T) *evidence.Kept) []*T {
	slices.SortFunc(all, func(a, b *T) int { return evidence.CompareKept(kept(a), kept(b)) })
	if again {
		return distinct(all, func(x *T) uint64 { return kept(x).Digest() })
	}
	return all
}

func compareHeaders(a, b *evidence.Header) int {
	return cmp.Or(a.Time().Compare(b.Time()), cmp.Compare(a.Recovered, b.Recovered), evidence.CompareRefs(a.Ref, b.Ref), cmp.Compare(a.Digest, b.Digest))
}

// distinct keeps the first of those with one digest. Mostly there are no others.
func distinct[T any](all []*T, digest func(*T) uint64) []*T {
	met := repeated(all, digest)
	if len(met) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(x *T) bool {
		again, several := met[digest(x)]
		if several {
			met[digest(x)] = true
		}
		return again
	})
}

// repeated are the digests that several have, not yet met.
func repeated[T any](all []*T, digest func(*T) uint64) map[uint64]bool {
	digests := make([]uint64, len(all))
	for i, x := range all {
		digests[i] = digest(x)
	}
	slices.Sort(digests)
	met := map[uint64]bool{}
	for i, d := range digests {
		if i > 0 && d == digests[i-1] && d != 0 {
			met[d] = false
		}
	}
	return met
}

// duplicates counts the records of all files that another record equals. Most kinds of record stand in one file only, which
// then knows how many repeat themselves there.
func duplicates(tallies []*evidence.Tally) (n uint64) {
	all := map[evidence.Class][]*evidence.Tally{}
	for _, t := range tallies {
		k := evidence.Class{Computer: strings.ToLower(t.Computer), Provider: strings.ToLower(t.Provider), EventID: t.EventID}
		all[k] = append(all[k], t)
	}
	for _, same := range all {
		if len(same) == 1 {
			same[0].Settle()
			n += same[0].Again
			continue
		}
		var sum evidence.Tally
		for _, t := range same {
			sum.Merge(t)
		}
		n += sum.Count - sum.Distinct()
	}
	return n
}
