package casefile

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// once sorts every kind of event, side by side, and drops the records met before.
func (g *gatherer) once() {
	cf := g.cf
	var all sync.WaitGroup
	all.Go(func() { cf.Duplicates = duplicates(cf.Tallies, cf.Logs) })
	all.Go(func() { sortKept(cf.Processes, (*evidence.KeptProcess).Record) })
	all.Go(func() { sortKept(cf.Exits, (*evidence.KeptExit).Record) })
	all.Go(func() { sortKept(cf.Accesses, (*evidence.KeptAccess).Record) })
	all.Go(func() { sortSockets(&cf.Sockets) })
	sortKept(cf.Lookups, (*evidence.KeptLookup).Record)
	slices.SortFunc(cf.Clearings, func(a, b *evidence.Cleared) int { return compareHeaders(&a.Header, &b.Header) })
	all.Wait()
	if cf.Duplicates > 0 || g.leftovers > 0 || g.logs > 1 {
		cf.distinct()
	}
	cf.Sockets = cf.Sockets.WithoutDigests()
}

// distinct keeps the first of those with one digest: rather what a log holds than what was recovered of it.
func (cf *Casefile) distinct() {
	cf.Processes = firsts(cf.Processes, (*evidence.KeptProcess).Digest)
	cf.Exits = firsts(cf.Exits, (*evidence.KeptExit).Digest)
	cf.Accesses = firsts(cf.Accesses, (*evidence.KeptAccess).Digest)
	firstSockets(&cf.Sockets)
	cf.Lookups = firsts(cf.Lookups, (*evidence.KeptLookup).Digest)
	cf.Clearings = firsts(cf.Clearings, func(x *evidence.Cleared) uint64 { return x.Digest })
}

// A timed is an event with its best time, by which nearly all are told apart.
type timed[T any] struct {
	at evidence.Instant
	of T
}

// sortKept sorts events by best time and reference: the halves of a long list side by side.
func sortKept[T any](all []*T, record func(*T) *evidence.Kept) {
	timeds := make([]timed[*T], len(all))
	for i, x := range all {
		timeds[i] = timed[*T]{record(x).At(0), x}
	}
	i := 0
	for t := range inOrder(timeds, func(x, y *T) int { return evidence.CompareKept(record(x), record(y)) }) {
		all[i] = t.of
		i++
	}
}

// inOrder sorts by time and, where that is the same, by what compare says, and yields all in that order.
func inOrder[T any](all []timed[T], compare func(x, y T) int) iter.Seq[timed[T]] {
	byTime := func(a, b timed[T]) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		return compare(a.of, b.of)
	}
	a, b := all[:len(all)/2], all[len(all)/2:]
	var halves sync.WaitGroup
	halves.Go(func() { slices.SortFunc(a, byTime) })
	slices.SortFunc(b, byTime)
	halves.Wait()
	return func(yield func(timed[T]) bool) {
		for range all {
			from := &a
			if len(a) == 0 || len(b) > 0 && byTime(b[0], a[0]) < 0 {
				from = &b
			}
			t := (*from)[0]
			*from = (*from)[1:]
			if !yield(t) {
				return
			}
		}
	}
}

func compareHeaders(a, b *evidence.Header) int {
	return cmp.Or(a.Time().Compare(b.Time()), cmp.Compare(a.Recovered, b.Recovered), evidence.CompareRefs(a.Ref, b.Ref), cmp.Compare(a.Digest, b.Digest))
}

// firsts keeps the first of those with one digest. Mostly there are no others.
func firsts[T any](all []*T, digest func(*T) uint64) []*T {
	digests := make([]uint64, len(all))
	for i, x := range all {
		digests[i] = digest(x)
	}
	met := repeated(digests)
	if len(met) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(x *T) bool { return met.again(digest(x)) })
}

// repeats are digests that several have, and whether one of those was met.
type repeats map[uint64]bool

func (met repeats) again(digest uint64) bool {
	again, several := met[digest]
	if several {
		met[digest] = true
	}
	return again
}

// repeated are the digests that several have, not yet met.
func repeated(digests []uint64) repeats {
	slices.Sort(digests)
	met := repeats{}
	for i, d := range digests {
		if i > 0 && d == digests[i-1] && d != 0 {
			met[d] = false
		}
	}
	return met
}

// duplicates counts the records of all files that another record equals. Most kinds of record stand in one file only, which
// then knows how many repeat themselves there.
func duplicates(tallies []*evidence.Tally, logs []Log) (n uint64) {
	numbered := numberedOnce(tallies, logs)
	all := map[evidence.Class][]*evidence.Tally{}
	for _, t := range tallies {
		k := evidence.Class{Computer: strings.ToLower(t.Computer), Provider: strings.ToLower(t.Provider), EventID: t.EventID}
		all[k] = append(all[k], t)
	}
	for _, same := range all {
		switch first := same[0]; {
		case len(same) > 1:
			var sum evidence.Tally
			for _, t := range same {
				sum.Merge(t)
			}
			n += sum.Count - sum.Distinct()
		case numbered[logOf(first)]:
			first.Digests = nil
		default:
			first.Settle()
			n += first.Again
		}
	}
	return n
}

// A logKey is one log of one file.
type logKey struct {
	evidence.Log
	file string
}

func logOf(t *evidence.Tally) logKey {
	return logKey{evidence.Log{Computer: t.Computer, Channel: t.Channel}, t.Ref.File}
}

// numberedOnce are the logs whose records have as many numbers as there are records: none of them equals another.
func numberedOnce(tallies []*evidence.Tally, logs []Log) map[logKey]bool {
	records := map[logKey]uint64{}
	for _, t := range tallies {
		records[logOf(t)] += t.Count
	}
	numbered := map[logKey]bool{}
	for _, l := range logs {
		list, more := l.IDs.List()
		numbers := uint64(0)
		for _, r := range list {
			numbers += r.To - r.From + 1
		}
		k := logKey{l.Log, l.File}
		numbered[k] = !more && numbers == records[k]
	}
	return numbered
}
