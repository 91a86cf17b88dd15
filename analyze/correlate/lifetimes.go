package correlate

import (
	"iter"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// lifetimes are processes of a host by start, in which those that lived at a time are found without looking at the others: a
// long log has thousands.
type lifetimes struct {
	list []*Process
	ends latest
}

// index sorts the list, which does not change from then on.
func (ls *lifetimes) index() {
	slices.SortFunc(ls.list, compareProcesses)
	ls.ends = newLatest(len(ls.list), func(i int) evidence.Instant {
		if end := ls.list[i].End; !end.IsZero() {
			return end
		}
		return math.MaxInt64
	})
}

// alive yields those that may have lived at some time between from and to, by start.
func (ls *lifetimes) alive(from, to time.Time) iter.Seq[*Process] {
	return func(yield func(*Process) bool) {
		if ls == nil {
			return
		}
		until := max(evidence.InstantOf(to.Add(lifeSlack)), 0) // unknown starts are before any time
		began := sort.Search(len(ls.list), func(i int) bool { return ls.list[i].Start > until })
		for i := range ls.ends.since(evidence.InstantOf(from.Add(-lifeSlack)), began) {
			if p := ls.list[i]; p.lives(from, to) && !yield(p) {
				return
			}
		}
	}
}
