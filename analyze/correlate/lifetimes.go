package correlate

import (
	"iter"
	"math"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// lifetimes are processes of a host by start, in which those that lived at a time are found without looking at the others: a
// long log has thousands.
type lifetimes struct {
	list []*Process
	// latest is a tree over the list: the latest end in all of it, then the trees of its two halves.
	latest []evidence.Instant
}

// index sorts the list, which does not change from then on.
func (ls *lifetimes) index() {
	slices.SortFunc(ls.list, compareProcesses)
	ls.latest = make([]evidence.Instant, 2*len(ls.list))
	ls.fill(0, 0, len(ls.list))
}

func (ls *lifetimes) fill(node, from, to int) evidence.Instant {
	end := evidence.Instant(math.MaxInt64)
	if to-from > 1 {
		mid := (from + to) / 2
		end = max(ls.fill(node+1, from, mid), ls.fill(node+2*(mid-from), mid, to))
	} else if p := ls.list[from]; !p.End.IsZero() {
		end = p.End
	}
	ls.latest[node] = end
	return end
}

// alive yields those that may have lived at some time between from and to, by start.
func (ls *lifetimes) alive(from, to time.Time) iter.Seq[*Process] {
	return func(yield func(*Process) bool) {
		if ls != nil {
			v := visit{ls, from, to, evidence.InstantOf(from.Add(-lifeSlack)), max(evidence.InstantOf(to.Add(lifeSlack)), 0), yield}
			v.each(0, 0, len(ls.list))
		}
	}
}

// A visit goes through the parts of a tree in which somebody may have lived.
type visit struct {
	*lifetimes
	from, to     time.Time
	since, until evidence.Instant // unknown starts are before any time
	yield        func(*Process) bool
}

func (v *visit) each(node, from, to int) bool {
	switch {
	case v.latest[node] < v.since || v.list[from].Start > v.until:
		return true
	case to-from == 1:
		return !v.list[from].lives(v.from, v.to) || v.yield(v.list[from])
	}
	mid := (from + to) / 2
	return v.each(node+1, from, mid) && v.each(node+2*(mid-from), mid, to)
}
